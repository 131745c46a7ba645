from odoo import api, fields, models


class ResPartner(models.Model):
    """The customer's case in the current company, and what a change of the customer means for cases."""

    _inherit = "res.partner"

    collection_case_id = fields.Many2one(
        "collection.case",
        compute="_compute_collection_case",
        help="The open case in the current company.",
        groups="base.group_user",
    )
    collection_stage_id = fields.Many2one(
        "collection.stage", string="Stage", compute="_compute_collection_case", groups="base.group_user"
    )
    collection_currency_id = fields.Many2one(
        "res.currency", compute="_compute_collection_case", groups="base.group_user"
    )
    collection_amount_overdue = fields.Monetary(
        compute="_compute_collection_case",
        currency_field="collection_currency_id",
        string="Overdue",
        groups="base.group_user",
        help="Overdue in the current company, in its currency.",
    )

    @api.depends_context("company", "uid")
    @api.depends("commercial_partner_id")
    def _compute_collection_case(self):
        company = self.env.company
        cases = self.env["collection.case"]
        if cases.has_access("read"):
            found = cases._open_cases_of(self.commercial_partner_id, company)
        else:
            found = {}
        for partner in self:
            case = found.get((partner.commercial_partner_id.id, company.id), cases)
            partner.collection_case_id = case
            partner.collection_stage_id = case.stage_id
            partner.collection_currency_id = company.currency_id
            partner.collection_amount_overdue = case.amount_overdue

    def write(self, vals):
        """Whether a customer may be written to is a fact of the case, and so is whose items they are."""
        belonging = self._collection_belonging() if {"is_company", "parent_id"} & set(vals) else {}
        result = super().write(vals)
        moved = [contact for contact, before in belonging.items() if contact.commercial_partner_id != before]
        if moved:
            contacts = self.union(*moved).sudo()  # a contact that whoever writes does not see moves along
            customers = contacts.commercial_partner_id.union(*(belonging[contact] for contact in moved))
            cases = self.env["collection.case"]
            cases._customers_changed(customers.ids, cases.sudo()._open_lines_of(contacts))
        if not {"collection_do_not_contact", "parent_id", "type"}.isdisjoint(vals):
            customers = self.commercial_partner_id
            self.env["collection.case"]._holding([("partner_id", "in", customers.ids)])._look_again()
        return result

    def _collection_belonging(self):
        """To which customer these contacts, and all below them, belong."""
        # sudo: a contact that whoever writes does not see moves along
        contacts = self.sudo().with_context(active_test=False).search([("id", "child_of", self.ids)])
        return {contact: contact.commercial_partner_id for contact in contacts}

    def action_open_collection_case(self):
        """Show the open case of this customer, or say that there is none."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_case_action")
        partner = self.commercial_partner_id
        if self.collection_case_id:
            return action | {"views": [(False, "form")], "view_mode": "form", "res_id": self.collection_case_id.id}
        return action | {"domain": [("partner_id", "=", partner.id)]}
