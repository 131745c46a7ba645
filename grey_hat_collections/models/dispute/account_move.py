from odoo import api, fields, models
from odoo.exceptions import UserError

from ..ledger.receivables import left_of


class AccountMove(models.Model):
    """What the customer says is wrong with an invoice."""

    _inherit = "account.move"

    collection_dispute_id = fields.Many2one(
        "collection.dispute",
        string="Dispute",
        index="btree_not_null",
        readonly=True,
        copy=False,
        prefetch="collection",  # of all entries a handful have one, and asking who may read it takes time
        groups="grey_hat_collections.group_collector,account.group_account_readonly,account.group_account_invoice",
        help="The dispute for which this credit note was prepared.",
    )
    collection_dispute_count = fields.Integer(
        string="Disputes",
        compute="_compute_collection_dispute_count",
        groups="grey_hat_collections.group_collector,account.group_account_readonly,account.group_account_invoice",
        help="What the customer says is wrong with this invoice.",
    )

    @api.depends_context("uid")
    def _compute_collection_dispute_count(self):
        groups = self.env["collection.dispute.line"]._read_group(
            [("move_id", "in", self.ids)], ["move_id"], ["dispute_id:count_distinct"]
        )
        counts = {move.id: count for move, count in groups}
        for move in self:
            move.collection_dispute_count = counts.get(move._origin.id, 0)

    def action_raise_dispute(self):
        """Open the dialog that writes down what the customer says is wrong with these invoices."""
        customer, company = self.commercial_partner_id, self.company_id
        if len(customer) != 1 or len(company) != 1:
            raise UserError(self.env._("A dispute is raised by one customer. Choose invoices of one customer only."))
        items = left_of(self.line_ids).filtered(lambda line: line.amount_residual > 0)
        if not items:
            raise UserError(
                self.env._("%s: nothing of it is open, so there is nothing to dispute.", self[:1].display_name)
            )
        context = {"default_partner_id": customer.id, "default_company_id": company.id}
        return self.env["collection.dispute"]._action_raise(context, items)

    def action_open_collection_disputes(self):
        """Show what the customer says is wrong with this invoice."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_dispute_action")
        return action | {"domain": [("line_ids.move_id", "=", self.id)], "context": {}}
