from odoo import api, fields, models
from odoo.tools.misc import format_amount

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
    collection_parts = fields.Char(
        string="Parts",
        compute="_compute_collection_chase_state",
        compute_sudo=True,  # who may read an item may know whether it is asked for
        groups="base.group_user",
        help="Where only a part of the item is disputed, promised or being paid: each part with its amount.",
    )

    @api.depends("amount_residual", "no_followup", "partner_id")
    def _compute_collection_chase_state(self):
        cases = self.env["collection.case"]._open_cases_of(self.partner_id, self.company_id)
        items = self.env["collection.ledger"]._open_items(self.partner_id, self.company_id)
        states = {item.id: item.chase_state for item in items}
        answers = {item.id: item for item in items}
        held = self.env["collection.case"].concat(*cases.values())._items_held()
        for line in self:
            case = cases.get(owner_key(line))
            line.collection_chase_state = self.env["account.move"]._chase_state_on(
                states.get(line.id, "none"), case.state if case else None, line in held
            )
            line.collection_parts = line.id in answers and line._parts_in_words(answers[line.id])

    def _parts_in_words(self, item):
        """The parts of ``item`` (:class:`OpenItem`), each with its amount in company currency; False where it is of one piece."""
        self.ensure_one()
        currency = self.company_id.currency_id
        amounts = {
            "disputed": item.disputed,
            "promised": item.promised,
            "under_way": item.under_way,
            "chased": item.chased,
        }
        parts = {part: amount for part, amount in amounts.items() if currency.compare_amounts(amount, 0) > 0}
        if len(parts) < 2:
            return False
        return ", ".join(
            self._part_in_words(part, format_amount(self.env, amount, currency)) for part, amount in parts.items()
        )

    def _part_in_words(self, part, amount):
        """One part of an item: which (``disputed``, ``promised``, ``under_way`` or ``chased``), and how much.

        :rtype: str
        """
        _ = self.env._
        words = {
            "disputed": _("%s disputed", amount),
            "promised": _("%s promised", amount),
            "under_way": _("%s on its way", amount),
            "chased": _("%s chased", amount),
        }
        return words[part]
