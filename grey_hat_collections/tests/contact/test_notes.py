from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ...models.contact.note import CORRECTABLE
from ..common import MONDAY
from .notes_common import NotesCommon

FEW, MANY = 3, 30


@tagged("post_install", "-at_install")
class TestNotes(NotesCommon):
    """What was said is a record: found again, corrected for a day, and never without a trace."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer()
        self.acme = self.case.partner_id
        self.colleague = new_test_user(
            self.env,
            "colleague",
            "base.group_user,grey_hat_collections.group_all_cases",
            company_id=self.company.id,
            name="Colin League",
        )

    # -- Found again ---------------------------------------------------------------------------------------------

    def test_notes_are_listed_newest_first_and_found_by_their_words(self):
        invoice = self.acme.invoice_ids
        first = self._tell(self.case, MONDAY, "reached", note="Waits for the signature of Ms Okafor")
        second = self._tell(self.case, self._day(1), "left_message", invoice_ids=[Command.set(invoice.ids)])
        self.assertEqual(self.case.note_ids, second + first)
        self.assertEqual(self.case.note_count, 2)
        notes = self.env["collection.note"].with_user(self.collector)
        self.assertEqual(notes.search([("note", "ilike", "okafor")]), first)
        self.assertEqual(
            notes.search(self.case.with_user(self.collector).action_open_notes()["domain"]), second + first
        )
        customer = self.acme.with_user(self.collector)
        self.assertEqual(customer.collection_note_count, 2)
        self.assertEqual(notes.search(customer.action_open_collection_notes()["domain"]), second + first)
        concerned = invoice.with_user(self.collector)
        self.assertEqual(concerned.collection_note_count, 1)
        self.assertEqual(notes.search(concerned.action_open_collection_notes()["domain"]), second)

    def test_a_person_has_the_notes_of_own_conversations(self):
        person = self._customer("Pat", parent_id=self.acme.id, is_company=False)
        note = self._tell(self.case, MONDAY, "reached", contact_id=person.id)
        self._tell(self.case, MONDAY, "reached")
        self.assertEqual(person.with_user(self.collector).collection_note_count, 1)
        action = person.with_user(self.collector).action_open_collection_notes()
        self.assertEqual(self.env["collection.note"].search(action["domain"]), note)

    def test_without_rights_there_is_nothing_to_see(self):
        note = self._tell(self.case, MONDAY, "reached")
        self.assertEqual(self.acme.with_user(self.stranger).collection_note_count, 0)
        self.assertEqual(note.with_user(self.accountant).outcome, "reached")
        for user in (self.stranger, self.accountant):
            with self.assertRaises(AccessError):
                self._note(self.case, user=user)
        with self.assertRaises(AccessError):
            note.with_user(self.accountant).note = "Changed"
        single = new_test_user(
            self.env, "single", "base.group_user,grey_hat_collections.group_collector", company_id=self.company.id
        )
        self.assertFalse(self.env["collection.note"].with_user(single).search_count([]))
        with self.assertRaises(AccessError):
            self._note(self.case, user=single)

    def test_another_company_does_not_hear_of_it(self):
        note = self._tell(self.case, MONDAY, "reached")
        other = self.setup_other_company()["company"]
        abroad = new_test_user(
            self.env,
            "abroad",
            "base.group_user,grey_hat_collections.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            note.with_user(abroad).read(["note"])
        self.assertEqual(self.acme.with_user(abroad).collection_note_count, 0)

    def test_the_number_of_queries_of_the_list_does_not_grow(self):
        def work(limit):
            notes = self.env["collection.note"].with_user(self.collector)
            fields = {name: {} for name in ("date", "outcome", "note", "duration", "can_correct")}
            names = ("partner_id", "contact_id", "promise_ids", "user_id")
            fields |= {name: {"fields": {"display_name": {}}} for name in names}
            found = notes.web_search_read([], fields, limit=limit)
            self.assertEqual(len(found["records"]), limit)

        with self._on(MONDAY):
            self.env["collection.note"].with_user(self.collector).create(
                [{"case_id": self.case.id, "outcome": "reached", "contact_id": self.acme.id}] * MANY
            )
        counts = []
        for limit in (FEW, FEW, MANY):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            work(limit)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # -- Corrected -----------------------------------------------------------------------------------------------

    def test_the_author_corrects_a_note_for_a_day_and_the_correction_is_told(self):
        note = self._tell(self.case, MONDAY, "reached", note="Pays on the 10th")
        with self._on(self._day(1), "09:59"):
            note.note = "Pays on the 12th"
            self._write_history()
        told = note.sudo().message_ids.tracking_value_ids
        self.assertEqual((told.old_value_text, told.new_value_text), ("Pays on the 10th", "Pays on the 12th"))

    def test_after_a_day_only_a_manager_corrects(self):
        note = self._tell(self.case, MONDAY, "reached", note="Pays on the 10th")
        self.env.cr.execute("UPDATE collection_note SET create_date = %s", [f"{MONDAY} 10:00:00"])
        self.env.invalidate_all()
        with self._on(self._day(1), "10:01"):
            self.assertFalse(note.can_correct)
            with self.assertRaisesRegex(AccessError, "more than a day old"):
                note.note = "Pays on the 12th"
            self.assertTrue(note.with_user(self.manager).can_correct)
            note.with_user(self.manager).note = "Pays on the 12th"
        self.assertEqual(note.note, "Pays on the 12th")

    def test_nobody_corrects_the_note_of_a_colleague(self):
        note = self._tell(self.case, MONDAY, "reached")
        with self._on(MONDAY, "10:30"):
            self.assertFalse(note.with_user(self.colleague).can_correct)
            for values in ({"note": "x"}, {"invoice_ids": [Command.clear()]}, {"active": False}, {"mood": "angry"}):
                with self.assertRaisesRegex(AccessError, "written by Cora Lector"):
                    note.with_user(self.colleague).write(values)
            note.with_user(self.manager).mood = "friendly"

    def test_whose_note_it_is_and_on_which_case_stays(self):
        note = self._tell(self.case, MONDAY, "reached")
        other = self._overdue_customer("Other")
        with self._on(MONDAY, "10:30"):
            for values in ({"case_id": other.id}, {"partner_id": other.partner_id.id}, {"answered": False}):
                with self.assertRaisesRegex(AccessError, "cannot be changed"):
                    note.with_user(self.manager).write(values)
            with self.assertRaisesRegex(AccessError, "Only a collections manager"):
                note.user_id = self.colleague
            note.with_user(self.manager).user_id = self.colleague
        self.assertEqual(note.user_id, self.colleague)

    def test_every_field_that_may_be_corrected_is_tracked(self):
        tracked = {name for name, field in self.env["collection.note"]._fields.items() if getattr(field, "tracking", 0)}
        self.assertEqual(tracked, set(CORRECTABLE))

    def test_the_invoices_of_a_note_are_tracked_as_well(self):
        note = self._tell(self.case, MONDAY, "reached")
        invoice = self.acme.invoice_ids
        with self._on(MONDAY, "11:00"):
            note.invoice_ids = invoice
            self._write_history()
        self.assertIn(invoice.name, note.sudo().message_ids.tracking_value_ids.new_value_char)

    def test_a_correction_counts_anew(self):
        self._daily_run(MONDAY)
        self._send(MONDAY)
        note = self._tell(self.case, self._day(1), "no_answer")
        self.assertEqual(self.case.unanswered_count, 2, "The reminder and the call")
        with self._on(self._day(1), "11:00"):
            note.outcome = "reached"
            self.env.invalidate_all()
            self.assertRecordValues(
                self.case,
                [{"unanswered_count": 0, "unanswered_since": False, "last_reply_date": self._day(1)}],
            )
            note.active = False
            self.env.invalidate_all()
        self.assertRecordValues(
            self.case,
            [
                {
                    "unanswered_count": 1,
                    "unanswered_since": MONDAY,
                    "last_reply_date": False,
                    "last_contact_date": MONDAY,
                }
            ],
        )

    def test_a_note_is_never_deleted(self):
        note = self._tell(self.case, MONDAY, "reached")
        with self.assertRaises(AccessError):
            note.unlink()
        with self.assertRaisesRegex(UserError, "must be kept"):
            note.sudo().unlink()

    def test_what_cannot_have_been_is_refused(self):
        self._freeze(MONDAY, "10:00")
        with self.assertRaisesRegex(UserError, "cannot be logged in the future"):
            self._note(self.case, date=f"{MONDAY} 12:00:00")
        with self.assertRaisesRegex(AccessError, "the person who made the contact"):
            self._note(self.case, user_id=self.colleague.id)
        self._note(self.case, user=self.manager, user_id=self.colleague.id)
        with self.assertRaisesRegex(ValidationError, "do not belong to Acme"):
            foreign = self._invoice(self._customer("Other"), 10, MONDAY)
            self._note(self.case, invoice_ids=[Command.set(foreign.ids)])
        with self.assertRaisesRegex(ValidationError, "Stranger does not belong to Acme"):
            self._note(self.case, contact_id=self._customer("Stranger").id)

    # -- Counted -------------------------------------------------------------------------------------------------

    def test_each_attempt_counts_and_an_answer_begins_anew(self):
        self._tell(self.case, MONDAY, "no_answer")
        self._tell(self.case, self._day(1), "left_message")
        self._tell(self.case, self._day(1), "wrong_number", clock="11:00")
        self.assertRecordValues(
            self.case,
            [{"unanswered_count": 2, "unanswered_since": MONDAY, "last_contact_date": self._day(1)}],
        )
        self._tell(self.case, self._day(2), "left_message", direction="in")
        self.assertRecordValues(
            self.case,
            [{"unanswered_count": 0, "unanswered_since": False, "last_reply_date": self._day(2)}],
        )

    def test_a_note_written_down_later_counts_on_its_day(self):
        self._tell(self.case, MONDAY, "no_answer")
        self._tell(self.case, self._day(3), "no_answer")
        self._tell(self.case, self._day(4), "reached", date=f"{self._day(1)} 09:00:00")
        self.assertRecordValues(
            self.case,
            [
                {
                    "unanswered_count": 1,
                    "unanswered_since": self._day(3),
                    "last_reply_date": self._day(1),
                    "last_contact_date": self._day(3),
                }
            ],
        )
        self._tell(self.case, self._day(4), "no_answer", date=f"{MONDAY} 08:00:00")
        self.assertEqual(self.case.unanswered_count, 1, "That was before the answer")
        contacts = self.case.sudo()._recent_contacts()
        self.assertFalse(contacts[self.case.id], "Long ago by the clock of this machine")

    def test_the_budget_counts_what_we_did_and_not_what_the_customer_did(self):
        self._tell(self.case, MONDAY, "no_answer")
        self._tell(self.case, MONDAY, "reached", direction="in")
        self._tell(self.case, MONDAY, "wrong_number")
        self._tell(self.case, MONDAY, "reached", channel="email")
        with self._on(MONDAY, "12:00"):
            contacts = self.case.sudo()._recent_contacts()[self.case.id]
        self.assertEqual(contacts, [MONDAY] * 2)

    def test_unanswered_contacts_raise_the_priority(self):
        before = self.case.priority_score
        self._tell(self.case, MONDAY, "no_answer")
        self.assertGreater(self.case.priority_score, before)

    def test_text_that_looks_like_code_stays_text_in_the_history_of_alterations(self):
        note = self._tell(self.case, MONDAY, "reached", note="<img src=x onerror=alert(1)>")
        with self._on(MONDAY, "10:10"):
            note.note = "<b>bold</b>"
            self._write_history()
        self.assertEqual(note.sudo().message_ids.tracking_value_ids.new_value_text, "<b>bold</b>")
        self.assertFalse(any("<b>bold" in body for body in note.message_ids.mapped("body")))
