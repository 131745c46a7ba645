from unittest.mock import patch

import psycopg2
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..hooks import uninstall_hook
from .jobs_common import MONDAY, JobsCommon

CASES = "root.collections"
QUEUE = "odoo.addons.grey_hat_collections_queue_job.models.queue_job"


@tagged("post_install", "-at_install")
class TestJobsOfCases(JobsCommon):
    """The daily run asks for jobs, and others do the work. The story begins on Monday, 2 March 2026."""

    def test_seven_cases_are_three_jobs_that_say_what_they_are_about(self):
        cases = self._overdue_customers(7)
        self._daily_run(MONDAY)
        jobs = self._jobs(CASES)
        self.assertEqual([len(job.records) for job in jobs], [3, 3, 1])
        self.assertEqual(self.Case.union(*(job.records for job in jobs)), cases)
        self.assertEqual(
            jobs[0].name, f"Collections: daily run of 2026-03-02, 3 cases of {self.company.name}", "for a person"
        )
        self.assertEqual(jobs.mapped("company_id"), self.company)
        self.assertEqual(set(jobs.mapped("state")), {"pending"})
        self.assertFalse(any(cases.mapped("run_date")), "Nothing is decided before a host takes up a job")
        cron = self.env.ref("grey_hat_collections.ir_cron_daily_run")
        progress = self.env["ir.cron.progress"].search([("cron_id", "=", cron.id)], limit=1)
        self.assertEqual((progress.done, progress.remaining), (7, 0), "The scheduled action has done its part")

    def test_jobs_do_what_the_plain_run_does(self):
        cases = self._overdue_customers(4)
        paid, plain = cases[0], cases[1:]
        self._daily_run(MONDAY)
        self._customer_pays(paid, day=MONDAY, clock="04:30")
        self._take_up_jobs(MONDAY)
        self.assertEqual(set(self._jobs(CASES).mapped("state")), {"done"})
        self.assertEqual(paid.state, "closed", "What was paid while the job waited is not worked on any more")
        self.assertFalse(paid.letter_ids)
        self.assertEqual(plain.mapped("run_date"), [MONDAY] * 3)
        self.assertEqual(plain.letter_ids.mapped("state"), ["queued"] * 3)
        self.assertEqual(plain.mapped("pending_step_id.name"), ["Friendly reminder"])
        self.assertEqual(plain.letter_ids.create_uid, self.env.ref("base.user_root"), "as scheduled actions run")
        self.assertEqual(plain.mapped("last_error"), [False] * 3)

    def test_the_same_work_is_asked_for_once(self):
        self._overdue_customers(4)
        self._daily_run(MONDAY)
        asked = self._jobs(CASES)
        self.assertEqual(len(asked), 2)
        self.assertEqual(len(set(asked.mapped("identity_key"))), 2)
        self._daily_run(MONDAY)
        self.assertEqual(self._jobs(CASES), asked)
        self._take_up_jobs(MONDAY)
        self._daily_run(MONDAY)
        self.assertEqual(self._jobs(CASES), asked, "All was decided on today")
        self._daily_run(self._day(1))
        self.assertEqual(len(self._jobs(CASES)), 4, "Tomorrow is another day")

    def test_what_a_host_is_at_is_not_asked_for_again(self):
        self._overdue_customers(4)
        self._daily_run(MONDAY)
        asked = self._jobs(CASES)
        asked[0].state = "started"
        self._daily_run(MONDAY)
        self.assertEqual(self._jobs(CASES), asked)

    def test_a_job_that_comes_twice_does_nothing_the_second_time(self):
        cases = self._overdue_customers(2)
        self._daily_run(MONDAY)
        self._take_up_jobs(MONDAY)
        letters = cases.letter_ids
        jobs = self._jobs(CASES)
        jobs.requeue()
        with patch.object(type(self.Case), "_decide_and_act", side_effect=AssertionError("decided twice")):
            self._take_up_jobs(MONDAY)
        self.assertEqual(jobs.mapped("state"), ["done"])
        self.assertEqual(cases.letter_ids, letters)

    def test_what_is_locked_is_looked_at_again_in_a_quarter_of_an_hour(self):
        cases = self._overdue_customers(3)
        locked, free = cases[0], cases[1:]
        self._daily_run(MONDAY)
        lock = type(self.Case).try_lock_for_update

        def busy(records, *arguments, **how):
            return lock(records - locked, *arguments, **how)

        with patch.object(type(self.Case), "try_lock_for_update", busy):
            self._take_up_jobs(MONDAY)
        self.assertEqual(free.mapped("run_date"), [MONDAY] * 2, "One that is locked holds up nobody else")
        self.assertFalse(locked.run_date)
        again = self._jobs(CASES, state="pending")
        self.assertEqual((len(again), str(again.eta)), (1, f"{MONDAY} 05:15:00"))
        self._take_up_jobs(MONDAY, "05:10")
        self.assertFalse(locked.run_date)
        self._take_up_jobs(MONDAY, "05:16")
        self.assertEqual(cases.mapped("run_date"), [MONDAY] * 3)
        self.assertEqual(set(self._jobs(CASES).mapped("state")), {"done"})

    def test_a_case_that_is_gone_meanwhile_is_not_taken_for_a_locked_one(self):
        cases = self._overdue_customers(2)
        self._daily_run(MONDAY)
        cases[0].sudo().unlink()
        self._take_up_jobs(MONDAY)
        self.assertEqual(self._jobs(CASES).mapped("state"), ["done"])
        self.assertEqual(cases[1].run_date, MONDAY)

    def test_one_that_fails_is_told_and_harms_no_other(self):
        cases = self._overdue_customers(3)
        self._daily_run(MONDAY)
        begin = type(self.Case)._begin_steps

        def fails(records, amounts):
            if cases[1] in records:
                raise ValueError("No rate for this currency")
            return begin(records, amounts)

        with patch.object(type(self.Case), "_begin_steps", fails), mute_logger("odoo.addons.grey_hat_collections"):
            self._take_up_jobs(MONDAY)
        self.assertEqual(self._jobs(CASES).mapped("state"), ["done"])
        self.assertEqual(cases.mapped("last_error"), [False, "No rate for this currency", False])
        self.assertEqual(len(cases.letter_ids), 2)

    def test_a_conflict_with_another_host_is_tried_again_by_the_queue(self):
        cases = self._overdue_customers(2)
        self._daily_run(MONDAY)

        class Conflict(psycopg2.OperationalError):
            pgcode = "40001"

        with patch.object(type(self.Case), "_decide_and_act", side_effect=Conflict("changed by another host")):
            self._take_up_jobs(MONDAY)
        job = self._jobs(CASES)
        self.assertEqual((job.state, str(job.eta), job.retry), ("pending", f"{MONDAY} 05:00:05", 1))
        self.assertFalse(any(cases.mapped("run_date")), "and what was half done is undone")
        self._take_up_jobs(MONDAY, "05:01")
        self.assertEqual(job.state, "done")
        self.assertEqual(cases.mapped("run_date"), [MONDAY] * 2)

    def test_each_company_has_jobs_of_its_own(self):
        other = self._create_company(name="Branch", currency_id=self.company.currency_id.id)
        case = self._overdue_customer("Acme")
        theirs = self.Case.sudo().create(
            {
                "partner_id": self._customer("Bolt").id,
                "company_id": other.id,
                "policy_id": self.standard.id,
                "next_action_date": MONDAY,
            }
        )
        with self._on(MONDAY), self.enter_registry_test_mode(), self._cursor() as env:
            (case | theirs).with_env(env)._run_in_batches()
        jobs = self._jobs(CASES)
        self.assertEqual({job.company_id: job.records.sudo() for job in jobs}, {self.company: case, other: theirs})

    def test_without_a_job_runner_the_work_is_done_all_the_same(self):
        cases = self._overdue_customers(2)
        self._daily_run(MONDAY)
        self.assertEqual(len(self._jobs(CASES)), 1)
        with self.assertLogs(QUEUE, "WARNING") as log:
            self._daily_run(self._day(1))
        self.assertIn("is a job runner alive?", log.output[0])
        self.assertEqual(cases.mapped("run_date"), [self._day(1)] * 2)
        self.assertEqual(len(cases.letter_ids), 2)
        self._take_up_jobs(self._day(1), "09:00")
        self.assertEqual(len(cases.letter_ids), 2, "A runner that comes late finds nothing to do")

    def test_a_long_queue_is_no_reason_to_do_without_it(self):
        cases = self._overdue_customers(4)
        self._daily_run(MONDAY)
        first, second = self._jobs(CASES)
        with self._on(self._day(1), "04:30"), self.enter_registry_test_mode():
            self._take_up(first.uuid)  # somebody works, if slowly
        self.assertEqual((first.state, second.state), ("done", "pending"))
        self._daily_run(self._day(1))
        self.assertEqual(cases.mapped("run_date"), [self._day(1)] * 3 + [False])

    def test_size_of_jobs_from_a_nonsensical_parameter(self):
        parameters = self.env["ir.config_parameter"].sudo()
        for value, size in (("250", 250), ("0", 1), ("many", 100), ("-5", 100), (False, 100)):
            with self.subTest(value):
                parameters.set_param("grey_hat_collections_queue_job.cases_in_a_job", value)
                self.assertEqual(self.Case._cases_in_a_job(), size)

    def test_jobs_are_forgotten_when_the_add_on_goes(self):
        self._overdue_customers(2)
        self._daily_run(MONDAY)
        other = self.Job.with_delay()._test_job().db_record()
        uninstall_hook(self.env(su=True))
        self.assertFalse(self._jobs(CASES))
        self.assertEqual(other.state, "pending", "Other people's jobs are none of our business")

    def test_jobs_bypassed_on_purpose(self):
        cases = self._overdue_customers(2)
        with self._on(MONDAY), self.enter_registry_test_mode(), self._cursor() as env:
            cases.with_env(env).with_context(queue_job__no_delay=True)._run_in_batches()
        self.assertEqual(cases.mapped("run_date"), [MONDAY] * 2)
        self.assertFalse(self._jobs(CASES))
