from . import (
    test_every_test_of_paying,
    test_pay_online,
    test_pay_order_of_loading,
    test_pay_reconciled,
    test_pay_rights,
    test_pay_under_way,
)
