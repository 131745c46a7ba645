from odoo import api, models

from .dispute_states import OPEN


class CollectionCase(models.Model):
    """What disputes add to a case; see ``case/case_hooks.py``."""

    _inherit = "collection.case"

    @api.model
    def _parts_of_daily_run(self):
        return super()._parts_of_daily_run() | {
            "tell_of_late_answers": self.env["collection.dispute"]._tell_of_late_answers
        }

    def _more_facts(self, standings, read):
        facts = super()._more_facts(standings, read)
        for case_id, disputed in self.filtered(lambda case: case.amount_chased <= 0)._dispute_facts().items():
            facts[case_id] |= disputed
        return facts

    def _begun(self):
        result = super()._begun()
        self._take_up_disputes(self.partner_id, self.company_id)
        return result

    def _take_over(self, others):
        disputes = self.env["collection.dispute"].search([("case_id", "in", others.ids), ("state", "in", OPEN)])
        disputes.write({"case_id": self.id, "partner_id": self.partner_id.id})
        return super()._take_over(others)

    @api.model
    def _found_by(self, key):
        """By the number of a dispute, which our answer says."""
        numbered = self._like_number(key, "name")
        return super()._found_by(key) + self._find_in(self.env._("Dispute %s"), "collection.dispute", numbered, "name")
