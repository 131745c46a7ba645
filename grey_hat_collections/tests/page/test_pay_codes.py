from base64 import b64decode
from unittest.mock import patch

from lxml import html
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...report import collection_statement_pay_code
from ..common import days_ago
from ..letter.letter_documents_common import LetterDocumentsCommon

IBAN = "DE89370400440532013000"


@tagged("post_install", "-at_install")
class TestPayCodes(LetterDocumentsCommon):
    """The codes that banking apps pay with. The house has a German account; euros can be paid with a code (SEPA), dollars not.

    A picture says the right things where the same text makes the same one.
    """

    def _begin(self):
        super()._begin()
        self.euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        self.company.partner_id.bank_ids.unlink()
        self.bank = self._bank(IBAN)

    def _bank(self, number, **values):
        return self.env["res.partner.bank"].create(
            {"acc_number": number, "partner_id": self.company.partner_id.id, "allow_out_payment": True, **values}
        )

    def _in_euros(self, amount, days=10, **values):
        return self._invoice(self.acme, amount, days_ago(days), currency_id=self.euro.id, **values)

    def _item(self, invoice):
        return invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")

    def _codes(self):
        self.env.flush_all()
        [statement] = self.env["collection.statement"].sudo()._statements([(self.acme, self.company)])
        return statement["pay_codes"]

    def _code(self, amount, reference="", structured=""):
        """The picture of what a banking app in the SEPA area expects to read: EPC069-12, line by line."""
        head = ["BCD", "002", "1", "SCT", "", self.company.name, IBAN]
        return collection_statement_pay_code._as_picture(
            "\n".join([*head, f"EUR{amount}", "", structured, reference, ""])
        )

    # -- What is in a code ---------------------------------------------------------------------------------------

    def test_a_code_for_what_is_left_in_euros_and_none_for_dollars(self):
        self._invoice(self.acme, 500, days_ago(10))
        first, second = self._in_euros(70.1), self._in_euros(30.2, days=5)
        [code] = self._codes()
        self.assertEqual(code["amount"], "100.30\xa0€")
        self.assertEqual(code["account"], self.bank.acc_number)
        self.assertEqual(code["picture"], self._code(100.3, f"{first.name}, {second.name}"))
        self.assertNotEqual(code["picture"], self._code(100.31, f"{first.name}, {second.name}"))

    def test_one_invoice_is_quoted_by_its_own_reference(self):
        self._in_euros(80, payment_reference="RF18 5390 0754 7034")
        [code] = self._codes()
        self.assertEqual(code["picture"], self._code(80.0, structured="RF18539007547034"))

    def test_credits_and_what_is_disputed_or_on_its_way_are_not_paid_again(self):
        disputed = self._in_euros(100)
        self._in_euros(60)
        self._in_euros(15, move_type="out_refund")
        self._daily_run()
        self.env["collection.dispute"].with_user(self.collector).create(
            {
                "partner_id": self.acme.id,
                "company_id": self.company.id,
                "kind": "price",
                "description": "Too dear",
                "line_ids": [Command.create({"item_id": self._item(disputed).id, "amount": 40})],
            }
        )
        [code] = self._codes()
        self.assertEqual(code["amount"], "105.00\xa0€")  # 100 - 40 + 60 - 15

    def test_nothing_left_to_pay_has_no_code(self):
        self._in_euros(50)
        self._in_euros(50, move_type="out_refund")
        self.assertEqual(self._codes(), [])
        self._in_euros(20, move_type="out_refund")
        self.assertEqual(self._codes(), [])

    def test_many_references_stop_where_the_text_is_full(self):
        numbers = [f"INV/2026/{number:05}" for number in range(30)]
        text = collection_statement_pay_code._as_far_as_fits(numbers)
        self.assertLessEqual(len(text), 140)
        self.assertEqual(text, ", ".join(numbers[:8]))  # 8 × 14 + 7 × 2 = 126; a ninth would make 142
        self.assertEqual(len(collection_statement_pay_code._as_far_as_fits(["x" * 500])), 140)

    # -- Which account -------------------------------------------------------------------------------------------

    def test_the_account_on_the_invoice_comes_first(self):
        other = self._bank("FR7630006000011234567890189")
        self._in_euros(80).partner_bank_id = other
        self.assertEqual([code["account"] for code in self._codes()], [other.acc_number])
        self._in_euros(20).partner_bank_id = self.bank  # the invoices do not agree: ours comes first
        self.assertEqual([code["account"] for code in self._codes()], [self.bank.acc_number])

    def test_an_account_that_nobody_trusts_or_that_is_not_ours_is_paid_into_by_no_code(self):
        self._in_euros(80).partner_bank_id = False
        self.assertEqual(len(self._codes()), 1)
        self.bank.allow_out_payment = False
        self.assertEqual(self._codes(), [])
        theirs = self._bank("FR7630006000011234567890189", partner_id=self.acme.id)
        self._in_euros(20).sudo().partner_bank_id = theirs
        self.assertEqual(self._codes(), [])

    def test_an_account_kept_in_another_currency_is_not_paid_into(self):
        self._in_euros(80).partner_bank_id = False
        self.bank.currency_id = self.company.currency_id
        self.assertEqual(self._codes(), [])
        self.bank.currency_id = self.euro
        self.assertEqual(len(self._codes()), 1)

    # -- Where it is shown ---------------------------------------------------------------------------------------

    def _printed(self, page):
        return {
            image.get("alt"): " ".join(image.getparent().text_content().split())
            for image in page.xpath(".//td[contains(@class, 'ghc_page_code')]/img")
        }

    def test_a_letter_tells_the_code_that_pays_from_the_one_that_opens_the_page(self):
        """It asks for the 80 euros that are overdue, not for the 20 that are not due yet; the dollars have no code."""
        self._in_euros(80)
        self._in_euros(20, days=-20)
        self._invoice(self.acme, 500, days_ago(10))
        letter = self._letter()
        pays = {"Code for your banking app": "Scan with your banking app to pay 80.00 €"}
        self.assertEqual(self._printed(self._page(letter)), pays, "whoever reads a letter again makes no link")
        opens = {"Code that opens your account page": "Your account online: see it, ask, or tell us a day"}
        leaving = self.env["collection.statement"].with_context(collection_makes_page_link=True)
        [content] = leaving._letters(letter.with_env(leaving.env))
        self.assertTrue(content["page_code"])
        self.assertEqual(len(content["pay_codes"]), 1)
        reports = self.env["ir.actions.report"].sudo().with_context(collection_makes_page_link=True)
        printed, _format = reports._render_qweb_html("grey_hat_collections.report_letter", letter.ids)
        self.assertEqual(self._printed(html.fromstring(printed.decode())), pays | opens)

    def test_an_agreement_asks_for_nothing_today_and_has_no_code(self):
        self._in_euros(80)
        letter = self._letter()
        documents = self.env["collection.statement"].sudo()
        [content] = documents._letters(letter)
        self.assertEqual(len(content["pay_codes"]), 1)
        plans = self.env["collection.plan"].with_user(self.collector)
        plan = plans.create(
            {
                "case_id": letter.case_id.id,
                "amount": 40,
                "date_first": self._day(3),
                "count": 2,
                "rhythm": "monthly",
            }
        )
        agreement = self._letter(kind="plan", step=None, plan_id=plan.id)
        [content] = documents._letters(agreement)
        self.assertEqual(content["pay_codes"], [])
        self.assertTrue(content["plan"])

    def test_a_statement_shows_it_in_the_language_of_the_customer(self):
        self.env["res.lang"].sudo()._activate_lang("de_DE")
        self.env["ir.module.module"].sudo()._load_module_terms(["grey_hat_collections"], ["de_DE"])
        self.acme.lang = "de_DE"
        self._in_euros(1234.5)
        reports = self.env["ir.actions.report"].with_user(self.accountant)
        content, _format = reports._render_qweb_html("grey_hat_collections.report_statement", self.acme.ids)
        [text] = self._printed(html.fromstring(content.decode())).values()
        self.assertEqual(text.replace("\xa0", " "), "Mit der Banking-App scannen und zahlen: 1.234,50 €")

    # -- Nothing stands in the way of a letter -------------------------------------------------------------------

    def test_a_letter_leaves_where_no_code_can_be_made(self):
        self._in_euros(80)
        letter = self._letter()
        with patch.object(
            type(self.bank), "_get_qr_code_generation_params", side_effect=UserError("No"), autospec=True
        ) as made:
            letter._store_pdf()
        self.assertTrue(made.called)
        self.assertTrue(letter.attachment_id)

    def test_an_account_without_iban_has_no_code(self):
        self._in_euros(80).partner_bank_id = self._bank("026-009593")
        self.assertEqual(self._codes(), [])

    def test_a_swiss_code_has_its_cross_and_what_we_cannot_draw_is_left_to_odoo(self):
        plain, swiss = (collection_statement_pay_code._as_picture("SPC", with_cross=cross) for cross in (False, True))
        drawn = [b64decode(picture.partition(",")[2]).decode() for picture in (plain, swiss)]
        self.assertEqual(drawn[1].count("<rect") - drawn[0].count("<rect"), 4)
        self._in_euros(80)
        bank = type(self.bank)
        said = {"barcode_type": "QR", "value": "x", "mask": "another"}
        with (
            patch.object(bank, "_get_qr_code_generation_params", return_value=said, autospec=True),
            patch.object(bank, "_get_qr_code_base64", return_value="data:image/png;base64,", autospec=True),
        ):
            self.assertEqual([code["picture"] for code in self._codes()], ["data:image/png;base64,"])

    def test_twenty_statements_with_codes_need_no_more_queries_than_two(self):
        customers = self.env["res.partner"].union(*(self._customer(f"Customer {number}") for number in range(20)))
        for customer in customers:
            self._invoice(customer, 100, days_ago(5), currency_id=self.euro.id)
        documents = self.env["collection.statement"].sudo()

        def queries(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            pages = documents._statements([(partner, self.company) for partner in partners])
            self.assertEqual([len(page["pay_codes"]) for page in pages], [1] * len(partners))
            return self.env.cr.sql_log_count - before

        queries(customers[:2])
        self.assertEqual(queries(customers), queries(customers[:2]))
