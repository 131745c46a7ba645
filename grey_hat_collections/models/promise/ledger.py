from odoo import api, models
from odoo.tools import SQL


class CollectionLedger(models.AbstractModel):
    """What promises that run cover is not asked for; judging keeps their shares up to date."""

    _inherit = "collection.ledger"

    def _flush_sources(self):
        result = super()._flush_sources()
        self.env["collection.promise.share"].flush_model(["amount", "company_id", "item_id", "promise_id"])
        self.env["collection.promise"].flush_model(["date_promised"])
        return result

    @api.model
    def _query_covered(self, condition):
        return SQL(
            "SELECT item_id, SUM(amount) AS amount FROM collection_promise_share WHERE %s GROUP BY item_id", condition
        )

    @api.model
    def _query_promised_for(self, condition):
        return SQL(
            """SELECT item_id, MIN(promise.date_promised) AS date
                 FROM collection_promise_share share
                 JOIN collection_promise promise ON promise.id = share.promise_id
                WHERE %s
             GROUP BY item_id""",
            condition,
        )
