from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.misc import format_amount, format_date

from ...engine import promises as engine
from ...engine.days import later
from ..base.batch import take_turn
from ..base.limits import FARTHEST
from ..base.to_decimal import to_decimal
from ..ledger.account_key import account_key, by_account

STATES = [
    ("open", "Open"),
    ("kept", "Kept"),
    ("late", "Late"),
    ("light", "Light"),
    ("broken", "Broken"),
    ("withdrawn", "Withdrawn"),
]
#: The answers after which the collector asks what came in between.
MISSED = ("late", "light", "broken")

#: What a person says when a promise is made; everything else is judged from the ledger.
SAID = frozenset(
    {
        "amount",
        "case_id",
        "contact_id",
        "currency_id",
        "date_made",
        "date_promised",
        "item_ids",
        "note_id",
    }
)


class CollectionPromise(models.Model):
    """A promise to pay. Once given it is not edited: it is kept or missed, as the ledger says
    (``promise/promise_judge.py``), or withdrawn and replaced by another.
    """

    _name = "collection.promise"
    _description = "Promise to Pay"
    _inherit = ["collection.batch", "collection.bulk", "collection.case.fact", "collection.workable"]
    _facts_of_case = frozenset(
        {"amount_outstanding", "case_id", "date_promised", "pauses", "state", "state_asked", "tolerance_days"}
    )
    _order = "date_promised desc, id desc"
    _check_company_auto = True

    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="restrict", index=True, readonly=True, check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="restrict", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    contact_id = fields.Many2one("res.partner", string="Promised By", help="The person who gave the promise.")
    user_id = fields.Many2one(
        "res.users", string="Collector", index=True, default=lambda self: self.env.user, help="Who took the promise."
    )
    note_id = fields.Many2one("collection.note", string="Conversation", ondelete="set null", index="btree_not_null")
    plan_id = fields.Many2one("collection.plan", ondelete="restrict", index="btree_not_null", readonly=True)
    number = fields.Integer(readonly=True, help="Which instalment of its plan this is, from 1.")

    # What was said
    amount = fields.Monetary(required=True, help="The promised amount.")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        help="The company's currency, or that of the open items which the promise is given for.",
    )
    date_made = fields.Date(string="Made On", required=True, help="The day on which the customer gave the promise.")
    date_promised = fields.Date(
        string="Promised For", required=True, index=True, help="The day by which the money should arrive."
    )
    tolerance_days = fields.Integer(help="Days after the date during which a payment still counts as on time.")
    tolerance_amount = fields.Monetary(help="The amount by which a payment may fall short, for example bank charges.")
    date_deadline = fields.Date(
        string="On Time Until", compute="_compute_date_deadline", store=True, help="The promised date plus tolerance."
    )
    item_ids = fields.Many2many(
        "account.move.line",
        "collection_promise_item_rel",
        string="For Items",
        help="The open items the promise is for. None: the oldest of the account. For an instalment, see its plan.",
    )

    # What became of it
    state = fields.Selection(
        STATES,
        required=True,
        default="open",
        index=True,
        readonly=True,
        help="Judged from the ledger. Kept: all on time. Late: all, but after the date. Light: only part. Broken: nothing.",
    )
    amount_received = fields.Monetary(readonly=True, string="Received", help="Payments that counted for this promise.")
    amount_lowered = fields.Monetary(
        readonly=True, string="Lowered By", help="Credit notes and write-offs: they lower what was promised."
    )
    amount_outstanding = fields.Monetary(readonly=True, string="Outstanding", help="The amount still outstanding.")
    amount_expected = fields.Monetary(
        readonly=True,
        string="Expected",
        currency_field="company_currency_id",
        help="What is still expected of an open promise, in company currency.",
    )
    date_received = fields.Date(
        readonly=True, string="Received On", help="When the last part of the required amount arrived."
    )
    pauses = fields.Boolean(
        readonly=True,
        default=True,
        help="While it is open, what it covers is not chased. A manager must approve after several broken promises, and if its "
        "date is later than the longest plan allows.",
    )
    approved_by_id = fields.Many2one("res.users", readonly=True)
    share_ids = fields.One2many("collection.promise.share", "promise_id", string="Allocations", readonly=True)
    withdrawn_on = fields.Date(readonly=True)
    withdrawn_by_id = fields.Many2one("res.users", readonly=True)
    withdraw_reason = fields.Char(readonly=True)
    state_asked = fields.Selection(
        STATES,
        string="Reported State",
        readonly=True,
        default="open",
        help="The state last reported to the collector.",
        for_rules=True,
    )
    rewarded = fields.Boolean(
        string="Step Back Granted", readonly=True, help="The customer was thanked, and the case took a step back."
    )

    _check_amount = models.Constraint("CHECK(amount > 0)", "A promise must be greater than zero. Enter its amount.")
    _check_dates = models.Constraint(
        "CHECK(date_promised >= date_made)",
        "The promised date cannot be before the date on which the promise was made.",
    )
    _check_tolerance = models.Constraint(
        "CHECK(tolerance_days >= 0 AND tolerance_amount >= 0 AND tolerance_amount < amount)",
        "The tolerance of a promise cannot be negative, nor as large as the promise itself.",
    )
    _unique_number = models.UniqueIndex(
        "(plan_id, number) WHERE plan_id IS NOT NULL", "This instalment exists already."
    )
    _watched_index = models.Index("(company_id, partner_id) WHERE state = 'open'")

    @api.depends("date_promised", "tolerance_days")
    def _compute_date_deadline(self):
        for promise in self:
            due = promise.date_promised
            promise.date_deadline = due and later(due, promise.tolerance_days)

    def _worked_on(self):
        return self.case_id  # what is agreed is written by the rules

    @api.depends("amount", "currency_id", "date_promised", "partner_id")
    @api.depends_context("lang", "collection_promise_calendar")
    def _compute_display_name(self):
        """Amount and day; in a calendar, which shows the day, the customer and the amount."""
        for promise in self:
            amount = format_amount(self.env, promise.amount, promise.currency_id)
            if self.env.context.get("collection_promise_calendar"):
                promise.display_name = f"{promise.partner_id.name} {amount}"
            else:
                day = format_date(self.env, promise.date_promised)
                promise.display_name = self.env._("%(amount)s for %(date)s", amount=amount, date=day)

    # -- Making --------------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            typed = {name for vals in vals_list for name in vals} - SAID
            if typed:
                raise AccessError(
                    self.env._(
                        "“%(field)s” of a promise follows from the ledger and the settings and cannot be edited.",
                        field=self._fields[min(typed)]._description_string(self.env),
                    )
                )
        cases = self.env["collection.case"].browse([vals["case_id"] for vals in vals_list])
        cases.check_access("read")
        promises = super().create([self._from_case(case, vals) for case, vals in zip(cases, vals_list, strict=True)])
        take_turn(promises.case_id)
        promises._check_against_account()
        promises.sudo()._begin_watch()  # what follows from a promise is written by the rules
        return promises

    @api.model
    def _from_case(self, case, vals):
        """``vals`` of a new promise, with what it takes from its case and the settings of the company.

        The tolerance is an amount in company currency; a promise as small as it has none.
        """
        company = case.company_id
        values = {
            "partner_id": case.partner_id.id,
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "date_made": company._collection_today(),
            "tolerance_days": company.collection_promise_tolerance_days,
            **vals,
        }
        due = fields.Date.to_date(values["date_promised"])
        if due > company._collection_today() + FARTHEST:
            raise ValidationError(
                self.env._(
                    "%(customer)s: %(date)s is more than ten years away. Choose an earlier day.",
                    customer=case.partner_id.display_name,
                    date=format_date(self.env, due),
                )
            )
        if "tolerance_amount" not in vals:
            currency = self.env["res.currency"].browse(values["currency_id"])
            tolerance = company.collection_promise_tolerance_amount
            tolerance = company.currency_id._convert(tolerance, currency, company, values["date_made"])
            values["tolerance_amount"] = tolerance if tolerance < values["amount"] else 0
        return values

    @api.constrains("user_id")
    def _check_user(self):
        for promise in self:
            promise.user_id._check_answers_for(promise.company_id)

    def _check_against_account(self):
        """New promises must make sense against the open items of their customers.

        :raises ValidationError: with the reason and the way out
        """
        ledger = self.env["collection.ledger"].sudo()  # only sums of the customer's own items are used
        items = by_account(item for item in ledger._open_items(self.partner_id, self.company_id) if item.residual > 0)
        earlier = self.sudo().search(  # the promises of a colleague count as well
            [
                ("id", "not in", self.ids),
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "open"),
            ]
        )
        given = [(promise, promise.amount_outstanding) for promise in earlier]
        for promise in self:
            promise._check_moment()
            promise._check_amount_left(items.get(account_key(promise), []), given)
            given.append((promise, promise.amount))

    def _check_moment(self):
        names = {"customer": self.partner_id.display_name, "promise": self.display_name}
        if self.case_id.state == "closed":
            raise ValidationError(
                self.env._("%(customer)s: the case is settled, so there is nothing to promise.", **names)
            )
        if self.date_made > self.company_id._collection_today():
            raise ValidationError(
                self.env._("%(promise)s (%(customer)s): a promise cannot be made in the future.", **names)
            )

    def _check_amount_left(self, items, given):
        """A promise is for open items, and for no more than is left of them after the promises before it.

        :param items: the open items of the customer that are owed, as the ledger answers them
        :param given: earlier promises of anybody with what is still to come of each
        """
        self.ensure_one()
        self.case_id._check_open_items(self.item_ids, items)
        in_company_currency = self.currency_id == self.company_currency_id
        own = [
            (promise, amount)
            for promise, amount in given
            if (promise.partner_id, promise.company_id, promise.currency_id)
            == (self.partner_id, self.company_id, self.currency_id)
        ]
        room = {
            item.id: item.residual if in_company_currency else item.residual_currency
            for item in items
            if in_company_currency or item.currency_id == self.currency_id.id
        }
        owed, promised = sum(room.values()), sum(amount for _promise, amount in own)
        if self.item_ids and owed - promised >= self.amount:
            owed = sum(room.get(line.id, 0) for line in self.item_ids)
            given_for = self.browse([promise.id for promise, _amount in own])._items_by_promise()
            chosen = set(self.item_ids.ids)
            promised = sum(amount for promise, amount in own if not chosen.isdisjoint(given_for[promise.id]))
        if self.currency_id.compare_amounts(self.amount, owed - promised) > 0:
            raise ValidationError(self._too_much(owed, promised))

    def _too_much(self, owed, promised):
        """The sentence for a promise of more than is left."""
        words = {
            "promise": self.display_name,
            "customer": self.partner_id.display_name,
            "owed": format_amount(self.env, owed, self.currency_id),
            "promised": format_amount(self.env, promised, self.currency_id),
        }
        if not promised:
            return self.env._(
                "%(promise)s is more than %(customer)s owes: %(owed)s is open. Lower the amount.", **words
            )
        return self.env._(
            "%(promise)s is more than %(customer)s has left to promise: %(owed)s is open, of which %(promised)s is already "
            "promised. Lower the amount, or withdraw the earlier promise.",
            **words,
        )

    def _begin_watch(self):
        """From now on the ledger is watched, and what is covered is left in peace. Needs superuser mode."""
        broken = self._broken_by_case()
        for promise in self:
            company = promise.company_id
            limit, longest = company.collection_broken_limit, company.collection_plan_longest_days
            trusted = not limit or broken.get(promise.case_id.id, 0) < limit
            near = not longest or (promise.date_promised - promise.date_made).days <= longest
            promise.write({"amount_outstanding": promise.amount, "pauses": bool(promise.plan_id) or (trusted and near)})
        self._account_changed()

    def _broken_by_case(self):
        """How many promises of each case, by its id, were broken."""
        groups = self._read_group(
            [("case_id", "in", self.case_id.ids), ("state", "=", "broken")], ["case_id"], ["__count"]
        )
        return {case.id: count for case, count in groups}

    def _account_changed(self):
        """Bring judgement, figures and decisions of these customers up to date. Needs superuser mode."""
        for company, promises in self.grouped("company_id").items():
            self.env["collection.case"]._refresh(company, promises.partner_id)
        self.case_id._decide_later()

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_withdraw(self):
        """Take open promises back: the customer has said something else. A day is left for a look."""
        self._withdraw(self.env._("Withdrawn by %s.", self.env.user.name))
        return True

    def _withdraw(self, reason):
        """Take promises back; see :meth:`action_withdraw`."""
        self.case_id.check_access("write")
        for promise in self:
            if promise.state == "withdrawn":
                raise UserError(self.env._("%s has already been withdrawn.", promise.display_name))
            if promise.state in ("kept", "late"):
                raise UserError(
                    self.env._(
                        "%s was kept: the payment is booked. There is nothing to withdraw.",
                        promise.display_name,
                    )
                )
        promises = self.sudo()  # the fields of a promise are written by the rules; access was checked
        promises._take_back(reason)
        promises.case_id._hold_until_reviewed()
        promises._account_changed()

    def _take_back(self, reason):
        """Nothing of these promises is expected any more, and what they covered is not covered by them. Needs superuser
        mode; whoever calls brings the account up to date.
        """
        for company, promises in self.grouped("company_id").items():
            promises.write(
                {
                    "state": "withdrawn",
                    "withdrawn_on": company._collection_today(),
                    "withdrawn_by_id": self.env.uid,
                    "withdraw_reason": reason,
                    "amount_outstanding": 0,
                    "amount_expected": 0,
                }
            )
        self.share_ids.unlink()

    def action_approve(self):
        """A manager agrees that this promise pauses the ladder: in spite of earlier broken ones, or for so long."""
        if not self.env.user.has_group("grey_hat_collections.group_manager"):
            raise AccessError(self.env._("Only a collections manager can approve the pause."))
        waiting = self.filtered(lambda promise: promise.state == "open" and not promise.pauses)
        waiting = waiting.sudo()  # the fields of a promise are written by the rules
        waiting.write({"pauses": True, "approved_by_id": self.env.uid})
        waiting._account_changed()
        return True

    # -- Engine --------------------------------------------------------------------------------------------------

    def _given_for(self):
        """The items that this promise is given for (none: the oldest of the account); those of an instalment are its plan's."""
        return self.plan_id.item_ids if self.plan_id else self.item_ids

    def _items_by_promise(self):
        """The ids of the items that each of these promises is given for, by its id; the instalments of a plan share one set."""
        of_plans = {plan: frozenset(plan.item_ids.ids) for plan in self.plan_id}
        return {
            promise.id: of_plans[promise.plan_id] if promise.plan_id else frozenset(promise.item_ids.ids)
            for promise in self
        }

    def _to_engine(self, items):
        """This promise as :class:`engine.promises.Promise`.

        :param items: see :meth:`_items_by_promise`
        """
        self.ensure_one()
        return engine.Promise(
            key=self.id,
            amount=to_decimal(self.amount),
            currency=self.currency_id.id,
            made=self.date_made,
            due=self.date_promised,
            recorded=self.create_date,
            items=items,
            tolerance_days=self.tolerance_days,
            tolerance_amount=to_decimal(self.tolerance_amount),
        )
