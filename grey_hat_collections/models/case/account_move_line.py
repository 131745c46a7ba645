from odoo import api, fields, models

from ..ledger.account_key import owner_key
from .account_move import CHASE_STATES


class AccountMoveLine(models.Model):
    """Whether an item is asked for."""

    _inherit = "account.move.line"

    collection_chase_state = fields.Selection(
        CHASE_STATES,
        string="Collection",
        compute="_compute_collection_chase_state",
        compute_sudo=True,  # who may read an item may know whether it is asked for
        groups="base.group_user",
        help="Whether this item is chased, and if not, why.",
    )

    @api.depends("amount_residual", "no_followup", "partner_id")
    def _compute_collection_chase_state(self):
        cases = self.env["collection.case"]._open_cases_of(self.partner_id, self.company_id)
        items = self.env["collection.ledger"]._open_items(self.partner_id, self.company_id)
        states = {item.id: item.chase_state for item in items}
        held = self.env["collection.case"].concat(*cases.values())._items_held()
        for line in self:
            case = cases.get(owner_key(line))
            line.collection_chase_state = self.env["account.move"]._chase_state_on(
                states.get(line.id, "none"), case.state if case else None, line in held
            )
