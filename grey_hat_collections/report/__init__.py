# The order of loading, by hand; see models/__init__.py.
# ruff: noqa: I001

# documents
from . import collection_statement  # _letter and _is_listed, which others extend
from . import collection_statement_plan  # after collection_statement: adds the agreement
from . import collection_statement_resolution  # after collection_statement: adds our answer to a dispute
from . import collection_letter_wording  # after collection_statement: its _letters, which gets words that were edited
from . import collection_statement_pay_code  # after collection_statement: adds the codes that banking apps pay with
from . import collection_statement_page  # after collection_statement: adds the way to the customer's page
from . import collection_letter  # what templates ask of a letter
from . import collection_letter_to_pay  # after collection_letter: what it is about, with the money
from . import collection_letter_agreement  # after collection_statement: its constants
from . import collection_letter_resolution  # the same for our answer
from . import report_letter
from . import report_mail_piece
from . import report_statement
from . import ir_actions_report  # how they are printed
from . import document_styles  # their styles within them
from . import document_pages  # after document_styles: breaks pages before a page carries its styles

# views in SQL, on tables of the models
from . import collection_dispute_report
from . import collection_agency_report
