import smtplib

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MONDAY, CollectionCommon, TwoCompaniesCommon


@tagged("post_install", "-at_install")
class TestFieldComplaints(CollectionCommon):
    """What users of other programs complain about in public (FIELD.md), each as a story that ends well here.

    Today is Monday, 2 March 2026.
    """

    def _on_monday(self):
        self._freeze(MONDAY, "09:00")

    def test_opening_balances_are_not_skipped_silently(self):
        with self._on(self._day(-60)):
            acme = self._customer()
            self._opening_balance(acme, 4000, self._day(-60))
            self._invoice(acme, 100, self._day(-5))
        self._daily_run(MONDAY)
        case = self._case(acme)
        self.assertEqual((case.amount_excluded, case.amount_chased, case.balance), (4000, 100, 4100))
        self.assertTrue(case.excluded_notice, "The case says that something is left out")
        self._on_monday()
        case.with_user(self.collector).action_include_excluded()
        self.env.invalidate_all()
        self.assertEqual((case.amount_excluded, case.amount_chased), (0, 4100))
        self._send(MONDAY)
        self.assertEqual(case.letter_ids.amount, 4100)

    def test_no_reminder_says_balance_zero_or_asks_for_what_was_paid_in_the_morning(self):
        paid, covered, other = (self._overdue_customer(name) for name in ("Paid", "Covered", "Other"))
        self._daily_run(MONDAY)
        with self._on(MONDAY, "08:00"):
            self._pay(paid.partner_id.invoice_ids)
            self._receive(covered.partner_id, 500)
            self._settle_transaction()
        self._send(MONDAY, "14:00")
        self.assertEqual(self._sent_to(), ["other@customer.example"])
        self.assertEqual((paid | covered).letter_ids.mapped("state"), ["cancelled"] * 2)
        self.assertTrue(all(letter.amount > 0 for letter in other.letter_ids))

    def test_reminders_go_to_accounts_payable_not_to_the_mailbox_that_captures_invoices(self):
        self._overdue_customer(
            child_ids=[
                Command.create({"name": "Capture", "type": "invoice", "email": "capture@customer.example"}),
                Command.create({"name": "Ada", "type": "accounts_payable", "email": "ada@customer.example"}),
            ]
        )
        self._daily_run(MONDAY)
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), ["ada@customer.example"])

    def test_open_credit_notes_and_unapplied_payments_are_listed_and_netted(self):
        self._on_monday()
        acme = self._customer()
        self._invoice(acme, 500, self._day(-40))
        self._credit_note(acme, 120, self._day(-30))
        self._receive(acme, 80)
        self._settle_transaction()
        case = self._case(acme)
        self.assertEqual((case.amount_open, case.amount_credit, case.amount_chased), (500, 200, 300))
        self.assertEqual(sorted(case.open_item_ids.mapped("amount_residual")), [-120, -80, 500])

    def test_partly_paid_invoices_are_neither_dropped_nor_asked_in_full(self):
        case = self._overdue_customer(amount=500)
        self._customer_pays(case, 450, day=self._day(-2))
        self._daily_run(MONDAY)
        self._send(MONDAY)
        self.assertEqual(case.letter_ids.amount, 50)

    def test_contacts_of_a_customer_are_the_customer(self):
        self._on_monday()
        acme = self._customer()
        clerk = self._customer("Clerk", is_company=False, parent_id=acme.id)
        self._invoice(clerk, 70, self._day(-5))
        self._invoice(acme, 30, self._day(-5))
        self._settle_transaction()
        self.assertEqual(self.Case.search([("partner_id", "in", (acme | clerk).ids)]).partner_id, acme)
        self.assertEqual(self._case(acme).amount_chased, 100)

    def test_the_first_instalment_is_chased_when_it_is_due(self):
        self._on_monday()
        acme = self._customer()
        self._invoice_in_instalments(acme, 800, self._day(-10), ((50, 0), (50, 90)))
        self._settle_transaction()
        case = self._case(acme)
        self.assertEqual((case.amount_chased, case.bucket_0, case.days_overdue), (400, 400, 10))
        self._daily_run(MONDAY)
        self._send(MONDAY)
        self.assertEqual(case.letter_ids.amount, 400, "and not the whole 800.00")

    def test_exchange_gains_are_not_the_customer_s(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0), (self._day(-2), 1.0)])
        with self._on(self._day(-10)):
            acme = self._customer()
            invoice = self._invoice(acme, 500, self._day(-10), currency_id=euro.id)  # 250 dollars then
            self._settle_transaction()
        with self._on(MONDAY, "02:00"):
            self._pay(invoice, 200, currency_id=euro.id)  # 200 dollars now
            self._settle_transaction()
        self._daily_run(MONDAY)
        case = self._case(acme)
        (item,) = self.ledger._open_items(acme, self.company)
        self.assertEqual((item.currency_id, item.residual_currency), (euro.id, 300), "What the customer reads")
        self.assertEqual((case.balance, case.amount_chased), (150, 150), "What the board adds up")
        self.assertTies(acme)

    def test_what_waits_of_one_invoice_does_not_block_the_others(self):
        with self._payments_without_entry():
            case = self._overdue_customer(amount=300)
            with self._on(self._day(-5)):
                other = self._invoice(case.partner_id, 90, self._day(-5))
                blocked = self._invoice(case.partner_id, 60, self._day(-5))
                blocked.action_toggle_block_payment()
                self._pay(case.partner_id.invoice_ids - other - blocked)
                self._settle_transaction()
            self._daily_run(MONDAY)
            self._send(MONDAY)
            states = dict(case.partner_id.invoice_ids.mapped(lambda move: (move.amount_total, move.chase_state)))
            self.assertEqual(states, {300: "under_way", 90: "chased", 60: "excluded"})
            self.assertEqual((case.letter_ids.state, case.letter_ids.amount), ("sent", 90))

    def test_a_case_is_suspended_until_a_date_with_a_reason(self):
        case = self._overdue_customer()
        self._on_monday()
        dialog = self.env["collection.hold"].with_user(self.collector)
        dialog.create(
            {"case_ids": [Command.set(case.ids)], "until": self._day(20), "reason": "Waiting for our credit note"}
        ).action_hold()
        self.env.invalidate_all()
        self.assertRecordValues(
            case, [{"state": "hold", "hold_until": self._day(20), "hold_reason": "Waiting for our credit note"}]
        )
        self.assertEqual(case.decision, "On hold until March 22, 2026: Waiting for our credit note")

    def test_unpausing_sends_nothing_before_somebody_looked(self):
        case = self._overdue_customer(days=60)
        with self._on(MONDAY):
            case.with_user(self.collector)._hold(self._day(20), "Talks")
        with self._on(self._day(2), "10:00"):
            case.with_user(self.collector).action_release()
            self._trigger("ir_cron_daily_run")
        self._send(self._day(2), "18:00")
        self.assertEqual((self._sent_to(), len(case.letter_ids)), ([], 0))
        self.env.invalidate_all()
        self.assertIn("please review", case.decision)
        self.assertEqual(case.next_action_date, self._day(2), "It is on My Day, today")
        my_day = self.Case.with_user(self.collector).search([("next_action_date", "<=", self._day(2))])
        self.assertEqual(my_day[:1], case, "and on top of it")

    def test_no_letter_is_queued_for_ever_with_nobody_told(self):
        bounced = self._overdue_customer("Bounced")
        nowhere = self._overdue_customer("Nowhere", email=False, street=False)
        self.env["mail.blacklist"].sudo()._add("listed@customer.example")
        listed = self._overdue_customer("Listed", street=False, collection_no_call=True)
        phoned = self._overdue_customer("Phoned", street=False, collection_no_email=True)
        self._daily_run(MONDAY)
        refusal = smtplib.SMTPRecipientsRefused({"bounced@customer.example": (550, b"No such user")})
        with mute_logger(
            "odoo.addons.mail.models.mail_mail", "odoo.addons.grey_hat_collections.models.letter.letter_send"
        ):
            self._send(MONDAY, refused=refusal)
        for case in bounced | nowhere | listed:
            with self.subTest(case.partner_id.name):
                self.assertEqual(case.letter_ids.state, "failed")
                self.assertTrue(case.letter_ids.failure_reason)
                self.assertEqual(case.activity_ids.user_id, self.collector)
                self.assertEqual(case.next_action, "Check the address")
                self.assertFalse(case.step_id)
        self.assertEqual(phoned.letter_ids.ids, [], "No letter waits for an address that may not be used")
        self.assertEqual(phoned.next_action, "Call instead of writing")
        self.assertEqual(phoned.activity_ids.user_id, self.collector)
        queued = self.env["collection.letter"].search([("state", "=", "queued")])
        self.assertFalse(queued, "Nothing is left lying there")

    def test_a_bounce_that_comes_back_later_is_told(self):
        """The mail server took the letter; the customer's server returns it an hour later."""
        case = self._warned_customer()
        letter = case.letter_ids
        self.assertEqual(letter.state, "sent")
        bounce = (
            "From: MAILER-DAEMON@customer.example\nTo: bounce@us.example\nSubject: Undelivered Mail Returned to Sender\n"
            "Message-Id: <bounce@customer.example>\nContent-Type: multipart/report; report-type=delivery-status;"
            ' boundary="b"\nMIME-Version: 1.0\n\n--b\nContent-Type: text/plain\n\nNo such user.\n'
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.customer.example\n\n"
            "Final-Recipient: rfc822; acme@customer.example\nAction: failed\nStatus: 5.1.1\n\n"
            f"--b\nContent-Type: text/rfc822-headers\n\nMessage-Id: {letter.tracking_ref}\nTo: acme@customer.example\n\n--b--\n"
        )
        with self._on(MONDAY, "13:00"), mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].sudo().message_process(None, bounce)
        self.env.invalidate_all()
        self.assertFalse(case.last_reply_date, "A machine's answer is no answer of the customer")
        self.assertRecordValues(
            letter, [{"state": "failed", "failure_reason": "The e-mail to acme@customer.example bounced."}]
        )
        self.assertEqual(
            (case.step_id.id, case.pending_step_id.name), (False, "Friendly reminder"), "Nobody was warned"
        )
        self.assertEqual((case.next_action, case.activity_ids.user_id), ("Check the address", self.collector))
        case.partner_id.email = "right@customer.example"
        with self._on(self._day(1), "09:00"):
            letter.with_user(self.collector).action_retry()
        self._send(self._day(1))
        self.assertEqual(self._sent_to(), ["right@customer.example"])
        self.assertEqual((letter.state, case.step_id.name, case.step_date), ("sent", "Friendly reminder", self._day(1)))

    def test_nobody_gets_another_customer_s_attachment(self):
        cases = self.Case.union(*(self._overdue_customer(f"Customer {number}") for number in range(4)))
        self._daily_run(MONDAY)
        self._send(MONDAY)
        self.assertEqual(len(self._mails), 4)
        letters = {letter.address_used: letter for letter in cases.letter_ids}
        for mail in self._mails:
            letter = letters[mail["email_to"][0]]
            ((_name, content, _type),) = mail["attachments"]
            self.assertEqual(content, letter.attachment_id.raw)
            text = content.decode()
            for other in cases.partner_id:
                (self.assertIn if other == letter.partner_id else self.assertNotIn)(other.name, text)

    def test_original_and_remaining_are_told_apart(self):
        self._on_monday()
        acme = self._customer()
        invoice = self._invoice(acme, 500, self._day(-10))
        self._pay(invoice, 380)
        self._settle_transaction()
        self._daily_run(MONDAY)
        self._send(MONDAY)
        text = self._case(acme).letter_ids.attachment_id.raw.decode()
        self.assertLess(text.index("Original"), text.index("Remaining"))
        row = text[text.index(invoice.name) :]
        self.assertLess(row.index("500.00"), row.index("120.00"))

    def test_running_the_jobs_twice_changes_nothing(self):
        cases = self._overdue_customer("One") | self._overdue_customer("Two", days=40)
        for _again in range(3):
            self._daily_run(MONDAY)
        sent = []
        for _again in range(3):
            self._send(MONDAY)
            sent += self._sent_to()
        for _again in range(3):
            self._daily_run(MONDAY)
        self.assertEqual(sorted(sent), ["one@customer.example", "two@customer.example"])
        self.assertEqual([len(case.letter_ids) for case in cases], [1, 1])
        self.assertEqual(cases.mapped("unanswered_count"), [1, 1])
        self.assertEqual(set(cases.mapped("step_id.name")), {"Friendly reminder"})


@tagged("post_install", "-at_install")
class TestFieldComplaintsOfCompanies(TwoCompaniesCommon):
    def test_totals_do_not_change_with_the_active_company(self):
        self._freeze(MONDAY, "12:00")
        acme = self._customer()
        self._invoice(acme, 100, self._day(-10))
        self._invoice_of_the_other(acme, 40, self._day(-10))
        self._settle_transaction()
        expected = {self.company: 100, self.other: 40}
        for active in (self.company, self.other):
            cases = self.Case.sudo().with_company(active).with_context(allowed_company_ids=active.ids)
            cases.invalidate_model()
            found = cases.search([("partner_id", "=", acme.id)])
            self.assertEqual({case.company_id: case.balance for case in found}, expected, active.name)
            found.action_refresh()
            self.assertEqual({case.company_id: case.balance for case in found}, expected, active.name)
            self.assertEqual(
                {case.company_id: sum(case.open_item_ids.mapped("amount_residual")) for case in found}, expected
            )
