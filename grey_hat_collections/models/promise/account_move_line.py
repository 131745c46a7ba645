from odoo import api, fields, models


class AccountMoveLine(models.Model):
    """What is promised of an item."""

    _inherit = "account.move.line"

    collection_promise_share_ids = fields.One2many(
        "collection.promise.share",
        "item_id",
        help="What open promises cover of this item.",
        groups="base.group_user",
    )
    collection_promise_date = fields.Date(
        string="Promised For",
        compute="_compute_collection_promise_date",
        compute_sudo=True,  # who may read an item may know what is promised for it
        groups="base.group_user",
        help="The first day for which the customer has promised to pay part of this item.",
    )

    @api.depends("collection_promise_share_ids.promise_id.date_promised")
    def _compute_collection_promise_date(self):
        for line in self:
            days = line.collection_promise_share_ids.promise_id.mapped("date_promised")
            line.collection_promise_date = min(days, default=False)
