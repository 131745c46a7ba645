from odoo import fields, models


class CollectionPromiseShare(models.Model):
    """How much of an open item a running promise covers: a cache that judging writes and the ledger reads."""

    _name = "collection.promise.share"
    _description = "Promise Allocation to an Open Item"
    _inherit = ["collection.door"]
    _log_access = False

    promise_id = fields.Many2one("collection.promise", required=True, ondelete="cascade", index=True)
    item_id = fields.Many2one("account.move.line", string="Open Item", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="promise_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(required=True, help="In company currency.")
