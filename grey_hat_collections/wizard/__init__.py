from . import (
    collection_case_dialog,
    collection_confirm_delivery,
    collection_dispute_verdict,
    collection_hold,
    collection_invoice_copies,
    collection_log_contact,
    collection_log_contact_save,
    collection_log_dispute,
    collection_match,
    collection_plan_wizard,
    collection_set_reason,
)
