from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of paying online."""

    _inherit = "res.config.settings"

    collection_pay_pending_days = fields.Integer(related="company_id.collection_pay_pending_days", readonly=False)
    collection_pay_referred = fields.Boolean(related="company_id.collection_pay_referred", readonly=False)
