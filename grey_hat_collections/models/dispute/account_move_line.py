from odoo import api, fields, models

from ...engine.disputes import Question, due_date
from ..base.to_decimal import to_decimal


class AccountMoveLine(models.Model):
    """What the customer says is wrong with an item, and what day our answer gave."""

    _inherit = "account.move.line"

    collection_dispute_line_ids = fields.One2many(
        "collection.dispute.line",
        "item_id",
        help="What the customer says is wrong with this item.",
        groups="base.group_user",
    )

    @api.depends(
        "amount_residual_currency",
        "collection_dispute_line_ids.amount_granted",
        "collection_dispute_line_ids.amount_waiting",
        "collection_dispute_line_ids.date_due_new",
    )
    def _compute_collection_due_date(self):
        result = super()._compute_collection_due_date()
        for line in self.filtered("collection_due_date"):
            lines = line.collection_dispute_line_ids.filtered(lambda one: one.amount_granted or one.amount_waiting)
            if lines:
                question = Question(
                    waiting=to_decimal(sum(lines.mapped("amount_waiting"))),
                    granted=to_decimal(sum(lines.mapped("amount_granted"))),
                    new_due=max(filter(None, lines.mapped("date_due_new")), default=None),
                )
                left = to_decimal(line.amount_residual_currency)
                line.collection_due_date = due_date(line.collection_due_date, left, question)
        return result

    def _collection_disputable(self, besides=None):
        """What of this item may still be disputed, in its currency: what is left to pay and in no dispute.

        :param besides: lines of disputes that do not count
        """
        self.ensure_one()
        lines = self.sudo().collection_dispute_line_ids  # what a colleague's customer disputes counts as well
        others = lines - besides if besides else lines
        return max(0, self.amount_residual_currency - sum(others.mapped("amount_waiting")))
