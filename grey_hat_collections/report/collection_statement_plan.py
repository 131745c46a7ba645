from odoo import models


class CollectionStatement(models.AbstractModel):
    """What the agreement about a payment plan says."""

    _inherit = "collection.statement"

    def _letter(self, letter, items, named):
        page = super()._letter(letter, items, named)
        if letter.kind == "plan":
            page |= self._agreement(letter, items)
        return page

    def _is_listed(self, letter, item):
        """An agreement asks for nothing but its instalments."""
        return letter.kind != "plan" and super()._is_listed(letter, item)

    def _agreement(self, letter, items):
        """The schedule of the plan of a letter, and the items that it covers."""
        plan = letter.plan_id
        currency = plan.currency_id
        words = self._phrasing(letter.lang)
        instalments = plan.promise_ids.sorted("number")
        shares = {}
        for share in instalments.share_ids:
            shares[share.item_id.id] = shares.get(share.item_id.id, 0) + share.amount
        covered = [item for item in items if item.id in shares]
        return {
            "amounts": [words.money(plan.amount, currency)],
            "requested": [],
            "due_since": "",
            "plan": {
                "name": plan.name,
                "agreed": words.date(plan.date_agreed),
                "grace": plan.company_id.collection_plan_grace_days,
                "total": words.money(plan.amount, currency),
                "instalments": [
                    {
                        "number": instalment.number,
                        "date": words.date(instalment.date_promised),
                        "amount": words.money(instalment.amount, currency),
                    }
                    for instalment in instalments
                ],
                "items": [self._covered_row(item, shares[item.id], plan, words) for item in covered],
            },
            "pay": self._how_to_pay(covered, self._banks(letter.company_id)),
        }

    def _covered_row(self, item, share, plan, words):
        """An item that a plan covers, and how much of it (``share``, in company currency)."""
        own = self.env["res.currency"].browse(item.currency_id)
        in_plan = share
        if plan.currency_id != plan.company_id.currency_id:
            in_plan = share * item.residual_currency / item.residual
        row = self._row(item, own, words)
        return {
            **{name: row[name] for name in ("number", "details", "date", "due")},
            "remaining": words.money(item.residual_currency, own),
            "in_plan": words.money(in_plan, plan.currency_id),
        }
