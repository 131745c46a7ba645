from odoo import api, models


class CollectionNumbered(models.AbstractModel):
    """A record with a number, about a customer: it goes by both."""

    _name = "collection.numbered"
    _description = "Named by Number and Customer"

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.name or ''} {record.partner_id.display_name or ''}".strip()
