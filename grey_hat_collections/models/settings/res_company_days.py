from datetime import datetime, time, timedelta

import pytz
from odoo import fields, models
from odoo.tools import ormcache

from ...engine import contact
from ...engine.days import with_room
from .clocks import known_zone

#: How many days ahead public holidays are looked up, for the contact rules and the days of payment plans.
HOLIDAY_HORIZON = 400


class ResCompany(models.Model):
    """The clock of a company, and on which days it works."""

    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        settings = [name for name in vals if name.startswith("collection_")]
        if settings or not {"partner_id", "resource_calendar_id"}.isdisjoint(vals):
            self.env.registry.clear_cache()  # see _collection_zone_name, _collection_open_days and _collection_house
        return result

    def _collection_timezone(self):
        """Time zone in which the days of this company are counted: its working hours', else its address's."""
        return pytz.timezone(self._collection_zone_name())

    @ormcache("self.id")
    def _collection_zone_name(self):
        """What that zone is called. Remembered, because every payment asks, until somebody changes one of them."""
        self.ensure_one()
        company = self.sudo()  # the calendar may be hidden from a user of another company; only its zone is read
        zone = known_zone(company.resource_calendar_id.tz, company.partner_id.tz) or pytz.utc
        return zone.zone

    def _collection_today(self):
        """The date at this company now."""
        return self._collection_date(fields.Datetime.now())

    def _collection_date(self, moment):
        """The date at this company of ``moment`` (UTC, naive as Odoo stores it)."""
        return pytz.utc.localize(with_room(moment)).astimezone(self._collection_timezone()).date()

    def _collection_next_morning(self):
        """Five o'clock of the next day at this company, in UTC (naive): when its collections begin."""
        return self._collection_moment(self._collection_today() + timedelta(days=1), time(5))

    def _collection_day_began(self):
        """Midnight at which today began at this company, in UTC (naive)."""
        return self._collection_moment(self._collection_today(), time())

    def _collection_moment(self, day, clock):
        """``clock`` of ``day`` at this company, in UTC (naive)."""
        moment = self._collection_timezone().localize(datetime.combine(day, clock))
        return moment.astimezone(pytz.utc).replace(tzinfo=None)

    def _collection_contact_rules(self):
        """The rules of contact: this company's settings, and the days and public holidays of its working hours.

        :rtype: ~odoo.addons.grey_hat_collections.engine.contact.ContactRules
        """
        self.ensure_one()
        weekdays, closed_days = self._collection_open_days(self._collection_today())
        return contact.ContactRules(
            hour_from=_clock(self.collection_hour_from),
            hour_to=_clock(self.collection_hour_to),
            weekdays=weekdays,
            closed_days=closed_days,
            max_contacts=self.collection_max_contacts,
            window_days=self.collection_contact_days,
            rest_days=self.collection_rest_days,
        )

    @ormcache("self.id", "today")
    def _collection_open_days(self, today):
        """On which days of the week this company works, and on which days of the coming months it does not, as of ``today``:
        public holidays, and days of the week that are off in every other week. Every payment of a customer with a case asks;
        whatever changes a calendar forgets it (``settings/resource_calendar.py``).

        :rtype: tuple[frozenset[int], frozenset[datetime.date]]
        """
        weekdays = frozenset(weekday for _week, weekday in self._collection_closing_hours())
        closed_days = self._collection_holidays(today)
        if self.sudo().resource_calendar_id.two_weeks_calendar:  # see _collection_timezone
            ahead = (today + timedelta(days=days) for days in range(HOLIDAY_HORIZON + 1))
            closed_days |= {
                day for day in ahead if day.weekday() in weekdays and self._collection_closing_hour(day) is None
            }
        return weekdays or frozenset(range(5)), frozenset(closed_days)

    def _collection_working_day(self, days):
        """The day that many working days from today at this company; 0 is today, or the next working day."""
        is_open = self._collection_contact_rules().is_open
        day = self._collection_today()
        while days > 0 or not is_open(day):
            day += timedelta(days=1)
            days -= is_open(day)
        return day

    def _collection_review_day(self):
        """The first working day that leaves somebody here the time to look at what has changed just now: today, while working
        hours are left, else the next one.
        """
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(self._collection_timezone())
        closing = self._collection_closing_hour(now.date()) or 24
        is_over = now.hour + now.minute / 60 >= closing
        today = self._collection_today()
        day = self._collection_working_day(0)
        return self._collection_working_day(1) if day == today and is_over else day

    def _collection_closing_hour(self, day):
        """When the working hours of this company end on ``day``, as hours; None where it has none then."""
        week = self.env["resource.calendar.attendance"].get_week_type(day)
        return self._collection_closing_hours().get((week, day.weekday()))

    @ormcache("self.id")
    def _collection_closing_hours(self):
        """When the working hours of this company end, by week (0 and 1 take turns) and day of the week; see
        :meth:`_collection_open_days`.

        :rtype: dict[tuple[int, int], float]
        """
        calendar = self.sudo().resource_calendar_id  # see _collection_timezone
        hours = {}
        for attendance in calendar.attendance_ids.filtered(lambda line: not line.display_type):
            for week in [int(attendance.week_type)] if calendar.two_weeks_calendar else (0, 1):
                key = week, int(attendance.dayofweek)
                hours[key] = max(hours.get(key, 0), attendance.hour_to)
        return hours

    def _collection_holidays(self, today):
        """Public holidays of the coming months: the days that a leave of the whole company covers at noon.

        :rtype: set[datetime.date]
        """
        company = self.sudo()  # see _collection_timezone
        leaves = company.env["resource.calendar.leaves"].search_fetch(
            [
                ("resource_id", "=", False),
                ("calendar_id", "in", (company.resource_calendar_id.id, False)),
                ("company_id", "in", (company.id, False)),
                ("time_type", "=", "leave"),
            ],
            ["date_from", "date_to"],
        )
        zone = self._collection_timezone()
        horizon = today + timedelta(days=HOLIDAY_HORIZON)
        days = set()
        for leave in leaves:
            begin, end = (
                pytz.utc.localize(with_room(moment)).astimezone(zone) for moment in (leave.date_from, leave.date_to)
            )
            day = max(begin.date(), today)
            while day <= min(end.date(), horizon):
                if begin <= zone.localize(datetime.combine(day, time(12))) <= end:
                    days.add(day)
                day += timedelta(days=1)
        return days


def _clock(hours):
    """Hours as a float (8.5) as a time; 24 becomes the last minute of the day."""
    minutes = min(round(hours * 60), 24 * 60 - 1)
    return time(*divmod(minutes, 60))
