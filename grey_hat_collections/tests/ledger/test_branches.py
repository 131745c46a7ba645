from odoo.tests import tagged

from ...models.ledger.account_key import account_key
from ..common import MONDAY, days_ago
from .books_common import RandomBooksCommon


@tagged("post_install", "-at_install")
class TestBranches(RandomBooksCommon):
    """A company with a branch: cases of their own, and to the customer one creditor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.company_ids -= cls.other
        cls.other = cls.env["res.company"].create({"name": "Branch North", "parent_id": cls.company.id})
        cls.cr.precommit.run()  # the chart of accounts of a branch is loaded then
        cls.other.resource_calendar_id.tz = "UTC"
        cls.other.partner_id.tz = "UTC"
        cls.env.user.company_ids |= cls.other
        cls.other_data = cls.collect_company_accounting_data(cls.other)

    def _cases(self, partner):
        """The open cases of a customer by company."""
        self.env.invalidate_all()
        cases = self.Case.search([("partner_id", "=", partner.id), ("state", "!=", "closed")])
        return {case.company_id: case for case in cases}

    def _promise(self, case, amount):
        promise = (
            self.env["collection.promise"]
            .sudo()
            .create({"case_id": case.id, "amount": amount, "date_promised": days_ago(-4)})
        )
        self._settle_transaction()
        return promise

    def test_a_payment_to_the_main_house_is_spent_once_on_the_oldest_item(self):
        """300 due at the branch since 40 days, 200 here since 20; 350 came in here, and nobody has matched it."""
        with self._on(MONDAY, "09:00"):
            acme = self._customer()
            self._invoice_of_the_other(acme, 300, days_ago(40))
            self._invoice(acme, 200, days_ago(20))
            self._settle_transaction()
            self.assertEqual({case.amount_chased for case in self._cases(acme).values()}, {300, 200})
            self._receive(acme, 350)
            self._settle_transaction()
            self.assertFigures(acme, company=self.other, amount_overdue=300, amount_credit=0, amount_chased=0)
            self.assertFigures(acme, amount_overdue=200, amount_credit=350, amount_chased=150)
            cases = self._cases(acme)
            self.assertEqual(list(cases), [self.company], "Nothing is left to ask for at the branch")
            self.assertEqual(cases[self.company].amount_chased, 150)
            self.assertTies(acme)

    def test_what_the_branch_leaves_unasked_gives_the_credit_to_the_other(self):
        """The 300 of the branch are promised: the 350 here pay all of what is due here."""
        with self._on(MONDAY, "09:00"):
            acme = self._customer()
            self._invoice_of_the_other(acme, 500, days_ago(40))
            self._invoice(acme, 200, days_ago(20))
            self._receive(acme, 350)
            self._settle_transaction()
            cases = self._cases(acme)
            self.assertEqual([cases[self.other].amount_chased, cases[self.company].amount_chased], [150, 200])
            self._promise(cases[self.other], 500)
            self._settle_transaction()
            cases = self._cases(acme)
            self.assertEqual(cases[self.other].amount_chased, 0)
            self.assertEqual(cases[self.company].amount_chased, 0, "The 350 are free for the 200")

    def test_money_that_came_for_another_branch_keeps_a_promise(self):
        with self._on(MONDAY, "09:00"):
            acme = self._customer()
            bill = self._invoice_of_the_other(acme, 300, days_ago(40))
            self._settle_transaction()
            promise = self._promise(self._cases(acme)[self.other], 300)
        with self._on(MONDAY, "15:00"):
            payment = self._receive(acme, 300)
            self._settle_transaction()
            self.assertEqual(promise.state, "kept")
            (self._items(bill) | self._items(payment.move_id)).reconcile()
            self._settle_transaction()
            self.assertEqual((bill.payment_state, promise.state, promise.amount_received), ("paid", "kept", 300))

    def test_our_side_is_looked_at_across_the_branches(self):
        """A payment that is applied to nothing, and a credit note in draft, stop a letter wherever they are booked."""
        with self._on(MONDAY, "09:00"):
            acme = self._customer()
            self._invoice_of_the_other(acme, 100, days_ago(40))
            self._invoice_of_the_other(acme, 80, days_ago(30))
            self._settle_transaction()
            payment = self._receive(acme, 80)
            draft = self._credit_note(acme, 20, MONDAY, post=False)
            self._settle_transaction()
            case = self._cases(acme)[self.other]
            self.assertEqual(case.amount_chased, 100)
            self.assertEqual(case.credit_item_ids.move_id, payment.move_id)
            self.assertEqual(case.credit_draft_ids, draft)
            found = self.env["collection.gate"]._look([account_key(case)], codes=["unapplied_payment", "credit_draft"])
            self.assertEqual(found["unapplied_payment"][account_key(case)][0].record, payment.move_id)
            self.assertEqual(found["credit_draft"][account_key(case)][0].record, draft)
            alone = case.with_context(allowed_company_ids=self.other.ids)
            alone.invalidate_recordset()
            self.assertFalse(
                alone.credit_item_ids, "Who works for the branch alone is shown no entry of the main house"
            )

    def test_a_letter_of_the_branch_takes_off_what_the_main_house_holds(self):
        with self._on(MONDAY, "09:00"):
            acme = self._customer(email="acme@example.com")
            self._invoice_of_the_other(acme, 300, days_ago(40))
            self._receive(acme, 100)
            self._settle_transaction()
            case = self._cases(acme)[self.other]
            letter = (
                self.env["collection.letter"]
                .sudo()
                .create({"case_id": case.id, "partner_id": acme.id, "company_id": self.other.id, "kind": "reminder"})
            )
            [page] = self.env["collection.statement"].sudo()._letters(letter)
            [request] = page["requests"]
            self.assertEqual(
                (request["remaining"], request["credit"], request["asked"]), ("300.00", "-100.00", "200.00")
            )

    def test_two_companies_that_share_nothing_stay_two_creditors(self):
        """The same money at a company that is no branch pays nothing here."""
        with self._on(MONDAY, "09:00"):
            acme = self._customer()
            stranger = self.setup_other_company(name="A House of Its Own")
            self.env.user.company_ids |= stranger["company"]
            self._invoice(acme, 200, days_ago(20))
            self._receive(acme, 350, journal_id=stranger["default_journal_bank"].id, company_id=stranger["company"].id)
            self._settle_transaction()
            self.assertEqual(self._cases(acme)[self.company].amount_chased, 200)

    def test_random_books_tie_after_every_event(self):
        self._play_some(range(200, 208))

    def test_random_books_tie_where_payments_have_no_entry(self):
        with self._payments_without_entry():
            self._play_some(range(300, 304))
