from odoo import api, fields, models

from .letter import LETTER_KINDS


class CollectionLetterExemption(models.Model):
    """A kind of letter that a company sends without asking anybody, though its letters wait for approval otherwise."""

    _name = "collection.letter.exemption"
    _description = "Kind Sent Without Approval"
    _inherit = ["collection.door"]
    _order = "company_id, kind"
    _rec_name = "kind"

    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(LETTER_KINDS, required=True)
    waiting_count = fields.Integer(
        string="Waiting Now", compute="_compute_waiting_count", help="Letters of this kind that wait for approval."
    )

    _unique_kind = models.UniqueIndex("(company_id, kind)", "This kind is sent without approval already.")

    @api.depends("company_id", "kind")
    def _compute_waiting_count(self):
        groups = self.env["collection.letter"]._read_group(
            [("to_approve", "=", True), ("company_id", "in", self.company_id.ids)], ["company_id", "kind"], ["__count"]
        )
        counts = {(company, kind): count for company, kind, count in groups}
        for one in self:
            one.waiting_count = counts.get((one.company_id, one.kind), 0)

    @api.model_create_multi
    def create(self, vals_list):
        """Letters of these kinds that wait now need nobody any more."""
        exemptions = super().create(vals_list)
        self.env["collection.letter"]._ask_anew_for_approval(exemptions.company_id)
        return exemptions

    def write(self, vals):
        companies = self.company_id
        result = super().write(vals)
        self.env["collection.letter"]._ask_anew_for_approval(companies | self.company_id)
        return result

    def unlink(self):
        """What has not left and that nobody has approved waits again."""
        companies = self.company_id
        result = super().unlink()
        self.env["collection.letter"]._ask_anew_for_approval(companies)
        return result

    @api.model
    def _exempt(self, companies):
        """The kinds that need no approval, by company.

        :rtype: dict[res.company, set[str]]
        """
        # sudo: whether a letter may leave does not hang on who may read the list
        found = self.sudo().search([("company_id", "in", companies.ids)])
        kinds = {company: set() for company in companies}
        for one in found:
            kinds[one.company_id].add(one.kind)
        return kinds
