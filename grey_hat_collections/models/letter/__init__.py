"""What leaves the house, and what proves it."""
# The order of loading, by hand, with the reason beside it; see the one of all rooms.
# ruff: noqa: I001

from . import letter  # after outgoing and case_fact: inherits them
from . import policy  # with which e-mail a letter leaves
from . import mark  # which letter has named an item, and which final notice
from . import case_letters  # after letter: the letters of steps; before case_notice: what is left is asked of it, too
from . import case_named  # which items they name
from . import letter_send  # after letter: preparing and handing over
from . import letter_rehearsal  # after letter: what is tried out takes no number
from . import letter_line  # after letter_send: its _store_pdf notes what was printed
from . import letter_exemption  # before letter_approval: which kinds need none
from . import (
    letter_approval,
)  # after letter_send: what leaves once approved; before letter_mail: to print is to approve
from . import res_company  # after letter_approval: the setting changes what waits
from . import res_config_settings  # says how many that are
from . import letter_returned  # after letter: what came back, what is merged
from . import promise  # after letter: its confirmation, reminder and thanks
from . import plan  # after letter: its agreement
from . import dispute  # after letter: its answer
from . import mail_thread  # what a program wrote is no answer
from . import mail_piece  # one letter in the mail
from . import letter_preview  # after letter_line: a sketch names what it lists; after mail_piece: its days
from . import wording  # after letter_preview: a sketch shows what may be edited
from . import mail_piece_paper  # after mail_piece: what the paper says, and whether that is still so
from . import mail_piece_print  # after mail_piece: which of them are printed
from . import case_approval  # after letter_approval: the letter of a case that waits for it
from . import case_paper  # after mail_piece: which of a case are to be mailed
from . import letter_mail  # after letter and mail_piece: the mail piece follows its letter
from . import case_notice  # after case_close: its _close calls off the paper, then closes
from . import case_warned  # after case_notice and _mark: which notice has named each item
from . import case_reward  # the milder step after a payment, the thanks at the end
from . import case_courtesy  # a word before something falls due
from . import ir_attachment  # the paper of a letter that has left stays as it is
from . import undo  # after mail_piece: nothing is taken back of what has left
from . import mail_piece_undo  # after undo: a mail piece that was marked by mistake
from . import case_first_run  # what a rehearsal leaves of a case
from . import first_steps  # the steps of a first day; after case_first_run: one of them is to look at it
from . import ir_http  # after first_steps: whether there are any
from . import case_hooks  # what a case asks of this room
