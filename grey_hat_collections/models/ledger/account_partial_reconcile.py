from odoo import api, models

from .receivables import of_customers


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
        self.env["collection.ledger"]._changed(of_customers(self.debit_move_id | self.credit_move_id))
