from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_amount, format_date

from ...engine.aging import days_past_due
from ..base.actions import open_dialog
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
    collection_credit_reason = fields.Char(
        string="Why",
        compute="_compute_collection_credit_reason",
        groups="base.group_user",
        help="Why there is a credit: what its credit note or payment says, and the invoice that it is for.",
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

    @api.depends("date_maturity", "date")
    def _compute_collection_due_date(self):
        for line in self:
            line.collection_due_date = line.date_maturity or line.date

    @api.depends("collection_due_date", "amount_residual")
    def _compute_collection_days_overdue(self):
        today = {company: company._collection_today() for company in self.company_id}
        for line in self:
            due = line.collection_due_date
            owed = due and line.amount_residual > 0
            line.collection_days_overdue = days_past_due(due, today[line.company_id]) if owed else 0

    @api.depends_context("collection_pick", "lang")
    def _compute_display_name(self):
        """Where items are picked, they go by number, due date and what is left (``collection_pick`` in the context)."""
        result = super()._compute_display_name()
        if self.env.context.get("collection_pick"):
            for line in self:
                left = format_amount(self.env, line.amount_residual_currency, line.currency_id)
                due = format_date(self.env, line.collection_due_date, date_format="MMM d")
                line.display_name = " · ".join(filter(None, (line._collection_number(), due, left)))
        return result

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Where items are picked, the oldest come first."""
        if not self.env.context.get("collection_pick"):
            return super().name_search(name, domain, operator, limit)
        wanted = Domain(domain or Domain.TRUE)
        if name:
            wanted &= Domain("display_name", operator, name)
        items = self.search_fetch(wanted, ["display_name"], limit=limit, order="date_maturity, id")
        return [(item.id, item.display_name) for item in items]

    def action_collection_match(self):
        """Show with which open items this payment or credit would be matched, for those who keep the books."""
        self.ensure_one()
        return open_dialog(
            self.env._("Match"),
            "collection.match",
            {
                "default_case_id": self.env.context.get("collection_case_id"),
                "default_credit_id": self.id,
            },
        )

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
        ledger = self.env["collection.ledger"]
        ledger._changed(receivable)  # the customer it is taken from, should it move
        before = {line: line.partner_id for line in receivable} if "partner_id" in vals else {}
        result = super().write(vals)
        ledger._changed(receivable)
        moved = receivable.filtered(lambda line: line in before and line.partner_id != before[line])
        if debits := moved.filtered(lambda line: line.balance > 0):
            partners = debits.partner_id.union(*(before[line] for line in debits))
            ledger._moved(partners.ids, debits, debits.company_id)
        return result
