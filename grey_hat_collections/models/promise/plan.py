from datetime import date

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.misc import format_amount, format_date

from ...engine import plans as engine
from ..base.actions import open_form
from ..base.batch import take_turn
from ..base.odd_json import as_list
from .plan_terms import TERMS

#: What a person agrees on with the customer; everything else follows from it.
SAID = TERMS | {"contact_id", "item_ids", "note_id"}


class CollectionPlan(models.Model):
    """A payment arrangement: an amount in instalments, each of them a promise.

    Its terms are never edited: the customer holds a letter that says what was agreed. It is cancelled and another made.
    What becomes of it follows from its instalments (``promise/plan_life.py``).
    """

    _name = "collection.plan"
    _description = "Payment Plan"
    _inherit = [
        "collection.door",
        "mail.thread",
        "collection.plan.terms",
        "collection.batch",
        "collection.numbered",
        "collection.workable",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id"]
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Reference", required=True, readonly=True, default="/", copy=False)
    case_id = fields.Many2one(ondelete="restrict", index=True, readonly=True, check_company=True)
    partner_id = fields.Many2one(required=True, ondelete="restrict", index=True, readonly=True)
    company_id = fields.Many2one(required=True, index=True, readonly=True)
    currency_id = fields.Many2one(readonly=True)
    contact_id = fields.Many2one(
        "res.partner", string="Agreed With", readonly=True, help="The person who agreed to the plan."
    )
    user_id = fields.Many2one(
        "res.users", string="Collector", index=True, readonly=True, default=lambda self: self.env.user
    )
    note_id = fields.Many2one(
        "collection.note", string="Conversation", ondelete="set null", index="btree_not_null", readonly=True
    )
    item_ids = fields.Many2many(
        "account.move.line",
        "collection_plan_item_rel",
        string="Covers",
        readonly=True,
        help="The open items the plan is for. None: the oldest of the account.",
    )
    amount = fields.Monetary(readonly=True)
    date_agreed = fields.Date(readonly=True)
    date_first = fields.Date(readonly=True)
    rhythm = fields.Selection(readonly=True)
    sized_by = fields.Selection(readonly=True)
    count = fields.Integer(readonly=True)
    instalment = fields.Monetary(readonly=True)
    schedule = fields.Json(
        string="Agreed Schedule",
        readonly=True,
        help="The instalments that were agreed on: day and amount of each.",
        for_rules=True,
    )
    schedule_table = fields.Html(compute="_compute_schedule_table", sanitize=False, string="Schedule")
    date_end = fields.Date(string="Last Instalment", readonly=True, help="The day of the last instalment.")

    # Where it stands
    promise_ids = fields.One2many("collection.promise", "plan_id", string="Instalments", readonly=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("completed", "Completed"),
            ("breached", "Breached"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        index=True,
        readonly=True,
        tracking=True,
        copy=False,
    )
    needs_approval = fields.Boolean(readonly=True, help="A manager must approve before the plan starts.")
    is_too_small = fields.Boolean(readonly=True, for_rules=True)
    is_too_long = fields.Boolean(readonly=True, for_rules=True)
    approval_reason = fields.Char(compute="_compute_approval_reason", help="Why a manager's approval is needed.")
    approved_by_id = fields.Many2one("res.users", readonly=True, tracking=True)
    activated_on = fields.Date(readonly=True)
    grace_from = fields.Date(
        readonly=True,
        help="The grace period starts on this date at the earliest: someone gave the plan another chance.",
        for_rules=True,
    )
    ended_on = fields.Date(readonly=True, help="The day on which it was breached or cancelled.")
    end_reason = fields.Char(readonly=True, help="Why it was breached or cancelled.")
    amount_received = fields.Monetary(compute="_compute_progress", string="Received")
    amount_outstanding = fields.Monetary(compute="_compute_progress", string="Outstanding")
    progress = fields.Float(compute="_compute_progress", aggregator="avg", help="How much of it was paid, in percent.")
    progress_text = fields.Char(compute="_compute_progress", help="How many instalments were paid.")
    next_date = fields.Date(compute="_compute_progress")
    next_amount = fields.Monetary(compute="_compute_progress", string="Next Instalment")

    _unique_active = models.UniqueIndex(
        "(case_id) WHERE state = 'active'",
        "This case has an active plan already. Cancel it before you make another.",
    )

    def _worked_on(self):
        return self.case_id  # what is agreed is written by the rules

    # -- Computes ------------------------------------------------------------------------------------------------

    @api.depends("is_too_small", "is_too_long")
    @api.depends_context("lang")
    def _compute_approval_reason(self):
        for plan in self:
            plan.approval_reason = plan._sentence_of_limits(plan._stored_beyond())

    def _stored_beyond(self):
        found = {engine.Breach.TOO_SMALL: self.is_too_small, engine.Breach.TOO_LONG: self.is_too_long}
        return [breach for breach, present in found.items() if present]

    def _agreed_schedule(self):
        """Day and amount of each instalment that was agreed on; nothing where they cannot be read."""
        self.ensure_one()
        try:
            return [(date.fromisoformat(day), float(amount)) for day, amount in as_list(self.schedule)]
        except (TypeError, ValueError):
            return []

    @api.depends("schedule", "currency_id")
    @api.depends_context("lang")
    def _compute_schedule_table(self):
        """The schedule of a plan that has no instalments yet, for reading."""
        row = Markup("<tr><td>%s</td><td>%s</td><td class='text-end'>%s</td></tr>")
        table = Markup(
            "<table class='table table-sm o_collection_schedule'><thead><tr><th>%s</th><th>%s</th>"
            "<th class='text-end'>%s</th></tr></thead><tbody>%s</tbody></table>"
        )
        for plan in self:
            rows = [
                row % (number, format_date(self.env, day), format_amount(self.env, amount, plan.currency_id))
                for number, (day, amount) in enumerate(plan._agreed_schedule(), 1)
            ]
            heads = (self.env._("No."), self.env._("Date"), self.env._("Amount"))
            plan.schedule_table = table % (*heads, Markup().join(rows))

    @api.depends("promise_ids.state", "promise_ids.amount_received", "promise_ids.amount_outstanding", "amount")
    @api.depends_context("lang")
    def _compute_progress(self):
        for plan in self:
            promises = plan.promise_ids.sorted("number")
            paid = promises.filtered(lambda promise: promise.state in ("kept", "late"))
            due = promises.filtered(lambda promise: promise.state in ("open", "light", "broken"))[:1]
            received = plan.currency_id.round(sum(promises.mapped("amount_received")))
            outstanding = plan.currency_id.round(sum(promises.mapped("amount_outstanding")))
            plan.amount_received = received
            plan.amount_outstanding = outstanding if promises else plan.amount
            plan.progress = received / plan.amount * 100 if plan.amount else 0
            plan.progress_text = self.env._("%(paid)s of %(count)s paid", paid=len(paid), count=plan.count)
            plan.next_date = due.date_promised
            plan.next_amount = due.amount_outstanding

    # -- Making --------------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        typed = {name for vals in vals_list for name in vals} - SAID
        if typed and not self.env.su:
            raise AccessError(
                self.env._(
                    "“%(field)s” of a plan follows from its terms and its instalments and cannot be edited.",
                    field=self._fields[min(typed)]._description_string(self.env),
                )
            )
        cases = self.env["collection.case"].browse([vals["case_id"] for vals in vals_list])
        cases.check_access("write")
        sequence = self.env.ref("grey_hat_collections.sequence_collection_plan").sudo()  # numbers are drawn, not read
        plans = super().create(
            [
                {
                    "currency_id": case.company_id.currency_id.id,
                    "date_agreed": case.company_id._collection_today(),
                    **vals,
                    "name": sequence.next_by_id(),
                    "partner_id": case.partner_id.id,
                    "company_id": case.company_id.id,
                }
                for case, vals in zip(cases, vals_list, strict=True)
            ]
        )
        take_turn(plans.case_id)
        for plan in plans.sudo():  # what follows from the terms is written by the rules
            plan._check_against_account()
            plan._fix_schedule()
        return plans

    @api.constrains("user_id")
    def _check_user(self):
        for plan in self:
            plan.user_id._check_answers_for(plan.company_id)

    def _fix_schedule(self):
        """Keep the schedule as it was shown to the customer: a holiday that is entered later does not move it."""
        instalments = self._schedule()
        beyond = self._beyond(instalments)
        self.write(
            {
                "count": len(instalments),
                "instalment": float(instalments[0].amount),
                "schedule": [[one.due.isoformat(), str(one.amount)] for one in instalments],
                "date_end": instalments[-1].due,
                "is_too_small": engine.Breach.TOO_SMALL in beyond,
                "is_too_long": engine.Breach.TOO_LONG in beyond,
                "needs_approval": bool(beyond),
            }
        )

    def _check_against_account(self):
        """The terms must make sense against the open items of the customer.

        :raises ValidationError: with the reason and the way out
        """
        self.ensure_one()
        names = {"customer": self.partner_id.display_name}
        if self.case_id.state in ("closed", "referred"):
            raise ValidationError(
                self.env._("%(customer)s: the case is settled or with an agency, so there is nothing to plan.", **names)
            )
        if self.date_agreed > self.company_id._collection_today():
            raise ValidationError(
                self.env._("%(customer)s: the agreement date of a plan cannot be in the future.", **names)
            )
        items = self._owed_items(self.partner_id, self.company_id)
        self.case_id._check_open_items(self.item_ids, items)
        given_for = set(self.item_ids.ids)
        chosen = [item for item in items if not given_for or item.id in given_for]
        owed = self._owed(chosen)
        if self.currency_id.compare_amounts(self.amount, owed) > 0:
            raise ValidationError(
                self.env._(
                    "%(amount)s is more than a plan for %(customer)s can cover: %(owed)s is open. Lower the amount.",
                    amount=format_amount(self.env, self.amount, self.currency_id),
                    owed=format_amount(self.env, owed, self.currency_id),
                    **names,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        for plan in self:
            raise UserError(
                self.env._("%s is a record of what was agreed and must be kept. Cancel it instead.", plan.name)
            )

    # -- Agreeing ------------------------------------------------------------------------------------------------

    def action_start(self):
        """Begin these plans; those beyond the limits wait until a manager has agreed, and a manager's own has agreed."""
        if self.env.user.has_group("grey_hat_collections.group_manager"):
            return self.action_approve()
        self.case_id.check_access("write")
        waiting = self.filtered("needs_approval")
        waiting.sudo()._ask_for_approval()  # colleagues are asked by the rules
        (self - waiting)._activate()
        return True

    def action_approve(self):
        """A manager agrees: the plans begin."""
        if not self.env.user.has_group("grey_hat_collections.group_manager"):
            raise AccessError(
                self.env._(
                    "Only a collections manager can approve a plan beyond the limits. Ask one, or change the terms."
                )
            )
        self.case_id.check_access("write")
        plans = self.filtered("needs_approval").sudo()  # written by the rules only; the right was checked
        plans.write({"approved_by_id": self.env.uid})
        self._activate()
        return True

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_cancel(self):
        """End plans that the customer and we no longer want. A day is left for a look before anything is asked for."""
        self.case_id.check_access("write")
        for plan in self.filtered(lambda plan: plan.state not in ("draft", "active")):
            raise UserError(self.env._("%s has ended already. There is nothing to cancel.", plan.display_name))
        self.sudo()._end("cancelled", self.env._("Cancelled by %s.", self.env.user.name))  # access was checked
        return True

    def action_resume(self):
        """A manager gives a plan that was breached another chance: what was missed has its days of grace again."""
        if not self.env.user.has_group("grey_hat_collections.group_manager"):
            raise AccessError(
                self.env._(
                    "Only a collections manager can resume a plan that was breached. Ask one, or make a new plan."
                )
            )
        self.case_id.check_access("write")
        for plan in self.sudo():  # written by the rules only; the right was checked
            plan._resume()
        return True

    def action_open_case(self):
        """Show the case."""
        self.ensure_one()
        return open_form(self.case_id)
