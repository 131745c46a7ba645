from odoo import api, fields, models

from ...engine.aging import days_past_due
from ...engine.disputes import Question, due_date
from ..base.exact import exact
from .account_move import CHASE_STATES
from .receivables import of_customers


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "collection.plain.view"]
    _collection_views = {
        "form": "account_move_line_view_form_plain",
        "kanban": "account_move_line_view_kanban_plain",
        "list": "account_move_line_view_list_plain",
    }

    collection_days_overdue = fields.Integer(
        string="Days Overdue",
        compute="_compute_collection_days_overdue",
        help="Days since this item fell due.",
        groups="base.group_user",
    )
    collection_chase_state = fields.Selection(
        CHASE_STATES,
        string="Collection",
        compute="_compute_collection_chase_state",
        compute_sudo=True,  # who may read an item may know whether it is asked for
        groups="base.group_user",
        help="Whether this item is asked for, and if not, why.",
    )
    collection_promise_share_ids = fields.One2many(
        "collection.promise.share",
        "item_id",
        help="What running promises cover of this item.",
        groups="base.group_user",
    )
    collection_promise_date = fields.Date(
        string="Promised For",
        compute="_compute_collection_promise_date",
        compute_sudo=True,  # who may read an item may know what is promised for it
        groups="base.group_user",
        help="The first day for which the customer has promised to pay something of this item.",
    )

    collection_credit_reason = fields.Char(
        string="Why",
        compute="_compute_collection_credit_reason",
        groups="base.group_user",
        help="Why there is a credit: what its credit note or payment says, and the invoice that it is for.",
    )
    collection_dispute_line_ids = fields.One2many(
        "collection.dispute.line",
        "item_id",
        help="What the customer says is wrong with this item.",
        groups="base.group_user",
    )
    collection_due_date = fields.Date(
        string="Due Now",
        compute="_compute_collection_due_date",
        compute_sudo=True,  # who may read an item may know when it is due
        groups="base.group_user",
        help="The due date; where our answer to a dispute moved it, the new one.",
    )

    @api.depends("move_id.ref", "move_id.reversed_entry_id", "payment_id.memo", "name")
    def _compute_collection_credit_reason(self):
        for line in self:
            move = line.move_id
            reason = move.ref or line.payment_id.memo or (line.name if line.name != move.name else "")
            line.collection_credit_reason = reason or move.reversed_entry_id.name

    @api.depends(
        "amount_residual_currency",
        "collection_dispute_line_ids.amount_granted",
        "collection_dispute_line_ids.amount_waiting",
        "collection_dispute_line_ids.date_due_new",
        "date_maturity",
        "date",
    )
    def _compute_collection_due_date(self):
        for line in self:
            due = line.date_maturity or line.date
            lines = line.collection_dispute_line_ids.filtered(lambda one: one.amount_granted or one.amount_waiting)
            if due and lines:
                question = Question(
                    waiting=exact(sum(lines.mapped("amount_waiting"))),
                    granted=exact(sum(lines.mapped("amount_granted"))),
                    new_due=max(filter(None, lines.mapped("date_due_new")), default=None),
                )
                due = due_date(due, exact(line.amount_residual_currency), question)
            line.collection_due_date = due

    @api.depends("collection_promise_share_ids.promise_id.date_promised")
    def _compute_collection_promise_date(self):
        for line in self:
            days = line.collection_promise_share_ids.promise_id.mapped("date_promised")
            line.collection_promise_date = min(days, default=False)

    @api.depends("collection_due_date", "amount_residual")
    def _compute_collection_days_overdue(self):
        today = {company: company._collection_today() for company in self.company_id}
        for line in self:
            due = line.collection_due_date
            owed = due and line.amount_residual > 0
            line.collection_days_overdue = days_past_due(due, today[line.company_id]) if owed else 0

    @api.depends("amount_residual", "no_followup", "partner_id")
    def _compute_collection_chase_state(self):
        cases = self.env["collection.case"]._open_cases_of(self.partner_id, self.company_id)
        items = self.env["collection.ledger"]._open_items(self.partner_id, self.company_id)
        states = {item.id: item.chase_state for item in items}
        held = self.env["collection.case"].concat(*cases.values())._items_held()
        for line in self:
            case = cases.get((line.partner_id.commercial_partner_id.id, line.company_id.id))
            line.collection_chase_state = self.env["account.move"]._chase_state_on(
                states.get(line.id, "none"), case.state if case else None, line in held
            )

    def action_collection_match(self):
        """Show with which open items this payment or credit would be matched, for those who keep the books."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Match"),
            "res_model": "collection.match",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_case_id": self.env.context.get("collection_case_id"),
                "default_credit_id": self.id,
            },
        }

    def _collection_disputable(self, besides=None):
        """What of this item may still be disputed, in its currency: what is left to pay and in no dispute.

        :param besides: lines of disputes that do not count
        """
        self.ensure_one()
        lines = self.sudo().collection_dispute_line_ids  # what a colleague's customer disputes counts as well
        others = lines - besides if besides else lines
        return max(0, self.amount_residual_currency - sum(others.mapped("amount_waiting")))

    def _collection_number(self):
        """What the customer knows this item by: the number of its invoice; of an entry that carries old invoices over, one to a
        line, the number that the line says.
        """
        self.ensure_one()
        carried_over = self.move_id.move_type == "entry" and self.journal_id.type == "general"
        if carried_over and any(character.isdigit() for character in self.name or ""):
            return self.name
        return self.move_id.name or self.name or ""

    def write(self, vals):
        if not {"date_maturity", "no_followup", "partner_id"} & set(vals):
            return super().write(vals)
        receivable = of_customers(self.filtered(lambda line: line.parent_state == "posted"))
        cases = self.env["collection.case"]
        cases._ledger_changed(receivable)  # the customer it is taken from, should it move
        before = {line: line.partner_id for line in receivable} if "partner_id" in vals else {}
        result = super().write(vals)
        cases._ledger_changed(receivable)
        moved = receivable.filtered(lambda line: line in before and line.partner_id != before[line])
        if debits := moved.filtered(lambda line: line.balance > 0):
            partners = debits.partner_id.union(*(before[line] for line in debits))
            cases._customers_changed(partners.ids, debits, debits.company_id)
        return result
