from datetime import date, timedelta

import psycopg2
from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY, CollectionCommon

FRIDAY = MONDAY + timedelta(days=4)
SATURDAY = MONDAY + timedelta(days=5)
SUNDAY = MONDAY + timedelta(days=6)
NEXT_MONDAY = MONDAY + timedelta(days=7)


@tagged("post_install", "-at_install")
class TestContactRules(CollectionCommon):
    """When a letter may leave, and when a step may begin. The house of the company stands in UTC, eight to nine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"collection_hour_from": 8, "collection_hour_to": 21})

    def _letter_written(self, day, clock, **values):
        """A reminder that is written at this moment."""
        case = self._overdue_customer(f"Customer {day} {clock}", **values)
        with self._on(day, clock):
            case.sudo()._decide_and_act()
            self.env.flush_all()
        return case.letter_ids

    def _moment(self, day, clock):
        return fields.Datetime.to_datetime(f"{day} {clock}:00")

    # -- Hours ---------------------------------------------------------------------------------------------------

    def test_letters_leave_from_eight_to_nine_in_the_evening(self):
        for clock, expected in (
            ("05:00", self._moment(MONDAY, "08:00")),
            ("08:00", self._moment(MONDAY, "08:00")),
            ("20:59", self._moment(MONDAY, "20:59")),
            ("21:00", self._moment(MONDAY + timedelta(days=1), "08:00")),
        ):
            with self.subTest(clock):
                self.assertEqual(self._letter_written(MONDAY, clock).send_after, expected)

    def test_the_hours_are_the_customer_s(self):
        tokyo = self._letter_written(MONDAY, "05:00", tz="Asia/Tokyo")
        self.assertEqual(tokyo.send_after, self._moment(MONDAY, "05:00"), "Two in the afternoon in Tokyo")
        hawaii = self._letter_written(MONDAY, "05:30", tz="Pacific/Honolulu")
        self.assertEqual(hawaii.send_after, self._moment(MONDAY, "18:00"), "Eight in the morning in Honolulu")

    def test_the_clock_changes_with_the_summer(self):
        """On Sunday, 29 March 2026, Berlin goes from UTC+1 to UTC+2."""
        sunday = date(2026, 3, 29)
        before = self._letter_written(sunday - timedelta(days=2), "04:00", tz="Europe/Berlin")
        self.assertEqual(before.send_after, self._moment(sunday - timedelta(days=2), "07:00"))
        after = self._letter_written(sunday + timedelta(days=1), "04:00", tz="Europe/Berlin")
        self.assertEqual(after.send_after, self._moment(sunday + timedelta(days=1), "06:00"))

    def test_a_letter_late_in_the_queue_waits_for_the_morning(self):
        case = self._overdue_customer()
        self._daily_run(MONDAY)
        letter = case.letter_ids
        self._send(MONDAY, "21:30")  # the server was down all day
        self.assertEqual((self._sent_to(), letter.state), ([], "queued"))
        self.assertEqual(letter.send_after, self._moment(MONDAY + timedelta(days=1), "08:00"))
        self._send(MONDAY + timedelta(days=1), "07:59")
        self.assertEqual(self._sent_to(), [])
        self._send(MONDAY + timedelta(days=1), "08:00")
        self.assertEqual((len(self._mails), letter.state), (1, "sent"))

    def test_the_daily_run_begins_in_the_company_s_own_morning(self):
        """At four in UTC it would still be the evening before in New York, and the day's decisions a day old."""
        for zone, expected in (
            ("UTC", "2026-03-03 05:00:00"),
            ("America/New_York", "2026-03-03 10:00:00"),
            ("Pacific/Auckland", "2026-03-03 16:00:00"),
        ):
            self.company.resource_calendar_id.tz = zone
            with self._on(MONDAY, "14:00"):
                self.assertEqual(str(self.company._collection_next_morning()), expected, zone)

    def test_hours_must_make_sense(self):
        for values in ({"collection_hour_from": 21}, {"collection_hour_to": 25}, {"collection_contact_days": 0}):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.cr.savepoint(),
            ):
                self.company.sudo().write(values)
                self.env.flush_all()

    # -- Days ----------------------------------------------------------------------------------------------------

    def test_nothing_begins_on_a_sunday(self):
        case = self._overdue_customer(days=1)
        self._daily_run(SUNDAY)
        self.assertFalse(case.letter_ids)
        self.assertEqual(case.decision, "“Friendly reminder” is due; contacts resume on March 9, 2026.")
        self.assertEqual(case.next_action_date, NEXT_MONDAY)
        self._daily_run(NEXT_MONDAY)
        self.assertEqual(case.letter_ids.state, "queued")

    def test_a_letter_written_on_friday_night_leaves_on_monday(self):
        letter = self._letter_written(FRIDAY, "22:00")
        self.assertEqual(letter.send_after, self._moment(NEXT_MONDAY, "08:00"))

    def test_saturday_is_a_day_of_contact_where_one_works(self):
        monday = self.company.resource_calendar_id.attendance_ids[0]
        monday.copy({"dayofweek": "5", "name": "Saturday"})
        case = self._overdue_customer()
        self._daily_run(SATURDAY)
        self.assertEqual(case.letter_ids.send_after, self._moment(SATURDAY, "08:00"))

    def test_public_holidays_are_kept(self):
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": "Carnival",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": f"{MONDAY} 00:00:00",
                "date_to": f"{MONDAY + timedelta(days=1)} 23:59:59",
            }
        )
        case = self._overdue_customer()
        self._daily_run(MONDAY)
        self.assertEqual((case.decision_code, len(case.letter_ids)), ("closed_day", 0))
        self.assertEqual(case.next_action_date, MONDAY + timedelta(days=2))

    def test_whatever_changes_the_days_of_a_calendar_is_heard_at_once(self):
        """They are remembered, because every payment asks for them."""
        calendar = self.company.resource_calendar_id.sudo()

        def is_open(day):
            self.env.flush_all()
            return self.company._collection_contact_rules().is_open(day)

        holiday = self.env["resource.calendar.leaves"].sudo()
        values = {"calendar_id": calendar.id, "company_id": self.company.id}
        with self._on(MONDAY):
            self.assertTrue(is_open(MONDAY))
            holiday = holiday.create(
                {**values, "date_from": f"{MONDAY} 00:00:00", "date_to": f"{MONDAY} 23:59:59", "name": "Carnival"}
            )
            self.assertFalse(is_open(MONDAY))
            later = MONDAY + timedelta(days=1)
            holiday.write({"date_from": f"{later} 00:00:00", "date_to": f"{later} 23:59:59"})
            self.assertEqual((is_open(MONDAY), is_open(later)), (True, False))
            holiday.unlink()
            self.assertTrue(is_open(later))
            mondays = calendar.attendance_ids.filtered(lambda one: one.dayofweek == "0")
            mondays.dayofweek = "5"
            self.assertEqual((is_open(MONDAY), is_open(SATURDAY)), (False, True))
            mondays.unlink()
            self.assertFalse(is_open(SATURDAY))
            calendar.attendance_ids[0].copy({"dayofweek": "0"})
            self.assertTrue(is_open(MONDAY))
            self.company.sudo().resource_calendar_id = calendar.copy({"attendance_ids": False})
            self.assertTrue(is_open(MONDAY), "without hours, from Monday to Friday")

    def test_one_colleague_s_vacation_is_no_public_holiday(self):
        resource = self.env["resource.resource"].sudo().create({"name": "Cora", "company_id": self.company.id})
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": "Cora at the sea",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "resource_id": resource.id,
                "date_from": f"{MONDAY} 00:00:00",
                "date_to": f"{MONDAY} 23:59:59",
            }
        )
        case = self._overdue_customer()
        self._daily_run(MONDAY)
        self.assertEqual(case.letter_ids.state, "queued")

    # -- Budget --------------------------------------------------------------------------------------------------

    def test_two_contacts_within_ten_days_are_enough(self):
        """Calls and letters are counted together, whoever made them; the third waits until the first is ten days old."""
        self.company.write({"collection_max_contacts": 2, "collection_contact_days": 10})
        self.standard.sudo().step_ids[1:].days_since_previous = 1
        case = self._warned_customer(days=40)
        self._daily_run(MONDAY + timedelta(days=1))
        with self._on(MONDAY + timedelta(days=1), "10:00"):
            case.activity_ids.with_user(self.collector).action_done()
            self.env.flush_all()  # the day on which it was done is worked out then
        self.env.invalidate_all()
        self.assertEqual(case.step_id.name, "Call")
        self._daily_run(MONDAY + timedelta(days=2))
        self.assertEqual(case.decision_code, "contact_budget")
        self.assertEqual(
            case.decision,
            "Waiting: limit reached with 2 contacts in 10 days. “Second reminder with statement” is due on March 12, 2026.",
        )
        self._daily_run(MONDAY + timedelta(days=10))
        self.assertEqual(case.pending_step_id.name, "Second reminder with statement")

    def test_a_letter_in_the_queue_respects_the_budget_too(self):
        self.company.write({"collection_max_contacts": 1, "collection_contact_days": 3})
        case = self._overdue_customer()
        self._daily_run(MONDAY)
        letter = case.letter_ids
        with self._on(MONDAY, "09:00"):
            call = self._plan_by_hand(case, "grey_hat_collections.mail_activity_type_call")
            call.action_done()
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), letter.state), ([], "queued"))
        self.assertEqual(letter.send_after, self._moment(MONDAY + timedelta(days=3), "08:00"))
        self._send(MONDAY + timedelta(days=3))
        self.assertEqual(len(self._mails), 1)

    def test_zero_sets_no_limit(self):
        self.company.collection_max_contacts = 0
        case = self._overdue_customer()
        self._daily_run(MONDAY)
        self._send(MONDAY)
        self.assertEqual(case.letter_ids.state, "sent")

    def test_a_budget_is_the_customer_s_in_each_company_across_cases(self):
        """What was written in a case that is settled by now counts as well."""
        self.company.write({"collection_max_contacts": 1, "collection_contact_days": 7})
        case = self._warned_customer()
        self._customer_pays(case, day=MONDAY, clock="15:00")
        tuesday = MONDAY + timedelta(days=1)
        with self._on(tuesday, "01:00"):
            self._invoice(case.partner_id, 90, MONDAY)
            self._settle_transaction()
        self._daily_run(tuesday)
        later = self._case(case.partner_id)
        self.assertNotEqual(later, case)
        self.assertEqual((later.decision_code, len(later.letter_ids)), ("contact_budget", 0))

    # -- Rest after an answer ------------------------------------------------------------------------------------

    def test_an_answer_by_e_mail_gives_a_week_of_rest(self):
        self.company.collection_reply_stops = False
        case = self._warned_customer()
        letter = case.letter_ids
        with self._on(FRIDAY, "15:00"):
            thread = self._answer(letter, "We pay on the 20th.")
        self.env.invalidate_all()
        self.assertEqual(thread, case.id)
        self.assertIn("We pay on the 20th.", case.message_ids[0].body)
        self.assertRecordValues(case, [{"last_reply_date": FRIDAY, "unanswered_count": 0}])
        self._daily_run(NEXT_MONDAY)
        self.assertEqual(
            case.decision,
            "Waiting: the customer replied on March 6, 2026. “Call” is due on March 13, 2026 at the earliest.",
        )
        self.assertFalse(case.activity_ids)
        self._daily_run(FRIDAY + timedelta(days=7))
        self.assertEqual(case.pending_step_id.name, "Call")

    def test_an_answer_keeps_back_a_letter_in_the_queue(self):
        self.company.collection_reply_stops = False
        case = self._overdue_customer()
        self._daily_run(MONDAY)
        with self._on(MONDAY, "07:00"):
            case.sudo().message_update(
                {"body": "We are on it", "author_id": case.partner_id.id, "email_from": "a@b.example"}
            )
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertEqual(case.letter_ids.send_after, self._moment(NEXT_MONDAY, "08:00"))

    def test_a_colleague_s_e_mail_is_no_answer_of_the_customer(self):
        case = self._warned_customer()
        with self._on(MONDAY, "15:00"):
            self._answer(case.letter_ids, "I have called them.", sender=self.collector.email_formatted)
        self.env.invalidate_all()
        self.assertIn("I have called them.", case.message_ids[0].body)
        self.assertRecordValues(case, [{"last_reply_date": False, "unanswered_count": 1}])

    def _answer(self, letter, text, sender=None):
        """Somebody, the customer if not said otherwise, answers the e-mail of ``letter``."""
        raw = (
            f"From: {sender or letter.address_used}\nTo: {self.collector.email}\nSubject: Re: Reminder\n"
            f"Message-Id: <answer-{letter.id}@customer.example>\nIn-Reply-To: {letter.tracking_ref}\n\n{text}\n"
        )
        return self.env["mail.thread"].sudo().message_process(None, raw)

    # -- Do not contact ------------------------------------------------------------------------------------------

    def test_do_not_contact_leaves_the_decision_to_a_person(self):
        case = self._overdue_customer(collection_do_not_contact=True)
        self._daily_run(MONDAY)
        self.assertFalse(case.letter_ids)
        self.assertFalse(case.activity_ids)
        self.assertEqual(
            case.decision, "Not contacted: the customer asked us not to. “Friendly reminder” would be due."
        )
        self._daily_run(MONDAY + timedelta(days=14))
        review = self.env.ref("grey_hat_collections.mail_activity_type_review")
        self.assertEqual(case.activity_ids.activity_type_id, review)

    def test_do_not_contact_of_the_contact_who_would_get_it(self):
        case = self._overdue_customer(**self._payable_contact(collection_do_not_contact=True))
        self._daily_run(MONDAY)
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [], "She asked us not to write")
        self.assertEqual((case.decision_code, len(case.letter_ids)), ("do_not_contact", 0))

    def test_do_not_contact_is_shown_on_the_case_whoever_asked_for_it(self):
        told = {
            "Plain": self._payable_contact(),
            "Asked itself": {"collection_do_not_contact": True},
            "Contact asked": self._payable_contact(collection_do_not_contact=True),
            "Other contact asked": self._payable_contact(type="delivery", collection_do_not_contact=True),
        }
        shown = {name: self._overdue_customer(name, **values).do_not_contact for name, values in told.items()}
        self.assertEqual(
            shown, {"Plain": False, "Asked itself": True, "Contact asked": True, "Other contact asked": False}
        )

    def test_do_not_contact_said_or_taken_back_is_shown_at_once(self):
        case = self._overdue_customer(**self._payable_contact())
        self.assertFalse(case.do_not_contact)
        case.contact_id.collection_do_not_contact = True
        self.assertTrue(case.do_not_contact)
        case.contact_id.collection_do_not_contact = False
        case.partner_id.collection_do_not_contact = True
        self.assertTrue(case.do_not_contact)

    def test_no_calls_asks_for_no_call(self):
        """*No calls* is shown to the collector, and the step waits for a person all the same."""
        case = self._warned_customer(collection_no_call=True)
        self._daily_run(NEXT_MONDAY)
        self.assertEqual(case.pending_step_id.name, "Call")

    # -- Settings ------------------------------------------------------------------------------------------------

    def test_rules_are_set_per_company_in_settings(self):
        settings = self.env["res.config.settings"].with_user(self.env.ref("base.user_admin"))
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.company
        settings.with_company(self.company).create(
            {"collection_hour_from": 9.5, "collection_hour_to": 17, "collection_max_contacts": 3}
        ).execute()
        rules = self.company._collection_contact_rules()
        self.assertEqual((rules.hour_from.isoformat(), rules.hour_to.hour, rules.max_contacts), ("09:30:00", 17, 3))

    def test_a_policy_of_another_company_is_refused(self):
        foreign = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        policy = self.standard.sudo().copy({"company_id": foreign.id, "name": "Theirs"})
        with self.assertRaises(ValidationError):
            self.company.sudo().collection_policy_id = policy
