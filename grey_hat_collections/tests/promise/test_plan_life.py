from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .plan_common import REVIEW, PlanCommon


@tagged("post_install", "-at_install")
class TestPlanLife(PlanCommon):
    """900.00 in instalments: kept, missed, breached, resumed. The story begins on Monday, 2 March 2026."""

    # -- Keeping -------------------------------------------------------------------------------------------------

    def test_an_instalment_that_comes_in_time_is_kept(self):
        plan = self._plan()
        self._receive_on(150, self._day(6))
        self.assertEqual(plan.promise_ids.sorted("number").mapped("state"), ["kept"] + ["open"] * 5)
        self.assertRecordValues(
            plan,
            [
                {
                    "state": "active",
                    "amount_received": 150,
                    "amount_outstanding": 750,
                    "progress_text": "1 of 6 paid",
                    "next_date": plan.promise_ids.filtered(lambda promise: promise.number == 2).date_promised,
                }
            ],
        )
        self._daily_run(self._day(8))
        self.assertFalse(self._calls())
        self.assertEqual(self.case.decision_details["promise_date"], "2026-04-09")
        self.assertEqual(str(self.case.next_action_date), "2026-04-10")

    def test_all_at_once_completes_the_plan(self):
        plan = self._plan()
        self._receive_on(900, self._day(2))
        self.assertEqual((plan.state, plan.progress_text, plan.progress), ("completed", "6 of 6 paid", 100))
        self.assertEqual(self.case.state, "closed")

    def test_a_payment_taken_back_reopens_a_completed_plan(self):
        """Paid in three, completed, returned by the bank: the plan goes on, with its days of grace once more."""
        plan = self._plan(count=3, rhythm="weekly")
        for number in range(2):
            self._receive_on(300, self._day(7 * (number + 1)))
        payment = self._receive_on(300, self._day(21))
        self.assertEqual(plan.state, "completed")
        self._daily_run(self._day(22))
        back = self._day(40)
        with self._on(back, "10:00"):
            payment.action_cancel()
            self._settle_transaction()
            self.env.invalidate_all()
        self.assertEqual((plan.state, plan.amount_outstanding), ("active", 300))
        case = self._case(self.acme)
        self.assertEqual((case, case.amount_chased), (self.case, 0), "covered by the plan")
        self._daily_run(back + timedelta(days=1))
        self.assertEqual(plan.state, "active", "not breached at once")
        self.assertEqual(len(self._calls()), 1, "a call first")
        self._daily_run(back + timedelta(days=6))
        self.assertEqual(plan.state, "breached")

    def test_a_completed_plan_stays_so_beside_its_successor(self):
        plan = self._plan(count=1, amount=300)
        payment = self._receive_on(300, self._day(1))
        self.assertEqual(plan.state, "completed")
        with self._on(self._day(2)):
            second = self._make_plan(amount=600, count=2, date_first=self._day(9))
            payment.action_cancel()
            self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual((plan.state, second.state), ("completed", "active"))

    # -- Missing -------------------------------------------------------------------------------------------------

    def test_missed_then_called_then_breached(self):
        """The first comes, the second does not: a call the next morning, nothing within the grace of five days, then what
        is owed is asked for again, after a day for a look.
        """
        plan = self._plan(rhythm="weekly")
        self._receive_on(150, self._day(7))
        second = self._day(14)
        self._daily_run(second)
        self.assertFalse(self._calls(), "Its day is not over")
        self._daily_run(second + timedelta(days=1))
        call = self._calls()
        self.assertEqual((call.user_id, plan.state), (self.collector, "active"))
        self.assertIn("150.00 was expected on", call.summary)
        self.assertEqual(self.case.decision_code, "promise_missed")
        for number in range(2, 6):
            self._daily_run(second + timedelta(days=number))
            self._send(second + timedelta(days=number))
            self.assertEqual((plan.state, self.case.amount_chased, self.case.pending_step_id.id), ("active", 0, False))
        breach = second + timedelta(days=6)
        self._daily_run(breach)
        self.assertRecordValues(plan, [{"state": "breached", "ended_on": breach}])
        self.assertIn("$ 150.00 of the instalment due on", self._plain(plan.end_reason))
        self.assertEqual(plan.promise_ids.sorted("number").mapped("state"), ["kept", "broken"] + ["withdrawn"] * 4)
        case = self._case(self.acme)
        self.assertRecordValues(case, [{"amount_chased": 750, "amount_promised": 0, "decision_code": "released"}])
        self.assertFalse(self._calls(), "The review takes the place of the call")
        self.assertEqual(self._calls(REVIEW).user_id, self.collector | self.manager)
        self.assertFalse(case.pending_step_id)
        self._daily_run(breach + timedelta(days=1))
        self.assertFalse(case.pending_step_id, "The breach was found on a Sunday: Monday is for a look")
        self._daily_run(breach + timedelta(days=2))
        self.assertTrue(case.pending_step_id, "The ladder goes on the day after")

    def test_the_call_is_made_and_the_plan_waits_on(self):
        plan = self._plan(rhythm="weekly")
        self._daily_run(self._day(8))
        with self._on(self._day(8), "10:00"):
            self._calls().with_user(self.collector).action_done()
            self.env.invalidate_all()
        self.assertEqual((self.case.decision_code, plan.state), ("promised", "active"))
        self._receive_on(150, self._day(10))
        self.assertEqual(plan.promise_ids.sorted("number")[0].state, "late")
        self._daily_run(self._day(13))
        self.assertEqual(plan.state, "active")

    def test_the_last_instalment_within_its_grace_is_said_in_a_sentence(self):
        self._plan(count=1)
        self._daily_run(self._day(8))
        with self._on(self._day(8), "10:00"):
            self._calls().with_user(self.collector).action_done()
            self.env.invalidate_all()
            self.assertNotIn("…", self.case.decision)

    def test_a_settled_case_comes_back_when_its_plan_is_missed(self):
        """What was overdue is paid and the case closed; the plan goes on over an invoice that falls due later."""
        with self._on(MONDAY):
            later = self._invoice(self.acme, 600, self._day(10))
            self._settle_transaction()
        plan = self._plan(amount=1500, count=3, rhythm="weekly")
        self._receive_on(900, self._day(6))
        self.assertEqual((self.case.state, plan.state), ("closed", "active"))
        self.assertEqual(plan.amount_outstanding, 600)
        self._daily_run(self._day(15))
        self.assertEqual((self.case.state, len(self._calls()), plan.state), ("open", 1, "active"))
        self._daily_run(self._day(20))
        self.assertEqual(plan.state, "breached")
        self.assertTrue(self._calls(REVIEW))
        self.assertEqual(later.chase_state, "chased")

    def test_a_part_is_not_enough(self):
        plan = self._plan(rhythm="weekly")
        self._receive_on(100, self._day(7))
        self._daily_run(self._day(13))
        self.assertEqual(plan.state, "breached")
        self.assertIn("$ 50.00 of the instalment", self._plain(plan.end_reason))
        self.assertEqual(self._case(self.acme).amount_chased, 800)

    def test_tolerance_comes_before_grace(self):
        self.company.collection_promise_tolerance_days = 2
        plan = self._plan(rhythm="weekly")
        self._daily_run(self._day(9))
        self.assertFalse(self._calls())
        self._daily_run(self._day(14))
        self.assertEqual((plan.state, len(self._calls())), ("active", 1))
        self._daily_run(self._day(15))
        self.assertEqual(plan.state, "breached")

    def test_the_run_that_was_missed_breaches_once(self):
        plan = self._plan(rhythm="weekly")
        self._daily_run(self._day(30))
        self._daily_run(self._day(30))
        self.assertEqual((plan.state, plan.ended_on), ("breached", self._day(30)))
        self.assertEqual(len(self._calls(REVIEW)), 2)

    def test_no_plan_is_breached_while_the_answer_is_ours(self):
        """All that is left is disputed: the customer's clock stands still, and runs again after our answer."""
        plan = self._plan(rhythm="weekly")
        with self._on(self._day(6), "10:00"):
            dispute = self.env["collection.dispute"].create(
                {
                    "case_id": self.case.id,
                    "kind": "quality",
                    "description": "The paint comes off.",
                    "line_ids": [Command.create({"item_id": self._items(self.invoice).id})],
                }
            )
        self._daily_run(self._day(30))
        self.assertEqual((plan.state, self.case.amount_chased), ("active", 0))
        with self._on(self._day(30), "10:00"):
            dispute.action_withdraw()
        self._daily_run(self._day(31))
        self.assertEqual(plan.state, "breached")

    @mute_logger("odoo.addons.grey_hat_collections.models.base.batch")
    def test_a_plan_that_fails_does_not_hold_up_the_others(self):
        globex = self._overdue_customer("Globex", amount=900)
        first, second = self._plan(rhythm="weekly"), self._plan(case=globex, rhythm="weekly")
        original = self.env.registry["collection.plan"]._breach

        def breach(plan):
            if plan == first:
                raise ValueError("Broken on purpose")
            return original(plan)

        self.patch(self.env.registry["collection.plan"], "_breach", breach)
        self._daily_run(self._day(20))
        self.assertEqual((first.state, second.state), ("active", "breached"))

    # -- Ending and going on -------------------------------------------------------------------------------------

    def test_cancelled_by_a_person(self):
        plan = self._plan()
        with self._on(self._day(1), "10:00"):
            plan.with_user(self.collector).action_cancel()
            self.env.invalidate_all()
        self.assertRecordValues(plan, [{"state": "cancelled", "end_reason": "Cancelled by Cora Lector."}])
        self.assertEqual(set(plan.promise_ids.mapped("state")), {"withdrawn"})
        self.assertRecordValues(
            self._case(self.acme), [{"amount_chased": 900, "amount_promised": 0, "released_on": self._day(1)}]
        )
        self.assertEqual(plan.letter_id.state, "cancelled", "It had not left yet")
        self._daily_run(self._day(1))
        self.assertFalse(self.case.pending_step_id)
        self._daily_run(self._day(2))
        self.assertTrue(self.case.pending_step_id)
        with self.assertRaises(UserError):
            plan.with_user(self.collector).action_cancel()

    def test_a_manager_resumes_a_breached_plan(self):
        plan = self._plan(rhythm="weekly")
        self._daily_run(self._day(13))
        self.assertEqual(plan.state, "breached")
        with self.assertRaises(AccessError):
            plan.with_user(self.collector).action_resume()
        with self._on(self._day(13), "10:00"):
            plan.with_user(self.manager).action_resume()
            self.env.invalidate_all()
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.promise_ids.sorted("number").mapped("state"), ["broken"] + ["open"] * 5)
        self.assertRecordValues(self._case(self.acme), [{"amount_chased": 0, "amount_promised": 900}])
        self.assertFalse(self._calls(REVIEW))
        self._daily_run(self._day(18))
        self.assertEqual(plan.state, "active", "Five days of grace once more")
        self._daily_run(self._day(19))
        self.assertEqual(plan.state, "breached")

    def test_a_resumed_plan_is_completed_late(self):
        plan = self._plan(count=2, rhythm="weekly")
        self._daily_run(self._day(13))
        with self._on(self._day(13), "10:00"):
            plan.with_user(self.manager).action_resume()
        self._receive_on(900, self._day(14))
        self.assertEqual(plan.state, "completed")
        self.assertEqual(plan.promise_ids.sorted("number").mapped("state"), ["late", "kept"])

    def test_an_instalment_is_not_withdrawn_alone(self):
        plan = self._plan()
        with self.assertRaises(UserError) as refused:
            plan.promise_ids[0].with_user(self.collector).action_withdraw()
        self.assertIn(plan.name, str(refused.exception))

    def test_credit_notes_do_not_bring_a_cancelled_plan_back(self):
        plan = self._plan(count=2, rhythm="weekly")
        with self._on(self._day(1)):
            credit = self._credit_note(self.acme, 900, self._day(1))
            lines = (credit | self.invoice).line_ids.filtered("date_maturity")
            lines.reconcile()
            self._settle_transaction()
            self.env.invalidate_all()
            self.assertEqual(set(plan.promise_ids.mapped("state")), {"withdrawn"})
            plan.with_user(self.collector).action_cancel()
            lines.remove_move_reconcile()
            credit.button_draft()
            self._settle_transaction()
            self.env.invalidate_all()
        self.assertEqual(set(plan.promise_ids.mapped("state")), {"withdrawn"})
        self.assertEqual(self._case(self.acme).amount_chased, 900)

    # -- Reminding -----------------------------------------------------------------------------------------------

    def test_each_instalment_is_reminded_of_once(self):
        plan = self._plan(rhythm="fortnightly", date_first=self._day(14))
        for number in range(1, 30):
            self._daily_run(self._day(number))
            self._send(self._day(number))
            if number == 12:
                self._receive_on(150, self._day(12))
        letters = self.case.letter_ids.filtered(lambda letter: letter.kind == "instalment").sorted("id")
        self.assertEqual(
            [(letter.promise_id.number, str(letter.sent_at)) for letter in letters],
            [(1, f"{self._day(11)} 12:00:00"), (2, f"{self._day(25)} 12:00:00")],
        )
        self.assertEqual(plan.state, "active")

    def test_no_reminder_right_after_the_agreement(self):
        self._plan(rhythm="weekly", date_first=self._day(2))
        self._daily_run(self._day(1))
        self.assertNotIn("instalment", self.case.letter_ids.mapped("kind"))

    def test_a_reminder_that_was_cancelled_does_not_come_again(self):
        self._plan()
        self._daily_run(self._day(4))
        letter = self.case.letter_ids.filtered(lambda letter: letter.kind == "instalment")
        letter.with_user(self.collector).action_cancel()
        self._daily_run(self._day(5))
        self.assertEqual(self.case.letter_ids.filtered(lambda letter: letter.kind == "instalment"), letter)

    def test_a_company_may_remind_of_nothing(self):
        self.company.collection_instalment_reminder_days = 0
        self._plan()
        self._daily_run(self._day(5))
        self.assertNotIn("instalment", self.case.letter_ids.mapped("kind"))

    def test_paid_before_the_reminder_leaves(self):
        self._plan()
        self._daily_run(self._day(4))
        self._receive_on(150, self._day(4), "09:00")
        self._send(self._day(4))
        letter = self.case.letter_ids.filtered(lambda letter: letter.kind == "instalment")
        self.assertEqual(letter.state, "cancelled")

    # -- Queries -------------------------------------------------------------------------------------------------

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_judging_takes_as_many_queries_for_500_instalments_as_for_10(self):
        self.company.collection_plan_longest_days = 0
        globex = self._overdue_customer("Globex", amount=5000)
        few = self._plan(count=10)
        many = self._plan(case=globex, amount=5000, count=500, rhythm="weekly")
        counts = []
        with self._on(self._day(9)):
            promises = self.env["collection.promise"].sudo()
            promises._judge(self.company, few.partner_id)
            promises._judge(self.company, many.partner_id)  # both have missed their first
            for plan in (few, many):
                counts.append(self._queries(lambda plan=plan: promises._judge(self.company, plan.partner_id)))
        self.assertLessEqual(counts[1], counts[0] + 2, "reading in chunks may add a query or two")

    def test_making_500_instalments_does_not_take_500_queries(self):
        self.company.collection_plan_longest_days = 0
        with self._on(MONDAY):
            globex = self._overdue_customer("Globex", amount=5000)
            few = self._queries(lambda: self._make_plan(count=10))
            many = self._queries(lambda: self._make_plan(case=globex, amount=5000, count=500, rhythm="weekly"))
        self.assertLess(many, few + 60)
