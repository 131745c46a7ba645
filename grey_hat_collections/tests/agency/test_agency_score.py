from decimal import Decimal

from odoo.tests import tagged

from ..common import MONDAY, SecurityCommon
from .agency_common import AgencyCommon


@tagged("post_install", "-at_install")
class TestAgencyScore(AgencyCommon, SecurityCommon):
    """What referring was worth: figures of the books, and nothing where nothing is known."""

    def _past(
        self, name, state, recovered=0, *, sent=-200, first=None, ended=None, commission=0, referred=500, agency=None
    ):
        """A referral that went out ``sent`` days from Monday, with what the books say about it."""
        return self._referred(
            name,
            agency,
            state=state,
            date_sent=self._day(sent),
            first_money_on=first is not None and self._day(first),
            date_ended=ended is not None and self._day(ended),
            amount_referred=referred,
            amount_recovered=recovered,
            commission=commission,
        )

    def _score(self, user=None, agency=None):
        self.env.flush_all()
        with self._on(MONDAY):
            agency = (agency or self.agency).with_user(user or self.manager).with_company(self.company)
            return agency._scores()[agency.id]

    def test_nothing_is_known_before_anything_happened(self):
        score = self._score()
        self.assertEqual({name: value for name, value in score.items() if value is not None}, {"complaint_count": 0})
        self.assertEqual(
            set(self.agency.with_user(self.manager).score_unknown),
            {"recovery_rate", "recovery_count_rate", "days_to_first_money", "bought_again_rate", "complaints_per_100"},
        )

    def test_a_packet_that_never_left_does_not_count(self):
        self._referred()
        self.assertIsNone(self._score()["referral_count"])

    def test_the_scorecard(self):
        """Four referrals: one recovered in full, one in part, one for nothing; one that still runs and brought 100.00."""
        self._past("Full", "recovered", 500, sent=-300, first=-290, ended=-260, commission=50)
        self._past("Part", "returned", 250, sent=-300, first=-280, ended=-250, commission=43.75)
        self._past("None", "returned", 0, sent=-100, ended=-20)
        self._past("Runs", "partly_recovered", 100, sent=-30, first=-15, commission=10)
        self.assertEqual(
            {name: value and round(float(value), 2) for name, value in self._score().items()},
            {
                "referral_count": 4,
                "amount_referred": 2000,
                "amount_recovered": 850,
                "score_net": 746.25,
                "recovery_rate": 50,  # 750 of 1,500
                "recovery_count_rate": 33.33,
                "days_to_first_money": 15,  # 10, 20 and 15
                "bought_again_rate": 0,  # nobody of two
                "complaint_count": 0,
                "complaints_per_100": 0,
            },
        )

    def test_what_never_brought_anything_lowers_the_rate(self):
        """A referral that was recalled before any money came has nothing written about money at all."""
        self._past("Full", "recovered", 500, sent=-300, ended=-260)
        self._referred(
            "Recalled", state="recalled", date_sent=self._day(-30), date_ended=self._day(-4), amount_referred=500
        )
        score = self._score()
        self.assertEqual((score["recovery_rate"], score["recovery_count_rate"]), (50, 50))

    def test_nobody_has_had_the_time_to_buy_again(self):
        """The days after the end are not over: what is not known is not told as zero."""
        self._past("Full", "recovered", 500, sent=-100, ended=-20)
        self.assertIsNone(self._score()["bought_again_rate"])
        with self._on(MONDAY):
            agency = self.agency.with_user(self.manager).with_company(self.company)
            agency.invalidate_recordset()
            self.assertEqual(set(agency.score_unknown), {"days_to_first_money", "bought_again_rate"})

    def test_the_rate_is_one_of_amounts(self):
        self._past("Large", "returned", 0, ended=-20, referred=900)
        self._past("Small", "recovered", 100, ended=-20, referred=100)
        score = self._score()
        self.assertEqual((score["recovery_rate"], score["recovery_count_rate"]), (10, 50))

    def test_customers_that_bought_again(self):
        """Within 180 days of the end, and only of those whose 180 days are over."""
        stayed = self._past("Stayed", "recovered", 500, sent=-400, ended=-300)
        late = self._past("Late", "recovered", 500, sent=-400, ended=-300)
        self._past("Gone", "returned", 0, sent=-400, ended=-290)
        recent = self._past("Recent", "recovered", 500, sent=-100, ended=-180)
        for referral, day in ((stayed, -120), (late, -119), (recent, -10)):
            with self._on(self._day(day)):
                self._invoice(referral.partner_id, 90, self._day(day))
        self.assertAlmostEqual(self._score()["bought_again_rate"], 100 / 3)

    def test_complaints_are_counted_per_hundred(self):
        referral = self._past("Full", "recovered", 500, ended=-10)
        for number in range(3):
            self._past(f"Customer {number}", "recovered", 500, ended=-10)
        for kind in ("complaint", "praise"):
            self.env["collection.agency.feedback"].with_user(self.manager).create(
                {"agency_id": self.agency.id, "partner_id": referral.partner_id.id, "kind": kind, "said": "…"}
            )
        score = self._score()
        self.assertEqual((score["complaint_count"], score["complaints_per_100"]), (1, 25))

    def test_each_agency_has_its_own_and_all_readers_see_the_same(self):
        other = self._agency("Quay")
        self._past("Full", "recovered", 500, ended=-10)
        self._past("Theirs", "returned", 0, ended=-10, agency=other).case_id.sudo().user_id = self.colleague
        for user in (self.collector, self.colleague, self.manager, self.auditor):
            self.assertEqual(self._score(user)["recovery_rate"], 100)
            self.assertEqual(self._score(user, other)["recovery_rate"], 0)

    def test_the_report_is_about_own_cases(self):
        self._past("Mine", "recovered", 500, ended=-10)
        self._past("Theirs", "returned", 0, ended=-10).case_id.sudo().user_id = self.colleague
        self.env.flush_all()
        for user, names in (
            (self.collector, {"Mine"}),
            (self.manager, {"Mine", "Theirs"}),
            (self.auditor, {"Mine", "Theirs"}),
        ):
            report = self.env["collection.agency.report"].with_user(user).search([("agency_id", "=", self.agency.id)])
            self.assertEqual(set(report.partner_id.mapped("name")), names, user.login)

    def test_scores_take_as_many_queries_for_many_agencies_as_for_one(self):
        agencies = self.agency.union(*(self._agency(f"Agency {number}") for number in range(8)))
        for number, agency in enumerate(agencies):
            self._past(f"Customer {number}", "recovered", 500, ended=-10, agency=agency)
        self.env.flush_all()

        def count(some):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.with_user(self.manager)._scores()
            return self.cr.sql_log_count - before

        count(self.agency)
        self.assertEqual(count(agencies), count(self.agency))

    # -- What to expect ------------------------------------------------------------------------------------------

    def test_what_it_states_holds_until_five_are_over(self):
        self.agency.stated_recovery_percent = 62.5
        for number in range(4):
            self._past(f"Customer {number}", "returned", 100, ended=-10)
        self._past("Runs", "collecting", 0)
        self.assertEqual(self.agency._expected_recovery(), (Decimal("62.5"), False))
        self._past("Fifth", "recovered", 500, ended=-10)
        self.assertEqual(self.agency._expected_recovery(), (Decimal("36.00"), True))  # 900 of 2,500

    def test_the_buttons_lead_there(self):
        agency = self.agency.with_user(self.manager)
        for action in (agency.action_open_referrals(), agency.action_open_feedback(), agency.action_open_messages()):
            self.assertEqual(action["domain"], [("agency_id", "=", agency.id)])
