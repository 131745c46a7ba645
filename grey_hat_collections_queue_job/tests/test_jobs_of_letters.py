import smtplib

from odoo.tests import tagged
from odoo.tools import mute_logger

from .jobs_common import MONDAY, JobsCommon

CASES, LETTERS = "root.collections", "root.collections_letters"
QUEUE = "odoo.addons.grey_hat_collections_queue_job.models.queue_job"


@tagged("post_install", "-at_install")
class TestJobsOfLetters(JobsCommon):
    """Each letter leaves as a job. The story begins on Monday, 2 March 2026."""

    def _queued(self, count):
        """Cases whose friendly reminder waits in the queue on Monday."""
        cases = self._overdue_customers(count)
        self._daily_run(MONDAY)
        self._take_up_jobs(MONDAY)
        self.assertEqual(cases.letter_ids.mapped("state"), ["queued"] * count)
        return cases

    def _ask(self, clock="12:00"):
        """The scheduled action that would send letters; whatever it hands to a mail server is seen."""
        self._send(MONDAY, clock)
        self.assertFalse(self._sent_to(), "It sends nothing itself")

    def test_each_letter_is_a_job_in_a_channel_of_its_own(self):
        cases = self._queued(3)
        self._ask()
        jobs = self._jobs(LETTERS)
        self.assertEqual([job.records for job in jobs], list(cases.letter_ids.sorted("id")))
        self.assertEqual(
            jobs[0].name, f"Collections: send {cases[0].letter_ids.name} to Customer 0", "A person understands it"
        )
        self.assertEqual(jobs.mapped("company_id"), self.company)
        self._take_up_jobs(MONDAY, "12:01")
        self.assertEqual(sorted(self._sent_to()), [f"customer.{number}@customer.example" for number in range(3)])
        self.assertEqual(jobs.mapped("state"), ["done"] * 3)
        self.assertEqual(cases.letter_ids.mapped("state"), ["sent"] * 3)
        self.assertEqual(cases.mapped("step_id.name"), ["Friendly reminder"])
        self.assertEqual(cases.mapped("step_date"), [MONDAY] * 3)

    def test_asked_every_quarter_of_an_hour_it_is_one_job(self):
        self._queued(2)
        self._ask()
        jobs = self._jobs(LETTERS)
        self._ask("12:15")
        self.assertEqual(self._jobs(LETTERS), jobs)
        jobs[0].state = "started"
        self._ask("12:30")
        self.assertEqual(self._jobs(LETTERS), jobs, "nor is another asked for while one is at work")

    def test_a_long_queue_is_looked_through_with_a_few_queries(self):
        """Every quarter of an hour the same letters are still due, as long as their jobs wait."""
        letters = self._queued(6).letter_ids.sudo()
        self._ask()
        counts = []
        with self._on(MONDAY, "12:15"), self.enter_registry_test_mode():
            for some in (letters[:2], letters):
                with self._cursor() as env:
                    before = env.cr.sql_log_count
                    some.with_env(env)._send_in_turn()
                    counts.append(env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[1], 10)
        self.assertEqual(len(self._jobs(LETTERS)), 6)

    def test_a_job_that_comes_twice_sends_nothing_the_second_time(self):
        self._queued(1)
        self._ask()
        self._take_up_jobs(MONDAY, "12:01")
        self.assertEqual(len(self._sent_to()), 1)
        self._jobs(LETTERS).requeue()
        self._take_up_jobs(MONDAY, "12:02")
        self.assertFalse(self._sent_to())
        self.assertEqual(self._jobs(LETTERS).state, "done")

    def test_a_host_dies_while_it_speaks_to_the_mail_server(self):
        """Its job comes back to another host, which leaves the letter alone; a person is asked."""
        cases = self._queued(1)
        letter = cases.letter_ids
        self._ask()
        with self._on(MONDAY, "12:01"), self._mail_server(), self.enter_registry_test_mode(), self._cursor() as env:
            self.assertTrue(letter.with_env(env)._claim())
            env.cr.commit()  # and here it dies
        self._take_up_jobs(MONDAY, "12:02")
        self.assertFalse(self._sent_to())
        self.assertEqual((letter.state, bool(letter.handover_at)), ("queued", True))
        self._ask("12:30")
        self.assertEqual(letter.state, "failed")
        self.assertIn("may or may not have reached the customer", letter.failure_reason)
        self.assertEqual(cases.activity_ids.user_id, self.collector)

    def test_a_mail_server_that_is_away_is_tried_again_by_the_next_turn(self):
        cases = self._queued(1)
        letter = cases.letter_ids
        self._ask()
        self._take_up_jobs(MONDAY, "12:01", unreachable=ConnectionRefusedError("nobody listens"))
        self.assertEqual((letter.state, letter.attempts), ("queued", 1))
        self.assertEqual(self._jobs(LETTERS).state, "done", "The job is over; the letter waits for another")
        self._ask("12:30")
        self._take_up_jobs(MONDAY, "12:31")
        self.assertEqual((letter.state, len(self._jobs(LETTERS))), ("sent", 2))

    def test_a_refused_letter_is_told_as_ever(self):
        cases = self._queued(1)
        self._ask()
        refusal = smtplib.SMTPRecipientsRefused({"customer.0@customer.example": (550, b"nobody of that name")})
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            self._take_up_jobs(MONDAY, "12:01", refused=refusal)
        self.assertEqual(cases.letter_ids.state, "failed")
        self.assertEqual(cases.activity_ids.user_id, self.collector)

    def test_paid_while_the_job_waited(self):
        cases = self._queued(1)
        letter = cases.letter_ids
        self._ask()
        self._customer_pays(cases, day=MONDAY, clock="12:00")
        self._take_up_jobs(MONDAY, "12:01")
        self.assertFalse(self._sent_to())
        self.assertEqual((letter.state, cases.state), ("cancelled", "closed"))

    def test_without_a_job_runner_letters_leave_all_the_same(self):
        cases = self._queued(2)
        self._ask()
        with self.assertLogs(QUEUE, "WARNING"):
            self._send(MONDAY, "13:15")
        self.assertEqual(len(self._sent_to()), 2)
        self.assertEqual(cases.letter_ids.mapped("state"), ["sent"] * 2)
        self._take_up_jobs(MONDAY, "13:30")
        self.assertFalse(self._sent_to(), "A runner that comes late finds nothing to do")
