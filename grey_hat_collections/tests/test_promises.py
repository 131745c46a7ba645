from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from .common import MONDAY, CollectionCommon

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (MONDAY + timedelta(days=days) for days in range(1, 6))
NEXT_MONDAY = MONDAY + timedelta(days=7)


class PromiseCase(CollectionCommon):
    """Acme owes 500.00, ten days past due on Monday, and gives promises on the phone at ten."""

    def setUp(self):
        super().setUp()
        self.case = self._overdue_customer("Acme", 500)
        self.acme = self.case.partner_id
        self.invoice = self.env["account.move"].search([("partner_id", "=", self.acme.id)])

    def _item(self, invoice=None):
        lines = (invoice or self.invoice).line_ids
        return lines.filtered(lambda line: line.account_type == "asset_receivable")

    def _second_invoice(self, amount=80, **values):
        """Acme owes something else as well, nine days past due on Monday."""
        with self._on(MONDAY, "02:00"):
            invoice = self._invoice(self.acme, amount, MONDAY - timedelta(days=9), **values)
            self._settle_transaction()
        return invoice

    def _promise(self, amount=500, due=FRIDAY, day=MONDAY, clock="10:00", case=None, **values):
        with self._on(day, clock):
            promise = (
                self.env["collection.promise"]
                .with_user(self.collector)
                .create({"case_id": (case or self.case).id, "amount": amount, "date_promised": due, **values})
            )
            self._settle_transaction()
        return promise.with_user(self.env.user)

    def _at(self, day, clock="12:00"):
        """Accounting is at work."""
        return self._on(day, clock)

    def _bank_line(self, amount, invoice, day=None):
        """A line of a bank statement, reconciled with an invoice."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": day,
                "payment_ref": invoice.name,
                "partner_id": invoice.partner_id.id,
                "amount": amount,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        item = self._item(invoice)
        suspense.account_id = item.account_id
        (suspense + item).reconcile()
        return line

    def _reconcile(self, *moves):
        """Apply the receivable items of these entries to each other."""
        lines = self.env["account.move"].union(*moves).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()

    def assertJudged(self, promise, day, state, received):
        """What becomes of a promise in a refresh on ``day``."""
        with self._on(day, "13:00"):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.company, self.acme)
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((promise.state, promise.amount_received), (state, received))


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
                self._bank_line(500, self.invoice, FRIDAY)
            self.assertJudged(promise, FRIDAY, "kept", 500)  # once, not twice

    def test_a_line_of_a_bank_statement(self):
        promise = self._promise()
        with self._at(FRIDAY):
            self._bank_line(500, self.invoice, THURSDAY)
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

    def test_too_much(self):
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

    def test_tolerance(self):
        promise = self._promise(tolerance_days=2, tolerance_amount=5)
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

    def test_late(self):
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


@tagged("post_install", "-at_install")
class TestPromisePause(PromiseCase):
    """What a promise covers is left in peace until the day after; then the collector calls before anything else."""

    def test_it_pauses_what_it_covers_and_not_the_rest(self):
        promise = self._promise(300)
        self.assertEqual((self.case.amount_promised, self.case.amount_chased), (300, 200))
        self.assertEqual(self.case.promise_date, FRIDAY)
        self.assertEqual((promise.share_ids.item_id, promise.share_ids.amount), (self._item(), 300))
        self.assertEqual(self._item().collection_chase_state, "promised")
        self.assertEqual(self.invoice.chase_state, "promised")
        self._daily_run(TUESDAY)
        self.assertEqual(self.case.letter_ids.filtered("step_id").amount, 200, "the rest is asked for all the same")
        self.assertTies()

    def test_one_for_all_waits_until_the_day_after(self):
        self._promise()
        self._daily_run(TUESDAY)
        self.assertEqual((self.case.decision_code, self.case.next_action_date), ("promised", SATURDAY))
        self.assertIn("500.00 promised for March 6, 2026", self.case.decision)
        self.assertFalse(self.case.pending_step_id)

    def test_it_is_given_for_the_oldest_items_unless_some_are_named(self):
        other = self._second_invoice(80)
        named = self._promise(60, item_ids=[Command.set(self._item(other).ids)])
        self.assertEqual((named.share_ids.item_id, named.share_ids.amount), (self._item(other), 60))
        account = self._promise(520, clock="11:00")
        self.assertEqual(
            {(share.item_id, share.amount) for share in account.share_ids},
            {(self._item(), 500), (self._item(other), 20)},
        )

    def test_a_letter_on_its_way_is_taken_back_when_all_is_promised(self):
        self._daily_run(MONDAY)
        letter = self.case.letter_ids
        self.assertEqual(letter.state, "queued")
        self._promise()
        self.assertEqual(letter.state, "cancelled")

    def test_a_letter_that_was_sent_goes_on_saying_what_it_asked_for(self):
        self._daily_run(MONDAY)
        self._send(MONDAY)
        letter = self.case.letter_ids
        self._promise(500, clock="14:00")
        self.assertEqual([(item.id, letter._asked(item)) for item in letter._open_items()], [(self._item().id, 500)])

    def test_the_morning_after_a_miss_the_collector_calls_first(self):
        promise = self._promise()
        self._daily_run(SATURDAY)
        call = self.case.activity_ids
        self.assertEqual(promise.state, "broken")
        self.assertEqual(call.activity_type_id, self.env.ref("grey_hat_collections.mail_activity_type_promise"))
        self.assertEqual((call.user_id, call.date_deadline), (self.collector, SATURDAY))
        self.assertRegex(call.summary, r"500\.00 was expected on 03/06/2026\. Ask on which day it was sent")
        self.assertEqual(self.case.decision_code, "promise_missed")
        self._daily_run(NEXT_MONDAY)
        self.assertEqual(len(self.case.activity_ids), 1, "asked once")
        self.assertFalse(self.case.letter_ids.step_id, "nothing gets in before the call")
        with self._on(NEXT_MONDAY, "10:00"):
            call.with_user(self.collector).action_done()
        self._daily_run(NEXT_MONDAY + timedelta(days=1))
        self.assertEqual(self.case.decision_code, "step_due", "the ladder goes on the day after the call")
        self.assertTrue(self.case.letter_ids.step_id)

    def test_a_customer_who_wants_no_contact_is_looked_at_and_not_called(self):
        self._promise()
        self.acme.collection_do_not_contact = True
        self._daily_run(SATURDAY)
        review = self.env.ref("grey_hat_collections.mail_activity_type_review")
        self.assertEqual(self.case.activity_ids.activity_type_id, review)
        self.assertRegex(self.case.activity_ids.summary, r"500\.00 was expected on 03/06/2026")

    def test_a_light_one_asks_for_the_rest(self):
        self._promise()
        with self._at(THURSDAY):
            self._pay(self.invoice, 200)
            self._settle_transaction()
        self._daily_run(SATURDAY)
        self.assertRegex(self.case.activity_ids.summary, r"200\.00 of .*500\.00 came by 03/06/2026")
        self.assertRegex(self.case.activity_ids.summary, r"the other .*300\.00 will come")

    def test_money_that_comes_before_the_call_changes_the_question_or_withdraws_it(self):
        self._second_invoice()
        promise = self._promise()
        self._daily_run(SATURDAY)
        with self._at(SATURDAY):
            payment = self._pay(self.invoice, 500, SATURDAY)
            self._settle_transaction()
        self._daily_run(SATURDAY + timedelta(days=1))
        self.assertEqual(promise.state, "late")
        self.assertRegex(self.case.activity_ids.summary, r"500\.00 came after 03/06/2026. Say thank you")
        with self._at(NEXT_MONDAY, "03:00"):
            payment.action_draft()
            payment.date = FRIDAY  # the bank had it in time
            payment.action_post()
            self._settle_transaction()
        self._daily_run(NEXT_MONDAY)
        self.assertEqual(promise.state, "kept")
        self.assertFalse(self.case.activity_ids)

    def test_nothing_leaves_on_the_day_on_which_a_pause_ends(self):
        promise = self._promise(500)
        with self._on(WEDNESDAY, "10:00"):
            promise.with_user(self.collector).action_withdraw()
        self.assertEqual((promise.state, promise.withdrawn_by_id), ("withdrawn", self.collector))
        self._daily_run(WEDNESDAY)
        self.assertEqual(self.case.decision_code, "released")
        self._daily_run(THURSDAY)
        self.assertTrue(self.case.letter_ids.step_id)

    def test_a_letter_about_the_rest_is_held_back_when_a_pause_ends(self):
        """200.00 is asked for in a letter that waits; the promise about 300.00 is missed meanwhile."""
        self._promise(300)
        self._daily_run(FRIDAY)
        letter = self.case.letter_ids.filtered("step_id")
        self.assertEqual(letter.state, "queued")
        self._send(SATURDAY, "12:00")
        self.assertEqual(letter.state, "queued", "a person looks first")
        self._daily_run(NEXT_MONDAY)
        self.assertEqual(letter.state, "cancelled", "the collector calls about the promise first")

    def test_a_kept_one_takes_a_step_back_and_says_thank_you(self):
        self._second_invoice()
        reminder, call = self.standard.step_ids[:2]
        self.case.sudo().write({"step_id": call.id, "step_date": MONDAY, "stage_id": call.stage_id.id})
        self._promise()
        with self._at(THURSDAY):
            self._pay(self.invoice)
            self._settle_transaction()
        self._daily_run(FRIDAY)
        self.assertEqual((self.case.step_id, self.case.stage_id), (reminder, reminder.stage_id))
        self.assertEqual(self.case.letter_ids.filtered(lambda letter: letter.kind == "thanks").state, "queued")
        self._daily_run(NEXT_MONDAY)
        self.assertEqual(len(self.case.letter_ids.filtered(lambda letter: letter.kind == "thanks")), 1)
        self.assertEqual(self.case.step_date, FRIDAY, "one step back, once")

    def test_a_thank_you_goes_out_although_the_case_is_settled(self):
        self._promise()
        with self._at(THURSDAY):
            self._pay(self.invoice)
            self._settle_transaction()
        self.assertEqual(self.case.state, "closed")
        self._daily_run(FRIDAY)
        self._send(FRIDAY)
        thanks = self.case.letter_ids.filtered(lambda letter: letter.kind == "thanks")
        self.assertEqual(thanks.state, "sent")
        self.assertFalse(thanks.attachment_id, "an e-mail, and nothing else")
        self.assertIn("acme@customer.example", self._sent_to())

    def test_a_thank_you_is_not_sent_when_the_payment_was_taken_back(self):
        self._promise()
        with self._at(THURSDAY):
            payment = self._pay(self.invoice)
            self._settle_transaction()
        self._daily_run(FRIDAY)
        with self._at(FRIDAY, "06:00"):
            payment.action_cancel()
            self._settle_transaction()
        self._send(FRIDAY)
        thanks = self.case.letter_ids.filtered(lambda letter: letter.kind == "thanks")
        self.assertEqual(thanks.state, "cancelled")

    def test_a_company_may_do_without_confirmation_and_thanks(self):
        self.company.write({"collection_confirm_promises": False, "collection_thank_kept": False})
        self._promise()
        with self._at(THURSDAY):
            self._pay(self.invoice)
            self._settle_transaction()
        self._daily_run(FRIDAY)
        self.assertFalse(self.case.letter_ids)

    def test_a_confirmation_goes_out_at_once_and_by_e_mail_only(self):
        promise = self._promise()
        self.assertEqual(promise.confirmation_letter_id.kind, "promise")
        self._send(MONDAY)
        self.assertEqual(promise.confirmation_letter_id.state, "sent")
        on_paper = self._overdue_customer("Paper", 100, email=False)
        self.assertFalse(self._promise(100, case=on_paper, clock="14:00").confirmation_letter_id)

    def test_what_was_withdrawn_is_not_confirmed(self):
        promise = self._promise()
        with self._on(MONDAY, "10:05"):
            promise.with_user(self.collector).action_withdraw()
        self._send(MONDAY)
        self.assertEqual(promise.confirmation_letter_id.state, "cancelled")
        self.assertFalse(self._sent_to())

    def test_after_three_broken_ones_a_manager_has_to_agree(self):
        for number in range(3):
            day = MONDAY + timedelta(days=7 * number)
            self._promise(500, day + timedelta(days=1), day=day)
            self._daily_run(day + timedelta(days=2))
        self.assertEqual((self.case.broken_count, self.case.promises_pause), (3, False))
        day = MONDAY + timedelta(days=21)
        fourth = self._promise(500, day + timedelta(days=1), day=day)
        self.assertFalse(fourth.pauses)
        self.assertEqual(self.case.amount_chased, 500)
        with self._on(day, "11:00"):
            with self.assertRaisesRegex(AccessError, "Only a collections manager"):
                fourth.with_user(self.collector).action_approve()
            fourth.with_user(self.manager).action_approve()
        self.assertEqual((self.case.amount_chased, self.case.amount_promised), (0, 500))
        self.assertEqual(fourth.approved_by_id, self.manager)

    def test_a_day_beyond_the_longest_plan_is_for_a_manager_to_agree_to(self):
        near, far = self._promise(100, self._day(180)), self._promise(100, self._day(181), clock="10:01")
        self.assertEqual((near.pauses, far.pauses), (True, False))
        self.assertEqual(self.case.amount_chased, 400)


@tagged("post_install", "-at_install")
class TestPromiseRefused(PromiseCase):
    """A promise that makes no sense is refused in one sentence that names it and the way out."""

    def test_more_than_is_owed(self):
        with self.assertRaisesRegex(
            ValidationError, r"600\.00 for 03/06/2026 is more than Acme owes: .*500\.00 is open"
        ):
            self._promise(600)

    def test_more_than_is_left_to_promise(self):
        self._promise(300)
        with self.assertRaisesRegex(ValidationError, "of it is promised already"):
            self._promise(201)
        self._promise(200)

    def test_a_day_that_has_passed(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self._promise(due=MONDAY - timedelta(days=1))

    def test_nothing(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self._promise(0)

    def test_an_item_of_somebody_else(self):
        other = self._overdue_customer("Other", 100)
        invoice = self.env["account.move"].search([("partner_id", "=", other.partner_id.id)])
        with self.assertRaisesRegex(ValidationError, "is not an open item of Acme"):
            self._promise(100, item_ids=[Command.set(self._item(invoice).ids)])

    def test_a_settled_case(self):
        with self._at(MONDAY, "08:00"):
            self._pay(self.invoice)
            self._settle_transaction()
        with self.assertRaisesRegex(ValidationError, "the case is settled"):
            self._promise()

    def test_what_is_judged_cannot_be_typed(self):
        with self.assertRaisesRegex(AccessError, "judged from the ledger"):
            self._promise(state="kept")
        promise = self._promise()
        with self.assertRaises(AccessError):
            promise.with_user(self.collector).write({"state": "kept"})
        with self.assertRaises(AccessError):
            promise.with_user(self.manager).write({"amount": 1})

    def test_a_case_of_a_colleague(self):
        self.case.sudo().user_id = self.manager
        with self.assertRaises(AccessError):
            self._promise()

    def test_a_fulfilled_one_is_not_withdrawn(self):
        promise = self._promise()
        with self._at(THURSDAY):
            self._pay(self.invoice)
            self._settle_transaction()
        with self.assertRaisesRegex(UserError, "was fulfilled"):
            promise.with_user(self.collector).action_withdraw()
