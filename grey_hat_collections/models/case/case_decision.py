from contextlib import contextmanager

from odoo import models
from odoo.tools import SQL
from odoo.tools.func import lazy

from ...engine import escalation
from ...engine.decision import Action, Reason
from ..base.activity_types import CALL_AGAIN_XMLID, CALLBACK_XMLID, PROMISE_CALL_XMLID, REPLY_XMLID
from ..base.to_decimal import to_decimal
from .case_due import DECIDED
from .case_step import REVIEW_XMLID

#: Reasons for which a step under way is given up: what it would warn of is not asked for any more, or not by a letter.
ABANDONING = {
    Reason.CALLBACK.value,
    Reason.COVERED.value,
    Reason.DISPUTED.value,
    Reason.NEW_DUE_DATE.value,
    Reason.ON_HOLD.value,
    Reason.PROMISED.value,
    Reason.PROMISE_MISSED.value,
    Reason.REFERRED.value,
    Reason.REPLY_UNREAD.value,
    Reason.SETTLED.value,
    Reason.STOPPED.value,
    Reason.UNDER_WAY.value,
}

#: The fact of a case that the earliest activity of a type tells, by its deadline.
ACTIVITY_FACTS = {
    REVIEW_XMLID: "review_date",
    REPLY_XMLID: "reply_since",
    PROMISE_CALL_XMLID: "missed_promise_call",
    CALLBACK_XMLID: "callback_date",
    CALL_AGAIN_XMLID: "call_again_date",
}
#: Where the ids of the cases wait that are to be decided on before the transaction is committed.
UNDECIDED = "collection.case.undecided"


