from datetime import timedelta
from unittest.mock import patch

from lxml import html
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import tagged
from odoo.tools import config, mute_logger
from psycopg2.errors import UniqueViolation

from ...models.page.answer import KINDS
from ...models.page.page_actions import SWITCHES
from ...models.page.said import Refused
from .page_common import PAGE, PageCommon


@tagged("post_install", "-at_install")
class TestPageAttacks(PageCommon):
    """What is sent twice, by nobody, for somebody else, or by a program that means harm."""

    def _promise(self, **typed):
        return {"amount": "100", "day": (self.today + timedelta(days=3)).isoformat(), "person": "Ada", **typed}

    # -- Twice ---------------------------------------------------------------------------------------------------

    def test_a_form_that_is_sent_twice_is_done_once(self):
        self._come_by_link()
        _form, sent = self._form("promise")
        told = [self._told(self._send_form("promise", {**sent, **self._promise()})) for _click in range(3)]
        self.assertEqual(len(set(told)), 1)
        self.assertEqual(len(self.case.promise_ids), 1)
        self.assertEqual(len(self._confirmations()), 1)
        self.assertEqual(len(self.case.note_ids), 1)

    def test_two_that_arrive_at_the_same_moment(self):
        """The second has not seen the first, and the database refuses it: it is begun anew, and finds what was done."""
        answers = self.env["collection.page.answer"]
        said = {"posted": {"nonce": "n" * 20, "words": "Once"}}
        first = answers._submit("ask", self.acme, self.company, **said)
        with patch.object(type(answers), "search", lambda model, *args, **kwargs: model.browse()):
            with mute_logger("odoo.sql_db"), self.assertRaises(ConcurrencyError) as caught:
                answers._submit("ask", self.acme, self.company, **said)
            self.assertIsInstance(caught.exception.__cause__, UniqueViolation)
        self.assertEqual(answers._submit("ask", self.acme, self.company, **said), first)
        self.assertEqual(len(self.case.note_ids), 1)

    def test_two_tabs_are_two_forms(self):
        self._come_by_link()
        _form, one = self._form("ask")
        _form, other = self._form("ask")
        self.assertNotEqual(one["nonce"], other["nonce"])
        for sent in (one, other):
            self._send_form("ask", {**sent, "words": "Hello"})
        self.assertEqual(len(self._answers("ask")), 2)

    def test_the_form_of_another_account_is_not_theirs(self):
        self._come_by_link(self._token(self.beta))
        _form, theirs = self._form("ask")
        self._send_form("ask", {**theirs, "words": "Beta's"})
        self._come_by_link()
        _form, sent = self._form("ask")
        for nonce in (theirs["nonce"], "", "short", "x" * 65, "' OR 1=1 --        "):
            answer = self._send_form("ask", {**sent, "nonce": nonce, "words": "Mine"})
            self.assertEqual(answer.status_code, 422)
            self.assertNotIn("Beta", self._problem(answer))
        self.assertEqual(len(self._answers()), 1)

    # -- Nobody --------------------------------------------------------------------------------------------------

    def test_passers_by_do_nothing(self):
        self.authenticate(None, None)
        token = self._csrf(self.url_open("/web/login"))
        for kind, _label in KINDS:
            self.assertEqual(self.url_open(f"{PAGE}/do/{kind}").status_code, 404)
            answer = self.url_open(f"{PAGE}/do/{kind}", data={"csrf_token": token, "nonce": "n" * 20, "words": "x"})
            self.assertEqual(answer.status_code, 404)
        self.assertFalse(self._answers())

    def test_links_that_do_not_work_do_nothing(self):
        token = self._token()
        self._come_by_link(token)
        _form, sent = self._form("promise")
        link = self.links._find(self.links._fingerprint(token))
        link.valid_until = self.today - timedelta(days=1)
        self.assertEqual(self._send_form("promise", {**sent, **self._promise()}).status_code, 404)
        link.valid_until = self.today
        link._revoke()
        self.assertEqual(self._send_form("promise", {**sent, **self._promise()}).status_code, 404)
        self.assertFalse(self._answers())

    def test_one_of_us_who_looks_as_the_customer_does_nothing(self):
        self.authenticate(self.collector.login, self.collector.login)
        text, tree = self._page(self.url_open(f"{PAGE}/look/{self.case.id}"))
        self.assertNotIn("What would you like to do?", text)
        self.assertFalse(tree.xpath("//a[contains(@href, '/my/balance/do/')]"))
        token = self._csrf(self.url_open(PAGE))
        for kind, _label in KINDS:
            self.assertEqual(self.url_open(f"{PAGE}/do/{kind}").status_code, 404)
            answer = self.url_open(
                f"{PAGE}/do/{kind}", data={"csrf_token": token, "nonce": "n" * 20, **self._promise()}
            )
            self.assertEqual(answer.status_code, 404)
        self.assertFalse(self._answers())

    def test_without_its_token_a_form_is_refused(self):
        self._come_by_link()
        _form, sent = self._form("promise")
        sent.pop("csrf_token")
        with mute_logger("odoo.http"):
            self.assertEqual(self._send_form("promise", {**sent, **self._promise()}).status_code, 400)
        self.assertFalse(self._answers())

    def test_another_method(self):
        self._come_by_link()
        with mute_logger("odoo.http"):
            self.assertIn(self.url_open(f"{PAGE}/do/promise", method="PUT").status_code, (400, 405))
            self.assertIn(self.url_open(f"{PAGE}/calendar/1", method="DELETE").status_code, (400, 405))

    def test_guessed_kinds_and_tokens(self):
        self._come_by_link()
        for path in (
            "do/nothing",
            "do/__class__",
            "do/%00",
            "undo/guessed",
            f"undo/{'x' * 9000}",
            "calendar/0",
            "calendar/999999",
        ):
            with self.subTest(path):
                self.assertEqual(self.url_open(f"{PAGE}/{path}").status_code, 404)

    def test_too_often(self):
        self._come_by_link()
        with patch("odoo.addons.grey_hat_collections.controllers.page_actions.MOST_ANSWERS", 2):
            codes = [self._do("ask", words="Again").status_code for _again in range(4)]
        self.assertEqual(codes, [200, 200, 422, 422])
        with (
            patch("odoo.addons.grey_hat_collections.controllers.page_actions.MOST_ANSWERS", 0),
            patch.dict(config.options, {"proxy_mode": True}),
        ):
            self.assertEqual(self.url_open(f"{PAGE}/undo/guessed").status_code, 404)

    # -- Harm ----------------------------------------------------------------------------------------------------

    def test_words_stay_words(self):
        harm = "<script>alert(1)</script> ${7*7} {{7*7}} <t t-out='7*7'/> %(x)s \x00"
        self._come_by_link()
        self._do("paid", amount="100", way="cash", words=harm, person=harm[:90])
        note = self.case.note_ids
        self.assertIn("<script>alert(1)</script> ${7*7} {{7*7}} <t t-out='7*7'/> %(x)s", note.note)
        [mail] = self._confirmations()
        self.assertNotIn("<script>", mail.body_html)
        self.assertNotIn("49", mail.body_html.replace("1496", ""))
        self.assertNotIn("<script>", "".join(map(str, self.case.activity_ids.filtered("note").mapped("note"))))
        answer = self._do("promise", **self._promise(words=harm, amount=harm[:20]))
        self.assertEqual(answer.status_code, 422)
        self.assertNotIn("<script>alert(1)", answer.text)

    def test_what_is_refused_inside_is_told_without_our_words(self):
        """A sentence of the rooms may name cases, colleagues, settings: the customer reads another one."""
        answers = self.env["collection.page.answer"]
        values = {**self._promise(), "currency": self.company.currency_id.name, "nonce": "n" * 20}
        promise = type(self.env["collection.promise"])
        with (
            patch.object(promise, "_check_moment", side_effect=UserError("Cora Lector's case 7")),
            self.assertRaises(Refused) as caught,
        ):
            answers._submit("promise", self.acme, self.company, posted=values)
        self.assertNotIn("Cora", str(caught.exception))
        self.assertFalse(self._answers())
        self.assertFalse(self.case.note_ids)

    # -- What is not offered -------------------------------------------------------------------------------------

    def test_each_action_can_be_switched_off(self):
        self._come_by_link()
        _text, tree = self._page(self.url_open(PAGE))
        shown = {one.rpartition("/")[2] for one in tree.xpath("//nav//a/@href") if "/do/" in one}
        self.assertEqual(shown, set(SWITCHES) - {"addition", "withdrawal"})
        for kind, switch in SWITCHES.items():
            with self.subTest(kind):
                self.company[switch] = False
                self.assertEqual(self.url_open(f"{PAGE}/do/{kind}").status_code, 409)
                self.company[switch] = True

    def test_with_an_agency_paying_is_agreed_on_there(self):
        self.case.sudo().state = "referred"
        self._come_by_link()
        offered = self.env["collection.page"].sudo()._offered(self.acme, self.company)
        self.assertEqual(set(offered), {"ask", "dispute", "addition", "withdrawal", "copies", "contact", "wishes"})
        for kind in ("promise", "plan", "paid", "callback"):
            self.assertEqual(self.url_open(f"{PAGE}/do/{kind}").status_code, 409)

    def test_who_owes_nothing_may_still_ask(self):
        self._customer_pays(self.case)
        self._come_by_link()
        offered = self.env["collection.page"].sudo()._offered(self.acme, self.company)
        self.assertFalse({"promise", "plan", "paid"} & set(offered))
        self.assertTrue({"ask", "contact", "wishes", "callback", "copies"} <= set(offered))
        for kind in offered:
            if kind not in ("addition", "withdrawal"):
                self.assertEqual(self.url_open(f"{PAGE}/do/{kind}").status_code, 200)

    # -- For everybody -------------------------------------------------------------------------------------------

    def test_each_field_has_a_label_and_each_problem_is_read_out(self):
        self._come_by_link()
        for kind in set(SWITCHES) - {"addition", "withdrawal"}:
            answer, _sent = self._form(kind)
            tree = html.fromstring(answer.content)
            labels = {label.get("for") for label in tree.xpath("//form[@enctype]//label")}
            fields = tree.xpath(
                "//form[@enctype]//*[self::input or self::select or self::textarea][not(@type='hidden')]"
            )
            self.assertTrue(fields)
            self.assertFalse([field.get("name") for field in fields if field.get("id") not in labels], kind)
            self.assertEqual(len({field.get("id") for field in fields}), len(fields), kind)
        refused = self._do("ask", words="x" * 2001)
        [problem] = html.fromstring(refused.content).xpath("//*[@role='alert']")
        self.assertEqual(
            html.fromstring(refused.content).xpath("//form[@enctype]/@aria-describedby"), [problem.get("id")]
        )

    def test_forms_speak_the_language_of_the_customer(self):
        for code in ("de_DE", "fr_FR"):
            self.env["res.lang"]._activate_lang(code)
            self.env["ir.module.module"].sudo()._load_module_terms(["grey_hat_collections"], [code])
        page = self.env["collection.page"].sudo()
        english = page._action_words()
        self._come_by_link()
        texts = {kind: self._page(self._form(kind)[0])[0] for kind in page._offered(self.acme, self.company)}
        for code in ("de_DE", "fr_FR"):
            self.acme.lang = code
            words = page.with_context(lang=code)._action_words()
            for kind, text in texts.items():
                self.assertNotEqual(words[kind]["intro"], english[kind]["intro"])
                theirs, _tree = self._page(self._form(kind)[0])
                self.assertIn(words[kind]["intro"], theirs)
                self.assertNotIn("Your name", theirs)
                self.assertNotEqual(theirs, text)
