from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from ..common import CollectionCommon


@tagged("post_install", "-at_install")
class TestFindTours(CollectionCommon, HttpCase):
    """What people press. The browser's clock cannot be frozen, so the story happens in these days."""

    def _begin(self):
        super()._begin()
        today = fields.Date.today()
        pat = {"name": "Pat Payne", "type": "accounts_payable", "phone": "+1 (207) 555-0164"}
        customers = (
            self._customer("Acme", child_ids=[Command.create(pat)]),
            self._customer("Bolt", phone="207.555.0164"),
            self._customer("Coda", phone="+1 207 555 0999"),
        )
        for customer, amount, days in zip(customers, (500, 80, 300), (60, 5, 30), strict=True):
            self._invoice(customer, amount, today - timedelta(days=days))
        self.Case.sudo()._refresh(self.company)
        self._settle_transaction()

    def test_a_customer_is_found_by_phone(self):
        self.start_tour("/odoo/collections", "collections_find_by_phone", login=self.collector.login)

    def test_one_key_one_text_enter(self):
        self.start_tour("/odoo/collections-conversations", "collections_find_and_enter", login=self.collector.login)

    def test_the_search_of_a_list(self):
        self.start_tour("/odoo/collections-cases", "collections_find_in_list", login=self.collector.login)

    def test_who_reads_no_cases_has_no_key(self):
        """Nor a request of its own to learn that: the page says so."""
        self.authenticate(self.stranger.login, self.stranger.login)
        told = self.make_jsonrpc_request("/web/session/get_session_info", {})
        self.assertIs(told["collection_finds_cases"], False)
        for user in (self.collector, self.manager, self.accountant):
            self.authenticate(user.login, user.login)
            told = self.make_jsonrpc_request("/web/session/get_session_info", {})
            self.assertIs(told["collection_finds_cases"], True, user.login)
