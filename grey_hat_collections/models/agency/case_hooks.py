from odoo import api, models
from odoo.exceptions import UserError

#: What a case holds about the window when it is not in it: referred and settled cases among others.
OUT_OF_WINDOW = {
    "referral_status": False,
    "referral_ready": False,
    "referral_since": False,
    "referral_closes_on": False,
    "referral_look_date": False,
}


class CollectionCase(models.Model):
    """What agencies add to a case; see ``case/case_hooks.py``."""

    _inherit = "collection.case"

    def write(self, vals):
        if not self.env.su or vals.get("state") not in ("referred", "closed"):
            return super().write(vals)
        referred = vals["state"] == "referred"
        result = super().write({**vals, **OUT_OF_WINDOW, **({"was_referred": True} if referred else {})})
        if referred:
            self._withdraw_agency_reviews()
        return result

    @api.model
    def _forgotten(self, *, window):
        return super()._forgotten(window=window) | ({"referral_look_date": False} if window else {})

    @api.model
    def _parts_of_daily_run(self):
        return super()._parts_of_daily_run() | {
            "watch_the_books": self.env["collection.referral"]._watch_the_books,
            "ask_about_new_items": self._ask_about_new_items,
        }

    @api.model
    def _read_to_decide(self):
        return (*super()._read_to_decide(), "agency_id", "referred_on")

    def _more_facts(self, standings, read):
        facts = super()._more_facts(standings, read)
        for case in self.filtered(lambda case: case.state == "referred"):
            since = case.referred_on or case.company_id._collection_today()
            facts[case.id] |= {"referred_on": since, "referred_to": case.agency_id.name or ""}
        return facts

    def _ask_for_activities(self):
        result = super(CollectionCase, self - self._take_over_agency_reviews())._ask_for_activities()
        self._tell_agency_reviews()
        return result

    @api.model
    def _values_of_closed(self):
        return super()._values_of_closed() | {"agency_id": False, "referred_on": False}

    @api.model
    def _accounts_opened(self, companies, partners):
        result = super()._accounts_opened(companies, partners)
        self._follow_referrals(companies, partners)
        return result

    def _held_by(self):
        if self.state == "referred":
            return self.env._("The account is with %s now.", self.agency_id.name)
        return super()._held_by()

    def _check_stage_move(self, stage):
        if stage.kind == "referred" and self.state not in ("closed", "referred"):
            raise UserError(self._why_not_moved_to_agency(stage))
        return super()._check_stage_move(stage)

    @api.model
    def _found_by(self, key):
        """By the number of a referral, ours or the agency's."""
        theirs = self._like_number(key, "message_to_agency_ids.agency_reference")
        return [
            *super()._found_by(key),
            *self._find_in(self.env._("Referral %s"), "collection.referral", self._like_number(key, "name"), "name"),
            *self._find_in(self.env._("Agency's reference of %s"), "collection.referral", theirs, "name"),
        ]
