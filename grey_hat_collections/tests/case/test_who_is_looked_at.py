from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.case.case_due import LOOK_DAYS
from ...models.case.case_step import REVIEW_XMLID
from ..common import MONDAY
from ..promise.promise_common import PromiseCase
from ..query_common import QueryCommon


class LookCommon:
    """Sees on whom a daily run decides."""

    @contextmanager
    def _decided(self):
        """The cases that are decided on while the block lasts."""
        seen, decide = [], type(self.Case)._decide_and_act

        def noting(cases):
            seen.extend(cases)
            return decide(cases)

        with patch.object(type(self.Case), "_decide_and_act", noting):
            yield seen

    def _run_decides_on(self, day):
        with self._decided() as seen:
            self._daily_run(day)
        return self.Case.concat(*(case.sudo(False) for case in seen))


@tagged("post_install", "-at_install")
class TestWhoIsLookedAt(LookCommon, PromiseCase):
    """A daily run decides on those whose last answer has run out, and on those of whom a fact has changed."""

    def _begin(self):
        super()._begin()
        self.reminded = self._warned_customer("Rested")

    def test_a_case_is_left_alone_until_its_answer_runs_out(self):
        """Reminded on Monday; the call is due a week later."""
        self.assertEqual(self.reminded.next_decision_date, self._day(7))
        decided = [self._run_decides_on(self._day(days)) & self.reminded for days in range(1, 8)]
        self.assertEqual(decided, [self.Case] * 6 + [self.reminded])
        self.assertEqual(self.reminded.pending_step_id.name, "Call")

    def test_a_day_in_between_writes_nothing(self):
        self._daily_run(self._day(1))
        before = self.reminded.write_date
        self._daily_run(self._day(2))
        self.assertEqual(self.reminded.write_date, before)

    def test_a_pending_call_needs_no_decision_but_a_look_once_a_month(self):
        self._daily_run(self._day(7))
        self._daily_run(self._day(8))
        self.assertEqual(self.reminded.decision_code, "activity_pending")
        self.assertEqual(self.reminded.next_decision_date, self._day(8 + LOOK_DAYS))

    def test_whatever_changes_a_fact_is_looked_at_the_next_day(self):
        case, company = self.reminded.sudo(), self.company.sudo()
        reason = self.env["collection.reason"].sudo().search([], limit=1)
        case.reason_id = reason
        policy, last = case.policy_id, case.policy_id.step_ids[-1]
        changes = {
            "a ladder": lambda: policy.write({"review_days": policy.review_days + 1}),
            "its steps": lambda: last.write({"days_overdue": last.days_overdue + 1}),
            "a step less": last.unlink,
            "a reason": lambda: reason.write({"stops_contact": not reason.stops_contact}),
            "a setting": lambda: company.write({"collection_silent_days": company.collection_silent_days + 1}),
            "a wish": lambda: case.partner_id.write({"collection_do_not_contact": True}),
            "a hold": lambda: case.write({"hold_until": self._day(40), "state": "hold"}),
            "an answer": lambda: case.write({"last_reply_date": self._day(1)}),
            "a review": case._ask_for_review,
            "a review put off": lambda: case.activity_ids.write({"date_deadline": self._day(30)}),
            "a review withdrawn": lambda: case.activity_unlink([REVIEW_XMLID]),
        }
        for day, (name, change) in enumerate(changes.items(), 1):
            with self.subTest(name):
                with self._on(self._day(0), "13:00"):
                    case._decide()
                    case.next_decision_date = self._day(90)
                    self.env.flush_all()
                    change()
                    self.env.flush_all()
                self.assertFalse(case.next_decision_date)
                self.assertIn(self.reminded, self._run_decides_on(self._day(day)))

    def test_what_people_plan_for_themselves_is_no_fact(self):
        look = self.reminded.next_decision_date
        self._plan_by_hand(self.reminded, "mail.mail_activity_data_todo")
        self.assertEqual(self.reminded.next_decision_date, look)

    def test_a_new_invoice_that_falls_due_is_a_fact(self):
        with self._on(self._day(1), "10:00"):
            self._invoice(self.reminded.partner_id, 80, self._day(2))
            self._settle_transaction()
        self.assertNotIn(self.reminded, self._run_decides_on(self._day(2)), "It falls due today")
        self.assertIn(self.reminded, self._run_decides_on(self._day(3)), "Overdue since yesterday")

    def test_a_promise_that_pauses_nothing_and_is_missed_is_a_fact(self):
        promise = self._promise(amount=500, due=self._day(2), case=self.reminded)
        promise.sudo().pauses = False
        with self._on(MONDAY, "11:00"):
            promise.sudo()._account_changed()
            self.reminded.sudo()._decide()
        asked = []
        for days in range(1, 6):
            self._daily_run(self._day(days))
            asked.append(len(promise.case_id.activity_ids.sudo().filtered("collection_promise_id")))
        self.assertEqual((promise.state, asked[0], asked[-1]), ("broken", 0, 1))

    def test_silence_is_noticed_on_its_day(self):
        company = self.company.sudo()
        company.write({"collection_silent_attempts": 1, "collection_silent_days": 4})
        with self._on(MONDAY, "13:00"):
            self.reminded.sudo()._decide()
        self.assertEqual(self.reminded.unanswered_since, MONDAY)
        self.assertEqual(self.reminded.next_decision_date, self._day(4))
        for days in range(1, 5):
            self._daily_run(self._day(days))
            self.assertEqual(self.reminded.is_silent, days == 4)

    def test_whom_the_run_could_not_work_on_is_tried_again_tomorrow(self):
        self.reminded.sudo().next_decision_date = False
        broken = patch.object(type(self.Case), "_release_elapsed", side_effect=ValueError("No luck today"))
        with broken, mute_logger("odoo.addons.grey_hat_collections.models.base.batch"):
            self._daily_run(self._day(1))
        self.assertEqual(self.reminded.last_error, "No luck today")
        self._daily_run(self._day(2))
        self.assertFalse(self.reminded.last_error)

    def test_nobody_types_the_day(self):
        with self.assertRaisesRegex(Exception, "cannot be edited"):
            self.reminded.with_user(self.manager).next_decision_date = fields.Date.today()


@tagged("post_install", "-at_install")
class TestQuietNight(LookCommon, QueryCommon):
    """A night in which nothing happened costs what reading the ledger costs, however many cases there are."""

    def test_the_queries_of_a_quiet_night(self):
        self.Case = self.cases
        counts = []
        for partners in (self.few, self.many):
            self._open(partners)
            cases = self._cases(partners)
            cases._decide_and_act()
            letters = cases.letter_ids
            letters.write({"state": "sent", "sent_at": fields.Datetime.now()})
            letters._complete_step()
            cases.run_date = MONDAY
            self._settle_transaction()
            with (
                self._on(MONDAY + timedelta(days=1)),
                self._decided() as seen,
                self.enter_registry_test_mode(),
                self.registry.cursor() as cr,
            ):
                env = api.Environment(cr, SUPERUSER_ID, {})
                before = cr.sql_log_count
                env["collection.case"]._cron_daily_run()
                counts.append(cr.sql_log_count - before)
            self.env.invalidate_all()
            self.assertFalse([case for case in seen if case in cases])
        self.assertLessEqual(counts[1], counts[0], "five cases, then fifty-five")
