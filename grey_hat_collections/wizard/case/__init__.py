"""Dialogs about a case."""
# The order of loading, by hand; see models/__init__.py.
# ruff: noqa: I001

from . import case_dialog  # about a case
from . import hold
from . import base_partner_merge  # of Odoo: joins the cases of customers that become one
