from odoo import api, models
from odoo.tools import SQL


class CollectionCase(models.Model):
    """What promises and plans add to a case; see ``case/case_hooks.py``."""

    _inherit = "collection.case"

    @api.model
    def _has_promised(self, companies):
        running = SQL(
            """EXISTS (SELECT FROM collection_promise promise
                        WHERE promise.partner_id = contact.id
                          AND promise.company_id = ANY(%s)
                          AND promise.withdrawn_on IS NULL)""",
            companies.ids,
        )
        return SQL("(%s OR %s)", super()._has_promised(companies), running)

    @api.model
    def _before_figures(self, companies, partners):
        result = super()._before_figures(companies, partners)
        self.env["collection.promise"]._judge(companies, partners)
        return result

    @api.model
    def _parts_of_daily_run(self):
        return super()._parts_of_daily_run() | {
            "breach_elapsed": self.env["collection.plan"]._breach_elapsed,
            "reward_kept": self.env["collection.promise"]._reward_kept,
        }

    @api.model
    def _domain_unsaid(self):
        return super()._domain_unsaid() | self._domain_news_of_promises()

    def _not_to_decide_yet(self):
        held = super()._not_to_decide_yet() | self._whose_promise_is_held()
        (self - held)._judge_what_was_held()
        return held

    def _before_decisions(self):
        result = super()._before_decisions()
        self._promises_to_reward()._reward()
        self._ask_about_promises()
        return result

    def _more_facts(self, standings, read):
        facts = super()._more_facts(standings, read)
        for case_id, promised in self.filtered(lambda case: case.amount_chased <= 0)._promise_facts().items():
            facts[case_id] |= promised
        return facts

    def _take_over(self, others):
        """A plan stays where it is when there is one here already: a case has one."""
        owner = {"case_id": self.id, "partner_id": self.partner_id.id}
        of_others = [("case_id", "in", others.ids)]
        plans = self.env["collection.plan"].search([*of_others, ("state", "in", ("draft", "active"))], order="id")
        if self.env["collection.plan"].search_count([("case_id", "=", self.id), ("state", "=", "active")], limit=1):
            plans = plans.browse()
        plans = (
            plans.filtered(lambda plan: plan.state == "draft") | plans.filtered(lambda plan: plan.state == "active")[:1]
        )
        plans.write(owner)
        promises = self.env["collection.promise"].search(
            [*of_others, ("withdrawn_on", "=", False), ("plan_id", "=", False)]
        )
        running = promises.filtered(lambda promise: promise.state == "open" or promise.state != promise.state_asked)
        (running | plans.promise_ids).write(owner)
        return super()._take_over(others)

    @api.model
    def _found_by(self, key):
        """By the number of a plan, which its letter says."""
        numbered = self._like_number(key, "name")
        return super()._found_by(key) + self._find_in(self.env._("Plan %s"), "collection.plan", numbered, "name")
