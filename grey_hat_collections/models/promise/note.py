from odoo import api, fields, models

from .promise import MISSED


class CollectionNote(models.Model):
    """What was promised in a contact."""

    _inherit = "collection.note"

    promise_ids = fields.One2many(
        "collection.promise",
        "note_id",
        string="Promises",
        domain=[("plan_id", "=", False)],  # a plan speaks for its instalments
        readonly=True,
    )

    @api.model
    def _fixed_fields(self):
        return super()._fixed_fields() | {"promise_ids"}

    def _take_back(self):
        """What was promised in this contact was not promised; what was paid of it stays paid."""
        self.promise_ids.filtered(lambda promise: promise.state in ("open", *MISSED))._withdraw(
            self.env._("The contact was logged by mistake.")
        )
        return super()._take_back()
