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
from . import page_actions  # after page_coming: what a customer can do there
from . import note  # notes of what was done there
from . import promise  # promises that were given there
from . import letter_agreed  # after letter: agreements that were made there
from . import answer  # after link: what was done there, once
from . import answer_money  # after answer: promises, plans, payments
from . import answer_words  # after answer: disputes, questions, calls, copies
from . import answer_details  # after answer: contacts and wishes
from . import answer_mail  # after answer: how it is confirmed
from . import answer_undo  # after answer: how it is undone
from . import gate  # after answer: what the customer says that it has paid
from . import case_page  # after link: what the collector does with it
from . import case_answers  # after case_page and answer: what the collector sees of it
