from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..common import MONDAY
from .log_contact_common import CALL_DAY, LogContactCommon


@tagged("post_install", "-at_install")
class TestLogContact(LogContactCommon):
    """One dialog records a contact and all that follows from it."""

    # -- Left a message, no answer -------------------------------------------------------------------------------

    def test_left_a_message_takes_a_badge_and_save(self):
        note = self._log("left_message")
        self.assertRecordValues(
            note,
            [
                {
                    "partner_id": self.acme.id,
                    "contact_id": self.acme.id,
                    "user_id": self.collector.id,
                    "channel": "call",
                    "direction": "out",
                    "answered": False,
                    "duration": 1,
                }
            ],
        )
        self.assertRecordValues(
            self.case,
            [
                {
                    "step_id": self.standard.step_ids[1].id,
                    "pending_step_id": False,
                    "last_contact_date": CALL_DAY,
                    "last_reply_date": False,
                    "unanswered_count": 2,
                    "unanswered_since": MONDAY,
                }
            ],
        )
        self.assertEqual(self._done(), self.call)
        self.assertEqual(self.call.sudo().collection_note_id, note)
        again = self._asked("call_again")
        friday = CALL_DAY + timedelta(days=2)
        self.assertRecordValues(again, [{"date_deadline": friday, "user_id": self.collector.id, "automated": True}])
        self.assertRecordValues(self.case, [{"next_action_date": friday, "decision_code": "call_again"}])

    def test_the_next_attempt_falls_on_a_working_day(self):
        self.company.collection_retry_days = 3
        self._log("no_answer")
        self.assertEqual(self._asked("call_again").date_deadline, CALL_DAY + timedelta(days=5), "Monday, not Saturday")

    def test_a_second_attempt_takes_the_place_of_the_first(self):
        self._log("no_answer")
        self._log("left_message", note="On the machine of Mr Roe")
        again = self._asked("call_again")
        self.assertEqual(len(again), 1)
        self.assertEqual(len(self.case.note_ids), 2)
        self.assertEqual(self.case.unanswered_count, 3)

    def test_a_contact_is_counted_once_against_the_budget_not_twice_with_its_activity(self):
        self._log("left_message")
        contacts = self.case.sudo()._recent_contacts()[self.case.id]
        self.assertEqual(contacts.count(CALL_DAY), 1)
        self.assertEqual(self.case.unanswered_count, 2, "The reminder and the call")

    def test_every_call_marked_as_done_without_a_note_counts_against_the_budget(self):
        self._log("callback", next_date=CALL_DAY)
        self._asked("callback").with_user(self.collector).action_done()
        contacts = self.case.sudo()._recent_contacts()[self.case.id]
        self.assertEqual(contacts.count(CALL_DAY), 2)

    def test_saving_twice_records_once(self):
        dialog = self._dialog()
        dialog.outcome = "no_answer"
        record = dialog.save()
        record.action_log()
        record.action_log()
        self.assertEqual(len(self.case.note_ids), 1)
        self.assertEqual(self.case.unanswered_count, 2)

    def test_minutes_are_measured_unless_somebody_types_them(self):
        dialog = self._dialog()
        with self._on(CALL_DAY, "10:07"):
            dialog.outcome = "reached"
            self.assertEqual(dialog.duration, 7)
            record = dialog.save()
        with self._on(CALL_DAY, "10:09"):
            record.action_log()
        self.assertEqual(record.note_id.duration, 9)
        dialog = self._dialog()
        dialog.outcome = "reached"
        dialog.duration = 25
        with self._on(CALL_DAY, "10:12"):
            record = dialog.save()
            record.action_log()
        self.assertEqual(record.note_id.duration, 25)

    # -- Which activities are finished ---------------------------------------------------------------------------

    def test_the_dialog_finishes_the_call_from_which_it_was_opened(self):
        note = self._log("reached", activity=self.call, note="They are sorting it out")
        self.assertEqual(self._done().sudo().collection_note_id, note)
        self.assertFalse(self._asked("call"))
        self.assertIn("They are sorting it out", self.case.message_ids[0].body)

    def test_what_remains_to_be_done_can_be_taken_out(self):
        dialog = self._dialog()
        self.assertEqual(dialog.activity_ids.ids, self.call.ids)
        dialog.activity_ids.clear()
        dialog.outcome = "reached"
        dialog.save().action_log()
        self.env.invalidate_all()
        self.assertEqual(self.case.activity_ids, self.call)
        self.assertEqual(self.case.pending_step_id.name, "Call")

    def test_a_call_agreed_for_a_later_day_survives_a_message_on_the_machine(self):
        self._log("callback", next_date=CALL_DAY + timedelta(days=7))
        self._log("left_message")
        self.assertEqual(self._asked("callback").date_deadline, CALL_DAY + timedelta(days=7))

    def test_a_new_agreement_takes_the_place_of_the_earlier_one(self):
        self._log("callback", next_date=CALL_DAY + timedelta(days=7))
        self._log("callback", next_date=CALL_DAY + timedelta(days=2))
        self.assertEqual(self._asked("callback").mapped("date_deadline"), [CALL_DAY + timedelta(days=2)])

    def test_activities_of_another_case_are_left_alone(self):
        other = self._overdue_customer("Other")
        activity = other.sudo().activity_schedule(
            "grey_hat_collections.mail_activity_type_call", user_id=self.collector.id, date_deadline=CALL_DAY
        )
        record = self._dialog()
        record.outcome = "reached"
        record = record.save()
        record.activity_ids += activity.with_user(self.collector)
        record.action_log()
        self.assertTrue(activity.active)

    def test_a_review_in_the_house_is_no_contact_with_the_customer(self):
        self.call.sudo().unlink()
        self.case.sudo().write({"pending_step_id": self.standard.step_ids[-1].id})
        review = self.case.sudo().activity_schedule(
            "grey_hat_collections.mail_activity_type_agency_review", automated=True, user_id=self.collector.id
        )
        before = self.case.unanswered_count
        review.with_user(self.collector).action_done()
        self.env.invalidate_all()
        self.assertEqual(self.case.unanswered_count, before)

    # -- Promises ------------------------------------------------------------------------------------------------

    def test_a_promise_is_proposed_over_what_is_asked_for(self):
        dialog = self._dialog()
        dialog.outcome = "promised"
        self.assertEqual(dialog.amount, 500)
        self.assertEqual(dialog.date_promised, CALL_DAY + timedelta(days=7))
        note = self._log("promised", date_promised=CALL_DAY + timedelta(days=5))
        promise = self.case.promise_ids
        self.assertRecordValues(
            promise,
            [
                {
                    "amount": 500,
                    "date_promised": CALL_DAY + timedelta(days=5),
                    "note_id": note.id,
                    "contact_id": self.acme.id,
                    "user_id": self.collector.id,
                    "pauses": True,
                }
            ],
        )
        self.assertRecordValues(
            self.case,
            [
                {
                    "step_id": self.standard.step_ids[1].id,  # the call was made
                    "amount_chased": 0,
                    "decision_code": "promised",
                    "unanswered_count": 0,
                    "last_reply_date": CALL_DAY,
                    "next_action_date": CALL_DAY + timedelta(days=6),
                }
            ],
        )

    def test_a_promise_beyond_what_is_owed_is_refused_and_nothing_is_recorded(self):
        with self.assertRaisesRegex(ValidationError, "more than Acme owes"), self.env.cr.savepoint():
            self._log("promised", amount=700)
        self.env.invalidate_all()
        self.assertFalse(self.case.note_ids)
        self.assertFalse(self.case.promise_ids)
        self.assertEqual(self.case.activity_ids, self.call)
        self.assertEqual(self.case.unanswered_count, 1)

    def test_a_promise_for_yesterday_is_refused_in_a_sentence(self):
        with self.assertRaisesRegex(UserError, "A promise must be for today or later"):
            self._log("promised", date_promised=CALL_DAY - timedelta(days=1))

    def test_a_promise_of_nothing_is_refused_in_a_sentence(self):
        with self.assertRaisesRegex(UserError, "how much was promised"):
            self._log("promised", amount=0)

    def test_an_earlier_promise_in_the_way_is_withdrawn_first(self):
        self._log("promised", amount=400)
        earlier = self.case.promise_ids
        dialog = self._dialog()
        dialog.outcome = "promised"
        self.assertEqual(dialog.amount, 100, "What is not promised yet")
        self.assertFalse(dialog.replaced_ids.ids, "There is room beside it")
        dialog.amount = 500
        self.assertEqual(dialog.replaced_ids.ids, earlier.ids)
        dialog.save().action_log()
        self.env.invalidate_all()
        self.assertEqual(earlier.state, "withdrawn")
        self.assertEqual((self.case.promise_ids - earlier).mapped("amount"), [500])
        self.assertEqual(self.case.amount_chased, 0)

    def test_when_all_is_promised_the_same_amount_is_proposed_for_another_day(self):
        self._log("promised")
        earlier = self.case.promise_ids
        self._log("promised", date_promised=CALL_DAY + timedelta(days=14))
        self.assertEqual(earlier.state, "withdrawn")
        self.assertEqual((self.case.promise_ids - earlier).amount, 500)

    def test_a_promise_for_chosen_items(self):
        later = self._invoice(self.acme, 80, CALL_DAY - timedelta(days=2))
        self._settle_transaction()
        self.env.invalidate_all()
        line = self._items(later)
        dialog = self._dialog()
        dialog.outcome = "promised"
        self.assertEqual(dialog.amount, 580)
        dialog.item_ids.add(line)
        self.assertEqual(dialog.amount, 80)
        record = dialog.save()
        record.action_log()
        self.env.invalidate_all()
        self.assertEqual(self.case.promise_ids.item_ids, line)
        self.assertEqual(record.note_id.sudo().invoice_ids, later, "The note is found from the invoice")
        self.assertEqual(self.case.amount_chased, 500)
