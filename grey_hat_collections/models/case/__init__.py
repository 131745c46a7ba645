"""The episode: its figures, its decisions, its steps. What other rooms add to it they add by ``case_hooks.py``."""
# The order of loading, by hand, with the reason beside it; see the one of all rooms.
# ruff: noqa: I001

from . import refresh  # accounts to be refreshed again; after batch and door: inherits them
from . import case  # after base and ledger: inherits the one, keeps the figures of the other
from . import case_hooks  # what other rooms add to a case
from . import mark  # that a step has named an item
from . import case_silence  # attempts, answers, silence
from . import case_due  # after case: its write goes first, and forgets how long a decision holds
from . import case_ledger  # figures; after case_due: its constants
from . import case_close  # the end of an episode
from . import case_books  # what happens in the books
from . import ledger  # what changes in the books is told to the cases
from . import ledger_listed  # what a list shows of each invoice
from . import account_move  # the case of an invoice; after ledger_listed: what it shows
from . import account_move_line  # after account_move: its states of chasing
from . import case_open  # opening and reopening
from . import case_joined  # whose items have moved to another customer
from . import case_collector  # whose it is when its collector has left
from . import case_step  # the life of a step; its activities are named by many below
from . import case_ladder  # after case_due: its write begins cycles when all is written
from . import case_decision  # what is decided; after case_due and _step: their constants
from . import case_run  # the daily run; after case_ledger, _look and _step: their constants
from . import case_rehearsal  # after case_run: what it would do
from . import case_empty  # what a list without cases says
from . import batch  # what belongs to a case and fails
from . import case_board  # moves, holds, changes of ladder
from . import undo  # what a click has done
from . import case_undo  # after undo: how it is kept; after case_due: its write comes last, when all is decided
from . import case_phrasing  # the decision as a sentence
from . import case_find  # whom a call is from
from . import ir_http  # who may ask that
from . import res_company  # after res_company of settings: what a setting means for cases
from . import res_partner  # what a change of the customer means for cases
from . import policy  # the cases that follow a ladder
from . import mail_activity_type  # the types that are ours stay
from . import mail_activity  # after case_fact: inherits it; an activity on a case is a fact
