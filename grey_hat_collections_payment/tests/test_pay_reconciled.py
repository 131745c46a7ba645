from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.grey_hat_collections.tests.agency.agency_common import AgencyMaker
from odoo.addons.grey_hat_collections.tests.common import MONDAY, CollectionCommon, days_ago

from .pay_common import PayMaker


@tagged("post_install", "-at_install")
class TestPayReconciled(AgencyMaker, PayMaker, CollectionCommon):
    """What a payment settles: what was chosen, and nothing else. Odoo itself would take all of an invoice, the oldest first."""

    def _begin(self):
        super()._begin()
        self._freeze(MONDAY)
        self.provider = self._provider()
        self.acme = self._customer()

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _left(self, *items):
        return [item.amount_residual_currency for item in items]

    def _surplus(self, transaction):
        """What of a payment is applied to nothing."""
        lines = transaction.payment_id.move_id.line_ids
        return -sum(
            lines.filtered(lambda line: line.account_type == "asset_receivable").mapped("amount_residual_currency")
        )

    def test_the_chosen_instalment_is_paid_and_not_the_oldest(self):
        invoice = self._invoice_in_instalments(self.acme, 300, days_ago(40), [(50, 0), (30, 30), (20, 60)])
        first, second, third = self._items(invoice).sorted("date_maturity")
        self._pay_online(third)
        self.assertEqual(self._left(first, second, third), [150, 90, 0])
        transaction = self._pay_online(second, part=(first, "20"))
        self.assertEqual(self._left(first, second, third), [130, 0, 0])
        self.assertEqual(self._surplus(transaction), 0)

    def test_a_surplus_stays_and_is_seen(self):
        """500 is paid by bank while the customer pays 500 and 30 of 80 by card: of the second item 30 are settled, not all."""
        paid, part = (self._items(self._invoice(self.acme, amount, days_ago(10))) for amount in (500, 80))
        transaction = self._transaction(self._selection(paid, part=(part, "30")))
        self._pay(paid.move_id, 500)
        transaction._process("demo", {"reference": transaction.reference, "simulated_state": "done"})
        transaction._post_process()
        self._settle_transaction()
        self.assertEqual(self._left(paid, part), [0, 50])
        self.assertEqual(self._surplus(transaction), 500)
        self.assertEqual(self._figures(self.acme)["amount_credit"], 500)
        self.assertTies()

    def test_what_came_back_takes_no_more_than_was_chosen(self):
        """100 were left of 500 when the customer chose; the bank payment of 400 turned out to be for somebody else."""
        item, other = (self._items(self._invoice(self.acme, amount, days_ago(10))) for amount in (500, 80))
        self._pay(item.move_id, 400)
        transaction = self._transaction(self._selection(item, other))
        self.assertEqual(transaction.amount, 180)
        item.remove_move_reconcile()
        transaction._process("demo", {"reference": transaction.reference, "simulated_state": "done"})
        transaction._post_process()
        self.assertEqual(self._left(item, other), [400, 0])

    def test_in_another_currency_to_the_cent(self):
        """100 euros were 200 dollars and are 125 when they are paid: the difference of exchange is booked for what was paid."""
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5), ("2026-02-25", 0.8)])
        whole = self._items(self._invoice(self.acme, 100, days_ago(20), currency_id=euro.id))
        part = self._items(self._invoice(self.acme, 60, days_ago(20), currency_id=euro.id))
        transaction = self._pay_online(whole, part=(part, "33.33"))
        self.assertEqual(transaction.amount, 133.33)
        self.assertEqual(self._left(whole, part), [0, 26.67])
        self.assertTrue(whole.reconciled)
        self.assertAlmostEqual(part.amount_residual, 53.34, 2)  # 26.67 at the rate of the invoice
        self.assertEqual(self._surplus(transaction), 0)
        self.assertTies()

    def test_captured_in_two_parts(self):
        """500 and 80 are authorised; 530 are captured first, then the rest."""
        self.provider.capture_manually = True
        first, second = (self._items(self._invoice(self.acme, amount, days_ago(10))) for amount in (500, 80))
        transaction = self._transaction(self._selection(first, second), "done")
        self._settle_transaction()
        self.assertEqual(self._figures(self.acme)["amount_under_way"], 580)
        for amount, left, under_way in ((530, [0, 50], 50), (50, [0, 0], 0)):
            capture = transaction._capture(amount_to_capture=amount)
            capture._post_process()
            self._settle_transaction()
            self.assertEqual(self._left(first, second), left)
            self.assertEqual(self._figures(self.acme).get("amount_under_way", 0), under_way)
        self.assertEqual(transaction.state, "done")
        transaction._post_process()
        self.assertFalse(transaction.payment_id, "its captures have been booked")

    def test_money_that_goes_back_is_applied_to_nothing_that_was_chosen(self):
        item = self._items(self._invoice(self.acme, 500, days_ago(10)))
        transaction = self._pay_online(item)
        refund = transaction._refund(amount_to_refund=100)
        refund._post_process()
        self.assertEqual(refund.payment_id.payment_type, "outbound")
        self.assertEqual(self._left(item), [0])
        self.assertFalse(refund.collection_selection_id)

    def test_a_discount_is_not_taken_by_chance(self):
        """98 of 100 would be enough today; the customer pays 98 of it in part, and 2 are left."""
        item = self._items(self._invoice_with_discount(self.acme, 100, days_ago(2)))
        self._pay_online(part=(item, "98"))
        self.assertEqual(self._left(item), [2])

    def test_other_payments_are_odoos(self):
        invoice = self._invoice(self.acme, 500, days_ago(10))
        transaction = (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.method.id,
                    "reference": "by Odoo",
                    "amount": 500,
                    "currency_id": self.company.currency_id.id,
                    "partner_id": self.acme.id,
                    "operation": "online_direct",
                    "invoice_ids": [Command.set(invoice.ids)],
                }
            )
        )
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(invoice.payment_state, "paid")

    # -- With an agency ------------------------------------------------------------------------------------------

    def _payable(self):
        page = self.env["collection.page"].sudo()
        return set(page._payable(self.acme, self.company))

    def test_what_an_agency_has_is_paid_there_unless_the_house_says_otherwise(self):
        item = self._items(self._invoice(self.acme, 500, days_ago(70)))
        self._daily_run()
        self.assertEqual(self._payable(), {item.id})
        self.env["collection.referral"].sudo().create(
            {
                "name": "REF/1",
                "case_id": self._case(self.acme).id,
                "partner_id": self.acme.id,
                "company_id": self.company.id,
                "agency_id": self._agency().id,
                "user_id": self.manager.id,
                "state": "sent",
                "date_sent": MONDAY,
                "line_ids": [Command.create({"item_id": item.id, "date_due": MONDAY, "amount_referred": 500})],
            }
        )
        later = self._items(self._invoice(self.acme, 80, days_ago(1)))
        self.env.flush_all()
        self.assertEqual(self._payable(), {later.id}, "what was not referred stays payable")
        with self.assertRaises(UserError):
            self._selection(item)
        self.company.collection_pay_referred = True
        self.assertEqual(self._payable(), {item.id, later.id})
        self.assertEqual(self._selection(item).amount, 500)

    def test_what_was_paid_back_and_what_is_a_credit_is_not_payable(self):
        item = self._items(self._invoice(self.acme, 500, days_ago(10)))
        self._credit_note(self.acme, 40, days_ago(5))
        self._refund(self.acme, 20, days_ago(1))
        self.env.flush_all()
        self.assertEqual(self._payable(), {item.id})
