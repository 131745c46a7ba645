"""What the customer says is wrong, and our answer."""
# The order of loading, by hand, with the reason beside it; see the one of all rooms.
# ruff: noqa: I001

from . import dispute  # after case_fact: inherits it
from . import dispute_line  # about which items
from . import ledger  # what of the books is disputed
from . import account_move  # what is wrong with an invoice
from . import account_move_line  # what is wrong with an item
from . import res_users  # who answers disputes and does nothing else
from . import ir_ui_menu  # after res_users: a menu for those
from . import dispute_raise  # after dispute: its create and write check what is said
from . import dispute_clock  # after dispute: who is asked, when that is late
from . import dispute_credit  # after dispute: the credit note
from . import dispute_answer  # after dispute_clock and _credit: withdraws what they ask
from . import service_level  # after dispute: its kinds
from . import note  # after dispute: what was disputed in a contact
from . import case_dispute  # after dispute: what a case makes of it
from . import case_hooks  # what a case asks of this room
