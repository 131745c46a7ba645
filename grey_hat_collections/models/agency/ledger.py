from odoo import api, models
from odoo.tools import SQL


class CollectionLedger(models.AbstractModel):
    """What an agency has is not asked for while we ask for the rest ourselves."""

    _inherit = "collection.ledger"

    @api.model
    def _held_apart(self):
        held = SQL("line.id IN (SELECT item_id FROM collection_referral_line WHERE apart)")
        return SQL("(%s OR %s)", super()._held_apart(), held)

    def _flush_sources(self):
        result = super()._flush_sources()
        self.env["collection.referral.line"].flush_model(["apart", "item_id"])
        return result
