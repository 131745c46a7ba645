import io
from datetime import timedelta
from unittest.mock import patch

from lxml import html
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from ...report import ir_actions_report
from ..common import MONDAY, CollectionCommon, days_ago

AGING = ("Not due", "1–30 days overdue", "31–60 days overdue", "61–90 days overdue", "Over 90 days overdue")


def words(node):
    """The text of a node as a reader sees it."""
    return " ".join(" ".join(node.itertext()).split())


class Page:
    """A statement, read from its HTML as the customer reads it."""

    def __init__(self, article):
        self.article = article
        self.text = words(article)
        facts = article.xpath(".//table[contains(@class, 'ghc_facts')]//td")
        self.facts = {words(td.find("strong")): [words(div) for div in td.findall("div")] for td in facts}
        self.address = words(article.xpath(".//address")[0])
        self.sections = {}
        tables = article.xpath(".//table[contains(@class, 'ghc_items')]")
        for table, aging in zip(tables, article.xpath(".//table[contains(@class, 'ghc_aging')]"), strict=True):
            *rows, total = [[words(td) for td in tr.findall("td")] for tr in table.xpath("./tbody/tr")]
            head, amounts = ([words(cell) for cell in row] for row in aging.xpath(".//tr"))
            boxes = dict(zip(head, amounts, strict=True))
            self.sections[total[2]] = {"rows": rows, "total": total[1], "boxes": boxes}


