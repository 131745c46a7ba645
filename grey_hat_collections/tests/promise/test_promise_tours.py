from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from ..common import CollectionCommon


@tagged("post_install", "-at_install")
class TestPromiseTours(CollectionCommon, HttpCase):
    """Promises of 500.00, each paid in its own way of Odoo's, as the collector sees them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"collection_confirm_promises": False})
        cls.env.user.group_ids += cls.env.ref("base.group_system") | cls.env.ref("grey_hat_collections.group_manager")

    def _begin(self):
        super()._begin()
        self.today = fields.Date.today()
        self.promises = self.env["collection.promise"]

    def _promised(self, name, due=None, **invoice):
        """A customer who owes 500.00 and promised it five days ago, for today by default; the invoice."""
        partner = self._customer(name)
        day = self.today - timedelta(days=10)
        move = self._invoice(partner, 500, day, **invoice)
        with self._on(self.today - timedelta(days=5)):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.company, partner)
            item = self._items(move)
            self.promises |= self.promises.create(
                {
                    "case_id": self._case(partner).id,
                    "amount": 500,
                    "date_promised": due or self.today,
                    "currency_id": move.currency_id.id,
                    "item_ids": [Command.set(item.ids)],
                }
            )
            self._settle_transaction()
        return move

    def test_a_promise_is_kept_whichever_way_the_money_comes(self):
        past = self.today - timedelta(days=2)
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0), (self.today, 1.0)])
        browser = self._promised("Registered in the browser")
        self._pay(self._promised("Outstanding account"))
        self._bank_pays(self._promised("Bank statement"), 500)
        self._promised("Unapplied")
        self._receive(self.env["res.partner"].search([("name", "=", "Unapplied")]), 500)
        self._pay(self._promised("Overpaid"), 550)
        self._pay(self._promised("Foreign currency", currency_id=euro.id), 500, currency_id=euro.id)
        self._pay(self._promised("In parts", due=past), 200, self.today - timedelta(days=3))
        payment = self._pay(self._promised("Reversed", due=past), 500, self.today - timedelta(days=3))
        payment.move_id._reverse_moves([{"date": self.today}], cancel=True)
        self._promised("Not yet", due=self.today + timedelta(days=1))
        outstanding = self.inbound_payment_method_line.payment_account_id
        with self._payments_without_entry():
            self._pay(self._promised("No outstanding account"))
            self._settle_transaction()
        self.inbound_payment_method_line.payment_account_id = outstanding
        invoice = f"/odoo/customer-invoices/{browser.id}"
        self.start_tour(invoice, "collections_register_payment", login=self.accountant.login)
        self.Case.sudo()._refresh(self.company)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(
            {promise.partner_id.name: promise.state for promise in self.promises},
            {
                "Registered in the browser": "kept",
                "Outstanding account": "kept",
                "No outstanding account": "kept",
                "Bank statement": "kept",
                "Unapplied": "kept",
                "Overpaid": "kept",
                "Foreign currency": "kept",
                "In parts": "light",
                "Reversed": "broken",
                "Not yet": "open",
            },
        )
        self.start_tour("/odoo/collections-promises", "collections_promises_judged", login=self.collector.login)
