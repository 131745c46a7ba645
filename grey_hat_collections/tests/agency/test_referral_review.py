from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..common import MONDAY, SecurityCommon
from ..dispute.dispute_common import DisputeCommon
from ..gate.gate_common import GateCommon
from ..query_common import QueryCommon
from .referral_common import ReferralCommon


@tagged("post_install", "-at_install")
class TestReferralChecklist(GateCommon, DisputeCommon, ReferralCommon):
    """What must be done before a customer is handed over, and how to get there. The house keeps a record of what it sends;
    Acme was sent its invoice, is 45 days past due on Monday, and nothing is missing.
    """

    def _begin(self):
        super()._begin()
        self.case = self._account()
        self.case.partner_id.invoice_ids.is_move_sent = True
        self.env.flush_all()

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def assertMissing(self, code, sentence, case=None):
        """One point alone is missing, and says so in this sentence."""
        self.env.flush_all()
        self.assertEqual(self._points(case or self.case), {code: sentence})

    def test_nothing_is_missing(self):
        self.assertEqual(self._points(self.case), {})
        points = self.case._referral_checklist()[self.case.id]
        told = [self._plain(self.case._point_sentence(point)) for point in points]
        self.assertEqual(len(told), 11)
        self.assertIn("Mailed on February 15, 2026; the customer had until March 1, 2026.", told)
        self.assertIn("45 days past due; the window is open until March 17, 2026.", told)
        self.assertIn("$ 500.00 is being chased.", told)
        self.assertIn("Northwind accepts this account.", told)

    def test_a_notice_that_was_never_sent(self):
        self._warn(self.case, posted=None, called=None)
        missing = self._points(self.case)
        self.assertEqual(list(missing), ["final_notice", "last_call"])
        self.assertIn("has not been sent. Let the policy reach it", missing["final_notice"])
        self.assertIn("comes after the final notice", missing["last_call"])

    def test_a_notice_that_came_back(self):
        self.notices[self.case.id] |= {"notice_posted_on": None, "notice_returned_on": self._day(-3)}
        self.assertMissing(
            "final_notice", "The final notice was returned on February 27, 2026. Correct the address and mail it again."
        )

    def test_the_days_of_the_cure_period_belong_to_the_customer(self):
        self._warn(self.case, posted=14)
        self.assertMissing(
            "final_notice",
            "The customer has until March 2, 2026: the final notice was mailed on February 16, 2026. Wait for that day to pass.",
        )

    def test_nobody_has_called(self):
        self._warn(self.case, called=None)
        self.assertIn("choose “Log Contact”", self._points(self.case)["last_call"])
        self.standard.sudo().referral_last_call = False
        self.assertEqual(self._points(self.case), {})

    def test_a_dispute_is_told_once_whatever_the_gate_says_of_it(self):
        item = self._items(self.case.partner_id.invoice_ids)
        self._raise(self.case, {item: 80})
        self.assertMissing("dispute", "A dispute about $ 80.00 waits for our answer. Answer it first.")
        self._raise(self.case, {item: 20})
        self.assertMissing("dispute", "2 disputes about $ 100.00 wait for our answer. Answer them first.")

    def test_our_word_counts_where_the_gate_does_not_look_at_it(self):
        self.company.collection_gate_commitment_overdue = "off"
        item = self._items(self.case.partner_id.invoice_ids)
        dispute = self._raise(self.case, {item: 80}, commitment="Send the drawings", commitment_date=self._day(1))
        self.assertNotIn("commitment", self._points(self.case), "On its day it is not late")
        self._freeze(self._day(2), "15:00")
        self.Case.sudo()._refresh(self.company, self.case.partner_id)
        self.assertEqual(
            self._points(self.case)["commitment"],
            f"We have not kept our commitment: Send the drawings ({dispute.name}). Do it, and mark it as kept in the "
            "dispute.",
        )

    def test_a_promise_of_a_part(self):
        self.env["collection.promise"].with_user(self.collector).create(
            {"case_id": self.case.id, "amount": 120, "date_promised": self._day(4)}
        )
        self.assertMissing(
            "promise", "$ 120.00 is promised for March 6, 2026. Wait for that day, or withdraw the promise."
        )

    def test_a_plan_that_waits_for_a_manager(self):
        self.company.collection_plan_minimum = 100
        self.env["collection.plan"].with_user(self.collector).create(
            {"case_id": self.case.id, "amount": 500, "date_first": self._day(7), "rhythm": "monthly", "count": 10}
        )
        self.assertIn("Approve it, or cancel it", self._points(self.case)["promise"])

    def test_a_hold(self):
        self.case.with_user(self.collector)._hold(self._day(5), "A fire")
        self.assertMissing("hold", "On hold until March 7, 2026. Wait for that day, or release the hold.")

    def test_what_stops_a_letter_stops_a_referral_though_no_letter_is_due(self):
        self._draft_credit_note(self.case, 50)
        missing = self._points(self.case)
        self.assertEqual(list(missing), ["gate"])
        self.assertIn("A credit note is still a draft", missing["gate"])
        self.assertIn("the “Our Side” tab of the case says how", missing["gate"])
        self.company.collection_gate_credit_draft = "warn"
        self.assertEqual(self._points(self.case), {})

    def test_a_customer_who_is_left_to_people(self):
        reason = self.env["collection.reason"].search([("stops_contact", "=", True)], limit=1)
        self.case.with_user(self.collector)._set_reason(reason)
        missing = self._points(self.case)
        self.assertEqual(list(missing), ["people"])
        self.assertIn(f"“{reason.name}” has stopped automatic contact since March 2, 2026", missing["people"])

    def test_amount_and_age_name_what_would_do(self):
        self.standard.sudo().write({"referral_min_amount": 600, "referral_days_to": 44})
        missing = self._points(self.case)
        self.assertIn("$ 500.00 is chased, but the policy refers accounts from $ 600.00", missing["amount"])
        self.assertIn("45 days past due: the window closed on March 1, 2026", missing["age"])
        self.standard.sudo().write({"referral_min_amount": 0, "referral_days_from": 50, "referral_days_to": 60})
        self.assertMissing("age", "45 days past due. The window opens on March 7, 2026: keep chasing until then.")

    def test_an_agency_that_is_not_accredited_any_more(self):
        self.agency.accreditation_until = self._day(-1)
        missing = self._points(self.case)
        self.assertEqual(list(missing), ["agency"])
        self.assertIn("No agency accepts this account. Northwind: ", missing["agency"])
        self.agency.active = False
        self.assertMissing("agency", "No agency is on file. Enter an accredited one under “Agencies”.")

    def test_the_agency_that_is_thought_of_is_looked_at_alone(self):
        partner = self.env["res.partner"].create({"name": "Southwind"})
        other = self.agency.create({"partner_id": partner.id, "accreditation_until": self._day(-1)})
        for agency, fits in ((self.agency, True), (other, False)):
            point = self.case._referral_checklist(agency)[self.case.id][-1]
            self.assertEqual((point.code, point.met), ("agency", fits), agency.name)

    def test_names_are_shown_as_text(self):
        self.agency.partner_id.name = "<b>North</b>wind"
        self.case.sudo()._update_referral_status()
        self.assertIn("&lt;b&gt;North", self.case.referral_checklist)
        self.assertNotIn("<b>North", self.case.referral_checklist)

    # -- The board -----------------------------------------------------------------------------------------------

    def _refused_move(self):
        stage = self.env["collection.stage"].search([("kind", "=", "referred")], limit=1)
        with self.assertRaises(UserError) as refused:
            self.case.with_user(self.collector).write({"stage_id": stage.id})
        return self._plain(str(refused.exception))

    def test_a_card_that_is_dragged_to_the_agency_is_told_what_is_missing(self):
        self._warn(self.case, posted=None, called=None)
        told = self._refused_move()
        self.assertIn("Acme can reach “With agency” only through a referral", told)
        self.assertIn("9 of 11 points are met", told)
        self.assertIn("The final notice has not been sent", told)

    def test_a_card_that_is_ready_is_told_who_decides(self):
        self.assertIn("a collections manager can decide with “Refer” in “Referral Review”", self._refused_move())


