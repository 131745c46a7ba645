import random
from datetime import date, datetime, timedelta

from odoo.tests import tagged

from ..common import MONDAY
from ..dispute.dispute_common import DisputeCommon
from ..promise.promise_common import FRIDAY, NEXT_MONDAY, SATURDAY, THURSDAY, TUESDAY, WEDNESDAY, PromiseCase

SUNDAY = SATURDAY + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestDayForALook(PromiseCase, DisputeCommon):
    """After a pause nothing leaves before somebody could look: a working day of the company is left for it. The working week is
    Monday to Friday, eight to five.
    """

    def _closed(self, day):
        company = self.company
        return (
            self.env["resource.calendar.leaves"]
            .sudo()
            .create(
                {
                    "name": "Founders' day",
                    "calendar_id": company.resource_calendar_id.id,
                    "company_id": company.id,
                    "date_from": f"{day} 00:00:00",
                    "date_to": f"{day} 23:59:59",
                }
            )
        )

    def _hold(self, until, day=MONDAY):
        with self._on(day, "10:00"):
            self.case.with_user(self.collector)._hold(until, "They move house")

    def _left(self, first, last):
        """The days from ``first`` to ``last`` on which a letter left."""
        for number in range((first - MONDAY).days, (last - MONDAY).days + 1):
            self._daily_run(self._day(number))
            self._send(self._day(number))
        return sorted({letter.sent_at.date() for letter in self.case.letter_ids if letter.state == "sent"})

    def test_which_day_it_is(self):
        self._closed(WEDNESDAY)
        for day, clock, look in (
            (MONDAY, "05:00", MONDAY),
            (MONDAY, "16:59", MONDAY),
            (MONDAY, "17:00", TUESDAY),
            (TUESDAY, "18:00", THURSDAY),
            (WEDNESDAY, "05:00", THURSDAY),
            (FRIDAY, "17:30", NEXT_MONDAY),
            (SATURDAY, "05:00", NEXT_MONDAY),
            (SUNDAY, "23:00", NEXT_MONDAY),
        ):
            with self.subTest(day=day, clock=clock), self._on(day, clock):
                self.assertEqual(self.company._collection_review_day(), look)

    def test_the_clock_is_the_company_s(self):
        self.company.resource_calendar_id.tz = "America/New_York"
        with self._on(MONDAY, "19:00"):  # two in the afternoon over there
            self.assertEqual(self.company._collection_review_day(), MONDAY)
        with self._on(MONDAY, "22:30"):
            self.assertEqual(self.company._collection_review_day(), TUESDAY)

    def test_a_hold_that_ends_on_a_friday(self):
        self._hold(FRIDAY)
        self._daily_run(SATURDAY)
        self.assertRecordValues(
            self.case, [{"state": "open", "released_on": NEXT_MONDAY, "next_action_date": NEXT_MONDAY}]
        )
        with self._on(SATURDAY):
            self.env.invalidate_all()
            self.assertEqual(
                self.case.decision,
                "Hold ended, please review: after March 9, 2026 the next step is “Friendly reminder”.",
            )
        self.assertEqual(self._left(SUNDAY, NEXT_MONDAY + timedelta(days=2)), [NEXT_MONDAY + timedelta(days=1)])

    def test_it_comes_first_on_the_day_on_which_somebody_is_there(self):
        large = self._overdue_customer("Large", amount=90_000, days=100)
        self._hold(FRIDAY)
        for day in (SATURDAY, SUNDAY, NEXT_MONDAY):
            self._daily_run(day)
        self.assertGreater(self.case.priority_score, large.priority_score)
        self._daily_run(NEXT_MONDAY + timedelta(days=1))
        self.assertLess(self.case.priority_score, large.priority_score)

    def test_a_promise_missed_before_a_holiday(self):
        self._closed(WEDNESDAY)
        promise = self._promise(due=TUESDAY)
        self._daily_run(WEDNESDAY)
        self.assertEqual((promise.state, self.case.released_on), ("broken", THURSDAY))

    def test_a_hold_ended_by_hand_when_everybody_goes_home(self):
        self._hold(self._day(20))
        with self._on(FRIDAY, "17:30"):
            self.case.with_user(self.collector).action_release()
        self.assertEqual(self.case.released_on, NEXT_MONDAY)

    def test_a_letter_that_waited_before_the_pause_waits_as_well(self):
        self._daily_run(FRIDAY)
        with self._on(SATURDAY, "10:00"):
            self.case.sudo()._hold_until_reviewed()
        self.assertEqual(self.case.letter_ids.state, "queued")
        self.cr.execute(
            "UPDATE collection_letter SET create_date = %s WHERE id = %s",
            (f"{FRIDAY} 05:00:00", self.case.letter_ids.id),
        )
        self.env.invalidate_all()
        self._send(NEXT_MONDAY)
        self.assertEqual(self.case.letter_ids.state, "queued")
        self._send(NEXT_MONDAY + timedelta(days=1))
        self.assertEqual(self.case.letter_ids.state, "sent")

    def test_a_payment_that_goes_back_on_a_sunday(self):
        payment = self._customer_pays(self.case, day=MONDAY)
        with self._on(SUNDAY, "10:00"):
            payment.action_draft()
            payment.action_cancel()
            self._settle_transaction()
        self.env.invalidate_all()
        self.assertRecordValues(self.case, [{"state": "open", "released_on": NEXT_MONDAY}])

    def test_whatever_ends_a_pause_nothing_leaves_before_a_working_day_is_over(self):
        """Random weeks: holds, promises, disputes and payments that go back end on any day; no letter leaves from the event to
        the end of the first working day that leaves time for a look.
        """
        for seed in range(10):
            dice = random.Random(seed)
            holiday, ended = self._day(dice.randint(1, 9)), self._day(dice.randint(2, 8))
            kind = ("hold", "released", "withdrawn", "answered", "back")[seed % 5]
            with self.subTest(seed=seed, kind=kind):
                self.case = self._overdue_customer(f"Any {seed}")
                self.acme = self.case.partner_id
                self.invoice = self.acme.invoice_ids
                leave = self._closed(holiday)
                moment = self._pause(kind, ended, dice.choice(["06:00", "10:00", "16:00", "19:00"]))
                look = self._first_working_day(moment, holiday)
                left = self._left(moment.date(), self._day(14))
                self.assertFalse([day for day in left if moment.date() <= day <= look], (kind, moment, look, holiday))
                self.assertTrue(left, "Nobody is forgotten")
                leave.unlink()

    def _pause(self, kind, last, clock):
        """A pause of this kind, begun before any letter has left; when it ends."""
        if kind == "hold":
            self._hold(last - timedelta(days=1), MONDAY)
            return datetime.combine(last, datetime.min.time())
        if kind == "released":
            self._hold(self._day(20), MONDAY)
            with self._on(last, clock):
                self.case.with_user(self.collector).action_release()
        elif kind == "withdrawn":
            promise = self._promise(due=self._day(14), day=MONDAY, clock="03:00")
            with self._on(last, clock):
                promise.with_user(self.collector).action_withdraw()
                self._settle_transaction()
        elif kind == "answered":
            with self._on(MONDAY, "03:00"):
                dispute = self._raise(self.case, [self._item()])
                self._settle_transaction()
            with self._on(last, clock):
                dispute.action_withdraw()
                self._settle_transaction()
        else:
            payment = self._customer_pays(self.case, day=MONDAY, clock="03:00")
            with self._on(last, clock):
                payment.action_draft()
                payment.action_cancel()
                self._settle_transaction()
        self.env.invalidate_all()
        return datetime.combine(last, datetime.strptime(clock, "%H:%M").time())

    @staticmethod
    def _first_working_day(moment, holiday):
        """By hand: Monday to Friday but the holiday, while it is before five."""
        day: date = moment.date()
        if moment.hour >= 17:
            day += timedelta(days=1)
        while day.weekday() > 4 or day == holiday:
            day += timedelta(days=1)
        return day
