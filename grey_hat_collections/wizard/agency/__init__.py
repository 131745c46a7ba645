"""Handing an account over, and taking it back."""
# The order of loading, by hand; see models/__init__.py.
# ruff: noqa: I001

from . import log_referred  # after log_dispute: an account with an agency comes first
from . import refer
from . import give_back
