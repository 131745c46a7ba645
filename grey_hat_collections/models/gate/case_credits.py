from odoo import api, fields, models

from ..base.actions import open_dialog
from ..ledger.account_key import account_key


class CollectionCase(models.Model):
    """Credits in sight: what already speaks for the customer, and whether our invoices reach them."""

    _inherit = "collection.case"

    # Credits
    credit_item_ids = fields.Many2many(
        "account.move.line",
        compute="_compute_credits",
        string="Unmatched Credits",
        help="Unmatched payments and credit notes that were not paid out, including those of the company branches you have "
        "selected, oldest first.",
    )
    credit_draft_ids = fields.Many2many(
        "account.move",
        compute="_compute_credits",
        string="Draft Credit Notes",
        help="Credit notes that are still in draft.",
    )

    # Delivery
    unsent_move_ids = fields.Many2many(
        "account.move",
        compute="_compute_unsent_move_ids",
        string="Invoices That Never Arrived",
        help="Chased invoices that were never sent, or whose last e-mail bounced.",
    )
    invoice_contact_id = fields.Many2one("res.partner", compute="_compute_invoice_delivery", string="Invoices Go To")
    invoice_address = fields.Char(
        compute="_compute_invoice_delivery",
        help="The e-mail address of the contact for invoices, else the postal address.",
    )
    delivery_state = fields.Selection(
        [
            ("missing", "No address"),
            ("never", "Not confirmed yet"),
            ("changed", "Not confirmed any more"),
            ("confirmed", "Confirmed"),
        ],
        compute="_compute_invoice_delivery",
        string="Delivery",
        help="Whether somebody at the customer's has said that invoices arrive at this address.",
    )
    delivery_confirmation = fields.Char(
        compute="_compute_invoice_delivery", help="Who confirmed which address, when, and which colleague asked."
    )

    @api.depends("partner_id", "company_id", "balance")
    def _compute_credits(self):
        booked, drafts = {}, {}
        # what others keep of the books is for them to see; the gate says by name what stops a letter
        branches = self.company_id._collection_branches() & (self.company_id | self.env.companies)
        house_of = branches._collection_house_ids()
        for item in self.env["collection.ledger"]._open_items(self.partner_id, branches):
            if item.residual < -item.spent:
                booked.setdefault((item.partner_id, house_of[item.company_id]), []).append(item.id)
        moves = self.env["account.move"]
        found = moves.search(
            [
                ("move_type", "=", "out_refund"),
                ("state", "=", "draft"),
                ("commercial_partner_id", "in", self.partner_id.ids),
                ("company_id", "in", branches.ids),
            ],
            order="id",
        )
        for move in found:
            drafts.setdefault((move.commercial_partner_id.id, house_of[move.company_id.id]), []).append(move.id)
        for case in self:
            key = case.partner_id.id, house_of.get(case.company_id.id)
            case.credit_item_ids = booked.get(key, [])
            case.credit_draft_ids = drafts.get(key, [])

    @api.depends("partner_id", "company_id", "balance")
    def _compute_unsent_move_ids(self):
        looked = self.env["collection.gate"]._look([account_key(case) for case in self], codes=["not_sent"])
        lost = looked.get("not_sent", {})
        for case in self:
            case.unsent_move_ids = [found.record.id for found in lost.get(account_key(case), ())]

    @api.depends(
        "partner_id.collection_delivery_address",
        "partner_id.collection_delivery_confirmed_on",
        "partner_id.email",
        "partner_id.child_ids.email",
    )
    @api.depends_context("lang")
    def _compute_invoice_delivery(self):
        delivery = self.partner_id._collection_invoice_delivery()
        for case in self:
            customer = case.partner_id
            contact, address = delivery.get(customer, (customer, ""))
            confirmed = customer.collection_delivery_address
            case.invoice_contact_id = contact
            case.invoice_address = address
            if not address:
                case.delivery_state = "missing"
            elif not confirmed:
                case.delivery_state = "never"
            else:
                case.delivery_state = "confirmed" if confirmed == address else "changed"
            case.delivery_confirmation = customer._collection_delivery_note()

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_confirm_delivery(self):
        """Open the dialog that records who confirmed where invoices arrive."""
        self.ensure_one()
        self.check_access("write")
        return open_dialog(
            self.env._("Confirm Invoice Delivery"), "collection.confirm.delivery", {"default_case_id": self.id}
        )
