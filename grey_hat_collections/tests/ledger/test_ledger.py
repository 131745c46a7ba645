from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon, days_ago


@tagged("post_install", "-at_install")
class TestLedger(CollectionCommon):
    """What the one reader of open items answers, case by case of the design. Today is Monday, 2 March 2026."""

    def _begin(self):
        super()._begin()
        self._freeze(MONDAY)
        self.acme = self._customer()

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    # -- Items ---------------------------------------------------------------------------------------------------

    def test_an_item_is_overdue_the_day_after_it_is_due(self):
        self._invoice(self.acme, 100, MONDAY)
        self.assertFigures(self.acme, balance=100, amount_overdue=0, amount_chased=0, oldest_due_date=None)
        self.assertFigures(self.acme, today=MONDAY + timedelta(days=1), amount_overdue=100, oldest_due_date=MONDAY)

    def test_each_bucket_begins_the_day_after_its_bound(self):
        for days in (0, 1, 30, 31, 60, 61, 90, 91):
            self._invoice(self.acme, 10 + days, days_ago(days))
        self.assertFigures(self.acme, bucket_0=10, bucket_1=11 + 40, bucket_2=41 + 70, bucket_3=71 + 100, bucket_4=101)

    def test_each_instalment_is_due_on_its_own_day(self):
        invoice = self._invoice_in_instalments(self.acme, 1000, days_ago(45), ((50, 10), (30, 40), (20, 70)))
        self.assertGreater(invoice.invoice_date_due, MONDAY, "The invoice itself is due later")
        items = self.ledger._open_items(self.acme, self.company)
        self.assertEqual(
            [(item.due, item.residual, item.days_overdue, item.chased) for item in items],
            [
                (days_ago(35), 500, 35, 500),
                (days_ago(5), 300, 5, 300),
                (MONDAY + timedelta(days=25), 200, 0, 0),
            ],
        )
        self.assertFigures(self.acme, balance=1000, amount_overdue=800, bucket_0=200, bucket_1=300, bucket_2=500)
        self._pay(invoice, 600)
        self.assertFigures(self.acme, balance=400, amount_chased=200, oldest_due_date=days_ago(5))

    def test_a_partly_paid_invoice_is_asked_for_with_what_is_left(self):
        invoice = self._invoice(self.acme, 500, days_ago(10))
        self._pay(invoice, 123.45)
        self.assertFigures(self.acme, balance="376.55", amount_open="376.55", amount_chased="376.55", amount_credit=0)

    def test_contacts_of_a_customer_count_for_the_customer(self):
        clerk = self._customer("Clerk", is_company=False, parent_id=self.acme.id)
        branch = self._customer("Branch", is_company=False, parent_id=clerk.id)
        self._invoice(clerk, 100, days_ago(10))
        self._invoice(branch, 50, days_ago(20))
        self._receive(branch, 30)
        for partner in (self.acme, clerk, branch):
            self.assertFigures(partner, balance=120, amount_chased=120, oldest_due_date=days_ago(20))
        self.assertEqual({item.partner_id for item in self.ledger._open_items(branch, self.company)}, {self.acme.id})

    def test_items_without_a_partner_belong_to_nobody(self):
        lines = [(100, "default_account_receivable"), (-100, "default_account_revenue")]
        entry = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": days_ago(10),
                "line_ids": [
                    Command.create({"name": "Unknown", "account_id": self.company_data[account].id, "balance": balance})
                    for balance, account in lines
                ],
            }
        )
        entry.action_post()
        self._settle_transaction()
        self._daily_run(MONDAY)
        self.assertFalse(self.Case.search([("company_id", "=", self.company.id)]))

    def test_drafts_and_payables_are_no_receivables(self):
        self._invoice(self.acme, 100, days_ago(10), post=False)
        self._invoice(self.acme, 70, days_ago(10), move_type="in_invoice")
        self.assertFigures(self.acme, balance=0, amount_chased=0)

    # -- Credits -------------------------------------------------------------------------------------------------

    def test_an_unapplied_payment_covers_the_oldest_first(self):
        self._invoice(self.acme, 300, days_ago(40))
        self._invoice(self.acme, 200, days_ago(10))
        self._receive(self.acme, 350)
        self.assertFigures(
            self.acme,
            balance=150,
            amount_open=500,
            amount_overdue=500,
            amount_credit=350,
            amount_chased=150,
            oldest_due_date=days_ago(10),
        )
        self.assertEqual(
            [item.chased for item in self.ledger._open_items(self.acme, self.company) if item.residual > 0], [0, 150]
        )

    def test_an_open_credit_note_is_netted(self):
        self._invoice(self.acme, 300, days_ago(40))
        self._credit_note(self.acme, 120, days_ago(5))
        self.assertFigures(self.acme, balance=180, amount_credit=120, amount_chased=180)

    def test_a_credit_larger_than_what_is_owed_leaves_nothing_to_ask_for(self):
        self._invoice(self.acme, 100, days_ago(40))
        self._receive(self.acme, 250)
        self.assertFigures(
            self.acme, balance=-150, amount_credit=250, amount_chased=0, amount_net_overdue=0, oldest_due_date=None
        )

    def test_a_credit_does_not_eat_what_is_not_due_before_what_is(self):
        self._invoice(self.acme, 100, MONDAY + timedelta(days=30))
        self._invoice(self.acme, 80, days_ago(1))
        self._receive(self.acme, 50)
        self.assertFigures(self.acme, amount_chased=30)

    # -- Payments under way --------------------------------------------------------------------------------------

    def test_in_plain_community_a_registered_payment_is_in_the_books_at_once(self):
        invoice = self._invoice(self.acme, 500, days_ago(10))
        payment = self._pay(invoice, 200)
        self.assertTrue(payment.move_id, "A payment to the outstanding account has an entry")
        self.assertFigures(self.acme, balance=300, amount_under_way=0, amount_chased=300)

    def test_a_payment_without_entry_is_under_way(self):
        with self._payments_without_entry():
            invoice = self._invoice(self.acme, 500, days_ago(10))
            payment = self._pay(invoice)
            self.assertEqual((payment.state, bool(payment.move_id)), ("in_process", False))
            self.assertEqual((invoice.payment_state, invoice.amount_residual), ("in_payment", 500))
            self.assertFigures(
                self.acme,
                balance=500,
                amount_overdue=500,
                amount_under_way=500,
                amount_chased=0,
                amount_net_overdue=500,
            )
            self.assertEqual(invoice.chase_state, "under_way")
            payment.action_validate()
            self.assertFigures(self.acme, amount_under_way=500, amount_chased=0)
            payment.action_cancel()
            self.assertFigures(self.acme, amount_under_way=0, amount_chased=500)

    def test_a_part_under_way_leaves_the_rest_to_ask_for(self):
        with self._payments_without_entry():
            invoice = self._invoice(self.acme, 500, days_ago(10))
            self._pay(invoice, 180)
            self.assertFigures(self.acme, balance=500, amount_under_way=180, amount_chased=320)

    def test_one_payment_under_way_for_two_invoices_counts_once(self):
        with self._payments_without_entry():
            older = self._invoice(self.acme, 300, days_ago(30))
            newer = self._invoice(self.acme, 200, days_ago(10))
            self._invoice(self.acme, 50, days_ago(20))
            self._pay(older | newer, 400, group_payment=True)
            self.assertFigures(self.acme, balance=550, amount_under_way=400, amount_chased=150)
            self.assertEqual(
                [(item.residual, item.under_way) for item in self.ledger._open_items(self.acme, self.company)],
                [(300, 300), (50, 0), (200, 100)],
                "The oldest of its own invoices first, others not at all",
            )

    def test_what_the_bank_has_paid_is_not_under_way_as_well(self):
        """A payment of 400 came in; the next one of 300 is under way: 300 of the last 600 are still asked for."""
        with self._payments_without_entry():
            invoice = self._invoice(self.acme, 1000, days_ago(10))
            first = self._pay(invoice, 400)
            self._bank_pays(invoice, 400)
            self.assertEqual(first.state, "paid")
            self.assertFigures(self.acme, balance=600, amount_under_way=0, amount_chased=600)
            self._pay(invoice, 300)
            self.assertFigures(self.acme, balance=600, amount_under_way=300, amount_chased=300)

    def test_an_instalment_paid_by_the_bank_does_not_hide_the_next_one(self):
        with self._payments_without_entry():
            invoice = self._invoice_in_instalments(self.acme, 1000, days_ago(30), ((50, 0), (50, 20)))
            payment = self._pay(invoice, 500)
            self.assertFigures(self.acme, amount_under_way=500, amount_chased=500)
            self._bank_pays(invoice, 500)
            payment.action_validate()
            self.assertFigures(self.acme, balance=500, amount_under_way=0, amount_chased=500)

    # -- What is left out ----------------------------------------------------------------------------------------

    def test_a_blocked_invoice_is_left_out_and_counted(self):
        invoice = self._invoice(self.acme, 500, days_ago(10))
        self._invoice(self.acme, 70, days_ago(10))
        invoice.action_toggle_block_payment()
        self.assertEqual(invoice.payment_state, "blocked")
        self.assertFigures(self.acme, balance=570, amount_overdue=570, amount_excluded=500, amount_chased=70)
        self.assertEqual(invoice.chase_state, "excluded")
        invoice.action_toggle_block_payment()
        self.assertFigures(self.acme, amount_excluded=0, amount_chased=570)

    def test_an_opening_balance_is_left_out_counted_and_included_by_one_click(self):
        entry = self._opening_balance(self.acme, 400, days_ago(100))
        self.assertTrue(entry.line_ids.filtered("partner_id").no_followup, "Odoo's default for general journals")
        self._invoice(self.acme, 60, days_ago(10))
        self._settle_transaction()
        case = self._case(self.acme)
        self.assertRecordValues(
            case,
            [
                {
                    "balance": 460,
                    "amount_open": 460,
                    "amount_excluded": 400,
                    "amount_chased": 60,
                    "excluded_notice": True,
                }
            ],
        )
        case.with_user(self.collector).action_include_excluded()
        self._settle_transaction()
        self.env.invalidate_all()
        self.assertRecordValues(
            case, [{"balance": 460, "amount_excluded": 0, "amount_chased": 460, "oldest_due_date": days_ago(100)}]
        )
        self.assertIn(entry.name, case.message_ids[0].body)

    def test_what_accounting_blocked_stays_blocked_at_that_click(self):
        invoice = self._invoice(self.acme, 500, days_ago(10))
        self._invoice(self.acme, 70, days_ago(10))
        invoice.action_toggle_block_payment()
        self._settle_transaction()
        case = self._case(self.acme)
        with self.assertRaisesRegex(UserError, f"{invoice.name}: blocked in Accounting"):
            case.with_user(self.collector).action_include_excluded()
        self._opening_balance(self.acme, 400, days_ago(100))
        case.with_user(self.collector).action_include_excluded()
        self.env.invalidate_all()
        self.assertEqual((case.amount_excluded, case.amount_chased), (500, 470), "The opening balance only")

    def test_an_excluded_credit_meets_excluded_debits_first(self):
        self._opening_balance(self.acme, 400, days_ago(100))
        self._opening_balance(self.acme, -450, days_ago(90))
        self._invoice(self.acme, 200, days_ago(10))
        self.assertFigures(self.acme, balance=150, amount_credit=450, amount_excluded=400, amount_chased=150)

    def test_an_excluded_credit_does_not_hide_new_invoices(self):
        self._opening_balance(self.acme, 500, days_ago(100))
        self._opening_balance(self.acme, -450, days_ago(90))
        self._invoice(self.acme, 200, days_ago(10))
        self.assertFigures(self.acme, balance=250, amount_chased=200)

    # -- Currencies and companies --------------------------------------------------------------------------------

    def test_foreign_currency_keeps_its_own_amount_and_counts_in_the_company_s(self):
        euro = self.setup_other_currency("EUR")  # two euros for a dollar
        invoice = self._invoice(self.acme, 500, days_ago(10), currency_id=euro.id)
        self._invoice(self.acme, 70, days_ago(5))
        self._pay(invoice, 100, currency_id=euro.id)
        items = self.ledger._open_items(self.acme, self.company)
        self.assertEqual(
            [(item.currency_id, item.residual_currency, item.residual, item.chased) for item in items],
            [(euro.id, 400, 200, 200), (self.company.currency_id.id, 70, 70, 70)],
        )
        self.assertFigures(self.acme, balance=270, amount_chased=270)

    def test_exchange_differences_are_not_asked_for(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0), (days_ago(1), 1.0)])
        invoice = self._invoice(self.acme, 500, days_ago(10), currency_id=euro.id)
        self.assertFigures(self.acme, balance=250, amount_chased=250)
        self._pay(invoice, 500, currency_id=euro.id)  # worth 500 dollars by now
        self.assertFigures(self.acme, balance=0, amount_chased=0, amount_credit=0)

    def test_a_payment_under_way_in_another_currency_counts_in_the_company_s(self):
        euro = self.setup_other_currency("EUR")
        with self._payments_without_entry():
            invoice = self._invoice(self.acme, 500, days_ago(10), currency_id=euro.id)
            self._pay(invoice, 200, currency_id=euro.id)
            self.assertFigures(self.acme, balance=250, amount_under_way=100, amount_chased=150)

    def test_a_customer_unknown_to_the_ledger_has_no_figures(self):
        self.assertFigures(self.acme, balance=0, amount_chased=0)
        self.assertEqual(self.ledger._open_items(self.acme, self.company), [])
        self.assertEqual(self.ledger._open_items(self.acme.browse(), self.company), [])
