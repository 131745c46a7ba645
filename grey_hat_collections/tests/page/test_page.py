from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from .page_common import PAGE, PageCommon


@tagged("post_install", "-at_install")
class TestPage(PageCommon):
    """What a customer sees, and who sees nothing."""

    # -- By link -------------------------------------------------------------------------------------------------

    def test_a_link_opens_one_account_at_a_clean_address(self):
        answer = self._come_by_link()
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.url.endswith(PAGE), "the token is not in the address any more")
        [hop] = answer.history
        self.assertEqual(hop.status_code, 303)
        text, _tree = self._page(answer)
        self.assertIn(f"{self.overdue.name}", text)
        self.assertIn("overdue 10 days", text)
        self.assertIn("580.00", text)
        self.assertNotIn(self.theirs.name, text)
        for one in (answer, hop):
            self.assertEqual(one.headers["Cache-Control"], "no-store")
            self.assertEqual(one.headers["Referrer-Policy"], "no-referrer")
            self.assertIn("noindex", one.headers["X-Robots-Tag"])

    def test_the_page_shows_what_the_statement_says(self):
        self._invoice(self.acme, 40, self.today - timedelta(days=3), move_type="out_refund")
        self._settle_transaction()
        text, _tree = self._page(self._come_by_link())
        [statement] = self.env["collection.statement"].sudo()._statements([(self.acme, self.company)])
        for section in statement["sections"]:
            self.assertIn(section["total_text"].replace("\xa0", " "), text.replace("\xa0", " "))
            for row in section["rows"]:
                self.assertIn(row["remaining"], text)
        self.assertIn("540.00", text)
        self.assertIn("in your favour", text)

    def test_all_links_that_do_not_work_get_the_same_answer(self):
        expired, revoked, archived = self._token(), self._token(), self._token(self.beta)
        of = {token: self.links._find(self.links._fingerprint(token)) for token in (expired, revoked)}
        of[expired].valid_until = self.today - timedelta(days=1)
        of[revoked].with_user(self.collector).action_revoke()
        self.beta.active = False
        answers = [self._come_by_link(token) for token in ("guessed", expired, revoked, archived, "x" * 10_000)]
        self.assertEqual({answer.status_code for answer in answers}, {404})
        pages = {self._page(answer)[0] for answer in answers}
        self.assertEqual(len(pages), 1, "nobody learns whether a link ever existed")
        self.assertEqual({answer.headers["Cache-Control"] for answer in answers}, {"no-store"})

    def test_a_link_that_is_revoked_while_somebody_reads_shows_nothing_more(self):
        token = self._token()
        self.assertEqual(self._come_by_link(token).status_code, 200)
        self.links._find(self.links._fingerprint(token))._revoke()
        self.assertEqual(self.url_open(PAGE).status_code, 404)
        self.assertEqual(self.url_open(f"{PAGE}/statement").status_code, 404)

    def test_a_house_that_shows_no_page_shows_none(self):
        token = self._token()
        self.company.collection_page = False
        self.assertEqual(self._come_by_link(token).status_code, 404)

    def test_a_look_changes_nothing_and_a_reader_is_noted(self):
        token = self._token()
        link = self.links._find(self.links._fingerprint(token))
        for _scanner in range(3):
            answer = self._come_by_link(token)
            self.url_open(PAGE, method="HEAD")
        self.assertFalse(link.opened_count, "a program that follows links reads nothing")
        self.url_open(f"{PAGE}/opened", data={"csrf_token": self._csrf(answer)})
        link.invalidate_recordset()
        self.assertEqual(link.opened_count, 1)
        self.case.invalidate_recordset()
        self.assertTrue(self.case.page_opened_at)

    def test_a_post_without_its_token_is_refused(self):
        token = self._token()
        self._come_by_link(token)
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(f"{PAGE}/opened", data={"nothing": "1"}).status_code, 400)

    def test_files_of_this_account_and_of_no_other(self):
        self._come_by_link()
        for path in (f"invoice/{self.theirs.id}", "invoice/0", f"letter/{self.case.id}", "letter/999999999"):
            with self.subTest(path):
                self.assertEqual(self.url_open(f"{PAGE}/{path}").status_code, 404)
        answer = self.url_open(f"{PAGE}/invoice/{self.overdue.id}")
        self.assertEqual((answer.status_code, answer.headers["Content-Type"]), (200, "application/pdf"))
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment"))
        bill = self._invoice(self.acme, 10, self.today, move_type="in_invoice")
        draft = self._invoice(self.acme, 10, self.today, post=False)
        for move in (bill, draft):
            self.assertEqual(self.url_open(f"{PAGE}/invoice/{move.id}").status_code, 404)

    def test_another_company_is_another_account(self):
        self._invoice_of_the_other(self.acme, 77, self.today - timedelta(days=2))
        self._settle_transaction()
        text, _tree = self._page(self._come_by_link())
        self.assertNotIn("77.00", text)
        text, _tree = self._page(self._come_by_link(self._token(company=self.other)))
        self.assertIn("77.00", text)
        self.assertNotIn("500.00", text)

    def test_too_much_is_too_much(self):
        token = self._token()
        visits = "odoo.addons.grey_hat_collections.controllers.page.MOST_BY_LINK"
        with patch(visits, 2):
            self.assertEqual([self._come_by_link(token).status_code for _again in range(4)], [200, 200, 404, 404])
        with (
            patch("odoo.addons.grey_hat_collections.controllers.page.MOST_BY_ADDRESS", 0),
            patch.dict(config.options, {"proxy_mode": True}),
        ):
            self.assertEqual(self._come_by_link().status_code, 404)
        counted = self.env["collection.page.visit"].sudo().search([])
        self.assertTrue(counted)
        self.assertFalse(counted.filtered(lambda one: token in one.key or "127.0.0.1" in one.key))
        counted.since = fields.Datetime.now() - timedelta(hours=2)
        counted._forget()
        self.assertFalse(counted.exists())

    # -- Users ---------------------------------------------------------------------------------------------------

    def test_a_user_of_the_portal_sees_the_own_account(self):
        contact = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.acme.id, "email": "ada@acme.example"}
        )
        self._portal_user(contact)
        self.authenticate("acme", "acme")
        text, _tree = self._page(self.url_open(PAGE))
        self.assertIn(self.overdue.name, text)
        self.assertNotIn(self.theirs.name, text)

    def test_a_user_of_the_portal_chooses_among_companies_with_an_account(self):
        self._invoice_of_the_other(self.acme, 77, self.today - timedelta(days=2))
        self._settle_transaction()
        self._portal_user(self.acme)
        self.authenticate("acme", "acme")
        text, _tree = self._page(self.url_open(PAGE))
        self.assertIn("Second House", text)
        text, _tree = self._page(self.url_open(f"{PAGE}/company/{self.other.id}"))
        self.assertIn("77.00", text)
        stranger = self.env["res.company"].create({"name": "Not theirs"})
        text, _tree = self._page(self.url_open(f"{PAGE}/company/{stranger.id}"))
        self.assertNotIn("Not theirs", text)

    def test_passers_by_and_strangers_see_nothing(self):
        self.authenticate(None, None)
        self.assertEqual(self.url_open(PAGE).status_code, 404)
        self._portal_user(self._customer("Nobody's"), "nobodys")
        self.authenticate("nobodys", "nobodys")
        text, _tree = self._page(self.url_open(PAGE))
        self.assertIn("There is no account of yours", text)

    def test_one_of_us_looks_as_the_customer(self):
        self.authenticate(self.collector.login, self.collector.login)
        action = self.case.with_user(self.collector).action_look_as_customer()
        text, tree = self._page(self.url_open(action["url"]))
        self.assertIn("You look at this page as the customer would", text)
        self.assertIn(self.overdue.name, text)
        self.assertFalse(tree.xpath("//*[@data-note-opened]"))
        token = self._token()
        text, _tree = self._page(self.url_open(f"{PAGE}/open/{token}"))
        self.assertIn("You look at this page as the customer would", text)

    def test_whoever_may_not_read_the_case_looks_at_nothing(self):
        self._portal_user(self.beta, "beta")
        for login in (self.stranger.login, "beta"):
            self.authenticate(login, login)
            answer = self.url_open(f"{PAGE}/look/{self.case.id}")
            self.assertNotIn(self.overdue.name, answer.text)

    # -- What it says --------------------------------------------------------------------------------------------

    def test_nothing_open_is_thanked_for(self):
        token = self._token()
        self._customer_pays(self.case)
        text, _tree = self._page(self._come_by_link(token))
        self.assertIn("All is settled. Thank you!", text)

    def test_what_we_note_for_ourselves_is_not_there(self):
        notes = self.env["collection.note"].with_user(self.collector)
        notes.create(
            {
                "case_id": self.case.id,
                "channel": "call",
                "outcome": "upset",
                "mood": "angry",
                "note": "Sounded like a liar",
            }
        )
        self.env.flush_all()
        answer = self._come_by_link()
        text, _tree = self._page(answer)
        self.assertIn("We spoke on the phone", text)
        for word in ("liar", "angry", "Upset", "priority"):
            self.assertNotIn(word, answer.text)

    def test_a_promise_and_what_comes_of_it(self):
        day = self.today + timedelta(days=5)
        promise = self.env["collection.promise"].with_user(self.collector)
        promise.create({"case_id": self.case.id, "amount": 500, "date_promised": day})
        self._settle_transaction()
        text, _tree = self._page(self._come_by_link())
        words = self.env["collection.statement"]._phrasing("en_US").date(day)
        self.assertIn(f"you promised {words}", text)
        self.assertIn(f"You promised a payment for {words}. We wait for it.", text)
        self.assertIn("Nothing more is asked for until then.", text)

    def test_it_speaks_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.acme.lang = "de_DE"
        answer = self._come_by_link()
        self.assertIn('lang="de-DE"', answer.text)
        self.assertIn("10 Tage überfällig", answer.text)

    def test_three_hundred_items_take_no_more_queries_than_thirty(self):
        page = self.env["collection.page"].sudo()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            page._content(self.acme, self.company)
            return self.env.cr.sql_log_count - before

        for _number in range(30):
            self._invoice(self.acme, 5, self.today - timedelta(days=4), post=False)
        self.acme.invoice_ids.filtered(lambda move: move.state == "draft").action_post()
        self._settle_transaction()
        few = count()
        for _number in range(90):
            self._invoice(self.acme, 5, self.today - timedelta(days=4), post=False)
        self.acme.invoice_ids.filtered(lambda move: move.state == "draft").action_post()
        self._settle_transaction()
        self.assertLessEqual(count(), few + 2)

    # -- Letters -------------------------------------------------------------------------------------------------

    def test_each_letter_carries_a_link_that_only_it_knows(self):
        self.case.sudo().next_step_id = self.standard.step_ids[0]
        self.case.sudo()._begin_steps()
        self._send()
        letter = self.case.letter_ids.sudo()
        [mail] = self._mails
        address = mail["body"].partition(f"{PAGE}/open/")[2].partition('"')[0]
        link = letter.page_link_ids
        self.assertEqual(link.sudo().token_hash, self.links._fingerprint(address))
        self.assertEqual(link.valid_until, self.today + timedelta(days=90))
        self.assertEqual(self._come_by_link(address).status_code, 200)

    def test_the_link_of_a_try_that_failed_stops_working(self):
        self.case.sudo().next_step_id = self.standard.step_ids[0]
        self.case.sudo()._begin_steps()
        letter = self.case.letter_ids.sudo()
        letter._store_pdf()
        [first] = letter.page_link_ids
        letter._fail("No such mailbox")
        letter.with_user(self.collector).action_retry()
        letter._store_pdf()
        self.assertEqual(letter.page_link_ids.mapped("state"), ["valid", "revoked"])
        self.assertEqual(first.state, "revoked")

    def test_whoever_prints_a_letter_again_makes_no_link(self):
        self.case.sudo().next_step_id = self.standard.step_ids[0]
        self.case.sudo()._begin_steps()
        self._send()
        before = self.links.search_count([])
        reports = self.env["ir.actions.report"].with_user(self.collector)
        reports._render_qweb_html("grey_hat_collections.action_report_letter", self.case.letter_ids.ids)
        self.assertEqual(self.links.search_count([]), before)
