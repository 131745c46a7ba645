"""Dialogs, by room."""
# The order of loading, by hand; see models/__init__.py.
# ruff: noqa: I001

from . import base
from . import case
from . import contact
from . import promise
from . import dispute
from . import gate
from . import letter
from . import agency
