from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import escape_psql, lazy


class CollectionCase(models.Model):
    """What contacts and the customer's reason add to a case; see ``case/case_hooks.py``."""

    _inherit = "collection.case"

    @api.model
    def _case_facts(self, *, window=False):
        facts = super()._case_facts(window=window)
        return facts if window else facts | {"reason_id", "reason_since"}

    @api.model
    def _read_to_decide(self):
        return (*super()._read_to_decide(), "reason_id", "reason_since")

    def _more_facts(self, standings, read):
        facts = super()._more_facts(standings, read)
        # asked where a step is due, and then for all of them
        contacts = lazy(self._recent_contacts)
        for case_id, of_case in facts.items():
            of_case["contacts"] = lazy(lambda case_id=case_id: contacts[case_id])
        return facts

    def _left_to_people_since(self):
        if not self.reason_id.stops_contact:
            return super()._left_to_people_since()
        return self.reason_since or self.company_id._collection_today()

    @api.model
    def _written_about(self, activities):
        return super()._written_about(activities) | set(activities.filtered("collection_note_id").mapped("res_id"))

    def _check_forward_move(self, stage):
        if self.state == "open" and self._left_to_people_since():
            raise UserError(
                self.env._(
                    "%(case)s: “%(reason)s” stops automatic letters and calls. Change the customer's reason before taking the "
                    "next step.",
                    case=self.display_name,
                    reason=self.reason_id.name,
                )
            )
        return super()._check_forward_move(stage)

    @api.depends("reason_id")
    def _compute_decision(self):
        return super()._compute_decision()

    def _decision_words(self):
        words = super()._decision_words()
        words["reason"] = self.reason_id.name or ""
        return words

    @api.model
    def _found_by(self, key):
        """By the phone of anybody there, by whom one talks to, by e-mail addresses."""
        people = {"model": "res.partner", "called": "name", "partner": "id", "company": None}
        finders = super()._found_by(key)
        if key.phone:
            phone = self.env["res.partner"]._collection_domain_phone(key.phone)
            finders += self._find_in(self.env._("Phone of %s"), domain=phone, **people)
        contact = self._like_name(key) & ~self._domain_customers()
        finders += self._find_in(self.env._("Contact %s"), domain=contact, **people)
        if key.is_part:
            address = Domain("email", "ilike", escape_psql(key.text))
            finders += self._find_in(self.env._("E-mail of %s"), domain=address, **people)
        return finders
