import io
from datetime import timedelta

from lxml import html
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestInvoiceCopies(CollectionCommon):
    def _begin(self):
        super()._begin()
        self._freeze(MONDAY, "00:00")
        self.acme = self._customer()
        self.overdue = self._invoice(self.acme, 500, MONDAY - timedelta(days=9))
        self.invoice_to_come = self._invoice(self.acme, 70, MONDAY + timedelta(days=9))
        self._daily_run()
        self.case = self._case(self.acme)

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY, "00:00")

    def _dialog(self, **values):
        return (
            self.env["collection.invoice.copies"].with_user(self.collector).create({"case_id": self.case.id, **values})
        )

    def test_overdue_invoices_are_proposed_to_the_contact_for_accounts_payable(self):
        payable = self._customer("Pat", parent_id=self.acme.id, is_company=False, type="accounts_payable")
        self.env.invalidate_all()
        dialog = self._dialog()
        self.assertEqual(dialog.contact_id, payable)
        self.assertEqual(dialog.move_ids, self.overdue)

    def test_a_collector_sends_the_invoice_itself_and_the_case_keeps_the_message(self):
        with self.mock_mail_gateway():
            self._dialog().action_send()
        message = self.case.message_ids[:1]
        self.assertEqual(message.partner_ids, self.acme)
        self.assertEqual(message.attachment_ids.mapped("name"), [self.overdue._get_invoice_report_filename()])
        content = message.attachment_ids.raw.decode(errors="replace")
        self.assertIn(self.overdue.name, content)
        self.assertNotIn("Proforma", content, "A copy is the invoice, not a pro forma of it")

    def test_they_come_in_the_frame_of_the_house_and_are_signed_once(self):
        self.collector.sudo().signature = "<p>Signed by Odoo</p>"
        with self.mock_mail_gateway():
            self._dialog().action_send()
        [mail] = self._new_mails
        text = html.fromstring(str(mail.body_html)).text_content()
        self.assertEqual([text.count(part) for part in ("Kind regards", "Signed by Odoo", "Powered by")], [1, 0, 0])

    def test_invoices_of_somebody_else_are_refused(self):
        other = self._invoice(self._customer("Other"), 80, MONDAY - timedelta(days=9))
        with self.assertRaisesRegex(UserError, "do not belong to Acme"):
            self._dialog(move_ids=(self.overdue | other).ids).action_send()

    def test_a_contact_without_an_address_is_named(self):
        self.acme.email = False
        with self.assertRaisesRegex(UserError, "Acme has no e-mail address"):
            self._dialog().action_send()

    # -- Together with the statement -------------------------------------------------------------------------------

    def test_what_is_ticked_is_proposed_and_nothing_else(self):
        later = self._invoice(self.acme, 90, MONDAY - timedelta(days=3))
        self._settle_transaction()
        self.env.invalidate_all()
        self.assertFalse(self._dialog().move_ids, "Two are overdue, and none was ticked")
        ticked = self.case.open_item_ids.filtered(lambda item: item.move_id == later)
        foreign = self._invoice(self._customer("Other"), 80, MONDAY - timedelta(days=9)).line_ids
        screen = self.case.with_user(self.collector).with_context(collection_ticked=[*ticked.ids, *foreign.ids])
        context = screen.action_send_copies()["context"]
        dialog = self.env["collection.invoice.copies"].with_user(self.collector).with_context(**context).create({})
        self.assertEqual(dialog.move_ids, later)

    def test_the_statement_alone(self):
        with self.mock_mail_gateway():
            self._dialog(move_ids=False, with_statement=True).action_send()
        message = self.case.message_ids[:1]
        self.assertEqual(message.subject, "Your statement of account")
        self.assertEqual(message.attachment_ids.mapped("name"), ["Statement 2026-03-02.pdf"])
        self.assertIn("statement of account", message.body)
        self.assertNotIn("copies", message.body)

    def test_statement_and_copies_can_be_looked_at_before_they_are_sent(self):
        dialog = self._dialog(with_statement=True).with_context(force_report_rendering=True)
        self.assertIn(self.overdue.name, dialog.preview)
        self.assertIn("statement of account", dialog.preview)
        before = self.case.message_ids
        action = dialog.action_preview()
        shown = self.env["ir.attachment"].sudo().search([("res_model", "=", dialog._name), ("res_id", "=", dialog.id)])
        self.assertEqual(action["url"], f"/web/content/{shown.id}")
        pages = PdfFileReader(io.BytesIO(shown.raw), strict=False).getNumPages()
        self.assertEqual(pages, 2, "The statement and the invoice")
        self.assertEqual(self.case.message_ids, before, "Nothing was sent")

    def test_the_message_is_in_the_language_of_the_reader(self):
        self.env["res.lang"].sudo()._activate_lang("de_DE")
        self.env["ir.module.module"].sudo()._load_module_terms(["grey_hat_collections"], ["de_DE"])
        self.acme.lang = "de_DE"
        self.assertIn("Kontoauszug", self._dialog(with_statement=True).preview)
        with self.mock_mail_gateway():
            self._dialog(move_ids=False, with_statement=True).action_send()
        self.assertEqual(self.case.message_ids[:1].subject, "Ihr Kontoauszug")

    def test_nothing_to_send(self):
        with self.assertRaisesRegex(UserError, "at least one invoice, or the statement"):
            self._dialog(move_ids=False).action_send()

    def test_a_person_is_greeted_by_name_and_a_company_is_not(self):
        self.assertIn("Hello,", self._dialog().preview)
        petra = self._customer("Petra Bergmann", parent_id=self.acme.id, is_company=False, type="accounts_payable")
        self.env.invalidate_all()
        dialog = self._dialog()
        self.assertEqual(dialog.contact_id, petra)
        self.assertIn("Hello Petra Bergmann,", dialog.preview)
