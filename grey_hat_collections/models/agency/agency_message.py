import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..base.odd_json import as_dict
from .agency_secret import TRANSPORTS

FAILED_XMLID = "grey_hat_collections.mail_activity_type_agency_message"
#: What may be taken back as long as it has not arrived: what else happened must be told one way or another.
CANCELLABLE = ("packet", "contact")


class CollectionAgencyMessage(models.Model):
    """One message to an agency: the outbox. Written in the transaction of what it tells, sent once by a scheduled action."""

    _name = "collection.agency.message"
    _description = "Message to an Agency"
    _inherit = ["collection.door", "collection.outgoing"]
    _order = "id desc"
    _check_company_auto = True

    referral_id = fields.Many2one(
        "collection.referral",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
        check_company=True,
        help="What the message is about.",
    )
    agency_id = fields.Many2one(related="referral_id.agency_id", store=True, index=True, help="Who is informed.")
    company_id = fields.Many2one(related="referral_id.company_id", store=True, index=True, help="Who sends it.")

    # What is told
    kind = fields.Selection(
        [
            ("packet", "Handover"),
            ("payment", "Payment notice"),
            ("credit", "Credit notice"),
            ("contact", "Customer contact"),
            ("recall", "Recall"),
        ],
        required=True,
        readonly=True,
        help="What the message tells the agency.",
    )
    payload = fields.Json(readonly=True, help="The message as it is sent.")
    content = fields.Text(string="Message Content", compute="_compute_content", help="The message in readable form.")
    attachment_id = fields.Many2one(
        "ir.attachment",
        string="Packet",
        readonly=True,
        ondelete="restrict",
        help="The exact file that is handed over, encrypted in transit.",
    )
    key = fields.Char(
        string="Idempotency Key",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: str(uuid.uuid4()),
        help="The agency accepts a message with the same key only once.",
    )

    # How it goes
    state = fields.Selection(help="Whether the agency has it.")
    transport = fields.Selection(
        TRANSPORTS,
        string="Sent Via",
        readonly=True,
        help="The transport used for the last attempt; the agency's form shows the one used next.",
    )
    next_attempt_at = fields.Datetime(
        string="Next Attempt", readonly=True, default=fields.Datetime.now, help="Not before this moment."
    )
    first_attempt_at = fields.Datetime(
        string="First Attempt",
        readonly=True,
        help="The time stated in the message itself, even when it is repeated.",
    )
    handover_at = fields.Datetime(
        string="Handed Over", help="When it was handed to the agency or the mail server, which may be answering."
    )
    is_uncertain = fields.Boolean(
        string="May Have Arrived",
        readonly=True,
        help="An attempt got no response: the agency may have received the message anyway.",
    )
    is_followed_up = fields.Boolean(
        readonly=True, help="The referral and the people concerned have been informed of the outcome."
    )
    sent_at = fields.Datetime(help="When the agency received it.")
    response_code = fields.Integer(
        string="Answer", readonly=True, help="The HTTP status of the agency's last response."
    )
    agency_reference = fields.Char(readonly=True, help="The agency's reference: quote it when you call there.")
    failure_reason = fields.Text(help="The error that occurred.")
    mail_mail_id = fields.Many2one(help="The e-mail with which it was sent.")

    _unique_key = models.Constraint("UNIQUE(key)", "This message was written already.")
    _queue_index = models.Index("(next_attempt_at) WHERE state = 'queued'")

    # -- Computes ------------------------------------------------------------------------------------------------

    @api.depends("kind", "referral_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for message in self:
            message.display_name = f"{labels.get(message.kind, '')} {message.referral_id.name or ''}".strip()

    @api.depends("payload")
    def _compute_content(self):
        for message in self:
            message.content = "\n".join(_lines(as_dict(message.payload)))

    # -- Writing -------------------------------------------------------------------------------------------------

    @api.model
    def _queue(self, referral, kind, payload, attachment=None):
        """Write down what is to be told to the agency of ``referral``; it is sent once this transaction holds.

        :param payload: what is told, as JSON can hold it
        :param attachment: the packet, for a hand-over
        """
        told = {"referral_id": referral.id, "kind": kind, "payload": payload}
        return self._queue_all([told | {"attachment_id": attachment and attachment.id}])

    @api.model
    def _queue_all(self, told):
        """Write down many messages at once: the values of each, ``referral_id``, ``kind`` and ``payload``."""
        # sudo: messages are written by the rules, whoever does what is told by them
        messages = self.sudo().create(told)
        if messages:
            self._call_sender()
        return messages.with_env(self.env)

    @api.model
    def _call_sender(self, at=None):
        # sudo: scheduled actions are the system's; this one is only woken
        self.env.ref("grey_hat_collections.ir_cron_send_agency_messages").sudo()._trigger(at)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_tried(self):
        for message in self:
            if message.first_attempt_at or message.state == "sent":
                raise UserError(
                    self.env._("%s was sent or attempted and must be kept on record.", message.display_name)
                )

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_retry(self):
        """Send failed messages again. Of an e-mail it says at the same time that the former did not arrive."""
        messages = self._for_manager().filtered(lambda message: message.state == "failed")
        messages._check_packets()
        for message in messages:
            message.write(
                {
                    "state": "queued",
                    "attempts": 0,
                    "next_attempt_at": fields.Datetime.now(),
                    "handover_at": False,
                    "failure_reason": False,
                    "is_followed_up": False,
                    "is_uncertain": message.is_uncertain and message.transport == "https",
                }
            )
        messages._withdraw_question()
        self._call_sender()
        return True

    def action_mark_sent(self):
        """Say that the agency has the messages: they did arrive, or were told another way."""
        messages = self._for_manager().filtered(
            lambda message: message.state == "failed" or (message.state == "queued" and not message.handover_at)
        )
        messages._check_packets()
        messages._note_sent()
        for message in messages:
            message._follow_up()
        return True

    def action_cancel(self):
        """Take messages back that have not left. What else happened must be told, one way or another."""
        messages = self._for_manager().filtered(lambda message: message.state in ("queued", "failed"))
        for message in messages:
            if (
                message.kind not in CANCELLABLE
                or message.is_uncertain
                or (message.handover_at and message.state == "queued")
            ):
                raise UserError(
                    self.env._(
                        "The agency may already have %s, or must be informed of it. Tell the agency yourself, then mark the "
                        "message as sent.",
                        message.display_name,
                    )
                )
        for message in messages:
            message._withdraw(self.env._("Cancelled by %s.", self.env.user.name))
        return True

    def _for_manager(self):
        """These messages, to be changed by a manager who may see them."""
        self.check_access("read")
        if not self.env.user.has_group("grey_hat_collections.group_manager"):
            raise AccessError(
                self.env._("Only collections managers can decide what agencies are told. Ask one of them.")
            )
        return self.sudo()  # written by the rules only; who asks and may see them was checked

    def _check_packets(self):
        for message in self.filtered(lambda message: message.kind == "packet"):
            if message.referral_id.state != "approved":
                raise UserError(
                    self.env._(
                        "%s has changed since this packet was made. Approve it again; that makes a new packet.",
                        message.referral_id.name,
                    )
                )


def _lines(payload, indent=""):
    """What JSON says, in lines that a person reads: a word and what it is."""
    for name, value in payload.items():
        # the code of a currency is no word
        label = f"{indent}{name if name.isupper() else name.replace('_', ' ').capitalize()}"
        if isinstance(value, dict):
            yield f"{label}:"
            yield from _lines(value, f"{indent}  ")
        elif isinstance(value, list):
            yield f"{label}:"
            for one in value:
                yield from _lines(one, f"{indent}  ") if isinstance(one, dict) else [f"{indent}  {one}"]
        elif value not in (None, False, ""):
            yield f"{label}: {value}"
