import re
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_actions_report
from odoo.addons.base.models.assetsbundle import AssetsBundle
from odoo.addons.grey_hat_collections.report.document_styles import BROKEN
from odoo.addons.grey_hat_collections.report.style_sheet import StyleSheet

from .common import MONDAY, CollectionCommon

OUTGOING = "odoo.addons.grey_hat_collections.models.base.outgoing"
FILES = {"/web/static/a.woff": "data:a", "/web/static/a.ttf": "data:large", "/web/static/dot.png": "data:dot"}


@tagged("post_install", "-at_install")
class TestStyleSheet(BaseCase):
    """Which rules of a style sheet a page uses. Rules that may apply stay: what is taken for unused must be."""

    def _used(self, css, page):
        return StyleSheet(css, FILES.get).used_by(page)

    def test_which_rules_a_page_uses(self):
        page = '<body class="O_Page wide"><p class="note">Hello</p></body>'
        used = (
            "p{color: red;}",
            ".note{color: red;}",
            ".NOTE, .other{color: red;}",
            ".o_page .note > b{color: red;}",
            ".note:not(.other){color: red;}",
            "p:not(.a:not(.b)){color: red;}",
            'a[href$=".pdf"]{color: red;}',
            r".mt-1\.5{color: red;}",
            '[class*="col-"]{color: red;}',
            '.note::before{content: "}{;"; color: red;}',
            "@keyframes blink{0%{color: red;} 100%{color: blue;}}",
            '@charset "UTF-8";',
        )
        for rule in used:
            self.assertEqual(self._used(f".x{{}}{rule}.y{{}}", page), rule)
        for rule in (".other{}", ".note.other{}", ".wide .other p{}", "p.other:not(.note){}", "/* .note{} */"):
            self.assertEqual(self._used(rule, page), "", rule)

    def test_of_a_group_the_rules_that_are_used(self):
        css = (
            "@media print{.note{color: red;}.other{color: blue;}@media (min-width: 9px){.other{}}}@media all{.other{}}"
        )
        self.assertEqual(self._used(css, '<p class="note">'), "@media print{.note{color: red;}}")

    def test_fonts_that_are_named_come_along(self):
        face = '@font-face{font-family: "Lato"; src: url("/web/static/a.eot"); src: %s; font-weight: %s;}'
        both = face % ('url("/web/static/a.ttf") format("truetype"), url("/web/static/a.woff?v=1")', "400")
        files = {**FILES, "/web/static/a.woff?v=1": "data:a"}
        page = "<style>p { font-family: Lato }</style>"
        self.assertEqual(
            StyleSheet(both, files.get).used_by(page),
            '@font-face{font-family: "Lato"; src: url("data:a"); font-weight: 400;}',
        )
        self.assertEqual(StyleSheet(both, files.get).used_by("<p>Lato</p>"), "", "Nothing is set in it")
        thin = face % ('url("/web/static/a.woff")', "100")
        self.assertEqual(self._used(thin, page), "", "No word is so thin")
        self.assertIn("data:a", self._used(thin, page + '<b style="font-weight: 100">'))
        far = face % ('url("https://fonts.example/a.woff")', "400")
        self.assertEqual(self._used(far, page), "", "Words would wait for it and stay white")

    def test_pictures_come_along(self):
        css = "p{background: url('/web/static/dot.png');}b{background: url(/web/image/7)}"
        self.assertEqual(self._used(css, ""), "p{background: url(data:dot);}b{background: url(/web/image/7)}")

    def test_a_style_sheet_cannot_end_the_element_it_stands_in(self):
        self.assertNotIn("</style>", self._used('p{content: "</style><script>";}', ""))


