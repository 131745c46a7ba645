"""Nights among broken records: in each scheduled action the others are worked on, and the broken one is told to a person."""

from datetime import date
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine import promises
from ..models.case.case_step import REVIEW_XMLID
from .agency.agency_common import AgencyMaker
from .agency.referral_common import ReferralCommon
from .common import MONDAY, CollectionCommon, days_ago
from .dispute.dispute_common import DisputeCommon
from .promise.plan_common import PlanCommon

MODELS = "odoo.addons.grey_hat_collections.models."
LOGGERS = tuple(
    MODELS + name
    for name in ("abstract_batch", "abstract_outgoing", "collection_letter_send", "collection_agency_message_send")
)
LATEST = date(9999, 12, 31)


class Failing:
    """A method that fails whenever the broken record is among those that it is called for."""

    def __init__(self, test, record, name):
        self.broken, self.name, self.model = record, name, type(record)
        self.original = getattr(self.model, name)
        test.startPatcher(patch.object(self.model, name, self._call()))
        test.enterContext(mute_logger(*LOGGERS))

    def _call(self):
        def call(records, *args, **kwargs):
            if self.broken.id in records.ids:
                raise ValueError("No luck tonight")
            return self.original(records, *args, **kwargs)

        return call


@tagged("post_install", "-at_install")
class TestOddNights(CollectionCommon):
    """Two customers whose records are sound, one whose are not."""

    def _begin(self):
        super()._begin()
        self.broken = self._overdue_customer("Broken")
        self.sound = self._overdue_customer("Alpha") | self._overdue_customer("Omega")

    def _told(self, case=None):
        """What a person is told about the broken one."""
        return (case or self.broken)._asked(REVIEW_XMLID).mapped("summary")

    def test_what_reads_a_whole_batch_fails_for_one_only(self):
        Failing(self, self.broken, "_whose_promise_is_held")
        for day in (MONDAY, self._day(1)):
            self._daily_run(day)
        self.assertEqual(self.sound.mapped("letter_ids.state"), ["queued", "queued"])
        self.assertRecordValues(self.broken, [{"last_error": "No luck tonight", "letter_ids": []}])
        self.assertEqual(self._told(), ["The daily run could not process this case"], "once")

    def test_one_whom_nobody_can_be_told_of_harms_no_other(self):
        Failing(self, self.broken, "_decide_and_act")
        Failing(self, self.broken, "_ask")
        self._daily_run(MONDAY)
        self.assertEqual(self.sound.mapped("letter_ids.state"), ["queued", "queued"])

    def test_a_batch_of_new_cases(self):
        news = [self._customer(name) for name in ("Broken too", "Sound", "Sound too")]
        with self._on(days_ago(9)):
            for partner in news:
                self._invoice(partner, 70, days_ago(9))
            self.env.cr.precommit.clear()  # the accountant's refresh failed
        create, broken = type(self.Case)._create_cases, news[0]

        def unlucky(cases, company, candidates):
            if broken.id in candidates:
                raise ValueError("No luck tonight")
            return create(cases, company, candidates)

        self.startPatcher(patch.object(type(self.Case), "_create_cases", unlucky))
        with mute_logger(*LOGGERS):
            for day in (MONDAY, self._day(1)):
                self._daily_run(day)
        self.assertFalse(self._case(broken))
        self.assertEqual([self._case(partner).letter_ids.state for partner in news[1:]], ["queued", "queued"])
        [asked] = broken.activity_ids
        self.assertEqual((asked.user_id, asked.date_deadline), (self.manager, MONDAY), "asked once")

    def test_judging_promises(self):
        cases = self.broken | self.sound
        with self._on(MONDAY):
            for case in cases:
                self.env["collection.promise"].with_user(self.collector).create(
                    {"case_id": case.id, "amount": 9, "date_promised": self._day(1)}
                )
        broken, judge = self.broken.promise_ids, promises.judge

        def unlucky(given, *args):
            if broken.id in {promise.key for promise in given}:
                raise ValueError("No luck tonight")
            return judge(given, *args)

        with patch.object(promises, "judge", unlucky), mute_logger(*LOGGERS):
            for day in range(2, 9):
                self._daily_run(self._day(day))
        self.assertEqual(self.sound.promise_ids.mapped("state"), ["broken", "broken"])
        self.assertEqual(broken.state, "open")
        self.assertEqual(len([one for one in self._told() if broken.display_name in one]), 1)

    def test_cases_of_those_who_have_left(self):
        (self.broken | self.sound).sudo().user_id = self.collector
        self.collector.sudo().active = False
        Failing(self, self.broken, "_hand_over")
        self._daily_run(MONDAY)
        self.assertNotIn(self.collector, self.sound.user_id)
        self.assertTrue(any("Broken" in one for one in self._told()), self._told())

    def test_courtesy_letters(self):
        self.company.collection_courtesy_days = 5
        partners = [self._customer(name) for name in ("Broken soon", "Sound soon")]
        with self._on(days_ago(9)):
            for partner in partners:
                self._invoice(partner, 70, self._day(3))
        create, broken = type(self.env["collection.letter"]).create, partners[0]

        def unlucky(letters, vals_list):
            if broken.id in [vals["partner_id"] for vals in vals_list]:
                raise ValueError("No luck tonight")
            return create(letters, vals_list)

        self.startPatcher(patch.object(type(self.env["collection.letter"]), "create", unlucky))
        with mute_logger(*LOGGERS):
            for day in (MONDAY, self._day(1)):
                self._daily_run(day)
        letters = self.env["collection.letter"].search([("kind", "=", "courtesy")])
        self.assertEqual(letters.partner_id, partners[1])
        self.assertEqual(broken.activity_ids.user_id, self.manager)

    def test_sending(self):
        self._daily_run(MONDAY)
        letter = self.broken.letter_ids
        Failing(self, letter, "_complete_step")
        self._send(MONDAY)
        self.assertEqual(self.sound.mapped("letter_ids.state"), ["sent", "sent"])
        self.assertEqual(self.sound.mapped("step_id.name"), ["Friendly reminder"])

    def test_letters_whose_sending_was_cut_short(self):
        self._daily_run(MONDAY)
        letters = (self.broken | self.sound).letter_ids
        letters.sudo().handover_at = f"{MONDAY} 10:00:00"
        Failing(self, self.broken.letter_ids, "_fail")
        self._send(MONDAY)
        self.assertEqual(self.sound.mapped("letter_ids.state"), ["failed", "failed"])
        self.assertTrue(any(self.broken.letter_ids.name in one for one in self._told()), self._told())

    def test_settings_that_count_for_ever(self):
        """A setting of a million days, of before days had limits, is no reason to end the night for everybody."""
        company = self.company.sudo()
        company.collection_contact_days = company.collection_silent_days = 2**31 - 1
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": "For ever",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2027-01-01 00:00:00",
                "date_to": "9999-12-31 23:59:59",
            }
        )
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        self.standard.sudo().write({"referral_days_from": 2**31 - 2, "referral_days_to": 2**31 - 1})
        self._daily_run(MONDAY)
        self.assertEqual((self.broken | self.sound).mapped("last_error"), [False] * 3)
        with self._on(MONDAY, "06:00"):
            self._trigger("ir_cron_referral_thresholds")


