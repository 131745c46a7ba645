from collections import Counter

from odoo.tests import tagged

from ...models.gate.gate import Check, Found
from ...models.ledger.account_key import account_key
from ..common import MONDAY, TwoCompaniesCommon, days_ago
from .gate_common import GateCommon, SentCustomerCommon


@tagged("post_install", "-at_install")
class TestGate(SentCustomerCommon):
    """What each check of "Is it us?" finds, with figures. Today is Monday, 2 March 2026; Acme owes 500.00."""

    # -- Invoices (complaint 13) ---------------------------------------------------------------------------------

    def test_nothing_is_wrong_on_our_side(self):
        self.assertEqual(self._found(self.case), {})
        self.assertEqual((self.case.gate_mark, self.case.gate_summary), ("fine", False))

    def test_an_invoice_that_was_never_sent(self):
        self.invoice.is_move_sent = False
        self.assertEqual(self._found(self.case), {"not_sent": [self.invoice.name]})

    def test_an_invoice_of_before_anybody_kept_a_record_counts_as_sent(self):
        self.invoice.is_move_sent = False
        self.company.collection_sent_since = days_ago(9)
        self.assertEqual(self._found(self.case), {})
        self.company.collection_sent_since = days_ago(10)
        self.assertEqual(self._found(self.case), {"not_sent": [self.invoice.name]})

    def test_the_first_day_of_a_new_company_is_today(self):
        company = self.env["res.company"].create({"name": "Third House"})
        self.assertEqual(company.collection_sent_since, MONDAY)

    def test_an_invoice_whose_email_bounced_or_failed(self):
        for status, found in (("bounce", True), ("exception", True), ("sent", False), ("ready", False)):
            with self.subTest(status), self.cr.savepoint() as savepoint:
                self._mailed(self.invoice, status)
                self.assertEqual(self._found(self.case), {"not_sent": [self.invoice.name]} if found else {})
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_later_email_that_arrived_makes_it_good(self):
        self._mailed(self.invoice, "bounce")
        self._mailed(self.invoice, "ready")
        self.assertIn("not_sent", self._found(self.case), "on its way is not there yet")
        self._mailed(self.invoice, "sent")
        self.assertEqual(self._found(self.case), {})
        self._mailed(self.invoice, "bounce")
        self.assertIn("not_sent", self._found(self.case))

    def test_what_a_colleague_did_not_get_is_no_matter(self):
        self._mailed(self.invoice, "bounce", reader=self.collector.partner_id)
        self.assertEqual(self._found(self.case), {})
        self._mailed(self.invoice, "bounce", email="old@customer.example")
        self.assertIn("not_sent", self._found(self.case))

    def test_one_of_two_readers_is_enough(self):
        clerk = self._customer("Clerk", is_company=False, parent_id=self.acme.id)
        message = self._mailed(self.invoice, "bounce")
        message.notification_ids.create(
            {
                "mail_message_id": message.id,
                "res_partner_id": clerk.id,
                "notification_type": "email",
                "notification_status": "sent",
            }
        )
        self.assertEqual(self._found(self.case), {})

    def test_only_invoices_that_are_asked_for_need_to_have_arrived(self):
        future = self._invoice(self.acme, 70, self._day(20), invoice_user_id=False)
        self.assertFalse(future.is_move_sent)
        self._opening_balance(self.acme, 40, days_ago(30)).line_ids.no_followup = False
        self.assertEqual(self._found(self.case), {}, "an entry is no invoice, and one that is not due may still go out")

    def test_a_copy_that_a_collector_sends_is_a_sending(self):
        self.invoice.is_move_sent = False
        dialog = self.env["collection.invoice.copies"].with_user(self.collector).create({"case_id": self.case.id})
        with self.mock_mail_gateway():
            dialog.action_send()
        self.assertEqual(self._found(self.case), {})

    # -- Credits (complaint 5) -----------------------------------------------------------------------------------

    def test_a_credit_note_in_draft(self):
        self._draft_credit_note(self.case, ref="Broken pane")
        self.assertEqual(self._found(self.case), {"credit_draft": ["Broken pane"]})

    def test_a_credit_note_in_draft_is_named_after_its_invoice_or_its_amount(self):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.invoice.ids)
            .create({"journal_id": self.invoice.journal_id.id, "reason": "Too much"})
        )
        draft = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        self.assertEqual(self._found(self.case), {"credit_draft": [self.invoice.name]})
        draft.unlink()
        self._draft_credit_note(self.case, 50)
        (name,) = self._found(self.case)["credit_draft"]
        self.assertTrue(name and name != "/", name)

    def test_a_posted_credit_note_is_netted_and_no_draft_any_more(self):
        self._draft_credit_note(self.case, 50).action_post()
        self.assertEqual(self._found(self.case), {})
        self.assertEqual(self._figures(self.acme)["amount_chased"], 450)

    def test_an_unapplied_payment_as_large_as_an_item(self):
        later = self._invoice(self.acme, 200, days_ago(5))
        later.is_move_sent = True
        self._receive(self.acme, 199)
        self.assertEqual(self._found(self.case), {}, "199.00 pay neither 500.00 nor 200.00")
        payment = self._receive(self.acme, 200)
        self.assertEqual(self._found(self.case), {"unapplied_payment": [payment.move_id.name]})
        self._items(payment.move_id, later).reconcile()
        self.assertEqual(self._found(self.case), {})

    def test_euros_are_compared_with_euros(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0), (days_ago(2), 1.0)])
        bill = self._invoice(self.acme, 400, days_ago(9), currency_id=euro.id)  # 200 dollars then
        older = self._invoice(self.acme, 2000, days_ago(30), currency_id=euro.id)  # takes all that is not applied
        (bill | older).is_move_sent = True
        self._receive(self.acme, 300, currency_id=euro.id)  # 300 dollars now
        self.assertEqual(self._found(self.case), {})
        payment = self._receive(self.acme, 400, currency_id=euro.id)
        self.assertEqual(self._found(self.case), {"unapplied_payment": [payment.move_id.name]})

    # -- The bank ------------------------------------------------------------------------------------------------

    def _statement_line(self, day, journal=None):
        return self.env["account.bank.statement.line"].create(
            {
                "payment_ref": "Somebody",
                "journal_id": (journal or self.company_data["default_journal_bank"]).id,
                "amount": 10,
                "date": day,
            }
        )

    def test_the_bank_was_not_read_for_a_while(self):
        self._statement_line(days_ago(6))
        self.assertEqual(self._found(self.case), {"bank_stale": ["2026-02-24"]})
        self.assertEqual(self.case.gate_mark, "warn")
        self.company.collection_bank_days = 6
        self.assertEqual(self._found(self.case), {})

    def test_a_payment_received_is_news_of_the_bank(self):
        self._statement_line(days_ago(60))
        self._receive(self._customer("Other"), 70, days_ago(5))
        self.assertEqual(self._found(self.case), {})

    def test_the_bank_account_on_the_invoice_counts(self):
        other = self.env["account.journal"].create({"name": "Second bank", "type": "bank", "code": "BNK9"})
        account = self.env["res.partner.bank"].create(
            {"acc_number": "0047110815", "partner_id": self.company.partner_id.id, "allow_out_payment": True}
        )
        other.bank_account_id = account
        self._statement_line(MONDAY)
        self._statement_line(days_ago(30), other)
        self.assertEqual(self._found(self.case), {}, "any bank of the company will do")
        self.invoice.partner_bank_id = account
        self.assertEqual(self._found(self.case), {"bank_stale": ["2026-01-31"]})

    # -- Modes, words, other add-ons -----------------------------------------------------------------------------

    def test_a_company_chooses_what_stops_warns_or_is_off(self):
        self._draft_credit_note(self.case, ref="Broken pane")
        for mode, stops, mark in (("stop", 1, "stop"), ("warn", 0, "warn"), ("off", 0, "fine")):
            with self.subTest(mode):
                self.company.collection_gate_credit_draft = mode
                self.env.invalidate_all()
                stopping = self.gate._stops([account_key(self.case)])
                self.assertEqual((len(stopping), self.case.gate_mark), (stops, mark))
        self.assertIn("switched this check off", self.case.gate_report)

    def test_the_summary_counts_blockers_and_warnings(self):
        for marks, summary in (
            ({"stop": 1, "warn": 1}, "1 blocker, 1 warning"),
            ({"stop": 2, "fine": 3}, "2 blockers"),
            ({"warn": 2, "off": 1}, "2 warnings"),
            ({"fine": 4}, False),
        ):
            with self.subTest(marks):
                self.assertEqual(self.case._gate_summary(Counter(marks)), summary)

    def test_the_sentence_names_the_first_and_counts_the_others(self):
        self.assertEqual(self.gate._sentence("not_sent", "INV/7"), "INV/7 never reached the customer.")
        self.assertEqual(self.gate._sentence("not_sent", "INV/7", 3), "INV/7 and 2 more never reached the customer.")
        self.assertIn("February 24, 2026", self.gate._sentence("bank_stale", "2026-02-24"))
        self.assertEqual(self.gate._sentence("gone_with_its_add_on", "INV/7"), "INV/7")

    def test_an_add_on_adds_a_check_by_inheriting_one_method(self):
        acme = self.acme

        def _checks(gate):
            def find_strike(accounts):
                return {account.key: (Found("Harbour"),) for account in accounts if account.partner_id == acme.id}

            return checks(gate) | {
                "strike": Check("Strikes", find_strike, one="There is a strike: %(subject)s.", fine="All are at work.")
            }

        checks = type(self.gate)._checks
        self.patch(type(self.gate), "_checks", _checks)
        self.assertEqual(self._found(self.case), {"strike": ["Harbour"]})
        self.assertEqual(self.case.gate_mark, "warn", "Without a setting of its own a check warns")
        self.assertIn("There is a strike: Harbour.", self.case.gate_report)
        other = self._sent_customer("Other")
        self.assertIn("All are at work.", other.gate_report)
        self.assertEqual(other.gate_mark, "fine")

    def test_names_cannot_bring_html(self):
        self._draft_credit_note(self.case, ref="<script>alert('Bobby')</script>")
        self.assertNotIn("<script>", self.case.gate_report)
        self.assertIn("&lt;script&gt;", self.case.gate_report)


@tagged("post_install", "-at_install")
class TestGateOfCompanies(GateCommon, TwoCompaniesCommon):
    def test_another_company_s_faults_stop_nothing_here(self):
        case = self._sent_customer()
        self._freeze(MONDAY)
        acme = case.partner_id
        self.other.collection_sent_since = "2026-01-01"
        self._invoice_of_the_other(acme, 300, days_ago(10))
        draft = self._draft_credit_note(
            case, company_id=self.other.id, journal_id=self.other_data["default_journal_sale"].id
        )
        self.assertEqual(draft.company_id, self.other)
        self.assertEqual(self._found(case), {})
        looked = self.gate._look([(acme.id, self.other.id)])
        self.assertEqual(
            {code for code, found in looked.items() if any(found.values())}, {"not_sent", "credit_draft", "no_bank"}
        )
