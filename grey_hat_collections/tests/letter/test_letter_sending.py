import hashlib
import smtplib
from unittest.mock import patch

import psycopg2
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.base.error_summary import LONGEST_REASON
from ..common import MONDAY, CollectionCommon

OUTGOING = "odoo.addons.grey_hat_collections.models.base.outgoing"
SEND = "odoo.addons.grey_hat_collections.models.letter.letter_send"
MAIL = "odoo.addons.mail.models.mail_mail"


@tagged("post_install", "-at_install")
class TestLetterSending(CollectionCommon):
    """From the queue into the house of the customer. The story begins on Monday, 2 March 2026."""

    # -- Once ----------------------------------------------------------------------------------------------------

    def test_one_letter_of_the_ladder_at_a_time_waits_for_a_customer(self):
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
        letter._cancel("Not today")
        letter.flush_recordset()
        self.assertTrue(letters.create(values), "What never left makes room")

    def test_what_came_back_is_not_sent_again_beside_the_next_letter(self):
        case, letter = self._reminded_customer()
        case, letter = case.sudo(), letter.sudo()
        letter._fail("No such mailbox")
        case._abandon_step("Another step comes first.")
        later = letter.create(
            {
                "case_id": case.id,
                "partner_id": case.partner_id.id,
                "company_id": case.company_id.id,
                "kind": "reminder",
                "step_id": letter.step_id.id,
            }
        )
        letter.state = "failed"
        with self.assertRaisesRegex(UserError, f"{later.name}.* is queued for the same customer"):
            letter.with_user(self.collector).action_retry()
        later._cancel("Not today")
        letter.with_user(self.collector).action_retry()
        self.assertEqual((letter.state, case.pending_letter_id), ("queued", letter), "its step is under way again")

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

        with patch.object(type(broken), "_store_pdf", unlucky), mute_logger(OUTGOING, "odoo.sql_db"):
            self._send(MONDAY)
        self.assertEqual((broken.state, other.state, len(self._mails)), ("failed", "sent", 1))
        self.assertIn("division by zero", broken.failure_reason)
        self.assertEqual(len(broken.case_id.activity_ids), 1)

    def test_a_mail_server_that_has_a_lot_to_say_is_quoted_in_short(self):
        _case, letter = self._reminded_customer()
        told = b"We do not take this. " * 10_000
        self.assertEqual(self._refused(letter, smtplib.SMTPDataError(554, told)), "failed")
        self.assertIn("We do not take this.", letter.failure_reason)
        self.assertLessEqual(len(letter.failure_reason), LONGEST_REASON)
        self.assertLess(len(letter.case_id.activity_ids.summary), LONGEST_REASON + 100)

    def _refused(self, letter, answer, day=MONDAY):
        """Hand the letter to a mail server that answers like that."""
        with mute_logger(MAIL, SEND):
            self._send(day, refused=answer)
        return letter.state

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
        with self.assertRaisesRegex(UserError, "must be kept on record"):
            letter.sudo().unlink()
        letter.with_user(self.collector).write({"tracking_ref": "RR1", "delivered_on": MONDAY})

    def test_the_pdf_of_a_letter_cannot_be_replaced(self):
        _case, letter = self._reminded_customer()
        self._send(MONDAY)
        with self.assertRaises(UserError):
            letter.with_user(self.manager).attachment_id.write({"raw": b"Another letter"})
        with self.assertRaises(UserError):
            letter.with_user(self.manager).attachment_id.unlink()
        with self.assertRaises(psycopg2.IntegrityError), self.cr.savepoint(), mute_logger("odoo.sql_db"):
            letter.sudo().attachment_id.unlink()
