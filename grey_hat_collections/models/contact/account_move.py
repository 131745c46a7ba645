from odoo import api, fields, models


class AccountMove(models.Model):
    """What was said about an invoice."""

    _inherit = "account.move"

    collection_note_count = fields.Integer(
        string="Conversations",
        compute="_compute_collection_note_count",
        groups="grey_hat_collections.group_collector,account.group_account_readonly,account.group_account_invoice",
        help="Notes of contacts that were about this invoice.",
    )

    @api.depends_context("uid")
    def _compute_collection_note_count(self):
        groups = self.env["collection.note"]._read_group(
            [("invoice_ids", "in", self.ids)], ["invoice_ids"], ["__count"]
        )
        counts = {move.id: count for move, count in groups}
        for move in self:
            move.collection_note_count = counts.get(move._origin.id, 0)

    def action_open_collection_notes(self):
        """Show what was said about this invoice."""
        self.ensure_one()
        return self.env["collection.note"]._action_list([("invoice_ids", "in", self.ids)])
