from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.letter.letter import LETTER_KINDS
from ..base.once import once

#: Figures that stay as they were looked at, of what this user may work on.
AS_SEEN = {"compute": "_compute_count", "compute_sudo": False, "store": True}


class CollectionApproveKind(models.TransientModel):
    """Approve all letters of one kind that wait, as many as the dialog says and no others; a manager may let the kind leave
    without approval from then on.
    """

    _name = "collection.approve.kind"
    _description = "Approve All of a Kind"
    _inherit = ["collection.door", "collection.once"]

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(LETTER_KINDS, required=True)
    count = fields.Integer(string="Letters", help="Letters of this kind that wait.", **AS_SEEN)
    amount = fields.Monetary(string="They Ask For", **AS_SEEN)
    came_back_count = fields.Integer(
        string="Of Them Back Again", help="They say more than was approved before.", **AS_SEEN
    )
    from_now_on = fields.Boolean(
        string="From Now On Without Approval",
        help="Letters of this kind leave by themselves from then on. Taken back under Configuration, Sent Without Approval.",
    )
    may_exempt = fields.Boolean(compute="_compute_may_exempt")

    @api.depends("kind", "company_id")
    def _compute_count(self):
        """What waits at the moment at which it is looked at; it stays like that until it is approved."""
        for wizard in self:
            wizard.count, wizard.amount, wizard.came_back_count = wizard._sums()

    @api.depends("company_id")
    def _compute_may_exempt(self):
        may = self.env["collection.letter.exemption"].has_access("create")
        for wizard in self:
            wizard.may_exempt = may

    def _waiting(self):
        """The letters of this kind that wait, and that this user may approve."""
        if not (self.kind and self.company_id):
            return self.env["collection.letter"]
        waiting = [("company_id", "=", self.company_id.id), ("kind", "=", self.kind), ("to_approve", "=", True)]
        return self.env["collection.letter"].search([*waiting, ("state", "=", "queued")])._filtered_access("write")

    def _sums(self):
        letters = self._waiting()
        amount = self.company_id.currency_id.round(sum(letters.mapped("amount"))) if letters else 0.0
        return len(letters), amount, len(letters.filtered("came_back"))

    @once
    def action_approve(self):
        """Approve what the dialog says."""
        self.ensure_one()
        letters = self._waiting()
        if not letters:
            raise UserError(
                self.env._("No letter of the kind “%s” waits for approval any longer.", self._kind_in_words())
            )
        shown = (self.count, self.amount, self.came_back_count)
        self._compute_count()
        if (
            shown[0] != self.count
            or shown[2] != self.came_back_count
            or self.currency_id.compare_amounts(shown[1], self.amount)
        ):
            raise UserError(
                self.env._(
                    "Meanwhile %(count)s letters of the kind “%(kind)s” wait, asking for %(amount)s in all. Close this, look at "
                    "the list and try again.",
                    count=self.count,
                    kind=self._kind_in_words(),
                    amount=self.currency_id.format(self.amount),
                )
            )
        if self.from_now_on and not self.may_exempt:
            raise AccessError(self.env._("Only a collections manager lets a kind of letter leave without approval."))
        told = letters.action_approve()
        if self.from_now_on:
            self.env["collection.letter.exemption"].create({"company_id": self.company_id.id, "kind": self.kind})
        return told

    def _kind_in_words(self):
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]
