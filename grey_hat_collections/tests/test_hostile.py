"""What people may type, and worse: nothing of it is carried out, nothing breaks, and the letters say what they say."""

import io
import json
from email import message_from_string

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import html
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader
from pytz import timezone, utc

from ..models.letter.letter import PAPERLESS
from . import hostile
from .agency.handover_common import HandOverCommon
from .common import MONDAY, days_ago
from .dispute.dispute_common import DisputeCommon

COUNT = 4
#: What is typed about one customer.
TYPED = (
    "name",
    "street",
    "city",
    "ref",
    "contact",
    "reference",
    "signer",
    "note",
    "said",
    "reason",
    "finding",
    "phone",
)


def customers_of(words):
    """What is typed about each of some customers."""
    return st.lists(
        st.fixed_dictionaries({**dict.fromkeys(TYPED, words), "email": hostile.addresses}),
        min_size=COUNT,
        max_size=COUNT,
    )


@tagged("post_install", "-at_install")
class TestHostileText(HandOverCommon, DisputeCommon):
    """A day with customers about whom everything that was typed means harm."""

    def _begin(self):
        super()._begin()
        self.cases = self.Case.union(
            *(self._overdue_customer(f"Customer {number}", **self._payable_contact()) for number in range(COUNT))
        )

    @settings(
        max_examples=5,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(customers=customers_of(hostile.texts))
    def test_a_day_with_hostile_text(self, customers):
        with self.env.cr.savepoint() as undo:
            self._type(customers)
            self._reminders()
            self._conversations(customers)
            self._answers(customers)
            self._second_day()
            undo.rollback()
            self.env.invalidate_all()

    # -- The day -------------------------------------------------------------------------------------------------

    def _type(self, customers):
        """Everything about the customers is replaced."""
        self.collector.name = customers[0]["signer"]
        for case, typed in zip(self.cases, customers, strict=True):
            partner = case.partner_id
            partner.write({name: typed[name] for name in ("name", "street", "city", "ref", "phone", "email")})
            partner.child_ids.write({"name": typed["contact"], "email": typed["email"]})
            partner.invoice_ids.write({"ref": typed["reference"], "payment_reference": typed["reference"]})
            case.sudo().user_id = self.collector
        self.env.flush_all()

    def _reminders(self):
        self._daily_run(MONDAY)
        self.assertFalse(self.cases.filtered("last_error").mapped("last_error"))
        self._post_and_check("12:00")

    def _post_and_check(self, clock):
        """The letters that wait go out, or say why not; what went out is harmless."""
        waiting = self.cases.letter_ids.filtered(lambda letter: letter.state == "queued")
        with mute_logger("odoo.addons.mail.models.mail_mail", "odoo.addons.grey_hat_collections.models.base.outgoing"):
            self._send(MONDAY, clock)
        for letter in waiting:
            self.assertIn(letter.state, ("sent", "failed", "queued"))
            self.assertTrue(letter.state != "failed" or letter.failure_reason)
            self.assertTrue(letter.state != "queued" or letter.channel == "post", letter.failure_reason)
            self.assertTrue(letter.attachment_id or letter.state == "failed" or letter.kind in PAPERLESS)
        used = waiting.mapped("address_used")
        for mail in self._mails:
            self.assertEqual(len(mail["subject"].splitlines()), 1, "a subject is one line")
            self.assertIn(", ".join(mail["email_to"]), used, "those in the field, set apart, and nobody else")
            self.assertHarmless(mail["body"], *(content.decode() for _name, content, _type in mail["attachments"]))
            for name, _content, _type in mail["attachments"]:
                self.assertRegex(name, r"^[\w.-]+$")
        for email in self.emails:
            for part in message_from_string(email["message"]).walk():
                self.assertNotIn("X-Hostile", part, "a line of a text is no header")
            self.assertIn(", ".join(email["smtp_to_list"]), used)

    def _conversations(self, customers):
        """The collector looks, calls and writes down."""
        with self._on(MONDAY, "14:00"):
            for case, typed in zip(self.cases.with_user(self.collector), customers, strict=True):
                self.assertHarmless(
                    case.call_guide, case.gate_report, case.sudo().referral_checklist, case.sudo().keep_sheet
                )
                dialog = self.env["collection.log.contact"].with_user(self.collector)
                values = {"case_id": case.id, "outcome": "promised", "amount": 100, "date_promised": self._day(5)}
                dialog.create({**values, "note": typed["note"]}).action_log()
                item = self._items(case.partner_id.invoice_ids)
                word = {"commitment": typed["reason"], "commitment_date": self._day(3)}
                dispute = self._raise(case, {item: 50}, description=typed["said"], **word)
                self.assertTrue(dispute.display_name)
                case._hold(self._day(9), typed["reason"])
                case.action_release()
                feedback = {"partner_id": case.partner_id.id, "case_id": case.id, "said": typed["said"]}
                self.env["collection.agency.feedback"].sudo().create({"agency_id": self.agency.id, **feedback})
            self._settle_transaction()

    def _answers(self, customers):
        with self._on(MONDAY, "15:00"):
            for dispute, typed in zip(self.cases.dispute_ids.sorted("id"), customers, strict=True):
                self._answer(dispute, "partly_upheld", credit=[20], finding=typed["finding"])
            self._settle_transaction()
        self._post_and_check("17:00")

    def _second_day(self):
        self._daily_run(self._day(1))
        self.assertFalse(self.cases.filtered("last_error").mapped("last_error"))
        report = self.env.ref("grey_hat_collections.action_report_statement")
        partners = self.cases.partner_id
        content, _type = self.env["ir.actions.report"].with_user(self.collector)._render_qweb_html(report, partners.ids)
        self.assertHarmless(content.decode())
        shown = content.decode()
        self.assertEqual(shown.count('class="article'), COUNT, "every customer has a statement")
        self.assertHarmless(*self.cases.message_ids.mapped("body"), *self.cases.dispute_ids.message_ids.mapped("body"))
        activities = self.cases.activity_ids | self.cases.dispute_ids.activity_ids
        self.assertTrue(activities)
        self.assertHarmless(*filter(None, activities.mapped("note")))
        for case in self.cases:
            self.assertTrue(case.decision and case.next_action and case.next_action_date)

    def assertHarmless(self, *pages):
        for page in filter(None, pages):
            self.assertFalse(hostile.harm_in(page), page[:2000])

    # -- Beside the day ------------------------------------------------------------------------------------------

    def test_harm_would_be_seen(self):
        """What the checks of this file rest on."""
        for fragment in hostile.HTML[:11]:
            self.assertTrue(hostile.harm_in(f"<p>{fragment}</p>") or fragment.startswith(("</td>", '"', "'")), fragment)
        self.assertFalse(hostile.harm_in("<p>&lt;script&gt;hostile()&lt;/script&gt; {{ 7 * 191 }}</p>"))
        self.assertTrue(hostile.harm_in("<p>1337</p>"))

    def test_a_packet_with_hostile_text(self):
        """Names of files lead nowhere, and what is told is what was typed."""
        words = "../../<hostile>=cmd|'/C hostile'!A0\r\nX: {{ 7 * 191 }} \u202e\x01"
        case = self._final_case("Packet")
        self.company.collection_post_final_notice = False
        case.partner_id.write({"name": words, "street": words, "city": words, "ref": words, "phone": words})
        case.partner_id.invoice_ids.write({"ref": words})
        with self._on(MONDAY, "09:00"):
            dialog = self._dialog(case)
            self.assertHarmless(dialog.preview)
            referral = self._refer(case)
        packet = self._packet(referral)
        for name in packet:
            self.assertRegex(name, r"^([\w-]+/)?[\w .-]+$")
            self.assertNotIn("..", name)
        told = json.loads(packet["referral.json"])
        self.assertEqual((told["customer"]["name"], told["customer"]["number"]), (words, words))
        self._hand_over(MONDAY)
        self.assertEqual(referral.state, "sent")
        for mail in self._mails:
            self.assertHarmless(mail["body"])
            self.assertEqual(len(mail["subject"].splitlines()), 1)

    def test_real_pdfs_of_hostile_text(self):
        """The program that makes PDFs takes all of it, and prints it as text."""
        for case, words in zip(
            self.cases, (hostile.HTML, hostile.TEMPLATES, hostile.LINES, hostile.SIGNS), strict=True
        ):
            case.partner_id.name = "".join(words)
            case.partner_id.invoice_ids.ref = "".join(words)
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = reports._render_qweb_pdf(
            "grey_hat_collections.action_report_statement", self.cases.partner_id.ids
        )
        self.assertEqual((content[:4], kind), (b"%PDF", "pdf"))
        self.assertGreaterEqual(PdfFileReader(io.BytesIO(content), strict=False).getNumPages(), COUNT)

    def test_a_sign_that_no_database_takes_is_refused_whole(self):
        """NUL: nothing of the conversation is recorded, no promise without its note."""
        case = self.cases[:1]
        with self._on(MONDAY):
            dialog = self.env["collection.log.contact"].with_user(self.collector)
            values = {"case_id": case.id, "outcome": "promised", "amount": 100, "date_promised": self._day(5)}
            with mute_logger("odoo.sql_db"), self.assertRaises(ValueError), self.cr.savepoint():
                dialog.create({**values, "note": "Hello\x00"}).action_log()
        self.assertFalse(case.note_ids | case.promise_ids.note_id)

    def test_amounts_at_the_limits(self):
        """From a cent to more than a hundred thousand million, in currencies with no, two and three decimals."""
        partners = {}
        for code, decimals in (("USD", 2), ("JPY", 0), ("KWD", 3)):
            currency = self.env.ref(f"base.{code}")
            currency.active = True
            for text in hostile.AMOUNTS[::2] if code == "USD" else hostile.AMOUNTS[1::2]:
                amount = round(float(text), decimals)
                if not amount:
                    continue
                partner = partners[code, text] = self._customer(f"{code} {text}")
                with self._on(days_ago(10)):
                    self._invoice(partner, amount, days_ago(10), currency_id=currency.id)
                    self._credit_note(partner, round(amount / 3, decimals), days_ago(10), currency_id=currency.id)
                    self._settle_transaction()
        self._daily_run(MONDAY)
        cases = self.Case.search([("partner_id", "in", [partner.id for partner in partners.values()])])
        self.assertFalse(cases.filtered("last_error").mapped("last_error"))
        self.assertTies(cases.partner_id)
        self._send(MONDAY)
        for (code, text), partner in partners.items():
            case = self._case(partner)
            if not case:
                self.assertIn(
                    text, ("0.01",), f"{code} {text}: nothing is left after the credit note, or it rounds to nothing"
                )
                continue
            self.assertEqual(case.letter_ids.mapped("state"), ["sent"], f"{code} {text}")
            self.assertTrue(case.decision)
        content, _type = self.env["ir.actions.report"]._render_qweb_html(
            "grey_hat_collections.action_report_statement", cases.partner_id.ids
        )
        shown = " ".join(html.fromstring(content).xpath("//td//text()"))
        self.assertNotRegex(shown, r"(?i)\b(nan|inf|none|\d+e\+\d+)\b")

    def test_days_and_hours_at_which_calendars_stumble(self):
        """Due on leap days and at year ends; written to while the clock jumps: always inside the hours, never an error."""
        self.company.write({"collection_hour_from": 8, "collection_hour_to": 20})
        for zone, moment in hostile.MOMENTS:
            day = moment.date()
            with (
                self.subTest(zone, moment=moment),
                self._on(day, moment.strftime("%H:%M")),
                self.cr.savepoint() as undo,
            ):
                self.company.resource_calendar_id.tz = zone
                partner = self._customer(f"{zone} {moment}", tz=zone)
                for due in [due for due in hostile.DAYS if due < day][:2]:
                    self._invoice(partner, 50, due)
                self._settle_transaction()
                self.Case.sudo()._refresh(self.company, partner)
                case = self._case(partner)
                case.sudo()._run_day()
                self.assertFalse(case.last_error)
                self.assertTrue(case.next_action_date)
                for letter in case.letter_ids:
                    there = utc.localize(letter.send_after).astimezone(timezone(zone))
                    self.assertTrue(8 <= there.hour < 20, f"{there} on the customer's clock")
                    self.assertGreaterEqual(letter.send_after, moment)
                undo.rollback()
                self.env.invalidate_all()
