from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Two customers with a case each become one customer with one case. Odoo gives the records of one to the other in SQL,
        and what must be unique has to be so before.
        """
        cases = self.env["collection.case"].sudo()  # whoever may merge customers need not see their cases
        cases._join_for_merge(src_partners.sudo(), dst_partner.sudo())
        items = cases._open_lines_of(src_partners)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        cases._customers_changed(dst_partner.sudo().commercial_partner_id.ids, items)
        return result
