from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of the customer's page."""

    _inherit = "res.config.settings"

    collection_page = fields.Boolean(related="company_id.collection_page", readonly=False)
    collection_page_days = fields.Integer(related="company_id.collection_page_days", readonly=False)
    collection_page_promise = fields.Boolean(related="company_id.collection_page_promise", readonly=False)
    collection_page_promise_days = fields.Integer(related="company_id.collection_page_promise_days", readonly=False)
    collection_page_promise_times = fields.Integer(related="company_id.collection_page_promise_times", readonly=False)
    collection_page_plan = fields.Boolean(related="company_id.collection_page_plan", readonly=False)
    collection_page_plan_at_once = fields.Boolean(related="company_id.collection_page_plan_at_once", readonly=False)
    collection_page_dispute = fields.Boolean(related="company_id.collection_page_dispute", readonly=False)
    collection_page_paid = fields.Boolean(related="company_id.collection_page_paid", readonly=False)
    collection_page_paid_days = fields.Integer(related="company_id.collection_page_paid_days", readonly=False)
    collection_page_copies = fields.Boolean(related="company_id.collection_page_copies", readonly=False)
    collection_page_details = fields.Boolean(related="company_id.collection_page_details", readonly=False)
    collection_page_ask = fields.Boolean(related="company_id.collection_page_ask", readonly=False)
    collection_page_callback = fields.Boolean(related="company_id.collection_page_callback", readonly=False)
