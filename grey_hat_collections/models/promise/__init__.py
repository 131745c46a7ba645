"""What the customer said will be paid, at once or in a plan."""
# The order of loading, by hand, with the reason beside it; see the one of all rooms.
# ruff: noqa: I001

from . import promise  # after case_fact: inherits it
from . import promise_share  # what a promise covers
from . import note  # what was promised in a contact
from . import ledger  # what of the books promises cover
from . import account_move_line  # what is promised of an item
from . import mail_activity  # what is asked about
from . import promise_judge  # after promise: what became of it
from . import plan_terms  # its schedule and its limits
from . import plan  # after plan_terms: inherits it
from . import plan_life  # after plan and promise_judge: begun, judged, breached
from . import promise_plan  # after promise: an instalment is not checked or withdrawn alone
from . import case_promise  # after promise: what a case makes of it
from . import case_plan  # after plan: what a case makes of it
from . import case_hooks  # what a case asks of this room
