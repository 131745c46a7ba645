from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_min_amount = fields.Monetary(related="company_id.collection_min_amount", readonly=False)
    collection_policy_id = fields.Many2one(related="company_id.collection_policy_id", readonly=False)
    collection_first_policy_id = fields.Many2one(related="company_id.collection_first_policy_id", readonly=False)
    collection_courtesy_days = fields.Integer(related="company_id.collection_courtesy_days", readonly=False)
    collection_user_id = fields.Many2one(related="company_id.collection_user_id", readonly=False)
    collection_manager_id = fields.Many2one(related="company_id.collection_manager_id", readonly=False)
    collection_hour_from = fields.Float(related="company_id.collection_hour_from", readonly=False)
    collection_hour_to = fields.Float(related="company_id.collection_hour_to", readonly=False)
    collection_max_contacts = fields.Integer(related="company_id.collection_max_contacts", readonly=False)
    collection_contact_days = fields.Integer(related="company_id.collection_contact_days", readonly=False)
    collection_rest_days = fields.Integer(related="company_id.collection_rest_days", readonly=False)
