from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Tell a case whether a person has written: an out-of-office note of a machine is no answer of the customer."""
        self = self.with_context(collection_auto_reply=_is_automatic(message))
        return super()._message_route_process(message, message_dict, routes)


def _is_automatic(message):
    """Whether a program has written ``message`` (RFC 3834, and what programs said before it)."""
    submitted = str(message.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    return not submitted.startswith("no") or precedence == "auto_reply" or bool(message.get("X-Autoreply"))
