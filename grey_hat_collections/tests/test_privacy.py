import re
from unittest.mock import patch

from markupsafe import Markup
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.collection_privacy import WORDS
from .handover_common import HandOverCommon

NAME, EMAIL, PHONE = 'Zacharias "Zac" Quillfeather & Söhne', "z.quillfeather@ink.example", "+1 555 010-7788"
STREET = "Nibgasse"
#: What a person is known by, however it is written.
TRACES = re.compile(r"quillfeather|zacharias|nibgasse|5550107788|555\W*010\W*7788", re.IGNORECASE)
#: Texts in which nobody is named: numbers and keys of ours, words of our agencies and of our settings, days and amounts.
NAMES_NOBODY = {
    "collection.agency": {
        "accreditation_body",
        "accreditation_number",
        "ca_certificate",
        "complaint_handling",
        "handover_email",
        "name",
        "phone",
        "rules",
        "rules_filename",
        "speaks_as",
        "url",
    },
    "collection.agency.message": {"agency_reference", "key"},
    "collection.case": {"decision_details", "new_items_asked"},
    "collection.dispute": {"name"},
    "collection.dispute.line": {"number"},
    "collection.guide.line": {"text"},
    "collection.letter": {"name", "sha256", "tracking_ref"},
    "collection.plan": {"name", "schedule"},
    "collection.policy": {"description", "name"},
    "collection.policy.step": {"activity_summary", "name"},
    "collection.posting": {"country_code", "name", "posting_ref", "receipt_name"},
    "collection.reason": {"guide", "name"},
    "collection.referral": {"name", "packet_sha256"},
    "collection.referral.line": {"number", "settled_before"},
    "collection.referral.override": {"point"},
    "collection.referral.payment": {"entry"},
    "collection.remittance": {"name"},
    "collection.stage": {"guide", "name"},
}
#: Tables of Odoo's, as far as they hold what hangs on our records.
HANGS = {
    "ir_attachment": "COALESCE(res_model, '') NOT IN ('account.move', 'res.partner')",
    "mail_activity": "starts_with(res_model, 'collection.')",
    "mail_message": "starts_with(model, 'collection.')",
}
OF_OUR_MESSAGES = "mail_message_id IN (SELECT id FROM mail_message WHERE starts_with(model, 'collection.'))"
HANGS_ON_MESSAGES = dict.fromkeys(("mail_mail", "mail_notification", "mail_tracking_value"), OF_OUR_MESSAGES)


