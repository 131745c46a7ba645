from datetime import timedelta

from lxml import html
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .. import hostile
from ..common import MONDAY, days_ago
from .test_letter_preview import LetterPreviewCommon, pages_of


@tagged("post_install", "-at_install")
class TestWording(LetterPreviewCommon):
    """A manager edits what letters say where it is seen; what is shipped stays, and comes back."""

    def _values(self, step=None, lang="en_US", **more):
        return {
            "company_id": self.company.id,
            "step_id": step.id if step else False,
            "partner_id": self.acme.id,
            "lang": lang,
            **more,
        }

    def _dialog(self, user=None):
        return self.env["collection.letter.preview"].with_user(user or self.manager)

    def _say(self, step, lang="en_US", **texts):
        self._dialog().save_wording(self._values(step, lang), texts)

    def _passages(self, step, lang="en_US"):
        look = self._dialog().look(self._values(step, lang))
        return {one["passage"]: one for one in look["passages"]}

    def _text(self, step, **more):
        return pages_of(self._sketch(step, **more)["pdf"])

    # -- As it is shipped ----------------------------------------------------------------------------------------

    def test_what_is_shipped_is_shown_as_somebody_would_type_it(self):
        passages = self._passages(self.notice)
        self.assertEqual(
            list(passages),
            ["opening", "settle", "follows", "avoid", "whom", "objection", "paid", "closing", "regards"],
        )
        self.assertFalse(any(one["edited"] for one in passages.values()))
        self.assertEqual(
            passages["settle"]["text"],
            "*How to settle it:* please pay by *{pay_by}*. If you cannot pay in full by then, please call us before that date; "
            "we are open to another date or instalments.",
        )
        self.assertEqual(
            passages["follows"]["text"], "*What happens next:* with your payment, the matter is closed. {what_follows}"
        )
        self.assertEqual(passages["whom"]["text"], "*Whom to call:* {contact}")
        self.assertEqual(passages["regards"]["text"], "Kind regards")

    def test_every_shipped_passage_may_be_saved_as_it_stands(self):
        """In each kind of letter and each language we ship: typed and printed, it says what was printed before."""
        for code in ("de_DE", "fr_FR"):
            self._speak(code)
        wordings = self.env["collection.wording"]
        documents = self.env["collection.statement"]
        for kind in ("courtesy", "reminder", "statement", "final_notice", "plan", "resolution"):
            for code in ("en_US", "de_DE", "fr_FR"):
                shipped = documents._shipped(kind, "friendly", code)
                for passage in shipped:
                    with self.subTest(kind=kind, lang=code, passage=passage):
                        own = wordings.new({"kind": kind, "passage": passage, "text": shipped[passage], "lang": code})
                        own._check_text()
                self.assertLessEqual({"opening", "objection", "closing", "regards"}, set(shipped))
        before = self._text(self.notice)
        for passage, one in self._passages(self.notice).items():
            self.env["collection.wording"].sudo().create(
                {
                    "kind": "final_notice",
                    "step_id": self.notice.id,
                    "passage": passage,
                    "lang": "en_US",
                    "text": one["text"],
                }
            )
        self.assertEqual(self._text(self.notice).replace(" ,", ","), before.replace(" ,", ","))

    def test_saving_what_is_shipped_keeps_nothing(self):
        self._say(self.reminder, closing=self._passages(self.reminder)["closing"]["text"] + " ")
        self.assertFalse(self.env["collection.wording"].search([]))

    # -- Edited --------------------------------------------------------------------------------------------------

    def test_a_manager_edits_a_reminder_and_goes_back(self):
        self._say(
            self.reminder,
            opening="Hello {customer}!\n\n*Please* pay {amount}, due since {oldest_due}.\nCall {phone}.",
            closing="Yours, {sender} of {company}, on {date} ({reference}).",
        )
        page = html.fromstring(self._sketch(self.reminder)["pdf"])
        text = " ".join(page.text_content().split())
        for part in ("Hello Acme!", "Please pay $ 500.00, due since 02/20/2026.", "Yours, Cora Lector of"):
            self.assertIn(part, text)
        self.assertIn("on 03/02/2026 (PREVIEW).", text)
        self.assertNotIn("easily overlooked", text)
        self.assertIn("Kind regards", text)
        [bold] = page.xpath("//strong[text()='Please']")
        self.assertEqual(bold.getparent().tag, "p")
        passages = self._passages(self.reminder)
        self.assertTrue(passages["opening"]["edited"])
        self.assertFalse(passages["regards"]["edited"])
        self._dialog().reset_wording(self._values(self.reminder), ["opening"])
        text = self._text(self.reminder)
        self.assertIn("easily overlooked", text)
        self.assertIn("Yours, Cora Lector", text)

    def test_the_letter_that_leaves_says_it(self):
        self._say(self.reminder, opening="Dear friends at {customer}, please pay {amount}.")
        self._daily_run()
        self.assertIn("Dear friends at Acme, please pay $ 500.00.", pages_of(self.case.letter_ids._looks_like()["pdf"]))

    def test_another_step_another_language_and_another_company_say_what_they_said(self):
        self._speak("de_DE")
        self._say(self.reminder, closing="Call me.")
        second = self.env.ref("grey_hat_collections.step_standard_second_reminder")
        self.assertNotIn("Call me.", self._text(second))
        german = self._text(self.reminder, lang="de_DE")
        self.assertNotIn("Call me.", german)
        self.assertIn("Freundliche Grüße", german)
        self._say(self.reminder, "de_DE", closing="Rufen Sie mich an, {customer}.")
        self.assertIn("Rufen Sie mich an, Acme.", self._text(self.reminder, lang="de_DE"))
        self.assertIn("Call me.", self._text(self.reminder))
        other = self.env["res.company"].create({"name": "Elsewhere"})
        wording = self.env["collection.wording"].sudo().search([("lang", "=", "en_US")])
        self.assertFalse(wording.company_id, "the policy is everybody's, and so are its words")
        wording.copy({"company_id": other.id, "text": "Elsewhere: call."})
        self.assertIn("Call me.", self._text(self.reminder))
        wording.copy({"company_id": self.company.id, "text": "Here: call."})
        self.assertIn("Here: call.", self._text(self.reminder))

    def test_a_letter_outside_the_policies_is_worded_for_the_company(self):
        self._invoice(self.acme, 70, MONDAY + timedelta(days=9))
        values = self._values(kind="courtesy")
        self._dialog().save_wording(values, {"opening": "A note for {customer}: {amount} on {oldest_due}."})
        self.assertEqual(self.env["collection.wording"].search([]).company_id, self.company)
        look = self._sketch(None, kind="courtesy")
        self.assertIn("A note for Acme: $ 70.00 on 03/11/2026.", pages_of(look["pdf"]))

    def test_a_step_that_sends_another_letter_one_day_says_none_of_it(self):
        """Words of a reminder are no words of a final notice."""
        policy = self.standard.sudo().copy({"name": "Mine"})
        step = policy.step_ids.filtered(lambda one: one.letter_kind == "reminder")[-1:]
        self._say(step, opening="Only a reminder.")
        self.assertIn("Only a reminder.", self._text(step))
        step.letter_kind = "statement"
        self.assertNotIn("Only a reminder.", self._text(step))

    def test_a_copied_policy_says_what_the_first_one_says(self):
        self._say(self.reminder, closing="Call me.")
        mine = self.standard.sudo().copy({"name": "Mine", "company_id": self.company.id})
        step = mine.step_ids[:1]
        self.assertEqual(step.wording_ids.company_id, self.company)
        self.assertIn("Call me.", self._text(step))
        step.wording_ids.unlink()
        self.assertIn("Call me.", self._text(self.reminder))

    # -- A final notice ------------------------------------------------------------------------------------------

    def test_a_final_notice_keeps_its_day_and_what_is_said_of_the_agency(self):
        with self.assertRaisesRegex(ValidationError, r"must say \{pay_by\}"):
            self._say(self.notice, settle="Please pay soon.")
        with self.assertRaisesRegex(ValidationError, r"must say \{what_follows\}"):
            self._say(self.notice, follows="We will see.")
        self._say(self.notice, settle="Pay by {pay_by}, please.", follows="And then? {what_follows}")
        text = self._text(self.notice)
        self.assertIn("Pay by 03/09/2026, please.", text)
        self.assertIn(
            "And then? After that date we will call you once more to find a solution together. If we cannot, we may hand your "
            "account to an accredited agency",
            text,
        )
        self.assertIn("How to avoid it", text)

    def test_no_agency_is_spoken_of_where_none_follows(self):
        """500.00 are not worth a referral any more: the edited words say what the shipped ones would."""
        self._say(self.notice, follows="And then? {what_follows}", avoid="Avoid the agency.")
        self.standard.sudo().referral_min_amount = 1000
        text = self._text(self.notice)
        self.assertIn("And then? After that date we would like to speak with you about how to proceed.", text)
        self.assertNotIn("agency", text)

    # -- What is refused -----------------------------------------------------------------------------------------

    def test_what_cannot_be_filled_in_is_refused_with_its_name(self):
        for text, told in (
            ("Pay {amuont}.", r"\{amuont\} cannot be filled in.*\{amount\}"),
            ("{__class__}", r"\{__class__\} cannot be filled in"),
            ("{customer.name}", r"\{customer\.name\} cannot be filled in"),
            ("{pay_by}", r"\{pay_by\} cannot be filled in"),
            ("Pay {amount", "a “{” stands alone"),
            ("Pay amount}", "a “}” stands alone"),
            ("  \n\n ", "is empty"),
            ("x" * 2001, "2001 characters"),
            ("x\n" * 31, "31 lines"),
        ):
            with self.subTest(text[:20]), self.assertRaisesRegex(ValidationError, told), self.cr.savepoint():
                self._say(self.reminder, closing=text)
        with self.assertRaisesRegex(ValidationError, "no such passage"), self.cr.savepoint():
            self._say(self.reminder, settle="Pay by then.")
        self.assertFalse(self.env["collection.wording"].search([]))

    def test_hostile_words_are_words(self):
        """Neither what is typed nor what is filled in is HTML, a template, or more words to fill in."""
        self.acme.name = "<script>alert(1)</script> {amount}"
        self._say(
            self.reminder,
            opening='<script>alert(2)</script> <t t-out="1 + 1"/> & $ #{customer}',
            closing="".join(hostile.HTML).replace("{", "").replace("}", "")[:1500],
        )
        page = html.fromstring(self._sketch(self.reminder)["pdf"])
        self.assertFalse([one for one in page.xpath("//script") if "alert" in (one.text or "")])
        text = " ".join(page.text_content().split())
        self.assertIn("<script>alert(2)</script>", text)
        self.assertIn('<t t-out="1 + 1"/> & $ #<script>alert(1)</script> {amount}', text)

    # -- Who -----------------------------------------------------------------------------------------------------

    def test_collectors_see_the_words_and_managers_edit_them(self):
        look = self._dialog(self.collector).look(self._values(self.reminder))
        self.assertFalse(look["problem"])
        self.assertFalse(look["may_edit"])
        self.assertTrue(look["passages"])
        self.assertTrue(self._dialog().look(self._values(self.reminder))["may_edit"])
        for call in (
            lambda: self._dialog(self.collector).save_wording(self._values(self.reminder), {"closing": "Hello."}),
            lambda: self._dialog(self.stranger).look(self._values(self.reminder)),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                call()
        self._say(self.reminder, closing="Call me.")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._dialog(self.collector).reset_wording(self._values(self.reminder), ["closing"])

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_colleagues_customer_is_not_shown(self):
        self.case.sudo().user_id = self.manager
        with self.assertRaises(AccessError):
            self._dialog(self.collector).look(self._values(self.reminder))
        with self.assertRaises(AccessError):
            self._letters(self.collector)._sketch(self.acme, self.company, self.reminder)

    # -- The dialog ----------------------------------------------------------------------------------------------

    def test_the_dialog_begins_with_the_oldest_customer_and_the_first_letter(self):
        older = self._overdue_customer("Globex", days=40).partner_id
        dialog = self._dialog(self.collector).create({})
        self.assertEqual(dialog.partner_id, older)
        self.assertEqual(dialog.step_id, self.reminder)
        with Form(self._dialog(self.collector)) as form:
            self.assertEqual(form.policy_id, self.standard)
            form.policy_id = self.gentle
            self.assertEqual(form.step_id, self.env.ref("grey_hat_collections.step_gentle_reminder"))
            form.policy_id = self.env["collection.policy"]
            self.assertFalse(form.step_id)
            self.assertEqual(form.kind, "courtesy")
        look = dialog.look(self._values(self.notice))
        second = self.env.ref("grey_hat_collections.step_standard_second_reminder")
        self.assertEqual((look["previous"], look["next"]), (second.id, False))
        self.assertEqual(look["template"]["id"], self.env.ref("grey_hat_collections.mail_template_final_notice").id)
        self.assertIn("{pay_by}", look["placeholders"])

    def test_before_there_is_a_case_it_begins_with_the_oldest_item(self):
        self.Case.sudo().search([]).unlink()
        self._invoice(self._customer("Globex"), 10, days_ago(40))
        self.Case.sudo().search([]).unlink()
        self.assertEqual(self._dialog()._default_partner().name, "Globex")

    def test_without_anything_open_the_dialog_says_what_to_do(self):
        look = self._dialog().look(self._values(self.reminder, partner_id=self._customer("Initech").id))
        self.assertIn("Choose another customer", look["problem"])
        look = self._dialog().look(self._values(self.reminder, partner_id=False))
        self.assertIn("Choose a customer", look["problem"])
        with self.assertRaises(UserError):
            self._dialog().look(self._values(kind="no such kind"))

    def test_the_email_goes_back_to_what_is_shipped(self):
        template = self.reminder.mail_template_id
        shipped = template.body_html
        template.sudo().body_html = "<p>Pay!</p>"
        self.assertIn("Pay!", self._dialog().look(self._values(self.reminder))["body"])
        self.manager.group_ids += self.env.ref("mail.group_mail_template_editor")
        self._dialog().reset_email(self._values(self.reminder))
        self.assertEqual(template.body_html, shipped)

    # -- What lasts ----------------------------------------------------------------------------------------------

    def test_what_is_shipped_is_nobodys_record(self):
        """So an upgrade improves it, and never touches what was edited; tests/e2e/test_install.py upgrades."""
        self._say(self.reminder, closing="Call me.")
        wording = self.env["collection.wording"].search([])
        self.assertEqual(len(wording), 1)
        self.assertFalse(self.env["ir.model.data"].sudo().search([("model", "=", "collection.wording")]))

    def test_the_words_of_many_letters_are_read_at_once(self):
        letters = self.env["collection.letter"].sudo()
        cases = self._overdue_customers(6)
        self._daily_run()
        letters = (cases | self.case).letter_ids.sudo()
        self.assertEqual(len(letters), 7)
        wordings = self.env["collection.wording"]
        self._say(self.reminder, closing="Call me.")
        self.env.invalidate_all()
        letters.mapped("lang"), letters.mapped("step_id.policy_id"), letters.mapped("company_id.name")
        wordings.flush_model()
        with self.assertQueryCount(2):
            held = wordings._read_for(letters)
        self.assertEqual({one["closing"].text for one in held.values()}, {"Call me."})
