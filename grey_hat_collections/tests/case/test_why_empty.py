from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY, TwoCompaniesCommon, days_ago


@tagged("post_install", "-at_install")
class TestWhyEmpty(TwoCompaniesCommon):
    """An empty board never says that nobody owes anything when the ledger says otherwise. Today is Monday, 2 March 2026;
    nobody has a case.
    """

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _owes(self, name, amount, days=10, **values):
        """A customer whose invoice is overdue, before anybody has looked."""
        partner = self._customer(name, **values)
        self._invoice(partner, amount, days_ago(days))
        self.env.flush_all()
        self.env.cr.precommit.clear()  # as if it had been booked before the add-on came
        return partner

    def _why(self, user, companies=None):
        companies = companies or self.company
        return self.Case.with_user(user).with_context(allowed_company_ids=companies.ids).why_empty()

    def test_nothing_is_overdue(self):
        self._invoice(self._customer("Early"), 100, self._day(5))
        why = self._why(self.collector)
        self.assertEqual((why["title"], why["all_well"]), ("No overdue amounts", True))

    def test_a_collector_learns_that_nobody_has_started(self):
        self._owes("Acme", 500)
        self._owes("Bolt", 1250.5)
        why = self._why(self.collector)
        self.assertEqual(why["title"], "2 customers owe $ 1,750.50 overdue".replace(" 1", "\N{NO-BREAK SPACE}1"))
        self.assertEqual(why["lines"], ["Nobody has started collections yet: ask a manager."])
        self.assertFalse(why["may_run"])

    def test_a_manager_may_run(self):
        self._owes("Acme", 500)
        why = self._why(self.manager)
        self.assertIn("1 customer owes", why["title"])
        self.assertTrue(why["may_run"])

    def test_where_there_were_cases_before_the_next_run_opens_them(self):
        case = self._overdue_customer("Past")
        self._customer_pays(case)
        self.assertEqual(case.state, "closed")
        self._owes("Acme", 500)
        self.assertEqual(
            self._why(self.collector)["lines"],
            ["Their cases open with the next daily run; a manager can run it now."],
        )

    def test_what_is_too_little_for_a_case_is_said(self):
        self.company.collection_min_amount = 50
        self._owes("Small", 50)
        self._owes("Tiny", 10)
        why = self._why(self.collector)
        self.assertIn("2 customers owe", why["title"])
        self.assertIn("60.00 overdue, below the minimum for a case", why["title"])
        self.assertEqual((why["lines"], why["may_run"]), ([], False))

    def test_what_credits_cover_or_nobody_follows_is_said(self):
        acme = self._owes("Acme", 500)
        self._receive(acme, 500)
        opening = self._customer("Opening")
        self._opening_balance(opening, 40, days_ago(30))
        self.env.flush_all()
        self.env.cr.precommit.clear()
        why = self._why(self.collector)
        self.assertIn("2 customers owe", why["title"])
        self.assertIn("540.00 overdue, covered by credits or left out of follow-up", why["title"])

    def test_several_things_are_said_one_below_the_other(self):
        self.company.collection_min_amount = 50
        self._owes("Acme", 500)
        self._owes("Tiny", 10)
        why = self._why(self.manager)
        self.assertIn("500.00 overdue", why["title"])
        self.assertIn("10.00 overdue, below the minimum for a case", why["lines"][1])

    def test_cases_that_a_filter_hides_are_no_matter_of_the_ledger(self):
        self._overdue_customer()
        self.assertEqual(self._why(self.manager), {})

    def test_a_collector_without_cases_learns_that_colleagues_have_some(self):
        case = self._overdue_customer()
        case.sudo().user_id = self.manager
        why = self._why(self.collector)
        self.assertEqual(why["title"], "1 case is open, and it is not yours")
        self.assertFalse(why["may_run"])

    def test_another_company_is_not_ours(self):
        acme = self._owes("Acme", 500)
        self._invoice_of_the_other(acme, 70, days_ago(5))
        self.env.flush_all()
        self.env.cr.precommit.clear()
        self.assertIn("500.00 overdue", self._why(self.manager)["title"])
        self.manager.company_ids = [Command.link(self.other.id)]
        self.assertIn("70.00 overdue", self._why(self.manager, self.other)["title"])
        both = self._why(self.manager, self.company | self.other)["title"]
        self.assertIn("570.00 overdue", both)

    def test_the_ledger_is_read_once_and_not_at_all_where_cases_are_open(self):
        self._owes("Acme", 500)
        counts = []
        for number in range(2):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._why(self.manager)
            counts.append(self.env.cr.sql_log_count - before)
            for more in range(5):
                self._owes(f"More {number} {more}", 100)
        self.assertLessEqual(counts[1], counts[0], "it does not grow with the customers")
        self._overdue_customer("Open")
        with self.assertQueryCount(6), self._no_ledger():
            self._why(self.manager)

    def _no_ledger(self):
        return patch.object(type(self.ledger), "_query_figures", side_effect=AssertionError("the ledger was read"))
