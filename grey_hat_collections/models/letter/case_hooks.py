from odoo import api, models

from ..ledger.account_key import account_key


class CollectionCase(models.Model):
    """What letters add to a case; see ``case/case_hooks.py``."""

    _inherit = "collection.case"

    @api.model
    def _case_facts(self, *, window=False):
        return super()._case_facts(window=window) | {"notice_round"}

    @api.model
    def _read_to_decide(self):
        return (*super()._read_to_decide(), "notice_round", "pending_letter_id")

    @api.model
    def _parts_of_daily_run(self):
        return super()._parts_of_daily_run() | {
            "look_at_waiting_letters": self.env["collection.letter"]._look_at_waiting_letters,
            "remind_of_instalments": self.env["collection.plan"]._remind_of_instalments,
            "reward_large_payments": self._reward_large_payments,
            "thank_settled": self._thank_settled,
            "queue_courtesy_letters": self._queue_courtesy_letters,
        }

    def _recent_contacts(self):
        contacts = super()._recent_contacts()
        if not self:
            return contacts
        case_of = {account_key(case): case for case in self}
        letters = self.env["collection.letter"].search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("sent_at", ">=", self._contacts_since()),
            ],
            ["partner_id", "company_id", "sent_at"],
        )
        for letter in letters:
            case = case_of.get(account_key(letter))
            if case:
                contacts[case.id].append(case.company_id._collection_date(letter.sent_at))
        return contacts

    def _before_decisions(self):
        self._complete_sent_steps()
        return super()._before_decisions()

    def _more_facts(self, standings, read):
        facts = super()._more_facts(standings, read)
        for case_id, of_letter in self._letter_facts().items():
            facts[case_id] |= of_letter
        return facts

    def _attempts(self):
        """Letters of steps count as well."""
        letters = self.letter_ids.filtered(lambda letter: letter.step_id and letter.state == "sent")
        return super()._attempts() + letters.mapped("sent_at")

    @api.depends("letter_ids.state")
    def _compute_contact_budget(self):
        return super()._compute_contact_budget()

    @api.model
    def _make_room_for_merge(self, partners, target):
        result = super()._make_room_for_merge(partners, target)
        self.env["collection.letter"]._keep_one_a_day(partners, target)
        return result

    @api.model
    def _found_by(self, key):
        """By the number of a letter, by that under which the post or an e-mail is tracked."""
        letters, pieces = "collection.letter", "collection.mail.piece"
        numbered = self._like_number(key, "name")
        return [
            *super()._found_by(key),
            *self._find_in(self.env._("Letter %s"), letters, numbered, "name"),
            *self._find_in(self.env._("Mail piece %s"), pieces, numbered, "name"),
            *self._find_in(
                self.env._("Certified mail %s"), pieces, self._like_code(key, "certified_number"), "certified_number"
            ),
            *self._find_in(self.env._("Tracking of letter %s"), letters, self._like_code(key, "tracking_ref"), "name"),
        ]
