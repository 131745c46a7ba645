from datetime import timedelta

from lxml import html
from odoo.fields import Domain
from odoo.tests import tagged

from ..common import MONDAY, days_ago
from .letter_documents_common import LetterDocumentsCommon
from .test_statement import words

#: What some other language writes as English does.
KEPT = {"BIC", "Bank", "Date", "IBAN", "Total", "<strong>Date</strong>", "<strong>Total</strong>"}


@tagged("post_install", "-at_install")
class TestLetterLanguages(LetterDocumentsCommon):
    """Each customer reads a letter in the own language, and no word of it is left in English."""

    def _speak(self, code):
        """Activate a language with the translations of the add-on."""
        self.env["res.lang"].sudo()._activate_lang(code)
        self.env["ir.module.module"].sudo()._load_module_terms(["grey_hat_collections"], [code])

    def test_german_customers_read_german(self):
        self._speak("de_DE")
        self.acme.lang = "de_DE"
        self._invoice(self.acme, 1234.5, days_ago(5))
        self._invoice(self.acme, 70, MONDAY + timedelta(days=9))
        letter = self._letter(step="second_reminder")
        page = words(self._page(letter))
        for part in ("Zahlungserinnerung", "Fällig", "Kontoauszug", "1.234,50", "25.02.2026", "Freundliche Grüße"):
            self.assertIn(part, page)
        mail = self._mail(letter)
        self.assertTrue(mail.subject.startswith("Zahlungserinnerung von"), mail.subject)
        self.assertIn("Guten Tag", mail.body_html)
        self.assertIn("1.234,50", mail.body_html)
        reports = self.env["ir.actions.report"].sudo()
        content, _format = reports._render_qweb_html("grey_hat_collections.report_statement", self.acme.ids)
        self.assertIn("Kontoauszug", content.decode())

    def test_french_customers_read_french_beside_english_ones(self):
        self._speak("fr_FR")
        self.acme.lang = "fr_FR"
        globex = self._customer("Globex")
        self._invoice(self.acme, 100, days_ago(5))
        self._invoice(globex, 100, days_ago(5))
        french, english = self._pages(self._letter(self.acme) | self._letter(globex))
        self.assertIn("Rappel", words(french))
        self.assertIn("Cordialement", words(french))
        self.assertIn("Kind regards", words(english))

    def test_every_word_of_the_documents_is_translated(self):
        """A term that was changed in English and forgotten in a translation is found here."""
        documents = self.env["ir.ui.view"].search(
            Domain.OR(
                Domain("key", "=like", f"grey_hat_collections.{part}%")
                for part in ("letter_", "statement_", "document_", "mail_")
            )
            & Domain("type", "=", "qweb")
        )
        self.assertGreater(len(documents), 8)
        templates = self.env["mail.template"].search([("model", "=", "collection.letter")])
        for code in ("de_DE", "fr_FR"):
            self._speak(code)
            for record, name in [
                *((view, "arch_db") for view in documents),
                *((mail, "body_html") for mail in templates),
            ]:
                field = record._fields[name]
                english = field.get_trans_terms(record.with_context(lang="en_US")[name])
                foreign = field.get_trans_terms(record.with_context(lang=code)[name])
                same = {
                    term for term in english if term in foreign and term not in KEPT and any(map(str.isalpha, term))
                }
                self.assertFalse(same, f"{code}: {record.display_name}")

    def test_copies_are_sent_in_the_language_of_the_reader(self):
        invoice = self._invoice(self.acme, 100, days_ago(5))
        values = {"contact": self.acme, "reader": "Acme", "numbers": [invoice.name], "user": self.collector}
        body = self.env["ir.qweb"]._render("grey_hat_collections.mail_invoice_copies", values)
        for part in ("copies of the invoices", invoice.name, "Cora Lector"):
            self.assertIn(part, words(html.fromstring(str(body))))
