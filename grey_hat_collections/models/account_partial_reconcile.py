from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._tell_collections()
        return partials

    def unlink(self):
        self._tell_collections()
        return super().unlink()

    def _tell_collections(self):
        """Receivables were reconciled, or are open again."""
        lines = (self.debit_move_id | self.credit_move_id).filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.env["collection.case"]._ledger_changed(lines)
