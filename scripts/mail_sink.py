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
    """What came in so far. Set ``refuse`` to an SMTP answer such as ``"451 try later"`` to play a failing server."""

    port: int
    folder: Path | None = None
    refuse: str | None = None
    deliveries: list[Delivery] = field(default_factory=list)

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
