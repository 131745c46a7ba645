from odoo import Command
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, days_ago
from .books_common import RandomBooksCommon


@tagged("post_install", "-at_install")
class TestLedgerOfCompanies(RandomBooksCommon):
    """Two companies, one customer; and random books of both, set against the engine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector_of_both = new_test_user(
            cls.env,
            "both",
            "base.group_user,grey_hat_collections.group_all_cases",
            company_id=cls.company.id,
            company_ids=[Command.set((cls.company | cls.other).ids)],
        )

    def test_each_company_counts_its_own(self):
        with self._on(MONDAY, "09:00"):
            acme = self._customer()
            self._invoice(acme, 100, days_ago(10))
            self._invoice_of_the_other(acme, 40, days_ago(70))
            self._settle_transaction()
            self.assertFigures(acme, balance=100, bucket_1=100, bucket_3=0)
            self.assertFigures(acme, company=self.other, balance=40, bucket_1=0, bucket_3=40)
            cases = self.Case.search([("partner_id", "=", acme.id)])
            self.assertEqual(
                {(case.company_id, case.balance) for case in cases}, {(self.company, 100), (self.other, 40)}
            )
            self.assertTies(acme)

    # -- Random books --------------------------------------------------------------------------------------------

    def test_random_books_tie_after_every_event(self):
        self._play_some(range(8))

    def test_random_books_tie_where_payments_have_no_entry(self):
        with self._payments_without_entry():
            self._play_some(range(100, 104))
