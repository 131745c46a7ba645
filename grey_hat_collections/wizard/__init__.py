# The order of loading, by hand; see models/__init__.py.
# ruff: noqa: I001

# what dialogs inherit
from . import abstract_once  # saved once
from . import abstract_dialog  # about a record; after abstract_once: inherits it
from . import collection_case_dialog  # about a case; after abstract_dialog: inherits it

# the contact
from . import collection_log_contact  # after collection_case_dialog: inherits it
from . import collection_log_contact_save  # after collection_log_contact: _check, _follow_up, _note_values
from . import collection_log_dispute  # after collection_log_contact_save: adds the dispute to them
from . import collection_log_referred  # after collection_log_dispute: an account with an agency comes first

# the other dialogs: each is a model of its own, after the one it inherits
from . import collection_set_reason
from . import collection_hold
from . import collection_plan_wizard
from . import collection_dispute_verdict
from . import collection_confirm_delivery
from . import collection_invoice_copies
from . import collection_match
from . import collection_post_letters
from . import collection_post_delivered
from . import collection_returned_mail
from . import collection_refer
from . import collection_give_back

# dialogs of Odoo
from . import base_partner_merge  # joins the cases of customers that become one
