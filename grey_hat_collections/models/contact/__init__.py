"""Who was spoken with, and what to say."""
# The order of loading, by hand, with the reason beside it; see the one of all rooms.
# ruff: noqa: I001

from . import note  # the record of one contact
from . import res_partner  # what was said with a customer
from . import account_move  # what was said about an invoice
from . import mail_activity  # what has finished it
from . import case_contact  # whom to talk to; after res_partner: its delivery notes
from . import case_budget  # after case_contact: how often, and when again
from . import case_note  # after note: what a case makes of it
from . import case_desk  # after case_note: the last word on the call screen, the day's achievement
from . import reason  # why a customer has not paid
from . import case_reason  # after reason: what a case makes of it
from . import case_hooks  # what a case asks of this room
