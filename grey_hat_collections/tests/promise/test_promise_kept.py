from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY
from .promise_common import FRIDAY, NEXT_MONDAY, SATURDAY, THURSDAY, TUESDAY, WEDNESDAY, PromiseCase


@tagged("post_install", "-at_install")
class TestPromiseKept(PromiseCase):
    """A promise is kept by money, whichever way it comes into the books."""

    def test_a_payment_registered_on_the_invoice(self):
        promise = self._promise()
        with self._at(WEDNESDAY):
            self._pay(self.invoice)
        self.assertJudged(promise, WEDNESDAY, "kept", 500)
        self.assertEqual(promise.date_received, WEDNESDAY)
        self.assertEqual(self.case.state, "closed")

    def test_a_payment_without_an_entry_of_its_own(self):
        promise = self._promise()
        with self._payments_without_entry():
            with self._at(WEDNESDAY):
                self._pay(self.invoice)
            self.assertEqual(self._item().amount_residual, 500, "the item stays open until the bank says so")
            self.assertJudged(promise, WEDNESDAY, "kept", 500)
            with self._at(FRIDAY):
                self._bank_pays(self.invoice, 500, FRIDAY)
            self.assertJudged(promise, FRIDAY, "kept", 500)  # once, not twice

    def test_a_line_of_a_bank_statement(self):
        promise = self._promise()
        with self._at(FRIDAY):
            self._bank_pays(self.invoice, 500, THURSDAY)
        self.assertJudged(promise, FRIDAY, "kept", 500)
        self.assertEqual(promise.date_received, THURSDAY, "the value date")

    def test_an_unapplied_payment(self):
        promise = self._promise()
        with self._at(THURSDAY):
            self._receive(self.acme, 500)
        self.assertJudged(promise, FRIDAY, "kept", 500)

    def test_a_part(self):
        promise = self._promise()
        with self._at(THURSDAY):
            self._pay(self.invoice, 200)
        self.assertJudged(promise, FRIDAY, "open", 200)
        self.assertFigures(self.acme, today=FRIDAY, amount_promised=300, amount_chased=0)
        self.assertJudged(promise, SATURDAY, "light", 200)
        self.assertEqual(promise.amount_outstanding, 300)

    def test_more_than_was_promised_keeps_it_with_what_was_promised(self):
        promise = self._promise(300)
        with self._at(THURSDAY):
            self._receive(self.acme, 620)
        self.assertJudged(promise, FRIDAY, "kept", 300)

    def test_an_overpayment_registered_on_the_invoice(self):
        promise = self._promise()
        with self._at(THURSDAY):
            self._pay(self.invoice, 550)
        self.assertJudged(promise, FRIDAY, "kept", 500)

    def test_bank_charges_written_off(self):
        """490 of money and 10 written off with it: the promise is kept with 490."""
        promise = self._promise()
        with self._at(THURSDAY):
            self._pay(
                self.invoice,
                490,
                payment_difference_handling="reconcile",
                writeoff_account_id=self.company_data["default_account_expense"].id,
            )
        self.assertEqual(self._item().amount_residual, 0)
        self.assertJudged(promise, FRIDAY, "kept", 490)
        self.assertEqual(promise.amount_lowered, 10)

    def test_euros_promised_and_paid_at_another_rate(self):
        """500 euros are 250 dollars when invoiced and 500 when paid; what was promised were the euros."""
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0), (WEDNESDAY, 1.0)])
        invoice = self._second_invoice(500, currency_id=euro.id)
        item = self._item(invoice)
        promise = self._promise(500, currency_id=euro.id, item_ids=[Command.set(item.ids)])
        self.assertFigures(self.acme, today=MONDAY, amount_promised=250, amount_chased=500)
        self.assertEqual(promise.amount_expected, 250, "expected, in the company's currency")
        with self._at(THURSDAY):
            self._pay(invoice, 200, currency_id=euro.id)
        self.assertJudged(promise, THURSDAY, "open", 200)
        self.assertFigures(self.acme, today=THURSDAY, amount_promised=150, amount_chased=500)
        with self._at(FRIDAY):
            self._pay(invoice, 300, currency_id=euro.id)
        self.assertJudged(promise, FRIDAY, "kept", 500)
        self.assertEqual(item.amount_residual, 0)

    def test_dollars_promised_for_an_invoice_in_euros_that_fell(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0), (WEDNESDAY, 4.0)])
        invoice = self._second_invoice(500, currency_id=euro.id)
        promise = self._promise(250, item_ids=[Command.set(self._item(invoice).ids)])
        with self._at(THURSDAY):
            self._pay(invoice, 500, currency_id=euro.id)  # worth 125 dollars: the rest is an exchange difference
        self.assertJudged(promise, FRIDAY, "kept", 125)
        self.assertEqual(promise.amount_lowered, 125)

    def test_a_payment_taken_back_and_booked_again(self):
        promise = self._promise()
        with self._at(THURSDAY):
            payment = self._pay(self.invoice)
        self.assertJudged(promise, THURSDAY, "kept", 500)
        with self._at(FRIDAY):
            payment.action_draft()
        self.assertJudged(promise, FRIDAY, "kept", 500)  # Odoo keeps a payment applied while it is corrected
        with self._at(FRIDAY, "14:00"):
            payment.action_post()
            payment.action_cancel()
        self.assertJudged(promise, FRIDAY, "open", 0)
        self.assertJudged(promise, SATURDAY, "broken", 0)
        with self._at(NEXT_MONDAY):
            payment.action_draft()
            payment.action_post()
            self._reconcile(payment.move_id, self.invoice)
        self.assertJudged(promise, NEXT_MONDAY, "kept", 500)  # dated Thursday

    def test_a_payment_reversed(self):
        promise = self._promise()
        with self._at(THURSDAY):
            payment = self._pay(self.invoice)
            self._settle_transaction()
        with self._at(NEXT_MONDAY):
            payment.move_id._reverse_moves([{"date": NEXT_MONDAY}], cancel=True)
        self.assertJudged(promise, NEXT_MONDAY, "broken", 0)
        self.assertEqual(self.case.state, "open")

    def test_a_payment_taken_off_and_put_on_something_else(self):
        other = self._second_invoice(500)
        promise = self._promise(item_ids=[Command.set(self._item().ids)])
        with self._at(THURSDAY):
            payment = self._pay(self.invoice)
        self.assertJudged(promise, THURSDAY, "kept", 500)
        with self._at(FRIDAY):
            self._item().remove_move_reconcile()
        self.assertJudged(promise, FRIDAY, "kept", 500)  # unapplied, it still counts
        with self._at(FRIDAY, "13:30"):
            self._reconcile(payment.move_id, other)
        self.assertJudged(promise, FRIDAY, "open", 0)

    def test_money_that_was_there_before_keeps_nothing(self):
        with self._at(MONDAY, "08:00"):
            self._pay(self.invoice, 100)
            self._receive(self.acme, 50)
            self._settle_transaction()
        promise = self._promise(350)
        self.assertJudged(promise, FRIDAY, "open", 0)
        self.assertFigures(self.acme, today=FRIDAY, amount_promised=350, amount_chased=0)
        self.assertJudged(promise, SATURDAY, "broken", 0)

    def test_money_returned_to_the_customer_keeps_nothing(self):
        promise = self._promise()
        with self._at(THURSDAY):
            payment = self._receive(self.acme, 500)
            refund = self._receive(self.acme, 500, payment_type="outbound")
            self._reconcile(payment.move_id, refund.move_id)
        self.assertJudged(promise, SATURDAY, "broken", 0)

    def test_a_credit_note_lowers_what_was_promised_but_keeps_nothing(self):
        promise = self._promise()
        with self._at(WEDNESDAY):
            self._reconcile(self._credit_note(self.acme, 100, WEDNESDAY), self.invoice)
        self.assertJudged(promise, WEDNESDAY, "open", 0)
        self.assertEqual((promise.amount_lowered, promise.amount_outstanding), (100, 400))
        with self._at(FRIDAY):
            self._pay(self.invoice, 400)
        self.assertJudged(promise, FRIDAY, "kept", 400)

    def test_a_credit_note_for_everything_leaves_nothing_to_keep(self):
        promise = self._promise()
        with self._at(WEDNESDAY):
            self._reconcile(self._credit_note(self.acme, 500, WEDNESDAY), self.invoice)
        self.assertJudged(promise, SATURDAY, "withdrawn", 0)

    def test_an_invoice_that_is_cancelled_takes_its_promise_with_it(self):
        self._second_invoice()
        promise = self._promise(item_ids=[Command.set(self._item().ids)])
        with self._at(WEDNESDAY):
            self.invoice.button_draft()
        self.assertJudged(promise, WEDNESDAY, "withdrawn", 0)
        with self._at(WEDNESDAY, "14:00"):
            self.invoice.action_post()  # it was only corrected
        self.assertJudged(promise, THURSDAY, "open", 0)
        with self._at(THURSDAY, "14:00"):
            self.invoice.button_cancel()
        self.assertJudged(promise, SATURDAY, "withdrawn", 0)

    def test_an_old_credit_note_applied_later_lowers_nothing_of_the_account(self):
        """500 open and 100 of credit: 400 is promised for the account. Applying the credit changes nothing."""
        with self._at(MONDAY, "08:00"):
            credit = self._credit_note(self.acme, 100, MONDAY)
            self._settle_transaction()
        promise = self._promise(400)
        with self._at(TUESDAY):
            self._reconcile(credit, self.invoice)
        self.assertJudged(promise, TUESDAY, "open", 0)
        self.assertEqual(promise.amount_outstanding, 400)
        self.assertEqual(self.case.amount_chased, 0)

    def test_one_payment_counts_once(self):
        """300 for Wednesday and 200 for Friday; 350 on Tuesday keep the first and begin the second."""
        second = self._promise(200, FRIDAY, clock="10:00")
        first = self._promise(300, WEDNESDAY, clock="10:01")
        with self._at(TUESDAY):
            self._pay(self.invoice, 350)
        self.assertJudged(first, TUESDAY, "kept", 300)
        self.assertJudged(second, TUESDAY, "open", 50)
        self.assertJudged(second, SATURDAY, "light", 50)

    def test_a_little_less_a_little_later_is_kept_within_the_tolerance(self):
        self.company.write({"collection_promise_tolerance_days": 2, "collection_promise_tolerance_amount": 5})
        promise = self._promise()
        self.assertJudged(promise, SATURDAY, "open", 0)
        with self._at(SATURDAY + timedelta(days=1)):
            self._receive(self.acme, 495)
        self.assertJudged(promise, SATURDAY + timedelta(days=1), "kept", 495)

    def test_the_tolerance_of_the_company_is_not_for_promises_as_small_as_it(self):
        self.company.collection_promise_tolerance_amount = 5
        self.assertEqual((self._promise(5).tolerance_amount, self._promise(6).tolerance_amount), (0, 5))

    def test_the_tolerance_of_the_company_is_converted(self):
        self.company.collection_promise_tolerance_amount = 5
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        item = self._item(self._second_invoice(500, currency_id=euro.id))
        promise = self._promise(500, currency_id=euro.id, item_ids=[Command.set(item.ids)])
        self.assertEqual(promise.tolerance_amount, 10)

    def test_the_whole_amount_after_the_day_is_late(self):
        promise = self._promise()
        with self._at(NEXT_MONDAY):
            self._receive(self.acme, 500)
        self.assertJudged(promise, NEXT_MONDAY, "late", 500)

    def test_a_new_promise_takes_over_from_a_missed_one(self):
        missed = self._promise()
        self.assertJudged(missed, NEXT_MONDAY, "broken", 0)
        wednesday = NEXT_MONDAY + timedelta(days=2)
        renewed = self._promise(500, wednesday, day=NEXT_MONDAY, clock="14:00")
        with self._at(wednesday):
            self._receive(self.acme, 500)
        self.assertJudged(renewed, wednesday, "kept", 500)
        self.assertEqual(missed.state, "broken")

    def test_money_of_another_company_keeps_nothing_here(self):
        other = self.setup_other_company()
        promise = self._promise()
        with self._at(THURSDAY):
            self._receive(self.acme, 500, journal_id=other["default_journal_bank"].id)
        self.assertJudged(promise, SATURDAY, "broken", 0)

    def test_a_customer_who_becomes_part_of_another_is_judged_with_it(self):
        of_account, of_item = self._promise(200), self._promise(300, item_ids=self._item().ids)
        with self._at(TUESDAY):
            group = self._customer("Group")
            self.acme.write({"is_company": False, "parent_id": group.id})
            self.assertEqual(self.acme.commercial_partner_id, group)
            self.Case.sudo()._refresh(self.company)
        self.assertFigures(group, amount_chased=0, amount_promised=500)
        with self._at(THURSDAY):
            self._pay(self.invoice, 200)
            self._settle_transaction()
        self._daily_run(NEXT_MONDAY)
        self.assertEqual((of_account.state, of_item.state), ("kept", "broken"))
        self.assertEqual(self._case(group).amount_chased, 300, "What was promised and did not come is asked for")
