from odoo import api, models
from odoo.tools import SQL


class CollectionLedger(models.AbstractModel):
    """What is disputed, and what our answers have granted, is not asked for; see :mod:`engine.disputes`."""

    _inherit = "collection.ledger"

    def _flush_sources(self):
        result = super()._flush_sources()
        names = ["amount_granted", "amount_waiting", "company_id", "date_due_new", "item_id"]
        self.env["collection.dispute.line"].flush_model(names)
        return result

    @api.model
    def _query_questions(self, condition):
        return SQL(
            """SELECT item_id, SUM(amount_waiting) AS waiting, SUM(amount_granted) AS granted, MAX(date_due_new) AS new_due
                 FROM collection_dispute_line
                WHERE (amount_waiting > 0 OR amount_granted > 0) AND %s
             GROUP BY item_id""",
            condition,
        )
