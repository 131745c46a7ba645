from contextlib import contextmanager, suppress
from unittest.mock import patch

from freezegun import freeze_time
from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...engine import escalation
from ...models.base.to_decimal import to_decimal
from ..common import MONDAY, CollectionCommon

TOGETHER = "odoo.addons.grey_hat_collections.models.base.batch"
BATCH = "odoo.addons.grey_hat_collections.models.base.batch.BATCH"


@tagged("post_install", "-at_install")
class TestDailyRun(CollectionCommon):
    """What the scheduled action does when something is in its way."""

    @contextmanager
    def _failing_for(self, case, message="No luck today"):
        """The engine fails for the account of ``case``, which nobody else owes as much as."""
        decide, owed = escalation.decide, case.amount_net_overdue

        def unlucky(facts, policy, rules):
            if facts.amount_overdue == to_decimal(owed):
                raise ValueError(message)
            return decide(facts, policy, rules)

        with (
            patch.object(escalation, "decide", unlucky),
            mute_logger(TOGETHER),
        ):
            yield

    def test_a_case_that_fails_is_reported_and_the_others_go_on(self):
        before = self._overdue_customer("Alpha")
        broken = self._overdue_customer("Broken", amount=13)
        after = self._overdue_customer("Omega")
        with self._failing_for(broken):
            self._daily_run(MONDAY)
        self.assertEqual((before | after).mapped("letter_ids.state"), ["queued", "queued"])
        self.assertRecordValues(broken, [{"last_error": "No luck today", "run_date": MONDAY, "letter_ids": []}])
        self.assertRecordValues(broken.activity_ids, [{"user_id": self.collector.id, "date_deadline": MONDAY}])
        self.assertIn("No luck today", broken.activity_ids.note)

        with self._failing_for(broken):
            self._daily_run(self._day(1))
        self.assertEqual(len(broken.activity_ids), 1, "The same trouble is told once")

        self._daily_run(self._day(2))
        self.assertFalse(broken.last_error, "It works again")
        self.assertEqual(broken.letter_ids.state, "queued")

    def test_an_error_of_the_database_fails_one_case_only(self):
        broken = self._overdue_customer("Broken", amount=13)
        other = self._overdue_customer("Other")
        begin = type(self.Case)._begin_steps

        def unlucky(cases, amounts):
            begin(cases, amounts)
            if broken in cases:
                cases.env.cr.execute("SELECT 1 / 0")

        with patch.object(type(self.Case), "_begin_steps", unlucky), mute_logger(TOGETHER, "odoo.sql_db"):
            self._daily_run(MONDAY)
        self.assertIn("division by zero", broken.last_error)
        self.assertFalse(broken.letter_ids, "What was begun for it is undone")
        self.assertFalse(broken.pending_step_id)
        self.assertEqual(other.letter_ids.state, "queued")

    def test_a_failing_case_whose_collector_left_is_reported_too(self):
        broken = self._overdue_customer("Broken", amount=13)
        broken.sudo().user_id = False
        other = self._overdue_customer("Other")
        with self._failing_for(broken):
            self._daily_run(MONDAY)
        self.assertEqual(broken.last_error, "No luck today")
        self.assertEqual(other.letter_ids.state, "queued")

    def test_hostile_text_in_an_error_is_shown_as_text(self):
        broken = self._overdue_customer("Broken", amount=13)
        with self._failing_for(broken, "<img src=x onerror=alert(1)>"):
            self._daily_run(MONDAY)
        self.assertNotIn("<img", broken.activity_ids.note)

    def test_a_long_error_is_told_in_short(self):
        broken = self._overdue_customer("Broken", amount=13)
        what_odoo_adds = "\n\nTraceback (most recent call last):\n  File …"
        with self._failing_for(broken, f"The template {'is broken ' * 500}{what_odoo_adds}"):
            self._daily_run(MONDAY)
        self.assertLessEqual(len(broken.last_error), 400)
        self.assertTrue(broken.last_error.startswith("The template is broken"))
        self.assertTrue(broken.last_error.endswith(" …"), "There is more of it in the log")

        with self._failing_for(broken, f"No template{what_odoo_adds}"):
            self._daily_run(self._day(1))
        self.assertEqual(broken.last_error, "No template")

    def test_a_locked_case_is_left_for_later(self):
        locked = self._overdue_customer("Locked")
        other = self._overdue_customer("Other")
        try_lock = type(self.Case).try_lock_for_update
        triggers = self.env["ir.cron.trigger"].search([])

        def without_locked(cases, **options):
            return try_lock(cases, **options) - locked

        with patch.object(type(self.Case), "try_lock_for_update", without_locked):
            self._daily_run(MONDAY)
        self.assertFalse(locked.run_date)
        self.assertFalse(locked.letter_ids)
        self.assertEqual((other.run_date, other.letter_ids.state), (MONDAY, "queued"))
        again = self.env["ir.cron.trigger"].search([]) - triggers
        self.assertIn(
            self.env.ref("grey_hat_collections.ir_cron_daily_run"), again.cron_id, "It is looked at again today"
        )
        self._daily_run(MONDAY)
        self.assertEqual(locked.letter_ids.state, "queued")

    def test_batches_are_finished_one_by_one(self):
        cases = self.Case.union(*(self._overdue_customer(f"Customer {number}") for number in range(5)))
        sizes = []
        run_day = type(self.Case)._run_day

        def noting(batch):
            sizes.append(len(batch & cases))
            return run_day(batch)

        with patch(BATCH, 2), patch.object(type(self.Case), "_run_day", noting):
            self._daily_run(MONDAY)
        self.assertEqual([size for size in sizes if size], [2, 2, 1])
        self.assertEqual(cases.mapped("run_date"), [MONDAY] * 5)
        self.assertEqual(len(cases.letter_ids), 5)

    def test_a_run_killed_between_batches_goes_on_where_it_stopped(self):
        cases = self.Case.union(*(self._overdue_customer(f"Customer {number}") for number in range(4)))
        run_day, turns = type(self.Case)._run_day, []

        def killed(batch):
            turns.append(batch)
            if len(turns) == 2:
                raise KeyboardInterrupt
            return run_day(batch)

        with (
            patch(BATCH, 2),
            patch.object(type(self.Case), "_run_day", killed),
            self._on(MONDAY),
            self.enter_registry_test_mode(),
            suppress(KeyboardInterrupt),  # not assertRaises, which would undo what was committed
            self.registry.cursor() as cr,
        ):
            self.Case.with_env(api.Environment(cr, SUPERUSER_ID, {}))._cron_daily_run()
        self.env.invalidate_all()
        self.assertEqual((len(turns), len(cases.letter_ids)), (2, 2))
        self._daily_run(MONDAY)
        self.assertEqual([len(case.letter_ids) for case in cases], [1] * 4)

    def test_a_hold_released_by_hand_leaves_a_day_too(self):
        case = self._overdue_customer()
        with self._on(MONDAY):
            case.with_user(self.collector)._hold(self._day(30), "Waiting")
        with self._on(self._day(2), "15:00"):
            case.with_user(self.collector).action_release()
            self._settle_transaction()
            self.env.invalidate_all()
            self.assertRecordValues(
                case,
                [
                    {
                        "state": "open",
                        "hold_until": False,
                        "hold_reason": False,
                        "next_action_date": self._day(2),
                        "next_action": "Review case",
                    }
                ],
            )
        self._daily_run(self._day(2))
        self.assertFalse(case.letter_ids)
        self._daily_run(self._day(3))
        self.assertEqual(case.letter_ids.state, "queued")

    def test_a_hold_ends_in_the_future_and_is_for_open_cases(self):
        case = self._overdue_customer()
        with self._on(MONDAY):
            with self.assertRaisesRegex(Exception, "a hold must end in the future"):
                case._hold(MONDAY, "Now")
            self._customer_pays(case)
            with self.assertRaisesRegex(Exception, "nothing to put on hold"):
                case._hold(self._day(3), "Later")

    def test_a_settled_case_on_hold_closes(self):
        case = self._overdue_customer()
        with self._on(MONDAY):
            case._hold(self._day(3), "Waiting for their bank")
            self._customer_pays(case)
            self.assertRecordValues(case, [{"state": "closed", "hold_until": False, "hold_reason": False}])

    def test_the_day_is_the_company_s_own(self):
        """At two in the night of Monday in London it is still Sunday in New York, where nothing is due yet."""
        self.company.resource_calendar_id.tz = "America/New_York"
        acme = self._customer()
        with freeze_time(f"{MONDAY} 02:00:00"):
            self._invoice(acme, 500, self._day(-1))
            self._settle_transaction()
            self.assertEqual(self.company._collection_today(), self._day(-1))
            self.assertFalse(self._case(acme))
        with freeze_time(f"{MONDAY} 06:00:00"):
            self._trigger("ir_cron_daily_run")
            self.assertEqual(self._case(acme).days_overdue, 1)
