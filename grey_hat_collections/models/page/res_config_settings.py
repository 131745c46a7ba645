from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of the customer's page."""

    _inherit = "res.config.settings"

    collection_page = fields.Boolean(related="company_id.collection_page", readonly=False)
    collection_page_days = fields.Integer(related="company_id.collection_page_days", readonly=False)
