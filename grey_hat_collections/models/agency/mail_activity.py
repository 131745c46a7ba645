from odoo import fields, models


class MailActivity(models.Model):
    """Why a manager is asked about an agency."""

    _inherit = "mail.activity"

    collection_referral = fields.Json(
        groups=fields.NO_ACCESS,
        copy=False,
        help="Why a manager is asked about an agency, and since when the case is in the window: asked and answered once.",
    )
