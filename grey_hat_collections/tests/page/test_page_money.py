from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .page_common import PAGE, PageCommon


@tagged("post_install", "-at_install")
class TestPageMoney(PageCommon):
    """Acme promises, asks for a plan and says that it has paid."""

    def _day(self, days):
        return (self.today + timedelta(days=days)).isoformat()

    # -- Promises ------------------------------------------------------------------------------------------------

    def test_a_promise_pauses_as_if_it_were_said_on_the_telephone(self):
        self._come_by_link()
        answer = self._do("promise", amount="500.00", day=self._day(7), person="Ada Ames")
        self.assertIn("You promised $ 500.00 for", self._told(answer))
        promise = self.case.promise_ids
        self.assertEqual((promise.amount, promise.date_promised), (500, self.today + timedelta(days=7)))
        self.assertTrue(promise.pauses)
        self.assertEqual((self.case.amount_promised, self.case.amount_chased), (500, 0))
        self.assertEqual(self.case.decision_code, "promised")
        note = promise.note_id
        self.assertEqual((note.channel, note.direction, note.outcome), ("portal", "in", "promised"))
        self.assertEqual(note.user_id, self.collector, "Nothing is signed by a program")
        self.assertIn("Ada Ames", note.note)
        self.assertEqual(self.case.last_reply_date, self.today)

    def test_what_was_done_is_told_once(self):
        self._come_by_link()
        self._do("promise", amount="500", day=self._day(7), person="Ada")
        text, _tree = self._page(self.url_open(PAGE))
        self.assertNotIn("Thank you. You promised", text)

    def test_a_promise_is_confirmed_to_the_address_on_file_and_by_no_letter(self):
        self.company.collection_letters_wait = True
        self.company.collection_confirm_promises = True
        self._come_by_link()
        self._do("promise", amount="500", day=self._day(7), person="Ada")
        [mail] = self._confirmations()
        self.assertIn("Ada did this on the page", mail.body_html)
        self.assertIn("You promised", mail.body_html)
        self.assertEqual(mail.email_from, self.collector.email_formatted)
        self.assertEqual(mail.attachment_ids.mapped("name"), ["promise.ics"])
        self.assertEqual(mail.state, "outgoing", "An answer to one's own act waits for nobody")
        self.assertFalse(self.case.letter_ids)
        self.assertFalse(self.case.message_ids.filtered(lambda message: "/undo/" in (message.body or "")))
        self.assertFalse(mail.mail_message_id & self.case.message_ids, "The case shows no e-mail with a link")
        self.assertEqual((mail.model, mail.res_id), ("collection.case", self.case.id), "A reply comes to the case")

    def test_that_was_not_us(self):
        token = self._token()
        self._come_by_link(token)
        self._do("promise", amount="500", day=self._day(7), person="Mallory")
        address = self._undo_address(self._confirmations())
        self.authenticate(None, None)
        page = self.url_open(address)
        self.assertIn("That was not you?", page.text)
        self.assertEqual(self.case.promise_ids.state, "open", "Whoever only follows the link undoes nothing")
        done = self.url_open(address, data={"csrf_token": self._csrf(page)})
        self.env.invalidate_all()
        self.assertIn("It is undone", done.text)
        self.assertEqual(self.case.promise_ids.state, "withdrawn")
        self.assertEqual(self._answers().state, "undone")
        self.assertEqual(self.case.amount_chased, 500)
        self.assertEqual(
            self._come_by_link(token).status_code, 404, "The link by which it was done is worth nothing any more"
        )
        asked = self.case.activity_ids.filtered(lambda one: "That was not us" in (one.summary or ""))
        self.assertEqual(asked.user_id, self.collector)

    def test_limits_of_a_promise(self):
        self._come_by_link()
        for typed, sentence in (
            ({"day": self._day(15)}, "must be a day from"),
            ({"day": self._day(-1)}, "must be a day from"),
            ({"day": "tomorrow"}, "Please choose a day"),
            ({"day": ""}, "Please choose a day"),
            ({"amount": "-5"}, "greater than zero"),
            ({"amount": "0"}, "greater than zero"),
            ({"amount": "0.001"}, "greater than zero"),
            ({"amount": "NaN"}, "greater than zero"),
            ({"amount": "1e3"}, "greater than zero"),
            ({"amount": "9" * 30}, "greater than zero"),
            ({"amount": "580.01"}, "No more than $ 580.00 is open"),
            ({"currency": "EUR"}, "offered values"),
            ({"person": ""}, "Your name"),
            ({"person": "x" * 101}, "100 characters"),
            ({"words": "x" * 10_000}, "2000 characters"),
        ):
            with self.subTest(typed):
                wanted = {"amount": "500", "day": self._day(7), "person": "Ada", **typed}
                answer = self._do("promise", **wanted)
                self.assertEqual(answer.status_code, 422)
                self.assertIn(sentence, self._problem(answer).replace("\xa0", " "))
                shown = self._fields_of(answer)
                for name, value in wanted.items():
                    if name != "currency":
                        self.assertEqual(shown[name], value[:8000], "What was typed is not lost")
        self.assertFalse(self.case.promise_ids)
        self.assertFalse(self._answers())
        self.assertFalse(self.case.note_ids)

    def test_the_fourth_promise_waits_for_a_manager(self):
        self._come_by_link()
        for number in range(1, 4):
            self._do("promise", amount="500", day=self._day(number), person="Ada")
            self.assertTrue(self.case.promise_ids.filtered(lambda one: one.state == "open").pauses)
        told = self._told(self._do("promise", amount="500", day=self._day(9), person="Ada"))
        self.assertIn("one of us looks at it", told)
        [fourth] = self.case.promise_ids.filtered(lambda one: one.state == "open")
        self.assertFalse(fourth.pauses)
        self.assertEqual(self.case.amount_chased, 500)
        self.assertIn(self.manager, self.case.activity_ids.user_id)

    def test_a_user_of_the_portal_is_known_by_name(self):
        contact = self.env["res.partner"].create({"name": "Ada", "parent_id": self.acme.id})
        self._portal_user(contact)
        self.authenticate("acme", "acme")
        _form, sent = self._form("promise")
        self.assertNotIn("person", sent)
        self._do("promise", amount="100", day=self._day(3))
        self.assertEqual(self._answers().person, "Ada")
        self.assertEqual(self.case.promise_ids.amount, 100)

    def test_a_day_for_the_own_calendar(self):
        self._come_by_link()
        self._do("promise", amount="500", day=self._day(7), person="Ada")
        calendar = self.url_open(f"{PAGE}/calendar/{self._answers().id}")
        self.assertIn("text/calendar", calendar.headers["Content-Type"])
        self.assertIn(f"DTSTART;VALUE=DATE:{self.today + timedelta(days=7):%Y%m%d}", calendar.text)
        self.assertTrue(all(len(line) <= 75 for line in calendar.content.split(b"\r\n")))
        self._come_by_link(self._token(self.beta))
        self.assertEqual(self.url_open(f"{PAGE}/calendar/{self._answers().id}").status_code, 404)

    # -- Plans ---------------------------------------------------------------------------------------------------

    def test_a_plan_within_the_limits_is_agreed_at_once(self):
        self.company.collection_letters_wait = True
        self._come_by_link()
        form, sent = self._form("plan")
        self.assertIn("Instalments for", form.text)
        self.assertRegex(sent["offer"], r"^(monthly|fortnightly|weekly)-\d+$")
        told = self._told(self._send_form("plan", {**sent, "person": "Ada"}))
        self.assertIn("We have agreed on", told)
        plan = self.case.plan_ids
        self.assertEqual((plan.state, plan.amount), ("active", 500))
        self.assertEqual(sum(plan.promise_ids.mapped("amount")), 500)
        letter = plan.letter_id
        self.assertEqual((letter.kind, letter.state, letter.to_approve), ("plan", "queued", False))
        self.assertEqual(self.case.amount_chased, 0)
        self._send()
        self.assertEqual(letter.state, "sent")
        calendar = self.url_open(f"{PAGE}/calendar/{self._answers().id}")
        self.assertEqual(calendar.text.count("BEGIN:VEVENT"), plan.count)
        answer, _sent = self._form("promise")
        self.assertEqual(answer.status_code, 409, "A plan is an agreement already")

    def test_other_wishes_wait_for_a_manager(self):
        self.company.collection_plan_minimum = 50
        self._come_by_link()
        told = self._told(
            self._do("plan", offer="own", rhythm="monthly", count="20", first=self._day(10), person="Ada")
        )
        self.assertIn("Nothing is agreed until then", told)
        plan = self.case.plan_ids
        self.assertEqual((plan.state, plan.needs_approval, plan.count), ("draft", True, 20))
        self.assertIn(self.manager, self.case.activity_ids.user_id)
        self.assertEqual(self.case.amount_chased, 500)
        plan.with_user(self.manager).action_approve()
        self.assertEqual(plan.state, "active")

    def test_a_house_that_agrees_to_nothing_at_once(self):
        self.company.collection_page_plan_at_once = False
        self._come_by_link()
        self.assertIn("Nothing is agreed", self._told(self._do("plan", person="Ada")))
        self.assertEqual(self.case.plan_ids.state, "draft")

    def test_a_plan_that_was_not_theirs_is_cancelled(self):
        self._come_by_link()
        self._do("plan", person="Mallory")
        [mail] = self._confirmations()
        address = self._undo_address(mail)
        page = self.url_open(address)
        self.url_open(address, data={"csrf_token": self._csrf(page)})
        self.env.invalidate_all()
        self.assertEqual(self.case.plan_ids.state, "cancelled")

    def test_terms_that_make_no_plan(self):
        self._come_by_link()
        for typed in (
            {"offer": "monthly-500"},
            {"offer": "own", "count": "0"},
            {"offer": "own", "count": "-3"},
            {"offer": "own", "count": "61"},
            {"offer": "own", "count": "٣"},
            {"offer": "own", "rhythm": "hourly"},
            {"offer": "own", "first": self._day(-1)},
            {"offer": "own", "first": self._day(63)},
        ):
            with self.subTest(typed):
                self.assertEqual(self._do("plan", person="Ada", **typed).status_code, 422)
        self.assertFalse(self.case.plan_ids)

    # -- I have paid ---------------------------------------------------------------------------------------------

    def test_i_have_paid_pauses_once(self):
        self._come_by_link()
        told = self._told(self._do("paid", amount="500", day=self._day(-1), way="transfer"))
        self.assertIn("We look for $ 500.00", told.replace("\xa0", " "))
        self.assertEqual((self.case.state, self.case.hold_until), ("hold", self.today + timedelta(days=5)))
        [asked] = self.case.activity_ids.filtered(lambda one: "find the payment" in (one.summary or ""))
        self.assertEqual(asked.user_id, self.collector)
        self.case.sudo()._release()
        told = self._told(self._do("paid", amount="500", day=self._day(-1), way="transfer"))
        self.assertIn("do not pause again", told)
        self.assertEqual(self.case.state, "open")
        first, second = self.case.note_ids.sorted("id")
        self.assertTrue(first.answered)
        self.assertFalse(second.answered, "What is said again gives no rest")

    def test_our_side_knows_of_it(self):
        self._come_by_link()
        self._do("paid", amount="500", day=self._day(-1), way="transfer")
        self.assertIn("says it has paid", self.case.with_user(self.collector).gate_report)
        self.case.activity_ids.filtered(lambda one: "find the payment" in (one.summary or "")).with_user(
            self.collector
        ).action_done()
        self.env.invalidate_all()
        self.assertNotIn("says it has paid", self.case.with_user(self.collector).gate_report)

    def test_a_longer_pause_stays(self):
        until = self.today + timedelta(days=9)
        self.case.sudo()._hold(until, "Agreed with the owner")
        self._come_by_link()
        self._do("paid", amount="500", day=self._day(0), way="cash")
        self.assertEqual((self.case.hold_until, self.case.hold_reason), (until, "Agreed with the owner"))

    def test_payments_that_cannot_be(self):
        self._come_by_link()
        for typed in ({"day": self._day(1)}, {"day": self._day(-91)}, {"way": "magic"}, {"amount": "600"}):
            with self.subTest(typed):
                answer = self._do("paid", **{"amount": "500", "day": self._day(-1), "way": "transfer", **typed})
                self.assertEqual(answer.status_code, 422)
        self.assertEqual(self.case.state, "open")

    def test_who_undoes_it_ends_the_pause(self):
        self._come_by_link()
        self._do("paid", amount="500", day=self._day(-1), way="transfer")
        address = self._undo_address(self._confirmations())
        self.url_open(address, data={"csrf_token": self._csrf(self.url_open(address))})
        self.env.invalidate_all()
        self.assertEqual(self.case.state, "open")
        self.assertFalse(self.case.activity_ids.filtered(lambda one: "find the payment" in (one.summary or "")))

    # -- Amounts as people write them ----------------------------------------------------------------------------

    def test_an_amount_is_read_as_its_language_writes_it(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.acme.lang = "de_DE"
        self._invoice(self.acme, 2000, self.today - timedelta(days=9))
        self._settle_transaction()
        self._come_by_link()
        _form, sent = self._form("promise")
        self.assertEqual(sent["amount"], "2500,00")
        self._send_form("promise", {**sent, "amount": "1.234,50", "day": self._day(3), "person": "Ada"})
        self.assertEqual(self.case.promise_ids.amount, 1234.5)
        self._do("promise", amount="1.234", day=self._day(3), person="Ada")
        self.assertEqual(self.case.promise_ids.sorted("id")[-1:].amount, 1234)

    def test_an_account_that_was_settled_meanwhile(self):
        self._come_by_link()
        _form, sent = self._form("promise")
        self._customer_pays(self.case)
        answer = self._send_form("promise", {**sent, "amount": "500", "day": self._day(7), "person": "Ada"})
        self.assertEqual(answer.status_code, 409)
        self.assertIn("not possible at the moment", answer.text)
        self.assertFalse(self._answers())
        self.assertEqual(fields.Date.today(), self.today)
