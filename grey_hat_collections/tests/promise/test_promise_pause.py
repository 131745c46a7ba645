from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import MONDAY, days_ago
from .promise_common import FRIDAY, NEXT_MONDAY, SATURDAY, THURSDAY, TUESDAY, WEDNESDAY, PromiseCase


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
        [page] = self.env["collection.statement"].sudo()._letters(letter)
        self.assertEqual([request["asked"] for request in page["requests"]], ["500.00"])

    def test_a_letter_takes_off_what_is_promised(self):
        """Of 500.00 a letter asks for 200.00, and says that the rest is waited for."""
        self._promise(300)
        self._daily_run(TUESDAY)
        letter = self.case.letter_ids.filtered("step_id")
        with self._on(TUESDAY):
            [page] = self.env["collection.statement"].sudo()._letters(letter)
        [request] = page["requests"]
        self.assertEqual((request["remaining"], request["waiting"], request["asked"]), ("500.00", "-300.00", "200.00"))

    def test_a_courtesy_reminder_takes_off_what_is_promised(self):
        """700.00 falls due on Friday; it is promised already, but for 100.00."""
        with self._at(MONDAY, "03:00"):
            coming = self._invoice(self.acme, 700, FRIDAY)
            self._settle_transaction()
        self._promise(600, item_ids=[Command.set(self._item(coming).ids)])
        with self._at(TUESDAY):
            self.assertEqual(self.ledger._falling_due(self.company, 5), [(self.acme.id, FRIDAY, 100)])

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

    def test_nobody_asks_about_a_missed_one_while_all_that_is_left_is_disputed(self):
        promise = self._promise(500)
        with self._on(TUESDAY, "10:00"):
            dispute = self.env["collection.dispute"].with_user(self.collector)
            dispute = dispute.create(
                {
                    "case_id": self.case.id,
                    "kind": "price",
                    "description": "The price is another one.",
                    "line_ids": [Command.create({"item_id": self._item().id, "amount": 100})],
                }
            )
            self._settle_transaction()
        with self._at(THURSDAY):
            self._pay(self.invoice, 400)
            self._settle_transaction()
        next_tuesday = NEXT_MONDAY + timedelta(days=1)
        for day, decision in ((SATURDAY, "released"), (NEXT_MONDAY, "released"), (next_tuesday, "disputed")):
            self._daily_run(day)
            self.assertEqual((promise.state, self.case.decision_code), ("light", decision))
        with self._on(next_tuesday, "10:00"):
            dispute.action_withdraw()
        self._daily_run(next_tuesday + timedelta(days=1))
        self.assertEqual(self.case.decision_code, "promise_missed", "now it is time to ask")

    def test_a_light_one_asks_for_the_rest(self):
        self._promise()
        with self._at(THURSDAY):
            self._pay(self.invoice, 200)
            self._settle_transaction()
        self._daily_run(SATURDAY)
        self.assertRegex(self.case.activity_ids.summary, r"200\.00 of .*500\.00 arrived by 03/06/2026")
        self.assertRegex(self.case.activity_ids.summary, r"the remaining .*300\.00 will follow")

    def test_money_that_comes_before_the_call_changes_the_question_or_withdraws_it(self):
        self._second_invoice()
        promise = self._promise()
        self._daily_run(SATURDAY)
        with self._at(SATURDAY):
            payment = self._pay(self.invoice, 500, SATURDAY)
            self._settle_transaction()
        self._daily_run(SATURDAY + timedelta(days=1))
        self.assertEqual(promise.state, "late")
        self.assertRegex(self.case.activity_ids.summary, r"500\.00 arrived after 03/06/2026. Thank the customer")
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

    def test_who_was_in_use_when_all_others_were_rewarded_is_rewarded_before_a_step_begins(self):
        """Somebody held the case for a moment: the call that would be due is not begun, and no letter has to be taken back."""
        self._second_invoice()
        reminder, call = self.standard.step_ids[:2]
        self.case.sudo().write({"step_id": call.id, "step_date": days_ago(20), "stage_id": call.stage_id.id})
        promise = self._promise()
        with self._at(THURSDAY):
            self._pay(self.invoice)
            self._settle_transaction()
        with patch.object(type(promise), "_reward_kept", lambda promises, companies: None):
            self._daily_run(FRIDAY)
        self.assertTrue(promise.rewarded)
        self.assertEqual((self.case.step_id, self.case.pending_step_id.id), (reminder, False))
        self.assertFalse(self.case.letter_ids.step_id)

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
