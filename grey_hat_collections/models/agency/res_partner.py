from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_agency_notice = fields.Char(
        compute="_compute_collection_agency_notice",
        groups="base.group_user",
        compute_sudo=True,  # whoever meets the customer has to know with whom the account is
        help="Which agency has the account, and what to tell the customer.",
    )

    @api.depends_context("company", "lang")
    @api.depends("commercial_partner_id")
    def _compute_collection_agency_notice(self):
        cases = self.env["collection.case"]._open_cases_of(self.commercial_partner_id, self.env.company)
        for partner in self:
            case = cases.get((partner.commercial_partner_id.id, self.env.company.id))
            partner.collection_agency_notice = case.agency_notice if case else False
