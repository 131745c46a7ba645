"""What goes to the post and comes back."""
# The order of loading, by hand; see models/__init__.py.
# ruff: noqa: I001

from . import letter_preview
from . import mark_mailed
from . import mark_delivered
from . import returned_mail
from . import approve_kind
from . import first_run  # what a run would do
