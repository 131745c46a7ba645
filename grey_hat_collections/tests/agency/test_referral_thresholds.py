from contextlib import suppress
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ...engine import referral
from ...models.agency.case_hooks import OUT_OF_WINDOW
from ..common import MONDAY, TwoCompaniesCommon
from .referral_common import ReferralCommon

TOGETHER = "odoo.addons.grey_hat_collections.models.base.batch"
BATCH = "odoo.addons.grey_hat_collections.models.base.batch.BATCH"


@tagged("post_install", "-at_install")
class TestReferralThresholds(ReferralCommon):
    """Each day: who enters the window, who is ready, whose window closes, whose closed unused; one question for each."""

    def assertStanding(self, case, status, ready=False):
        self.assertEqual((case.referral_status, case.referral_ready), (status, ready))

    # -- Through the window --------------------------------------------------------------------------------------

    def test_an_account_enters_the_window_and_nobody_is_asked(self):
        case = self._overdue_customer(days=29)
        self._thresholds()
        self.assertStanding(case, False)
        self._thresholds(self._day(1))
        self.assertStanding(case, "window")
        self.assertRecordValues(case, [{"referral_since": self._day(1), "referral_closes_on": self._day(31)}])
        self.assertFalse(self._questions(case))

    def test_from_ready_to_missed_one_question_tells_each_once(self):
        """45 days past due on Monday: it closes on 17 March, 15 days later."""
        case = self._account()
        self._thresholds()
        self.assertStanding(case, "ready", ready=True)
        question = self._questions(case)
        self.assertRecordValues(
            question,
            [
                {
                    "user_id": self.manager.id,
                    "date_deadline": MONDAY,
                    "summary": "Ready to refer until March 17, 2026. Decide: an agency, a plan, or more time",
                }
            ],
        )
        self._thresholds(self._day(7))
        self.assertStanding(case, "ready", ready=True)
        self._thresholds(self._day(8))
        self.assertStanding(case, "closing", ready=True)
        self.assertEqual(self._questions(case), question, "The same question, not a second one")
        self.assertIn("the window closes on March 17, 2026", question.summary)
        self._thresholds(self._day(16))
        self.assertStanding(case, "missed")
        self.assertEqual(self._questions(case), question)
        self.assertIn("closed unused on March 17, 2026", question.summary)

    def test_what_was_answered_is_not_asked_again(self):
        case = self._account()
        self._thresholds()
        self._decide_on(case)
        for number in range(1, 8):
            self._thresholds(self._day(number))
            self.assertFalse(self._questions(case), "More time was the answer")
        self._thresholds(self._day(8))
        self.assertEqual(len(self._questions(case)), 1, "But now the window closes")
        self._decide_on(case, self._day(8))
        for number in range(9, 16):
            self._thresholds(self._day(number))
            self.assertFalse(self._questions(case))
        self._thresholds(self._day(16))
        self.assertIn("closed unused", self._questions(case).summary)
        self._decide_on(case, self._day(16))
        self._thresholds(self._day(17))
        self.assertFalse(self._questions(case))

    def test_three_runs_on_one_day_and_on_the_next(self):
        cases = self._account("Alpha") | self._account("Beta", days=55)
        for day in (MONDAY, MONDAY, MONDAY, self._day(1), self._day(1)):
            self._thresholds(day)
            self.assertEqual([len(self._questions(case)) for case in cases], [1, 1])
        # even if nobody had noted that they were looked at
        cases.sudo().referral_look_date = False
        self._thresholds(self._day(1))
        self.assertEqual([len(self._questions(case)) for case in cases], [1, 1])

    def test_closing_asks_even_where_something_is_missing(self):
        case = self._account(days=53)
        self._warn(case, called=None)
        self._thresholds()
        self.assertStanding(case, "closing")
        self.assertIn("the checklist is not complete", self._questions(case).summary)
        self._decide_on(case)
        self._warn(case)
        self._thresholds(self._day(1))
        self.assertStanding(case, "closing", ready=True)
        self.assertIn("Ready to refer, and the window closes", self._questions(case).summary, "That is news")

    def test_a_question_goes_when_its_reason_goes(self):
        case = self._account()
        self._thresholds()
        self.assertTrue(self._questions(case))
        with self._on(self._day(1), "10:00"):
            case.with_user(self.collector)._hold(self._day(5), "They have had a fire")
        self._thresholds(self._day(2))
        self.assertStanding(case, "window")
        self.assertFalse(self._questions(case))
        self._daily_run(self._day(6))
        self._thresholds(self._day(6))
        self.assertStanding(case, "ready", ready=True)
        self.assertEqual(len(self._questions(case)), 1, "Nobody has answered it")

    def test_accounts_that_were_too_old_when_we_came_ask_nobody(self):
        """On the first morning a house may have hundreds of them; their ladder asks in its own time."""
        case = self._account(days=200)
        self._thresholds()
        self.assertStanding(case, "missed")
        self.assertFalse(self._questions(case))

    def test_small_amounts_are_left_alone(self):
        self.standard.sudo().referral_min_amount = 100
        case = self._account(amount=99.99, days=55)
        self._thresholds()
        self.assertStanding(case, False)
        self.assertFalse(self._questions(case))

    def test_a_promise_for_all_of_it_takes_it_out_of_the_window_and_a_broken_one_brings_it_back(self):
        case = self._account()
        self._thresholds()
        self._decide_on(case)
        with self._on(self._day(1), "10:00"):
            self.env["collection.promise"].with_user(self.collector).create(
                {"case_id": case.id, "amount": 500, "date_promised": self._day(3)}
            )
            self._settle_transaction()
        self._run(self._day(2))
        self.assertStanding(case, False)
        self._run(self._day(4))
        self.assertStanding(case, "ready", ready=True)
        self.assertEqual(case.referral_since, self._day(4))
        self.assertEqual(len(self._questions(case)), 1, "The promise was broken: it is to be decided anew")

    # -- With the ladder -----------------------------------------------------------------------------------------

    def _at_the_last_call(self, case):
        """The case has taken its last call a week before Monday."""
        ladder = self.standard.step_ids
        stage = ladder[5].stage_id
        case.sudo().write({"step_id": ladder[5].id, "step_date": self._day(-8), "stage_id": stage.id})

    def test_the_step_of_the_ladder_takes_over_the_open_question(self):
        case = self._account()
        self._at_the_last_call(case)
        self._thresholds(clock="04:00")
        question = self._questions(case)
        self.assertEqual(len(question), 1)
        self._daily_run(MONDAY)
        self.assertEqual(case.pending_step_id.name, "Agency review")
        self.assertEqual(self._questions(case), question, "Never two")
        self._decide_on(case)
        self.assertEqual(case.step_id.name, "Agency review", "The answer took the step")
        self.assertFalse(case.pending_step_id)
        self._run(self._day(1))
        self.assertFalse(self._questions(case))

    def test_the_question_of_the_ladder_serves_the_window(self):
        case = self._account()
        self._at_the_last_call(case)
        self._daily_run(MONDAY)
        question = self._questions(case)
        self.assertEqual(question.summary, "Decide: an agency, a plan, or more time")
        self._thresholds()
        self.assertEqual(self._questions(case), question, "Never two")
        self.assertIn("Ready to refer until March 17, 2026", question.summary)
        self._decide_on(case)
        self.assertEqual(case.step_id.name, "Agency review")
        for number in range(1, 8):
            self._thresholds(self._day(number))
            self.assertFalse(self._questions(case), "Answered once")

    def test_the_ladder_asks_on_when_the_window_has_nothing_to_ask(self):
        case = self._account()
        self._at_the_last_call(case)
        self._run()
        question = self._questions(case)
        self._warn(case, called=None)
        self._thresholds(self._day(1))
        self.assertStanding(case, "window")
        self.assertEqual(self._questions(case), question)
        self.assertEqual(question.summary, "Decide: an agency, a plan, or more time")

    # -- Settled, referred ---------------------------------------------------------------------------------------

    def test_a_settled_case_has_no_status(self):
        case = self._account()
        self._thresholds()
        self._customer_pays(case, day=self._day(1))
        self.assertRecordValues(
            case,
            [{"state": "closed", "referral_status": False, "referral_ready": False, "referral_closes_on": False}],
        )
        self.assertFalse(self._questions(case))

    def test_a_referred_case_has_no_status_and_nothing_is_asked_any_more(self):
        case = self._account()
        self._thresholds()
        with self._on(MONDAY, "10:00"):
            case.sudo().state = "referred"
        self.assertStanding(case, False)
        self.assertFalse(self._questions(case))
        self._thresholds(self._day(1))
        self.assertStanding(case, False)

    # -- Who is asked --------------------------------------------------------------------------------------------

    def test_without_a_reviewing_manager_another_one_is_asked_else_the_collector(self):
        people = type(self.company)._collection_people
        for group, expected in ((self.manager, self.manager), (self.env["res.users"], self.collector)):
            with self.subTest(expected.login):
                case = self._account(f"Customer of {expected.login}")
                self.company.collection_manager_id = False

                def found(company, name, group=group):
                    return group if name.endswith("manager") else people(company, name)

                with patch.object(type(self.company), "_collection_people", found):
                    self._thresholds()
                self.assertEqual(self._questions(case).user_id, expected)

    def test_the_manager_is_asked_in_their_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.manager.lang = "de_DE"
        case = self._account()
        self._thresholds()
        self.assertIn("17. März 2026", self._questions(case).summary)

    # -- In its way ----------------------------------------------------------------------------------------------

    def test_a_case_that_fails_is_reported_and_the_others_go_on(self):
        before, broken, after = self._account("Alpha"), self._account("Broken", amount=13), self._account("Omega")
        status = referral.status

        def unlucky(facts, terms):
            if facts.amount_chased == 13:
                raise ValueError("No luck <today>")
            return status(facts, terms)

        for day in (MONDAY, self._day(1)):
            with patch.object(referral, "status", unlucky), mute_logger(TOGETHER):
                self._thresholds(day)
            self.assertEqual((before | after).mapped("referral_status"), ["ready", "ready"])
            self.assertFalse(broken.referral_status)
            self.assertEqual(broken.activity_ids.user_id, self.collector)
            self.assertEqual(len(broken.activity_ids), 1, "The same trouble is told once")
            self.assertIn("No luck &lt;today&gt;", broken.activity_ids.note)
        self._thresholds(self._day(2))
        self.assertStanding(broken, "ready", ready=True)

    def test_a_locked_case_is_left_for_later(self):
        locked, other = self._account("Locked"), self._account("Other")
        try_lock = type(self.Case).try_lock_for_update
        triggers = self.env["ir.cron.trigger"].search([])

        def without_locked(cases, **options):
            return try_lock(cases, **options) - locked

        with patch.object(type(self.Case), "try_lock_for_update", without_locked):
            self._thresholds()
        self.assertStanding(locked, False)
        self.assertStanding(other, "ready", ready=True)
        again = self.env["ir.cron.trigger"].search([]) - triggers
        self.assertIn(self.env.ref("grey_hat_collections.ir_cron_referral_thresholds"), again.cron_id)
        self._thresholds(clock="06:15")
        self.assertStanding(locked, "ready", ready=True)

    def test_killed_between_batches_it_goes_on_where_it_stopped(self):
        cases = self.Case.union(*(self._account(f"Customer {number}") for number in range(4)))
        review, turns = type(self.Case)._review_thresholds, []

        def killed(batch):
            turns.append(batch)
            if len(turns) == 2:
                raise KeyboardInterrupt
            return review(batch)

        with (
            patch(BATCH, 2),
            patch.object(type(self.Case), "_review_thresholds", killed),
            self._on(MONDAY),
            self.enter_registry_test_mode(),
            suppress(KeyboardInterrupt),  # not assertRaises, which would undo what was committed
            self.registry.cursor() as cr,
        ):
            self.Case.with_env(api.Environment(cr, SUPERUSER_ID, {}))._cron_referral_thresholds()
        self.env.invalidate_all()
        self.assertEqual((len(turns), len(cases.filtered("referral_status"))), (2, 2))
        self._thresholds()
        self.assertEqual([len(self._questions(case)) for case in cases], [1] * 4)

    def test_a_quiet_day_moves_nothing_but_the_next_look(self):
        case = self._account()
        self._thresholds()
        before = case.read(OUT_OF_WINDOW)[0]
        case.sudo().referral_look_date = False  # somebody may have changed something
        with patch.object(type(self.Case), "_report_review_failure", autospec=True) as failed:
            self._thresholds(self._day(1))
        failed.assert_not_called()
        after = case.read(OUT_OF_WINDOW)[0]
        self.assertGreater(after.pop("referral_look_date"), self._day(1))
        before.pop("referral_look_date")
        self.assertEqual(after, before)
        self.assertTrue(before["referral_status"])

    # -- Settings and rights -------------------------------------------------------------------------------------

    def test_a_window_ends_after_it_begins(self):
        for name, value in (("referral_days_to", 29), ("referral_days_from", -1), ("referral_cure_days", -1)):
            with self.subTest(name), mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                self.standard.sudo()[name] = value
                self.env.flush_all()

    def test_the_shipped_windows_leave_room_after_the_final_notice(self):
        for policy, first, last in ((self.standard, 30, 60), (self.gentle, 45, 75)):
            terms = policy._to_referral_terms()
            self.assertEqual((terms.days_from, terms.days_to), (first, last), policy.name)
            notice = policy.step_ids.filtered(lambda step: step.letter_kind == "final_notice").days_overdue
            review = policy.step_ids[-1].days_overdue
            self.assertLessEqual(terms.days_from, notice + terms.cure_days, policy.name)
            self.assertLess(notice + terms.cure_days, terms.days_to - referral.LAST_DAYS, policy.name)
            self.assertTrue(terms.days_from <= review <= terms.days_to, policy.name)

    def test_nobody_types_the_status(self):
        case = self._account()
        for name, value in (("referral_status", "ready"), ("referral_ready", True), ("referral_since", MONDAY)):
            with self.subTest(name), self.assertRaises(AccessError):
                case.with_user(self.manager).write({name: value})


