"""What is owed, and what changes that: the only reader of the books."""
# The order of loading, by hand, with the reason beside it; see the one of all rooms.
# ruff: noqa: I001

from . import ledger  # the only reader of open items
from . import ledger_under_way  # after ledger: what is on its way for them
from . import ledger_few  # after ledger: the same for a few customers
from . import ledger_settlement  # after ledger: what settled the items
from . import account_move  # what an invoice says of itself; after plain_view: inherits it, as the next two
from . import account_move_line  # after account_move: its states of chasing
from . import account_payment  # tells the ledger that it changed
from . import account_partial_reconcile  # tells the ledger that it changed
from . import res_partner  # what the books know of a customer
