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
        calling = self._calls_due(today)
        for case in self:
            own, days = rules[case.company_id], contacts[case.id]
            within = sum(0 <= (today[case.company_id] - day).days < own.window_days for day in days)
            case.contact_budget = case._contact_budget_words(within, own)
            case.contact_moment = case._contact_moment_words(
                own, days, case.partner_id in unwilling, case.id in calling
            )

    def _calls_due(self, today):
        """The ids of cases for which the rules ask for a call that is due; ``today`` by company."""
        calls = self._asked().filtered(lambda activity: activity.activity_category == "phonecall")
        company_of = {case.id: case.company_id for case in self}
        return {call.res_id for call in calls if call.date_deadline <= today[company_of[call.res_id]]}

    def _contact_budget_words(self, count, rules):
        words = {"count": count, "limit": rules.max_contacts, "days": rules.window_days}
        if not rules.max_contacts:
            return self.env._("%(count)s in %(days)s days, no limit is set", **words)
        return self.env._("%(count)s of %(limit)s contacts in %(days)s days", **words)

    def _contact_moment_words(self, rules, contacts, unwilling, calling):
        """From when on the rules would be in touch; ``calling``: they ask for a call today already."""
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
        if moment == now or calling:
            return self.env._("Now, with the call that is due") if calling else self.env._("Now")
        return self._moment_words(moment)

    def _moment_words(self, moment):
        """A day, and the hour where one is meant, in the customer's time; it says so where that is not ours."""
        zone = self.partner_id._collection_timezone(self.company_id)
        moment = moment.astimezone(zone)
        day = format_date(self.env, moment.date(), date_format="EEE, MMM d")
        if not (moment.hour or moment.minute):
            return day
        words = {"day": day, "time": format_time(self.env, moment.time(), time_format="short")}
        if zone == self.company_id._collection_timezone():
            return self.env._("%(day)s, %(time)s", **words)
        return self.env._("%(day)s, %(time)s (customer's time)", **words)
