"""What the stories about paying online are told with: Odoo's provider that only pretends, and what a browser sends."""

from lxml import html
from odoo import Command

from odoo.addons.grey_hat_collections.tests.page.page_common import PAGE, PageCommon

STATUS = "/payment/status/poll"
SIMULATE = "/payment/demo/simulate_payment"


class PayMaker:
    """Choices and transactions, made without a browser."""

    def _provider(self, company=None, **values):
        demo = self.env.ref("payment.payment_provider_demo").sudo()
        provider = demo.copy(
            {"company_id": (company or self.company).id, "state": "test", "is_published": True, **values}
        )
        self.method = self.env.ref("payment_demo.payment_method_demo").sudo()
        self.method.active = True
        provider.payment_method_ids = [Command.set(self.method.ids)]
        return provider

    def _selection(self, *items, part=None, partner=None):
        """What a customer has chosen: journal items, and (item, text) of one that is paid in part."""
        ids = [item.id for item in items]
        selections = self.env["collection.page.selection"].sudo()
        part = (part[0].id, part[1]) if part else None
        return selections._choose(partner or self.acme, self.company, ids, part=part)

    def _transaction(self, selection, state=None):
        transaction = (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.method.id,
                    "reference": f"{selection._reference()}/{len(selection.transaction_ids)}",
                    "amount": selection.amount,
                    "currency_id": selection.currency_id.id,
                    "partner_id": selection.partner_id.id,
                    "operation": "online_direct",
                    "collection_selection_id": selection.id,
                    "invoice_ids": [Command.set(selection._invoices().ids)],
                }
            )
        )
        if state:
            transaction._process("demo", {"reference": transaction.reference, "simulated_state": state})
        return transaction

    def _pay_online(self, *items, part=None):
        """Chosen, confirmed by the provider, and booked."""
        transaction = self._transaction(self._selection(*items, part=part), "done")
        transaction._post_process()
        self._settle_transaction()
        return transaction


class PayPageCommon(PayMaker, PageCommon):
    """Acme owes 500.00 since ten days and 80.00 that is not due, and pays by a personal link."""

    def _begin(self):
        super()._begin()
        self.provider = self._provider()
        self.first, self.second = self._items(self.overdue), self._items(self.later)
        self.selections = self.env["collection.page.selection"].sudo()
        self.env.flush_all()

    def _post_choice(self, *items, part=None):
        """Tick, and press *Continue*; what is shown then."""
        page = self.url_open(f"{PAGE}/pay")
        data = {"csrf_token": self._csrf(page), "item": [item.id for item in items]}
        if part:
            data |= {"part_item": part[0].id, "part_amount": part[1]}
        return self.url_open(f"{PAGE}/pay", data=data)

    def _chosen(self, answer):
        return self.selections.browse(int(answer.url.rpartition("/")[2]))

    def _begin_to_pay(self, answer, **values):
        """Press *Pay* on the form that is shown: what the browser sends, and what it is told to go on with."""
        form = html.fromstring(answer.content).xpath("//form[@id='o_payment_form']")[0]
        params = {
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "token_id": None,
            "amount": float(form.get("data-amount")),
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": form.get("data-landing-route"),
            "is_validation": False,
            "access_token": form.get("data-access-token"),
            **values,
        }
        return self.make_jsonrpc_request(form.get("data-transaction-route"), params)

    def _simulate(self, reference, state):
        """The provider answers, and the browser asks how it went."""
        self.make_jsonrpc_request(
            SIMULATE, {"reference": reference, "payment_details": "4242", "simulated_state": state}
        )
        answer = self.make_jsonrpc_request(STATUS, {})
        self._settle_transaction()
        self.env.invalidate_all()
        return answer

    def _transactions(self):
        return self.env["payment.transaction"].sudo().search([("collection_selection_id", "!=", False)])
