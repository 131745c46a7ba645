import hashlib
from datetime import timedelta

from lxml import html
from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY
from ..letter.test_statement import words
from .plan_common import PlanCommon


@tagged("post_install", "-at_install")
class TestPlanLetters(PlanCommon):
    """What a customer with a plan or a promise reads. Today is Monday, 2 March 2026."""

    def _page(self, letter, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.env.user)
        reports = reports if user else reports.sudo()  # as the rules print them
        content, _format = reports._render_qweb_html("grey_hat_collections.report_letter", letter.ids)
        [page] = html.fromstring(content.decode()).xpath("//div[contains(concat(' ', @class, ' '), ' article ')]")
        return page

    def _tables(self, page):
        tables = page.xpath(".//table[contains(@class, 'ghc_items')]")
        return [[[words(td) for td in tr.findall("td")] for tr in table.xpath("./tbody/tr")] for table in tables]

    def _mail(self, letter):
        return letter._mail_template().send_mail_batch(letter.ids, email_layout_xmlid="grey_hat_collections.mail_frame")

    def _promise(self, **values):
        terms = {"case_id": self.case.id, "amount": 900, "date_promised": self._day(4), **values}
        return self.env["collection.promise"].with_user(self.collector).create(terms).sudo()

    def _speak(self, code):
        self.env["res.lang"].sudo()._activate_lang(code)
        self.env["ir.module.module"].sudo()._load_module_terms(["grey_hat_collections"], [code])
        self.acme.lang = code

    def test_each_template_can_be_tried_out_on_any_letter(self):
        """Odoo does so when a template is saved, and with all of ours when the add-on is upgraded."""
        self._freeze()
        self._daily_run(MONDAY)
        reminder = self.case.letter_ids.filtered("step_id")
        self.assertEqual(reminder.kind, "reminder")
        templates = self.env["mail.template"].search([("model", "=", "collection.letter")])
        self.assertEqual(len(templates), 10)
        for template in templates:
            with self.subTest(template.name):
                body = template._render_field("body_html", reminder.ids)[reminder.id]
                self.assertIn("Kind regards", body)

    # -- The agreement -------------------------------------------------------------------------------------------

    def test_the_agreement_shows_dates_amounts_and_what_is_covered(self):
        self._freeze()
        plan = self._make_plan(amount=500, count=3, rhythm="fortnightly")
        page = self._page(plan.letter_id)
        schedule, covered = self._tables(page)
        self.assertEqual(
            schedule,
            [
                ["1", "03/09/2026", "$ 166.67"],
                ["2", "03/23/2026", "$ 166.67"],
                ["3", "04/06/2026", "$ 166.66"],
                ["Total", "$ 500.00"],
            ],
        )
        self.assertEqual(covered, [[self.invoice.name, "02/20/2026", "02/20/2026", "$ 900.00", "$ 500.00"]])
        text = words(page)
        for part in (
            "Your payment plan",
            "On 03/02/2026 we agreed on the following",
            "call us before that day",
            "we will call you first",
            "missing 5 days after its date",
            "we ask for nothing more on the items in the plan",
            "Cora Lector",
            self.invoice.name,
        ):
            self.assertIn(part, text)
        for word in ("debtor", "delinquent", "legal", "lawyer", "court", "agency", "overdue", "Please pay"):
            self.assertNotIn(word, text)

    def test_the_days_of_grace_are_said_as_they_are(self):
        self._freeze()
        plan = self._make_plan()
        for days, part in ((0, "does not arrive, the plan ends"), (1, "missing a day after its date")):
            self.company.collection_plan_grace_days = days
            self.assertIn(part, words(self._page(plan.letter_id)))

    def test_the_agreement_is_mailed_once_and_kept(self):
        plan = self._plan()
        letter = plan.letter_id
        self._send(MONDAY)
        (mail,) = self._mails
        self.assertEqual(mail["email_to"], ["acme@customer.example"])
        [(name, sent, _type)] = mail["attachments"]
        self.assertEqual(name, f"{letter.name.replace('/', '-')}.pdf")
        self.assertEqual((letter.state, letter.attachment_id.raw), ("sent", sent))
        self.assertEqual(letter.sha256, hashlib.sha256(sent).hexdigest())
        self.assertRecordValues(letter, [{"amount": 900, "user_id": self.collector.id, "kind": "plan"}])
        self._send(self._day(1))
        self.assertFalse(self._mails)
        self.assertEqual(plan.with_user(self.collector).action_print()["type"], "ir.actions.act_url")

    def test_an_agreement_that_was_cancelled_before_it_left_is_not_sent(self):
        plan = self._plan()
        with self._on(MONDAY, "11:00"):
            plan.with_user(self.collector).action_cancel()
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertEqual(plan.letter_id.state, "cancelled")

    def test_customers_without_e_mail_get_it_on_paper(self):
        self.acme.collection_no_email = True
        plan = self._plan()
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertRecordValues(plan.letter_id, [{"channel": "post", "state": "queued"}])
        self.assertTrue(plan.letter_id.attachment_id)

    def test_who_wants_no_contact_gets_no_letter(self):
        self.acme.collection_do_not_contact = True
        plan = self._plan()
        self.assertEqual((plan.state, plan.letter_id.id), ("active", False))

    def test_a_plan_in_foreign_currency_is_written_in_it(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        globex = self._customer("Globex")
        with self._on(self._day(-10)):
            invoice = self._invoice(globex, 100, self._day(-10), currency_id=euro.id)
        self._freeze()
        self._settle_transaction()
        plan = self._make_plan(case=self._case(globex), amount=100, count=3, rhythm="weekly", currency_id=euro.id)
        self.assertEqual(plan.letter_id.amount, 200)
        page = self._page(plan.letter_id)
        schedule, covered = self._tables(page)
        self.assertEqual([row[-1] for row in schedule], ["33.34 €", "33.34 €", "33.32 €", "100.00 €"])
        self.assertEqual(covered[0][0], invoice.name)
        self.assertEqual(covered[0][-2:], ["100.00 €", "100.00 €"])
        self.assertNotIn("$", words(page))
        self.assertNotIn("200.00", self._mail(plan.letter_id).body_html)

    def test_long_schedules_repeat_their_heading(self):
        """The heading stands in a head that is printed on each page, and rows are not cut."""
        self.company.collection_plan_longest_days = 0
        self._freeze()
        plan = self._make_plan(count=52, rhythm="weekly")
        page = self._page(plan.letter_id)
        [head] = page.xpath(".//table[contains(@class, 'ghc_schedule')]/thead")
        self.assertIn("Instalment", words(head))
        self.assertEqual(len(self._tables(page)[0]), 53)
        self.assertIn("table-header-group", words(page.xpath(".//style")[0]))

    def test_accountants_may_print_it(self):
        self._freeze()
        plan = self._make_plan()
        for user in (self.collector, self.accountant):
            self.assertIn("$ 150.00", words(self._page(plan.letter_id, user=user)))

    def test_what_others_typed_is_text_and_nothing_else(self):
        hostile = "<script>alert(1)</script> {{ object.id }} %(x)s"
        self.acme.name = hostile
        self.collector.name = "<b>Cora</b> {{ 7*7 }}"
        self.invoice.payment_reference = hostile
        self._freeze()
        plan = self._make_plan()
        for node in (self._page(plan.letter_id), html.fromstring(self._mail(plan.letter_id).body_html)):
            self.assertFalse(node.xpath(".//script"))
            self.assertIn("<b>Cora</b> {{ 7*7 }}", words(node))
        self.assertIn(hostile, words(self._page(plan.letter_id)))

    # -- E-mails -------------------------------------------------------------------------------------------------

    def test_a_promise_is_confirmed(self):
        with self._on(MONDAY, "10:00"):
            promise = self._promise(amount=500)
        self._send(MONDAY)
        (mail,) = self._mails
        text = words(html.fromstring(mail["body"]))
        self.assertFalse(mail["attachments"])
        for part in ("Thank you for letting us know", "$ 500.00", "03/06/2026", self.invoice.name, "Cora Lector"):
            self.assertIn(part, text)
        self.assertEqual(promise.confirmation_letter_id.state, "sent")

    def test_a_company_may_confirm_nothing(self):
        self.company.collection_confirm_promises = False
        with self._on(MONDAY, "10:00"):
            self._promise()
        self.assertFalse(self.case.letter_ids)

    def test_a_promise_in_foreign_currency_is_confirmed_in_it(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        globex = self._customer("Globex")
        with self._on(self._day(-10)):
            self._invoice(globex, 100, self._day(-10), currency_id=euro.id)
        self._freeze()
        self._settle_transaction()
        promise = self._promise(case_id=self._case(globex).id, amount=60, currency_id=euro.id)
        letter = promise.confirmation_letter_id
        self.assertEqual(letter.amount, 120, "in company currency, like all letters")
        self.assertIn("60.00 €", words(html.fromstring(self._mail(letter).body_html)))

    def test_a_kept_promise_is_thanked_for(self):
        self.company.write({"collection_thank_kept": True, "collection_confirm_promises": False})
        with self._on(MONDAY, "10:00"):
            self._promise(amount=400)
        self._receive_on(400, self._day(2))
        self._daily_run(self._day(3))
        self._send(self._day(3))
        mails = [words(html.fromstring(mail["body"])) for mail in self._mails]
        [thanks] = [text for text in mails if "we can count on you" in text]
        self.assertIn("$ 400.00", thanks)

    def test_a_complete_plan_is_thanked_for_once(self):
        self.company.collection_thank_kept = True
        self._plan(count=3, rhythm="weekly")
        bodies = []
        for number in range(1, 30):
            self._daily_run(self._day(number))
            self._send(self._day(number))
            bodies += [words(html.fromstring(mail["body"])) for mail in self._mails]
            if number in (6, 13, 20):
                self._receive_on(300, self._day(number))
        thanks = [body for body in bodies if "your plan for $ 900.00 is complete" in body]
        self.assertEqual(len(thanks), 1, bodies)

    def test_an_instalment_is_reminded_of_kindly(self):
        self._plan(rhythm="weekly")
        self._receive_on(50, self._day(2))
        self._daily_run(self._day(4))
        self._send(self._day(4))
        [body] = [
            text for mail in self._mails if "note for your planning" in (text := words(html.fromstring(mail["body"])))
        ]
        for part in ("1 of 6", "$ 100.00", "03/09/2026", "before that day", "no longer wish to receive"):
            self.assertIn(part, body)

    def test_german_customers_read_german(self):
        self._speak("de_DE")
        self._freeze()
        plan = self._make_plan(amount=899.5, count=2)
        page = words(self._page(plan.letter_id))
        for part in ("Ihr Ratenplan", "449,75", "09.03.2026", "Was der Plan umfasst", "Freundliche Grüße"):
            self.assertIn(part, page)
        for english in ("Instalment", "we will call you", "agreed"):
            self.assertNotIn(english, page)
        mail = self._mail(plan.letter_id)
        self.assertTrue(mail.subject.startswith("Ihr Ratenplan mit"), mail.subject)
        self.assertIn("Guten Tag", mail.body_html)
        self.assertIn("899,50", mail.body_html)
        letter = plan.promise_ids.sorted("number")[0]._queue_letter("instalment")
        self.assertIn("1 von 2", words(html.fromstring(self._mail(letter).body_html)))

    def test_french_customers_read_french(self):
        self._speak("fr_FR")
        self._freeze()
        plan = self._make_plan(count=2)
        page = words(self._page(plan.letter_id))
        for part in ("Votre plan de paiement", "450,00", "09/03/2026", "Ce que couvre le plan", "Cordialement"):
            self.assertIn(part, page)

    # -- The moment ----------------------------------------------------------------------------------------------

    def test_an_agreement_answers_and_does_not_wait_for_the_rest_after_a_reply(self):
        with self._on(MONDAY, "10:00"):
            self.case.sudo()._note_reply()
        plan = self._plan()
        self.assertEqual(plan.letter_id.send_after.date(), MONDAY)

    def test_an_instalment_of_what_is_disputed_is_not_reminded_of(self):
        self._plan(rhythm="weekly")
        with self._on(self._day(1), "10:00"):
            item = self._items(self.invoice)
            dispute = self.env["collection.dispute"].with_user(self.collector)
            dispute.create(
                {
                    "case_id": self.case.id,
                    "kind": "price",
                    "description": "The price is another one.",
                    "line_ids": [Command.create({"item_id": item.id})],
                }
            )
            self._settle_transaction()
        self._daily_run(self._day(4))
        self.assertNotIn("instalment", self.case.letter_ids.mapped("kind"))

    def test_a_reminder_does_not_leave_after_its_day(self):
        plan = self._plan(rhythm="weekly", count=2)
        self._daily_run(self._day(4))
        letter = self.case.letter_ids.filtered(lambda letter: letter.kind == "instalment")
        self._daily_run(self._day(7) + timedelta(days=1))
        self._send(self._day(8))
        self.assertEqual((letter.state, plan.state), ("cancelled", "active"))
