from datetime import timedelta

from freezegun import freeze_time
from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .common import CollectionCommon


@tagged("post_install", "-at_install")
class TestTours(CollectionCommon, HttpCase):
    """What people click. The browser's clock cannot be frozen, so the stories happen in these days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("base.group_system") | cls.env.ref("grey_hat_collections.group_manager")
        cls.env["collection.policy"].search([]).active = False
        policy = cls.env["collection.policy"].create({"name": "One call", "step_ids": cls._ladder()})
        cls.company.collection_policy_id = policy
        cls.acme = cls._customer()
        cls._customer(
            "Pat Payne", parent_id=cls.acme.id, type="accounts_payable", is_company=False, phone="+1 555 0123"
        )
        working_day = cls._last_working_day()
        cls.invoice = cls._invoice(cls.acme, 500, working_day - timedelta(days=10))
        with freeze_time(working_day):
            cls.Case.sudo()._refresh(cls.company)
            cls.Case.sudo().search([("partner_id", "=", cls.acme.id)])._run_day()
        cls.env.flush_all()

    @classmethod
    def _ladder(cls):
        """A call, then a final notice: the case of these stories waits for its call."""
        return [
            Command.create(
                {
                    "sequence": 1,
                    "name": "Call",
                    "days_overdue": 8,
                    "stage_id": cls.env.ref("grey_hat_collections.stage_call").id,
                    "activity_type_id": cls.env.ref("grey_hat_collections.mail_activity_type_call").id,
                    "activity_summary": "Ask for a day",
                }
            ),
            Command.create(
                {
                    "sequence": 2,
                    "name": "Final notice",
                    "days_overdue": 30,
                    "stage_id": cls.env.ref("grey_hat_collections.stage_final_notice").id,
                    "letter_kind": "final_notice",
                    "mail_template_id": cls.env.ref("grey_hat_collections.mail_template_final_notice").id,
                }
            ),
        ]

    @classmethod
    def _last_working_day(cls):
        today = fields.Date.today()
        return today - timedelta(days=max(0, today.weekday() - 4))

    def test_call(self):
        self.start_tour("/odoo/collections", "collections_call", login=self.collector.login)
        case = self._case(self.acme)
        self.assertEqual(case.step_id.name, "Call")
        self.assertEqual(case.last_contact_date, fields.Date.today())

    def test_left_a_message_in_three_clicks(self):
        self.start_tour("/odoo/collections", "collections_left_a_message", login=self.collector.login)
        case = self._case(self.acme)
        self.assertRecordValues(case.note_ids, [{"outcome": "left_message", "user_id": self.collector.id}])
        self.assertEqual(case.step_id.name, "Call")
        self.assertEqual(case.unanswered_count, 1)

    def test_promise_from_the_call(self):
        self.start_tour("/odoo/collections", "collections_promise_from_the_call", login=self.collector.login)
        case = self._case(self.acme)
        self.assertRecordValues(case.promise_ids, [{"amount": 300, "note_id": case.note_ids.id, "state": "open"}])
        self.assertEqual(case.amount_chased, 200)

    def test_conversations(self):
        case = self._case(self.acme).with_user(self.collector)
        case.env["collection.note"].create(
            {"case_id": case.id, "outcome": "reached", "note": "Ms Okafor signs on Friday"}
        )
        self.start_tour("/odoo/collections", "collections_conversations", login=self.collector.login)

    def test_hold(self):
        self.start_tour("/odoo/collections", "collections_hold", login=self.collector.login)
        self.assertRecordValues(
            self._case(self.acme), [{"state": "open", "released_on": self.company._collection_review_day()}]
        )

    def test_hold_and_release_together(self):
        """The largest debt is third in line on the day on which two pauses end, whatever day and hour it is: this company works
        around the clock.
        """
        always = [
            Command.create({"name": "Open", "dayofweek": str(day), "hour_from": 0, "hour_to": 24}) for day in range(7)
        ]
        self.company.resource_calendar_id.attendance_ids = [Command.clear(), *always]
        day = self._last_working_day()
        for name, amount in (("Bolt", 300), ("Large", 90_000)):
            self._invoice(self._customer(name), amount, day - timedelta(days=100))
        with freeze_time(day):
            self.Case.sudo()._refresh(self.company)
            self.Case.sudo().search([("state", "=", "open")])._run_day()
        self.env.flush_all()
        self.start_tour("/odoo/collections-cases", "collections_hold_and_release", login=self.collector.login)
        cases = self.Case.search([("partner_id.name", "in", ("Acme", "Bolt"))])
        self.assertEqual(cases.mapped("decision_code"), ["released"] * 2)

    def test_set_reason(self):
        case = self._case(self.acme)
        self.env["collection.policy"].with_context(active_test=False).search([("name", "=", "Gentle")]).active = True
        self.start_tour(f"/odoo/collection.case/{case.id}", "collections_set_reason", login=self.collector.login)
        self.assertEqual((case.reason_id.name, case.policy_id.name), ("Cash-flow gap", "Gentle"))

    def test_refused_move(self):
        self.start_tour("/odoo/collections", "collections_refused_move", login=self.collector.login)
        self.assertEqual(self._case(self.acme).stage_id.name, "Call")

    def test_my_day(self):
        self.start_tour("/odoo/collections", "collections_my_day", login=self.collector.login)

    def test_customer(self):
        self.start_tour(f"/odoo/res.partner/{self.acme.id}", "collections_customer", login=self.collector.login)

    def test_invoice_as_collector(self):
        self.start_tour(f"/odoo/account.move/{self.invoice.id}", "collections_invoice", login=self.collector.login)

    def test_invoice_as_accountant(self):
        self.start_tour(f"/odoo/account.move/{self.invoice.id}", "collections_invoice", login=self.accountant.login)

    def test_make_plan(self):
        case = self._case(self.acme)
        self.start_tour(f"/odoo/collection.case/{case.id}", "collections_make_plan", login=self.collector.login)
        plan = case.plan_ids
        self.assertEqual((plan.state, plan.promise_ids.sorted("number").mapped("amount")), ("active", [200, 200, 100]))

    def test_settings(self):
        self.company.tax_exigibility = True  # the test company has taxes on payment, which its settings must allow
        self.start_tour("/odoo/collections", "collections_settings", login=self.env.user.login)
        self.assertEqual(self.company.collection_max_contacts, 5)
