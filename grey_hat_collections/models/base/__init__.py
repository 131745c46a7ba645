"""What any record may inherit, and what any file may ask: it knows no subject of the trade."""
# The order of loading, by hand, with the reason beside it; see the one of all rooms.
# ruff: noqa: I001

from . import batch  # worked on together, else one by one
from . import bulk  # made and written by the hundred
from . import door  # looks at what comes in, before what inherits it does more
from . import case_fact  # after door: inherits it; stands behind create, write and unlink of every fact
from . import numbered  # named by number and customer
from . import outgoing  # what leaves the house once; after batch: knows a lost connection
from . import plain_view  # documents of the books for whoever reads them only as a collector
from . import workable  # who may work on it, and who only reads it
from . import mail_activity  # what they are asked for
