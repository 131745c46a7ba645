from collections import defaultdict

from markupsafe import Markup
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.privacy.privacy import WORDS
from .privacy_common import EMAIL, HANGS, HANGS_ON_MESSAGES, NAME, PrivacyCommon

#: Texts in which nobody is named: numbers and keys of ours, words of our agencies and of our settings, days and amounts.
NAMES_NOBODY = {
    "collection.wording": {"text"},  # the same for every customer; names are filled in when it is printed
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
    "collection.letter": {"name", "says", "sha256", "tracking_ref"},
    "collection.letter.line": {"name"},
    "collection.page.answer": {"before", "nonce", "undo_hash"},
    "collection.page.link": {"token_hash"},
    "collection.page.visit": {"key"},
    "collection.plan": {"name", "schedule"},
    "collection.policy": {"description", "name"},
    "collection.policy.step": {"activity_summary", "name"},
    "collection.mail.piece": {"asked", "country_code", "listed", "name", "certified_number", "receipt_name", "sha256"},
    "collection.reason": {"guide", "name"},
    "collection.referral": {"name", "packet_sha256"},
    "collection.referral.line": {"number", "settled_before"},
    "collection.referral.override": {"point"},
    "collection.referral.payment": {"entry"},
    "collection.remittance": {"name"},
    "collection.stage": {"guide", "name"},
}


@tagged("post_install", "-at_install")
class TestPrivacy(PrivacyCommon):
    """What we hold of a customer who asks to be forgotten is found, and what need not stay is cleared."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admins = cls.privacy.with_user(cls.admin)

    def _find(self, person=None):
        """Where we name the person, the customer by default: ids by model."""
        self.env.flush_all()
        found = defaultdict(list)
        query = self.admins._query(person or self.admins._person(NAME, EMAIL))
        for model_id, record_id, _active in self.env.execute_query(query):
            found[self.env["ir.model"].browse(model_id).model].append(record_id)
        return found

    def _forget(self):
        """An administrator clears what is found, and gives the contact another name."""
        person = self.admins._person(NAME, EMAIL)
        self.admins._clear(self._find(person), person)
        self._overwrite_contact()

    # -- Found ----------------------------------------------------------------------------------------------------

    def test_what_is_written_elsewhere_is_found_too(self):
        other = self._overdue_customer("Bystander").sudo()
        note = other.message_post(body=Markup("<p>%s paid this</p>") % NAME)
        silent = other.message_post(body=Markup("<p>Somebody paid this</p>"))
        call = other.activity_schedule("mail.mail_activity_data_call", summary=f"Ask {EMAIL}", user_id=self.manager.id)
        file = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": f"{NAME}.txt", "raw": b"x", "res_model": other._name, "res_id": other.id})
        )
        found = self._find()
        for record in (note, call, file):
            self.assertIn(record.id, found[record._name])
        self.assertNotIn(silent.id, found[silent._name])
        self.assertNotIn(other.id, found[other._name])

    def test_somebody_else_is_left_alone(self):
        other = self._overdue_customer("Quill", email="quill@other.example")
        self.assertNotIn(other.id, self._find()[other._name])

    # -- Cleared --------------------------------------------------------------------------------------------------

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
        self.assertEqual(letter.piece_ids.certified_number, f"RR {letter.name}")
        self.assertTrue(letter.piece_ids.receipt)
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
        self.case.sudo().message_post(body=Markup("<p>Copies</p>"), attachment_ids=(copy | photograph).ids)
        self._forget()
        self.assertEqual((copy | photograph).exists(), copy)

    def test_it_is_no_event(self):
        self._settle()
        messages = self.case.message_ids
        state = self.case.read(["decision_code", "next_decision_date", "state", "step_id"])
        self._forget()
        self.assertEqual(self.case.message_ids, messages)
        self.assertEqual(self.case.read(["decision_code", "next_decision_date", "state", "step_id"]), state)

    def test_what_is_about_others_loses_the_name_only(self):
        self._settle()
        other = self._overdue_customer("Bystander").sudo()
        told = other.message_post(body=Markup("<p>%s paid this, call +1.555.010.7788</p>") % EMAIL.upper())
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
        person = self.admins._person(jane.name, jane.email)
        self.admins._clear(self._find(person), person)
        self.assertEqual((hers.note, others.note), ("(cleared)", "She was kind"))
        self.assertEqual(case.hold_reason, "(cleared) asked for it")

    def test_what_waits_to_leave_is_kept(self):
        self._settle()
        self.env["collection.agency.message"].sudo()._queue(self.referral, "contact", {"word": NAME})
        with self.assertRaisesRegex(UserError, "has not been sent yet"):
            self._forget()

    # -- The next kind --------------------------------------------------------------------------------------------

    def test_each_text_is_either_words_or_names_nobody(self):
        """A new text of a record is looked at: may it be about a person?"""
        for name in self.privacy._models():
            texts = set(self.privacy._texts(self.env[name]))
            placed = set(WORDS.get(name, ())) | NAMES_NOBODY.get(name, set())
            self.assertEqual(
                texts, placed, f"{name}: a new text belongs to WORDS or, if it names nobody, to NAMES_NOBODY"
            )
            self.assertFalse(set(WORDS.get(name, ())) & NAMES_NOBODY.get(name, set()))
