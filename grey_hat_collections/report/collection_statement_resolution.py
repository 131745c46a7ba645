from odoo import models

from ..models.base.printed import TEXT, printed


class CollectionStatement(models.AbstractModel):
    """What our answer to a dispute says."""

    _inherit = "collection.statement"

    def _letter(self, letter, items, named):
        page = super()._letter(letter, items, named)
        if letter.kind == "resolution":
            page |= self._resolution(letter, items)
        return page

    def _is_listed(self, letter, item):
        """An answer asks for nothing but the rest of what was disputed."""
        return letter.kind != "resolution" and super()._is_listed(letter, item)

    def _resolution(self, letter, items):
        """What the customer said, what we found, and what is left to pay of the items concerned and of the account.

        The balance is the one after all that we have upheld: a credit note that is not posted yet is taken off already.
        """
        dispute = letter.dispute_id
        words = self._phrasing(letter.lang)
        lines = dispute.line_ids
        rests, waiting = {}, {}
        for line in lines:
            rest = line.amount - line.amount_upheld
            rests[line.currency_id] = rests.get(line.currency_id, 0) + rest
            waiting[line.currency_id] = waiting.get(line.currency_id, 0) + line.amount_waiting
        balances = {}
        for item in items:
            currency = self.env["res.currency"].browse(item.currency_id)
            balances[currency] = balances.get(currency, 0) + item.residual_currency
        disputed = set(lines.item_id.ids)
        left = [words.money(rest, currency) for currency, rest in rests.items() if currency.round(rest)]
        return {
            "amounts": left,
            "requested": left,
            "deadline": words.date(dispute.date_due_new),
            "resolution": {
                "state": dispute.state,
                "raised": words.date(dispute.date_raised),
                "said": printed(dispute.description, TEXT),
                "finding": printed(dispute.finding, TEXT),
                "due": words.date(dispute.date_due_new),
                "rows": [self._resolution_row(line, words) for line in lines],
                "balances": [
                    words.money(balance - waiting.get(currency, 0), currency) for currency, balance in balances.items()
                ]
                or [words.money(0.0, letter.currency_id)],
            },
            "pay": self._how_to_pay([item for item in items if item.id in disputed], self._banks(letter.company_id)),
        }

    def _resolution_row(self, line, words):
        """A disputed item: what was disputed, what we credit, and what is to be paid of it."""
        currency = line.currency_id
        return {
            "number": printed(line.number),
            "disputed": words.money(line.amount, currency),
            "credited": words.money(line.amount_upheld, currency),
            "rest": words.money(line.amount - line.amount_upheld, currency),
        }
