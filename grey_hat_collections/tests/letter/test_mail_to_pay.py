from lxml import html
from odoo.tests import tagged

from ..common import MONDAY, days_ago
from .letter_documents_common import LetterDocumentsCommon
from .test_statement import words

#: The words of the thanks for all that is settled, as they were shipped before.
OLD_SETTLED = (
    '<div style="margin: 0; padding: 0; font-size: 13px;">\n'
    '    <t t-set="sender" t-value="object._sender()"/>\n'
    '        <p style="margin: 0 0 12px 0;"><t t-if="object.contact_id.name and not object.contact_id.is_company">'
    'Hello <t t-out="object.contact_id.name">Jane Doe</t>,</t><t t-else="">Hello,</t></p>\n'
    '        <p style="margin: 0 0 12px 0;">Thank you: your payment has arrived, and nothing is overdue on your account any '
    "more. We are glad that you are our customer.</p>\n"
    '        <p style="margin: 0 0 16px 0;">Kind regards<br/><strong t-out="sender[\'name\']">Cora Lector</strong>'
    "<t t-if=\"sender['phone']\"><br/><t t-out=\"sender['phone']\">+1 555 0100</t></t>"
    "<t t-if=\"sender['email']\"><br/><t t-out=\"sender['email']\">cora@example.com</t></t></p>\n"
    "</div>\n"
)