@tagged("post_install", "-at_install")
class TestReferralThresholdsOfCompanies(TwoCompaniesCommon, ReferralCommon):
    """Each company counts its own days, in its own window."""

    def test_each_company_s_day_and_window(self):
        """At two in the night of Monday in London it is still Sunday in New York."""
        self.other.resource_calendar_id.tz = "America/New_York"
        acme = self._customer()
        due = self._day(-45)
        with self._on(due):
            self._invoice(acme, 500, due)
            self._invoice_of_the_other(acme, 40, due)
        with self._on(MONDAY, "02:00"):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.company | self.other, acme)
        cases = self.Case.sudo().search([("partner_id", "=", acme.id)])
        here = cases.filtered(lambda case: case.company_id == self.company)
        there = cases - here
        there.policy_id = self.standard
        for case in cases:
            self._warn(case)
        self._thresholds(clock="02:00")
        self.assertEqual((here.referral_look_date, there.referral_look_date), (self._day(1), MONDAY))
        self.assertEqual((here.referral_status, here.referral_since), ("ready", MONDAY))
        self.assertEqual(there.referral_status, "window", "The cure period ends there with Sunday")
        self._thresholds(clock="06:00")
        self.assertEqual(there.referral_status, "ready")
        self.assertEqual(there.referral_since, self._day(-1))
