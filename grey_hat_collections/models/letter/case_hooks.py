from odoo import api, models


class CollectionCase(models.Model):
    """What letters add to a case; see ``case/case_hooks.py``."""

    _inherit = "collection.case"

    @api.model
    def _case_facts(self, *, window=False):
        return super()._case_facts(window=window) | {"notice_round"}

    @api.model
    def _read_to_decide(self):
        return (*super()._read_to_decide(), "notice_round")

    @api.model
    def _parts_of_daily_run(self):
        return super()._parts_of_daily_run() | {
            "reward_large_payments": self._reward_large_payments,
            "thank_settled": self._thank_settled,
            "queue_courtesy_letters": self._queue_courtesy_letters,
        }

    def _recent_contacts(self):
        contacts = super()._recent_contacts()
        if not self:
            return contacts
        case_of = {(case.partner_id.id, case.company_id.id): case for case in self}
        letters = self.env["collection.letter"].search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("sent_at", ">=", self._contacts_since()),
            ],
            ["partner_id", "company_id", "sent_at"],
        )
        for letter in letters:
            case = case_of.get((letter.partner_id.id, letter.company_id.id))
            if case:
                contacts[case.id].append(case.company_id._collection_date(letter.sent_at))
        return contacts

    def _before_decisions(self):
        self._stand_with_items()
        return super()._before_decisions()

    def _take_over(self, others):
        """An item keeps its place on the ladder, whoever owes it."""
        marks = self.env["collection.mark"].sudo()  # written by the rules only
        marks.search([("case_id", "in", others.ids)]).write({"case_id": self.id})
        return super()._take_over(others)
