from odoo import api, models

from .delivery_reports import read_report


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Tell a case whether a person has written: an out-of-office note of a machine is no answer of the customer."""
        self = self.with_context(collection_auto_reply=_is_automatic(message))
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def _detect_is_bounce(self, message, message_dict):
        """Reports of mail servers are known by what programs read in them, whoever signs them."""
        report = read_report(message)
        return super()._detect_is_bounce(message, message_dict) or bool(report and report.final)

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A letter that did not arrive fails; one that is late, or was passed on, does not."""
        report = read_report(email_message)
        self = self.with_context(collection_report=bool(report))  # cases leave it to their letters
        result = super()._routing_handle_bounce(email_message, message_dict)
        if report and report.final:
            # sudo: an incoming message may be handled with the rights of a guest
            self.env["collection.letter"].sudo()._returned(report.failed, report.message_ids)
        return result


def _is_automatic(message):
    """Whether a program has written ``message`` (RFC 3834, and what programs said before it)."""
    submitted = str(message.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    return not submitted.startswith("no") or precedence == "auto_reply" or bool(message.get("X-Autoreply"))
