from odoo import api, fields, models
from odoo.fields import Domain

from ...engine.days import later
from .case_hooks import CASE_FACTS

#: What is stored of a decision.
DECIDED = (
    "decision_code",
    "decision_details",
    "next_step_id",
    "next_action_date",
    "next_decision_date",
    "pending_step_id",
    "priority_score",
    "run_date",
)
#: What a decision reads of a case, to be fetched in one query: a row has twice as many columns.
READ_TO_DECIDE = (
    "amount_chased",
    "amount_disputed",
    "amount_net_overdue",
    "amount_promised",
    "amount_under_way",
    "company_id",
    "is_silent",
    "oldest_due_date",
    "partner_id",
    *DECIDED,
    *sorted(CASE_FACTS.difference(DECIDED)),
)
#: However long an answer holds, a case is looked at again after so many days: nobody is forgotten.
LOOK_DAYS = 30


class CollectionCase(models.Model):
    """Which cases a daily run has to decide on: those whose last answer has run out, and those of which a fact has changed.

    The engine says how long an answer holds as long as the facts stay as they are. Whatever changes a fact forgets that
    day (:meth:`_look_again`): the refresh of the figures, a letter, an activity, a promise, a dispute, a ladder, a setting.
    """

    _inherit = "collection.case"

    next_decision_date = fields.Date(
        readonly=True,
        copy=False,
        help="The date on which the daily run decides again, if nothing changes before; empty: in its next run.",
        for_rules=True,
    )

    def write(self, vals):
        if self._case_facts().isdisjoint(vals) or "next_decision_date" in vals:
            return super().write(vals)
        window = not self._case_facts(window=True).isdisjoint(vals)
        if self.env.su:
            return super().write({**self._forgotten(window=window), **vals})
        result = super().write(vals)
        self._look_again(window=window)
        return result

    @api.model
    def _forgotten(self, *, window):
        """The days until which answers hold, forgotten: nothing is known. A room that keeps such a day of its own adds it.

        :param window: how well the customer has been warned may have changed as well
        """
        return {"next_decision_date": False}

    def _look_again(self, *, window=False):
        """A fact of these cases has changed: the next daily run decides on them.

        :param window: the fact also says how well the customer has been warned
        """
        forgotten = self._forgotten(window=window)
        # whoever changes the fact need not have a right to write what the rules write
        holding = self.sudo().filtered(lambda case: any(case[name] for name in forgotten))
        holding.write(forgotten)

    @api.model
    def _holding(self, domain):
        """The open cases of ``domain`` that wait for the day on which their answer runs out."""
        # whoever changes a setting that decisions depend on need not see the cases
        waiting = Domain.OR(Domain(name, "!=", False) for name in self._forgotten(window=True))
        return self.sudo().search(Domain("state", "!=", "closed") & waiting & Domain(domain))

    def _decision_dates(self, decisions):
        """The first day on which each of these cases is to be decided on anew.

        :param decisions: :class:`engine.decision.Decision` by case
        """
        looks = {}
        days = {company: company._collection_today() for company in self.company_id}
        for case in self:
            today = days[case.company_id]
            until = decisions[case].holds_until
            # what holds for today only may still be done or have changed by the run of today
            runs_out = until and (later(until, 1) if until > today else today)
            silent_on = None if case.is_silent else case._silent_on()
            looks[case] = min(filter(None, (runs_out, silent_on, later(today, LOOK_DAYS))))
        return looks

    def _hold_until_reviewed(self):
        """A pause has ended: nothing goes out before a working day is over, so that a person can look."""
        for company, cases in self.filtered(lambda case: case.state == "open").grouped("company_id").items():
            cases.write({"released_on": company._collection_review_day()})
