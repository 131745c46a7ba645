from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

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

    def test_invoices_of_somebody_else_are_refused(self):
        other = self._invoice(self._customer("Other"), 80, MONDAY - timedelta(days=9))
        with self.assertRaisesRegex(UserError, "do not belong to Acme"):
            self._dialog(move_ids=(self.overdue | other).ids).action_send()

    def test_a_contact_without_an_address_is_named(self):
        self.acme.email = False
        with self.assertRaisesRegex(UserError, "Acme has no e-mail address"):
            self._dialog().action_send()
