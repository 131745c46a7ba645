"""What dialogs inherit."""
# The order of loading, by hand; see models/__init__.py.
# ruff: noqa: I001

from . import once  # saved once
from . import dialog  # about a record; after once: inherits it
