from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY, CollectionCommon

ADDRESS = "acme@customer.example"
ORIGINAL = """Return-Path: <cora@us.example>
Received: from mail.us.example (mail.us.example [192.0.2.1]) by mx.customer.example; Mon, 2 Mar 2026 12:00:00 +0000
Message-Id: {message_id}
From: Cora Lector <cora@us.example>
To: {address}
Subject: 550 US dollars are overdue

We have not received 550.00 yet.
"""


def _report(sender, status, words="", original=ORIGINAL, kind="message/rfc822", subject="Undelivered Mail", extra=""):
    """A report in the form of RFC 3464."""
    copy = f"\n--b\nContent-Type: {kind}\n\n{original}" if original else ""
    return (
        f"From: {sender}\nTo: bounce@us.example\nSubject: {subject}\nMessage-Id: <report@mx.example>\n{extra}"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n"
        "Arrival-Date: Mon, 2 Mar 2026 12:00:00 +0000\n\n"
        f"{status}\n{copy}\n--b--\n"
    )


def _status(action, code="5.1.1", address="{address}", original="", kind="rfc822"):
    first = f"Original-Recipient: rfc822;{original}\n" if original else ""
    return (
        f"{first}Final-Recipient: {kind}; {address}\nAction: {action}\nStatus: {code}\n"
        f"Diagnostic-Code: smtp; {code} see there\n"
    )


def _text(sender, words, extra="", subject="Mail delivery failed"):
    """A report in words only, as older servers write it."""
    return (
        f"From: {sender}\nTo: bounce@us.example\nSubject: {subject}\nMessage-Id: <report@mx.example>\n{extra}\n{words}"
    )


DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example>"
HEADERS = "Message-Id: {message_id}\nTo: {address}\nSubject: Reminder\n"
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {address}
    all relevant MX records point to non-existent hosts

------ This is a copy of the message, including all the headers. ------

"""
EXIM_LATE = """This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.

The message identifier is:     1tAbcD-0001
The address to which the message has not yet been delivered is:

  {address}
    Delay reason: host mx.customer.example [192.0.2.9]: 451 4.7.1 Try again later

No action is required on your part.
"""
QMAIL = """Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{address}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

