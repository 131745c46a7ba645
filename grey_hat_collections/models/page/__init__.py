"""What a customer sees of the account, and says about it."""
# The order of loading, by hand, with the reason beside it; see the one of all rooms.
# ruff: noqa: I001

from . import res_company  # what a house lets its customers do
from . import res_config_settings  # after res_company: where that is set
from . import link  # the personal links: who may see which account
from . import visit  # how often one may ask
from . import letter  # after link: each letter carries one
from . import page  # what the page shows
from . import page_events  # after page: what has happened
from . import page_coming  # after page: what comes next, and what we owe
from . import case_page  # after link: what the collector does with it
