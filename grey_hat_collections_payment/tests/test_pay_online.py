from lxml import html
from odoo import Command
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.grey_hat_collections.tests.page.page_common import PAGE

from .pay_common import STATUS, PayPageCommon


@tagged("post_install", "-at_install")
class TestPayOnline(PayPageCommon):
    """A customer pays on the page: 500.00 since ten days, and 80.00 that is not due yet."""

    def _refused(self, answer, **values):
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self._begin_to_pay(answer, **values)

    # -- Choosing ------------------------------------------------------------------------------------------------

    def test_what_is_overdue_is_ticked(self):
        self._come_by_link()
        text, tree = self._page(self.url_open(f"{PAGE}/pay"))
        ticked = {box.get("value"): bool(box.get("checked")) for box in tree.xpath("//input[@name='item']")}
        self.assertEqual(ticked, {str(self.first.id): True, str(self.second.id): False})
        self.assertNotIn(self.theirs.name, text)

    def test_the_page_of_the_account_leads_there(self):
        answer = self._come_by_link()
        self.assertIn('href="/my/balance/pay"', answer.text)
        self.provider.state = "disabled"
        answer = self._come_by_link()
        self.assertNotIn('href="/my/balance/pay"', answer.text)
        text, _tree = self._page(self.url_open(f"{PAGE}/pay"))
        self.assertIn("Paying online is not possible at the moment", text)

    def test_nothing_chosen_or_a_part_that_is_none_is_said_and_nothing_is_kept(self):
        self._come_by_link()
        refused = {
            "Please tick what you want to pay.": {},
            "Please enter an amount": {"part": (self.first, "a lot")},
            "A part is between $ 0.01 and $ 500.00.": {"part": (self.first, "500.01")},
        }
        for words, choice in refused.items():
            text, _tree = self._page(self._post_choice(**choice))
            self.assertIn(words, text.replace("\xa0", " "))
        for amount in ("0", "-5", "nan", "inf", "1e999", "9" * 30, ""):
            answer = self._post_choice(self.first, part=(self.second, amount))
            self.assertEqual((answer.status_code, answer.url.endswith("/pay")), (200, True), amount)
        self.assertFalse(self.selections.search([]))

    def test_the_whole_of_it_is_no_part(self):
        self._come_by_link()
        selection = self._chosen(self._post_choice(part=(self.first, "500")))
        self.assertEqual((selection.amount, selection.line_ids.mapped("is_part")), (500, [False]))

    def test_what_is_not_theirs_cannot_be_chosen(self):
        self._come_by_link()
        for item in (self._items(self.theirs), self.overdue.line_ids - self.first):
            text, _tree = self._page(self._post_choice(self.first, item[:1]))
            self.assertIn("Your account has changed", text)
        text, _tree = self._page(self._post_choice(part=(self._items(self.theirs), "1")))
        self.assertIn("Your account has changed", text)
        self.assertFalse(self.selections.search([]))

    def test_two_currencies_are_two_payments(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        abroad = self._items(self._invoice(self.acme, 70, self.today, currency_id=euro.id))
        self._settle_transaction()
        self._come_by_link()
        text, tree = self._page(self.url_open(f"{PAGE}/pay"))
        self.assertEqual(len(tree.xpath("//form[contains(@class, 'o_collection_choose')]")), 2)
        text, _tree = self._page(self._post_choice(self.first, abroad))
        self.assertIn("Items in different currencies", text)
        selection = self._chosen(self._post_choice(abroad))
        self.assertEqual((selection.amount, selection.currency_id), (70, euro))

    # -- Paid ----------------------------------------------------------------------------------------------------

    def test_two_items_are_paid_with_one_payment(self):
        """The browser has no say in amount, payer and where it comes back to."""
        self._come_by_link()
        answer = self._post_choice(self.first, self.second)
        text, _tree = self._page(answer)
        self.assertIn("Pay $ 580.00", text.replace("\xa0", " "))
        values = self._begin_to_pay(answer, amount=1.0, landing_route="https://elsewhere.example")
        self.assertEqual((values["amount"], values["partner_id"]), (580, self.acme.id))
        told = self._simulate(values["reference"], "done")
        self.assertEqual((told["state"], told["landing_route"]), ("done", answer.url.partition(self.base_url())[2]))
        self.assertEqual((self.overdue + self.later).mapped("amount_residual"), [0, 0])
        [transaction] = self._transactions()
        self.assertEqual(transaction.payment_id.amount, 580)
        self.assertEqual(transaction.payment_id.partner_id, self.acme)
        self.assertEqual(transaction.invoice_ids, self.overdue + self.later)
        self.assertEqual(self.case.state, "closed")
        text, _tree = self._page(self.url_open(told["landing_route"]))
        self.assertIn("Thank you for your payment", text)

    def test_a_part_of_one_item(self):
        self._come_by_link()
        answer = self._post_choice(self.first, part=(self.second, "30.00"))
        self.assertIn("in part", self._page(answer)[0])
        values = self._begin_to_pay(answer)
        self.assertEqual(values["amount"], 530)
        self._simulate(values["reference"], "done")
        self.assertEqual((self.overdue + self.later).mapped("amount_residual"), [0, 50])

    def test_an_opening_entry_is_paid_too(self):
        entry = self._opening_balance(self.acme, 300, self.today)
        [item] = entry.line_ids.filtered(lambda line: line.partner_id == self.acme)
        self._settle_transaction()
        self._come_by_link()
        values = self._begin_to_pay(self._post_choice(item))
        self._simulate(values["reference"], "done")
        self.assertTrue(item.reconciled)
        self.assertEqual(self.overdue.amount_residual, 500)

    # -- On its way ----------------------------------------------------------------------------------------------

    def test_a_pending_payment_is_not_chased_from_that_moment(self):
        self._come_by_link()
        answer = self._post_choice(self.first)
        values = self._begin_to_pay(answer)
        self._settle_transaction()
        self.assertEqual(
            (self.case.amount_chased, self.case.amount_under_way), (500, 0), "looking at a form pays nothing"
        )
        self._simulate(values["reference"], "pending")
        self.assertEqual((self.case.amount_chased, self.case.amount_under_way), (0, 500))
        text, _tree = self._page(self.url_open(answer.url))
        self.assertIn("Your payment is on its way", text)
        text, tree = self._page(self.url_open(f"{PAGE}/pay"))
        self.assertEqual([box.get("value") for box in tree.xpath("//input[@name='item']")], [str(self.second.id)])
        self.assertIn("payment on its way", self._page(self.url_open(PAGE))[0])
        self._simulate(values["reference"], "done")
        self.assertEqual(self.overdue.payment_state, "paid")

    def test_an_authorised_payment_is_captured_later(self):
        self.provider.capture_manually = True
        self._come_by_link()
        values = self._begin_to_pay(self._post_choice(self.first))
        self._simulate(values["reference"], "done")
        [transaction] = self._transactions()
        self.assertEqual(transaction.state, "authorized")
        self.assertEqual((self.case.amount_chased, self.case.amount_under_way), (0, 500))
        transaction._capture()._post_process()
        self._settle_transaction()
        self.assertEqual(self.overdue.payment_state, "paid")

    # -- Not paid ------------------------------------------------------------------------------------------------

    def test_refused_is_not_paid_and_may_be_tried_again(self):
        for number, state in enumerate(("cancel", "error"), 1):
            self._come_by_link()
            answer = self._post_choice(self.first)
            values = self._begin_to_pay(answer)
            self._simulate(values["reference"], state)
            self.assertEqual((self.case.amount_chased, self.case.amount_under_way), (500, 0))
            answer = self.url_open(answer.url)
            self.assertIn("The payment did not work", self._page(answer)[0])
            again = self._begin_to_pay(answer)
            self.assertNotEqual(again["reference"], values["reference"])
            self.assertEqual(len(self._transactions()), 2 * number)

    # -- Twice ---------------------------------------------------------------------------------------------------

    def test_two_clicks_are_one_payment(self):
        self._come_by_link()
        answer = self._post_choice(self.first)
        references = {self._begin_to_pay(answer)["reference"] for _click in range(2)}
        self.assertEqual(len(references), 1)
        self.assertEqual(len(self._transactions()), 1)

    def test_back_after_paying_pays_nothing_again(self):
        self._come_by_link()
        form = self._post_choice(self.first)
        for state in ("pending", "done"):
            self._simulate(self._transactions()[:1].reference or self._begin_to_pay(form)["reference"], state)
            self._refused(form)
            answer = self.url_open(form.url)
            self.assertFalse(html.fromstring(answer.content).xpath("//form[@id='o_payment_form']"))
        self.assertEqual(len(self._transactions()), 1)

    # -- Something changes underneath ----------------------------------------------------------------------------

    def test_what_was_paid_by_bank_meanwhile_is_not_asked_for_again(self):
        self._come_by_link()
        form = self._post_choice(self.first, self.second)
        self._pay(self.overdue, 200)
        self._settle_transaction()
        self._refused(form)
        self.assertIn("Your account has changed since you chose", self._page(self.url_open(form.url))[0])
        self.assertFalse(self._transactions())
        selection = self._chosen(self._post_choice(self.first, self.second))
        self.assertEqual(selection.amount, 380)

    # -- Who may -------------------------------------------------------------------------------------------------

    def test_a_selection_is_of_one_link_and_one_form(self):
        self._come_by_link()
        form = self._post_choice(self.first)
        self._refused(form, access_token="guessed")
        self._refused(form, access_token=None)
        path = form.url
        for token in (self._token(self.beta), self._token()):
            self._come_by_link(token)
            self.assertEqual(self.url_open(path).status_code, 404)
            self._refused(form)
        self.authenticate(None, None)
        self._refused(form)
        self.assertFalse(self._transactions())

    def test_a_link_that_is_revoked_pays_nothing(self):
        token = self._token()
        self._come_by_link(token)
        form = self._post_choice(self.first)
        self.links._find(self.links._fingerprint(token))._revoke()
        self._refused(form)
        self.assertEqual(self.url_open(f"{PAGE}/pay").status_code, 404)

    def test_what_the_form_does_not_offer_is_refused(self):
        other = self._provider(self.other)
        self._come_by_link()
        form = self._post_choice(self.first)
        for values in (
            {"provider_id": other.id},
            {"provider_id": None},
            {"payment_method_id": self.env["payment.method"].search([("id", "!=", self.method.id)], limit=1).id},
            {"flow": "offline"},
            {"reference_prefix": "mine"},
            {"currency_id": 1},
        ):
            self._refused(form, **values)
        self.assertFalse(self._transactions())

    def test_the_limit_of_a_provider_is_for_what_was_chosen(self):
        self.provider.maximum_amount = 100
        self._come_by_link()
        form = self._post_choice(self.second)
        too_much = self._post_choice(self.first)
        self.assertFalse(html.fromstring(too_much.content).xpath("//form[@id='o_payment_form']"))
        self.assertEqual(self._begin_to_pay(form)["amount"], 80)

    def test_by_link_no_saved_method_is_shown_used_or_made(self):
        token = self._saved_method(self.acme)
        self.provider.allow_tokenization = True
        self._come_by_link()
        form = self._post_choice(self.first)
        self.assertNotIn("o_payment_token_", form.text)
        self.assertNotIn("o_payment_tokenize_checkbox", form.text)
        self._refused(form, flow="token", token_id=token.id)
        self._begin_to_pay(form, tokenization_requested=True)
        self.assertFalse(self._transactions().tokenize)

    def _saved_method(self, partner):
        return (
            self.env["payment.token"]
            .sudo()
            .create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.method.id,
                    "payment_details": "4242",
                    "partner_id": partner.id,
                    "provider_ref": "saved",
                    "demo_simulated_state": "done",
                }
            )
        )

    def test_a_user_of_the_portal_pays_with_the_own_saved_method_and_no_colleagues(self):
        contacts = {"child_ids": [Command.create({"name": name}) for name in ("Ada", "Bob")]}
        self.acme.write(contacts)
        ada, bob = self.acme.child_ids
        self._portal_user(ada)
        mine, colleagues = self._saved_method(ada), self._saved_method(bob)
        self.authenticate("acme", "acme")
        form = self._post_choice(self.first)
        self.assertIn(f"o_payment_token_{mine.id}", form.text)
        self.assertNotIn(f"o_payment_token_{colleagues.id}", form.text)
        self._refused(form, flow="token", token_id=colleagues.id, payment_method_id=None)
        self._begin_to_pay(form, flow="token", token_id=mine.id, payment_method_id=None)
        self.make_jsonrpc_request(STATUS, {})
        [transaction] = self._transactions()
        self.assertEqual(transaction.partner_id, self.acme, "the payer is the customer, whoever pays")
        self.env.invalidate_all()
        self.assertEqual(self.overdue.amount_residual, 0)

    def test_one_of_us_pays_nothing_for_a_customer(self):
        self.authenticate(self.collector.login, self.collector.login)
        self.url_open(self.case.with_user(self.collector).action_look_as_customer()["url"])
        answer = self.url_open(f"{PAGE}/pay")
        self.assertIn("Nothing can be paid here", self._page(answer)[0])
        self.url_open(f"{PAGE}/pay", data={"csrf_token": self._csrf(answer), "item": self.first.id})
        self.assertFalse(self.selections.search([]))

    # -- What is said --------------------------------------------------------------------------------------------

    def test_it_speaks_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"].sudo()._load_module_terms(["grey_hat_collections_payment"], ["de_DE"])
        self.acme.lang = "de_DE"
        self._come_by_link()
        answer = self.url_open(f"{PAGE}/pay")
        self.assertIn("Was möchten Sie bezahlen?", self._page(answer)[0])
        self.assertIn("Bitte wählen Sie aus, was Sie bezahlen möchten.", self._page(self._post_choice())[0])

    def test_many_items_take_no_more_queries_than_few(self):
        page = self.env["collection.page"].sudo()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            [group] = page._pay_content(self.acme, self.company)
            return len(group["rows"]), self.env.cr.sql_log_count - before

        few = count()
        for _number in range(20):
            self._invoice(self.acme, 5, self.today)
        self._settle_transaction()
        many = count()
        self.assertEqual((few[0], many[0]), (2, 22))
        self.assertLessEqual(many[1], few[1])
