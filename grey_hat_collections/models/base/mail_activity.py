from odoo import fields, models


class MailActivity(models.Model):
    """What the rules have asked people for."""

    _inherit = "mail.activity"

    # What the rules note about what they ask: nobody else writes or reads it, on whatever record the activity is
    collection_asked = fields.Boolean(
        groups=fields.NO_ACCESS,
        copy=False,
        help="The rules have asked for this. What people and other programs plan for themselves decides nothing.",
    )
