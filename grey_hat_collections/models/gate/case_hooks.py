from odoo import api, models
from odoo.tools import lazy

from ...engine.decision import Reason


class CollectionCase(models.Model):
    """What *Our Side* adds to a case; see ``case/case_hooks.py``."""

    _inherit = "collection.case"

    @api.model
    def _also_concerned(self, companies, partners):
        return super()._also_concerned(companies, partners) | self._waiting_for_us(companies, partners)

    @api.model
    def _parts_of_daily_run(self):
        return super()._parts_of_daily_run() | {
            "ask_about_left_out": self.env["res.partner"]._collection_ask_about_left_out
        }

    @api.model
    def _domain_unsaid(self):
        return super()._domain_unsaid() | self._domain_asked_of_us()

    def _more_facts(self, standings, read):
        facts = super()._more_facts(standings, read)
        findings = lazy(self._findings_before_letters, standings, read)
        for case_id, of_case in facts.items():
            of_case["findings"] = lazy(lambda case_id=case_id: findings.get(case_id, ()))
        return facts

    def _after_decisions(self, before=None):
        result = super()._after_decisions(before)
        concerned = self
        if before is not None:
            concerned = self.filtered(lambda case: Reason.OUR_SIDE in (before[case.id], case.decision_code))
        concerned._ask_our_side()
        return result

    def _withdraw_asked(self):
        result = super()._withdraw_asked()
        self._asked_of_our_side().unlink()
        return result

    def _decision_words(self):
        words = super()._decision_words()
        words["finding"] = self._finding_sentence()
        return words
