import doctest
import io
from datetime import timedelta

from lxml import html
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from ...report import address_window, page_breaks, text_size
from ...report.page_breaks import Paper, with_breaks
from ..common import MONDAY, days_ago
from .letter_documents_common import LetterDocumentsCommon
from .test_statement import words

#: Heights of A4 and Letter between the margins of Odoo's own papers.
A4, LETTER = Paper.of(213, 210, 90), Paper.of(195.4, 215.9, 90)
BOTH = (("A4", "base.paperformat_euro"), ("Letter", "base.paperformat_us"))


def document(rows, *, details=0, tail=True):
    """A document as the templates make it: so many rows of 1.00, each with so many lines of details, and the bank details."""
    items = "".join(
        f'<tr data-carried="{number}.00"><td>INV/{number:03}{"<div class=ghc_detail>PO</div>" * details}</td>'
        '<td class="ghc_sum">1.00</td></tr>'
        for number in range(1, rows + 1)
    )
    end = '<div class="ghc_block" name="payment"><h4>How to pay</h4></div><div name="closing"><p>Kind regards</p></div>'
    return (
        '<!DOCTYPE html><html><body><div class="article"><div class="page ghc">'
        '<div class="ghc_continued"><strong>Acme</strong><div class="ghc_carried_label">Carried forward</div></div>'
        '<table class="ghc_items"><thead><tr><th>Number</th><th>Remaining</th></tr></thead>'
        f'<tbody>{items}<tr class="ghc_total"><td>Please pay</td><td>{rows}.00</td></tr></tbody></table>'
        f"{end if tail else ''}</div></div></body></html>"
    )


def pages_of(page, paper=A4):
    """What stands on each page: the texts of its elements, one after the other."""
    body = html.document_fromstring(with_breaks(page, paper)).find_class("page")[0]
    pages = [[]]
    for node in body:
        if "ghc_continued_here" in node.get("class", ""):
            pages.append([])
        pages[-1] += [words(row) for row in node.xpath(".//tr")] or [words(node)]
    return pages


@tagged("post_install", "-at_install")
class TestPageBreaks(LetterDocumentsCommon):
    """Where a document is broken: by the number of its rows, never before the bank details alone."""

    def test_the_examples_in_the_code(self):
        for module in (text_size, address_window, page_breaks):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted, module.__name__)
            self.assertFalse(result.failed, module.__name__)

    def test_what_fits_is_not_broken(self):
        for rows in (1, 2, 10):
            self.assertEqual(len(pages_of(document(rows))), 1, rows)

    def test_each_further_page_says_whose_it_is_and_what_was_carried_forward(self):
        first, second = pages_of(document(40))
        [carried] = [row for row in first if row.startswith("Carried forward")]
        self.assertEqual(first[-1], carried)
        self.assertEqual(second[:3], ["Acme", "Number Remaining", carried])
        last = first[-2].split()[0]
        self.assertEqual(carried, f"Carried forward {int(last.removeprefix('INV/'))}.00", "the sum up to the last row")
        self.assertEqual(
            [row.split()[0] for page in (first, second) for row in page if row.startswith("INV")],
            [f"INV/{number:03}" for number in range(1, 41)],
            "Each row once, in its order",
        )

    def test_the_bank_details_are_never_alone(self):
        """However many rows there are: on the page of the bank details are two rows at least, their sum, and the greeting."""
        for rows in range(2, 120):
            pages = pages_of(document(rows))
            last = pages[-1]
            self.assertEqual(last[-3:], [f"Please pay {rows}.00", "How to pay", "Kind regards"], rows)
            self.assertGreaterEqual(len([row for row in last if row.startswith("INV")]), 2, rows)
            for page in pages[:-1]:
                self.assertTrue(page[-1].startswith("Carried forward"), rows)
                self.assertGreaterEqual(len([row for row in page if row.startswith("INV")]), 2, rows)

    def test_rows_with_details_take_more_room_and_smaller_paper_holds_less(self):
        def count(page):
            return len([row for row in page if row.startswith("INV")])

        plain, detailed = (pages_of(document(60, details=lines))[0] for lines in (0, 3))
        self.assertLess(count(detailed), count(plain) / 2)
        self.assertLess(count(pages_of(document(60), LETTER)[0]), count(plain))

    def test_what_is_no_document_of_ours_is_left_as_it_is(self):
        page = "<p>An invoice</p>"
        self.assertIs(with_breaks(page, A4), page)


