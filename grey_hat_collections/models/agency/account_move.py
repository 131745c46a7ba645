from odoo import api, fields, models

from .referral_states import WITH_AGENCY


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_agency_notice = fields.Char(
        compute="_compute_collection_agency_notice",
        groups="base.group_user",
        compute_sudo=True,  # whoever reads the invoice may be asked about it by the customer
        help="Which agency has this invoice, and what to tell the customer.",
    )

    @api.depends_context("lang")
    @api.depends("payment_state")
    def _compute_collection_agency_notice(self):
        held = self.env["collection.referral.line"].search([("move_id", "in", self.ids), ("state", "in", WITH_AGENCY)])
        cases = {line.move_id: line.referral_id.case_id for line in held}
        for move in self:
            case = cases.get(move._origin)
            move.collection_agency_notice = case.agency_notice if case else False
