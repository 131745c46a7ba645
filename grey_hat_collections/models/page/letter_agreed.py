from odoo import api, fields, models


class CollectionLetter(models.Model):
    """The agreement of a plan that the customer made on the page answers the customer: it leaves without approval."""

    _inherit = "collection.letter"

    @api.model
    def _by_hand(self):
        values = super()._by_hand()
        if self.env.context.get("collection_page_agreed"):
            values = {**values, "approved_at": fields.Datetime.now()}
        return values
