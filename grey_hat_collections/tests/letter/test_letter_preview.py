import io
from datetime import timedelta

from lxml import html
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools.pdf import PdfFileReader

from ..common import MONDAY, CollectionCommon, days_ago


def pages_of(pdf):
    """The text of a PDF, in one line; of the page that stands for it where a test has none made."""
    if not pdf.startswith(b"%PDF"):
        return " ".join(html.fromstring(pdf.decode()).text_content().split())
    pages = PdfFileReader(io.BytesIO(pdf), strict=False).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


class LetterPreviewCommon(CollectionCommon):
    """Acme owes 500.00 since ten days; the customer reads English."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(days=10, email="pay@acme.example")
        self.acme = self.case.partner_id
        self.reminder = self.env.ref("grey_hat_collections.step_standard_reminder")
        self.notice = self.env.ref("grey_hat_collections.step_standard_final_notice")

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _speak(self, code):
        self.env["res.lang"].sudo()._activate_lang(code)
        self.env["ir.module.module"].sudo()._load_module_terms(["grey_hat_collections"], [code])

    def _letters(self, user=None):
        return self.env["collection.letter"].with_user(user or self.manager)

    def _sketch(self, step=None, partner=None, user=None, company=None, real=False, **more):
        company = company or self.company
        letters = self._letters(user).with_company(company).with_context(force_report_rendering=real)
        return letters._sketch(partner or self.acme, company, step, **more)

    def _left_behind(self):
        """How much there is of what a letter makes on its way, and the number of the next letter."""
        self.env.flush_all()
        models = (
            "collection.letter",
            "collection.mail.piece",
            "ir.attachment",
            "mail.mail",
            "mail.message",
            "collection.mark",
        )
        counts = {name: self.env[name].sudo().with_context(active_test=False).search_count([]) for name in models}
        sequence = self.env.ref("grey_hat_collections.sequence_collection_letter").sudo()
        return counts | {"number": sequence.number_next_actual}


@tagged("post_install", "-at_install")
class TestLetterPreview(LetterPreviewCommon):
    """What would leave is seen before it leaves, and nothing of the look is kept."""

    def test_a_queued_letter_shows_the_pdf_and_the_email_that_will_leave(self):
        self._daily_run()
        letter = self.case.letter_ids
        self.assertEqual(letter.state, "queued")
        before = self._left_behind()
        look = letter.with_user(self.collector).with_context(force_report_rendering=True)._looks_like()
        self.assertTrue(look["pdf"].startswith(b"%PDF"))
        self.assertEqual(look["channel"], "email")
        self.assertEqual(look["to"], "pay@acme.example")
        self.assertEqual(look["subject"], f"Reminder from {self.company.name} ({letter.name})")
        text = pages_of(look["pdf"])
        for part in ("A friendly reminder", letter.name, "500.00"):
            self.assertIn(part, text)
        self.assertIn("An invoice is easily overlooked", look["body"])
        self.assertEqual(self._left_behind(), before)
        self.assertFalse(letter.attachment_id)
        self.assertEqual(letter.state, "queued")

    def test_what_is_not_saved_yet_survives_a_look(self):
        """Forms and computations call it: their memory is not emptied."""
        self._daily_run()
        new = self.env["res.partner"].new({"name": "Not saved"})
        self.case.letter_ids._looks_like()
        self.assertEqual(new.name, "Not saved")

    def test_a_letter_by_post_has_no_email_and_its_bar_code(self):
        self.acme.write({"email": False, "street": "1 Main Street", "city": "Springfield", "zip": "12345"})
        self._daily_run()
        letter = self.case.letter_ids
        before = self._left_behind()
        look = letter._looks_like()
        self.assertEqual((look["channel"], look["subject"], look["body"]), ("post", "", ""))
        self.assertIn("Main Street", look["to"])
        self.assertIn("A friendly reminder", pages_of(look["pdf"]))
        self.assertEqual(self._left_behind(), before)

    def test_an_email_without_a_letter_has_no_pdf(self):
        look = self._sketch(kind="settled")
        self.assertIsNone(look["pdf"])
        self.assertIn("thank you", look["body"].lower())

    def test_a_step_on_a_customer_who_does_not_stand_there(self):
        """The final notice of somebody whose first reminder has not left: what it would ask for, and what follows."""
        before = self._left_behind()
        look = self._sketch(self.notice)
        text = pages_of(look["pdf"])
        for part in ("Final notice", "PREVIEW", "500.00", "03/09/2026"):
            self.assertIn(part, text)
        self.assertEqual(look["notice"], "")
        self.assertIn("500.00", look["body"])
        self.assertEqual(self._left_behind(), before)
        self.assertFalse(self.case.letter_ids)
        self.assertFalse(self.case.pending_step_id)

    def test_in_any_language_whatever_the_customer_reads(self):
        self._speak("de_DE")
        self._invoice(self.acme, 70, MONDAY + timedelta(days=9))
        second = self.env.ref("grey_hat_collections.step_standard_second_reminder")
        look = self._sketch(second, lang="de_DE", real=True)
        self.assertTrue(look["pdf"].startswith(b"%PDF"))
        text = pages_of(look["pdf"])
        for part in ("Zahlungserinnerung", "500,00", "570,00", "Kontoauszug", "20.02.2026"):
            self.assertIn(part, text)
        self.assertNotIn("02/20/2026", text)
        self.assertTrue(look["subject"].startswith("Zahlungserinnerung von"), look["subject"])
        self.assertIn("Guten Tag", look["body"])
        self.assertIn("500.00", pages_of(self._sketch(second)["pdf"]))

    def test_of_what_is_not_due_yet_it_is_the_letter_of_that_day(self):
        globex = self._customer("Globex", email="pay@globex.example")
        self._invoice(globex, 80, MONDAY + timedelta(days=9))
        look = self._sketch(self.reminder, globex)
        self.assertIn("03/12/2026", look["notice"])  # due on the 11th, the reminder comes a day later
        text = pages_of(look["pdf"])
        self.assertIn("80.00", text)
        self.assertIn("03/12/2026", text)
        ahead = self._sketch(None, globex, kind="courtesy")
        self.assertEqual(ahead["notice"], "")
        self.assertIn("03/11/2026", pages_of(ahead["pdf"]))

    def test_of_what_is_overdue_a_courtesy_reminder_is_the_one_of_its_time(self):
        look = self._sketch(None, kind="courtesy")
        self.assertIn("Nothing of Acme is still to fall due. The letter is shown as of 02/17/2026", look["notice"])
        text = pages_of(look["pdf"])
        for part in ("A note before your due date", "02/17/2026", "02/20/2026", "500.00"):
            self.assertIn(part, text)

    def test_a_customer_who_owes_nothing_leads_to_another(self):
        with self.assertRaisesRegex(UserError, "Nothing is open for Initech .* Choose another customer"):
            self._sketch(self.reminder, self._customer("Initech"))
        with self.assertRaisesRegex(UserError, "Choose another customer"):
            self._sketch(None, self.acme, kind="promise")
        with self.assertRaisesRegex(UserError, "sends no letter"):
            self._sketch(self.env.ref("grey_hat_collections.step_standard_call"))

    def test_who_may_not_read_the_customer_gets_nothing(self):
        self.env["ir.rule"].create(
            {
                "name": "Not Acme",
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "domain_force": f"[('id', '!=', {self.acme.id})]",
            }
        )
        for user in (self.collector, self.stranger):
            with self.assertRaises(AccessError):
                self._sketch(self.reminder, user=user)

    def test_another_company_is_seen_by_who_works_there(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(AccessError):
            self._letters()._sketch(self.acme, other, self.reminder)
        user = new_test_user(
            self.env, "both", "base.group_user,grey_hat_collections.group_manager", company_id=self.company.id
        )
        user.company_ids = [(4, other.id)]
        with self.assertRaisesRegex(UserError, "Nothing is open"):
            self._sketch(self.reminder, user=user, company=other)

    def test_the_cost_does_not_grow_with_the_items(self):
        self._sketch(self.reminder)

        def queries():
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._sketch(self.reminder)
            return self.env.cr.sql_log_count - start

        few = queries()
        for _invoice in range(5):
            self._invoice(self.acme, 10, days_ago(3))
        self._settle_transaction()
        self.assertLessEqual(queries(), few + 2)
