"""A plan of instalments."""
# The order of loading, by hand; see models/__init__.py.

from . import plan_wizard
