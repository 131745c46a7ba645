"""A mail server for demo and tests: takes every message, delivers none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from scripts.environment import free_port


@dataclass(frozen=True)
class Delivery:
    """One message as it came in: who it was really for, and what it says."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


@dataclass
class MailSink:
    """What came in so far. Set ``refuse`` to an SMTP answer such as ``"451 try later"`` to play a failing server, put an
    address into ``refused`` to play one that knows nobody of that name.
    """

    port: int
    folder: Path | None = None
    refuse: str | None = None
    refused: set[str] = field(default_factory=set)
    deliveries: list[Delivery] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Called by the mail server for each recipient."""
        if address in self.refused:
            return "550 5.1.1 nobody of that name here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by the mail server for each message."""
        if self.refuse:
            return self.refuse
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.default)
        self.deliveries.append(Delivery(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            taken = len(list(self.folder.glob("*.eml")))
            (self.folder / f"{taken + 1:04}.eml").write_bytes(content)
        return "250 OK"

    def to(self, address: str) -> list[Delivery]:
        """The messages for one recipient."""
        return [delivery for delivery in self.deliveries if address in delivery.recipients]


def returned(delivery: Delivery) -> str:
    """What the recipient's mail server sends back when it took a message and cannot deliver it: a notification (RFC 3464)."""
    (recipient,) = delivery.recipients
    domain = recipient.partition("@")[2]
    return "\n".join(
        (
            f"From: MAILER-DAEMON@{domain}",
            f"To: {delivery.sender}",
            "Subject: Undelivered Mail Returned to Sender",
            f"Message-Id: <returned-{abs(hash(delivery.message['Message-Id']))}@{domain}>",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="part"',
            "",
            "--part",
            "Content-Type: text/plain",
            "",
            f"Your message to {recipient} could not be delivered.",
            "--part",
            "Content-Type: message/delivery-status",
            "",
            f"Reporting-MTA: dns; mx.{domain}",
            "",
            f"Final-Recipient: rfc822; {recipient}",
            "Action: failed",
            "Status: 5.1.1",
            "",
            "--part",
            "Content-Type: text/rfc822-headers",
            "",
            f"Message-Id: {delivery.message['Message-Id']}",
            f"To: {recipient}",
            "",
            "--part--",
            "",
        )
    )


@contextmanager
def catching_mail(folder: Path | None = None) -> Iterator[MailSink]:
    """A mail server on a free port of the loopback interface while the block lasts.

    :param folder: where to keep messages as ``.eml`` files
    """
    sink = MailSink(free_port(), folder)
    with listening(sink):
        yield sink


@contextmanager
def listening(sink: MailSink) -> Iterator[None]:
    """Let ``sink`` take mail on its port of the loopback interface, in a thread, while the block lasts."""
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, data_size_limit=2**27)
    controller.start()
    try:
        yield
    finally:
        controller.stop()
