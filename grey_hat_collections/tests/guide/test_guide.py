from datetime import date
from unittest.mock import patch

from lxml import html
from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ...engine.guide import MOST, PLACEHOLDER, wrong_part
from ...models.guide.guide import PLACEHOLDERS
from ..common import MONDAY, CollectionCommon

#: Words that no customer of ours is called, and threats that are not ours to make.
NEVER = (
    "debtor",
    "delinquent",
    "bad payer",
    "court",
    "lawyer",
    "schuldner",
    "mahnbescheid",
    "gericht",
    "débiteur",
    "tribunal",
)


@tagged("post_install", "-at_install")
class TestGuide(CollectionCommon):
    """What the collector reads before and during a call. Acme owes 500.00 for ten days; Pat Payne looks after paying."""

    def _begin(self):
        super()._begin()
        self._freeze(MONDAY)
        self.Line = self.env["collection.guide.line"].sudo()  # the manager of the house, who sees every company
        self.case = self._overdue_customer()
        self.pat = self._customer(
            "Pat Payne", parent_id=self.case.partner_id.id, type="accounts_payable", is_company=False
        )
        self.invoice = self.case.partner_id.invoice_ids
        self.case.sudo().is_first_case = False
        self._at("call")

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _at(self, stage):
        self.case.sudo().stage_id = self.env.ref(f"grey_hat_collections.stage_{stage}")

    def _knows(self, **values):
        self.case.sudo().write(values)

    def _guide(self, case=None, user=None, **context):
        """The guide as the collector reads it: {section: texts}, in the order of the page."""
        self.env.flush_all()
        self.env.invalidate_all()
        seen = (self.case if case is None else case).with_user(user or self.collector).with_context(**context)
        page = html.fromstring(f"<div>{seen.call_guide or ''}</div>")
        guide = {}
        for node in page.iter("p", "summary"):
            (texts,) = node.xpath("following-sibling::ul[1]")
            guide[node.text_content()] = [item.text_content() for item in texts]
        return guide

    def _questions(self, **options):
        return self._guide(**options).get("Questions", [])

    def _promises(self, state, amount=300, day="2026-02-27"):
        """What the guide is told about a promise."""
        promise = (amount, self.case.currency_id, date.fromisoformat(day), state)
        self.enterContext(patch.object(self.env.registry["collection.case"], "_guide_promise", lambda case: promise))

    def _feels(self, mood):
        self.enterContext(patch.object(self.env.registry["collection.case"], "_guide_mood", lambda case: mood))

    def _line(self, text, section="question", **values):
        return self.Line.create({"section": section, "text": text, **values})

    # -- Stories -------------------------------------------------------------------------------------------------

    def test_a_first_call(self):
        number = self.invoice.name
        self.assertEqual(
            self._guide(),
            {
                "Opening": [
                    f"Hello Pat Payne, this is Cora Lector from {self.company.name}. Do you have two minutes for me?"
                ],
                "Questions": [
                    "What day did you send the payment?",
                    "Is anything missing from us? If not: which day may we expect the $\xa0500.00?",
                    "May I repeat what we have agreed, the day and the amount, and confirm it to you by e-mail?",
                ],
                "Key facts": [
                    f"The oldest item is {number}, due on February 20, 2026. Keep its copy ready to send while you talk."
                ],
                "If the customer is angry": [
                    "Listen to the end and note it in their words. Do not argue, even when you are right.",
                    "“Thank you for telling me so plainly. I'll note that, so that the right person looks into it.”",
                    "Commit only to what is yours to give: no credit, discount or extension that someone else decides on.",
                    "“May I call you back when I know more? Which day and hour suit you?” Then call at that hour.",
                ],
            },
        )

    def test_nobody_says_hello_to_a_company(self):
        self.pat.active = False
        opening = f"Hello, this is Cora Lector from {self.company.name}. Who at Acme looks after invoices, please?"
        self.assertEqual(self._guide()["Opening"], [opening])

    def test_each_stage_asks_its_own_question_first(self):
        for stage, question in (
            ("reminder", f"Did invoice {self.invoice.name} reach the right person, and is everything on it correct?"),
            ("call", "What day did you send the payment?"),
            ("final_notice", "What do you need from us so that you can pay the $\xa0500.00 by the date in our letter?"),
            ("last_call", "What would make it possible for you: the $\xa0500.00 at once, or in instalments?"),
        ):
            with self.subTest(stage):
                self._at(stage)
                self.assertEqual(self._questions()[0], question)
                self.assertEqual(len(self._questions()), 3)

    def test_a_promise_that_was_missed(self):
        """300.00 for last Friday: the opening says so, the questions believe the best first, then ask for a new day."""
        self._promises("broken")
        guide = self._guide()
        said = "We were expecting $\xa0300.00 on February 27, 2026 – did something come up?"
        self.assertEqual(guide["Opening"], [f"Hello Pat Payne, Cora Lector from {self.company.name}. {said}"])
        self.assertEqual(
            guide["Questions"],
            [
                "What day did the $\xa0300.00 leave your account?",
                "Which new day suits you, and which amount shall I note for it?",
                "What day did you send the payment?",
            ],
        )
        self.assertIn("$\xa0300.00 was agreed for February 27, 2026.", guide["Key facts"][0])

    def test_the_records_of_promises_and_conversations_are_asked(self):
        """A promise of 200.00 that is open, after an angry conversation."""
        note = {"case_id": self.case.id, "outcome": "promised", "mood": "angry"}
        self.env["collection.note"].with_user(self.collector).create(note)
        promise = {"case_id": self.case.id, "amount": 200, "date_promised": date(2026, 3, 6)}
        self.env["collection.promise"].with_user(self.collector).create(promise)
        day = date(2026, 3, 6)
        self.assertEqual(self.case._guide_promise(), (200, self.case.currency_id, day, "open"))
        self.assertEqual(self.case._guide_mood(), "angry")
        self.assertIn("200.00", str(self._guide()))

    def test_the_states_of_a_promise(self):
        for state, question in (
            ("open", "Is everything in place for $\xa0300.00 on February 27, 2026, or can we help with something?"),
            ("light", "What day will the rest of the $\xa0300.00 follow?"),
            ("broken", "What day did the $\xa0300.00 leave your account?"),
            ("kept", "What day did you send the payment?"),
            ("withdrawn", "What day did you send the payment?"),
        ):
            with self.subTest(state):
                self._promises(state)
                self.assertEqual(self._questions()[0], question)
        self._promises("kept")
        self.assertIn("First of all, thank you: $\xa0300.00 arrived", self._guide()["Opening"][0])

    def test_silence_and_answers(self):
        self._knows(unanswered_count=1)
        self.assertNotIn("without an answer", str(self._guide()), "One reminder is no silence")
        self._knows(unanswered_count=3)
        self.assertIn("3 contacts without an answer", self._guide()["Key facts"][0])
        self._knows(unanswered_count=0, last_reply_date=self._day(-2))
        self.assertIn("We were last in touch on February 28, 2026", self._guide()["Opening"][0])

    def test_money_that_is_ours_to_explain_comes_first(self):
        self._receive(self.case.partner_id, 120)
        self._settle_transaction()
        guide = self._guide()
        self.assertEqual(guide["Questions"][0], "We have an unapplied $\xa0120.00 from you: which invoice is it for?")
        self.assertIn("Find out what it is for before you ask", guide["Key facts"][0])
        self._at("final_notice")
        self.assertIn("so that you can pay the $\xa0380.00 by", self._questions()[1])

    def test_where_nothing_is_asked_for_no_question_asks(self):
        """On hold, and when a payment covers all: no day is asked for."""
        self._knows(amount_chased=0, amount_under_way=500)
        self.assertEqual(
            self._questions(),
            ["What day did you send the $\xa0500.00, and with which reference, so that I can look out for it?"],
        )
        self._knows(amount_chased=500, amount_under_way=0)
        self.case.sudo()._hold(self._day(7), "They move house")
        self.assertEqual(self._questions(), [])
        self.assertNotIn("500.00", str(self._guide()))

    def test_settled_and_with_agency_only_the_introduction_of_the_stage(self):
        for stage in ("settled", "with_agency"):
            self._at(stage)
            self.assertEqual(self._guide(), {})
            self.assertFalse(self.case.with_user(self.collector).call_guide)
            self.assertTrue(self.case.guide)
        thanks = self._line("Thank you, {contact}!", "opening", stage_id=self.case.stage_id.id)
        self.assertEqual(self._guide(), {"Opening": ["Thank you, Pat Payne!"]})
        thanks.active = False
        self.assertEqual(self._guide(), {})

    def test_after_an_angry_conversation_the_advice_is_open(self):
        seen = self.case.with_user(self.collector)
        self.assertIn("<details>", seen.call_guide)
        self._feels("angry")
        guide = self._guide()
        self.assertNotIn("<details>", seen.call_guide)
        self.assertIn("I would like to come back to what you told us last time.", guide["Opening"][0])
        self.assertIn("The last conversation was heated.", guide["Key facts"][0])
        self.assertEqual(len(guide["If the customer is angry"]), 4)
        self._feels("worried")
        self.assertEqual(self._questions()[0], "Which amount, and on which days, is a pace that you can keep?")

    # -- Languages -----------------------------------------------------------------------------------------------

    def _speak(self, code):
        self.env["res.lang"].sudo()._activate_lang(code)
        self.env["ir.module.module"].sudo()._load_module_terms(["grey_hat_collections"], [code])

    def test_a_german_reader(self):
        self._speak("de_DE")
        self._promises("broken")
        guide = self._guide(lang="de_DE")
        self.assertEqual(list(guide), ["Einstieg", "Fragen", "Zur Hand", "Wenn der Kunde verärgert ist"])
        self.assertIn("300,00", guide["Einstieg"][0])
        self.assertIn("27. Februar 2026", guide["Einstieg"][0])
        self.assertEqual(guide["Fragen"][2], "An welchem Tag haben Sie die Zahlung veranlasst?")
        self.assertEqual(
            self._guide()["Questions"][2], "What day did you send the payment?", "Others read on in English"
        )

    def test_the_lines_of_the_house(self):
        """In every language: no unknown word, the same words filled in, nothing impolite, nothing left in English."""
        records = self.env["ir.model.data"].search([("model", "=", "collection.guide.line")])
        lines = self.Line.browse(records.mapped("res_id"))
        self.assertGreaterEqual(len(lines), 20)
        stages = self.env["collection.stage"].search([])
        for code in ("en_US", "de_DE", "fr_FR"):
            self._speak(code)
            for line in lines:
                english, told = line.with_context(lang="en_US").text, line.with_context(lang=code).text
                with self.subTest(code, line=told):
                    self.assertIsNone(wrong_part(told, PLACEHOLDERS))
                    self.assertEqual(set(PLACEHOLDER.findall(told)), set(PLACEHOLDER.findall(english)))
                    self.assertEqual(code == "en_US", told == english)
                    self.assertFalse([word for word in NEVER if word in told.lower()])
            for stage in stages:
                introduction = stage.with_context(lang=code).guide
                self.assertEqual(code == "en_US", introduction == stage.with_context(lang="en_US").guide)

    # -- Managers' own lines -------------------------------------------------------------------------------------

    def test_an_unknown_word_is_refused_in_one_sentence(self):
        for text, wrong in (
            ("Which day may we expect the {amuont}?", "“{amuont}” cannot"),
            ("Which day may we expect {}?", "“{}” cannot"),
            ("{contact.bank_ids} please", "“{contact.bank_ids}” cannot"),
            ("Which day {amount?", "“{” cannot"),
            ("Which day amount}?", "“}” cannot"),
        ):
            with self.subTest(text), self.assertRaises(ValidationError) as caught:
                self._line(text)
            self.assertIn(wrong, str(caught.exception))
            self.assertIn(text, str(caught.exception))
            self.assertIn("{contact}, {customer},", str(caught.exception))

    def test_a_translation_is_checked_as_well(self):
        self._speak("de_DE")
        line = self._line("Which day may we expect the {amount}?")
        with self.assertRaises(ValidationError), self.cr.savepoint():
            line.update_field_translations("text", {"de_DE": "Wann kommen die {betrag}?"})
        with self.assertRaises(ValidationError), self.cr.savepoint():
            line.with_context(lang="de_DE").text = "Wann kommen die {betrag}?"
        line.update_field_translations("text", {"de_DE": "Wann kommen die {amount}?"})
        self.assertEqual(line.with_context(lang="de_DE").text, "Wann kommen die {amount}?")

    def test_every_word_in_braces_is_known_to_the_help_and_to_the_case(self):
        help_text = self.Line._fields["text"].help
        form = self.env.ref("grey_hat_collections.collection_guide_line_view_form").arch
        legend = form.partition('name="placeholders"')[2]
        for name in PLACEHOLDERS:
            self.assertIn(f"{{{name}}}", help_text)
            self.assertIn(f"{{{name}}}", legend)
        self._promises("open")
        self.invoice.copy()
        self.env["collection.dispute"].sudo().create(
            {
                "case_id": self.case.id,
                "kind": "price",
                "description": "The price was another one",
                "line_ids": [Command.create({"item_id": self._items(self.invoice).id, "amount": 1})],
            }
        )
        self._knows(
            amount_credit=1,
            amount_under_way=1,
            hold_until=self._day(1),
            last_contact_date=MONDAY,
            last_reply_date=MONDAY,
            unanswered_count=2,
        )
        self.Line.search([]).active = False
        self._line("|".join(f"{name}={{{name}}}" for name in PLACEHOLDERS))
        ((told,),) = self._guide().values()
        self.assertEqual([part.partition("=")[0] for part in told.split("|")], list(PLACEHOLDERS))
        self.assertNotIn("{", told)

    def test_a_word_with_nothing_to_say_leaves_its_line_out(self):
        self._line("We were expecting {promise_amount}.", stage_id=self.case.stage_id.id, sequence=1)
        self.assertNotIn("We were expecting", str(self._guide()))
        self._promises("withdrawn")
        self.assertEqual(self._questions()[0], "We were expecting $\xa0300.00.")

    def test_a_company_s_own_line_comes_first_and_stays_at_home(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.collector.company_ids += other
        stage = self.case.stage_id
        self._line("Ours?", stage_id=stage.id, company_id=self.company.id)
        self._line("Theirs?", stage_id=stage.id, company_id=other.id)
        self.assertEqual(self._questions()[:2], ["Ours?", "What day did you send the payment?"])
        self.assertNotIn("Theirs?", self._questions(allowed_company_ids=[self.company.id, other.id]))
        with self.assertRaises(AccessError):
            self.Line.search([("company_id", "=", other.id)]).with_user(self.manager).read(["text"])

    def test_no_more_is_shown_than_a_person_takes_in(self):
        for section, most in MOST.items():
            for number in range(6):
                self._line(f"Line {number}", section)
            with self.subTest(section):
                self.assertLessEqual(len(self._guide()[dict(self.Line._fields["section"].selection)[section]]), most)

    def test_managers_edit_the_lines_of_a_stage_in_its_form(self):
        stage = self.case.stage_id.with_user(self.manager)
        with Form(stage) as form, form.guide_line_ids.new() as line:
            line.section = "question"
            line.text = "Which day suits you best, {contact}?"
        self.assertIn("Which day suits you best, Pat Payne?", self._questions())
        twin = stage.copy({"name": "Second call"})
        self.assertEqual(twin.guide_line_ids.mapped("text"), stage.guide_line_ids.mapped("text"))
        count = self.Line.search_count([])
        twin.unlink()
        self.assertEqual(self.Line.search_count([]), count - 2, "Lines of a stage that is gone do not show everywhere")

    # -- Rights and hostile text ---------------------------------------------------------------------------------

    def test_managers_write_and_others_read(self):
        line = self.Line.search([], limit=1)
        line.with_user(self.manager).text = "Hello {contact}."
        for user in (self.collector, self.accountant):
            self.assertTrue(line.with_user(user).text)
            self.assertTrue(self._guide(user=user))
            for work in (
                lambda user=user: line.with_user(user).write({"text": "Pay!"}),
                lambda user=user: line.with_user(user).unlink(),
                lambda user=user: self.Line.with_user(user).create({"text": "Pay!"}),
            ):
                with self.assertRaises(AccessError):
                    work()
        with self.assertRaises(AccessError):
            line.with_user(self.stranger).read(["text"])

    def test_hostile_names_and_lines_stay_text(self):
        hostile = "<img src=x onerror=alert(1)>{amount}"
        self.pat.name = self.case.partner_id.name = hostile
        self._line("<script>alert('{customer}')</script>", stage_id=self.case.stage_id.id, sequence=1)
        page = self.case.with_user(self.collector).call_guide
        for tag in ("<img", "<script"):
            self.assertNotIn(tag, page)
        guide = self._guide()
        self.assertEqual(guide["Questions"][0], f"<script>alert('{hostile}')</script>")
        self.assertTrue(guide["Opening"][0].startswith(f"Hello {hostile},"), "A name is not filled in again")
