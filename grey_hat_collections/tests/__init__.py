from . import (
    test_case,
    test_daily_run,
    test_demo,
    test_first_morning,
    test_js,
    test_ledger,
    test_letter_sending,
    test_tours,
)
