import logging
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, plaintext2html, split_every
from odoo.tools.func import lazy

from ...engine import escalation
from ...engine.escalation import Action, Reason
from ..base.activity_types import CALL_AGAIN_XMLID, CALLBACK_XMLID, PROMISE_CALL_XMLID, REPLY_XMLID
from ..base.exact import exact
from ..base.in_short import in_short
from .case_ledger import BATCH
from .case_look import DECIDED, READ_TO_DECIDE
from .case_step import REVIEW_XMLID

_logger = logging.getLogger(__name__)

#: Minutes after which the daily run looks again at cases that somebody was working on, or that could not be refreshed.
RETRY_MINUTES = 15

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

#: What the daily run reads of a case: to decide, and to begin its step.
READ_TO_RUN = (*READ_TO_DECIDE, "last_error", "stage_id", "user_id")

#: The fact of a case that the earliest activity of a type tells, by its deadline.
ACTIVITY_FACTS = {
    REVIEW_XMLID: "review_date",
    REPLY_XMLID: "reply_since",
    PROMISE_CALL_XMLID: "missed_promise_call",
    CALLBACK_XMLID: "callback_date",
    CALL_AGAIN_XMLID: "call_again_date",
}


class CollectionCase(models.Model):
    """The daily run: read the ledger, decide, act."""

    _inherit = "collection.case"

    # -- The run -------------------------------------------------------------------------------------------------

    @api.model
    def _cron_daily_run(self):
        """Scheduled action: every case is brought into line with the ledger, decided on and, if due, moved on.

        Done once a day at most for each case (``run_date``), and only where the last answer has run out or a fact has
        changed (``look_date``); in batches that are committed one by one, so that it may be killed, started again or started
        twice at any moment. Cases that somebody has locked are left for a later turn.
        """
        commit = self.env["ir.cron"]._commit_progress
        companies = self.env["res.company"].search([])
        left = not self._do_part(self.env["res.partner"]._collection_find_customers)
        left += self._refresh_everybody(companies)
        parts = [
            partial(part, companies)
            for part in (
                *self._parts_of_daily_run().values(),
                self.env["res.company"]._collection_tell_of_others,
            )
        ]
        self._retry_daily_run(left + sum(not self._do_part(part) for part in parts))
        waiting = self.search(self._domain_of_run(companies))
        commit(remaining=len(waiting))
        waiting._run_in_batches()

    def _run_in_batches(self):
        """Work through these cases, batch by batch, each committed by itself; an add-on may share the batches out. What this
        turn of the scheduled action does not reach waits for the next; one batch is worked on in any case, however long the
        work before it took.
        """
        commit = self.env["ir.cron"]._commit_progress
        skipped = 0
        for ids in split_every(BATCH, self.ids):
            skipped += self.browse(ids)._try_batch()
            left = commit(len(ids))
            self.env.invalidate_all()  # the cache of one batch is of no use to the next
            if not left:
                break
        self._retry_daily_run(skipped)

    def _try_batch(self):
        """Work on these cases; what others hold, or hold again and again, is left for a later turn.

        :return: how many were left
        """
        return self._work_through(lambda cases: cases._run_batch(), lambda case, error: case._report_failure(error))

    def _run_batch(self):
        """Work on these cases in one transaction, except those that somebody else has locked or has worked on.

        :return: how many were locked
        """
        self._wait_briefly()
        cases = self.exists()
        free = cases.try_lock_for_update()
        free -= free._not_to_decide_yet()
        # what another server did between the search and the lock is not done again
        waiting = self._domain_of_run(self.env["res.company"].search([]))
        due = self.search_fetch(Domain("id", "in", free.ids) & waiting, (*READ_TO_RUN, *self._read_to_decide()))
        due.partner_id._collection_read_ahead()
        return len(cases) - len(free) + len(due._run_day())

    @api.model
    def _domain_of_run(self, companies):
        """Open cases that are to be decided on and were not yet today (their company's today)."""
        unsaid = self._domain_unsaid()
        return Domain("state", "!=", "closed") & Domain.OR(
            Domain("company_id", "=", company.id)
            & (
                Domain("run_date", "=", False)
                | Domain("run_date", "<", today)
                & (Domain("look_date", "=", False) | Domain("look_date", "<=", today) | unsaid)
            )
            for company in companies
            for today in [company._collection_today()]
        )

    @api.model
    def _retry_daily_run(self, skipped):
        if not skipped:
            return
        _logger.info(
            "%s cases could not be worked on now and are looked at again in %s minutes", skipped, RETRY_MINUTES
        )
        cron = self.env.ref("grey_hat_collections.ir_cron_daily_run", raise_if_not_found=False)
        if cron:
            cron._trigger(fields.Datetime.add(fields.Datetime.now(), minutes=RETRY_MINUTES))

    def _run_day(self):
        """Decide and act on these cases. One that fails is reported on itself and to its collector; the rest go on.

        :return: the cases that were left for later, because somebody works on what belongs to them
        """
        return self._work_on_each(
            lambda cases: cases._decide_and_act(), lambda case, error: case._report_failure(error)
        )

    def _decide_and_act(self):
        self._release_elapsed()
        self._before_decisions()
        self._stand_with_items()
        decisions = self._decide(run=True)
        self._after_decisions()
        stepping = self.filtered(lambda case: decisions[case].action is Action.STEP)
        stepping._begin_steps({case.id: decisions[case].amount for case in stepping if decisions[case].items})
        self.filtered(lambda case: decisions[case].action is Action.REVIEW)._ask_for_review()
        self.filtered("last_error").write({"last_error": False})
        self.env.flush_all()

    def _report_failure(self, error):
        """Say on the case and to its collector what went wrong; the next daily run tries again."""
        self.env.invalidate_all()
        message = in_short(error)
        again = self.last_error == message
        self.write({"last_error": message, "run_date": self.company_id._collection_today()})
        if not again:
            self._ask(
                lambda case: {
                    "activity_type_id": self._activity_type(REVIEW_XMLID).id,
                    "summary": case._in_language_of(case.user_id).env._("The daily run could not work on this case"),
                    "note": plaintext2html(message),
                    "user_id": (case.user_id or self.env.user).id,
                }
            )

    def _tell_of_failure(self, error):
        self._ask_to_look_into(self.display_name, error)

    def _ask_to_look_into(self, what, error):
        """Ask the collectors of these cases, once, to look into ``what`` could not be worked on. Needs superuser mode.

        :param str what: the name of a record
        """
        for case in self:
            summary = case._in_language_of(case.user_id).env._(
                "%s could not be brought up to date. See what is wrong", what
            )
            case._ask_once(summary, error)

    def _ask_once(self, summary, error):
        """Ask the collector to look because of ``error``, unless that was asked with the same words already."""
        if summary in self._asked(REVIEW_XMLID).mapped("summary"):
            return
        self._ask(
            lambda case: {
                "activity_type_id": self._activity_type(REVIEW_XMLID).id,
                "summary": summary,
                "note": plaintext2html(in_short(error)),
                "user_id": (case.user_id or self.env.user).id,
            }
        )

    # -- Deciding ------------------------------------------------------------------------------------------------

    def _decide(self, *, run=False, asked=None):
        """Ask the engine about these cases and store its answers where they changed. Nothing is sent or asked for.

        :param run: this is the daily run, which is over for them today
        :param asked: what is asked for, by case id, where somebody has read it already (:meth:`_asked_items`)
        :return: :class:`engine.escalation.Decision` by case
        """
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
        abandoned._abandon_step(self.env._("There was nothing left to ask for."))
        return decisions

    def _store_decisions(self, decisions, *, run):
        """Store the answers about these cases and until when they hold, where they changed.

        :param decisions: :class:`engine.escalation.Decision` by case
        :param run: they are those of the daily run; the steps that it is about to begin are under way then
        """
        looks = self._look_dates(decisions)
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
                case._points(
                    case.company_id,
                    case,
                    day,
                    case.unanswered_count,
                    look=decision.reason is Reason.RELEASED and case.released_on >= day,
                ),
                day if run else case.run_date,
            )
            current = (
                case.decision_code,
                case.decision_details,
                case.next_step_id.id,
                case.next_action_date,
                case.look_date,
                case.pending_step_id.id,
                case.priority_score,
                case.run_date,
            )
            if values != current:
                rows[case.id] = values
        self._store(DECIDED, rows)

    def _facts(self, asked=None):
        """What the engine needs to know about each case.

        :param asked: as for :meth:`_decide`
        :return: :class:`engine.escalation.Facts` by case
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
                amount_overdue=exact(case.amount_net_overdue),
                amount_chased=exact(case.amount_chased),
                amount_under_way=exact(case.amount_under_way),
                amount_promised=exact(case.amount_promised),
                amount_disputed=exact(case.amount_disputed),
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

    def _activities_done(self, activities):
        """Somebody marked ``activities`` of these cases as done: complete the steps they were asked for and see what
        comes next.
        """
        done = {(activity.res_id, activity.activity_type_id) for activity in activities if activity.collection_asked}
        types = self._step_activity_types()
        under_way = self.filtered(lambda case: any((case.id, kind) in done for kind in types[case.id]))
        taken = under_way._complete_steps()
        (self - under_way)._mark_done_inside(done)
        # where there is a note, it says whether anybody answered; a review inside the house is no contact
        logged = self._written_about(activities)
        called = set(activities.filtered(lambda one: one.activity_category == "phonecall").mapped("res_id"))
        taken.filtered(lambda case: case.id in called - logged)._note_attempt()
        self._decide()