@tagged("post_install", "-at_install")
class TestOddPlans(PlanCommon):
    def test_breaches_and_drafts(self):
        other = self._overdue_customer("Omega", amount=900)
        broken, sound = self._plan(), self._plan(case=other)
        Failing(self, broken, "_breach_where_due")
        for day in range(8, 25):
            self._daily_run(self._day(day))
        self.assertEqual((broken.state, sound.state), ("active", "breached"))
        self.assertEqual(
            len([one for one in self.case._asked(REVIEW_XMLID).mapped("summary") if broken.name in one]), 1
        )

    def test_an_agreed_schedule_that_cannot_be_read(self):
        with self._on(MONDAY, "10:00"):
            terms = {"amount": 900, "date_first": self._day(7), "rhythm": "monthly", "count": 3}
            plan = self.env["collection.plan"].with_user(self.collector).create({"case_id": self.case.id, **terms})
            for odd in ("soon", {"first": 3}, [["2026-03-09"]], [[1, 2]], [["2026-03-09", "much"]], []):
                plan.sudo().schedule = odd
                with (
                    self.subTest(odd),
                    self.assertRaisesRegex(Exception, "cannot be read. Cancel it"),
                    self.cr.savepoint(),
                ):
                    plan.action_start()
                self.assertNotIn("<td", plan.schedule_table)


@tagged("post_install", "-at_install")
class TestOddReferrals(AgencyMaker, ReferralCommon):
    def test_reviews_that_read_a_whole_batch(self):
        broken, *sound = (self._account(name) for name in ("Broken", "Alpha", "Omega"))
        Failing(self, broken, "_referral_figures")
        self._thresholds()
        self.assertEqual([case.referral_status for case in sound], ["ready", "ready"])
        self.assertEqual(len(broken._asked(REVIEW_XMLID)), 1)

    def test_one_that_cannot_even_be_fetched(self):
        broken, *sound = (self._account(name) for name in ("Broken", "Alpha", "Omega"))
        Failing(self, broken, "_review_thresholds")
        self._thresholds()
        self.assertEqual([case.referral_status for case in sound], ["ready", "ready"])
        self.assertEqual(len(broken._asked(REVIEW_XMLID)), 1)

    def test_accreditations(self):
        agencies = [self._agency(name, accreditation_until=self._day(9)) for name in ("Broken Inc", "Sound Inc")]
        broken, sound = agencies
        Failing(self, broken, "_warn_of_accreditation")
        with self._on(MONDAY):
            for _turn in range(2):
                self._trigger("ir_cron_warn_of_accreditations")
        self.assertIn("Accredited until", sound.activity_ids.summary)
        self.assertIn("could not be checked", broken.activity_ids.summary, "once")


@tagged("post_install", "-at_install")
class TestOddDisputes(DisputeCommon):
    def test_late_answers(self):
        cases = [self._overdue_customer(name) for name in ("Broken", "Omega")]
        with self._on(MONDAY):
            broken, sound = (
                self._raise(case, self._items(case.partner_id.invoice_ids).filtered(lambda line: line.balance > 0))
                for case in cases
            )
        Failing(self, broken.sudo(), "_late_summary")
        for day in range(1, 20):
            self._daily_run(self._day(day))
        self.assertEqual(sound.late_told_for, sound.date_answer_due)
        self.assertFalse(broken.late_told_for)
        told = cases[0]._asked(REVIEW_XMLID).mapped("summary")
        self.assertEqual(len([one for one in told if broken.name in one]), 1, told)