"""
FRENCH = "Votre message n'a pas pu être remis : l'adresse n'existe pas."
GERMAN_LATE = "Ihre Nachricht wurde noch nicht zugestellt. Es wird weiter versucht."

#: What comes in, and what becomes of the letter. Words in braces are filled in.
REPORTS = {
    "Postfix": (_report(DAEMON, _status("failed", original="{address}")), "failed"),
    "Postfix, headers alone": (
        _report(DAEMON, _status("failed"), original=HEADERS, kind="text/rfc822-headers"),
        "failed",
    ),
    "Postfix, late": (
        _report(DAEMON, _status("delayed", "4.4.1"), subject="Delayed Mail (still being retried)"),
        "sent",
    ),
    "Postfix, delivered": (_report(DAEMON, _status("delivered", "2.0.0")), "sent"),
    "passed on to a server that reports nothing": (_report(DAEMON, _status("relayed", "2.0.0")), "sent"),
    "a list has taken it": (_report(DAEMON, _status("expanded", "2.0.0")), "sent"),
    "it failed where it was forwarded to": (
        _report(DAEMON, _status("failed", address="ann@elsewhere.example", original="{address}")),
        "failed",
    ),
    "and nothing says from where": (_report(DAEMON, _status("failed", address="ann@elsewhere.example")), "failed"),
    "Exim": (
        _text(
            "Mail Delivery System <Mailer-Daemon@mx.example>",
            EXIM + ORIGINAL,
            "X-Failed-Recipients: {address}\nAuto-Submitted: auto-replied\n",
        ),
        "failed",
    ),
    "Exim of today": (
        _report(
            "Mail Delivery System <Mailer-Daemon@mx.example>",
            _status("failed"),
            EXIM,
            extra="X-Failed-Recipients: {address}\n",
        ),
        "failed",
    ),
    "Exim, late": (
        _text(
            "Mail Delivery System <Mailer-Daemon@mx.example>",
            EXIM_LATE,
            "Auto-Submitted: auto-replied\n",
            "Warning: message delayed 24 hours",
        ),
        "sent",
    ),
    "Exchange": (
        _report(
            "Microsoft Outlook <postmaster@customer.example>",
            _status("failed", "5.1.10", kind="rfc822"),
            "Your message couldn't be delivered.",
            original="X-Microsoft-Original-Message-ID: {message_id}\n"
            + ORIGINAL.replace("{message_id}", "<new@mx.example>"),
            subject="Undeliverable: Reminder",
        ),
        "failed",
    ),
    "Exchange, late, in German": (
        _report(
            "postmaster@customer.example",
            _status("delayed", "4.4.7"),
            GERMAN_LATE,
            subject="Zustellung verzögert: Reminder",
        ),
        "sent",
    ),
    "Exchange, in French, without the original": (
        _report(
            "postmaster@customer.example",
            _status("failed", "5.1.10"),
            FRENCH,
            original="",
            extra="In-Reply-To: {message_id}\n",
        ),
        "failed",
    ),
    "Gmail": (
        _report(
            "Mail Delivery Subsystem <mailer-daemon@mail.example>",
            _status("failed"),
            "** Address not found **",
            extra="X-Failed-Recipients: {address}\nIn-Reply-To: {message_id}\nReferences: {message_id}\n",
            subject="Delivery Status Notification (Failure)",
        ),
        "failed",
    ),
    "Gmail, late": (
        _report(
            "mailer-daemon@mail.example", _status("delayed", "4.4.1"), subject="Delivery Status Notification (Delay)"
        ),
        "sent",
    ),
    "qmail": (_text("MAILER-DAEMON@mx.example", QMAIL + ORIGINAL, subject="failure notice"), "failed"),
    "neither the original nor its number": (_report(DAEMON, _status("failed"), original=""), "failed"),
    "and about somebody else": (_report(DAEMON, _status("failed", address="bob@other.example"), original=""), "sent"),
    "about another e-mail to the same address": (
        _report(DAEMON, _status("failed"), original=ORIGINAL.replace("{message_id}", "<invoice@us.example>")),
        "sent",
    ),
    "addresses beyond ASCII": (
        _report(DAEMON, _status("failed", kind="utf-8"), kind="message/global").replace(
            "message/delivery-status", "message/global-delivery-status"
        ),
        "failed",
    ),
    "no bounce address, no daemon": (
        _report("Systeem <noreply@mx.example>", _status("failed")).replace(
            "To: bounce@us.example", "To: cora@us.example", 1
        ),
        "failed",
    ),
    "that it was read": (
        _report("Ann <ann@customer.example>", "")
        .replace("report-type=delivery-status", "report-type=disposition-notification")
        .replace("message/delivery-status", "message/disposition-notification"),
        "sent",
    ),
}


@tagged("post_install", "-at_install")
class TestDeliveryReports(CollectionCommon):
    """What mail servers report about a letter that they have taken. The story begins on Monday, 2 March 2026."""

    def _begin(self):
        super()._begin()
        self.case = self._warned_customer()
        self.letter = self.case.letter_ids

    def _comes_in(self, report, **words):
        words = {"address": ADDRESS, "message_id": self.letter.tracking_ref} | words
        for name, value in words.items():
            report = report.replace(f"{{{name}}}", value)
        with self._on(MONDAY, "13:00"), mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].sudo().message_process(None, report)
            self.env.flush_all()
        self.env.invalidate_all()

    def test_each_says_what_becomes_of_the_letter(self):
        for name, (report, state) in REPORTS.items():
            with self.subTest(name), self.cr.savepoint() as savepoint:
                self._comes_in(report)
                self.assertEqual(self.letter.state, state)
                warned = "Friendly reminder" if state == "sent" else False
                self.assertEqual(self.case.step_id.name, warned)
                self.assertFalse(self.case.last_reply_date, "A machine's word is no answer of the customer")
                savepoint.rollback()
            self.env.invalidate_all()

    def test_somebody_forwards_a_report_and_that_is_an_answer(self):
        report = _report(DAEMON, _status("failed"))
        forwarded = (
            "From: Ann <ann@customer.example>\nTo: cora@us.example\nSubject: Fwd: Undelivered Mail\n"
            "Message-Id: <fwd@customer.example>\n"
            'In-Reply-To: {message_id}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="m"\n\n'
            "--m\nContent-Type: text/plain\n\nThis came to us. What is it?\n--m\nContent-Type: message/rfc822\n\n"
            + report
            + "\n--m--\n"
        )
        self._comes_in(forwarded)
        self.assertEqual((self.letter.state, self.case.last_reply_date), ("sent", MONDAY))

    def test_a_postmaster_of_flesh_and_blood(self):
        answer = _text(
            "postmaster@customer.example", "We paid 550 on Friday.", "In-Reply-To: {message_id}\n", "Re: Reminder"
        )
        self._comes_in(answer)
        self.assertEqual((self.letter.state, self.case.last_reply_date), ("sent", MONDAY))

    def test_one_of_two_addresses_comes_back(self):
        case = self._warned_customer("Two", email="ap@two.example; cfo@two.example")
        letter = case.letter_ids
        self.assertEqual(self._sent_to(), ["ap@two.example", "cfo@two.example"])
        self._comes_in(REPORTS["Postfix"][0], address="cfo@two.example", message_id=letter.tracking_ref)
        self.assertEqual((letter.state, case.step_id.name), ("sent", "Friendly reminder"), "The other has it")
        self.assertIn("cfo@two.example", case.activity_ids.summary)
        report = REPORTS["Gmail"][0].replace("<report@", "<second@")
        self._comes_in(report, address="ap@two.example", message_id=letter.tracking_ref)
        self.assertEqual((letter.state, case.step_id.id), ("failed", False), "Nobody has it")

    def test_a_courtesy_letter_comes_back(self):
        self.company.collection_courtesy_days = 5
        early = self._customer("Early")
        with self._on(self._day(-20)):
            self._invoice(early, 100, self._day(5))
        self._daily_run(MONDAY)
        self._send(MONDAY)
        letter = self.env["collection.letter"].search([("partner_id", "=", early.id)])
        self._comes_in(REPORTS["qmail"][0], address="early@customer.example", message_id=letter.tracking_ref)
        self.assertEqual(letter.state, "failed")
        self.assertTrue(early.activity_ids, "It belongs to no case: the question is asked on the customer")
