from odoo import api, fields, models


class ResPartner(models.Model):
    """What was said with a customer, or with a person there."""

    _inherit = "res.partner"

    collection_note_count = fields.Integer(
        string="Conversations",
        compute="_compute_collection_note_count",
        help="Notes of contacts with this customer.",
        groups="base.group_user",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_collection_note_count(self):
        notes = self.env["collection.note"]
        counts = {}
        if notes.has_access("read"):
            for field in ("partner_id", "contact_id"):
                domain = self._domain_of_notes(field)
                counts |= {partner.id: count for partner, count in notes._read_group(domain, [field], ["__count"])}
        for partner in self:
            partner.collection_note_count = counts.get(partner._origin.id, 0)

    def _domain_of_notes(self, field):
        """Notes with these customers (``partner_id``), or with these people at a customer (``contact_id``)."""
        customers = self.filtered(lambda partner: partner == partner.commercial_partner_id)
        return [(field, "in", (customers if field == "partner_id" else self - customers).ids)]

    def action_open_collection_notes(self):
        """Show what was said with this customer, or with this person."""
        self.ensure_one()
        field = "partner_id" if self == self.commercial_partner_id else "contact_id"
        return self.env["collection.note"]._action_list(self._domain_of_notes(field))
