"""What people may type, and worse: nothing of it is carried out, nothing breaks, and the letters say what they say."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.collection_letter import PAPERLESS
from . import hostile
from .common import MONDAY
from .dispute_common import DisputeCommon
from .handover_common import HandOverCommon

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

    def setUp(self):
        super().setUp()
        self.cases = self.Case.union(
            *(self._overdue_customer(f"Customer {number}", **self._payable_contact()) for number in range(COUNT))
        )

    @settings(
        max_examples=8,
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
        with mute_logger(
            "odoo.addons.mail.models.mail_mail", "odoo.addons.grey_hat_collections.models.abstract_outgoing"
        ):
            self._send(MONDAY, clock)
        for letter in waiting:
            self.assertIn(letter.state, ("sent", "failed", "queued"))
            self.assertTrue(letter.state != "failed" or letter.failure_reason)
            self.assertTrue(letter.state != "queued" or letter.channel == "post", letter.failure_reason)
            self.assertTrue(letter.attachment_id or letter.state == "failed" or letter.kind in PAPERLESS)
        for mail in self._mails:
            self.assertEqual(len(mail["subject"].splitlines()), 1, "a subject is one line")
            self.assertEqual(len(mail["email_to"]), 1)
            self.assertHarmless(mail["body"], *(content.decode() for _name, content, _type in mail["attachments"]))
            for name, _content, _type in mail["attachments"]:
                self.assertRegex(name, r"^[\w.-]+$")
        for email in self.emails:
            self.assertNotIn("\nX-Hostile:", email["message"].partition("\n\n")[0])
            self.assertEqual(len(email["smtp_to_list"]), 1)
            self.assertIn(email["smtp_to_list"][0], waiting.mapped("address_used"))

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
