from odoo import api, fields, models


class CollectionNote(models.Model):
    """What the customer did on the page."""

    _inherit = "collection.note"

    is_aside = fields.Boolean(
        readonly=True,
        copy=False,
        for_rules=True,
        help="It is noted, but no answer: what the customer says again, or asks of a program, gives no rest from letters.",
    )

    @api.depends("is_aside")
    def _compute_answered(self):
        result = super()._compute_answered()
        self.filtered("is_aside").answered = False
        return result

    @api.model
    def _fixed_fields(self):
        return super()._fixed_fields() | {"is_aside"}
