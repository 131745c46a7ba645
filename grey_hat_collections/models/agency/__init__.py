"""Agencies: who collects in our name. Nothing below this room names it; it adds to the case by ``case_hooks.py``, and to other
models by a file of the same name as theirs.
"""
# The order of loading, by hand, with the reason beside it; see the one of all rooms.
# ruff: noqa: I001

from . import case_hooks  # what a case asks of this room
from . import ledger  # what of an account an agency has
from . import account_move  # with which agency an invoice is
from . import res_partner  # with which agency an account is
from . import dispute  # what is disputed while an agency collects it
from . import mail_activity  # why a manager is asked
from . import ir_attachment  # what an agency has got stays as it is
from . import agency  # the record
from . import agency_terms  # after agency: whom it takes, what it costs
from . import agency_secret  # after agency: its write goes first, and takes the secret out
from . import agency_entries  # after agency: which entries of the books are its money
from . import agency_score  # after agency: what it was worth
from . import agency_feedback  # after activity_mixin: inherits it
from . import agency_message  # after abstract_outgoing: inherits it; after _secret: its transports
from . import agency_message_send  # after agency_message: by e-mail or HTTPS
from . import referral  # one hand-over
from . import referral_line  # its items
from . import referral_override  # why it was handed over all the same
from . import referral_packet  # after referral: what leaves the house
from . import referral_life  # after referral: handed over, recalled, returned
from . import referral_payment  # what an entry of the books has brought
from . import referral_money  # after referral and its lines: what the books say
from . import remittance  # what an agency has paid us
from . import case_referral  # the window and the checklist
from . import case_referral_words  # after case_referral: its checklist in words
from . import case_referral_review  # who is asked; after case_run: its constants
from . import case_keep  # keep or collect
from . import case_agency  # there and back
from . import case_apart  # after case_agency and _notice: before its _close, what stays with an agency
