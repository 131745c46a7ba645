from odoo import fields, models


class MailActivity(models.Model):
    """What the rules have asked people for."""

    _inherit = "mail.activity"

    # What the rules note about what they ask: nobody else writes or reads it, on whatever record the activity is
    collection_asked = fields.Boolean(
        string="Requested by Collections",
        groups=fields.NO_ACCESS,
        copy=False,
        help="Requested by the rules. What people and other programs plan for themselves has no effect.",
    )
