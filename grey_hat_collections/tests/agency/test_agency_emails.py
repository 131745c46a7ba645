import json
import smtplib
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.base.error_summary import LONGEST_REASON
from ..common import MONDAY
from .agency_common import PACKET, AgencyCommon

SEND = "odoo.addons.grey_hat_collections.models.agency.agency_message_send"
MAIL = "odoo.addons.mail.models.mail_mail"


@tagged("post_install", "-at_install")
class TestAgencyByEmail(AgencyCommon):
    """What is told by e-mail is sealed, and never repeated without a person."""

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY, "11:00")

    def test_a_packet_goes_out_sealed(self):
        referral = self._referred("Acme")
        message = self._packet(referral)
        self._send_messages()
        self.assertRecordValues(message, [{"state": "sent", "transport": "email"}])
        self.assertEqual(referral.state, "sent")
        (mail,) = self._mails
        self.assertEqual(mail["email_to"], ["desk@harbour.example"])
        self.assertEqual(mail["subject"], "Referral REF/2026/0001")
        ((name, archive, _type),) = mail["attachments"]
        self.assertEqual(name, "REF-2026-0001-packet.zip")
        for told in (mail["subject"], mail["body"], name, str(archive)):
            self.assertNotIn("Acme", told)
            self.assertNotIn(referral._zip_password(), told)
        self.assertIn("The password is sent to you separately", mail["body"])
        files = self._opened(archive, referral._zip_password())
        self.assertEqual(set(files), {"message.txt", "message.json", "REF-2026-0001.zip"})
        self.assertEqual(files["REF-2026-0001.zip"], PACKET)
        self.assertEqual(json.loads(files["message.json"])["payload"], {"customer": "Acme", "amount": "500.00"})
        with self.assertRaises(RuntimeError):
            self._opened(archive, "ACDE-FHJK")

    def test_notices_are_sealed_too(self):
        referral = self._referred()
        self._packet(referral)
        self.Message._queue(referral, "payment", {"customer": "Acme", "amount": "100.00"})
        self._send_messages()
        _packet, notice = self._mails
        ((name, archive, _type),) = notice["attachments"]
        self.assertEqual(name, "REF-2026-0001-payment.zip")
        self.assertNotIn(b"Acme", archive)
        files = self._opened(archive, referral._zip_password())
        self.assertEqual(
            files["message.txt"].decode(), "Payment notice REF/2026/0001\n\nAmount: 100.00\nCustomer: Acme\n"
        )

    def test_it_goes_where_hand_overs_go_in_the_language_of_the_agency(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.agency.partner_id.lang = "fr_FR"
        self.agency.handover_email = "secure@harbour.example"
        self._packet(self._referred())
        seen = []
        real = type(self.Message)._in_words_of_agency

        def listen(message):
            told = real(message)
            seen.append(told.env.lang)
            return told

        with patch.object(type(self.Message), "_in_words_of_agency", listen):
            self._send_messages()
        self.assertEqual(self._sent_to(), ["secure@harbour.example"])
        self.assertEqual(set(seen), {"fr_FR"})

    def test_without_an_address_a_person_is_asked(self):
        self.agency.partner_id.email = False
        referral = self._referred()
        message = self._packet(referral)
        self._send_messages()
        self.assertEqual((message.state, self._sent_to()), ("failed", []))
        self.assertIn("has no e-mail address for handovers", message.failure_reason)
        self.assertEqual(len(self._questions(referral)), 1)

    def test_refused_for_now_is_tried_again_and_leaves_nothing_behind(self):
        message = self._packet(self._referred())
        with mute_logger(MAIL, SEND):
            self._send_messages(refused=smtplib.SMTPDataError(451, b"Greylisted"))
        self.assertRecordValues(
            message, [{"state": "queued", "attempts": 1, "is_uncertain": False, "response_code": 451}]
        )
        archives = [("res_model", "=", message._name), ("res_id", "=", message.id)]
        self.assertEqual(self.env["ir.attachment"].sudo().search_count(archives), 0)
        self._send_messages(clock="12:05")
        self.assertEqual((message.state, len(self._mails)), ("sent", 1))

    def test_no_mail_server_to_be_reached_is_tried_again(self):
        message = self._packet(self._referred())
        with mute_logger(MAIL, SEND):
            self._send_messages(unreachable=ConnectionRefusedError(111, "Connection refused"))
        self.assertEqual((message.state, message.attempts, message.is_uncertain), ("queued", 1, False))

    def test_refused_for_good_is_told(self):
        referral = self._referred()
        message = self._packet(referral)
        with mute_logger(MAIL, SEND):
            self._send_messages(refused=smtplib.SMTPRecipientsRefused({"desk@harbour.example": (550, b"No such user")}))
        self.assertEqual((message.state, message.is_uncertain), ("failed", False))
        self.assertEqual(len(self._questions(referral)), 1)

    def test_a_mail_server_that_has_a_lot_to_say_is_quoted_in_short(self):
        told = b"Not now, and not like this. " * 10_000
        for code, state in ((451, "queued"), (554, "failed")):
            message = self._packet(self._referred())
            with mute_logger(MAIL, SEND):
                self._send_messages(refused=smtplib.SMTPDataError(code, told))
            self.assertEqual(message.state, state)
            self.assertIn("Not now", message.failure_reason)
            self.assertLessEqual(len(message.failure_reason), LONGEST_REASON)

    def test_a_connection_that_breaks_is_asked_about_and_not_repeated(self):
        referral = self._referred()
        message = self._packet(referral)
        with mute_logger(MAIL, SEND):
            self._send_messages(refused=smtplib.SMTPServerDisconnected("Connection unexpectedly closed"))
        self.assertEqual((message.state, message.is_uncertain), ("failed", True))
        self.assertIn("may or may not have reached Harbour Receivables", message.failure_reason)
        self._send_messages(self._day(1))
        self.assertEqual((self._sent_to(), referral.state), ([], "approved"))
        with self.assertRaisesRegex(UserError, "The agency may already have"), self.cr.savepoint():
            message.with_user(self.manager).action_cancel()
        with self._on(self._day(1)):
            message.with_user(self.manager).action_mark_sent()
        self.assertEqual((message.state, referral.state), ("sent", "sent"))
        self.assertFalse(self._questions(referral))

    def test_an_interrupted_hand_over_is_asked_about_and_sent_again_if_it_did_not_arrive(self):
        referral = self._referred()
        message = self._packet(referral)
        before = fields.Datetime.to_datetime(f"{MONDAY} 11:50:00")
        message.write({"handover_at": before, "first_attempt_at": before, "transport": "email"})
        self._send_messages(clock="12:00")
        self.assertEqual((message.state, self._sent_to()), ("queued", []))
        self._send_messages(clock="12:10")
        self.assertEqual((message.state, message.is_uncertain, self._sent_to()), ("failed", True, []))
        self.assertEqual(len(self._questions(referral)), 1)
        with self._on(MONDAY, "13:00"):
            message.with_user(self.manager).action_retry()
        self._send_messages(clock="13:00")
        self.assertEqual((message.state, len(self._mails)), ("sent", 1))
        self.assertFalse(self._questions(referral))

    def test_a_packet_of_a_referral_that_was_opened_again_is_not_sent_again(self):
        self.agency.partner_id.email = False
        referral = self._referred()
        message = self._packet(referral)
        self._send_messages()
        referral.state = "draft"
        with self.assertRaisesRegex(UserError, "Approve it again"):
            message.with_user(self.manager).action_retry()

    def test_what_else_happened_is_not_cancelled(self):
        notice = self.Message._queue(self._referred(), "payment", {"amount": "1.00"})
        with self.assertRaisesRegex(UserError, "must be informed"):
            notice.with_user(self.manager).action_cancel()

    def test_what_was_tried_stays_on_record(self):
        message = self._packet(self._referred())
        self._send_messages()
        with self.assertRaisesRegex(UserError, "must be kept on record"):
            message.unlink()
