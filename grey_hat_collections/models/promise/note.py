from odoo import api, fields, models


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
