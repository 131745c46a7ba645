from odoo import api, fields, models
from odoo.tools.misc import format_date


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

    @api.depends("collection_promise_date")
    def _compute_collection_chase_state(self):
        return super()._compute_collection_chase_state()

    def _part_in_words(self, part, amount):
        """What is promised says for which day."""
        if part != "promised" or not self.collection_promise_date:
            return super()._part_in_words(part, amount)
        day = format_date(self.env, self.collection_promise_date, date_format="MMM d")
        return self.env._("%(amount)s promised for %(day)s", amount=amount, day=day)
