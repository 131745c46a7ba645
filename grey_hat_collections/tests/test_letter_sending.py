import hashlib
import smtplib
from datetime import timedelta
from unittest.mock import patch

import psycopg2
from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MONDAY, CollectionCommon

SEND = "odoo.addons.grey_hat_collections.models.collection_letter_send"
MAIL = "odoo.addons.mail.models.mail_mail"


class LetterCommon(CollectionCommon):
    def _reminded_customer(self, name="Acme", **values):
        """A customer who owes 500.00 and whose friendly reminder waits in the queue on Monday."""
        case = self._overdue_customer(name, **values)
        self._daily_run(MONDAY)
        return case, case.letter_ids

    def _refused(self, letter, answer, day=MONDAY):
        """Hand the letter to a mail server that answers like that."""
        with mute_logger(MAIL, SEND):
            self._send(day, refused=answer)
        return letter.state


@tagged("post_install", "-at_install")
class TestLetterSending(LetterCommon):
    """From the queue into the house of the customer. The story begins on Monday, 2 March 2026."""

    # -- Once ----------------------------------------------------------------------------------------------------

    def test_a_letter_is_unique_for_its_step_and_round(self):
        case, letter = self._reminded_customer()
        values = {
            "case_id": case.id,
            "partner_id": case.partner_id.id,
            "company_id": case.company_id.id,
            "kind": "reminder",
            "step_id": letter.step_id.id,
            "round": 1,
        }
        letters = self.env["collection.letter"].sudo()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation), self.cr.savepoint():
            letters.create(values).flush_recordset()
        self.assertTrue(letters.create({**values, "round": 2}), "A new round takes the step again")
        letter._cancel("Not today")
        letter.flush_recordset()
        self.assertTrue(letters.create(values), "and so does a letter that never left")

    def test_a_letter_leaves_with_address_amount_and_number(self):
        case, letter = self._reminded_customer()
        self._send(MONDAY)
        (mail,) = self._mails
        self.assertEqual(mail["email_to"], ["acme@customer.example"])
        self.assertEqual(
            [name for name, _content, _type in mail["attachments"]], [f"{letter.name.replace('/', '-')}.pdf"]
        )
        self.assertRecordValues(
            letter,
            [
                {
                    "state": "sent",
                    "channel": "email",
                    "amount": 500,
                    "address_used": "acme@customer.example",
                    "sent_at": fields.Datetime.to_datetime(f"{MONDAY} 12:00:00"),
                    "tracking_ref": mail["message_id"],
                    "failure_reason": False,
                }
            ],
        )
        self.assertIn(mail["message_id"], case.message_ids.mapped("message_id"), "An answer to it finds the case")
        self.assertRecordValues(
            case, [{"last_contact_date": MONDAY, "unanswered_count": 1, "pending_step_id": False, "step_date": MONDAY}]
        )

    def test_what_is_kept_is_what_was_sent(self):
        _case, letter = self._reminded_customer()
        self._send(MONDAY)
        ((_name, sent, _type),) = self._mails[0]["attachments"]
        kept = letter.attachment_id.raw
        self.assertEqual(kept, sent)
        self.assertEqual(letter.sha256, hashlib.sha256(sent).hexdigest())
        self.assertEqual(
            (letter.attachment_id.res_model, letter.attachment_id.res_id), ("collection.letter", letter.id)
        )

    def test_each_customer_gets_the_own_letter(self):
        _case, first = self._reminded_customer("First")
        _case, second = self._reminded_customer("Second")
        self._send(MONDAY)
        sent = {mail["email_to"][0]: [content for _n, content, _t in mail["attachments"]] for mail in self._mails}
        self.assertEqual(
            sent,
            {
                "first@customer.example": [first.attachment_id.raw],
                "second@customer.example": [second.attachment_id.raw],
            },
        )
        self.assertNotEqual(first.sha256, second.sha256)

    # -- Looked at again before it leaves ------------------------------------------------------------------------

    def test_paid_before_sending_is_not_asked_for(self):
        case, letter = self._reminded_customer()
        self._customer_pays(case, day=MONDAY)
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertRecordValues(letter, [{"state": "cancelled", "cancel_reason": "The account was settled."}])
        self.assertRecordValues(case, [{"state": "closed", "step_id": False, "unanswered_count": 0}])

    def test_paid_before_sending_is_seen_though_the_case_does_not_know(self):
        case, letter = self._reminded_customer()
        with self._on(MONDAY, "09:00"):
            self._pay(case.partner_id.invoice_ids)
            self.env.flush_all()
            self.env.cr.precommit.clear()  # as if the refresh had failed
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertEqual((letter.state, case.state), ("cancelled", "closed"))

    def test_a_payment_under_way_is_seen_though_the_case_does_not_know(self):
        with self._payments_without_entry():
            case, letter = self._reminded_customer()
            with self._on(MONDAY, "09:00"):
                self._pay(case.partner_id.invoice_ids)
                self.env.flush_all()
                self.env.cr.precommit.clear()
            self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertEqual((letter.state, case.state, case.step_id.id), ("cancelled", "open", False))

    def test_a_letter_that_never_left_comes_again_when_the_payment_bounces(self):
        case, letter = self._reminded_customer()
        payment = self._customer_pays(case, day=MONDAY)
        with self._on(self._day(3)):
            payment.action_cancel()
            self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual((case.state, case.step_id.id), ("open", False))
        for days in (3, 4):
            self._daily_run(self._day(days))
        self._send(self._day(4))
        self.assertEqual(len(self._mails), 1)
        self.assertEqual((case.letter_ids - letter).mapped("state"), ["sent"])
        self.assertEqual(case.step_id.name, "Friendly reminder")

    def test_partly_paid_asks_for_the_rest(self):
        case, letter = self._reminded_customer()
        self._customer_pays(case, 380, day=MONDAY)
        self._send(MONDAY)
        self.assertEqual(len(self._mails), 1)
        self.assertRecordValues(letter, [{"state": "sent", "amount": 120}])

    def test_do_not_contact_said_before_sending_is_respected(self):
        case, letter = self._reminded_customer()
        case.partner_id.collection_do_not_contact = True
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertRecordValues(
            letter, [{"state": "cancelled", "cancel_reason": "The customer asked us not to make contact."}]
        )
        self.assertFalse(case.pending_step_id)
        self.assertTrue(case.decision.startswith("Not contacted: the customer asked us not to."))

    def test_do_not_contact_of_who_looks_after_paying_by_now_is_respected(self):
        """The letter was queued for Ada. She has handed over to Bea, who asked us not to write."""
        case, letter = self._reminded_customer(**self._payable_contact())
        letter.contact_id.type = "contact"
        case.partner_id.write(self._payable_contact("Bea", "bea@customer.example", collection_do_not_contact=True))
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), letter.state), ([], "cancelled"))

    def test_a_letter_whose_case_somebody_works_on_waits(self):
        case, letter = self._reminded_customer()
        with patch.object(type(case), "try_lock_for_update", lambda cases, **options: cases.browse()):
            self._send(MONDAY)
        self.assertEqual((self._sent_to(), letter.state), ([], "queued"))
        self._send(MONDAY, "12:15")
        self.assertEqual((len(self._mails), letter.state), (1, "sent"))

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
                self.assertEqual(letter.state, "queued", "It lies there to be printed and posted")
                self.assertTrue(letter.attachment_id)
                self.assertFalse(case.step_id)

    def test_neither_emails_nor_paper_is_no_address(self):
        case, letter = self._reminded_customer(collection_no_email=True, collection_no_post=True)
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

    # -- The mail server -----------------------------------------------------------------------------------------

    def test_refused_for_good_is_told(self):
        case, letter = self._reminded_customer()
        answer = smtplib.SMTPRecipientsRefused({"acme@customer.example": (550, b"User unknown")})
        self.assertEqual(self._refused(letter, answer), "failed")
        self.assertIn("User unknown", letter.failure_reason)
        self.assertFalse(case.step_id)
        self.assertEqual(len(case.activity_ids), 1)
        self._send(self._day(1))
        self.assertEqual(self._sent_to(), [], "It is not tried again by itself")

    def test_refused_for_now_is_tried_again(self):
        case, letter = self._reminded_customer()
        answer = smtplib.SMTPDataError(451, b"Greylisted, come back later")
        self.assertEqual(self._refused(letter, answer), "queued")
        self.assertEqual(letter.attempts, 1)
        self.assertFalse(case.activity_ids)
        self._send(MONDAY, "12:04")
        self.assertEqual(self._sent_to(), [], "not before five minutes are over")
        self._send(MONDAY, "12:05")
        self.assertEqual((len(self._mails), letter.state, case.step_id.name), (1, "sent", "Friendly reminder"))

    def test_refused_for_now_again_and_again_is_told(self):
        case, letter = self._reminded_customer()
        answer = smtplib.SMTPDataError(451, b"Greylisted, come back later")
        for days in range(5):
            self.assertEqual(letter.state, "queued")
            self._refused(letter, answer, self._day(days))
        self.assertEqual(letter.state, "failed")
        self.assertEqual(len(case.activity_ids), 1)

    def test_no_mail_server_to_be_reached_is_tried_again(self):
        _case, letter = self._reminded_customer()
        with mute_logger(MAIL, SEND):
            self._send(MONDAY, unreachable=ConnectionRefusedError(111, "Connection refused"))
        self.assertEqual((letter.state, letter.attempts), ("queued", 1))
        self._send(MONDAY, "12:30")
        self.assertEqual((len(self._mails), letter.state), (1, "sent"))

    def test_a_connection_that_breaks_while_sending_is_told_and_not_repeated(self):
        for number, answer in enumerate(
            (
                smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
                TimeoutError("timed out"),
                BrokenPipeError(),
            )
        ):
            with self.subTest(type(answer).__name__):
                case, letter = self._reminded_customer(f"Customer {number}")
                self.assertEqual(self._refused(letter, answer), "failed")
                self.assertIn("may or may not have reached the customer", letter.failure_reason)
                self.assertFalse(case.step_id)
                self._send(self._day(1))
                self.assertEqual(self._sent_to(), [])
                with self._on(self._day(1)):
                    letter.with_user(self.collector).action_mark_sent()  # the customer says that it arrived
                self.env.invalidate_all()
                self.assertEqual(case.step_id.name, "Friendly reminder")

    def test_an_interrupted_hand_over_is_told_and_not_repeated(self):
        case, letter = self._reminded_customer()
        letter.sudo().handover_at = fields.Datetime.to_datetime(f"{MONDAY} 11:50:00")
        self._send(MONDAY, "12:00")
        self.assertEqual((self._sent_to(), letter.state), ([], "queued"), "The other server may still be at it")
        self._send(MONDAY, "12:10")
        self.assertEqual((self._sent_to(), letter.state), ([], "failed"))
        self.assertIn("interrupted", letter.failure_reason)
        self.assertEqual(len(case.activity_ids), 1)

    def test_a_letter_that_cannot_be_made_does_not_stop_the_others(self):
        _case, broken = self._reminded_customer("Broken")
        _case, other = self._reminded_customer("Other")
        store = type(broken)._store_pdf

        def unlucky(letter):
            if letter == broken:
                letter.env.cr.execute("SELECT 1 / 0")
            store(letter)

        with patch.object(type(broken), "_store_pdf", unlucky), mute_logger(SEND, "odoo.sql_db"):
            self._send(MONDAY)
        self.assertEqual((broken.state, other.state, len(self._mails)), ("failed", "sent", 1))
        self.assertIn("division by zero", broken.failure_reason)
        self.assertEqual(len(broken.case_id.activity_ids), 1)

    # -- Taken back by a person ----------------------------------------------------------------------------------

    def test_a_letter_taken_back_was_no_step_and_comes_again_after_a_day(self):
        case, letter = self._reminded_customer()
        with self._on(MONDAY, "09:00"):
            letter.with_user(self.collector).action_cancel()
        self.env.invalidate_all()
        self.assertEqual((letter.state, letter.cancel_reason), ("cancelled", "Cancelled by Cora Lector."))
        self.assertEqual((case.pending_step_id.id, case.step_id.id), (False, False))
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self._daily_run(self._day(1))
        self.assertEqual(case.letter_ids.mapped("state"), ["queued", "cancelled"])

    def test_letters_are_a_record_that_nobody_changes(self):
        _case, letter = self._reminded_customer()
        self._send(MONDAY)
        for user in (self.collector, self.manager):
            for values in ({"amount": 1}, {"state": "queued"}, {"sha256": "0"}, {"address_used": "x@y.example"}):
                with self.assertRaises(UserError):
                    letter.with_user(user).write(values)
            with self.assertRaises(UserError):
                letter.with_user(user).unlink()
        with self.assertRaisesRegex(UserError, "stays on record"):
            letter.sudo().unlink()
        letter.with_user(self.collector).write({"tracking_ref": "RR1", "delivered_on": MONDAY})

    def test_the_pdf_of_a_letter_cannot_be_replaced(self):
        _case, letter = self._reminded_customer()
        self._send(MONDAY)
        with self.assertRaises(UserError):
            letter.with_user(self.manager).attachment_id.write({"raw": b"Another letter"})
        with self.assertRaises(psycopg2.IntegrityError), self.cr.savepoint(), mute_logger("odoo.sql_db"):
            letter.with_user(self.manager).attachment_id.unlink()

    # -- Courtesy ------------------------------------------------------------------------------------------------

    def test_courtesy_letters_are_off_by_default(self):
        self._due_in(3)
        self._daily_run(MONDAY)
        self.assertFalse(self.env["collection.letter"].search([("company_id", "=", self.company.id)]))

    def test_a_courtesy_letter_goes_out_once_for_a_due_date(self):
        self.company.collection_courtesy_days = 5
        acme = self._due_in(5, 100)
        self._invoice(acme, 20, self._day(5))
        self._invoice(acme, 7, self._day(6))
        for _again in range(2):
            self._daily_run(MONDAY)
        self._send(MONDAY)
        letters = self.env["collection.letter"].search([("partner_id", "=", acme.id)])
        self.assertRecordValues(
            letters, [{"kind": "courtesy", "amount": 120, "reference_date": self._day(5), "state": "sent"}]
        )
        self.assertFalse(letters.case_id)
        self.assertEqual(len(self._mails), 1)
        self._daily_run(self._day(1))
        letters = self.env["collection.letter"].search([("partner_id", "=", acme.id)])
        self.assertEqual(sorted(letters.mapped("amount")), [7, 120])

    def test_a_courtesy_letter_for_what_was_paid_early_does_not_leave(self):
        self.company.collection_courtesy_days = 5
        acme = self._due_in(5)
        self._daily_run(MONDAY)
        letter = self.env["collection.letter"].search([("partner_id", "=", acme.id)])
        self.assertEqual(letter.state, "queued")
        with self._on(MONDAY, "09:00"):
            self._pay(acme.invoice_ids)
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), letter.state), ([], "cancelled"))

    def test_no_courtesy_letter_to_whom_we_talk_already_or_must_not(self):
        self.company.collection_courtesy_days = 5
        self._invoice(self._overdue_customer("Talking").partner_id, 100, self._day(3))
        self._due_in(3, collection_do_not_contact=True)
        self._due_in(3, name="Contact asked", **self._payable_contact(collection_do_not_contact=True))
        covered = self._due_in(3, name="Covered")
        self._receive(covered, 1000)
        self._daily_run(MONDAY)
        self.assertFalse(
            self.env["collection.letter"].search([("company_id", "=", self.company.id), ("kind", "=", "courtesy")])
        )

    def _due_in(self, days, amount=100, *, name="Early", **values):
        partner = self._customer(name, **values)
        with self._on(MONDAY - timedelta(days=20)):
            self._invoice(partner, amount, self._day(days))
        return partner

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
