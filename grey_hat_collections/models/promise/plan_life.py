from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_amount, format_date

from ...engine import plans as engine
from ..ledger.account_key import account_key
from .promise_judge import UNFULFILLED

APPROVAL_XMLID = "grey_hat_collections.mail_activity_type_plan"


class CollectionPlan(models.Model):
    """The life of a plan: agreed on, active, then completed, breached, resumed or cancelled.

    Needs superuser mode throughout: what becomes of a plan is written by the rules, and those who ask for it are checked
    by the buttons.
    """

    _inherit = "collection.plan"

    # -- Beginning -----------------------------------------------------------------------------------------------

    def _activate(self):
        """Begin these plans: their instalments are promises from now on."""
        for plan in self.sudo():  # the instalments are written by the rules; access to the plan was checked
            plan._check_start()
            plan._check_against_account()
            plan._make_way()
            plan.write({"state": "active", "activated_on": plan.company_id._collection_today()})
            plan.flush_recordset(["state"])  # a second active plan is refused before anything follows from it
            plan._create_instalments()
            plan._answer_approval()
            plan.case_id._withdraw_answered_calls()

    def _check_start(self):
        self.ensure_one()
        names = {"plan": self.display_name}
        if self.state != "draft":
            raise UserError(self.env._("%(plan)s has begun already.", **names))
        if self.needs_approval and not self.approved_by_id:
            raise UserError(
                self.env._(
                    "%(plan)s needs a collections manager's approval. %(reason)s",
                    reason=self.approval_reason,
                    **names,
                )
            )
        agreed = self._agreed_schedule()
        if not agreed:
            raise UserError(
                self.env._(
                    "%(plan)s: the instalments that were agreed on cannot be read. Cancel it and make a new plan.",
                    **names,
                )
            )
        if agreed[0][0] < self.company_id._collection_today():
            raise UserError(
                self.env._(
                    "%(plan)s: the day of the first instalment has passed. Cancel it and make a new plan.", **names
                )
            )
        self._check_alone()

    def _check_alone(self):
        other = self.search(
            [("case_id", "=", self.case_id.id), ("state", "=", "active"), ("id", "!=", self.id)], limit=1
        )
        if other:
            raise UserError(
                self.env._(
                    "%(plan)s: %(other)s is active already. Cancel it before you begin another one.",
                    plan=self.display_name,
                    other=other.name,
                )
            )

    def _make_way(self):
        """Withdraw the open promises that the plan takes the place of: those about the same items."""
        self.ensure_one()
        promises = self.env["collection.promise"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "open"),
                ("plan_id", "=", False),
            ]
        )
        if self.item_ids:
            promises = promises.filtered(lambda promise: not promise.item_ids or promise.item_ids & self.item_ids)
        promises._take_back(self.env._("Replaced by %s.", self.name))  # no pause ends: another one begins

    def _create_instalments(self):
        """Each instalment is a promise; all of them in one batch."""
        self.ensure_one()
        collector = (self.user_id | self.case_id.user_id).filtered("active")[:1]  # whoever agreed may have left
        self.env["collection.promise"].create(
            [
                {
                    "case_id": self.case_id.id,
                    "plan_id": self.id,
                    "number": number,
                    "amount": amount,
                    "currency_id": self.currency_id.id,
                    "date_made": self.date_agreed,
                    "date_promised": day,
                    "contact_id": self.contact_id.id,
                    "user_id": collector.id,
                    "note_id": self.note_id.id,
                }
                for number, (day, amount) in enumerate(self._agreed_schedule(), 1)
            ]
        )

    # -- Approval ------------------------------------------------------------------------------------------------

    def _ask_for_approval(self):
        """Ask a manager to agree to each of these plans."""
        asked = self.env.ref(APPROVAL_XMLID)
        for plan in self:
            manager = plan._reviewing_manager()
            reader = plan.case_id._in_language_of(manager).env
            plan.case_id._ask(
                lambda case, plan=plan, manager=manager, reader=reader: {
                    "activity_type_id": asked.id,
                    "collection_plan_id": plan.id,
                    "summary": reader._(
                        "Approve %(plan)s for %(amount)s, or suggest other terms",
                        plan=plan.name,
                        amount=format_amount(reader, plan.amount, plan.currency_id),
                    ),
                    "note": plan.with_env(reader).sudo().approval_reason,
                    "user_id": manager.id,
                }
            )

    def _reviewing_manager(self):
        """Who decides on plans: whoever reviews in the company, else the collector."""
        return self.company_id._collection_reviewer() or self.case_id.user_id

    def _answer_approval(self):
        """Nobody has to agree any more."""
        self.env["mail.activity"].search([("collection_plan_id", "in", self.ids)]).unlink()

    # -- How it goes ---------------------------------------------------------------------------------------------

    @api.model
    def _judge(self, plans):
        """See what became of plans after their instalments were judged: *completed* when all is paid, *active* again when a
        payment is taken back. A plan that comes back has its days of grace once more.
        """
        complete = plans.filtered(lambda plan: plan._is_going(engine.State.COMPLETED))
        (complete & plans.filtered(lambda plan: plan.state == "active")).write({"state": "completed"})
        undone = (plans - complete).filtered(lambda plan: plan.state == "completed")
        if undone:
            undone._reopen()

    def _reopen(self):
        """A payment was taken back: these completed plans go on, where nothing has taken their place."""
        groups = self._read_group([("case_id", "in", self.case_id.ids), ("state", "=", "active")], ["case_id"])
        succeeded = {case for (case,) in groups}
        open_cases = self.env["collection.case"]._open_cases_of(self.partner_id, self.company_id)
        for plan in self:
            case = plan.case_id
            if case in succeeded or open_cases.get(account_key(plan), case) != case:
                continue
            plan.write({"state": "active", "grace_from": plan.company_id._collection_today()})
            case.filtered(lambda case: case.state == "closed")._come_back()
            succeeded.add(case)

    def _is_going(self, state):
        """Whether the engine says that this plan is in ``state`` today."""
        self.ensure_one()
        company = self.company_id
        instalments = [
            engine.Watched(
                due=max(filter(None, (promise.date_deadline, self.grace_from))),
                state=promise.state,
            )
            for promise in self.promise_ids
        ]
        return engine.judge(instalments, company._collection_today(), company.collection_plan_grace_days) is state

    @api.model
    def _breach_elapsed(self, companies):
        """Scheduled: end the plans whose missed instalment was not made good within the days of grace, and those drafts
        whose case is closed.
        """
        plans = self.search(
            [
                ("company_id", "in", companies.ids),
                ("state", "=", "active"),
                ("promise_ids", "any", [("state", "in", UNFULFILLED)]),
            ]
        )
        left = plans._work_on_each(lambda some: some._wake_cases())
        left |= plans._work_on_each(lambda some: some._breach_where_due())
        drafts = self.search(
            [("company_id", "in", companies.ids), ("state", "=", "draft"), ("case_id.state", "=", "closed")]
        )
        settled = self.env._("The account was settled.")
        left |= drafts._work_on_each(lambda some: some._end("cancelled", settled))
        self.env["collection.case"]._retry_daily_run(len(left))

    def _breach_where_due(self):
        """End those of these plans that did not hold."""
        for plan in self:
            if plan._is_going(engine.State.BREACHED) and not plan._is_our_turn():
                plan._breach()

    def _is_our_turn(self):
        """Whether all that is left of the account is disputed: the answer is ours, the customer's clock stands still."""
        case = self.case_id
        return case.amount_disputed > 0 and not case.amount_chased and not case.amount_promised

    def _wake_cases(self):
        """Take up the closed cases of these plans where something that the plan covers has fallen due since and an
        instalment was missed: somebody has to call.
        """
        quiet = self.filtered(lambda plan: plan.case_id.state == "closed")
        if not quiet:
            return
        items = self.env["collection.ledger"]._open_items(quiet.partner_id, quiet.company_id)
        overdue = {
            (item.partner_id, item.company_id)
            for item in items
            if item.days_overdue and item.residual > 0 and not item.excluded
        }
        overdue -= set(self.env["collection.case"]._open_cases_of(quiet.partner_id, quiet.company_id))
        awake = quiet.filtered(account_key in overdue)
        awake.case_id._come_back()
        awake.promise_ids._account_changed()

    def _breach(self):
        """The plan did not hold: what is owed is asked for again, and people look at the case first."""
        self.ensure_one()
        missed = self.promise_ids.filtered(lambda promise: promise.state in UNFULFILLED).sorted("number")[:1]
        company = self.company_id
        self._end(
            "breached",
            self.env._(
                "%(amount)s of the instalment due on %(date)s was still unpaid after a grace period of %(days)s days.",
                amount=format_amount(self.env, missed.amount_outstanding, self.currency_id),
                date=format_date(self.env, missed.date_promised),
                days=company.collection_plan_grace_days,
            ),
        )
        self.case_id._replace_promise_calls(self.promise_ids)
        open_cases = self.env["collection.case"]._open_cases_of(self.partner_id, company)
        case = open_cases.get((self.partner_id.id, company.id), self.case_id)
        if case.state in ("open", "hold"):
            for user in {case.user_id, company._collection_reviewer() or case.user_id}:
                case._ask_about_breach(self, user)
            case._decide_later()

    def _end(self, state, reason):
        """End these plans: nothing of them is expected any more, and what they covered is asked for again after a look.

        What was missed stays on record as missed; it is what is still to come that is withdrawn.
        """
        for company, plans in self.grouped("company_id").items():
            plans.write({"state": state, "ended_on": company._collection_today(), "end_reason": reason})
        self._answer_approval()
        begun = self.filtered("activated_on")
        begun.case_id._hold_until_reviewed()
        open_ones = begun.promise_ids.filtered(
            lambda promise: promise.state == "open" or (promise.state == "withdrawn" and not promise.withdrawn_on)
        )
        open_ones._take_back(reason)
        begun.promise_ids._account_changed()

    def _resume(self):
        """Take a breached plan up again."""
        self.ensure_one()
        if self.state != "breached":
            raise UserError(self.env._("%s is not breached, so there is nothing to resume.", self.display_name))
        if self.case_id.state == "closed":
            raise UserError(self.env._("%s: the case is settled, so there is nothing to resume.", self.display_name))
        self._check_alone()
        self._make_way()
        self.write(
            {
                "state": "active",
                "grace_from": self.company_id._collection_today(),
                "ended_on": False,
                "end_reason": False,
                "approved_by_id": self.env.uid,
            }
        )
        self.flush_recordset(["state"])
        ended = self.promise_ids.filtered("withdrawn_on")
        ended.write(
            {
                "state": "open",
                "withdrawn_on": False,
                "withdrawn_by_id": False,
                "withdraw_reason": False,
            }
        )
        self.promise_ids._account_changed()
        for promise in self.promise_ids:
            promise.state_asked = promise.state  # whoever resumes a plan knows what was missed
        self.case_id.activity_ids.filtered(lambda activity: activity.collection_plan_id == self).unlink()
        self.case_id._decide_later()
