from . import (
    test_case,
    test_daily_run,
    test_demo,
    test_first_morning,
    test_invoice_copies,
    test_js,
    test_ledger,
    test_letter_documents,
    test_letter_sending,
    test_statement,
    test_tours,
)
