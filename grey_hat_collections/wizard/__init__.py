from . import (
    collection_case_dialog,
    collection_hold,
    collection_invoice_copies,
    collection_log_contact,
    collection_plan_wizard,
)
