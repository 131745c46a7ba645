from . import (
    test_first_morning,
    test_ledger,
)