@tagged("post_install", "-at_install")
class TestPrivacy(HandOverCommon):
    """A customer who has paid asks to be forgotten. The look-up finds what we hold, and clears what need not stay."""

    @classmethod
    def default_env_context(cls):
        return {}  # alterations are tracked

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.privacy = cls.env["collection.privacy"]
        cls.admin = cls.env.ref("base.user_admin")

    def _begin(self):
        super()._begin()
        referral = self._with_agency(
            NAME, email=EMAIL, phone=PHONE, street=STREET, city="Ink", zip="4711", country_id=self.env.ref("base.us").id
        )
        self.referral, self.case, self.quill = referral, referral.case_id, referral.partner_id
        self.quill.collection_delivery_address = EMAIL
        with self._on(self._day(1), "10:00"):
            self._say_everything()
            self._settle_transaction()

    def _say_everything(self):
        """Write down in every place what people write: each names the customer."""
        case, told = self.case.sudo(), f"{NAME} of {STREET}, {EMAIL}, {PHONE}"
        common = {"case_id": case.id, "partner_id": self.quill.id, "company_id": self.company.id}
        letter = case.letter_ids[:1]
        letter.write({"address_used": told, "failure_reason": told, "cancel_reason": told})
        letter.posting_ids.write({"cancel_reason": told, "receipt_name": "receipt.jpg", "receipt": "cGFwZXI="})
        note = self.env["collection.note"].sudo().create({**common, "outcome": "reached", "note": told})
        self._settle_transaction()
        note.note = f"{told}, who was kind"  # a correction is tracked
        item = self._items(self.quill.invoice_ids)
        dispute = (
            self.env["collection.dispute"]
            .sudo()
            .create(
                {
                    "case_id": case.id,
                    "kind": "quantity",
                    "description": told,
                    "commitment": f"We call {NAME}",
                    "commitment_date": self._day(3),
                    "line_ids": [Command.create({"item_id": item.id, "amount": 10})],
                    "attachment_ids": [Command.create({"name": f"{NAME}.jpg", "raw": b"a photograph"})],
                }
            )
        )
        dispute.finding = told
        promise = (
            self.env["collection.promise"]
            .sudo()
            .create({"case_id": case.id, "amount": 20, "date_promised": self._day(4)})
        )
        promise.withdraw_reason = told
        self.env["collection.agency.feedback"].sudo().create(
            {"agency_id": self.agency.id, "partner_id": self.quill.id, "said": told, "answer": told}
        )
        self.env["collection.agency.message"]._queue(
            self.referral, "contact", {"referral": self.referral.name, "word": told, "disputes": False}
        )
        self.referral.write({"end_reason": told})
        self.env["collection.referral.override"].sudo().create(
            {"referral_id": self.referral.id, "point": "last_call", "sentence": told, "reason": told}
        )
        told_already = self.env["collection.agency.message"]._queue(self.referral, "recall", {"referral": "x"}).sudo()
        told_already.write({"state": "cancelled", "cancel_reason": told, "failure_reason": told})
        plans = self.env["collection.plan"].sudo()
        with patch.object(type(plans), "_check_against_account"):  # made before the agency came
            plan = plans.create(
                {"case_id": case.id, "amount": 20, "date_first": self._day(7), "rhythm": "monthly", "count": 2}
            )
        plan.write({"state": "cancelled", "end_reason": told})
        case.message_post(body=Markup("<p>%s</p> called") % NAME, subject=NAME, message_type="comment")
        case.message_post(body="I am the one", author_id=self.quill.id, email_from=EMAIL, message_type="email")
        told_by = case.message_post(body=told, subject=told)
        self.env["mail.notification"].sudo().create(
            {
                "mail_message_id": told_by.id,
                "mail_email_address": EMAIL,
                "notification_type": "email",
                "failure_reason": told,
            }
        )
        case.activity_schedule(
            "mail.mail_activity_data_call", summary=f"Call {NAME}", note=told, user_id=self.manager.id
        )
        done = case.activity_schedule("mail.mail_activity_data_call", summary=NAME, user_id=self.manager.id)
        done.action_feedback(feedback=told)
        self._mail_of(letter, told)

    def _mail_of(self, letter, told):
        """What is left of the e-mail that carried a letter."""
        letter.mail_mail_id = self.env["mail.mail"].create(
            {
                "subject": told,
                "body_html": told,
                "email_to": f'"{NAME}" <{EMAIL}>',
                "headers": told,
                "state": "sent",
                "model": "collection.case",
                "res_id": letter.case_id.id,
            }
        )

    def _settle(self):
        """The customer pays, the agency hears of it, and nothing is left to do."""
        self._hand_over(self._day(1), "11:00")
        self._customer_pays(self.case, day=self._day(2))
        self._daily_run(self._day(3))
        self._hand_over(self._day(3))
        self._send(self._day(3))
        self.assertEqual((self.case.state, self.referral.state), ("closed", "recovered"))

    def _look_up(self, name=NAME, email=EMAIL):
        wizard = self.env["privacy.lookup.wizard"].with_user(self.admin).create({"name": name, "email": email})
        wizard.action_lookup()
        return wizard.line_ids

    def _ours(self, lines):
        return lines.filtered(lambda line: line.res_model.startswith(("collection.", "mail.", "ir.")))

    # -- Found ---------------------------------------------------------------------------------------------------

    def test_all_that_is_written_about_the_customer_is_found(self):
        found = self._look_up()
        by_model = {model: set(lines.mapped("res_id")) for model, lines in found.grouped("res_model").items()}
        for table, column, record_id in self._traces():
            if table in (*HANGS_ON_MESSAGES, "ir_attachment"):
                continue  # their messages and records are listed
            model = table.replace("_", ".")
            self.assertIn(record_id, by_model.get(model, ()), f"{table}.{column} names the customer")
        self.assertFalse(set(WORDS) - set(by_model))

    def test_nothing_is_found_twice(self):
        found = self._look_up().mapped(lambda line: (line.res_model, line.res_id))
        self.assertEqual(len(found), len(set(found)))

    def test_what_is_written_elsewhere_is_found_too(self):
        other = self._overdue_customer("Bystander").sudo()
        note = other.message_post(body=Markup("<p>%s paid this</p>") % NAME)
        silent = other.message_post(body="Somebody paid this")
        call = other.activity_schedule("mail.mail_activity_data_call", summary=f"Ask {EMAIL}", user_id=self.manager.id)
        file = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": f"{NAME}.txt", "raw": b"x", "res_model": other._name, "res_id": other.id})
        )
        found = self._look_up().mapped(lambda line: (line.res_model, line.res_id))
        for record in (note, call, file):
            self.assertIn((record._name, record.id), found)
        self.assertNotIn((silent._name, silent.id), found)
        self.assertNotIn((other._name, other.id), found)

    def test_somebody_else_is_left_alone(self):
        other = self._overdue_customer("Quill", email="quill@other.example")
        self.assertNotIn(
            other.id, self._look_up().filtered(lambda line: line.res_model == other._name).mapped("res_id")
        )

    # -- Cleared -------------------------------------------------------------------------------------------------

    def test_nothing_is_left_but_what_stays(self):
        self._settle()
        self.case.sudo().write({"hold_reason": NAME, "last_error": NAME})  # the end of a case takes both away
        before = {(table, column) for table, column, _record in self._traces()}
        self._forget()
        self.assertEqual(self._traces(), [])
        # the scan would have seen it
        told = {(model.replace(".", "_"), name) for model, names in WORDS.items() for name in names if name != "zip"}
        self.assertFalse(told - before)
        self.assertFalse({*HANGS, *HANGS_ON_MESSAGES} - {table for table, _column in before})

    def _forget(self):
        """The administrator deletes what the look-up has found of ours, and gives the contact another name."""
        ours = self._ours(self._look_up())
        ours.action_unlink_all()
        self.quill.write(
            {"name": "Nobody", "email": False, "phone": False, "street": False, "zip": False, "city": False}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return ours

    def test_what_stays_stays(self):
        self._settle()
        letter, message = self.case.letter_ids.filtered("attachment_id"), self.referral.message_to_agency_ids
        letter = self.case.letter_ids.filtered(lambda one: one.kind == "final_notice")
        letter.sudo().attachment_id = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {"name": "notice.pdf", "raw": b"what left the house", "res_model": letter._name, "res_id": letter.id}
            )
        )
        packet = self.referral.packet_id.raw
        figures = [(one.kind, one.payload.get("amount"), one.payload.get("entry")) for one in message.sorted("id")]
        balance, sums = self.case.balance, (self.referral.amount_referred, self.referral.amount_recovered)
        self._forget()
        self.assertEqual(letter.attachment_id.raw, b"what left the house")
        self.assertEqual(letter.posting_ids.posting_ref, f"RR {letter.name}")
        self.assertTrue(letter.posting_ids.receipt)
        self.assertEqual(self.referral.packet_id.raw, packet)
        self.assertEqual(
            [(one.kind, one.payload.get("amount"), one.payload.get("entry")) for one in message.sorted("id")], figures
        )
        self.assertEqual(
            (self.case.balance, (self.referral.amount_referred, self.referral.amount_recovered)), (balance, sums)
        )
        self.assertFalse(self.env["ir.attachment"].sudo().search([("name", "ilike", "quillfeather")]))

    def test_files_of_others_stay(self):
        """A copy of an invoice is the invoice's, whichever conversation it was sent in."""
        self._settle()
        copy, photograph = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": "INV.pdf",
                        "raw": b"x",
                        "res_model": "account.move",
                        "res_id": self.quill.invoice_ids[0].id,
                    },
                    {"name": "me.jpg", "raw": b"x", "res_model": "mail.compose.message", "res_id": 0},
                ]
            )
        )
        self.case.sudo().message_post(body="Copies", attachment_ids=(copy | photograph).ids)
        self._forget()
        self.assertEqual((copy | photograph).exists(), copy)

    def test_it_is_no_event(self):
        self._settle()
        messages = self.case.message_ids
        state = self.case.read(["decision_code", "look_date", "state", "step_id"])
        self._forget()
        self.assertEqual(self.case.message_ids, messages)
        self.assertEqual(self.case.read(["decision_code", "look_date", "state", "step_id"]), state)

    def test_the_log_says_what_was_cleared(self):
        self._settle()
        ours = self._forget()
        self.assertEqual(set(ours.mapped("is_unlinked")), {True})
        log = ours.wizard_id.log_id
        self.assertIn(f"Cleared Collection Case #{self.case.id}", log.execution_details)
        self.assertTrue(self.case.exists())
        with self.assertRaises(UserError):
            ours[0].action_unlink()

    def test_one_line_clears_one_record(self):
        self._settle()
        note = self.case.note_ids.filtered(lambda one: "Quillfeather" in (one.note or ""))
        self._look_up().filtered(lambda line: (line.res_model, line.res_id) == (note._name, note.id)).action_unlink()
        self.assertEqual(note.note, "(cleared)")
        self.assertIn("Quillfeather", self.env["collection.dispute"].sudo().search([], limit=1).description)

    def test_what_is_about_others_loses_the_name_only(self):
        self._settle()
        other = self._overdue_customer("Bystander").sudo()
        told = other.message_post(body=f"{EMAIL.upper()} paid this, call +1.555.010.7788")
        other.write({"hold_reason": f"paid by {NAME}"})
        file = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": f"{NAME}.txt", "raw": b"x", "res_model": other._name, "res_id": other.id})
        )
        self._forget()
        self.assertEqual(other.hold_reason, "paid by (cleared)")
        self.assertIn("(cleared) paid this, call (cleared)", told.body)
        self.assertEqual(file.name, "(cleared).txt")

    def test_an_open_case_is_kept(self):
        with self.assertRaisesRegex(UserError, "has an open case"):
            self._forget()
        self.assertTrue(self._traces())

    def test_a_contact_of_an_account_is_cleared_while_the_account_is_open(self):
        case = self._overdue_customer("Bystander").sudo()
        jane = self.env["res.partner"].create(
            {"name": "Jane Inkwell", "email": "jane@inkwell.example", "parent_id": case.partner_id.id}
        )
        values = {"case_id": case.id, "outcome": "reached", "note": "She was kind"}
        hers, others = self.env["collection.note"].sudo().create([{**values, "contact_id": jane.id}, values])
        case.write({"hold_reason": "Jane  Inkwell asked for it"})
        self._ours(self._look_up("Jane Inkwell", "jane@inkwell.example")).action_unlink_all()
        self.env.invalidate_all()
        self.assertEqual((hers.note, others.note), ("(cleared)", "She was kind"))
        self.assertEqual(case.hold_reason, "(cleared) asked for it")

    def test_what_waits_to_leave_is_kept(self):
        self._settle()
        self.env["collection.agency.message"].sudo()._queue(self.referral, "contact", {"word": NAME})
        with self.assertRaisesRegex(UserError, "has not left yet"):
            self._forget()

    def test_found_and_cleared_after_the_contact_was_renamed(self):
        self._settle()
        lines = self._ours(self._look_up())
        self.quill.write({"name": "Nobody", "email": False, "phone": False, "street": False})
        lines.action_unlink_all()
        self.env.flush_all()
        self.assertEqual(self._traces(), [])

    # -- The next kind -------------------------------------------------------------------------------------------

    def test_each_text_is_either_words_or_names_nobody(self):
        """A new text of a record is looked at: may it be about a person?"""
        for name in self.privacy._models():
            texts = set(self.privacy._texts(self.env[name]))
            placed = set(WORDS.get(name, ())) | NAMES_NOBODY.get(name, set())
            self.assertEqual(
                texts, placed, f"{name}: a new text belongs to WORDS or, if it names nobody, to NAMES_NOBODY"
            )
            self.assertFalse(set(WORDS.get(name, ())) & NAMES_NOBODY.get(name, set()))

    def _traces(self):
        """Table, column and id of every text of collections, and of what hangs on it, in which the customer is known."""
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """SELECT c.table_name, c.column_name
                     FROM information_schema.columns c
                     JOIN information_schema.tables t USING (table_schema, table_name)
                    WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
                      AND c.data_type IN ('text', 'character varying', 'json', 'jsonb')
                      AND (starts_with(c.table_name, 'collection_') OR c.table_name = ANY(%s)
                           OR starts_with(c.column_name, 'collection_'))
                 ORDER BY 1, 2""",
                [*HANGS, *HANGS_ON_MESSAGES],
            )
        )
        transient = {model._table for model in self.env.registry.values() if model._transient}
        return [
            (table, column, record_id)
            for table, column in columns
            if table not in transient
            for record_id, text in self.env.execute_query(
                SQL(
                    "SELECT id, %s::text FROM %s WHERE %s",
                    SQL.identifier(column),
                    SQL.identifier(table),
                    SQL(HANGS.get(table) or HANGS_ON_MESSAGES.get(table) or "TRUE"),
                )
            )
            if text and TRACES.search(text)
        ]
