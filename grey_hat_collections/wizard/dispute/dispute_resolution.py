from odoo import api, fields, models
from odoo.fields import Command

from ...models.dispute.dispute_answer import NEW_DUE_DAYS
from ..base.once import once


class CollectionDisputeResolution(models.TransientModel):
    """Answer a dispute: what we found, what we credit, and by when the rest is to be paid."""

    _name = "collection.dispute.resolution"
    _description = "Answer a Dispute"
    _inherit = ["collection.dialog"]
    _about = "dispute_id"

    dispute_id = fields.Many2one("collection.dispute", required=True, readonly=True)
    partner_id = fields.Many2one(related="dispute_id.partner_id")
    description = fields.Text(related="dispute_id.description")
    resolution = fields.Selection(
        [
            ("upheld", "The customer is right"),
            ("partly_upheld", "Right in part"),
            ("rejected", "We disagree"),
        ],
        required=True,
        string="What did you find?",
    )
    line_ids = fields.One2many(
        "collection.dispute.resolution.line",
        "resolution_id",
        compute="_compute_line_ids",
        store=True,
        precompute=True,
        readonly=False,
        string="What We Credit",
    )
    finding = fields.Text(
        string="What We Found",
        required=True,
        help="The customer reads it in our answer: clear, calm, and in full sentences.",
    )
    date_due_new = fields.Date(
        string="New Due Date",
        compute="_compute_date_due_new",
        store=True,
        precompute=True,
        readonly=False,
        help="The date by which the customer must pay what we do not credit. Until then it is not chased.",
    )
    write_letter = fields.Boolean(
        string="Send Answer to Customer",
        default=True,
        help="Send our answer by e-mail, or on paper if there is no e-mail address.",
    )
    may_credit = fields.Boolean(compute="_compute_may_credit")

    @api.depends("dispute_id", "resolution")
    def _compute_line_ids(self):
        for dialog in self:
            upheld = dialog.resolution == "upheld"
            dialog.line_ids = [Command.clear()] + [
                Command.create({"line_id": line.id, "amount_upheld": line.amount if upheld else 0})
                for line in dialog.dispute_id.line_ids
            ]

    @api.depends("dispute_id", "resolution")
    def _compute_date_due_new(self):
        for dialog in self:
            asked = dialog.dispute_id and dialog.resolution != "upheld"
            dialog.date_due_new = asked and dialog.dispute_id.company_id._collection_working_day(NEW_DUE_DAYS)

    @api.depends_context("uid")
    def _compute_may_credit(self):
        self.may_credit = self.env["account.move"].has_access("create")

    @once
    def action_answer(self):
        """Record the answer and what follows from it, all or nothing."""
        self.ensure_one()
        dispute = self.dispute_id
        upheld = {line.line_id: line.amount_upheld for line in self.line_ids if self.resolution != "rejected"}
        dispute._answer(upheld, self.finding, self.date_due_new, write_letter=self.write_letter)
        return {"type": "ir.actions.act_window_close"}


class CollectionDisputeResolutionLine(models.TransientModel):
    """What we credit of one disputed item."""

    _name = "collection.dispute.resolution.line"
    _description = "Answer About a Disputed Item"
    _inherit = ["collection.dialog"]
    _about = "line_id"

    resolution_id = fields.Many2one("collection.dispute.resolution", required=True, ondelete="cascade")
    line_id = fields.Many2one("collection.dispute.line", required=True)
    number = fields.Char(related="line_id.number")
    currency_id = fields.Many2one(related="line_id.currency_id")
    amount = fields.Monetary(related="line_id.amount", string="Disputed")
    amount_upheld = fields.Monetary(string="We Credit")
