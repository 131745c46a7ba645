from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionCase(models.Model):
    """The page of a customer, from the collector's side: when it was seen last, and a link to give away."""

    _inherit = "collection.case"

    page_opened_at = fields.Datetime(
        string="Page Opened",
        compute="_compute_page_opened_at",
        help="When the customer looked at the account page last, by a personal link.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_page_opened_at(self):
        opened = (
            self.env["collection.page.link"]
            .sudo()
            ._read_group(  # who may read the case may know it
                [
                    ("partner_id", "in", self.partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("opened_at", "!=", False),
                ],
                ["partner_id", "company_id"],
                ["opened_at:max"],
            )
        )
        latest = {(partner, company): moment for partner, company, moment in opened}
        for case in self:
            case.page_opened_at = latest.get((case.partner_id, case.company_id))

    def _new_page_address(self):
        """The address of a new personal link for the customer of this case.

        :raises UserError: where the house shows no page
        """
        self.ensure_one()
        self.check_access("write")
        if not self.company_id.sudo().collection_page:  # what the house shows is no secret
            raise UserError(
                self.env._("%s shows no page to its customers: switch it on in the settings.", self.company_id.name)
            )
        # sudo: links are made by the rules; whoever works on the case may give one away
        links = self.env["collection.page.link"].sudo()
        return links._address(links._make_link(self.partner_id, self.company_id.sudo()))

    def copy_page_link(self):
        """A new personal link for the customer, as text: known to nobody afterwards but to whom it is given.

        :rtype: str
        """
        return self._new_page_address()

    def action_look_as_customer(self):
        """Open the page as the customer sees it. Nothing is noted, and nothing can be done there."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "url": f"/my/balance/look/{self.id}", "target": "new"}

    @api.model
    def _page_of(self, case_id):
        """The case of this id, where this user may read it; none otherwise."""
        case = self.browse(case_id).exists()
        return case if case and case.has_access("read") else self.browse()
