from . import (
    collection_case_dialog,
    collection_hold,
    collection_invoice_copies,
    collection_log_contact,
    collection_log_contact_save,
    collection_plan_wizard,
    collection_set_reason,
)
