from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.misc import format_amount

from ...engine.aging import spread
from ...models.base.to_decimal import to_decimal
from ...models.dispute.dispute import KINDS


class CollectionLogContact(models.TransientModel):
    """The outcome *Disputes*: what the customer says is wrong becomes a dispute of its own, with a clock on us."""

    _inherit = "collection.log.contact"

    also_disputes = fields.Boolean(string="Disputes something")
    has_dispute = fields.Boolean(compute="_compute_has_dispute")
    dispute_kind = fields.Selection(KINDS, string="Kind of Dispute")
    dispute = fields.Text(string="What the Customer Says", help="In the customer's words, as far as possible.")
    disputed_item_ids = fields.Many2many(
        "account.move.line",
        "collection_log_contact_disputed_rel",
        string="Disputed Items",
        compute="_compute_disputed_item_ids",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('id', 'in', open_item_ids), ('amount_residual', '>', 0)]",
        help="What it is about. It is not chased until we have answered; the rest is.",
    )
    disputed_amount = fields.Monetary(
        string="Disputed",
        compute="_compute_disputed_amount",
        store=True,
        precompute=True,
        readonly=False,
        currency_field="company_currency_id",
        help="All of these items, or the part the customer disputes, in company currency.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    dispute_user_id = fields.Many2one(
        "res.users",
        string="Answered By",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Left empty: whoever answers disputes of this kind.",
    )
    commitment = fields.Char(string="What We Promised", help="What you committed to do for the customer, in one line.")
    commitment_date = fields.Date(string="Promised For")

    @api.depends("outcome", "also_disputes")
    def _compute_has_dispute(self):
        for dialog in self:
            dialog.has_dispute = dialog.outcome == "disputes" or dialog.also_disputes

    @api.depends("about_ids", "has_dispute")
    def _compute_disputed_item_ids(self):
        """What was ticked; where one item is overdue, that is what the customer talks about."""
        for dialog in self:
            ticked = dialog.about_ids.filtered(lambda line: line.amount_residual > 0)
            items = dialog.case_id._items_meant(ticked)
            dialog.disputed_item_ids = items if dialog.has_dispute else False

    @api.depends("disputed_amount", "has_dispute")
    def _compute_amount(self):
        """What is disputed is not promised."""
        result = super()._compute_amount()
        for dialog in self.filtered(lambda dialog: dialog.has_promise and dialog.has_dispute):
            if dialog.currency_id == dialog.company_currency_id:
                rest = dialog.amount - dialog.disputed_amount
                dialog.amount = max(0, dialog.currency_id.round(rest))
        return result

    @api.depends("disputed_item_ids")
    def _compute_disputed_amount(self):
        for dialog in self:
            dialog.disputed_amount = sum(dialog.disputed_item_ids.mapped("amount_residual"))

    def _check(self):
        super()._check()
        if not self.has_dispute or self.case_state == "closed":
            return
        if not (self.dispute_kind and self.dispute and self.disputed_item_ids):
            raise UserError(
                self.env._("Enter what is wrong, what the customer says, and which of the open items it is about.")
            )
        whole = sum(self.disputed_item_ids.mapped("amount_residual"))
        if not self.disputed_amount > 0 or self.company_currency_id.compare_amounts(self.disputed_amount, whole) > 0:
            raise UserError(
                self.env._(
                    "The disputed amount must be between zero and %(whole)s, which is open on these items. Change the amount.",
                    whole=format_amount(self.env, whole, self.company_currency_id),
                )
            )

    def _note_values(self):
        """What the customer says is part of the conversation."""
        values = super()._note_values()
        if self.has_dispute:
            values["note"] = "\n".join(filter(None, (self.dispute, self.note)))
            values["invoice_ids"] += self.disputed_item_ids.move_id.ids
        return values

    def _follow_up(self):
        """The dispute comes first: what is promised beside it is the rest."""
        if self.has_dispute and self.case_state != "closed":
            self._raise_dispute()
        return super()._follow_up()

    def _raise_dispute(self):
        values = {
            "case_id": self.case_id.id,
            "contact_id": self.contact_id.id,
            "note_id": self.note_id.id,
            "kind": self.dispute_kind,
            "description": self.dispute,
            "commitment": self.commitment,
            "commitment_date": self.commitment_date,
            "line_ids": [Command.create({"item_id": item.id, "amount": part}) for item, part in self._disputed_parts()],
        }
        if self.dispute_user_id:
            values["user_id"] = self.dispute_user_id.id
        self.env["collection.dispute"].create(values)

    def _disputed_parts(self):
        """The disputed amount over the chosen items, the oldest first, each part in the currency of its item."""
        items = self.disputed_item_ids._origin.sorted(lambda line: (line.collection_due_date, line.id))
        whole = {item.id: to_decimal(item.amount_residual) for item in items}
        parts = spread(to_decimal(self.disputed_amount), whole)
        for item in items.filtered(lambda item: item.id in parts):
            share = parts[item.id] / whole[item.id]
            yield item, item.currency_id.round(item.amount_residual_currency * float(share))
