# The order of loading, by hand. Of two files about one model the later one is asked first, and reaches the earlier one by
# super(); a model is loaded before what inherits from it. Rooms rest on those above them; "after" says what a line rests on.
# An import loads a file too, so models import from files further up, or from files without a model.
# ruff: noqa: I001

# base: what any record may inherit
from . import abstract_batch  # worked on together, else one by one
from . import abstract_bulk  # made and written by the hundred
from . import abstract_door  # looks at what comes in, before what inherits it does more
from . import (
    abstract_case_fact,
)  # after abstract_door: inherits it; stands behind create, write and unlink of every fact
from . import abstract_outgoing  # what leaves the house once; after abstract_batch: knows a lost connection
from . import abstract_plain_view  # documents of the books for whoever reads them only as a collector
from . import abstract_workable  # who may work on it, and who only reads it
from . import collection_asker  # asks people for something
from . import (
    collection_refresh,
)  # accounts to be refreshed again; after abstract_batch and abstract_door: inherits them

# settings: what a company, a customer and a ladder say
from . import res_company  # the rules of the house and its clock
from . import res_partner  # the customer's wishes; after res_company: time zones; after abstract_batch: inherits it
from . import res_company_house  # what of them each payment asks for
from . import res_company_others  # who else writes to customers; after res_company: its people
from . import res_users  # what is read for no other reason than being a collector
from . import resource_calendar  # its time zone is the clock of a company
from . import collection_stage  # the columns of the board
from . import collection_policy  # ladders and steps; after abstract_case_fact: inherits it
from . import res_config_settings  # the page for what res_company holds

# ledger: what is owed, and what changes that
from . import collection_ledger  # the only reader of open items
from . import collection_ledger_under_way  # after collection_ledger: what is on its way for them
from . import collection_ledger_few  # after collection_ledger: the same for a few customers
from . import collection_ledger_listed  # after collection_ledger_few: what a list shows of each invoice
from . import collection_ledger_settlement  # after collection_ledger: what settled the items
from . import account_move  # what an invoice says of itself; after abstract_plain_view: inherits it, as the next two
from . import account_move_line  # after account_move: its states of chasing
from . import res_partner_left_out  # asks about items that Odoo leaves out
from . import account_payment  # tells the ledger that it changed
from . import account_partial_reconcile  # tells the ledger that it changed

# case: the episode, its figures and its decisions
from . import collection_case  # after base and ledger: inherits the one, keeps the figures of the other
from . import collection_case_hooks  # what other rooms add to a case
from . import collection_case_look  # after collection_case: its write goes first, and forgets how long a decision holds
from . import collection_case_ledger  # figures; after collection_case_look: its constants
from . import collection_case_close  # the end of an episode
from . import collection_case_books  # what happens in the books
from . import collection_case_open  # opening and reopening
from . import collection_case_joined  # whose items have moved to another customer
from . import collection_case_collector  # whose it is when its collector has left
from . import collection_case_step  # the life of a step; its activities are named by many below
from . import collection_case_run  # the daily run; after collection_case_ledger, _look and _step: their constants
from . import collection_case_board  # moves, holds, changes of ladder
from . import collection_case_phrasing  # the decision as a sentence
from . import mail_activity_type  # the types that are ours stay
from . import mail_activity  # after abstract_case_fact: inherits it; an activity on a case is a fact

# contact: who was spoken with, and what to say
from . import collection_note  # the record of one contact
from . import collection_case_contact  # whom to talk to; after res_partner: its delivery notes
from . import collection_case_budget  # after collection_case_contact: how often, and when again
from . import collection_case_note  # after collection_note: what a case makes of it
from . import collection_reason  # why a customer has not paid
from . import collection_case_reason  # after collection_reason: what a case makes of it
from . import collection_guide  # the lines of the call guide
from . import collection_case_guide  # after collection_guide: those that fit a case
from . import mail_thread  # what a program wrote is no answer

# promise: what the customer said will be paid
from . import collection_promise  # after abstract_case_fact: inherits it
from . import collection_promise_share  # what a promise covers
from . import collection_promise_judge  # after collection_promise: what became of it
from . import collection_plan_terms  # its schedule and its limits
from . import collection_plan  # after collection_plan_terms: inherits it
from . import collection_plan_life  # after collection_plan and collection_promise_judge: begun, judged, breached
from . import collection_promise_plan  # after collection_promise: an instalment is not checked or withdrawn alone
from . import collection_case_promise  # after collection_promise: what a case makes of it
from . import collection_case_plan  # after collection_plan: what a case makes of it

# dispute: what the customer says is wrong
from . import collection_dispute  # after abstract_case_fact: inherits it
from . import collection_dispute_line  # about which items
from . import collection_dispute_raise  # after collection_dispute: its create and write check what is said
from . import collection_dispute_clock  # after collection_dispute: who is asked, when that is late
from . import collection_dispute_credit  # after collection_dispute: the credit note
from . import collection_dispute_answer  # after collection_dispute_clock and _credit: withdraws what they ask
from . import collection_service_level  # after collection_dispute: its kinds
from . import collection_case_dispute  # after collection_dispute: what a case makes of it

# gate: is it us?
from . import collection_gate  # asks the checks; its own list of them is empty
from . import collection_gate_checks  # after collection_gate: adds to its list
from . import res_company_gate  # what a company makes of each check
from . import res_partner_delivery  # who confirmed where invoices arrive
from . import collection_case_gate  # after collection_gate: what stops a letter
from . import collection_case_credits  # credits in sight

# letter: what leaves the house, and what proves it
from . import collection_letter  # after abstract_outgoing and abstract_case_fact: inherits them
from . import collection_mark  # that a step has named an item
from . import collection_mark_notice  # after collection_mark: which final notice it was
from . import collection_case_mark  # after collection_case_look: its write begins cycles when all is written
from . import collection_letter_send  # after collection_letter: preparing and handing over
from . import collection_letter_line  # after collection_letter_send: its _store_pdf notes what was printed
from . import collection_letter_returned  # after collection_letter: what came back, what is merged
from . import collection_posting  # one letter in the post
from . import collection_posting_paper  # after collection_posting: what the paper says, and whether that is still so
from . import collection_posting_print  # after collection_posting: a pile of them in one PDF
from . import collection_letter_post  # after collection_letter and _posting: the posting follows its letter
from . import collection_case_notice  # after collection_case_close: its _close calls off the paper, then closes
from . import collection_case_warned  # after collection_case_notice and _mark: which notice has named each item
from . import collection_case_reward  # the milder step after a payment, the thanks at the end
from . import ir_attachment  # the paper of a letter that has left stays as it is

# agency: who collects in our name; nothing above names it
from . import agency

# privacy: what all of the above say of a person
from . import collection_privacy  # names their words

# doors: models of others that have fields of ours, all of which are known here
from . import doors  # after abstract_door: inherits it
