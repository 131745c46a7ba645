from decimal import Decimal

from odoo import api, fields, models


class CollectionAgency(models.Model):
    """An accredited agency that collects in our name: whom it takes, what it costs, how it is reached."""

    _name = "collection.agency"
    _description = "Collection Agency"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, name, id"
    _check_company_auto = True

    # Who
    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, ondelete="restrict", index=True, tracking=True
    )
    name = fields.Char(related="partner_id.name", store=True, string="Agency")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Leave empty to share the agency among all companies.")
    phone = fields.Char(
        string="Phone for Customers",
        tracking=True,
        help="The number that we tell customers, on banners and in answers.",
    )

    # Accreditation
    accreditation_body = fields.Char(tracking=True, help="Who has accredited it.")
    accreditation_number = fields.Char(tracking=True)
    accreditation_until = fields.Date(
        string="Accredited Until",
        tracking=True,
        help="The last valid day. After it nothing is handed over; a manager is warned 30 days before.",
    )

    @api.model
    def _offers(self, cases):
        """The agencies of each case, with the sentences that say why one does not fit."""
        agencies = self.search([])
        return {
            case: [
                (
                    agency,
                    []
                    if agency.accreditation_until and agency.accreditation_until >= case.company_id._collection_today()
                    else [self.env._("It is not accredited any more.")],
                )
                for agency in agencies
                if agency.company_id in (case.company_id, agency.company_id.browse())
            ]
            for case in cases
        }

    def _expected_recovery(self):
        """The percentage that it recovers, and whether that is its own record here."""
        return Decimal(50), False

    def _commission_percent(self, days_overdue):
        """Its commission for an item of that age."""
        return Decimal(20) if days_overdue <= 90 else Decimal(30)
