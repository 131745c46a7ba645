from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def write(self, vals):
        result = super().write(vals)
        if {"state", "invoice_ids", "move_id"} & set(vals):
            # a payment without an entry is under way from the moment it is confirmed
            self.env["collection.case"]._ledger_changed(self.filtered(lambda payment: not payment.move_id))
        return result
