"""What goes to the post and comes back."""
# The order of loading, by hand; see models/__init__.py.
# ruff: noqa: I001

from . import post_letters
from . import post_delivered
from . import returned_mail
