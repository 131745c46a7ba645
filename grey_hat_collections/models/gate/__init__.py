"""Is it us? What may be wrong on our side."""
# The order of loading, by hand, with the reason beside it; see the one of all rooms.
# ruff: noqa: I001

from . import gate  # asks the checks; its own list of them is empty
from . import gate_checks  # after gate: adds to its list
from . import mail_activity  # what is to be put right
from . import res_partner_left_out  # asks about items that Odoo leaves out
from . import case_excluded  # what might be asked for
from . import res_company_gate  # what a company makes of each check
from . import res_partner_bank  # after gate_checks: its code of the check; a bank account came
from . import res_partner_delivery  # who confirmed where invoices arrive
from . import case_gate  # after gate: what stops a letter
from . import case_credits  # credits in sight
from . import case_hooks  # what a case asks of this room; after case_gate: before its words
