from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_amount, format_date

from ...models.promise.plan_terms import TERMS
from ..base.once import once


class CollectionPlanWizard(models.TransientModel):
    """Agree on a payment plan: what we can offer, the customer's own terms, and the schedule before anything is saved."""

    _name = "collection.plan.wizard"
    _description = "Make a Plan"
    _inherit = ["collection.case.dialog", "collection.plan.terms"]

    case_id = fields.Many2one(readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(related="case_id.partner_id")
    company_id = fields.Many2one(related="case_id.company_id")
    currency_id = fields.Many2one(compute="_compute_currency_id", store=True, precompute=True, readonly=False)
    currency_ids = fields.Many2many("res.currency", string="Currencies", compute="_compute_currency_ids")
    amount = fields.Monetary(compute="_compute_amount", store=True, precompute=True, readonly=False)
    date_agreed = fields.Date(compute="_compute_dates", store=True, precompute=True)
    date_first = fields.Date(compute="_compute_dates", store=True, precompute=True, readonly=False)
    count = fields.Integer(default=3)
    contact_id = fields.Many2one(
        "res.partner",
        string="Agreed With",
        compute="_compute_contact_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('id', 'child_of', partner_id)]",
        help="The person who agrees to the plan.",
    )
    item_ids = fields.Many2many(
        "account.move.line",
        string="Covers",
        domain="[('id', 'in', open_item_ids)]",
        help="The open items the plan is for. None: the oldest of the account.",
    )
    open_item_ids = fields.Many2many("account.move.line", compute="_compute_open_item_ids")
    note_id = fields.Many2one("collection.note", string="Conversation", readonly=True)

    # What comes of it
    proposals = fields.Json(compute="_compute_proposals", help="Plans that may be offered.")
    line_ids = fields.One2many(
        "collection.plan.wizard.line", "wizard_id", compute="_compute_schedule", store=True, string="Schedule"
    )
    problem = fields.Char(compute="_compute_schedule", store=True, help="Why no plan is possible on these terms.")
    approval_reason = fields.Char(compute="_compute_schedule", store=True, help="Why a manager's approval is needed.")
    summary = fields.Char(compute="_compute_schedule", store=True)
    may_approve = fields.Boolean(compute="_compute_may_approve")

    # -- What is proposed ----------------------------------------------------------------------------------------

    @api.depends("case_id")
    def _compute_open_item_ids(self):
        for wizard in self:
            items = wizard._owed_items(wizard.partner_id, wizard.company_id)
            wizard.open_item_ids = [item.id for item in items]

    @api.depends("open_item_ids")
    def _compute_currency_ids(self):
        for wizard in self:
            wizard.currency_ids = wizard.company_id.currency_id | wizard.open_item_ids.currency_id

    @api.depends("case_id", "item_ids")
    def _compute_currency_id(self):
        """The currency of the items, where they share one."""
        for wizard in self:
            items = wizard._chosen()
            currencies = {item.currency_id for item in items if wizard.item_ids or item.days_overdue}
            shared = self.env["res.currency"].browse(currencies if len(currencies) == 1 else ())
            wizard.currency_id = shared or wizard.company_id.currency_id

    @api.depends("case_id", "item_ids", "currency_id")
    def _compute_amount(self):
        """What is asked for today, with what is promised: the plan takes the place of open promises."""
        for wizard in self:
            items = wizard._chosen()
            owed = wizard._owed(items)
            if wizard.item_ids:
                wizard.amount = owed
                continue
            to_ask = [
                min(item.residual, item.chased + item.promised) / item.residual * part
                for item in items
                if item.days_overdue
                and (part := item.residual if wizard._in_company_currency() else item.residual_currency)
                and (wizard._in_company_currency() or item.currency_id == wizard.currency_id.id)
            ]
            wizard.amount = min(owed, wizard.currency_id.round(sum(to_ask)))

    @api.depends("case_id")
    def _compute_dates(self):
        """A week after the next day on which we are open."""
        for wizard in self:
            company = wizard.company_id
            wizard.date_agreed = company._collection_today()
            wizard.date_first = company._collection_working_day(1) + timedelta(days=7)

    @api.depends("case_id")
    def _compute_contact_id(self):
        for wizard in self:
            wizard.contact_id = wizard.case_id.contact_id

    @api.depends_context("uid")
    def _compute_may_approve(self):
        self.may_approve = self.env.user.has_group("grey_hat_collections.group_manager")

    def _in_company_currency(self):
        return self.currency_id == self.company_id.currency_id

    def _chosen(self):
        """The open items that the plan is about, all of them when none is chosen."""
        self.ensure_one()
        items = self._owed_items(self.partner_id, self.company_id)
        chosen = set(self.item_ids.ids)
        return [item for item in items if not chosen or item.id in chosen]

    # -- What comes of the terms ---------------------------------------------------------------------------------

    @api.depends("amount", "currency_id", "date_first", "date_agreed", "company_id")
    @api.depends_context("lang")
    def _compute_proposals(self):
        """The offers as the web client shows them: terms to take over, and words."""
        rhythms = dict(self._fields["rhythm"]._description_selection(self.env))
        for wizard in self:
            wizard.proposals = [
                {
                    "rhythm": offer.rhythm.value,
                    "count": offer.count,
                    "rhythm_label": rhythms[offer.rhythm.value],
                    "amount": format_amount(self.env, float(offer.instalments[0].amount), wizard.currency_id),
                    "until": format_date(self.env, offer.instalments[-1].due),
                }
                for offer in (wizard._proposals() if wizard.currency_id and wizard.company_id else ())
            ]

    @api.depends(
        "amount", "currency_id", "date_first", "date_agreed", "rhythm", "sized_by", "count", "instalment", "item_ids"
    )
    def _compute_schedule(self):
        for wizard in self:
            problem = wizard._problem_of_terms() or wizard._problem_of_amount()
            instalments = () if problem else wizard._schedule()
            wizard.problem = problem
            wizard.approval_reason = wizard._sentence_of_limits(wizard._beyond(instalments))
            wizard.summary = wizard._summary(instalments)
            wizard.line_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create({"number": one.number, "date": one.due, "amount": float(one.amount)})
                    for one in instalments
                ),
            ]

    def _problem_of_amount(self):
        """Why the amount cannot be planned; None when it can."""
        owed = self._owed(self._chosen())
        if self.currency_id.compare_amounts(self.amount, owed) <= 0:
            return None
        return self.env._(
            "%(amount)s is more than is open: %(owed)s. Lower the amount.",
            amount=format_amount(self.env, self.amount, self.currency_id),
            owed=format_amount(self.env, owed, self.currency_id),
        )

    def _summary(self, instalments):
        """The schedule in a sentence, to be read to the customer."""
        if not instalments:
            return False
        words = {
            "total": format_amount(self.env, self.amount, self.currency_id),
            "count": len(instalments),
            "each": format_amount(self.env, float(instalments[0].amount), self.currency_id),
            "last": format_amount(self.env, float(instalments[-1].amount), self.currency_id),
            "first_date": format_date(self.env, instalments[0].due),
            "last_date": format_date(self.env, instalments[-1].due),
        }
        if len(instalments) == 1:
            return self.env._("%(total)s in one payment on %(first_date)s.", **words)
        if instalments[0].amount == instalments[-1].amount:
            return self.env._(
                "%(total)s in %(count)s instalments of %(each)s, from %(first_date)s to %(last_date)s.", **words
            )
        return self.env._(
            "%(total)s in %(count)s instalments of %(each)s, from %(first_date)s to %(last_date)s; the last one is "
            "%(last)s.",
            **words,
        )

    # -- Saving --------------------------------------------------------------------------------------------------

    @once
    def action_make(self):
        """Make the plan and begin it, or ask a manager to agree."""
        self.ensure_one()
        if self.problem:
            raise UserError(self.problem)
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in (TERMS | {"contact_id", "note_id"}) - {"count", "instalment"}
        }
        size = {"count": self.count} if self.sized_by == "count" else {"instalment": self.instalment}
        plan = self.env["collection.plan"].create(
            {**values, **size, "item_ids": [fields.Command.set(self.item_ids.ids)]}
        )
        plan.action_start()
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_plan_action")
        return action | {"views": [(False, "form")], "view_mode": "form", "res_id": plan.id}


class CollectionPlanWizardLine(models.TransientModel):
    """An instalment of a plan that is not made yet."""

    _name = "collection.plan.wizard.line"
    _description = "Instalment of a Proposed Plan"
    _inherit = ["collection.door"]
    _order = "number"

    wizard_id = fields.Many2one("collection.plan.wizard", required=True, ondelete="cascade", index=True)
    number = fields.Integer(string="No.")
    date = fields.Date()
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    amount = fields.Monetary()
