from typing import NamedTuple

from odoo import api, models

from odoo.addons.grey_hat_collections.models.ledger.open_item import OpenItem


class Payable(NamedTuple):
    """An open item that can be paid online: ``amount`` of it, in its own currency, which is what is left and not on its way."""

    item: OpenItem
    account_id: int
    currency_id: int
    amount: float


class CollectionPage(models.AbstractModel):
    """What a customer can pay on the page. Needs superuser mode, like all that the page shows."""

    _inherit = "collection.page"

    @api.model
    def _content(self, partner, company):
        content = super()._content(partner, company)
        can_pay = bool(self._payable(partner, company)) and self._pays_online(company)
        return content | {"pays_online": can_pay}

    @api.model
    def _pays_online(self, company):
        """Whether the house has anybody who takes payments; which of them does this one is asked when it is made."""
        providers = self.env["payment.provider"]
        domain = [*providers._check_company_domain(company), ("state", "in", ("enabled", "test"))]
        return bool(providers.search_count([*domain, ("is_published", "=", True)], limit=1))

    @api.model
    def _payable(self, partner, company):
        """What of the account can be paid today, by id of the item, the oldest first. Opening entries can be paid too; what was
        paid back to the customer is no debt, and what an agency has is paid there, unless the house says otherwise.

        :rtype: dict[int, Payable]
        """
        partner = partner.commercial_partner_id
        items = self.env["collection.ledger"]._open_items(partner, company)
        lines = self.env["account.move.line"].browse([item.id for item in items])
        lines.fetch(["account_id", "payment_id"])
        referred = set() if company.collection_pay_referred else self._referred(self._open_case(partner, company))
        payable = {}
        for item, line in zip(items, lines, strict=True):
            held = not company.collection_pay_referred and (item.with_agency or item.id in referred)
            if item.residual <= 0 or line.payment_id or held:
                continue
            currency = self.env["res.currency"].browse(item.currency_id)
            on_its_way = item.residual_currency * item.under_way / item.residual
            amount = currency.round(item.residual_currency - on_its_way)
            if currency.compare_amounts(amount, 0.0) > 0:
                payable[item.id] = Payable(item, line.account_id.id, currency.id, amount)
        return payable

    @api.model
    def _pay_content(self, partner, company):
        """What the page for choosing shows: a group for each currency and account, as one payment covers one of each.

        :rtype: list[dict]
        """
        partner = partner.commercial_partner_id
        payable = self._payable(partner, company)
        words = self.env["collection.statement"]._phrasing(self.env.lang)
        lines = self.env["account.move.line"].browse(payable)
        promised = self._promised_for(lines)
        lines.move_id.fetch(["name", "ref"])
        groups = {}
        for line, one in zip(lines, payable.values(), strict=True):
            currency = self.env["res.currency"].browse(one.currency_id)
            group = groups.setdefault((one.currency_id, one.account_id), {"currency": currency, "rows": []})
            item = one.item
            group["rows"].append(
                {
                    "id": item.id,
                    "number": line._collection_number(),
                    "due": words.date(item.due),
                    "state": self._state_in_words(item, False, promised.get(item.id), words),
                    "tone": self._tone(item),
                    "amount": one.amount,
                    "amount_text": words.money(one.amount, currency),
                    "ticked": bool(item.days_overdue) and not item.excluded and not item.disputed,
                }
            )
        return list(groups.values())
