import logging
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...engine.decision import Action
from ..base.error_summary import error_summary
from .case_due import READ_TO_DECIDE
from .case_step import REVIEW_XMLID

_logger = logging.getLogger(__name__)

#: Minutes after which the daily run looks again at cases that somebody was working on, or that could not be refreshed.
RETRY_MINUTES = 15

#: What the daily run reads of a case: to decide, and to begin its step.
READ_TO_RUN = (*READ_TO_DECIDE, "last_error", "stage_id", "user_id")


class CollectionCase(models.Model):
    """The daily run: read the ledger, decide, act."""

    _inherit = "collection.case"

    # -- The run -------------------------------------------------------------------------------------------------

    @api.model
    def _cron_daily_run(self):
        """Scheduled action: every case is brought into line with the ledger, decided on and, if due, moved on.

        Done once a day at most for each case (``run_date``), and only where the last answer has run out or a fact has
        changed (``next_decision_date``); in batches that are committed one by one, so that it may be killed, started
        again or started twice at any moment. Cases that somebody has locked are left for a later turn.
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
        """Work through these cases, batch by batch; an add-on may share the batches out."""
        self._retry_daily_run(self._in_batches(lambda cases: cases._try_batch()))

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
                & (Domain("next_decision_date", "=", False) | Domain("next_decision_date", "<=", today) | unsaid)
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
        message = error_summary(error)
        again = self.last_error == message
        self.write({"last_error": message, "run_date": self.company_id._collection_today()})
        if not again:
            reader = self._in_language_of(self.user_id).env
            self._ask_once(reader._("The daily run could not process this case"), error)

    def _tell_of_failure(self, error):
        self._ask_to_look_into(self.display_name, error)

    def _ask_to_look_into(self, what, error):
        """Ask the collectors of these cases, once, to look into ``what`` could not be worked on. Needs superuser mode.

        :param str what: the name of a record
        """
        for case in self:
            summary = case._in_language_of(case.user_id).env._("%s could not be updated. Check the error", what)
            case._ask_once(summary, error)

    def _ask_once(self, summary, error):
        """Ask the collector to look because of ``error``, unless that was asked with the same words already."""
        if summary in self._asked(REVIEW_XMLID).mapped("summary"):
            return
        self._ask(
            lambda case: {
                "activity_type_id": self._activity_type(REVIEW_XMLID).id,
                "summary": summary,
                "note": plaintext2html(error_summary(error)),
                "user_id": (case.user_id or self.env.user).id,
            }
        )
