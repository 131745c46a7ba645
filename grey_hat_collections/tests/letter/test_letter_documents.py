from datetime import timedelta
from unittest.mock import patch

from lxml import html
from odoo.tests import tagged

from ..common import MONDAY, days_ago
from .letter_documents_common import LetterDocumentsCommon
from .test_statement import words

TEMPLATES = ("courtesy", "reminder", "statement", "final_notice")


@tagged("post_install", "-at_install")
class TestLetterDocuments(LetterDocumentsCommon):
    """What a customer reads in letters and in the e-mails that carry them. Today is Monday, 2 March 2026."""

    # -- Figures -------------------------------------------------------------------------------------------------

    def test_what_is_asked_for_is_the_amount_of_the_letter(self):
        invoice = self._invoice(self.acme, 1000, days_ago(20))
        self._pay(invoice, 400.05)
        self._invoice(self.acme, 70, MONDAY + timedelta(days=3))
        letter = self._letter()
        self.assertEqual(letter.amount, 599.95)
        items, sums = self._items(self._page(letter))
        self.assertEqual(items, [[invoice.name, "02/10/2026", "02/10/2026", "20", "1,000.00", "599.95"]])
        self.assertEqual(sums, [["Please pay", "$ 599.95"]])

    def test_credits_are_taken_off_in_the_open(self):
        """A payment that was not applied covers the oldest item: the customer sees both, and what is left."""
        old = self._invoice(self.acme, 100, days_ago(40))
        new = self._invoice(self.acme, 50, days_ago(10))
        self._receive(self.acme, 120)
        letter = self._letter()
        self.assertEqual(letter.amount, 30)
        items, sums = self._items(self._page(letter))
        self.assertEqual([item[0] for item in items], [old.name, new.name])
        self.assertEqual(
            sums,
            [
                ["Remaining", "150.00"],
                ["Less credits and payments not applied yet", "-120.00"],
                ["Please pay", "$ 30.00"],
            ],
        )

    def test_what_is_under_way_is_taken_off_in_the_open(self):
        with self._payments_without_entry():
            self._pay(self._invoice(self.acme, 100, days_ago(10)), 40)
            letter = self._letter()
            _items, sums = self._items(self._page(letter))
        self.assertEqual(letter.amount, 60)
        self.assertEqual(
            sums[1:], [["Less what is under way, promised or disputed", "-40.00"], ["Please pay", "$ 60.00"]]
        )

    def test_items_in_foreign_currency_are_asked_for_in_it(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        self._invoice(self.acme, 80, days_ago(10), currency_id=euro.id)
        letter = self._letter()
        self.assertEqual(letter.amount, 160)
        page = self._page(letter)
        self.assertIn("Please pay 80.00 €", words(page))
        self.assertNotIn("160.00", words(page))
        self.assertIn("80.00", self._mail(letter).body_html)
        self.assertNotIn("160.00", self._mail(letter).body_html)

    def test_what_is_asked_for_is_to_the_cent_what_its_own_currency_says(self):
        """Of an invoice in a currency of which a cent of ours is worth eleven, a payment covers a part: the letter takes off what
        was paid and asks for what the statement says is left. Worked out from dollars, most of these would be some cents off.
        """
        krona = self.setup_other_currency("SEK", rates=[("2020-01-01", 11.3)])
        for number in range(12):
            with self.subTest(number=number):
                customer = self._customer(f"Customer {number}")
                owed, paid = 100.37 + number * 1.11, 33.34 + number * 0.77
                self._invoice(customer, owed, days_ago(20), currency_id=krona.id)
                self._invoice(customer, 50, days_ago(10))
                self._receive(customer, paid, currency_id=krona.id)
                page = self._page(self._letter(customer, step="second_reminder"))
                left = f"{krona.round(owed - paid):,.2f}"
                text = words(page)
                self.assertIn(f"Less credits and payments not applied yet -{paid:,.2f} Please pay {left} kr", text)
                [facts] = page.xpath(".//table[hasclass('ghc_facts')]")
                self.assertIn(f"Amount {left} kr", words(facts))
                [statement] = page.xpath(".//*[@name='statement']")
                self.assertIn(f"Total {left} SEK", words(statement))

    def test_no_cent_is_credited_that_nobody_has_paid(self):
        """Of three items of 100.37, 33.34 of each is under way: 201.09 are left. Added up before they are rounded, the parts
        would leave a cent over, and the letter would call it a credit.
        """
        krona = self.setup_other_currency("SEK", rates=[("2020-01-01", 11.3)])
        with self._payments_without_entry():
            for _number in range(3):
                invoice = self._invoice(self.acme, 100.37, days_ago(10), currency_id=krona.id)
                self._pay(invoice, 33.34, currency_id=krona.id)
            _items, sums = self._items(self._page(self._letter()))
        self.assertEqual(
            sums,
            [
                ["Remaining", "301.11"],
                ["Less what is under way, promised or disputed", "-100.02"],
                ["Please pay", "201.09 kr"],
            ],
        )

    def test_excluded_items_are_not_asked_for(self):
        self._opening_balance(self.acme, 300, days_ago(200))
        invoice = self._invoice(self.acme, 50, days_ago(10))
        items, sums = self._items(self._page(self._letter()))
        self.assertEqual([item[0] for item in items], [invoice.name])
        self.assertEqual(sums, [["Please pay", "$ 50.00"]])

    def test_a_courtesy_note_shows_what_falls_due_on_its_day(self):
        day = MONDAY + timedelta(days=5)
        self._invoice(self.acme, 70, days_ago(3))
        invoice = self._invoice(self.acme, 50, day)
        letter = self._letter(kind="courtesy", step=None, reference_date=day)
        items, sums = self._items(self._page(letter))
        self.assertEqual([item[0] for item in items], [invoice.name])
        self.assertEqual(sums, [["Total falling due", "$ 50.00"]])
        self.assertIn("Nothing is late.", words(self._page(letter)))

    def test_no_letter_over_nothing(self):
        """Paid in the afternoon, after the letter was queued in the morning: it does not leave."""
        invoice = self._invoice(self.acme, 100, days_ago(1))
        self._daily_run()
        letter = self._case(self.acme).letter_ids
        self._pay(invoice)
        self._send()
        self.assertEqual(letter.state, "cancelled")
        self.assertFalse(letter.attachment_id)

    # -- Nobody else's business ----------------------------------------------------------------------------------

    def test_letters_of_a_batch_do_not_mix(self):
        globex = self._customer("Globex")
        mine, theirs = self._invoice(self.acme, 100, days_ago(5)), self._invoice(globex, 77, days_ago(5))
        letters = self._letter(self.acme, step="second_reminder") | self._letter(globex, step="second_reminder")
        pages = [words(page) for page in self._pages(letters)]
        for page, own, other in ((pages[0], mine, theirs), (pages[1], theirs, mine)):
            self.assertIn(own.name, page)
            self.assertNotIn(other.name, page)
        mails = [self._mail(letter).body_html for letter in letters]
        self.assertIn("100.00", mails[0])
        self.assertNotIn("77.00", mails[0])

    def test_a_letter_shows_one_company_only(self):
        second = self.setup_other_company(name="Second Company")
        self._invoice(self.acme, 100, days_ago(5))
        self._invoice(self.acme, 70, days_ago(5), company_id=second["company"].id)
        page = words(self._page(self._letter(step="second_reminder")))
        self.assertIn("100.00", page)
        self.assertNotIn("70.00", page)
        self.assertNotIn("Second Company", page)

    def test_documents_are_printed_on_the_paper_of_their_company(self):
        self._invoice(self.acme, 100, days_ago(5))
        letter = self._letter()
        other = self.setup_other_company(name="Second Company")["company"]
        reports = self.env["ir.actions.report"].sudo().with_context(force_report_rendering=True)
        printed_for = []

        def print_pdf(report, *_args, **_values):
            printed_for.append(report.env.company)
            return b"%PDF"

        with patch.object(self.env.registry["ir.actions.report"], "_run_wkhtmltopdf", print_pdf):
            reports.with_company(other)._render_qweb_pdf("grey_hat_collections.report_letter", letter.ids)
        self.assertEqual(printed_for, [self.company])

    # -- Words ---------------------------------------------------------------------------------------------------

    def test_three_tones_and_never_a_threat(self):
        self._invoice(self.acme, 100, days_ago(5))
        letter = self._letter()
        stage = letter.step_id.stage_id
        for tone, opening in (
            ("friendly", "An invoice is easily overlooked"),
            ("clear", "let us know when we can expect it"),
            ("formal", "According to our records"),
        ):
            stage.sudo().tone = tone
            page = words(self._page(letter))
            self.assertIn(opening, page)
            self.assertIn(opening, words(html.fromstring(self._mail(letter).body_html)))
            for kind_word in (
                "does not look right to you",
                "Cora Lector",
                "cora@us.example",
                "If you have paid in the meantime",
            ):
                self.assertIn(kind_word, page)
            for word in ("debtor", "delinquent", "legal", "lawyer", "court", "agency", "immediately"):
                self.assertNotIn(word, page.lower())

    def test_the_reader_is_greeted_by_name(self):
        self.env["res.partner"].create({"parent_id": self.acme.id, "type": "accounts_payable", "name": "Jane Doe"})
        self._invoice(self.acme, 100, days_ago(5))
        letter = self._letter()
        self.assertIn("Hello Jane Doe ,", words(self._page(letter)))
        self.assertIn("Hello Jane Doe,", self._mail(letter).body_html)

    def test_a_final_notice_names_its_day(self):
        """The last call of the standard policy comes a week after the notice, and on day 37 at the earliest."""
        self._invoice(self.acme, 100, days_ago(30))
        letter = self._letter(kind="final_notice", step="final_notice")
        self.assertEqual(letter._pay_by(), MONDAY + timedelta(days=7))
        self.env.ref("grey_hat_collections.step_standard_last_call").sudo().days_since_previous = 12
        self.assertEqual(letter._pay_by(), MONDAY + timedelta(days=12))
        page = words(self._page(letter))
        self.assertIn("please pay by 03/14/2026", page)
        self.assertIn(
            "After that date we will call you once more to find a solution together. If we cannot, we may hand your account to "
            "an accredited agency, which then acts in our name.",
            page,
        )
        for way_out in ("agree on another date or instalments with us", "tell us what is wrong", "Cora Lector"):
            self.assertIn(way_out, page)
        self.assertIn("03/14/2026", self._mail(letter).body_html)

    def test_a_final_notice_tells_of_an_agency_only_where_the_ladder_leads_to_one(self):
        self._invoice(self.acme, 100, days_ago(30))
        letter = self._letter(kind="final_notice", step="final_notice")
        call = self.env.ref("grey_hat_collections.step_standard_last_call").sudo()
        review = self.env.ref("grey_hat_collections.step_standard_agency_review").sudo()
        call.write({"activity_type_id": self.env.ref("grey_hat_collections.mail_activity_type_review").id})
        self.assertIn("After that date we may hand your account to an accredited agency", words(self._page(letter)))
        self.standard.sudo().referral_min_amount = 100.01
        self.assertNotIn("agency", words(self._page(letter)), "The amount is too small to be referred")
        self.standard.sudo().referral_min_amount = 100
        self.assertIn("agency", words(self._page(letter)))
        review.activity_type_id = self.env.ref("grey_hat_collections.mail_activity_type_review")
        page = words(self._page(letter))
        self.assertIn("After that date we would like to speak with you about how to proceed.", page)
        self.assertNotIn("agency", page)

    def test_a_letter_in_the_post_bears_its_bar_code_outside_of_the_address(self):
        self._invoice(self.acme, 100, days_ago(30))
        letter = self._letter(kind="final_notice", step="final_notice")
        self.assertFalse(self._page(letter).xpath("//*[hasclass('ghc_mail_piece')]"), "By e-mail it bears none")
        letter.sudo()._prepare_mail_piece()
        page = self._page(letter)
        (code,) = page.xpath("//*[hasclass('ghc_mail_piece')]")
        self.assertEqual(words(code), letter.name)
        self.assertTrue(code.xpath(".//img")[0].get("src").startswith("data:image/svg+xml;base64,"))
        self.assertFalse(page.xpath("//address//*[hasclass('ghc_mail_piece')]"), "The window shows the address alone")

    def test_a_final_notice_leaves_a_week_at_least(self):
        self._invoice(self.acme, 100, days_ago(60))
        self.env.ref("grey_hat_collections.step_standard_last_call").sudo().days_since_previous = 1
        letter = self._letter(kind="final_notice", step="final_notice")
        self.assertEqual(letter._pay_by(), MONDAY + timedelta(days=7))

    def test_the_statement_is_part_of_the_letter_where_its_step_says_so(self):
        self._invoice(self.acme, 100, days_ago(5))
        self._opening_balance(self.acme, 300, days_ago(200))
        plain, with_statement = self._letter(), self._letter(step="second_reminder")
        self.assertFalse(self._page(plain).xpath(".//*[@name='statement']"))
        [statement] = self._page(with_statement).xpath(".//*[@name='statement']")
        self.assertIn("Opening balance", words(statement))
        self.assertIn("400.00", words(statement))

    def test_a_statement_by_letter_covers_the_statement(self):
        self._invoice(self.acme, 100, days_ago(5))
        page = self._page(self._letter(kind="statement", step=None))
        self.assertIn("Please find your statement of account on the next page.", words(page))
        self.assertTrue(page.xpath(".//*[@name='statement']//table[contains(@class, 'ghc_aging')]"))

    # -- E-mail --------------------------------------------------------------------------------------------------

    def test_each_e_mail_names_a_person_and_a_way_out(self):
        self.collector.phone = "+1 555 0100"
        self._invoice(self.acme, 100, days_ago(5))
        letter = self._letter(step=None)
        for kind in TEMPLATES:
            letter.kind = kind
            letter.reference_date = days_ago(5) if kind == "courtesy" else False
            mail = self._mail(letter)
            text = words(html.fromstring(mail.body_html))
            self.assertEqual(mail.email_from, '"Cora Lector" <cora@us.example>')
            self.assertIn(self.company.name, mail.subject)
            for part in (
                "100.00",
                "Cora Lector",
                "+1 555 0100",
                "does not look right to you",
                "no longer wish to receive",
            ):
                self.assertIn(part, text)
            self.assertNotIn("Powered by", text)

    def test_the_company_writes_where_nobody_is_in_charge(self):
        self.company.email = "office@us.example"
        self.company.collection_user_id = False
        self._invoice(self.acme, 100, days_ago(5))
        letter = self._letter()
        letter.user_id = False
        self.assertIn("office@us.example", self._mail(letter).email_from)
        self.assertIn("office@us.example", words(self._page(letter)))

    # -- Who may, and what others typed --------------------------------------------------------------------------

    def test_collectors_and_accountants_may_render_letters(self):
        self._invoice(self.acme, 100, days_ago(5))
        letter = self._letter(step="second_reminder")
        for user in (self.collector, self.accountant):
            self.assertEqual(len(self._pages(letter, user=user)), 1)

    def test_what_others_typed_is_text_and_nothing_else(self):
        hostile = "<script>alert(1)</script> {{ object.id }} %(x)s \u202e" + "W" * 200
        mallory = self._customer(hostile, email="m@x.example")
        self.env["res.partner"].create({"parent_id": mallory.id, "type": "accounts_payable", "name": hostile})
        self.collector.name = "<b>Cora</b> {{ 7*7 }}"
        self.company.name = "Fish & <i>Chips</i>"
        self._invoice(mallory, 100, days_ago(5), ref=hostile, payment_reference=hostile)
        letter = self._letter(mallory, step="second_reminder")
        page = self._page(letter)
        mail = self._mail(letter)
        for node in (page, html.fromstring(mail.body_html)):
            self.assertFalse(node.xpath(".//script | .//i"))
            self.assertIn("<script>alert(1)</script> {{ object.id }} %(x)s", words(node))
            self.assertIn("<b>Cora</b> {{ 7*7 }}", words(node))
        self.assertIn("Fish & <i>Chips</i>", mail.subject)

    # -- When it is printed ---------------------------------------------------------------------------------------

    def test_a_letter_bears_the_day_on_which_it_left(self):
        self._invoice(self.acme, 100, days_ago(5))
        letter = self._letter(self.acme)
        later = self._invoice(self.acme, 70, days_ago(2))
        letter.sudo().write({"state": "sent", "sent_at": f"{days_ago(3)} 12:00:00"})
        page = words(self._pages(letter)[0])
        self.assertIn(f"{days_ago(3):%m/%d/%Y}", page)
        self.assertNotIn(later.name, page, "It was not due yet when the letter left")

    def test_printing_waits_for_scripts_only_where_there_are_some(self):
        self._invoice(self.acme, 100, days_ago(5))
        letter = self._letter(self.acme)
        delays = []

        def listen(report, *_args, **_kwargs):
            command = report._build_wkhtmltopdf_args(report.env.company.paperformat_id, False)
            delays.append(command[command.index("--javascript-delay") + 1])
            return b"%PDF"

        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        with patch.object(self.env.registry["ir.actions.report"], "_run_wkhtmltopdf", listen):
            reports._render_qweb_pdf("grey_hat_collections.action_report_letter", letter.ids)
            listen(reports)
        self.assertEqual(delays, ["50", "1000"], "Other documents wait as before")
