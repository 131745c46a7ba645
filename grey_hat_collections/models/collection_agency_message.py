import uuid

from odoo import fields, models


class CollectionAgencyMessage(models.Model):
    """One message to an agency: the outbox. Written in the transaction of what it tells, sent once by a scheduled action."""

    _name = "collection.agency.message"
    _description = "Message to an Agency"
    _order = "id desc"
    _check_company_auto = True

    referral_id = fields.Many2one(
        "collection.referral", required=True, ondelete="restrict", index=True, readonly=True, check_company=True
    )
    agency_id = fields.Many2one(related="referral_id.agency_id", store=True, index=True)
    company_id = fields.Many2one(related="referral_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("packet", "Hand-over"),
            ("payment", "Payment notice"),
            ("credit", "Credit notice"),
            ("contact", "Customer's contact"),
            ("recall", "Recall"),
        ],
        required=True,
        readonly=True,
    )
    payload = fields.Json(readonly=True, help="What is told, as it is sent.")
    attachment_id = fields.Many2one("ir.attachment", string="Packet", readonly=True, ondelete="restrict")
    key = fields.Char(
        string="Idempotency Key",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: str(uuid.uuid4()),
        help="The agency takes a message with the same key once.",
    )
    state = fields.Selection(
        [("queued", "Queued"), ("sent", "Sent"), ("failed", "Failed"), ("cancelled", "Cancelled")],
        required=True,
        default="queued",
        index=True,
        readonly=True,
    )
    sent_at = fields.Datetime(readonly=True)
    failure_reason = fields.Text(readonly=True)

    _unique_key = models.Constraint("UNIQUE(key)", "This message was written already.")
