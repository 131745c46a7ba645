from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.letter import first_steps
from ..common import MONDAY, TwoCompaniesCommon, days_ago


@tagged("post_install", "-at_install")
class TestFirstSteps(TwoCompaniesCommon):
    """A house with overdue invoices in which nobody has started. Today is Monday, 2 March 2026; two customers owe 500.00 each."""

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)
        for name in ("Acme", "Bolt"):
            self._invoice(self._customer(name), 500, days_ago(10))
        self._forget()
        self.company.partner_id.bank_ids.active = False
        self.cases = self.Case.with_user(self.manager)

    def _forget(self):
        self.env.flush_all()
        self.env.cr.precommit.clear()  # as if it had been booked before the add-on came

    def _steps(self, cases=None):
        self.env.invalidate_all()
        told = (self.cases if cases is None else cases).first_steps()
        return {step["code"]: step for step in told.get("steps", ())}

    def _done(self):
        return {code for code, step in self._steps().items() if step["done"]}

    def test_the_steps_of_an_untouched_house(self):
        told = self.cases.first_steps()
        self.assertIn("2 customers owe", told["title"])
        self.assertIn("1,000.00 overdue", told["title"])
        self.assertIn("Look at these steps, then start", told["lines"][0])
        codes = [step["code"] for step in told["steps"]]
        self.assertEqual(
            [code for code in codes if code != "letter"], ["bank", "policy", "people", "hours", "rehearsal", "start"]
        )
        self.assertEqual(
            "letter" in codes,
            bool(self.env.ref("grey_hat_collections.collection_letter_preview_action", raise_if_not_found=False)),
        )
        self.assertEqual(self._done(), {"people"}, "the default collector is known")

    def test_a_bank_account_is_seen_in_the_data_and_a_missing_one_warns(self):
        self.company.collection_gate_no_bank = "stop"
        self.assertIn("letters that ask for money are held", self._steps()["bank"]["warning"])
        self.env["res.partner.bank"].create({"acc_number": "0047110815", "partner_id": self.company.partner_id.id})
        bank = self._steps()["bank"]
        self.assertEqual((bank["done"], bank["text"]), (True, "Customers pay into 0047110815."))
        self.company.logo = False
        self.assertIn("no logo yet", self._steps()["bank"]["warning"])

    def test_holidays_and_people_are_seen_in_the_data(self):
        self.assertIn("No public holidays", self._steps()["hours"]["warning"])
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Day off",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2026-04-06 00:00:00",
                "date_to": "2026-04-06 23:59:59",
            }
        )
        hours = self._steps()["hours"]
        self.assertEqual((hours["done"], hours["warning"]), (True, ""))
        self.assertIn("public holidays ahead: 1", hours["text"])
        self.assertIn("Cora Lector", self._steps()["people"]["text"])

    def test_what_cannot_be_seen_counts_once_it_was_looked_at(self):
        action = self.cases.open_first_step("policy")
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("collection.policy", self.company.collection_policy_id.id)
        )
        self.assertEqual(self.cases.open_first_step("rehearsal")["res_model"], "collection.first.run")
        self.assertEqual(self._done(), {"people", "policy", "rehearsal"})

    def test_each_step_opens_something_that_a_manager_may_see(self):
        for code, step in self._steps().items():
            for button in step["buttons"]:
                if button["code"] in ("start", "letter"):
                    continue
                with self.subTest(code, button=button["code"]):
                    action = self.cases.open_first_step(button["code"])
                    self.env[action["res_model"]].with_user(self.manager).check_access("read")

    def test_the_start_opens_cases_and_says_what_came(self):
        with self.enter_registry_test_mode():
            answer = self.cases.open_first_step("start")
        self.env.invalidate_all()
        self.assertEqual(answer["params"]["message"].split(";")[0], "2 cases opened")
        self.assertIn("2 letters", answer["params"]["message"])
        self.assertEqual(len(answer["params"]["links"]), 1)
        self.assertEqual(len(self.Case.search([("company_id", "=", self.company.id)])), 2)
        self.assertEqual(self.cases.first_steps(), {}, "It has begun")
        self.assertFalse(self.Case.search([("company_id", "=", self.other.id)]))

    def test_the_start_counts_no_letter_that_cannot_be_delivered(self):
        nowhere = self._customer("Nowhere", email=False, street=False, city=False, zip=False)
        self._invoice(nowhere, 500, days_ago(10))
        self._forget()
        with self.enter_registry_test_mode(), patch.object(first_steps, "TO_APPROVE", "grey_hat_collections.no_queue"):
            message = self.cases.open_first_step("start")["params"]["message"]
        self.assertEqual(message, "3 cases opened; 2 letters go out at the next permitted hours. %s")

    def test_one_case_that_a_booking_has_opened_is_no_start(self):
        self._overdue_customer("Crane", amount=90)
        self.assertIn("2 customers owe", self.cases.first_steps()["title"])
        self._daily_run(MONDAY)
        self.assertEqual(self.cases.first_steps(), {})

    def test_closed_they_come_back_from_the_settings(self):
        self.cases.close_first_steps(self.company.id)
        self.assertEqual(self.cases.first_steps(), {})
        settings = self.env["res.config.settings"].with_company(self.company).create({})
        self.assertTrue(settings.collection_first_steps_closed)
        settings.action_show_first_steps()
        self.assertTrue(self._steps())
        self.assertFalse(
            self.env["res.config.settings"].with_company(self.company).create({}).collection_first_steps_closed
        )

    def test_each_company_has_its_own(self):
        self.manager.company_ids = [Command.link(self.other.id)]
        with self.assertRaises(UserError):
            self.cases.close_first_steps(self.other.id)
        self.cases.close_first_steps(self.company.id)
        self.cases.open_first_step("policy")
        other = self.cases.with_context(allowed_company_ids=self.other.ids)
        told = other.first_steps()
        self.assertEqual(told["title"], "No overdue amounts yet")
        self.assertFalse(next(step for step in told["steps"] if step["code"] == "policy")["done"])

    def test_only_managers_decide_on_them(self):
        for user in (self.collector, self.accountant):
            cases = self.Case.with_user(user)
            with self.subTest(user.login):
                self.assertEqual(cases.first_steps(), {})
                self.assertFalse(cases._may_have_first_steps())
                self.assertRaises(AccessError, cases.open_first_step, "start")
                self.assertRaises(AccessError, cases.close_first_steps, self.company.id)
                self.assertRaises(AccessError, cases._start_collections)
        with self.assertRaises(AccessError):
            self.Case.with_user(self.stranger).first_steps()
        self.assertFalse(self.Case.search([("company_id", "=", self.company.id)]))

    def test_nobody_opens_what_is_no_step(self):
        for code in ("unlink", "bank'", None, {}, 7):
            with self.subTest(code), self.assertRaises(UserError):
                self.cases.open_first_step(code)

    def test_a_house_that_works_is_not_asked(self):
        self.assertTrue(self.cases._may_have_first_steps())
        self._overdue_customers(50)
        self.assertFalse(self.cases._may_have_first_steps())
        self.assertEqual(self.cases.first_steps(), {})
