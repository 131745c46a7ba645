import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ...engine import referral
from ...engine.days import later
from ...engine.referral import Status
from ..base.odd_json import as_dict, known
from ..case.case_due import LOOK_DAYS
from ..case.case_run import RETRY_MINUTES
from .case_hooks import OUT_OF_WINDOW

_logger = logging.getLogger(__name__)

AGENCY_REVIEW_XMLID = "grey_hat_collections.mail_activity_type_agency_review"

#: What a look at the window reads of a case, to be fetched in one query.
READ_TO_REVIEW = (
    "amount_chased",
    "company_id",
    "hold_until",
    "next_decision_date",
    "notice_round",
    "noticed_at",
    "oldest_due_date",
    "partner_id",
    "pending_step_id",
    "policy_id",
    "round",
    "state",
    "user_id",
    *OUT_OF_WINDOW,
)

#: What a manager may have to decide about a case.
TOPICS = ("ready", "closing", "missed")

#: While a window is open, its end is worth a question to a manager.
INSIDE = (Status.WINDOW, Status.READY, Status.CLOSING)


class CollectionCase(models.Model):
    """Referral thresholds: each day, who enters the window, who is ready, whose window closes; and who decides."""

    _inherit = "collection.case"

    @api.model
    def _cron_referral_thresholds(self):
        """Scheduled action: see where every account stands in its window, and ask a manager where something is to be decided.

        Done once a day at most for each case that is old enough, and only where something may have changed
        (``referral_look_date``); in batches that are committed one by one, so that it may be killed, started again or started
        twice at any moment. Cases that somebody has locked are left for a later turn.
        """
        companies = self.env["res.company"].search([])
        waiting = self.search(self._domain_of_thresholds(companies))
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        skipped = waiting._in_batches(
            lambda some: some._work_through(
                lambda cases: cases._review_batch(companies), lambda case, error: case._report_review_failure(error)
            )
        )
        cron = self.env.ref("grey_hat_collections.ir_cron_referral_thresholds", raise_if_not_found=False)
        if skipped and cron:
            _logger.info("%s cases are locked; their window is looked at in %s minutes", skipped, RETRY_MINUTES)
            cron._trigger(fields.Datetime.add(fields.Datetime.now(), minutes=RETRY_MINUTES))

    def _review_batch(self, companies):
        """Look at these cases, except those that somebody else has locked.

        :return: how many were left out
        """
        cases = self.try_lock_for_update()
        # what another server did between the search and the lock is not done again
        due = Domain("id", "in", cases.ids) & self._domain_of_thresholds(companies)
        self.search_fetch(due, READ_TO_REVIEW)._review_thresholds()
        return len(self) - len(cases)

    @api.model
    def _domain_of_thresholds(self, companies):
        """Cases that are old enough for the window of their policy, or were, and are to be looked at today."""
        policies = self.env["collection.policy"].with_context(active_test=False).search([])
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("state", "in", ("open", "hold"))
            & (Domain("referral_look_date", "=", False) | Domain("referral_look_date", "<=", today))
            & Domain.OR(
                [
                    Domain("referral_status", "!=", False),
                    *(
                        Domain("policy_id", "=", policy.id)
                        & Domain("oldest_due_date", "<=", later(today, -policy.referral_days_from))
                        for policy in policies
                    ),
                ]
            )
            for company in companies
            for today in [company._collection_today()]
        )

    def _review_thresholds(self):
        """Store where these cases stand and ask about them. One that fails is reported; the rest go on."""
        self._work_on_each(
            lambda cases: cases._update_referral_status(), lambda case, error: case._report_review_failure(error)
        )

    def _update_referral_status(self):
        """Bring the window of these cases up to date, written where it changed, and the question to the manager with it.
        Needs superuser mode.
        """
        terms = self._referral_terms()
        # the checklist costs a look at everything, the items one at the ledger; age, amount and a notice that is missing say
        # that most accounts need neither
        facts, stages = self._stages_of_window(self._referral_figures(), terms)
        old_enough = self.filtered(lambda case: stages[case] is not Status.OUTSIDE and case.notice_round)
        by_notice = old_enough._asked_by_notice()
        known = old_enough.filtered(lambda case: by_notice[case.id] is not None)
        of_named, stages_of_named = known._stages_of_window(known._referral_figures(by_notice), terms)
        facts, stages = facts | of_named, stages | stages_of_named
        warned = old_enough.filtered(lambda case: stages[case] in INSIDE and (case in known or case._is_noticed()))
        facts |= warned._referral_facts(by_notice=by_notice)
        rows = {}
        for case in self:
            standing = case._referral_standing(facts[case.id], terms[case.policy_id])
            standing["referral_look_date"] = case._look_at_window_on(
                facts[case.id], terms[case.policy_id], stages[case], case in warned
            )
            if any(case[name] != value for name, value in standing.items()):
                rows[case.id] = tuple(standing[name] for name in OUT_OF_WINDOW)
        self._bulk_write(OUT_OF_WINDOW, rows)
        self._ask_about_agency()
        self.env.flush_all()

    def _stages_of_window(self, figures, terms):
        """Where these cases stand by their age and amount alone.

        :return: (:class:`engine.referral.Facts` by case id, stage by case)
        """
        facts = {case_id: referral.Facts(**figure) for case_id, figure in figures.items()}
        return facts, {case: referral.stage_of_window(facts[case.id], terms[case.policy_id]) for case in self}

    def _look_at_window_on(self, facts, terms, stage, is_warned):
        """The day on which this case's place in the window may change next, if no fact does before: what a final notice names,
        or what is paid of it, is such a fact.
        """
        tomorrow = later(facts.today, 1)
        if stage not in INSIDE:
            opens = referral.opens_on(facts, terms) if stage is Status.OUTSIDE else None
            return max(tomorrow, min(filter(None, (opens, later(facts.today, LOOK_DAYS)))))
        if is_warned:
            return tomorrow  # it may become ready, or no longer be, by much that nobody tells us
        days = -referral.LAST_DAYS if stage is Status.WINDOW else 1
        return max(tomorrow, later(referral.closes_on(facts, terms), days))

    def _referral_standing(self, facts, terms):
        """What is stored about the window of this case."""
        status = referral.status(facts, terms)
        if status is Status.OUTSIDE or not self.policy_id:
            return {
                "referral_status": False,
                "referral_ready": False,
                "referral_since": False,
                "referral_closes_on": False,
            }
        inside = status in INSIDE
        return {
            "referral_status": status.value,
            "referral_ready": inside and referral.is_ready(referral.checklist(facts, terms)),
            # a window that had passed before anybody looked was not missed by anybody
            "referral_since": self.referral_since or (facts.today if inside else False),
            "referral_closes_on": referral.closes_on(facts, terms),
        }

    # -- Who decides ---------------------------------------------------------------------------------------------

    def _ask_about_agency(self):
        """Ask a manager where a case is ready, its window closes or closed unused: by one activity for each case, the one that
        the ladder may have asked for. It says what holds now; what was answered once is not asked again in this window; where
        nothing is to be decided any more, it goes. Needs superuser mode.
        """
        review = self.env.ref(AGENCY_REVIEW_XMLID)
        asked, answered = self._agency_reviews()
        reviewers = self._agency_reviewers()
        to_ask = self.browse()
        for case in self:
            topics = case._referral_topics()
            known = asked.get(case.id)
            if known:
                case._update_agency_review(known, topics, reviewers[case])
            elif set(topics) - answered.get(case.id, set()):
                to_ask |= case
        to_ask._ask(
            lambda case: {
                "activity_type_id": review.id,
                "user_id": reviewers[case].id,
                **case._agency_question(case._referral_topics(), reviewers[case]),
            }
        )

    def _agency_reviews(self):
        """What the rules have asked about an agency.

        :return: the open activity by case id, and what was answered in the present window by case id
        """
        activities = (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("collection_asked", "=", True),
                    ("activity_type_id", "=", self.env.ref(AGENCY_REVIEW_XMLID).id),
                ],
                order="id desc",
            )
        )
        asked, answered = {}, {}
        for activity in activities:
            if activity.active:
                asked[activity.res_id] = activity  # the first one, should there ever be two
                continue
            told = as_dict(activity.collection_referral)
            since = self.browse(activity.res_id).referral_since
            if since and told.get("since") == since.isoformat():
                answered.setdefault(activity.res_id, set()).update(known(told.get("topics"), TOPICS))
        return asked, answered

    def _referral_topics(self):
        """What a manager has to decide about this case now."""
        self.ensure_one()
        topics = {
            "ready": self.referral_ready,
            "closing": self.referral_status == Status.CLOSING,
            "missed": self.referral_status == Status.MISSED and self.referral_since,
        }
        return [topic for topic, holds in topics.items() if holds]

    def _update_agency_review(self, activity, topics, user):
        """Let the open question say what holds now; withdraw it where nothing does and no step of the ladder asks it."""
        of_ladder = self.pending_step_id.activity_type_id == activity.activity_type_id
        if topics:
            values = self._agency_question(topics, activity.user_id or user)
        elif of_ladder:
            step = self.pending_step_id._activity_values(self)
            values = {"summary": step["summary"], "collection_referral": False}
        elif activity.collection_referral:
            activity.unlink()  # asked for by the rules, withdrawn by the rules
            return
        else:
            return
        changed = {name: value for name, value in values.items() if activity[name] != value}
        if changed:
            activity.write(changed)

    def _agency_question(self, topics, user):
        """What to ask ``user`` about this case, and what is noted of it so that it is asked once."""
        self.ensure_one()
        case = self._in_language_of(user)
        _, day = case.env._, format_date(case.env, case.referral_closes_on, date_format="long")
        if "missed" in topics:
            summary = _(
                "The referral window closed unused on %s. Decide: an agency all the same, a plan, or more time",
                day,
            )
        elif "ready" in topics and "closing" in topics:
            summary = _("Ready to refer, and the window closes on %s. Decide: an agency, a plan, or more time", day)
        elif "ready" in topics:
            summary = _("Ready to refer until %s. Decide: an agency, a plan, or more time", day)
        else:
            summary = _(
                "The referral window closes on %s, and the checklist is not complete. Check what is missing", day
            )
        return {
            "summary": summary,
            "collection_referral": {"since": case.referral_since.isoformat(), "topics": topics},
        }

    def _agency_reviewers(self):
        """Who decides about each case: the reviewing manager, else a manager of the company, else the collector."""
        managers = {company: company._collection_reviewer() for company in self.company_id}
        return {case: managers[case.company_id] or case.user_id for case in self}

    def _under_agency_review(self):
        """The cases whose step under way asks a manager about an agency."""
        review = self.env.ref(AGENCY_REVIEW_XMLID)
        return self.filtered(lambda case: case.pending_step_id.activity_type_id == review)

    def _take_over_agency_reviews(self):
        """The cases whose step under way asks what a manager is asked already: the open activity becomes that of the step."""
        stepping = self._under_agency_review()
        if not stepping:
            return stepping
        asked, _answered = stepping._agency_reviews()
        return stepping.filtered(lambda case: case.id in asked)

    def _tell_agency_reviews(self):
        """What the ladder has just asked about an agency says what the window asks, too: one answer serves both."""
        stepping = self._under_agency_review().filtered("referral_status")
        if stepping:
            stepping._ask_about_agency()

    def _withdraw_agency_reviews(self):
        """A manager has decided by a referral: nothing is asked about an agency any more. Needs superuser mode."""
        asked, _answered = self._agency_reviews()
        self.env["mail.activity"].union(*asked.values()).unlink()  # asked for by the rules, withdrawn by the rules

    def _report_review_failure(self, error):
        """Ask the collector, once, to look at a case whose window could not be looked at; tomorrow it is tried again."""
        self.env.invalidate_all()
        self.write({"referral_look_date": fields.Date.add(self.company_id._collection_today(), days=1)})
        reader = self._in_language_of(self.user_id).env
        self._ask_once(reader._("Could not check whether this case should be referred"), error)
