"""What a company, a customer and a ladder say."""
# The order of loading, by hand, with the reason beside it; see the one of all rooms.
# ruff: noqa: I001

from . import res_company  # the rules of the house
from . import res_company_people  # who is asked for what
from . import res_company_days  # its clock and its days; named by res_partner
from . import res_partner  # the customer's wishes; after res_company: time zones; after batch: inherits it
from . import res_company_house  # what of them each payment asks for
from . import res_company_others  # who else writes to customers; after res_company: its people
from . import res_users  # what is read for no other reason than being a collector
from . import resource_calendar  # its time zone is the clock of a company
from . import stage  # the columns of the board
from . import policy  # ladders and steps; after case_fact: inherits it
from . import res_config_settings  # the page for what res_company holds
from . import activity_mixin  # asks people for something; after res_company: its day
