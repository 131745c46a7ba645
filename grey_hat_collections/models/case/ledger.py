from odoo import api, models


class CollectionLedger(models.AbstractModel):
    """What changes in the books is told to the cases."""

    _inherit = "collection.ledger"

    @api.model
    def _changed(self, lines_or_payments):
        result = super()._changed(lines_or_payments)
        self.env["collection.case"]._ledger_changed(lines_or_payments)
        return result

    @api.model
    def _moved(self, partner_ids, items, companies):
        result = super()._moved(partner_ids, items, companies)
        self.env["collection.case"]._customers_changed(partner_ids, items, companies)
        return result
