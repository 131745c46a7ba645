from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon, days_ago


@tagged("post_install", "-at_install")
class TestWhatIsPaid(CollectionCommon):
    """What is paid is not asked for, and what we have paid out speaks for nobody. Today is Monday, 2 March 2026."""

    def _begin(self):
        super()._begin()
        self._freeze(MONDAY)
        self.acme = self._customer()

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _assert_told(self, partner=None, **expected):
        """The statement for everybody and the plain reader say this of a customer."""
        partner = partner or self.acme
        self.assertFigures(partner, **expected)
        few = self._plain_figures(partner)
        self.assertEqual({name: few[name] for name in expected}, expected)

    # -- At another rate -----------------------------------------------------------------------------------------

    def _euro(self):
        """A euro was two dollars, and is one and a half since a week."""
        return self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5), (days_ago(7), 1 / 1.5)])

    def test_a_payment_under_way_is_compared_in_the_currency_of_its_invoice(self):
        euro = self._euro()
        with self._payments_without_entry():
            invoice = self._invoice(self.acme, 100, days_ago(20), currency_id=euro.id)
            self._pay(invoice, 40, currency_id=euro.id)
            self._assert_told(balance=200, amount_under_way=80, amount_chased=120)
            self._pay(invoice, 60, currency_id=euro.id)
            self._assert_told(balance=200, amount_under_way=200, amount_chased=0)

    def test_a_payment_that_is_not_applied_is_compared_in_its_currency_too(self):
        euro = self._euro()
        self._invoice(self.acme, 100, days_ago(20), currency_id=euro.id)
        self._invoice(self.acme, 70, days_ago(40))
        self._receive(self.acme, 100, days_ago(2), currency_id=euro.id)
        self._assert_told(balance=120, amount_credit=150, amount_chased=70, amount_net_overdue=70)
        self.assertEqual([item.chased for item in self.ledger._open_items(self.acme, self.company)], [70, 0, 0])

    def test_what_it_leaves_over_counts_for_the_others(self):
        euro = self._euro()
        self._invoice(self.acme, 60, days_ago(20), currency_id=euro.id)
        self._invoice(self.acme, 70, days_ago(40))
        self._receive(self.acme, 100, days_ago(2), currency_id=euro.id)  # 40 euros more, now 60 dollars
        self._assert_told(amount_credit=150, amount_chased=10)

    def test_a_part_of_it_leaves_the_rest_in_its_currency(self):
        euro = self._euro()
        self._invoice(self.acme, 100, days_ago(20), currency_id=euro.id)
        self._receive(self.acme, 75, days_ago(2), currency_id=euro.id)
        self._assert_told(amount_chased=50)

    def test_in_another_currency_it_counts_in_the_company_s(self):
        euro = self._euro()
        with self._payments_without_entry():
            invoice = self._invoice(self.acme, 100, days_ago(20), currency_id=euro.id)
            self._pay(invoice, 50, currency_id=self.company.currency_id.id)
            self._assert_told(balance=200, amount_under_way=50, amount_chased=150)

    def test_whoever_pays_for_another_has_paid(self):
        with self._payments_without_entry():
            invoice = self._invoice(self.acme, 100, days_ago(20))
            self._pay(invoice).partner_id = self._customer("Uncle")
            self._assert_told(amount_under_way=100, amount_chased=0)

    # -- Refunds -------------------------------------------------------------------------------------------------

    def test_a_credit_that_is_being_paid_out_is_spent(self):
        with self._payments_without_entry():
            self._invoice(self.acme, 1000, days_ago(20))
            credit_note = self._credit_note(self.acme, 335, days_ago(15))
            self._assert_told(amount_chased=665)
            refund = self._pay(credit_note)
            self.assertEqual(
                (refund.payment_type, refund.state, bool(refund.move_id)), ("outbound", "in_process", False)
            )
            self._assert_told(balance=665, amount_credit=335, amount_under_way=0, amount_chased=1000)
            refund.action_cancel()
            self._assert_told(amount_chased=665)

    def test_a_part_of_it_leaves_the_rest(self):
        with self._payments_without_entry():
            self._invoice(self.acme, 1000, days_ago(20))
            self._pay(self._credit_note(self.acme, 335, days_ago(15)), 300)
            self._assert_told(amount_chased=965, amount_net_overdue=965)
            credit = self.ledger._open_items(self.acme, self.company)[-1]
            self.assertEqual((credit.residual, credit.spent), (-335, 300))

    def test_a_refund_at_another_rate_spends_the_whole_credit(self):
        euro = self._euro()
        with self._payments_without_entry():
            self._invoice(self.acme, 1000, days_ago(20))
            self._pay(self._credit_note(self.acme, 100, days_ago(15), currency_id=euro.id), currency_id=euro.id)
            self._assert_told(amount_credit=200, amount_chased=1000)

    def test_a_refund_in_the_books_is_no_debt(self):
        self._refund(self.acme, 335, days_ago(20))
        self._assert_told(balance=335, amount_excluded=335, amount_chased=0, amount_net_overdue=0)
        self._settle_transaction()
        self.assertFalse(self._case(self.acme))
        self._invoice(self.acme, 1000, days_ago(10))
        self._assert_told(balance=1335, amount_chased=1000)

    def test_it_has_spent_a_credit_that_it_is_not_matched_with(self):
        self._invoice(self.acme, 1000, days_ago(10))
        self._credit_note(self.acme, 335, days_ago(40))
        refund = self._refund(self.acme, 335, days_ago(20))
        self._assert_told(balance=1000, amount_chased=1000)
        items = {item.move_id: item for item in self.ledger._open_items(self.acme, self.company)}
        self.assertEqual((items[refund.move_id.id].chase_state, items[refund.move_id.id].chased), ("excluded", 0))
        self._settle_transaction()
        case = self._case(self.acme)
        self.assertFalse(case.credit_item_ids, "Nothing of it is left to match")
        self.assertFalse(case.excluded_notice, "Nobody can follow a refund")

    def test_an_opening_credit_can_be_paid_out_as_well(self):
        self._invoice(self.acme, 1000, days_ago(10))
        self._opening_balance(self.acme, -335, days_ago(40))
        self._assert_told(amount_chased=665)
        self._refund(self.acme, 300, days_ago(20))
        self._assert_told(amount_chased=965)

    def test_money_that_the_bank_took_back_is_a_debt(self):
        """A payment that bounced is no refund: nobody has registered one."""
        payment = self._receive(self.acme, 100, days_ago(30))
        payment.move_id._reverse_moves([{"date": days_ago(20)}])._post()
        back = self._items(*(self.env["account.move"].search([("reversed_entry_id", "=", payment.move_id.id)])))
        self.assertFalse(back.payment_id)
        self._assert_told(balance=0, amount_chased=0)
        self._invoice(self.acme, 70, days_ago(10))
        self._assert_told(amount_chased=70)

    def test_a_promise_is_not_kept_with_money_that_went_back(self):
        self._receive(self.acme, 335, MONDAY)
        self._invoice(self.acme, 1000, days_ago(10))
        since = MONDAY - timedelta(days=30)
        account = self.acme.id, self.company.id
        money = self.ledger._settlements(self.acme, self.company, since)[account]
        self.assertEqual([one.amounts[self.company.currency_id.id] for one in money], [335])
        self._refund(self.acme, 300, MONDAY)
        money = self.ledger._settlements(self.acme, self.company, since)[account]
        self.assertEqual([one.amounts[self.company.currency_id.id] for one in money], [35])

    # -- Nothing in its own currency -----------------------------------------------------------------------------

    def test_nothing_in_its_own_currency_is_nothing(self):
        """Paid in full at another rate, the difference not booked: five dollars stay in the books, and not a cent of a euro."""
        euro = self._euro()
        for amount, move_type, give in ((10, "out_invoice", self._receive), (10, "out_refund", self._refund)):
            customer = self._customer(f"Euro {move_type}")
            invoice = self._invoice(customer, amount, days_ago(20), move_type=move_type, currency_id=euro.id)
            payment = give(customer, amount, days_ago(2), currency_id=euro.id)
            lines = self._items(invoice) | self._items(payment.move_id)
            lines.with_context(no_exchange_difference=True).reconcile()
            left = self._items(invoice)
            self.assertEqual((abs(left.amount_residual), left.amount_residual_currency, left.reconciled), (5, 0, False))
            self._assert_told(customer, balance=0, amount_open=0, amount_credit=0, amount_chased=0)
            self.assertFalse(self.ledger._open_items(customer, self.company))
            self.assertEqual(invoice.chase_state, "none")
            self._settle_transaction()
            self.assertFalse(self._case(customer))

    # -- Not for goods or services -------------------------------------------------------------------------------

    def test_what_is_lent_is_no_customer_s_debt(self):
        loan = self._lent(self.acme, 300, days_ago(20))
        self.assertTrue(self._items(loan).account_id.non_trade)
        self._settle_transaction()
        self._assert_told(balance=0, amount_open=0, amount_chased=0)
        self._daily_run(MONDAY)
        self.assertFalse(self._case(self.acme))
        self.assertEqual(loan.chase_state, "none")

    def test_what_we_borrowed_pays_no_invoice(self):
        self._lent(self.acme, -300, days_ago(20))
        invoice = self._invoice(self.acme, 1000, days_ago(10))
        self._settle_transaction()
        self._assert_told(balance=1000, amount_credit=0, amount_chased=1000)
        self.assertFalse(self._case(self.acme).credit_item_ids)
        self.assertEqual(invoice.chase_state, "chased")
        self.assertNotIn(
            (self.acme.id, self.company.id), self.ledger._settlements(self.acme, self.company, days_ago(60))
        )

    def test_a_collector_does_not_read_of_it(self):
        loan = self._lent(self.acme, 300, days_ago(20))
        own = self._opening_balance(self.acme, 300, days_ago(20))
        for records in (loan, loan.line_ids):
            self.assertFalse(records.with_user(self.collector)._filtered_access("read"))
        self.assertTrue(own.with_user(self.collector)._filtered_access("read"))

    # -- Discounts for early payment -----------------------------------------------------------------------------

    def test_a_discount_that_is_under_way_in_time_leaves_nothing(self):
        with self._payments_without_entry():
            invoice = self._invoice_with_discount(self.acme, 1000, days_ago(40))
            other = self._invoice(self.acme, 50, days_ago(20))
            payment = self._pay(invoice, day=days_ago(35))
            self.assertEqual(payment.amount, 980)
            self._assert_told(balance=1050, amount_under_way=1000, amount_chased=50)
            self.assertEqual((invoice.chase_state, other.chase_state), ("under_way", "chased"))

    def test_part_of_it_earns_none(self):
        with self._payments_without_entry():
            self._pay(self._invoice_with_discount(self.acme, 1000, days_ago(40)), 979, days_ago(35))
            self._assert_told(amount_under_way=979, amount_chased=21)

    def test_a_discount_in_the_books_is_odoo_s(self):
        invoice = self._invoice_with_discount(self.acme, 1000, days_ago(40))
        self._pay(invoice, day=days_ago(35))
        self._assert_told(balance=0)

    def test_a_discount_of_a_few_days_lateness_is_shown_and_not_asked_for(self):
        """The last day is 30 days ago; three more are the default."""
        self.assertEqual(self.company.collection_discount_days, 3)
        for late, left_out in ((0, 20), (3, 20), (4, 0)):
            with self.subTest(late=late):
                customer = self._customer(f"Late by {late}")
                invoice = self._invoice_with_discount(customer, 1000, days_ago(40))
                self._pay(invoice, 980, days_ago(30 - late), payment_difference_handling="open")
                self._assert_told(customer, balance=20, amount_excluded=left_out, amount_chased=20 - left_out)
                self.assertEqual(invoice.chase_state, "excluded" if left_out else "chased")
                item = self.ledger._open_items(customer, self.company)[0]
                self.assertEqual(item.chase_state, invoice.chase_state)

    def test_the_house_decides_how_late(self):
        invoice = self._invoice_with_discount(self.acme, 1000, days_ago(40))
        self._pay(invoice, 980, days_ago(26), payment_difference_handling="open")
        self._assert_told(amount_chased=20)
        self.company.collection_discount_days = 4
        self._assert_told(amount_chased=0)

    def test_a_credit_note_earns_no_discount(self):
        invoice = self._invoice_with_discount(self.acme, 1000, days_ago(40))
        (self._items(invoice) | self._items(self._credit_note(self.acme, 980, days_ago(38)))).reconcile()
        self._assert_told(balance=20, amount_chased=20)

    def test_more_than_the_discount_is_asked_for(self):
        invoice = self._invoice_with_discount(self.acme, 1000, days_ago(40))
        self._pay(invoice, 979, days_ago(35), payment_difference_handling="open")
        self._assert_told(balance=21, amount_chased=21)

    def test_nobody_is_offered_to_follow_a_discount(self):
        invoice = self._invoice_with_discount(self.acme, 1000, days_ago(40))
        self._pay(invoice, 980, days_ago(30), payment_difference_handling="open")
        self._invoice(self.acme, 70, days_ago(5))
        self._settle_transaction()
        case = self._case(self.acme)
        self.assertEqual((case.amount_excluded, case.excluded_notice), (20, False))
