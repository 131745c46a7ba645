from odoo import fields, models
from odoo.exceptions import UserError

from ..base.once import once


class CollectionGiveBack(models.TransientModel):
    """End a referral: recall it, or note that the agency has returned it."""

    _name = "collection.give.back"
    _description = "Take an Account Back From an Agency"
    _inherit = ["collection.dialog"]
    _about = "referral_id"

    referral_id = fields.Many2one("collection.referral", required=True, readonly=True)
    agency_id = fields.Many2one(related="referral_id.agency_id")
    currency_id = fields.Many2one(related="referral_id.currency_id")
    amount_open = fields.Monetary(related="referral_id.amount_open", string="Amount Returned")
    state = fields.Selection(
        [("recalled", "We take it back"), ("returned", "The agency has returned it")], required=True, readonly=True
    )
    reason = fields.Text(required=True, help="Kept with the referral.")
    propose_write_off = fields.Boolean(
        string="Propose a Write-off to Accounting",
        help="Accounting gets an activity and decides; nothing is written off automatically.",
    )

    @once
    def action_give_back(self):
        """Take the account back, all or nothing."""
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Enter why %s comes back to us.", self.referral_id.display_name))
        self.referral_id._give_back(self.state, self.reason, propose_write_off=self.propose_write_off)
        return {"type": "ir.actions.act_window_close"}
