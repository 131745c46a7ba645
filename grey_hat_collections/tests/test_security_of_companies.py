from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import MONDAY, SecurityCommon, TwoCompaniesCommon


@tagged("post_install", "-at_install")
class TestSecurityOfCompanies(TwoCompaniesCommon, SecurityCommon):
    """Each company keeps to itself, whoever looks."""

    def _begin(self):
        super()._begin()
        self.acme = self._customer()
        with self._on(self._day(-10)):
            self._invoice(self.acme, 100, self._day(-10))
            self._invoice_of_the_other(self.acme, 40, self._day(-10))
        self._daily_run(MONDAY)

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def test_a_company_s_people_see_its_cases_only(self):
        here = self.Case.sudo().search([("partner_id", "=", self.acme.id), ("company_id", "=", self.company.id)])
        there = self.Case.sudo().search([("partner_id", "=", self.acme.id), ("company_id", "=", self.other.id)])
        self.assertEqual((here.balance, there.balance), (100, 40))
        there.user_id = False
        for user in (self.collector, self.lead, self.manager, self.accountant, self.auditor):
            with self.subTest(user.login):
                seen = self.env["collection.case"].with_user(user).search([("partner_id", "=", self.acme.id)])
                self.assertEqual(seen, here)
                with self.assertRaises(AccessError):
                    there.with_user(user).read(["balance"])
                with self.assertRaises(AccessError):
                    there.letter_ids.with_user(user).read(["amount"])
                moves = self.acme.invoice_ids.with_user(user)
                self.assertEqual(moves.search([("partner_id", "=", self.acme.id)]).company_id, self.company)

    def test_the_customer_card_shows_the_company_that_is_open(self):
        both = new_test_user(
            self.env,
            "both",
            "base.group_user,grey_hat_collections.group_manager",
            company_id=self.company.id,
            company_ids=[Command.set((self.company | self.other).ids)],
        )
        for company, amount in ((self.company, 100), (self.other, 40)):
            card = self.acme.with_user(both).with_company(company)
            self.assertEqual(card.collection_amount_overdue, amount, company.name)
        cases = self.env["collection.case"].with_user(both)
        self.assertEqual(
            len(
                cases.with_context(allowed_company_ids=(self.company | self.other).ids).search(
                    [("partner_id", "=", self.acme.id)]
                )
            ),
            2,
        )
        self.assertEqual(
            cases.with_context(allowed_company_ids=self.other.ids).search([("partner_id", "=", self.acme.id)]).balance,
            40,
        )

    def test_a_policy_of_one_company_is_not_seen_in_the_other(self):
        policy = self.standard.sudo().copy({"company_id": self.other.id, "name": "Second House's"})
        seen = self.env["collection.policy"].with_user(self.manager).search([])
        self.assertNotIn(policy, seen)
        self.assertIn(self.standard, seen)
        with self.assertRaises(AccessError):
            policy.step_ids.with_user(self.manager).read(["name"])

    def test_a_customer_s_policy_is_per_company(self):
        self.acme.with_company(self.company).collection_policy_id = self.gentle
        self.assertEqual(self.acme.with_company(self.company).collection_policy_id, self.gentle)
        self.assertFalse(self.acme.with_company(self.other).collection_policy_id)

    def test_statements_of_the_open_company_only(self):
        report = self.env.ref("grey_hat_collections.action_report_statement")
        content, _type = (
            self.env["ir.actions.report"].with_user(self.collector)._render_qweb_html(report, self.acme.ids)
        )
        self.assertIn(b"100.00", content)
        self.assertNotIn(b"40.00", content)

    def test_the_daily_run_serves_every_company(self):
        cases = self.Case.sudo().search([("partner_id", "=", self.acme.id)])
        self.assertEqual(cases.mapped("run_date"), [fields.Date.to_date(MONDAY)] * 2)
        self.assertEqual(len(cases.letter_ids), 2)
        self.assertEqual(set(cases.letter_ids.mapped("company_id")), {self.company, self.other})
