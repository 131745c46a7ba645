"""What a mail server's report says about an e-mail of ours: whose copy did not arrive for good, and which e-mail it was.

Most servers answer in the form of RFC 3464, some in the older ones of Exim and qmail, in text and in any language.
"""

import re
from dataclasses import dataclass
from email import message_from_string

from odoo.tools import email_normalize_all

#: The parts that a program reads (RFC 3464; RFC 6533 for addresses beyond ASCII), and those that hold the e-mail it is about.
STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
ORIGINAL_PARTS = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
#: Where in a text the copy of our own e-mail begins: what it says is no word of the server.
COPY = re.compile(
    r"^(?:-{2,} .*(?:copy|below this line).*|(?:return-path|received|message-id):.*)$", re.IGNORECASE | re.MULTILINE
)
MESSAGE_ID = re.compile(r"^message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
IDS = re.compile(r"<[^<>\s]+>")
#: A paragraph about one address, as qmail writes it.
PARAGRAPH = re.compile(r"^<([^<>\s]+@[^<>\s]+)>:\s*$", re.MULTILINE)
#: Codes of RFC 3463 and of SMTP: for good, or for now.
FOR_GOOD = re.compile(r"(?<![\d.])(?:5\.\d{1,3}\.\d{1,3}|55\d)(?![\d.])")
FOR_NOW = re.compile(r"(?<![\d.])(?:4\.\d{1,3}\.\d{1,3}|45\d|42\d)(?![\d.])")


@dataclass(frozen=True)
class DeliveryReport:
    """``failed`` are the addresses that an e-mail did not reach for good; ``message_ids`` name the e-mail, as far as the report
    does. ``final`` says whether anything failed for good, even where no address is named.
    """

    failed: frozenset[str] = frozenset()
    message_ids: tuple[str, ...] = ()
    final: bool = False


def read_report(message):
    """What ``message`` reports; None where it is no report about a delivery.

    :param email.message.EmailMessage message: as it came in
    """
    parts = list(_own_parts(message))
    statuses = [part for part in parts if part.get_content_type() in STATUS_PARTS]
    ids = _original_ids(message, parts)
    if statuses:
        failed, final = set(), False
        for group in (group for part in statuses for group in _groups(part)):
            if _header(group, "Action").lower() == "failed":
                final = True
                failed.update(_recipients(group))
        return DeliveryReport(frozenset(failed), ids, final)
    if message.get_content_type() == "multipart/report":
        return DeliveryReport(message_ids=ids)  # that it was read, or something else that is no failure
    named = email_normalize_all(_header(message, "X-Failed-Recipients"))
    if named:
        return DeliveryReport(frozenset(named), ids, final=True)
    if not _is_from_daemon(message):
        return None
    text = _text(parts)
    told = COPY.split(text, maxsplit=1)[0]
    addresses = email_normalize_all(", ".join(PARAGRAPH.findall(told)))
    # Exim names the addresses in a header once it gives up, and writes nothing but text before
    final = bool(FOR_GOOD.search(told) or (addresses and not FOR_NOW.search(told)))
    return DeliveryReport(frozenset(addresses if final else ()), ids, final)


def _own_parts(message):
    """The parts of ``message`` itself, without those of an e-mail inside: somebody may forward a report."""
    yield message
    if message.is_multipart() and message.get_content_type() not in (*ORIGINAL_PARTS, *STATUS_PARTS):
        for part in message.get_payload():
            yield from _own_parts(part)


def _groups(part):
    """The groups of fields of a part that programs read: about the e-mail first, then about each address."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return []
    if part.get_content_type() == STATUS_PARTS[0]:
        return payload
    # of the other kind Python makes an e-mail: the first group its headers, the rest its text
    blocks = re.split(r"\n\s*\n", payload[0].as_string().replace("\r\n", "\n")) if payload else []
    return [message_from_string(block) for block in blocks]


def _recipients(group):
    """The addresses that a group is about: the one that was written to, and the one it was forwarded to."""
    values = (_header(group, name).partition(";")[2] for name in ("Original-Recipient", "Final-Recipient"))
    return email_normalize_all(", ".join(value.strip() for value in values))


def _original_ids(message, parts):
    """How the e-mail that the report is about calls itself; else what the report answers to."""
    found = []
    for part in parts:
        kind = part.get_content_type()
        if kind not in ORIGINAL_PARTS:
            continue
        payload = part.get_payload()
        if isinstance(payload, list) and payload:
            for name in ("Message-Id", "X-Microsoft-Original-Message-ID"):
                found += IDS.findall(_header(payload[0], name))
        else:
            found += MESSAGE_ID.findall(_decoded(part))
    found = found or MESSAGE_ID.findall(_text(parts))
    for name in ("In-Reply-To", "References"):
        found += [] if found else IDS.findall(_header(message, name))
    return tuple(dict.fromkeys(found))


def _is_from_daemon(message):
    """Whether a program of a mail server wrote this; a postmaster may be a person, too."""
    senders = {sender.partition("@")[0] for sender in email_normalize_all(_header(message, "From"))}
    by_itself = _header(message, "Return-Path") == "<>" or _header(message, "Auto-Submitted").lower().startswith("auto")
    return "mailer-daemon" in senders or ("postmaster" in senders and by_itself)


def _text(parts):
    plain = [part for part in parts if part.get_content_type() == "text/plain"]
    return "\n".join(_decoded(part) for part in plain)


def _decoded(part):
    content = part.get_payload(decode=True) or b""
    return (
        content.decode(part.get_content_charset("utf-8") or "utf-8", "replace").replace("\r\n", "\n") if content else ""
    )


def _header(message, name):
    """A header in one line; what cannot be read is nothing."""
    return " ".join(str(message.get(name) or "").split())
