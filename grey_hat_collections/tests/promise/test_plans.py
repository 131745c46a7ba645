from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import MONDAY
from .plan_common import APPROVAL, PlanCommon


@tagged("post_install", "-at_install")
class TestPlans(PlanCommon):
    """900.00 in instalments: how a plan is made, and who may. The story begins on Monday, 2 March 2026."""

    # -- Making --------------------------------------------------------------------------------------------------

    def test_six_instalments_of_150(self):
        plan = self._plan()
        self.assertRecordValues(
            plan,
            [
                {
                    "state": "active",
                    "count": 6,
                    "instalment": 150,
                    "amount_received": 0,
                    "amount_outstanding": 900,
                    "needs_approval": False,
                    "user_id": self.collector.id,
                    "next_amount": 150,
                }
            ],
        )
        self.assertEqual(
            self._schedule_of(plan),
            [
                (1, "2026-03-09", 150),
                (2, "2026-04-09", 150),
                (3, "2026-05-11", 150),  # the 9th is a Saturday
                (4, "2026-06-09", 150),
                (5, "2026-07-09", 150),
                (6, "2026-08-10", 150),  # a Sunday
            ],
        )
        self.assertTrue(plan.name.startswith("PLAN/2026/"))
        self.assertEqual(str(plan.date_end), "2026-08-10")

    def test_the_last_instalment_holds_the_rest(self):
        plan = self._plan(count=7, amount=800, rhythm="weekly")
        self.assertEqual([amount for _number, _day, amount in self._schedule_of(plan)], [114.29] * 6 + [114.26])
        self.assertEqual(sum(plan.promise_ids.mapped("amount")), 800)

    def test_the_customer_may_name_the_size(self):
        plan = self._plan(instalment=400)
        self.assertEqual([amount for _number, _day, amount in self._schedule_of(plan)], [400, 400, 100])
        self.assertEqual((plan.count, plan.instalment), (3, 400))

    def test_what_a_plan_covers_is_not_asked_for(self):
        self._plan()
        self.assertRecordValues(
            self._case(self.acme), [{"amount_chased": 0, "amount_promised": 900, "decision_code": "promised"}]
        )
        self.assertEqual(
            self._plain(self.case.with_user(self.collector).decision),
            "Waiting: $ 900.00 is promised, $ 150.00 of it for March 9, 2026.",
        )
        self.assertEqual(self.case.next_action_date, self._day(8), "the day after the instalment")

    def test_reminders_follow_the_instalments_and_not_the_invoice(self):
        self._plan()
        for number in range(1, 7):
            self._daily_run(self._day(number))
            self._send(self._day(number))
        self.assertEqual(set(self.case.letter_ids.mapped("kind")), {"plan", "instalment"})
        self.assertFalse(self.case.step_id)

    def test_a_plan_takes_the_place_of_a_promise(self):
        with self._on(MONDAY):
            promise = (
                self.env["collection.promise"]
                .with_user(self.collector)
                .create({"case_id": self.case.id, "amount": 900, "date_promised": self._day(4)})
            )
        plan = self._plan()
        self.assertEqual((promise.state, plan.state), ("withdrawn", "active"))
        self.assertIn(plan.name, promise.withdraw_reason)
        self.assertFalse(self.case.released_on, "no pause has ended")
        self.assertEqual(self.case.amount_promised, 900)

    def test_an_early_plan_of_one_invoice_leaves_the_other(self):
        with self._on(MONDAY):
            other = self._invoice(self.acme, 70, self._day(-3))
            self._settle_transaction()
        item = self.invoice.line_ids.filtered("date_maturity")
        plan = self._plan(item_ids=[(6, 0, item.ids)])
        self.assertEqual(plan.promise_ids[0]._given_for(), item)
        case = self._case(self.acme)
        self.assertEqual((case.amount_promised, case.amount_chased), (900, 70))
        self.assertEqual(other.chase_state, "chased")

    def test_a_broken_promise_limit_does_not_keep_a_plan_from_pausing(self):
        self.company.collection_broken_limit = 1
        with self._on(self._day(-5)):
            self.env["collection.promise"].with_user(self.collector).create(
                {"case_id": self.case.id, "amount": 900, "date_promised": self._day(-3)}
            )
        self._daily_run(MONDAY)
        self.assertEqual(self.case.broken_count, 1)
        plan = self._plan()
        self.assertEqual(set(plan.promise_ids.mapped("pauses")), {True})
        self.assertEqual(self.case.amount_promised, 900)

    def test_refused_with_a_reason(self):
        item = self.invoice.line_ids.filtered("date_maturity")
        stranger = self._overdue_customer("Globex").partner_id.invoice_ids.line_ids.filtered("date_maturity")
        self.assertTrue(item and stranger)
        for terms, reason in (
            ({"amount": 901}, "is more than a plan"),
            ({"amount": -5}, "greater than zero"),
            ({"count": 0}, "at least one instalment"),
            ({"count": 600, "rhythm": "weekly"}, "at most 520"),
            ({"amount": 0.05, "count": 6}, "too small"),
            ({"instalment": 0}, "greater than zero"),
            ({"date_first": MONDAY - timedelta(days=1)}, "cannot be before"),
            ({"date_agreed": self._day(3)}, "in the future"),
            ({"item_ids": [(6, 0, stranger.ids)]}, "is not an open item of Acme"),
        ):
            with self.subTest(terms), self.assertRaises(ValidationError) as refused:
                self._plan(**terms)
            self.assertIn(reason, str(refused.exception))

    def test_one_active_plan_for_a_case(self):
        plan = self._plan(amount=500)
        with self.assertRaises(UserError) as refused:
            self._plan(amount=400)
        self.assertIn(plan.name, str(refused.exception))

    def test_no_plan_for_a_settled_case(self):
        self._receive_on(900, MONDAY)
        self.assertEqual(self.case.state, "closed")
        with self.assertRaises(ValidationError):
            self._plan()

    def test_a_tolerance_larger_than_an_instalment_does_not_break_it(self):
        self.company.collection_promise_tolerance_amount = 5
        plan = self._plan(amount=103, instalment=50, rhythm="weekly")
        self.assertEqual(plan.promise_ids.sorted("number").mapped("amount"), [50, 53])
        plan.action_cancel()
        plan = self._plan(amount=9, count=3, rhythm="weekly")
        self.assertEqual(plan.promise_ids.mapped("tolerance_amount"), [0, 0, 0])

    # -- Agreement of a manager ----------------------------------------------------------------------------------

    def test_beyond_the_limits_a_manager_agrees(self):
        self.company.write({"collection_plan_minimum": 100, "collection_plan_longest_days": 180})
        plan = self._plan(count=12)
        self.assertRecordValues(plan, [{"state": "draft", "needs_approval": True, "letter_id": False}])
        self.assertEqual(
            self._plain(plan.approval_reason),
            "Instalments are smaller than $ 100.00. The plan takes longer than 180 days.",
        )
        self.assertIn("75.00", plan.schedule_table)
        self.assertFalse(plan.promise_ids)
        self.assertEqual(self.case.amount_chased, 900)
        asked = self._calls(APPROVAL)
        self.assertEqual((asked.user_id, asked.automated), (self.manager, True))
        self.assertIn(plan.name, asked.summary)
        with self.assertRaises(UserError) as refused, self._on(MONDAY):
            plan.with_user(self.collector)._activate()
        self.assertIn("needs a collections manager's approval", str(refused.exception))
        with self.assertRaises(AccessError), self._on(MONDAY):
            plan.with_user(self.collector).action_approve()
        with self._on(self._day(1), "10:00"):
            plan.with_user(self.manager).action_approve()
        self.assertRecordValues(plan, [{"state": "active", "approved_by_id": self.manager.id}])
        self.assertEqual(len(plan.promise_ids), 12)
        self.assertFalse(self._calls(APPROVAL))
        self.assertEqual(self._case(self.acme).amount_chased, 0)

    def test_a_manager_agrees_by_making_it(self):
        self.company.collection_plan_longest_days = 30
        plan = self._plan(user=self.manager)
        self.assertRecordValues(plan, [{"state": "active", "approved_by_id": self.manager.id}])

    def test_a_plan_within_the_limits_needs_nobody(self):
        self.company.write({"collection_plan_minimum": 150, "collection_plan_longest_days": 161})
        self.assertFalse(self._plan().needs_approval)

    def test_a_manager_cannot_agree_after_the_first_day(self):
        self.company.collection_plan_longest_days = 30
        plan = self._plan()
        with self.assertRaises(UserError) as refused, self._on(self._day(8)):
            plan.with_user(self.manager).action_approve()
        self.assertIn("has passed", str(refused.exception))

    def test_a_draft_of_a_settled_case_is_cancelled(self):
        self.company.collection_plan_longest_days = 30
        plan = self._plan()
        self._receive_on(900, self._day(1))
        self._daily_run(self._day(2))
        self.assertRecordValues(plan, [{"state": "cancelled", "end_reason": "The account was settled."}])
        self.assertFalse(self._calls(APPROVAL))

    # -- Currency ------------------------------------------------------------------------------------------------

    def test_a_plan_in_the_currency_of_the_invoice(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        globex = self._customer("Globex")
        with self._on(self._day(-10)):
            invoice = self._invoice(globex, 300, self._day(-10), currency_id=euro.id)
        with self._on(MONDAY):
            self._settle_transaction()
        case = self._case(globex)
        self.assertEqual(case.amount_chased, 600)
        plan = self._plan(case=case, amount=300, count=3, rhythm="weekly", currency_id=euro.id)
        self.assertEqual([amount for _n, _d, amount in self._schedule_of(plan)], [100, 100, 100])
        self.assertEqual((self._case(globex).amount_chased, plan.letter_id.amount), (0, 600))
        with self._on(self._day(7)):
            self._pay(invoice, 100, self._day(7), currency_id=euro.id)
            self._settle_transaction()
            self.env.invalidate_all()
        self.assertEqual((plan.amount_received, plan.amount_outstanding), (100, 200))
        self.assertEqual(plan.promise_ids.sorted("number")[0].state, "kept")

    def test_limits_count_in_the_currency_of_the_plan(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        globex = self._customer("Globex")
        with self._on(self._day(-10)):
            self._invoice(globex, 300, self._day(-10), currency_id=euro.id)
        with self._on(MONDAY):
            self._settle_transaction()
        self.company.collection_plan_minimum = 100  # 50.00 €
        terms = {"case": self._case(globex), "amount": 300, "rhythm": "weekly", "currency_id": euro.id}
        self.assertTrue(self._plan(count=7, **terms).needs_approval)
        self.assertFalse(self._plan(count=6, **terms).needs_approval)

    # -- Rights --------------------------------------------------------------------------------------------------

    def test_terms_cannot_be_edited(self):
        plan = self._plan()
        for user in (self.collector, self.manager, self.accountant):
            with self.assertRaises(AccessError):
                plan.with_user(user).write({"amount": 10})
            with self.assertRaises(AccessError):
                plan.with_user(user).unlink()

    def test_what_follows_cannot_be_typed(self):
        terms = {"case_id": self.case.id, "amount": 900, "date_first": self._day(7), "count": 2}
        manager = self.manager.id
        for forged in (
            {"state": "active"},
            {"needs_approval": False},
            {"approved_by_id": manager},
            {"user_id": manager},
        ):
            with self.assertRaises(AccessError), self._on(MONDAY):
                self.env["collection.plan"].with_user(self.collector).create({**terms, **forged})

    def test_who_sees_plans(self):
        plan = self._plan()
        self.assertEqual(plan.with_user(self.accountant).amount, 900)
        for user in (self.accountant, self.stranger):
            with self.assertRaises(AccessError), self._on(MONDAY):
                self.env["collection.plan"].with_user(user).create({"case_id": self.case.id, "amount": 1})
        with self.assertRaises(AccessError):
            plan.with_user(self.accountant).action_cancel()
        with self.assertRaises(AccessError):
            plan.with_user(self.stranger).read(["amount"])
        self.case.sudo().user_id = self.manager
        self.assertNotIn(plan, self.env["collection.plan"].with_user(self.collector).search([]))
        with self.assertRaises(AccessError):
            plan.with_user(self.collector).action_cancel()

    def test_other_companies_see_nothing(self):
        plan = self._plan()
        other = self.setup_other_company(name="Second Company")["company"]
        foreign = self.manager.copy({"login": "far", "company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        self.assertFalse(self.env["collection.plan"].with_user(foreign).search([("id", "=", plan.id)]))
        with self.assertRaises(AccessError):
            plan.with_user(foreign).action_resume()

    # -- The dialog ----------------------------------------------------------------------------------------------

    def _wizard(self, user=None, case=None, **values):
        wizards = self.env["collection.plan.wizard"].with_user(user or self.collector)
        return wizards.create({"case_id": (case or self.case).id, **values})

    def test_the_dialog_proposes_what_is_asked_for(self):
        with self._on(MONDAY):
            wizard = self._wizard()
            self.assertEqual(wizard.amount, 900)
            self.assertEqual(wizard.date_first, self._day(8), "a week after the next working day")
            self.assertEqual(
                [(offer["count"], offer["rhythm"], self._plain(offer["amount"])) for offer in wizard.proposals],
                [
                    (2, "monthly", "$ 450.00"),
                    (3, "monthly", "$ 300.00"),
                    (4, "monthly", "$ 225.00"),
                    (6, "monthly", "$ 150.00"),
                ],
            )
            self.assertEqual(wizard.line_ids.mapped("amount"), [300, 300, 300])
            self.assertEqual(
                self._plain(wizard.summary), "$ 900.00 in 3 instalments of $ 300.00, from 03/10/2026 to 05/11/2026."
            )

    def test_what_is_shown_is_what_is_saved(self):
        with self._on(MONDAY):
            wizard = self._wizard(sized_by="size", instalment=400, rhythm="fortnightly")
            shown = [(line.number, line.date.isoformat(), line.amount) for line in wizard.line_ids]
            plan = self.env["collection.plan"].browse(wizard.action_make()["res_id"])
        self.assertEqual(self._schedule_of(plan), shown)
        self.assertEqual((plan.state, plan.contact_id), ("active", self.acme))

    def test_the_dialog_says_when_a_manager_must_agree(self):
        self.company.collection_plan_minimum = 100
        with self._on(MONDAY):
            wizard = self._wizard(count=12)
            self.assertEqual(
                self._plain(wizard.approval_reason),
                "Instalments are smaller than $ 100.00. The plan takes longer than 180 days.",
            )
            self.assertFalse(wizard.may_approve)
            plan = self.env["collection.plan"].browse(wizard.action_make()["res_id"])
        self.assertEqual(plan.state, "draft")

    def test_the_dialog_says_what_is_wrong_instead_of_failing(self):
        with self._on(MONDAY):
            wizard = self._wizard(amount=1000)
            self.assertIn("Lower the amount", wizard.problem)
            self.assertFalse(wizard.line_ids)
            with self.assertRaises(UserError):
                wizard.action_make()
            wizard.write({"amount": 900, "count": 0})
            self.assertIn("at least one", wizard.problem)
            wizard.count = 2
            self.assertFalse(wizard.problem)
            self.assertEqual(wizard.line_ids.mapped("amount"), [450, 450])

    def test_the_dialog_counts_in_a_promise_that_the_plan_replaces(self):
        with self._on(MONDAY):
            self.env["collection.promise"].with_user(self.collector).create(
                {"case_id": self.case.id, "amount": 400, "date_promised": self._day(4)}
            )
            self.env.invalidate_all()
            self.assertEqual(self._wizard().amount, 900)

    def test_the_dialog_proposes_the_currency_of_the_items(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        globex = self._customer("Globex")
        with self._on(self._day(-10)):
            self._invoice(globex, 300, self._day(-10), currency_id=euro.id)
        with self._on(MONDAY):
            self._settle_transaction()
        with self._on(MONDAY):
            wizard = self._wizard(case=self._case(globex))
            self.assertEqual((wizard.currency_id, wizard.amount), (euro, 300))
