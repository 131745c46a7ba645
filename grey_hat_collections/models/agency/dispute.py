from odoo import fields, models

from .referral_states import WITH_AGENCY


class CollectionDispute(models.Model):
    """What is disputed while an agency collects it."""

    _inherit = "collection.dispute"

    def _begin(self):
        result = super()._begin()
        self._tell_agency()
        return result

    def _tell_agency(self):
        """While an agency collects what is disputed, it is told at once that our answer is owed."""
        lines = self.env["collection.referral.line"].search(
            [("item_id", "in", self.line_ids.item_id.ids), ("state", "in", WITH_AGENCY)]
        )
        told = []
        for referral, held in lines.grouped("referral_id").items():
            for dispute in self.filtered(lambda one, held=held: one.line_ids.item_id & held.item_id):
                payload = {
                    "referral": referral.name,
                    "date": fields.Datetime.to_string(dispute.create_date),
                    "direction": "in",
                    "disputes": True,
                    "items": dispute.line_ids.filtered(lambda line, held=held: line.item_id in held.item_id).mapped(
                        "number"
                    ),
                }
                told.append({"referral_id": referral.id, "kind": "contact", "payload": payload})
        self.env["collection.agency.message"]._queue_all(told)
