from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestLetterDelivery(CollectionCommon):
    """Whom a letter is for, on which way it gets there, and what becomes of one with nowhere to go."""

    # -- To whom -------------------------------------------------------------------------------------------------

    def test_the_accounts_payable_contact_gets_the_letter(self):
        acme = {
            "child_ids": [
                Command.create({"name": "Captures invoices", "type": "invoice", "email": "robot@customer.example"}),
                Command.create({"name": "Ada Payable", "type": "accounts_payable", "email": "ada@customer.example"}),
            ]
        }
        _case, letter = self._reminded_customer(**acme)
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), ["ada@customer.example"])
        self.assertEqual(letter.contact_id.name, "Ada Payable")

    def test_without_one_the_invoice_contact_gets_it(self):
        contact = {"child_ids": [Command.create({"name": "Ivo", "type": "invoice", "email": "ivo@customer.example"})]}
        self._reminded_customer(**contact)
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), ["ivo@customer.example"])

    def test_the_address_is_the_one_on_file_when_it_leaves(self):
        case, letter = self._reminded_customer()
        case.partner_id.email = "moved@customer.example"
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), ["moved@customer.example"])
        self.assertEqual(letter.address_used, "moved@customer.example")

    def test_the_letter_is_signed_by_the_collector_of_today(self):
        _case, letter = self._reminded_customer()
        self.assertEqual(letter.user_id, self.collector)
        self._send(MONDAY)
        self.assertIn("cora@us.example", self._mails[0]["email_from"])

    # -- Nowhere to go -------------------------------------------------------------------------------------------

    def test_no_address_is_told_and_tried_again_when_there_is_one(self):
        case, letter = self._reminded_customer(email=False, street=False)
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertEqual(letter.state, "failed")
        self.assertIn("neither an e-mail address nor a postal address", letter.failure_reason)
        self.assertFalse(case.step_id, "Nobody was warned")
        self.assertEqual(case.next_action, "Check the address")
        self.assertEqual(
            case.decision, "“Friendly reminder” could not be delivered. Check the address, then send it again."
        )
        check = self.env.ref("grey_hat_collections.mail_activity_type_address")
        self.assertRecordValues(case.activity_ids, [{"activity_type_id": check.id, "user_id": self.collector.id}])

        for days in range(1, 5):
            self._daily_run(self._day(days))
            self._send(self._day(days))
        self.assertEqual((letter.state, len(case.letter_ids), len(case.activity_ids)), ("failed", 1, 1))

        case.partner_id.email = "new@customer.example"
        with self._on(self._day(7), "09:00"):
            letter.with_user(self.collector).action_retry()
        self.assertEqual((letter.state, letter.address_used), ("queued", "new@customer.example"))
        self._send(self._day(7))
        self.assertEqual(self._sent_to(), ["new@customer.example"])
        self.assertEqual((letter.state, case.step_id.name), ("sent", "Friendly reminder"))
        self.assertFalse(case.activity_ids, "The address needs no checking any more")

    def test_failing_twice_asks_once(self):
        case, letter = self._reminded_customer(email=False, street=False)
        self._send(MONDAY)
        with self._on(MONDAY, "12:30"):
            letter.with_user(self.collector).action_retry()
        self._send(MONDAY, "13:00")
        self.assertEqual((letter.state, len(case.activity_ids)), ("failed", 1))

    def test_blacklisted_or_no_emails_goes_by_post(self):
        self.env["mail.blacklist"].sudo()._add("black@customer.example")
        for name, values in (("Black", {}), ("Paper", {"collection_no_email": True}), ("Nomail", {"email": False})):
            with self.subTest(name):
                case, letter = self._reminded_customer(name, **values)
                self.assertEqual((letter.channel, letter.address_used), ("post", "1 Main Street, Springfield 12345"))
                self._send(MONDAY)
                self.assertEqual(self._sent_to(), [])
                self.assertEqual(letter.state, "queued", "It lies there to be printed and mailed")
                self.assertTrue(letter.attachment_id)
                self.assertFalse(case.step_id)

    def test_neither_emails_nor_paper_nor_calls_is_no_address(self):
        case, letter = self._reminded_customer(
            collection_no_email=True, collection_no_post=True, collection_no_call=True
        )
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), letter.state, case.step_id.id), ([], "failed", False))

    def test_a_letter_on_paper_is_taken_when_it_is_posted(self):
        case, letter = self._reminded_customer(collection_no_email=True)
        with self.assertRaisesRegex(UserError, "is not printed yet"):
            letter.with_user(self.collector).action_mark_sent()
        with self._on(MONDAY, "09:00"):
            action = letter.with_user(self.collector).action_print()
        self.assertIn(str(letter.attachment_id.id), action["url"])
        printed = letter.sha256
        for days in range(3):
            self._send(self._day(days))
            self._daily_run(self._day(days + 1))
        self.assertEqual(letter.sha256, printed, "What lies in the envelope is what is kept")
        with self._on(self._day(3), "16:00"):
            letter.with_user(self.collector).action_mark_sent()
            letter.with_user(self.collector).tracking_ref = "RR123456785US"
        self.env.invalidate_all()
        self.assertEqual((letter.state, case.step_id.name, case.step_date), ("sent", "Friendly reminder", self._day(3)))

    def test_paid_while_the_paper_lies_on_the_desk(self):
        case, letter = self._reminded_customer(collection_no_email=True)
        self._send(MONDAY)
        self._customer_pays(case, day=self._day(1))
        self.assertEqual(letter.state, "cancelled")
