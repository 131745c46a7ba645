import pytz
from odoo import api, fields, models
from odoo.tools.misc import format_date, format_time

from ...engine.decision import Reason
from ..settings.clocks import first_moment


class CollectionCase(models.Model):
    """How often we have been in touch lately, all of us together, and from when on we may be again."""

    _inherit = "collection.case"

    contact_budget = fields.Char(
        compute="_compute_contact_budget",
        string="Recent Contacts",
        help="Letters, calls and other contacts by everyone in our company. Going over the limit would be a nuisance.",
    )
    contact_moment = fields.Char(
        compute="_compute_contact_budget",
        string="Next Contact",
        help="The earliest time at which the rules would write or call, in the customer's time: contact hours, public holidays, "
        "the contact limit and the pause after a reply are respected.",
    )

    @api.depends(
        "partner_id",
        "company_id",
        "state",
        "decision_code",
        "reason_id",
        "last_reply_date",
        "last_contact_date",
    )
    @api.depends_context("lang")
    def _compute_contact_budget(self):
        contacts = self._recent_contacts()
        rules = {company: company._collection_contact_rules() for company in self.company_id}
        today = {company: company._collection_today() for company in self.company_id}
        unwilling = self.partner_id._collection_unwilling()
        for case in self:
            own, days = rules[case.company_id], contacts[case.id]
            within = sum(0 <= (today[case.company_id] - day).days < own.window_days for day in days)
            case.contact_budget = case._contact_budget_words(within, own)
            case.contact_moment = case._contact_moment_words(own, days, case.partner_id in unwilling)

    def _contact_budget_words(self, count, rules):
        words = {"count": count, "limit": rules.max_contacts, "days": rules.window_days}
        if not rules.max_contacts:
            return self.env._("%(count)s in %(days)s days, no limit is set", **words)
        return self.env._("%(count)s of %(limit)s contacts in %(days)s days", **words)

    def _contact_moment_words(self, rules, contacts, unwilling):
        self.ensure_one()
        if self.state == "closed":
            return False
        if unwilling:
            return self.env._("Never automatically: the customer asked us not to")
        if self._left_to_people_since():
            return self.env._("Never automatically: %s", self.reason_id.name)
        if self.decision_code == Reason.OUR_SIDE.value:
            return self.env._("Once resolved on our side")
        now = pytz.utc.localize(fields.Datetime.now())
        zones = self.partner_id._collection_timezones(self.company_id)
        moment = first_moment(rules, now, zones, contacts=contacts, last_reply=self.last_reply_date or None)
        if not moment:
            return self.env._("Not within a year")
        if moment == now:
            return self.env._("Now")
        moment = moment.astimezone(self.partner_id._collection_timezone(self.company_id))
        words = {
            "day": format_date(self.env, moment.date(), date_format="full"),
            "time": format_time(self.env, moment.time(), time_format="short"),
        }
        return self.env._("%(day)s, %(time)s (customer's time)", **words)
