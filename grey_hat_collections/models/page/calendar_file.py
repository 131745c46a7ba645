"""A calendar file (RFC 5545), to be opened by any calendar."""

from datetime import UTC, datetime, timedelta

#: Octets of a line.
LINE = 75


def calendar_file(events, now):
    """What a calendar reads.

    :param events: ``uid``, ``when`` (a day, or a moment in UTC), ``title`` and ``text`` of each
    :param datetime.datetime now: in UTC
    :rtype: bytes
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Grey Hat Collections//EN", "METHOD:PUBLISH"]
    for uid, when, title, text in events:
        lines += ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:{_moment(now)}", *_time(when)]
        lines += [f"SUMMARY:{_escape(title)}", f"DESCRIPTION:{_escape(text)}", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line))


def _time(when):
    if isinstance(when, datetime):
        return [f"DTSTART:{_moment(when)}", f"DTEND:{_moment(when + timedelta(minutes=15))}"]
    return [f"DTSTART;VALUE=DATE:{when:%Y%m%d}", f"DTEND;VALUE=DATE:{when + timedelta(days=1):%Y%m%d}"]


def _moment(moment):
    return f"{moment.replace(tzinfo=UTC):%Y%m%dT%H%M%SZ}"


def _escape(text):
    r"""What stands for itself in a value.

    >>> _escape("Pay; soon, or later")
    'Pay\\; soon\\, or later'
    """
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line):
    """Lines of at most 75 octets, no character cut in two; what goes on begins with a space."""
    part = b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > LINE:
            yield part
            part = b" "
        part += octets
    yield part
