"""One contact with a customer: what was said, why they have not paid, copies of invoices."""
# The order of loading, by hand; see models/__init__.py.
# ruff: noqa: I001

from . import log_contact
from . import log_contact_save  # after log_contact: _check, _follow_up, _note_values
from . import set_reason
from . import invoice_copies
from . import many_cases  # sends through invoice_copies
