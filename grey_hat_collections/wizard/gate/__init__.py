"""Our own side: credits to match, delivery to confirm."""
# The order of loading, by hand; see models/__init__.py.
# ruff: noqa: I001

from . import confirm_delivery
from . import match