@tagged("post_install", "-at_install")
class TestMailToPay(LetterDocumentsCommon):
    """An e-mail says what is to be paid and where, so that nobody has to open a file to act. Today is Monday, 2 March 2026."""

    def _begin(self):
        super()._begin()
        self.acme.ref = "C-10442"
        self.company.partner_id.bank_ids.unlink()
        self.env["res.partner.bank"].create(
            {
                "acc_number": "DE89 3704 0044 0532 0130 00",
                "partner_id": self.company.partner_id.id,
                "bank_id": self.env["res.bank"].create({"name": "Bank of Hamburg", "bic": "COBADEFFXXX"}).id,
            }
        )

    def _read(self, letter):
        return html.fromstring(str(self._mail(letter).body_html))

    @staticmethod
    def _rows(mail):
        """The rows of the table of items."""
        [table] = mail.xpath("//table[tr/th]")
        return [[words(cell) for cell in row.findall("td")] for row in table.findall("tr")[1:]]

    def test_what_is_asked_for_is_named_item_by_item_with_the_account_to_pay_to(self):
        old = self._invoice(self.acme, 1000, days_ago(20))
        self._pay(old, 400.05)
        new = self._invoice(self.acme, 70, days_ago(5))
        mail = self._read(self._letter())
        self.assertEqual(self._rows(mail), [[old.name, "02/10/2026", "$ 599.95"], [new.name, "02/25/2026", "$ 70.00"]])
        text = words(mail)
        for part in (
            "Amount $ 669.95",
            "Due since 02/10/2026",
            f"Account holder {self.company.name}",
            "Bank Bank of Hamburg",
            "IBAN DE89 3704 0044 0532 0130 00",
            "BIC COBADEFFXXX",
            f"Reference {old.name}, {new.name}",
            "Customer number C-10442",
        ):
            self.assertIn(part, text)

    def test_the_rows_add_up_to_the_amount_also_after_credits(self):
        self._invoice(self.acme, 100, days_ago(40))
        new = self._invoice(self.acme, 50, days_ago(10))
        self._receive(self.acme, 120)
        mail = self._read(self._letter())
        self.assertEqual(
            self._rows(mail), [[new.name, "02/20/2026", "$ 30.00"]], "What the payment covers is not asked for"
        )
        self.assertIn("Amount $ 30.00", words(mail))

    def test_ten_items_are_named_the_oldest_first(self):
        invoices = [self._invoice(self.acme, 100, days_ago(30 - number)) for number in range(13)]
        *rows, more = self._rows(self._read(self._letter()))
        self.assertEqual([row[0] for row in rows], [invoice.name for invoice in invoices[:10]])
        self.assertEqual(more, ["and 3 more, see the attachment"])

    def test_an_e_mail_needs_no_more_queries_for_more_items(self):
        few, many = self._customer("Few"), self._customer("Many")
        for partner, count in ((few, 2), (many, 30)):
            for number in range(count):
                self._invoice(partner, 100, days_ago(30 - number % 10))
        letters = {partner: self._letter(partner) for partner in (few, many)}

        def queries(partner):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(letters[partner]._to_pay())
            return self.env.cr.sql_log_count - before

        queries(few)
        self.assertEqual(queries(many), queries(few))

    def test_a_final_notice_names_its_day_and_its_items_only(self):
        warned = self._invoice(self.acme, 100, days_ago(32))
        letter = self._letter(kind="final_notice", step="final_notice")
        self._invoice(self.acme, 70, days_ago(5))
        mail = self._read(letter)
        self.assertEqual([row[0] for row in self._rows(mail)], [warned.name])
        self.assertIn("Please pay by 03/09/2026", words(mail))

    def test_each_currency_stands_beside_its_amount(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        self._invoice(self.acme, 80, days_ago(20), currency_id=euro.id)
        self._invoice(self.acme, 100, days_ago(10))
        mail = self._read(self._letter())
        self.assertEqual([row[2] for row in self._rows(mail)], ["80.00 €", "$ 100.00"])
        self.assertIn("Amount 80.00 € + $ 100.00", words(mail))

    def test_nothing_to_pay_says_nothing(self):
        self._invoice(self.acme, 100, days_ago(5))
        letter = self._letter(step=None)
        letter.kind = "settled"
        self.assertEqual(letter._to_pay(), "")
        letter.kind = "statement"
        self._credit_note(self.acme, 100, MONDAY)
        self.assertEqual(letter._to_pay(), "")

    def test_german_readers_read_it_in_german(self):
        self.env["res.lang"].sudo()._activate_lang("de_DE")
        self.env["ir.module.module"].sudo()._load_module_terms(["grey_hat_collections"], ["de_DE"])
        self.acme.lang = "de_DE"
        for number in range(11):
            self._invoice(self.acme, 1000, days_ago(30 - number))
        text = words(self._read(self._letter()))
        for part in ("Betrag $ 11.000,00", "So können Sie zahlen", "Kontoinhaber", "und 1 weitere, siehe Anhang"):
            self.assertIn(part, text)

    # -- Greeting, frame and signature ------------------------------------------------------------------------------

    def test_a_person_is_greeted_by_name_and_nobody_else(self):
        self._invoice(self.acme, 100, days_ago(5))
        letter = self._letter()
        self.assertIn("Hello, An invoice", words(self._read(letter)), "The customer is a company")
        petra = self.env["res.partner"].create(
            {"parent_id": self.acme.id, "type": "accounts_payable", "name": "Petra Bergmann"}
        )
        letter.contact_id = False
        self.assertIn("Hello Petra Bergmann, An invoice", words(self._read(letter)), "who looks after paying")
        letter.contact_id = petra
        self.assertIn("Hello Petra Bergmann, An invoice", words(self._read(letter)))
        self.assertIn("Hello Petra Bergmann ,", words(self._page(letter)))

    def test_it_is_signed_once(self):
        self.collector.phone = "+1 555 0100"
        self.collector.signature = "<p>Signed by Odoo</p>"
        self._invoice(self.acme, 100, days_ago(5))
        text = words(self._read(self._letter()))
        self.assertEqual([text.count(part) for part in ("Kind regards", "Cora Lector", "+1 555 0100")], [1, 1, 1])
        self.assertNotIn("Signed by Odoo", text)

    def test_the_frame_is_as_wide_as_the_screen(self):
        """Nothing in it asks for more than a small telephone has; text and ground are coloured together."""
        self._invoice(self.acme, 100, days_ago(5))
        self.company.primary_color = "#163a5c"
        mail = self._read(self._letter())
        styles = [node.get("style", "") for node in mail.iter() if isinstance(node.tag, str)]
        self.assertFalse([style for style in styles if "min-width" in style])
        self.assertFalse([node for node in mail.iter("table", "td") if (node.get("width") or "100%") != "100%"])
        [frame] = [style for style in styles if "max-width: 600px" in style]
        for part in ("background-color: #ffffff", "color: #202124", "border-top: 4px solid #163a5c"):
            self.assertIn(part, frame)
        self.assertFalse(mail.xpath("//style | //link"), "Styles stand in the elements")

    # -- Upgrades ------------------------------------------------------------------------------------------------------

    def _body(self, template, lang):
        self.env.invalidate_all()
        return str(template.with_context(lang=lang).body_html)

    def _before(self, **bodies):
        """The thanks for all that is settled, as an installation of before has it."""
        template = self.env.ref("grey_hat_collections.mail_template_settled").sudo()
        for lang, body in {"en_US": OLD_SETTLED, **bodies}.items():
            template.with_context(lang=lang).body_html = body
        self.env.flush_all()
        return template

    def test_an_e_mail_that_nobody_has_edited_follows(self):
        shipped = str(self.env.ref("grey_hat_collections.mail_template_settled").with_context(lang="en_US").body_html)
        template = self._before()
        self.assertNotEqual(self._body(template, "en_US"), shipped)
        self._upgrade("19.0.1.5.0", "post-mails", "19.0.1.4.0")
        self.assertEqual(self._body(template, "en_US"), shipped)

    def test_an_e_mail_that_somebody_has_edited_stays(self):
        edited = OLD_SETTLED.replace("We are glad", "We are very glad")
        template = self._before(en_US=edited)
        before = self._body(template, "en_US")
        self._upgrade("19.0.1.5.0", "post-mails", "19.0.1.4.0")
        self.assertEqual(self._body(template, "en_US"), before)

    def test_edited_in_one_language_it_stays_in_all(self):
        self.env["res.lang"].sudo()._activate_lang("de_DE")
        template = self._before(de_DE=OLD_SETTLED.replace("Thank you", "Vielen herzlichen Dank"))
        before = [self._body(template, lang) for lang in ("en_US", "de_DE")]
        self._upgrade("19.0.1.5.0", "post-mails", "19.0.1.4.0")
        self.assertEqual([self._body(template, lang) for lang in ("en_US", "de_DE")], before)
        self.assertIn("Vielen herzlichen Dank", before[1])