class CollectionCase(models.Model):
    """What is decided about a case, from its facts, and when: once in a transaction, however many facts have changed."""

    _inherit = "collection.case"

    # -- Once ----------------------------------------------------------------------------------------------------

    def _decide_later(self):
        """A fact of these cases has changed: decide on them before this transaction, or the savepoint that it is in, is over;
        once, whatever else changes. Whoever has to show the answer asks for it (:meth:`_decide`).
        """
        if not self:
            return
        precommit = self.env.cr.precommit
        waiting = precommit.data.setdefault(UNDECIDED, set())
        if not waiting:
            precommit.add(self.browse().sudo()._decide_undecided)  # answers are written by the rules
        waiting.update(self.ids)

    def _decide_undecided(self):
        self._take_undecided()._decide()

    def _take_undecided(self):
        """The cases that wait for a decision; nobody else decides on them then."""
        return self.browse(sorted(self.env.cr.precommit.data.pop(UNDECIDED, ()))).exists()

    @contextmanager
    def _decisions_waiting(self):
        """What waits for a decision waits for the end of this as well."""
        undecided = self._take_undecided()
        try:
            yield
        finally:
            undecided._decide_later()

    def _undecided(self):
        """Those of these cases that wait for a decision."""
        waiting = self.env.cr.precommit.data.get(UNDECIDED, ())
        return self.filtered(lambda case: case.id in waiting)

    # -- Deciding ------------------------------------------------------------------------------------------------

    def _decide(self, *, run=False, asked=None):
        """Ask the engine about these cases and store its answers where they changed. Nothing is sent or asked for.

        :param run: this is the daily run, which is over for them today
        :param asked: what is asked for, by case id, where somebody has read it already (:meth:`_asked_items`)
        :return: :class:`engine.decision.Decision` by case
        """
        self.env.cr.precommit.data.get(UNDECIDED, set()).difference_update(self.ids)
        open_cases = self.filtered(lambda case: case.state != "closed")
        for case in open_cases:
            if case.is_silent != (silent := case._is_silence()):
                case.is_silent = silent
        facts = open_cases._facts(asked)
        policies = {policy: policy._to_engine() for policy in open_cases.policy_id}
        rules = {company: lazy(company._collection_contact_rules) for company in open_cases.company_id}
        decisions = {}
        for case in open_cases:
            policy = policies.get(case.policy_id, escalation.Policy())
            decisions[case] = escalation.decide(facts[case], policy, rules[case.company_id])
        open_cases._store_decisions(decisions, run=run)
        abandoned = open_cases.filtered(lambda case: case.decision_code in ABANDONING)
        abandoned._abandon_step(self.env._("There was nothing left to chase."))
        return decisions

    def _store_decisions(self, decisions, *, run):
        """Store the answers about these cases and until when they hold, where they changed.

        :param decisions: :class:`engine.decision.Decision` by case
        :param run: they are those of the daily run; the steps that it is about to begin are under way then
        """
        looks = self._decision_dates(decisions)
        today = {company: company._collection_today() for company in self.company_id}
        begun = self.filtered(lambda case: run and decisions[case].action is Action.STEP)
        begun = set(begun._fairly_warned(lambda case: decisions[case].step).ids)
        rows = {}
        for case in self:
            decision, day = decisions[case], today[case.company_id]
            # what is said of a step under way holds until its letter leaves or its call is made
            begins = case.id in begun
            details = {
                name: value if isinstance(value, int) else str(value) for name, value in decision.details.items()
            }
            values = (
                decision.reason.value,
                details or False,
                decision.step or False,
                decision.next_date or day,
                False if begins else looks[case],
                decision.step if begins else case.pending_step_id.id,
                case._own_points(decision.reason, day),
                day if run else case.run_date,
            )
            current = (
                case.decision_code,
                case.decision_details,
                case.next_step_id.id,
                case.next_action_date,
                case.next_decision_date,
                case.pending_step_id.id,
                case.priority_score,
                case.run_date,
            )
            if values != current:
                rows[case.id] = values
        self._bulk_write(DECIDED, rows)

    # -- Facts ---------------------------------------------------------------------------------------------------

    def _facts(self, asked=None):
        """What the engine needs to know about each case.

        :param asked: as for :meth:`_decide`
        :return: :class:`engine.decision.Facts` by case
        """
        today = {company: company._collection_today() for company in self.company_id}
        activities = self._activity_facts()
        # what only matters where a step is due is not looked up before a case asks for it, and then for all of them
        unwilling = lazy(self.partner_id._collection_unwilling)
        read = lazy(self._open_items_read)
        items = lazy(self._ladder_items, asked, read)
        more = self._more_facts(items, read)
        facts = {}
        for case in self:
            company = case.company_id
            facts[case] = escalation.Facts(
                today=today[company],
                amount_overdue=to_decimal(case.amount_net_overdue),
                amount_chased=to_decimal(case.amount_chased),
                amount_under_way=to_decimal(case.amount_under_way),
                amount_promised=to_decimal(case.amount_promised),
                amount_disputed=to_decimal(case.amount_disputed),
                items=lazy(lambda case_id=case.id: items[case_id]),
                wait_days=company._collection_house().wait_days,
                under_way=case.pending_step_id.id or None,
                hold_until=case.hold_until or None,
                released_on=case.released_on or None,
                do_not_contact=lazy(lambda customer=case.partner_id: customer in unwilling),
                last_reply=case.last_reply_date or None,
                silent=case.is_silent,
                stopped_since=case._left_to_people_since(),
                previous_reason=case.decision_code or None,
                previous_date=case.next_action_date or None,
                **more[case.id],
                **activities[case.id],
            )
        return facts

    def _activity_facts(self):
        """What the activities of each case say, by its id: the facts of :data:`ACTIVITY_FACTS`, ``activity_date`` of the
        step under way, and ``reviewed_on``, the day on which the last review was done.
        """
        names = {self._activity_type(xmlid): name for xmlid, name in ACTIVITY_FACTS.items()}
        review = self._activity_type(REVIEW_XMLID)
        step_types = self._step_activity_types()
        blank = dict.fromkeys(("activity_date", "reviewed_on", *ACTIVITY_FACTS.values()))
        facts = {case.id: dict(blank) for case in self}
        # read plainly: the ORM would take longer to ask, with every payment, than the database to answer
        self.env["mail.activity"].flush_model(
            ["active", "activity_type_id", "collection_asked", "date_deadline", "date_done", "res_id", "res_model"]
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT res_id, activity_type_id, date_deadline, date_done, active
                     FROM mail_activity
                    WHERE res_model = %s AND res_id = ANY(%s) AND collection_asked
                      AND (active OR activity_type_id = %s)""",
                self._name,
                self.ids,
                review.id,
            )
        )
        for case_id, type_id, deadline, done, active in rows:
            fact, kind = facts[case_id], review.browse(type_id)
            if not active:
                fact["reviewed_on"] = max(filter(None, (fact["reviewed_on"], done)), default=None)
                continue
            name = "activity_date" if kind in step_types[case_id] else names.get(kind)
            if name:
                fact[name] = min(filter(None, (fact[name], deadline)))
        return facts
