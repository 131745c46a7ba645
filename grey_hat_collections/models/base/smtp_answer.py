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
    if isinstance(cause, smtplib.SMTPRecipientsRefused):
        code = max((code for code, _message in cause.recipients.values()), default=None)
    if is_unreachable(error) or (code is not None and 400 <= code < 500):
        return SmtpAnswer.LATER, cause
    return SmtpAnswer.UNKNOWN if _is_broken(cause) else SmtpAnswer.REFUSED, cause or error


def is_unreachable(error):
    """Whether the mail server was never spoken to: nobody listens, or nobody answers."""
    cause = _cause(error)
    connecting = any(isinstance(arg, Exception) for arg in error.args)  # so Odoo reports what comes before sending
    return (_is_broken(cause) and connecting) or isinstance(cause, smtplib.SMTPConnectError)


def _is_broken(cause):
    """Whether the connection broke, rather than the mail server saying something."""
    return isinstance(cause, OSError) and (
        not isinstance(cause, smtplib.SMTPException) or isinstance(cause, smtplib.SMTPServerDisconnected)
    )


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
