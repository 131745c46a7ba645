# The order of loading, by hand, with the reason beside it; see the one of the main add-on.
# ruff: noqa: I001

from . import res_company  # how long a payment may take, and what an agency has
from . import res_config_settings  # after res_company: where that is set
from . import page  # what can be paid
from . import page_selection  # after page: what a customer has chosen of it
from . import account_move_line  # a part of an item is settled, and no more
from . import payment_transaction  # after page_selection: what was chosen is paid
from . import ledger  # after payment_transaction: what is on its way
