from odoo import Command, fields
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestComesBack(CollectionCommon):
    """A payment goes back: the same case comes back, in whichever way that is booked. Warned on Monday, 2 March 2026; paid on
    Tuesday; back on Thursday.
    """

    def _begin(self):
        super()._begin()
        self.case = self._warned_customer()
        self.acme = self.case.partner_id
        self.payment = self._customer_pays(self.case, day=self._day(1))

    def _receivable(self, move):
        return self._items(move)

    def _of_another_customer(self):
        self._receivable(self.payment.move_id).remove_move_reconcile()
        self._receivable(self.payment.move_id).partner_id = self._customer("Whose money it was")

    def _cancelled(self):
        self.payment.action_draft()
        self.payment.action_cancel()

    def _reversed(self):
        """Odoo matches the reversal with the payment where that is free, and leaves it open where it is applied."""
        self.payment.move_id._reverse_moves([{"date": fields.Date.today()}], cancel=True)

    def _reversed_and_matched(self):
        self._receivable(self.payment.move_id).remove_move_reconcile()
        self.payment.move_id._reverse_moves([{"date": fields.Date.today()}], cancel=True)

    def _line_of_the_bank(self):
        statement = self.env["account.bank.statement.line"].create(
            {
                "payment_ref": "Returned",
                "partner_id": self.acme.id,
                "journal_id": self.company_data["default_journal_bank"].id,
                "amount": -500,
                "date": fields.Date.today(),
            }
        )
        _liquidity, suspense, _other = statement.with_context(skip_account_move_synchronization=True)._seek_for_lines()
        suspense.account_id = self.company_data["default_account_receivable"]
        return statement

    def _line_of_the_bank_matched_with_the_payment(self):
        line = self._receivable(self._line_of_the_bank().move_id)
        paid = self._receivable(self.payment.move_id)
        paid.remove_move_reconcile()
        (line | paid).reconcile()

    def _entry(self, amount=500):
        data = self.company_data
        bank = data["default_journal_bank"].default_account_id
        sides = ((data["default_account_receivable"], amount), (bank, -amount))
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": data["default_journal_misc"].id,
                "date": fields.Date.today(),
                "line_ids": [
                    Command.create(
                        {
                            "name": "Returned",
                            "account_id": account.id,
                            "partner_id": self.acme.id,
                            "balance": balance,
                        }
                    )
                    for account, balance in sides
                ],
            }
        )
        entry.action_post()
        return entry

    def _followed_entry(self):
        """Odoo leaves it out of follow-up; somebody says that it is to be asked for."""
        self._receivable(self._entry()).no_followup = False

    def _matched_entry(self):
        paid = self._receivable(self.payment.move_id)
        paid.remove_move_reconcile()
        (self._receivable(self._entry()) | paid).reconcile()

    def _comes_back(self, way):
        with self._on(self._day(3), "09:00"):
            way()
            self._settle_transaction()
        self.env.invalidate_all()
        self._daily_run(self._day(4))
        return self._case(self.acme)

    def test_in_whichever_way_it_is_booked(self):
        self.assertEqual(self.case.state, "closed")
        for way in (
            self._of_another_customer,
            self._cancelled,
            self._reversed,
            self._reversed_and_matched,
            self._line_of_the_bank,
            self._line_of_the_bank_matched_with_the_payment,
            self._followed_entry,
            self._matched_entry,
        ):
            with self.subTest(way.__name__), self.cr.savepoint() as savepoint:
                self.assertEqual(self._comes_back(way), self.case)
                self.assertEqual((self.case.step_id.name, self.case.amount_chased), ("Friendly reminder", 500))
                self.assertFalse(self.case.pending_step_id, "A day is left for a look")
                savepoint.rollback()
            self.env.invalidate_all()

    def test_more_than_was_paid_is_something_else(self):
        def way():
            self._receivable(self._entry(501)).no_followup = False

        self.assertNotEqual(self._comes_back(way), self.case)

    def test_a_new_invoice_is_a_new_episode(self):
        self.assertNotEqual(self._comes_back(lambda: self._invoice(self.acme, 100, MONDAY)), self.case)