@tagged("post_install", "-at_install")
class TestReferralReviewRights(SecurityCommon, ReferralCommon):
    """Collectors see where their cases stand; managers review."""

    def _begin(self):
        super()._begin()
        self.case = self._account()
        self._warn(self.case, called=None)
        self._thresholds()

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def test_who_reads_the_checklist(self):
        for user in (self.collector, self.lead, self.manager, self.accountant, self.auditor):
            with self.subTest(user.login):
                case = self.case.with_user(user)
                self.assertEqual((case.referral_status, case.referral_points), ("window", "10 of 11"))
                self.assertIn("Nobody has talked to the customer", case.referral_unmet)
                self.assertIn("data-mark='missing'", case.referral_checklist.replace('"', "'"))
        for user in (self.colleague, self.stranger, self.guest):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.case.with_user(user).read(["referral_checklist"])

    def test_who_reads_what_a_customer_is_worth(self):
        self.assertIn("o_collection_keep", self.case.with_user(self.manager).keep_sheet)
        for user in (self.collector, self.lead, self.accountant):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.case.with_user(user).read(["keep_sheet"])

    def test_the_question_leads_to_the_review(self):
        action = self.case.with_user(self.manager).action_open_referral_review()
        self.assertEqual((action["res_id"], action["views"][0][1]), (self.case.id, "form"))
        self.assertEqual(self.case.with_user(self.manager).action_open_case()["res_id"], self.case.id)

    def test_who_has_the_review_in_the_menu(self):
        menu = self.env.ref("grey_hat_collections.collection_menu_referral_review")
        for user, expected in ((self.manager, True), (self.collector, False), (self.accountant, False)):
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            self.assertEqual(menu.id in visible, expected, user.login)

    def test_an_ordinary_collector_refers_nobody_and_overrides_nothing(self):
        values = {"case_id": self.case.id, "partner_id": self.case.partner_id.id, "company_id": self.company.id}
        with self.assertRaises(AccessError):
            self.env["collection.referral"].with_user(self.collector).create({**values, "agency_id": self.agency.id})
        with self.assertRaises(AccessError):
            self.env["collection.referral.override"].with_user(self.collector).create(
                {"referral_id": 1, "point": "hold", "sentence": "On hold", "reason": "Because"}
            )