@tagged("post_install", "-at_install")
class TestStatement(CollectionCommon):
    """What a customer reads on a statement of account. Today is Monday, 2 March 2026."""

    def _begin(self):
        super()._begin()
        self._freeze(MONDAY)
        self.acme = self._customer(ref="C-10442")

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _pages(self, records, user=None, report="report_statement", companies=None):
        companies = companies or self.company
        reports = self.env["ir.actions.report"].with_user(user or self.accountant)
        reports = reports.with_context(allowed_company_ids=companies.ids)
        content, _format = reports._render_qweb_html(f"grey_hat_collections.{report}", records.ids)
        root = html.fromstring(content.decode())
        return [Page(article) for article in root.xpath("//div[contains(concat(' ', @class, ' '), ' article ')]")]

    def _statement(self, partner):
        [page] = self._pages(partner)
        return page

    # -- Figures -------------------------------------------------------------------------------------------------

    def test_the_total_is_the_ledgers_to_the_cent(self):
        partly_paid = self._invoice(self.acme, 1000.10, days_ago(45))
        self._pay(partly_paid, 400.05)
        self._invoice(self.acme, 200, MONDAY + timedelta(days=10))
        self._credit_note(self.acme, 75.25, days_ago(5))
        self._receive(self.acme, 50)
        self._opening_balance(self.acme, 300, days_ago(200))
        page = self._statement(self.acme)
        owed = sum(item.residual for item in self.ledger._open_items(self.acme, self.company))
        self.assertAlmostEqual(owed, 974.80)
        self.assertEqual(page.sections["USD"]["total"], "974.80")
        self.assertEqual(page.facts["Total"], ["$ 974.80"])
        self.assertEqual(
            page.sections["USD"]["boxes"],
            dict(zip(AGING, ["200.00", "0.00", "600.05", "0.00", "300.00"], strict=True))
            | {"Credits": "-125.25", "Total": "974.80"},
        )

    def test_original_and_remaining_are_not_mixed_up(self):
        invoice = self._invoice(self.acme, 1000, days_ago(45), ref="PO 7781")
        self._pay(invoice, 400)
        [row] = self._statement(self.acme).sections["USD"]["rows"]
        self.assertEqual(row, [f"{invoice.name} PO 7781", "01/16/2026", "01/16/2026", "1,000.00", "600.00", "45", ""])

    def test_credits_are_listed_negative_and_named(self):
        refund = self._credit_note(self.acme, 75, days_ago(5))
        payment = self._receive(self.acme, 50)
        rows = self._statement(self.acme).sections["USD"]["rows"]
        self.assertEqual(
            [(row[0].split("/")[0], *row[3:]) for row in rows],
            [
                (refund.name.split("/")[0], "-75.00", "-75.00", "", "Credit note"),
                (payment.move_id.name.split("/")[0], "-50.00", "-50.00", "", "Payment, not applied yet"),
            ],
        )
        self.assertEqual(self._statement(self.acme).sections["USD"]["total"], "-125.00")

    def test_opening_balance_is_shown_and_marked_as_not_followed(self):
        self._opening_balance(self.acme, 300, days_ago(200))
        page = self._statement(self.acme)
        [row] = page.sections["USD"]["rows"]
        self.assertEqual(row[3:], ["300.00", "300.00", "200", "No follow-up"])
        self.assertIn("we do not remind you of them", page.text)

    def test_payment_under_way_is_marked_and_still_part_of_the_total(self):
        with self._payments_without_entry():
            invoice = self._invoice(self.acme, 500, days_ago(10))
            self._pay(invoice, 200)
            page = self._statement(self.acme)
        [row] = page.sections["USD"]["rows"]
        self.assertEqual(row[3:], ["500.00", "500.00", "10", "Payment under way 200.00"])
        self.assertEqual(page.sections["USD"]["total"], "500.00")

    def test_each_currency_has_a_section_of_its_own(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        self._invoice(self.acme, 100, days_ago(5))
        self._invoice(self.acme, 80, days_ago(40), currency_id=euro.id)
        page = self._statement(self.acme)
        self.assertEqual(
            {name: section["total"] for name, section in page.sections.items()}, {"EUR": "80.00", "USD": "100.00"}
        )
        self.assertEqual(page.facts["Total"], ["80.00 €", "$ 100.00"])
        self.assertEqual(page.sections["EUR"]["boxes"]["31–60 days overdue"], "80.00")

    def test_items_of_branches_are_included_and_named(self):
        branch = self.env["res.partner"].create({"parent_id": self.acme.id, "type": "other", "name": "Branch North"})
        self._invoice(branch, 80, days_ago(3))
        [row] = self._statement(self.acme).sections["USD"]["rows"]
        self.assertIn("Branch North", row[0])
        self.assertEqual(len(self._pages(self.acme | branch)), 1, "Customer and branch are one account")

    def test_instalments_are_rows_of_their_own(self):
        self._invoice_in_instalments(self.acme, 1000, days_ago(30), ((50, 10), (50, 40)))
        rows = self._statement(self.acme).sections["USD"]["rows"]
        self.assertEqual(
            [row[2:6] for row in rows],
            [
                ["02/10/2026", "500.00", "500.00", "20"],
                ["03/12/2026", "500.00", "500.00", ""],
            ],
        )

    def test_nothing_open_is_said_kindly(self):
        page = self._statement(self.acme)
        self.assertIn("Nothing is open on your account", page.text)
        self.assertEqual(page.facts["Total"], ["$ 0.00"])
        self.assertFalse(page.sections)

    # -- Companies -----------------------------------------------------------------------------------------------

    def test_companies_are_never_summed(self):
        second = self.setup_other_company(name="Second Company")
        self.accountant.company_ids |= second["company"]
        self._invoice(self.acme, 100, days_ago(5))
        self._invoice(self.acme, 70, days_ago(5), company_id=second["company"].id)
        pages = self._pages(self.acme, companies=self.company | second["company"])
        self.assertEqual([page.sections["USD"]["total"] for page in pages], ["100.00", "70.00"])
        self.assertEqual(
            self._statement(self.acme).sections["USD"]["total"], "100.00", "One active company, one statement"
        )

    def test_invoices_print_the_statement_of_their_customer_and_company_once(self):
        globex = self._customer("Globex")
        moves = self._invoice(self.acme, 100, days_ago(5)) | self._invoice(self.acme, 30, days_ago(6))
        moves |= self._invoice(globex, 7, days_ago(5))
        pages = self._pages(moves, report="report_statement_move")
        self.assertEqual([page.sections["USD"]["total"] for page in pages], ["130.00", "7.00"])
        report = self.env.ref("grey_hat_collections.action_report_statement_move")
        self.assertEqual(report.binding_model_id.model, "account.move")

    def test_cases_print_the_statement_of_their_company(self):
        self._invoice(self.acme, 100, days_ago(5))
        self._daily_run()
        [page] = self._pages(self._case(self.acme), user=self.collector, report="report_statement_case")
        self.assertEqual(page.sections["USD"]["total"], "100.00")

    # -- Who writes to whom --------------------------------------------------------------------------------------

    def test_it_is_addressed_to_accounts_payable(self):
        self.env["res.partner"].create(
            {
                "parent_id": self.acme.id,
                "type": "accounts_payable",
                "name": "Jane Doe",
                "street": "Floor 3",
                "city": "Lyon",
            }
        )
        self.assertEqual(self._statement(self.acme).address, "Acme Jane Doe Floor 3 Lyon")

    def test_an_accounts_payable_contact_without_address_uses_the_customers(self):
        self.env["res.partner"].create({"parent_id": self.acme.id, "type": "accounts_payable", "name": "Jane Doe"})
        self.assertIn("Jane Doe 1 Main Street", self._statement(self.acme).address)

    def test_it_says_where_to_pay_and_whom_to_call(self):
        self.company.partner_id.bank_ids.unlink()
        self.env["res.partner.bank"].create({"acc_number": "026-009593", "partner_id": self.company.partner_id.id})
        self.collector.phone = "+1 555 0100"
        invoice = self._invoice(self.acme, 100, days_ago(5), payment_reference="RF18 5390")
        self._daily_run()
        page = self._statement(self.acme)
        for text in ("026-009593", "RF18 5390", "C-10442", "Cora Lector", "+1 555 0100", "cora@us.example"):
            self.assertIn(text, page.text)
        self.assertIn(invoice.name, page.text)

    # -- Who may print -------------------------------------------------------------------------------------------

    def test_collectors_and_accountants_print_and_others_do_not(self):
        self._invoice(self.acme, 100, days_ago(5))
        self._daily_run()
        for user in (self.collector, self.accountant):
            [page] = self._pages(self.acme, user=user)
            self.assertEqual(page.sections["USD"]["total"], "100.00")
        for partner in (self.acme, self._customer("Owes Nothing")):
            with self.assertRaises(AccessError):
                self._pages(partner, user=self.stranger)

    # -- What others typed ---------------------------------------------------------------------------------------

    def test_what_others_typed_is_text_and_nothing_else(self):
        hostile = "<script>alert(1)</script> {{ object }} %(x)s \u202e" + "W" * 200
        mallory = self._customer(hostile, email="m@x.example", street="<img src=x onerror=alert(2)>", ref="<b>1</b>")
        self._invoice(mallory, 100, days_ago(5), ref=hostile, payment_reference=hostile)
        page = self._statement(mallory)
        self.assertFalse(page.article.xpath(".//script | .//img[@src='x'] | .//b"))
        self.assertIn("<script>alert(1)</script> {{ object }} %(x)s", page.address)
        self.assertIn("<script>alert(1)</script>", page.sections["USD"]["rows"][0][0])

    # -- Speed ---------------------------------------------------------------------------------------------------

    def test_twenty_statements_need_no_more_queries_than_two(self):
        customers = self.env["res.partner"].union(*(self._customer(f"Customer {number}") for number in range(22)))
        for customer in customers:
            self._invoice(customer, 100, days_ago(5))
            self.env["res.partner"].create({"parent_id": customer.id, "type": "accounts_payable", "name": "Jane"})
        self._daily_run()

        def queries(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            pages = self._pages(partners)
            self.assertEqual(len(pages), len(partners))
            return self.env.cr.sql_log_count - before

        for partners in (customers, customers[:2]):  # what is cached for good is cached now
            queries(partners)
        two = queries(customers[:2])
        self.assertEqual(queries(customers[2:]), two)
        self.env.invalidate_all()
        with self.assertQueryCount(two):
            self._pages(customers)

    def test_statements_of_many_customers_are_printed_some_at_a_time(self):
        """Five customers, one of them asked for by two invoices, two at a time: five pages, each customer once."""
        due = days_ago(10)
        partners = self.env["res.partner"].union(*(self._customer(f"Customer {number}") for number in range(5)))
        invoices = self.env["account.move"].union(*(self._invoice(partner, 100, due) for partner in partners))
        invoices |= self._invoice(partners[0], 50, due)
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        for name, records in (("report_statement", partners), ("report_statement_move", invoices)):
            with self.subTest(name), patch.object(ir_actions_report, "PRINTED_AT_ONCE", 2):
                content, kind = reports._render_qweb_pdf(f"grey_hat_collections.{name}", records.ids)
                self.assertEqual((kind, PdfFileReader(io.BytesIO(content), strict=False).getNumPages()), ("pdf", 5))
