from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MONDAY, CollectionCommon

CALL = "grey_hat_collections.mail_activity_type_promise"
REVIEW = "grey_hat_collections.mail_activity_type_review"
APPROVAL = "grey_hat_collections.mail_activity_type_plan"


class PlanCommon(CollectionCommon):
    """A customer who owes 900.00 since ten days, and plans over it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"collection_thank_kept": False, "collection_instalment_reminder_days": 3})

    def setUp(self):
        super().setUp()
        self.case = self._overdue_customer(amount=900)
        self.acme = self.case.partner_id
        self.invoice = self.acme.invoice_ids

    def _make_plan(self, user=None, case=None, **terms):
        """A plan that the collector makes, on Monday unless the day is frozen already; monthly from 9 March on."""
        case = case or self.case
        terms = {
            "case_id": case.id,
            "amount": 900,
            "date_first": self._day(7),
            "rhythm": "monthly",
            "count": 6,
            **terms,
        }
        if "instalment" in terms:
            del terms["count"]
            terms["sized_by"] = "size"
        plan = self.env["collection.plan"].with_user(user or self.collector).create(terms)
        plan.action_start()
        self._settle_transaction()
        self.env.invalidate_all()
        return plan.sudo()

    def _plan(self, **terms):
        with self._on(MONDAY, "10:00"):
            return self._make_plan(**terms)

    def _receive_on(self, amount, day, clock="11:00"):
        with self._on(day, clock):
            payment = self._pay(self.invoice, amount, day)
            self._settle_transaction()
            self.env.invalidate_all()
        return payment

    def _calls(self, xmlid=CALL, case=None):
        return (case or self.case).activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(xmlid)
        )

    def _plain(self, text):
        """``text`` with plain spaces."""
        return text.replace("\N{NO-BREAK SPACE}", " ")

    def _schedule_of(self, plan):
        return [
            (promise.number, promise.date_promised.isoformat(), promise.amount)
            for promise in plan.promise_ids.sorted("number")
        ]


@tagged("post_install", "-at_install")
class TestPlans(PlanCommon):
    """900.00 in instalments. The story begins on Monday, 2 March 2026."""

    # -- Making --------------------------------------------------------------------------------------------------

    def test_six_instalments_of_150(self):
        plan = self._plan()
        self.assertRecordValues(
            plan,
            [
                {
                    "state": "active",
                    "count": 6,
                    "instalment": 150,
                    "amount_received": 0,
                    "amount_outstanding": 900,
                    "needs_approval": False,
                    "user_id": self.collector.id,
                    "next_amount": 150,
                }
            ],
        )
        self.assertEqual(
            self._schedule_of(plan),
            [
                (1, "2026-03-09", 150),
                (2, "2026-04-09", 150),
                (3, "2026-05-11", 150),  # the 9th is a Saturday
                (4, "2026-06-09", 150),
                (5, "2026-07-09", 150),
                (6, "2026-08-10", 150),  # a Sunday
            ],
        )
        self.assertTrue(plan.name.startswith("PLAN/2026/"))
        self.assertEqual(str(plan.date_end), "2026-08-10")

    def test_the_last_instalment_holds_the_rest(self):
        plan = self._plan(count=7, amount=800, rhythm="weekly")
        self.assertEqual([amount for _number, _day, amount in self._schedule_of(plan)], [114.29] * 6 + [114.26])
        self.assertEqual(sum(plan.promise_ids.mapped("amount")), 800)

    def test_the_customer_may_name_the_size(self):
        plan = self._plan(instalment=400)
        self.assertEqual([amount for _number, _day, amount in self._schedule_of(plan)], [400, 400, 100])
        self.assertEqual((plan.count, plan.instalment), (3, 400))

    def test_what_a_plan_covers_is_not_asked_for(self):
        self._plan()
        self.assertRecordValues(
            self._case(self.acme), [{"amount_chased": 0, "amount_promised": 900, "decision_code": "promised"}]
        )
        self.assertEqual(
            self._plain(self.case.with_user(self.collector).decision),
            "Waiting: $ 900.00 is promised, $ 150.00 of it for March 9, 2026.",
        )
        self.assertEqual(self.case.next_action_date, self._day(8), "the day after the instalment")

    def test_reminders_follow_the_instalments_and_not_the_invoice(self):
        self._plan()
        for number in range(1, 7):
            self._daily_run(self._day(number))
            self._send(self._day(number))
        self.assertEqual(set(self.case.letter_ids.mapped("kind")), {"plan", "instalment"})
        self.assertFalse(self.case.step_id)

    def test_a_plan_takes_the_place_of_a_promise(self):
        with self._on(MONDAY):
            promise = (
                self.env["collection.promise"]
                .with_user(self.collector)
                .create({"case_id": self.case.id, "amount": 900, "date_promised": self._day(4)})
            )
        plan = self._plan()
        self.assertEqual((promise.state, plan.state), ("withdrawn", "active"))
        self.assertIn(plan.name, promise.withdraw_reason)
        self.assertFalse(self.case.released_on, "no pause has ended")
        self.assertEqual(self.case.amount_promised, 900)

    def test_an_early_plan_of_one_invoice_leaves_the_other(self):
        with self._on(MONDAY):
            other = self._invoice(self.acme, 70, self._day(-3))
            self._settle_transaction()
        item = self.invoice.line_ids.filtered("date_maturity")
        plan = self._plan(item_ids=[(6, 0, item.ids)])
        self.assertEqual(plan.promise_ids.item_ids, item)
        case = self._case(self.acme)
        self.assertEqual((case.amount_promised, case.amount_chased), (900, 70))
        self.assertEqual(other.chase_state, "chased")

    def test_a_broken_promise_limit_does_not_keep_a_plan_from_pausing(self):
        self.company.collection_broken_limit = 1
        with self._on(self._day(-5)):
            self.env["collection.promise"].with_user(self.collector).create(
                {"case_id": self.case.id, "amount": 900, "date_promised": self._day(-3)}
            )
        self._daily_run(MONDAY)
        self.assertEqual(self.case.broken_count, 1)
        plan = self._plan()
        self.assertEqual(set(plan.promise_ids.mapped("pauses")), {True})
        self.assertEqual(self.case.amount_promised, 900)

    def test_refused_with_a_reason(self):
        item = self.invoice.line_ids.filtered("date_maturity")
        stranger = self._overdue_customer("Globex").partner_id.invoice_ids.line_ids.filtered("date_maturity")
        self.assertTrue(item and stranger)
        for terms, reason in (
            ({"amount": 901}, "is more than the plan"),
            ({"amount": -5}, "more than nothing"),
            ({"count": 0}, "at least one instalment"),
            ({"count": 600, "rhythm": "weekly"}, "no more than 520"),
            ({"amount": 0.05, "count": 6}, "too small"),
            ({"instalment": 0}, "more than nothing"),
            ({"date_first": MONDAY - timedelta(days=1)}, "cannot lie before"),
            ({"date_agreed": self._day(3)}, "in the future"),
            ({"item_ids": [(6, 0, stranger.ids)]}, "is not an open item of Acme"),
        ):
            with self.subTest(terms), self.assertRaises(ValidationError) as refused:
                self._plan(**terms)
            self.assertIn(reason, str(refused.exception))

    def test_one_active_plan_for_a_case(self):
        plan = self._plan(amount=500)
        with self.assertRaises(UserError) as refused:
            self._plan(amount=400)
        self.assertIn(plan.name, str(refused.exception))

    def test_no_plan_for_a_settled_case(self):
        self._receive_on(900, MONDAY)
        self.assertEqual(self.case.state, "closed")
        with self.assertRaises(ValidationError):
            self._plan()

    def test_a_tolerance_larger_than_an_instalment_does_not_break_it(self):
        self.company.collection_promise_tolerance_amount = 5
        plan = self._plan(amount=103, instalment=50, rhythm="weekly")
        self.assertEqual(plan.promise_ids.sorted("number").mapped("amount"), [50, 53])
        plan.action_cancel()
        plan = self._plan(amount=9, count=3, rhythm="weekly")
        self.assertEqual(plan.promise_ids.mapped("tolerance_amount"), [0, 0, 0])

    # -- Agreement of a manager ----------------------------------------------------------------------------------

    def test_beyond_the_limits_a_manager_agrees(self):
        self.company.write({"collection_plan_minimum": 100, "collection_plan_longest_days": 180})
        plan = self._plan(count=12)
        self.assertRecordValues(plan, [{"state": "draft", "needs_approval": True, "letter_id": False}])
        self.assertEqual(
            self._plain(plan.approval_reason),
            "Instalments are smaller than $ 100.00. The plan takes longer than 180 days.",
        )
        self.assertIn("75.00", plan.schedule_table)
        self.assertFalse(plan.promise_ids)
        self.assertEqual(self.case.amount_chased, 900)
        asked = self._calls(APPROVAL)
        self.assertEqual((asked.user_id, asked.automated), (self.manager, True))
        self.assertIn(plan.name, asked.summary)
        with self.assertRaises(UserError) as refused, self._on(MONDAY):
            plan.with_user(self.collector)._activate()
        self.assertIn("needs the agreement", str(refused.exception))
        with self.assertRaises(AccessError), self._on(MONDAY):
            plan.with_user(self.collector).action_approve()
        with self._on(self._day(1), "10:00"):
            plan.with_user(self.manager).action_approve()
        self.assertRecordValues(plan, [{"state": "active", "approved_by_id": self.manager.id}])
        self.assertEqual(len(plan.promise_ids), 12)
        self.assertFalse(self._calls(APPROVAL))
        self.assertEqual(self._case(self.acme).amount_chased, 0)

    def test_a_manager_agrees_by_making_it(self):
        self.company.collection_plan_longest_days = 30
        plan = self._plan(user=self.manager)
        self.assertRecordValues(plan, [{"state": "active", "approved_by_id": self.manager.id}])

    def test_a_plan_within_the_limits_needs_nobody(self):
        self.company.write({"collection_plan_minimum": 150, "collection_plan_longest_days": 161})
        self.assertFalse(self._plan().needs_approval)

    def test_a_manager_cannot_agree_after_the_first_day(self):
        self.company.collection_plan_longest_days = 30
        plan = self._plan()
        with self.assertRaises(UserError) as refused, self._on(self._day(8)):
            plan.with_user(self.manager).action_approve()
        self.assertIn("has passed", str(refused.exception))

    def test_a_draft_of_a_settled_case_is_cancelled(self):
        self.company.collection_plan_longest_days = 30
        plan = self._plan()
        self._receive_on(900, self._day(1))
        self._daily_run(self._day(2))
        self.assertRecordValues(plan, [{"state": "cancelled", "end_reason": "The account was settled."}])
        self.assertFalse(self._calls(APPROVAL))

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
        self.assertIn("$ 150.00 of the instalment of", self._plain(plan.end_reason))
        self.assertEqual(plan.promise_ids.sorted("number").mapped("state"), ["kept", "broken"] + ["withdrawn"] * 4)
        case = self._case(self.acme)
        self.assertRecordValues(case, [{"amount_chased": 750, "amount_promised": 0, "decision_code": "released"}])
        self.assertFalse(self._calls(), "The review takes the place of the call")
        self.assertEqual(self._calls(REVIEW).user_id, self.collector | self.manager)
        self.assertFalse(case.pending_step_id)
        self._daily_run(breach + timedelta(days=1))
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

    @mute_logger("odoo.addons.grey_hat_collections.models.collection_plan_life")
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

    # -- Currency ------------------------------------------------------------------------------------------------

    def test_a_plan_in_the_currency_of_the_invoice(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        globex = self._customer("Globex")
        with self._on(self._day(-10)):
            invoice = self._invoice(globex, 300, self._day(-10), currency_id=euro.id)
        with self._on(MONDAY):
            self._settle_transaction()
        case = self._case(globex)
        self.assertEqual(case.amount_chased, 600)
        plan = self._plan(case=case, amount=300, count=3, rhythm="weekly", currency_id=euro.id)
        self.assertEqual([amount for _n, _d, amount in self._schedule_of(plan)], [100, 100, 100])
        self.assertEqual((self._case(globex).amount_chased, plan.letter_id.amount), (0, 600))
        with self._on(self._day(7)):
            self._pay(invoice, 100, self._day(7), currency_id=euro.id)
            self._settle_transaction()
            self.env.invalidate_all()
        self.assertEqual((plan.amount_received, plan.amount_outstanding), (100, 200))
        self.assertEqual(plan.promise_ids.sorted("number")[0].state, "kept")

    def test_limits_count_in_the_currency_of_the_plan(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        globex = self._customer("Globex")
        with self._on(self._day(-10)):
            self._invoice(globex, 300, self._day(-10), currency_id=euro.id)
        with self._on(MONDAY):
            self._settle_transaction()
        self.company.collection_plan_minimum = 100  # 50.00 €
        terms = {"case": self._case(globex), "amount": 300, "rhythm": "weekly", "currency_id": euro.id}
        self.assertTrue(self._plan(count=7, **terms).needs_approval)
        self.assertFalse(self._plan(count=6, **terms).needs_approval)

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

    # -- Rights --------------------------------------------------------------------------------------------------

    def test_terms_cannot_be_edited(self):
        plan = self._plan()
        for user in (self.collector, self.manager, self.accountant):
            with self.assertRaises(AccessError):
                plan.with_user(user).write({"amount": 10})
            with self.assertRaises(AccessError):
                plan.with_user(user).unlink()

    def test_what_follows_cannot_be_typed(self):
        terms = {"case_id": self.case.id, "amount": 900, "date_first": self._day(7), "count": 2}
        for forged in ({"state": "active"}, {"needs_approval": False}, {"approved_by_id": self.manager.id}):
            with self.assertRaises(AccessError), self._on(MONDAY):
                self.env["collection.plan"].with_user(self.collector).create({**terms, **forged})

    def test_who_sees_plans(self):
        plan = self._plan()
        self.assertEqual(plan.with_user(self.accountant).amount, 900)
        for user in (self.accountant, self.stranger):
            with self.assertRaises(AccessError), self._on(MONDAY):
                self.env["collection.plan"].with_user(user).create({"case_id": self.case.id, "amount": 1})
        with self.assertRaises(AccessError):
            plan.with_user(self.accountant).action_cancel()
        with self.assertRaises(AccessError):
            plan.with_user(self.stranger).read(["amount"])
        self.case.sudo().user_id = self.manager
        self.assertNotIn(plan, self.env["collection.plan"].with_user(self.collector).search([]))
        with self.assertRaises(AccessError):
            plan.with_user(self.collector).action_cancel()

    def test_other_companies_see_nothing(self):
        plan = self._plan()
        other = self.setup_other_company(name="Second Company")["company"]
        foreign = self.manager.copy({"login": "far", "company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        self.assertFalse(self.env["collection.plan"].with_user(foreign).search([("id", "=", plan.id)]))
        with self.assertRaises(AccessError):
            plan.with_user(foreign).action_resume()

    # -- The dialog ----------------------------------------------------------------------------------------------

    def _wizard(self, user=None, case=None, **values):
        wizards = self.env["collection.plan.wizard"].with_user(user or self.collector)
        return wizards.create({"case_id": (case or self.case).id, **values})

    def test_the_dialog_proposes_what_is_asked_for(self):
        with self._on(MONDAY):
            wizard = self._wizard()
            self.assertEqual(wizard.amount, 900)
            self.assertEqual(wizard.date_first, self._day(8), "a week after the next working day")
            self.assertEqual(
                [(offer["count"], offer["rhythm"], self._plain(offer["amount"])) for offer in wizard.proposals],
                [
                    (2, "monthly", "$ 450.00"),
                    (3, "monthly", "$ 300.00"),
                    (4, "monthly", "$ 225.00"),
                    (6, "monthly", "$ 150.00"),
                ],
            )
            self.assertEqual(wizard.line_ids.mapped("amount"), [300, 300, 300])
            self.assertEqual(
                self._plain(wizard.summary), "$ 900.00 in 3 instalments of $ 300.00, from 03/10/2026 to 05/11/2026."
            )

    def test_what_is_shown_is_what_is_saved(self):
        with self._on(MONDAY):
            wizard = self._wizard(sized_by="size", instalment=400, rhythm="fortnightly")
            shown = [(line.number, line.date.isoformat(), line.amount) for line in wizard.line_ids]
            plan = self.env["collection.plan"].browse(wizard.action_make()["res_id"])
        self.assertEqual(self._schedule_of(plan), shown)
        self.assertEqual((plan.state, plan.contact_id), ("active", self.acme))

    def test_the_dialog_says_when_a_manager_must_agree(self):
        self.company.collection_plan_minimum = 100
        with self._on(MONDAY):
            wizard = self._wizard(count=12)
            self.assertEqual(
                self._plain(wizard.approval_reason),
                "Instalments are smaller than $ 100.00. The plan takes longer than 180 days.",
            )
            self.assertFalse(wizard.may_approve)
            plan = self.env["collection.plan"].browse(wizard.action_make()["res_id"])
        self.assertEqual(plan.state, "draft")

    def test_the_dialog_says_what_is_wrong_instead_of_failing(self):
        with self._on(MONDAY):
            wizard = self._wizard(amount=1000)
            self.assertIn("Lower the amount", wizard.problem)
            self.assertFalse(wizard.line_ids)
            with self.assertRaises(UserError):
                wizard.action_make()
            wizard.write({"amount": 900, "count": 0})
            self.assertIn("at least one", wizard.problem)
            wizard.count = 2
            self.assertFalse(wizard.problem)
            self.assertEqual(wizard.line_ids.mapped("amount"), [450, 450])

    def test_the_dialog_counts_in_a_promise_that_the_plan_replaces(self):
        with self._on(MONDAY):
            self.env["collection.promise"].with_user(self.collector).create(
                {"case_id": self.case.id, "amount": 400, "date_promised": self._day(4)}
            )
            self.env.invalidate_all()
            self.assertEqual(self._wizard().amount, 900)

    def test_the_dialog_proposes_the_currency_of_the_items(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        globex = self._customer("Globex")
        with self._on(self._day(-10)):
            self._invoice(globex, 300, self._day(-10), currency_id=euro.id)
        with self._on(MONDAY):
            self._settle_transaction()
        with self._on(MONDAY):
            wizard = self._wizard(case=self._case(globex))
            self.assertEqual((wizard.currency_id, wizard.amount), (euro, 300))

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
