from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestWorkingDays(CollectionCommon):
    """On which days a company works, as its calendar says: every other week, half days, days that are no leave."""

    def _is_open(self, *days):
        """Whether the company works so many days after Monday."""
        self.env.flush_all()
        is_open = self.company._collection_contact_rules().is_open
        return [is_open(self._day(number)) for number in days]

    def _leave(self, begin, end, company=None, **values):
        """The company is closed from one hour of Monday to another, on its own clock."""
        calendar = self.company.resource_calendar_id
        self.company.resource_calendar_id.sudo().tz = "UTC"
        return (
            self.env["resource.calendar.leaves"]
            .sudo()
            .with_company(company or self.company)
            .create(
                {
                    "name": "Founders' day",
                    "calendar_id": calendar.id,
                    "date_from": f"{MONDAY} {begin}:00",
                    "date_to": f"{MONDAY} {end}:00",
                    **values,
                }
            )
        )

    def _two_weeks(self):
        """Monday to Thursday from eight to five in one week, Tuesday to Thursday from nine to noon in the other; its Monday."""
        calendar = self.company.resource_calendar_id.sudo()
        calendar.write(
            {
                "two_weeks_calendar": True,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": f"Week {week}",
                                "dayofweek": "0",
                                "sequence": 100 * week,
                                "hour_from": 0,
                                "hour_to": 0,
                                "day_period": "morning",
                                "week_type": str(week),
                                "display_type": "line_section",
                            }
                        )
                        for week in (0, 1)
                    ),
                    *(
                        Command.create(
                            {
                                "name": f"{week} {day}",
                                "dayofweek": str(day),
                                "sequence": 100 * week + 1 + day,
                                "hour_from": 8 + week,
                                "hour_to": 12 if week else 17,
                                "day_period": "morning",
                                "week_type": str(week),
                            }
                        )
                        for week, day in ((0, 0), (0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3))
                    ),
                ],
            }
        )
        this_week = self.env["resource.calendar.attendance"].get_week_type(MONDAY)
        return MONDAY + timedelta(days=7 * this_week)

    def test_a_monday_off_in_every_other_week(self):
        with self._on(MONDAY, "10:00"):
            first = (self._two_weeks() - MONDAY).days
            self.assertEqual(self._is_open(*range(first, first + 7)), [True] * 4 + [False] * 3)
            other = 7 - first
            self.assertEqual(self._is_open(*range(other, other + 7)), [False, True, True, True, False, False, False])
            year = first + 7 * 52
            self.assertEqual(self._is_open(year, year + 7), [True, False], "as far as plans reach")

    def test_a_day_to_review_ends_with_the_hours_of_its_week(self):
        with self._on(MONDAY):
            first = self._two_weeks()
        second = first + timedelta(days=7)
        for tuesday, look in (
            (first + timedelta(days=1), first + timedelta(days=1)),
            (second + timedelta(days=1), second + timedelta(days=2)),
        ):
            with self._on(tuesday, "15:00"):
                self.assertEqual(self.company._collection_review_day(), look)

    def test_the_lines_between_the_weeks_open_no_day(self):
        """The sections of a two-week calendar are lines of a Monday; without another Monday nobody works on it."""
        with self._on(MONDAY):
            self._two_weeks()
            mondays = self.company.resource_calendar_id.attendance_ids.filtered(
                lambda line: line.dayofweek == "0" and not line.display_type
            )
            mondays.sudo().unlink()
            self.assertEqual(self._is_open(0, 7), [False, False])

    def test_half_a_day_off_closes_the_day_where_it_covers_noon(self):
        with self._on(MONDAY):
            morning = self._leave("00:00", "11:00")
            self.assertEqual(self._is_open(0), [True], "the afternoon is worked")
            morning.unlink()
            self._leave("11:30", "23:59")
            self.assertEqual(self._is_open(0), [False], "whoever is gone from noon on calls nobody back")

    def test_what_is_no_leave_closes_no_day(self):
        """A training of everybody is time at work."""
        with self._on(MONDAY):
            self._leave("00:00", "23:59", time_type="other")
            self.assertEqual(self._is_open(0), [True])

    def test_a_holiday_of_all_calendars_of_the_company(self):
        with self._on(MONDAY):
            self._leave("00:00", "23:59", calendar_id=False)
            self.assertEqual(self._is_open(0, 1), [False, True])

    def test_a_holiday_of_another_company_is_none_of_ours(self):
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        with self._on(MONDAY):
            leave = self._leave("00:00", "23:59", company=other, calendar_id=False)
            self.assertEqual(leave.company_id, other)
            self.assertEqual(self._is_open(0), [True])