@tagged("post_install", "-at_install")
class TestDocumentStyles(CollectionCommon):
    """Documents carry their styles, and a document without them is not sent."""

    def setUp(self):
        super().setUp()
        self.pages = []
        self.startPatcher(patch.object(ir_actions_report, "_run_wkhtmltopdf", self._print))
        letters = self.env.registry["collection.letter"]
        store = letters._store_pdf
        self.startPatcher(patch.object(letters, "_store_pdf", lambda letter: store(self._printing(letter))))
        self.env.registry.clear_cache("assets")
        self.addCleanup(self.env.registry.clear_cache, "assets")

    def _print(self, words):
        """In place of the PDF program: keep the pages."""
        *_options, target = words
        self.pages += [Path(word).read_text(encoding="utf-8") for word in words if word.endswith(".html")]
        Path(target).write_bytes(b"%PDF-1.7 %%EOF")
        return SimpleNamespace(returncode=0, stderr="")

    def _printing(self, records):
        return records.with_context(force_report_rendering=True)

    def _sheets(self, content):
        """Style sheets of which each has this content."""
        return patch.object(AssetsBundle, "css", lambda _bundle: SimpleNamespace(raw=content))

    def _assert_complete(self, pages):
        self.assertEqual(len(pages), 3, "Header, footer and page")
        for page in pages:
            styles = "".join(re.findall(r"<style[^>]*>(.*?)</style>", page, re.S))
            for wanted in ("@font-face", 'src: url("data:', ".o_company_logo_small"):
                self.assertTrue(wanted in styles or wanted not in page, wanted)
            for unwanted in (r"<link\b[^>]*stylesheet", r"url\([\"']?/", r"\.btn-primary"):
                self.assertFalse(re.findall(unwanted, page), "Neither fetched nor used")

    def test_what_we_print_carries_its_styles(self):
        case, letter = self._reminded_customer()
        customer = case.partner_id
        reports = self._printing(self.env["ir.actions.report"].sudo())
        for report, records in (
            ("report_letter", letter),
            ("report_statement", customer),
            ("report_statement_case", case),
            ("report_statement_move", customer.invoice_ids),
        ):
            with self.subTest(report=report):
                self.pages.clear()
                reports._render_qweb_pdf(f"grey_hat_collections.{report}", records.ids)
                self._assert_complete(self.pages)
        with self.subTest(report="copy of an invoice"):
            self.pages.clear()
            self._printing(customer.invoice_ids.sudo())._collection_copy()
            self._assert_complete(self.pages)

    def test_what_others_print_is_left_as_it_is(self):
        case = self._overdue_customer()
        invoices = case.partner_id.invoice_ids
        self._printing(self.env["ir.actions.report"])._render_qweb_pdf("account.account_invoices", invoices.ids)
        self.assertIn('<link type="text/css" rel="stylesheet" href="/web/assets/', self.pages[0])

    def test_a_letter_without_styles_is_not_sent(self):
        case, letter = self._reminded_customer()
        for content in (b"", b" \n", f"p{{}} /* {BROKEN} */".encode()):
            with self.subTest(content=content), self._sheets(content), mute_logger(OUTGOING):
                self._send(MONDAY)
            self.assertEqual((self._sent_to(), letter.state), ([], "failed"))
            self.assertIn(
                "its styles (web.report_assets_pdf) are missing or broken. Ask an admin", letter.failure_reason
            )
            self.assertFalse(letter.attachment_id)
            self.assertEqual(self.pages, [], "The program was not even asked")
            [asked] = case.activity_ids
            self.assertIn(letter.name, f"{asked.summary} {asked.note}")
            with self._on(MONDAY, "12:00"):
                letter.with_user(self.collector).action_retry()
            self.env.invalidate_all()
        self._send(MONDAY)
        self.assertEqual((len(self._mails), letter.state), (1, "sent"), "Once they are there, it leaves")
        self._assert_complete(self.pages)

    def test_a_link_that_leads_elsewhere_is_no_style(self):
        reports = self.env["ir.actions.report"]
        for link in ('<link rel="stylesheet" href="https://fonts.example/a.css">', "<LINK href=/x.css rel=stylesheet>"):
            with self.assertRaisesRegex(UserError, "styles"):
                reports._with_styles(link)
        icon = '<link rel="icon" href="/favicon.ico">'
        self.assertEqual(reports._with_styles(icon), icon)

    def test_who_prints_a_statement_is_told(self):
        case = self._overdue_customer()
        reports = self._printing(self.env["ir.actions.report"])
        with self._sheets(b""), self.assertRaisesRegex(UserError, "Regenerate Assets"):
            reports._render_qweb_pdf("grey_hat_collections.report_statement", case.partner_id.ids)
        self.assertEqual(self.pages, [])
