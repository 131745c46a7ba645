from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY
from .notes_common import NotesCommon


@tagged("post_install", "-at_install")
class TestAnswers(NotesCommon):
    """An answer stops the letters until somebody has read it; silence brings the final notice nearer."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer()
        self._daily_run(MONDAY)
        self._send(MONDAY)

    def test_a_mail_of_the_customer_stops_letters_until_it_was_read(self):
        self._mail(self.case)
        self.assertRecordValues(
            self.case,
            [{"last_reply_date": MONDAY, "unanswered_count": 0, "decision_code": "reply_unread", "reply_unread": True}],
        )
        self.assertEqual(self._unread(self.case).user_id, self.collector)
        self.assertEqual(self.Case.search([("reply_unread", "=", True)]), self.case)
        self.assertNotIn(self.case, self.Case.search([("reply_unread", "=", False)]))
        self._daily_run(self._day(14))  # long after the days of rest
        self.env.invalidate_all()
        self.assertFalse(self.case.pending_step_id)
        with self._on(self._day(15)):
            self._unread(self.case).with_user(self.collector).action_done()
        self._daily_run(self._day(16))
        self.env.invalidate_all()
        self.assertFalse(self.case.reply_unread)
        self.assertEqual(self.case.pending_step_id.name, "Call")

    def test_a_letter_that_waits_for_its_hour_is_kept_back(self):
        case = self._overdue_customer("Borealis")
        self._daily_run(MONDAY)
        self.assertEqual(case.letter_ids.state, "queued")
        with self._on(MONDAY, "07:00"):
            case.sudo().message_update({"body": "On it", "email_from": "pay@borealis.example"})
        self._send(MONDAY)
        self.assertEqual(case.letter_ids.state, "cancelled")
        self.assertEqual(self._sent_to(), [])

    def test_the_setting_off_letters_wait_for_the_days_of_rest_only(self):
        self.company.collection_reply_stops = False
        self._mail(self.case)
        self.assertFalse(self._unread(self.case))
        self.assertEqual(self.case.last_reply_date, MONDAY)
        self._daily_run(self._day(8))
        self.env.invalidate_all()
        self.assertEqual(self.case.pending_step_id.name, "Call")

    def test_two_mails_are_read_together(self):
        self._mail(self.case)
        self._mail(self.case, "And one more thing", clock="16:00")
        self.assertEqual(len(self._unread(self.case)), 1)

    def test_a_note_about_the_conversation_has_read_the_answer(self):
        self._mail(self.case)
        with self._on(self._day(1)):
            dialog = self.env["collection.log.contact"].with_user(self.collector)
            dialog.create({"case_id": self.case.id, "outcome": "reached"}).action_log()
        self.env.invalidate_all()
        self.assertFalse(self.case.reply_unread)

    def test_an_out_of_office_note_is_no_answer(self):
        for header in ("Auto-Submitted: auto-replied\n", "Precedence: auto_reply\n", "X-Autoreply: yes\n"):
            self._mail(self.case, "I am away until the 15th", headers=header)
        self.assertRecordValues(self.case, [{"last_reply_date": False, "unanswered_count": 1, "reply_unread": False}])
        self.assertIn("I am away", self.case.message_ids[0].body)
        self._mail(self.case, headers="Auto-Submitted: no\n")
        self.assertTrue(self.case.reply_unread)

    def test_a_mail_counts_when_a_note_is_corrected(self):
        self._mail(self.case)
        note = self._tell(self.case, self._day(1), "no_answer")
        with self._on(self._day(1), "11:00"):
            note.outcome = "left_message"
        self.env.invalidate_all()
        self.assertRecordValues(self.case, [{"last_reply_date": MONDAY, "unanswered_count": 1}])


@tagged("post_install", "-at_install")
class TestSilence(NotesCommon):
    """Four contacts without an answer over two weeks are silence."""

    def _begin(self):
        super()._begin()
        steps = [(1, "reminder", "Reminder"), (30, "final_notice", "Final notice")]
        self.company.collection_policy_id = (
            self.env["collection.policy"]
            .sudo()
            .create(
                {
                    "name": "Two letters",
                    "step_ids": [
                        Command.create(
                            {
                                "sequence": number,
                                "name": name,
                                "days_overdue": days,
                                "days_since_previous": 7,
                                "letter_kind": kind,
                                "stage_id": self._stage(kind).id,
                                "mail_template_id": self.env.ref(f"grey_hat_collections.mail_template_{kind}").id,
                            }
                        )
                        for number, (days, kind, name) in enumerate(steps)
                    ],
                }
            )
        )
        self.case = self._overdue_customer(days=2)
        self._daily_run(MONDAY)
        self._send(MONDAY)
        for day in (2, 4, 9):
            self._tell(self.case, self._day(day), "no_answer")

    def _stage(self, kind):
        wanted = "final_notice" if kind == "final_notice" else "normal"
        return self.env["collection.stage"].search([("kind", "=", wanted)], limit=1)

    def test_silence_brings_the_final_notice_forward(self):
        self._daily_run(self._day(11))
        self.env.invalidate_all()
        self.assertRecordValues(self.case, [{"unanswered_count": 4, "is_silent": False}])
        self.assertEqual(self.case.next_action_date, self._day(28), "30 days after the due date")
        self._daily_run(self._day(14))
        self.env.invalidate_all()
        self.assertTrue(self.case.is_silent)
        self.assertEqual(self.case.pending_step_id.name, "Final notice")

    def test_an_answer_takes_the_mark_away_and_the_final_notice_back(self):
        with self._on(self._day(14), "03:00"):
            self.case.sudo()._decide()
            self.assertTrue(self.case.is_silent)
        self._tell(self.case, self._day(14), "reached", clock="04:00")
        self.assertRecordValues(self.case, [{"unanswered_count": 0, "is_silent": False}])
        self._daily_run(self._day(14))
        self.env.invalidate_all()
        self.assertFalse(self.case.pending_step_id)
        self.assertEqual(self.case.next_action_date, self._day(28))

    def test_a_company_may_do_without_silence(self):
        self.company.collection_silent_attempts = 0
        self._daily_run(self._day(14))
        self.env.invalidate_all()
        self.assertFalse(self.case.is_silent)
