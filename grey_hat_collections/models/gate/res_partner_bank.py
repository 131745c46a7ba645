from odoo import api, models

from ..base.odd_json import as_dict
from .gate_checks import NO_BANK


class ResPartnerBank(models.Model):
    """A bank account of a company is what its letters may have been waiting for."""

    _inherit = "res.partner.bank"

    @api.model_create_multi
    def create(self, vals_list):
        banks = super().create(vals_list)
        banks._collection_release_letters()
        return banks

    def write(self, vals):
        result = super().write(vals)
        if not {"active", "partner_id"}.isdisjoint(vals):
            self._collection_release_letters()
        return result

    def _collection_release_letters(self):
        """Have the cases looked at again whose letters could not say where to pay. There may be thousands, so whoever enters the
        account does not wait for them.
        """
        partners = self.filtered("active").partner_id
        # sudo: whoever enters an account need not see the cases that wait for it, nor the branches
        companies = self.env["res.company"].sudo().search([("partner_id", "in", partners.ids)])
        if not companies:
            return
        branches = companies.search([("id", "child_of", companies.ids)])
        waiting = self.env["collection.case"].sudo()._waiting_for_us(branches, None)
        waiting.filtered(lambda case: as_dict(case.decision_details).get("check") == NO_BANK)._refresh_later()
