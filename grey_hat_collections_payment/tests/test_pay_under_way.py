from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.grey_hat_collections.tests.common import MONDAY, CollectionCommon, days_ago

from .pay_common import PayMaker


@tagged("post_install", "-at_install")
class TestPayUnderWay(PayMaker, CollectionCommon):
    """What is paid online and not in the books yet is not chased: Acme owes 500.00 and 80.00 since ten days."""

    def _begin(self):
        super()._begin()
        self._freeze(MONDAY)
        self.provider = self._provider()
        self.acme = self._customer()
        self.first, self.second = (self._items(self._invoice(self.acme, amount, days_ago(10))) for amount in (500, 80))
        self._daily_run()
        self.case = self._case(self.acme)

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def assertUnderWay(self, amount):
        """The case, the statement for everybody and the reader for a few customers say the same."""
        self._settle_transaction()
        self.assertEqual((self.case.amount_under_way, self.case.amount_chased), (amount, 580 - amount))
        self.assertTies()

    def test_a_draft_is_nothing(self):
        self._transaction(self._selection(self.first))
        self.assertUnderWay(0)

    def test_each_chosen_item_with_its_amount(self):
        self._transaction(self._selection(self.first, part=(self.second, "30")), "pending")
        self.assertUnderWay(530)
        items = self.ledger._open_items(self.acme, self.company)
        self.assertEqual({item.id: item.under_way for item in items}, {self.first.id: 500, self.second.id: 30})

    def test_refused_is_asked_for_again(self):
        transaction = self._transaction(self._selection(self.first), "pending")
        self.assertUnderWay(500)
        transaction._set_canceled()
        self.assertUnderWay(0)

    def test_pending_lapses_after_seven_days(self):
        self._transaction(self._selection(self.first), "pending")
        self.assertUnderWay(500)
        for days, amount in ((6, 500), (8, 0)):
            self._daily_run(MONDAY + timedelta(days=days))
            self.assertEqual(self.case.amount_under_way, amount)
            self.assertTies()

    def test_a_house_says_how_many_days(self):
        self.company.collection_pay_pending_days = 30
        self._transaction(self._selection(self.first), "pending")
        self._daily_run(MONDAY + timedelta(days=29))
        self.assertEqual(self.case.amount_under_way, 500)

    def test_authorised_waits_for_us_and_does_not_lapse(self):
        self.provider.capture_manually = True
        self._transaction(self._selection(self.first), "done")
        self._daily_run(MONDAY + timedelta(days=29))
        self.assertEqual(self.case.amount_under_way, 500)

    def test_confirmed_counts_until_it_is_booked(self):
        transaction = self._transaction(self._selection(self.first), "done")
        self.assertUnderWay(500)
        transaction._post_process()
        self._settle_transaction()
        self.assertEqual((self.case.amount_under_way, self.case.amount_chased), (0, 80))
        self.assertTies()

    def test_twice_under_way_is_no_more_than_what_is_owed(self):
        first = self._selection(self.first)
        second = self._selection(self.first, self.second)
        for selection in (first, second):
            self._transaction(selection, "pending")
        self.assertUnderWay(580)

    def test_a_promise_is_kept_by_money_and_not_by_a_pending_payment(self):
        promises = self.env["collection.promise"].with_user(self.collector)
        promise = promises.create({"case_id": self.case.id, "amount": 500, "date_promised": self._day(3)})
        self._settle_transaction()
        transaction = self._transaction(self._selection(self.first), "pending")
        self._daily_run(self._day(1))
        self.assertEqual(promise.state, "open")
        with self._on(self._day(1), "15:00"):
            transaction._set_done()
            transaction._post_process()
            self._settle_transaction()
        self._daily_run(self._day(2))
        self.assertEqual(promise.state, "kept")

    def test_what_nobody_has_paid_is_forgotten(self):
        chosen, paid = self._selection(self.first), self._selection(self.second)
        self._transaction(paid, "pending")
        self.env["collection.page.selection"]._forget()
        self.assertTrue(chosen.exists())
        self._freeze(MONDAY + timedelta(days=3))
        self.env["collection.page.selection"]._forget()
        self.assertFalse(chosen.exists())
        self.assertTrue(paid.exists())
