"""What an error of a mail server means: try again later, ask a person, or give up."""

import smtplib
from enum import Enum


class SmtpAnswer(Enum):
    """``UNKNOWN``: the e-mail may or may not have arrived."""

    LATER = "later"
    UNKNOWN = "unknown"
    REFUSED = "refused"


def understand(error):
    """What to make of what Odoo raised while sending, and the error of the mail server behind it.

    :rtype: tuple[SmtpAnswer, Exception]
    """
    cause = _cause(error)
    code = getattr(cause, "smtp_code", None)
    connecting = any(isinstance(arg, Exception) for arg in error.args)  # so Odoo reports what comes before sending
    broken = isinstance(cause, OSError) and (
        not isinstance(cause, smtplib.SMTPException) or isinstance(cause, smtplib.SMTPServerDisconnected)
    )
    if isinstance(cause, smtplib.SMTPRecipientsRefused):
        code = max((code for code, _message in cause.recipients.values()), default=None)
    unreachable = (broken and connecting) or isinstance(cause, smtplib.SMTPConnectError)
    if unreachable or (code is not None and 400 <= code < 500):
        return SmtpAnswer.LATER, cause
    return SmtpAnswer.UNKNOWN if broken else SmtpAnswer.REFUSED, cause or error


def _cause(error):
    """The error of the mail server behind what Odoo raised, as far as it is known."""
    seen = []
    while error and error not in seen:
        if isinstance(error, (smtplib.SMTPException, OSError)):
            return error
        seen.append(error)
        nested = next((arg for arg in error.args if isinstance(arg, Exception)), None)
        error = nested or error.__cause__ or error.__context__
    return None
