from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_amount

from ...engine import under_way
from ...models.base.to_decimal import to_decimal
from ..base.once import once


class CollectionMatch(models.TransientModel):
    """Apply an unapplied payment or credit to the oldest open items, by Odoo's own reconciliation and with the rights of
    whoever does it: a tool of accounting, within reach of the case.
    """

    _name = "collection.match"
    _description = "Match a Payment"
    _inherit = ["collection.case.dialog"]

    credit_id = fields.Many2one("account.move.line", string="Payment or Credit", required=True, readonly=True)
    item_ids = fields.Many2many(
        "account.move.line",
        compute="_compute_item_ids",
        store=True,
        readonly=False,
        help="The open items that it pays, the oldest first.",
    )
    headline = fields.Char(compute="_compute_proposal", help="What is matched.")
    proposal = fields.Text(compute="_compute_proposal", help="What is matched with what.")

    @api.depends("case_id", "credit_id")
    def _compute_item_ids(self):
        for dialog in self:
            dialog.item_ids = list(dialog._paid())

    @api.depends("case_id", "credit_id")
    def _compute_proposal(self):
        for dialog in self:
            paid = dialog._paid()
            currency = dialog.case_id.currency_id
            lines = []
            for item in self.env["account.move.line"].browse(paid):
                rest = to_decimal(item.amount_residual) - paid[item.id]
                words = {
                    "invoice": item.move_name,
                    "amount": format_amount(self.env, float(paid[item.id]), currency),
                    "rest": format_amount(self.env, float(rest), currency),
                }
                lines.append(
                    self.env._("%(invoice)s: %(amount)s, %(rest)s stays open", **words)
                    if rest
                    else self.env._("%(invoice)s: %(amount)s, paid in full", **words)
                )
            dialog.headline = self.env._(
                "%(credit)s, %(amount)s, is matched with the oldest open items:",
                credit=dialog.credit_id.move_name,
                amount=format_amount(self.env, -dialog.credit_id.amount_residual, currency),
            )
            dialog.proposal = "\n".join(lines)

    def _paid(self):
        """What the credit pays of each item, in company currency by id: the oldest of its account first, those of its own
        currency before all others, as Odoo does; nothing that is disputed or left out of follow-up.

        :rtype: dict[int, Decimal]
        """
        credit = self.credit_id
        if not credit or credit.reconciled or credit not in self.case_id.credit_item_ids:
            return {}
        case = self.case_id
        items = self.env["collection.ledger"]._open_items(case.partner_id, case.company_id)
        open_items = [item for item in items if item.residual > 0 and not item.excluded and not item.disputed]
        accounts = {line.id: line.account_id for line in credit.browse([item.id for item in open_items])}
        rooms = [
            under_way.Room(
                item.id, item.due, item.currency_id, to_decimal(item.residual_currency), to_decimal(item.residual)
            )
            for item in open_items
            if accounts[item.id] == credit.account_id
        ]
        amount, value = -to_decimal(credit.amount_residual_currency), -to_decimal(credit.amount_residual)
        keys = frozenset(room.key for room in rooms)
        payment = under_way.Payment(credit.id, credit.currency_id.id, amount, value, keys)
        return under_way.under_way([payment], rooms, to_decimal(case.currency_id.rounding))

    @once
    def action_match(self):
        """Reconcile, in the user's own rights, and say how to take it back."""
        self.ensure_one()
        items = self.item_ids
        if not items or set(items.ids) != set(self._paid()):  # not what was shown and agreed to
            raise UserError(
                self.env._(
                    "The open items have changed: %s or another item was applied in the meantime. Refresh the case and check "
                    "again.",
                    self.credit_id.move_name,
                )
            )
        (self.credit_id | items).reconcile()
        message = self.env._(
            "%(credit)s is matched with %(items)s. To undo this, open the invoice, click the icon next to the payment below the "
            "total, and choose Unreconcile.",
            credit=self.credit_id.move_name,
            items=", ".join(dict.fromkeys(items.mapped("move_name"))),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message, "next": {"type": "ir.actions.act_window_close"}},
        }
