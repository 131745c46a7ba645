from odoo import api, fields, models

from .dispute_states import OPEN


class CollectionNote(models.Model):
    """What was disputed in a contact."""

    _inherit = "collection.note"

    dispute_ids = fields.One2many("collection.dispute", "note_id", string="Disputes", readonly=True)

    @api.model
    def _fixed_fields(self):
        return super()._fixed_fields() | {"dispute_ids"}

    def _take_back(self):
        """What was recorded as disputed in this contact was not disputed; what we have answered stays answered."""
        result = super()._take_back()
        if disputes := self.dispute_ids.filtered(lambda dispute: dispute.state in OPEN):
            disputes.action_withdraw()
        return result
