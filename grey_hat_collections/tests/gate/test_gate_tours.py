from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .gate_common import GateCommon


@tagged("post_install", "-at_install")
class TestGateTours(GateCommon, HttpCase):
    """What people click. The browser's clock cannot be frozen, so the stories happen in these days."""

    def _begin(self):
        super()._begin()
        today = fields.Date.today()
        self.company.collection_sent_since = today - timedelta(days=90)
        self.acme = self._customer()
        self.invoice = self._invoice(self.acme, 500, today - timedelta(days=10), invoice_user_id=False)
        self.payment = self._receive(self.acme, 20, today - timedelta(days=1), memo="Transfer 4711")
        self._settle_transaction()
        self.case = self._case(self.acme)
        self.case.sudo()._run_day()
        self.env.flush_all()

    def test_the_gate_stops_a_letter_and_shows_why(self):
        self.assertEqual(self.case.decision_code, "our_side")
        self.start_tour(f"/odoo/collections/{self.case.id}", "collections_gate", login=self.collector.login)
        self.env.invalidate_all()
        self.assertEqual(self.acme.collection_delivery_address, "acme@customer.example")
        self.assertEqual(self.acme.collection_delivery_confirmed_by_id, self.collector)

    def test_an_accountant_matches_a_payment(self):
        self.start_tour(f"/odoo/collections/{self.case.id}", "collections_match", login=self.accountant.login)
        self.env.invalidate_all()
        self.assertEqual(self.invoice.amount_residual, 480)
