"""What is wrong, and our answer."""
# The order of loading, by hand; see models/__init__.py.
# ruff: noqa: I001

from . import log_dispute  # adds the dispute to a contact
from . import dispute_resolution
