from datetime import timedelta

from odoo.tests import tagged

from .page_common import PAGE, PageCommon
from .test_page_files import picture


@tagged("post_install", "-at_install")
class TestPageWords(PageCommon):
    """Acme tells what is wrong, asks, wants a call and copies."""

    def _items_of(self, move):
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def _dispute(self, move=None, part="", **typed):
        item = self._items_of(move or self.overdue)
        typed = {"problem": "damaged", "words": "Two boxes are broken", **typed}
        return self._do("dispute", **{f"item_{item.id}": "1", f"part_{item.id}": part, **typed})

    # -- Something is wrong --------------------------------------------------------------------------------------

    def test_what_is_wrong_is_not_asked_for_from_that_second_on(self):
        self._come_by_link()
        item = self._items_of(self.overdue)
        answer = self._do(
            "dispute",
            files=[("box.jpg", picture("JPEG"), "image/jpeg")],
            **{
                f"item_{item.id}": "1",
                f"part_{item.id}": "120.50",
                "problem": "damaged",
                "words": "Two boxes are broken",
            },
        )
        told = self._told(answer)
        dispute = self.env["collection.dispute"].search([("partner_id", "=", self.acme.id)])
        self.assertEqual((dispute.kind, dispute.amount, dispute.state), ("damaged", 120.5, "new"))
        self.assertEqual(dispute.description, "Two boxes are broken")
        self.assertEqual(dispute.attachment_ids.mapped("name"), ["box.jpg"])
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased), (120.5, 379.5))
        self.assertEqual(dispute.note_id.outcome, "disputes")
        words = self.env["collection.statement"]._phrasing("en_US").date(dispute.date_answer_due)
        self.assertIn(f"answer by {words}", told)
        self.assertIn(f"by {words}", self._page(self.url_open(PAGE))[0])

    def test_all_of_an_item_where_no_part_is_named(self):
        self._come_by_link()
        self._dispute()
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased), (500, 0))

    def test_what_cannot_be_in_question(self):
        self._come_by_link()
        theirs = self._items_of(self.theirs)
        mine = self._items_of(self.overdue)
        for typed in (
            {f"item_{theirs.id}": "1"},
            {"item_0": "1"},
            {"item_x": "1"},
            {f"item_{mine.id}": "1", f"part_{mine.id}": "500.01"},
            {f"item_{mine.id}": "1", f"part_{mine.id}": "-1"},
            {f"item_{mine.id}": "1", "problem": "already_paid"},
            {f"item_{mine.id}": "1", "words": ""},
            {},
        ):
            with self.subTest(typed):
                answer = self._do("dispute", **{"problem": "price", "words": "Too much", **typed})
                self.assertEqual(answer.status_code, 422)
                self.assertNotIn(self.theirs.name, answer.text)
        self.assertFalse(self.env["collection.dispute"].search([]))

    def test_more_about_it_and_taken_back(self):
        self._come_by_link()
        self._dispute()
        dispute = self.env["collection.dispute"].search([("partner_id", "=", self.acme.id)])
        text, tree = self._page(self.url_open(PAGE))
        self.assertIn("Add something", text)
        [link] = [one for one in tree.xpath("//a/@href") if "addition" in one]
        self.assertEqual(link, f"{PAGE}/do/addition?dispute={dispute.id}")
        self._do(
            "addition",
            query={"dispute": dispute.id},
            words="Here is the label",
            files=[("a.png", picture("PNG"), "image/png")],
        )
        self.assertEqual(dispute.attachment_ids.mapped("name"), ["a.png"])
        self.assertIn("Here is the label", "".join(dispute.message_ids.mapped("body")))
        self._do("withdrawal", query={"dispute": dispute.id})
        self.assertEqual(dispute.state, "withdrawn")
        self.assertEqual(self.case.amount_chased, 500)

    def test_the_dispute_of_another_is_nobodys(self):
        self._come_by_link(self._token(self.beta))
        self._dispute(self.theirs)
        dispute = self.env["collection.dispute"].search([("partner_id", "=", self.beta.id)])
        self._come_by_link()
        for kind in ("addition", "withdrawal"):
            answer = self._do(kind, query={"dispute": dispute.id}, words="Mine")
            self.assertEqual(answer.status_code, 422)
        self.assertEqual(dispute.state, "new")
        self.assertNotIn("Mine", "".join(dispute.message_ids.mapped("body")))

    def test_what_we_have_answered_pauses_nothing_when_it_is_said_again(self):
        self._come_by_link()
        self._dispute()
        dispute = self.env["collection.dispute"].search([("partner_id", "=", self.acme.id)])
        dispute.with_user(self.collector)._answer({}, "Delivered whole", self.today)
        self._settle_transaction()
        before = (self.case.last_reply_date, self.case.amount_disputed, self.case.amount_chased)
        told = self._told(self._dispute())
        self.assertIn("reminders go on", told)
        self.assertEqual(self.env["collection.dispute"].search_count([("partner_id", "=", self.acme.id)]), 1)
        [asked] = self.case.activity_ids.filtered(lambda one: "Questions again" in (one.summary or ""))
        self.assertEqual(asked.user_id, self.collector)
        self.assertEqual((self.case.last_reply_date, self.case.amount_disputed, self.case.amount_chased), before)
        self.assertFalse(self.case.note_ids.sorted("id")[-1:].answered)

    def test_again_and_again_is_shown_to_the_collector(self):
        self._come_by_link()
        for _again in range(2):
            self._dispute()
            dispute = self.env["collection.dispute"].search([("state", "=", "new")])
            self._do("withdrawal", query={"dispute": dispute.id})
        self.assertIn("reminders go on", self._told(self._dispute()))
        self.assertEqual(self.case.amount_chased, 500)
        self.assertEqual(self._answers("dispute")[:1].state, "waits")

    def test_what_is_not_due_may_be_wrong_as_well(self):
        self._come_by_link(self._token(self.beta))
        self._customer_pays(self._case(self.beta))
        fresh = self._invoice(self.beta, 70, self.today + timedelta(days=9))
        self._settle_transaction()
        self._dispute(fresh)
        dispute = self.env["collection.dispute"].search([("partner_id", "=", self.beta.id)])
        self.assertEqual((dispute.amount, dispute.case_id.id, dispute.user_id), (70, False, self.collector))

    # -- A question ----------------------------------------------------------------------------------------------

    def test_a_question_is_an_answer_that_waits_to_be_read(self):
        self._come_by_link()
        self._do("ask", words="Which invoice is this?", person="Ada")
        self.assertTrue(self.case.reply_unread)
        self.assertEqual(self.case.decision_code, "reply_unread")
        self.assertIn("Which invoice is this?", self.case.note_ids.note)

    def test_a_question_of_whoever_owes_nothing(self):
        self._customer_pays(self.case)
        self._come_by_link()
        self._do("ask", words="Do you have my new address?")
        closed = self.case
        self.assertEqual(closed.state, "closed")
        self.assertIn("new address", closed.note_ids.note)
        [asked] = self.acme.activity_ids
        self.assertEqual(asked.user_id, self.collector)
        nobody = self._customer("Nobody Yet")
        self._come_by_link(self._token(nobody))
        self._do("ask", words="Hello?")
        self.assertEqual(self._answers("ask")[:1].case_id.id, False)
        self.assertEqual(self._answers("ask")[:1].words, "Hello?")
        self.assertIn("Answer the customer", nobody.activity_ids.summary)

    # -- A call --------------------------------------------------------------------------------------------------

    def test_a_call_is_agreed_on(self):
        day = self.company._collection_working_day(2)
        self._come_by_link()
        told = self._told(
            self._do("callback", day=day.isoformat(), hour="10:30", phone="+1 555 0100", words="About June")
        )
        self.assertIn("at 10:30", told)
        kind = self.env.ref("grey_hat_collections.mail_activity_type_callback")
        [call] = self.case.activity_ids.filtered(lambda one: one.activity_type_id == kind)
        self.assertEqual((call.date_deadline, call.user_id), (day, self.collector))
        self.assertEqual(str(call.sudo().collection_call_at), f"{day} 10:30:00")
        self.assertIn("+1 555 0100", call.summary)
        self.assertEqual(self.case.decision_code, "callback")
        calendar = self.url_open(f"{PAGE}/calendar/{self._answers().id}").text
        self.assertIn(f"DTSTART:{day:%Y%m%d}T103000Z", calendar)

    def test_the_later_call_takes_the_place_of_the_earlier(self):
        self._come_by_link()
        for days in (2, 4):
            day = self.company._collection_working_day(days)
            self._do("callback", day=day.isoformat(), hour="10:00")
        kind = self.env.ref("grey_hat_collections.mail_activity_type_callback")
        self.assertEqual(self.case.activity_ids.filtered(lambda one: one.activity_type_id == kind).date_deadline, day)

    def test_a_call_that_is_put_off_again_and_again_holds_nothing_up(self):
        self._come_by_link()
        kind = self.env.ref("grey_hat_collections.mail_activity_type_callback")
        told = []
        for days in (2, 3, 4, 9):
            day = self.company._collection_working_day(days).isoformat()
            told.append(self._told(self._do("callback", day=day, hour="10:00")))
        self.assertEqual(["Nothing is sent" in one for one in told], [True, True, True, False])
        [call] = self.case.activity_ids.filtered(lambda one: one.activity_type_id == kind)
        self.assertEqual(call.date_deadline, self.company._collection_working_day(4))

    def test_nobody_is_called_on_a_sunday_or_at_night(self):
        sunday = self.today + timedelta(days=6 - self.today.weekday() or 7)
        day = self.company._collection_working_day(1).isoformat()
        self._come_by_link()
        for typed in (
            {"day": sunday.isoformat(), "hour": "10:00"},
            {"day": day, "hour": "03:00"},
            {"day": day, "hour": "25:00"},
            {"day": (self.today - timedelta(days=1)).isoformat(), "hour": "10:00"},
            {"day": (self.today + timedelta(days=60)).isoformat(), "hour": "10:00"},
        ):
            with self.subTest(typed):
                self.assertEqual(self._do("callback", **typed).status_code, 422)

    # -- Copies --------------------------------------------------------------------------------------------------

    def test_copies_go_to_the_address_on_file(self):
        self._come_by_link()
        told = self._told(self._do("copies", **{f"invoice_{self.overdue.id}": "1"}))
        self.assertIn("a…@customer.example", told, "Whoever only has a link does not learn the address")
        [mail] = self._confirmations()
        [file] = mail.attachment_ids
        self.assertTrue(file.raw.startswith(b"%PDF") or file.raw)
        self.assertEqual(self.case.note_ids.invoice_ids, self.overdue)

    def test_no_copies_of_what_is_not_theirs(self):
        self._come_by_link()
        for typed in ({f"invoice_{self.theirs.id}": "1"}, {}, {"invoice_": "1"}):
            self.assertEqual(self._do("copies", **typed).status_code, 422)
        self.assertFalse(self._confirmations())

    def test_a_customer_without_email_gets_them_from_a_person(self):
        self.acme.email = False
        self._come_by_link()
        self._do("copies", **{f"invoice_{self.overdue.id}": "1"})
        self.assertIn("Send copies", "".join(self.case.activity_ids.mapped("summary")))
