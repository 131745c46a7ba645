from odoo import api, fields, models


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "collection.plain.view"]
    _collection_views = {
        "form": "account_payment_view_form_plain",
        "kanban": "account_payment_view_kanban_plain",
        "list": "account_payment_view_list_plain",
    }

    collection_settled_ids = fields.Many2many(
        "account.move",
        string="Settled Invoices",
        compute="_compute_collection_settled_ids",
        groups="base.group_user",
        help="The invoices that this payment is for, as far as the user may read them.",
    )

    @api.depends("invoice_ids", "move_id.line_ids.matched_debit_ids", "move_id.line_ids.matched_credit_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_collection_settled_ids(self):
        for payment in self:
            # sudo: Odoo finds invoices and lines of bank statements at once, and fails for whoever may not read the latter
            found = payment.sudo().reconciled_invoice_ids
            payment.collection_settled_ids = found.sudo(False)._filtered_access("read")

    def write(self, vals):
        result = super().write(vals)
        if {"state", "invoice_ids", "move_id"} & set(vals):
            # a payment without an entry is under way from the moment it is confirmed
            self.env["collection.ledger"]._changed(self.filtered(lambda payment: not payment.move_id))
        return result