@tagged("post_install", "-at_install")
class TestReferralQueries(ReferralCommon, QueryCommon):
    """The number of queries does not grow with the number of cases."""

    def _begin(self):
        super()._begin()
        self._freeze(self._day(36))  # 46 days past due
        self._all_open()
        for case in self._cases(self.partners):
            self._warn(case, posted=-10, called=-20)

    def setUp(self):
        super().setUp()
        self._freeze(self._day(36))  # 46 days past due

    def _of(self, partners):
        return self._cases(partners)

    def test_the_checklist(self):
        self.assertLess(self._assert_constant(lambda partners: self._of(partners)._referral_checklist()), 40)

    def test_a_morning_of_thresholds(self):
        # creating questions inserts them one by one
        count = self._assert_constant(lambda partners: self._of(partners)._update_referral_status())
        self.assertLess(count, 110)
        self.assertEqual(set(self._of(self.many).mapped("referral_status")), {"ready"})
        self.assertEqual(len(self._of(self.many).activity_ids), len(self.many))

    def test_a_morning_that_brings_nothing_new(self):
        self._of(self.partners)._update_referral_status()
        self.assertLess(self._assert_constant(lambda partners: self._of(partners)._update_referral_status()), 50)

    def test_the_review_list(self):
        self._of(self.partners)._update_referral_status()
        seen = self.cases.with_user(self.manager).sudo(False)
        names = ("partner_id", "amount_chased", "days_overdue", "referral_status", "referral_points", "referral_unmet")
        self._assert_constant(
            lambda partners: seen.search([("partner_id", "in", partners.ids)]).web_read({name: {} for name in names})
        )

    def test_keep_or_collect(self):
        self._of(self.partners)._update_referral_status()
        seen = self.cases.with_user(self.manager).sudo(False)
        self._assert_constant(
            lambda partners: seen.search([("partner_id", "in", partners.ids)]).web_read({"keep_sheet": {}})
        )
        for view_type in ("kanban", "list"):
            self.assertNotIn("keep_sheet", self.cases.get_view(view_type=view_type)["arch"], "Lists do not ask")


@tagged("post_install", "-at_install")
class TestReferralTours(ReferralCommon, HttpCase):
    """What people click. The browser's clock cannot be frozen, so the stories happen in these days."""

    def _begin(self):
        super()._begin()
        self.company.collection_sent_since = self.company._collection_today()
        self.agency.accreditation_until = self.company._collection_today() + timedelta(days=365)

    def _account_of_these_days(self, name, days):
        due = self.company._collection_today() - timedelta(days=days)
        partner = self._customer(name)
        self._invoice(partner, 500, due)
        self._settle_transaction()
        case = self._case(partner)
        self.notices[case.id] = {
            "notice_sent_on": due + timedelta(days=30),
            "notice_posted_on": due + timedelta(days=30),
            "last_call_on": due + timedelta(days=37),
        }
        return case

    def test_a_refused_drag_to_the_agency_says_why(self):
        case = self._account_of_these_days("Acme", 46)
        self.notices[case.id]["last_call_on"] = None
        case.sudo()._update_referral_status()
        self.env.flush_all()
        self.start_tour("/odoo/collections", "collections_refused_agency", login=self.collector.login)
        self.env.invalidate_all()
        self.assertNotEqual(case.stage_kind, "referred")

    def test_a_manager_walks_through_the_review(self):
        first, second = self._account_of_these_days("Acme", 58), self._account_of_these_days("Bolt", 46)
        self.notices[second.id]["last_call_on"] = None
        (first | second).sudo()._update_referral_status()
        self.env.flush_all()
        boss = new_test_user(
            self.env,
            "reviewer",
            "base.group_user,grey_hat_collections.group_manager",
            company_id=self.company.id,
        )
        self.start_tour("/odoo/collections-referral-review", "collections_referral_review", login=boss.login)
        self.env.invalidate_all()
        self.assertEqual(second.state, "hold")
