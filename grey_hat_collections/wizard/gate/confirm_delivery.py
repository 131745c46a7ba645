from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.once import once


class CollectionConfirmDelivery(models.TransientModel):
    """Record that somebody at the customer's has confirmed where our invoices arrive."""

    _name = "collection.confirm.delivery"
    _description = "Confirm Invoice Delivery"
    _inherit = ["collection.case.dialog"]

    customer_id = fields.Many2one(related="case_id.partner_id", string="Customer")
    invoice_contact_id = fields.Many2one(related="case_id.invoice_contact_id")
    address = fields.Char(
        compute="_compute_address",
        store=True,
        readonly=False,
        help="Where invoices go now. To change it, correct the contact for invoices first.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Confirmed By",
        required=True,
        compute="_compute_contact_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('commercial_partner_id', '=', customer_id)]",
        help="Who at the customer's says that invoices arrive there.",
    )

    @api.depends("case_id")
    def _compute_address(self):
        for dialog in self:
            dialog.address = dialog.case_id.invoice_address

    @api.depends("case_id")
    def _compute_contact_id(self):
        for dialog in self:
            dialog.contact_id = dialog.case_id.contact_id

    @once
    def action_confirm(self):
        """Keep who confirmed which address, and tell the customer's history."""
        self.ensure_one()
        case = self.case_id
        case.check_access("write")
        customer = case.partner_id
        if not case.invoice_address:
            raise UserError(
                self.env._(
                    "There is no address to confirm. Enter an e-mail address or a street for %s first.",
                    case.invoice_contact_id.display_name,
                )
            )
        if case.invoice_address != self.address:
            raise UserError(
                self.env._(
                    "The address has changed to %(address)s meanwhile. Close this dialog and ask %(contact)s again.",
                    address=case.invoice_address,
                    contact=self.contact_id.display_name,
                )
            )
        if self.contact_id.commercial_partner_id != customer:
            raise UserError(
                self.env._(
                    "%(contact)s does not belong to %(customer)s. Choose one of its contacts.",
                    contact=self.contact_id.display_name,
                    customer=customer.display_name,
                )
            )
        # sudo: whoever works on the case writes down what the customer said; nothing else of the customer is touched
        customer.sudo()._collection_confirm_delivery(self.address, self.contact_id)
        return {"type": "ir.actions.act_window_close"}