@tagged("post_install", "-at_install")
class TestLetterPages(LetterDocumentsCommon):
    """Letters as the PDF program prints them. Today is Monday, 2 March 2026."""

    def _begin(self):
        super()._begin()
        self.acme.ref = "C-10442"
        self.env["res.partner.bank"].create(
            {"acc_number": "DE89 3704 0044 0532 0130 00", "partner_id": self.company.partner_id.id}
        )

    def _printed(self, letter):
        """The pages of a letter, as texts."""
        reports = self.env["ir.actions.report"].sudo().with_context(force_report_rendering=True)
        content, _kind = reports._render_qweb_pdf("grey_hat_collections.action_report_letter", letter.ids)
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        return [" ".join(reader.getPage(page).extract_text().split()) for page in range(reader.getNumPages())]

    def _owed(self, count, partner=None, **values):
        for number in range(count):
            self._invoice(partner or self.acme, 100, days_ago(20 + number), **values)

    def test_a_single_invoice_is_one_page(self):
        """Also where the step adds a statement: it would say the same once more."""
        for paper, name in BOTH:
            self.company.paperformat_id = self.env.ref(name)
            for kind, step in (("reminder", "second_reminder"), ("final_notice", "final_notice")):
                with self.subTest(paper=paper, kind=kind):
                    customer = self._customer(f"{paper} {kind}")
                    self._owed(1, customer)
                    [page] = self._printed(self._letter(customer, kind=kind, step=step))
                    for part in ("How to pay", "DE89 3704 0044 0532 0130 00", "Kind regards", "INV/"):
                        self.assertIn(part, page)
                    self.assertNotIn("Statement of account", page)

    def test_pages_end_where_we_say_and_nowhere_else(self):
        """Of 20 and 48 invoices, on both papers: each page was begun by us, with the customer, the letter and the sum."""
        self._owed(20)
        for count in (20, 48):
            self._owed(count - len(self.acme.invoice_ids))
            for paper, name in BOTH:
                self.company.paperformat_id = self.env.ref(name)
                with self.subTest(count=count, paper=paper):
                    letter = self._letter()
                    first, *others = self._printed(letter)
                    self.assertTrue(others)
                    for number, page in enumerate(others, 2):
                        self.assertIn(
                            f"Acme Customer number: C-10442 Our reference: {letter.name} 03/02/2026", page, number
                        )
                        self.assertIn("Carried forward", page, number)
                    self.assertNotIn("Our reference:", first)
                    self.assertIn("How to pay", others[-1])
                    self.assertIn("Kind regards", others[-1])
                    self.assertIn(f"Please pay $ {count * 100:,.2f}", others[-1])
                    self.assertGreaterEqual(others[-1].count("INV/"), 2)
                    self.assertEqual(sum(page.count("INV/") for page in [first, *others]), count)

    def test_no_layout_makes_a_page_longer_than_we_think(self):
        """Each of Odoo's layouts has its own tables; eighteen rows and a single one end where they do in the others."""
        self._owed(1, single := self._customer("Single"))
        self._owed(18)
        for name in ("boxed", "bold", "striped", "folder", "wave", "bubble"):
            self.company.external_report_layout_id = self.env.ref(f"web.external_layout_{name}")
            with self.subTest(layout=name):
                [page] = self._printed(self._letter(single))
                self.assertIn("Kind regards", page)
                _first, second = self._printed(self._letter())
                for part in ("Our reference:", "Carried forward", "How to pay", "Kind regards"):
                    self.assertIn(part, second)

    def test_the_sum_that_is_carried_forward_is_that_of_the_rows_before(self):
        self._owed(48)
        first, second, *_rest = self._printed(self._letter())
        rows = first.count("INV/")
        self.assertIn(f"Carried forward {rows * 100:,.2f}", first)
        self.assertIn(f"Carried forward {rows * 100:,.2f}", second)

    def test_the_statement_of_a_letter_says_whose_it_is(self):
        self._owed(2)
        letter = self._letter(step="second_reminder")
        _first, statement = self._printed(letter)
        self.assertIn(f"Our reference: {letter.name}", statement)
        self.assertIn("Statement of account", statement)

    # -- Where to pay --------------------------------------------------------------------------------------------

    def _payment(self, letter):
        """The labels of the bank details, with what they say."""
        rows = self._page(letter).xpath(".//*[@name='payment']//tr[td[hasclass('ghc_label')]]")
        return {words(row[0]): words(row[1]) for row in rows}

    def test_the_bank_details_are_labelled(self):
        bank = self.company.partner_id.bank_ids[-1]
        (self.company.partner_id.bank_ids - bank).unlink()
        bank.bank_id = self.env["res.bank"].create({"name": "Bank of Hamburg", "bic": "COBADEFFXXX"})
        invoice = self._invoice(self.acme, 100, days_ago(20))
        self.assertEqual(
            self._payment(self._letter()),
            {
                "Amount": "$ 100.00",
                "Due since": "02/10/2026",
                "Reference": invoice.name,
                "Customer number": "C-10442",
                "Account holder": self.company.name,
                "Bank": "Bank of Hamburg",
                "IBAN": "DE89 3704 0044 0532 0130 00",
                "BIC": "COBADEFFXXX",
            },
        )
        bank.write({"acc_number": "026-009593", "bank_id": False})
        notice = self._payment(self._letter(kind="final_notice", step="final_notice"))
        self.assertEqual(notice["Please pay by"], "03/19/2026")
        self.assertEqual(notice["Account"], "026-009593", "No IBAN: nothing that says so")
        self.assertNotIn("BIC", notice)

    def test_a_courtesy_note_says_when_it_falls_due(self):
        day = MONDAY + timedelta(days=5)
        self._invoice(self.acme, 70, days_ago(3))
        self._invoice(self.acme, 50, day)
        said = self._payment(self._letter(kind="courtesy", step=None, reference_date=day))
        self.assertEqual((said["Amount"], said["Due"]), ("$ 50.00", "03/07/2026"))

    # -- The window ----------------------------------------------------------------------------------------------

    def _window(self, letter):
        return [words(line) for line in self._page(letter).xpath(".//address/div")]

    def test_an_address_of_nine_lines_fits_into_the_window(self):
        """Six lines of the zone of DIN 5008: name, reader, street and town are there, whatever else is merged or shortened."""
        germany = self.env.ref("base.de")
        self.company.country_id = germany
        customer = self._customer(
            "Norddeutsche Gesellschaft für Lebensmitteltechnik und Kühlanlagenbau mbH & Co. KG",
            street="Heinrich-von-Kleist-Straße 112-114",
            street2="Hinterhaus, Aufgang C, 3. Obergeschoss",
            zip="20457",
            city="Hamburg",
            country_id=germany.id,
        )
        self.env["res.partner"].create(
            {
                "parent_id": customer.id,
                "type": "accounts_payable",
                "name": "Frau Dr. Petra-Maria Bergmann-Hohenfels, Kreditorenbuchhaltung",
            }
        )
        self._invoice(customer, 100, days_ago(20))
        letter = self._letter(customer)
        lines = self._window(letter)
        self.assertEqual(len(lines), 6)
        self.assertEqual(lines[0], "Norddeutsche Gesellschaft für")
        self.assertTrue(lines[2].startswith("Frau Dr. Petra-Maria Bergmann-Hohenfels"), lines[2])
        self.assertEqual(
            lines[3:],
            ["Heinrich-von-Kleist-Straße 112-114", "Hinterhaus, Aufgang C, 3. Obergeschoss", "20457 Hamburg"],
            "At home, the country is not said",
        )
        [page] = self._printed(letter)
        self.assertIn("Heinrich-von-Kleist-Straße 112-114 Hinterhaus, Aufgang C, 3. Obergeschoss 20457 Hamburg", page)
        self.company.country_id = self.env.ref("base.fr")
        abroad = self._window(letter)
        self.assertEqual(len(abroad), 6)
        self.assertEqual(abroad[-2:], ["20457 Hamburg", "Germany"])
        self.assertIn("Heinrich-von-Kleist-Straße 112-114", abroad)

    def test_no_address_is_higher_or_wider_than_the_window(self):
        long = "Wirtschaftsprüfungsgesellschaft " * 4
        for names in (["Acme"], [long], [long, long], [long, "Jane Doe"]):
            for more in ([], ["Floor 3"], [long, long, long]):
                for town in (["04101 Portland"], ["Leeds", "West Yorkshire", "LS1 4AP"], [long, long]):
                    shown = address_window.as_window(names, long, more, town, "United Kingdom")
                    self.assertLessEqual(len(shown["lines"]), 6)
                    self.assertTrue(all(text_size.width(line) <= address_window.ROOM for line in shown["lines"]))
                    self.assertEqual(shown["lines"][-1], "United Kingdom")
                    self.assertTrue(any(line.startswith("Wirtschafts") for line in shown["lines"][:3]))
