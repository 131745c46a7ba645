from lxml import html
from odoo.tests import tagged

from ..letter.test_statement import words
from .dispute_common import DisputeCommon


@tagged("post_install", "-at_install")
class TestDisputeLetters(DisputeCommon):
    """What the customer reads: our answer, and the dispute on the statement."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(amount=1000, days=40)
        self._freeze()
        self.invoice = self.case.partner_id.invoice_ids
        self.dispute = self._raise(
            self.case, {self._items(self.invoice): 300}, description="Two <boxes> & more missing"
        )

    def setUp(self):
        super().setUp()
        self._freeze()

    def _page(self, report, records):
        content, _format = self.env["ir.actions.report"].sudo()._render_qweb_html(report, records.ids)
        [page] = html.fromstring(content.decode()).xpath("//div[contains(concat(' ', @class, ' '), ' article ')]")
        return page

    def _letter_text(self):
        page = self._page("grey_hat_collections.report_letter", self.dispute.letter_id)
        rows = [
            [words(td) for td in tr.findall("td")]
            for tr in page.xpath(".//table[contains(@class, 'ghc_items')]//tr[td]")
        ]
        return words(page), rows

    def test_the_answer_says_what_was_said_what_we_found_the_balance_and_the_new_day(self):
        self._answer(self.dispute, "partly_upheld", credit=[100], days=10)
        text, rows = self._letter_text()
        self.assertEqual(rows, [[self.invoice.name, "$ 300.00", "$ 100.00", "$ 200.00"]])
        for part in (
            "On 03/02/2026 you told us that something was not right.",
            "What you told us Two <boxes> & more missing",
            "What we found You are right in part, and we are sorry for that part. The delivery note shows eight boxes.",
            "Remaining to pay: $ 200.00, by 03/12/2026 . Until then we will not ask for it.",
            "The balance of your account after this is $ 900.00.",
            "If you disagree, please tell us",
            "How to pay",
        ):
            self.assertIn(part, text)
        self.assertNotIn("disregard", text)

    def test_where_the_customer_is_right_nothing_is_asked_for(self):
        self._answer(self.dispute, "upheld")
        text, rows = self._letter_text()
        self.assertEqual(rows, [[self.invoice.name, "$ 300.00", "$ 300.00", "$ 0.00"]])
        self.assertIn("You are right, and we are sorry.", text)
        self.assertIn("The balance of your account after this is $ 700.00.", text)
        self.assertNotIn("Remaining to pay:", text)
        self.assertNotIn("How to pay", text)

    def test_the_answer_leaves_with_its_pdf_in_spite_of_rest_and_budget(self):
        self.company.collection_max_contacts = 1
        self._daily_run()
        self._send(clock="11:00")
        self._answer(self.dispute, "rejected")
        self._send()
        letter = self.dispute.letter_id
        self.assertEqual((letter.state, letter.kind, letter.amount), ("sent", "resolution", 300))
        self.assertTrue(letter.sha256)
        [mail] = self._mails
        self.assertEqual(mail["email_to"], ["acme@customer.example"])
        self.assertIn(f"Our answer about {self.invoice.name}", mail["subject"])
        body = words(html.fromstring(mail["body"]))
        self.assertIn("Remaining: $ 300.00 , by 03/12/2026 .", body)

    def test_our_answer_leaves_also_where_the_rules_keep_silent(self):
        """Insolvency stops what goes out by itself; an answer that a person has given is not that."""
        self.case.with_user(self.manager)._set_reason(self.env.ref("grey_hat_collections.reason_insolvency"))
        self._answer(self.dispute, "rejected")
        self._send()
        self.assertEqual(self.dispute.letter_id.state, "sent")

    def test_the_statement_says_the_new_day_once_we_have_answered(self):
        whole = self._raise(self.case, {self._items(self.invoice): 700})
        self._answer(self.dispute, "rejected", days=10)
        self._answer(whole, "rejected", days=10)
        page = self._page("grey_hat_collections.report_statement_case", self.case)
        row = [words(td) for td in page.xpath(".//table[contains(@class, 'ghc_items')]/tbody/tr[1]/td")]
        self.assertEqual(row[2:], ["03/12/2026", "1,000.00", "1,000.00", "", ""], "due anew, and in dispute no more")

    def test_the_statement_marks_what_is_disputed_and_keeps_it_in_the_balance(self):
        page = self._page("grey_hat_collections.report_statement_case", self.case)
        [row, total] = [
            [words(td) for td in tr.findall("td")]
            for tr in page.xpath(".//table[contains(@class, 'ghc_items')]/tbody/tr")
        ]
        self.assertEqual(row[4:], ["1,000.00", "40", "Disputed 300.00"])
        self.assertEqual(total[1], "1,000.00")

    def test_the_reminder_asks_for_the_rest_alone(self):
        self._daily_run()
        page = self._page("grey_hat_collections.report_letter", self.case.letter_ids)
        self.assertIn("Less what is under way, promised or disputed -300.00 Please pay $ 700.00", words(page))

    def test_in_german(self):
        self.env["res.lang"].sudo()._activate_lang("de_DE")
        self.case.partner_id.lang = "de_DE"
        self._answer(self.dispute, "rejected")
        text, rows = self._letter_text()
        self.assertEqual(rows[0][1], "$ 300,00")
        self.assertIn("12.03.2026", text)
