from odoo import models

from ..models.base.printed import printed
from .collection_statement import REFERENCES_SHOWN


class CollectionLetter(models.Model):
    """What e-mails about promises and plans need to know, in the words of the reader.

    A letter that is about neither gets words as well: Odoo tries out a template on any letter when it is saved.
    """

    _inherit = "collection.letter"

    def _promise_in_words(self):
        """What was promised: ``amount``, what came and what is to come of it, ``date``, the items it ``covers`` (empty
        where they are too many to name); for an instalment also ``number`` and ``count``.
        """
        self.ensure_one()
        promise = self.promise_id
        currency = promise.currency_id or self.currency_id
        words = self.env["collection.statement"]._phrasing(self.lang)
        items = promise._given_for() or promise.share_ids.item_id
        references = [
            printed(name) for name in dict.fromkeys(move.payment_reference or move.name for move in items.move_id)
        ]
        return {
            "amount": words.money(promise.amount, currency),
            "received": words.money(promise.amount_received, currency),
            "outstanding": words.money(promise.amount_outstanding, currency),
            "date": words.date(promise.date_promised),
            "covers": ", ".join(references) if len(references) <= REFERENCES_SHOWN else "",
            "number": promise.number,
            "count": promise.plan_id.count,
        }

    def _plan_in_words(self):
        """The plan of this letter, or of the instalment it is about: its name, amount, instalments, first and last day."""
        self.ensure_one()
        plan = self.plan_id or self.promise_id.plan_id
        currency = plan.currency_id or self.currency_id
        words = self.env["collection.statement"]._phrasing(self.lang)
        return {
            "name": plan.name,
            "amount": words.money(plan.amount, currency),
            "count": plan.count,
            "each": words.money(plan.instalment, currency),
            "first": words.date(plan.promise_ids.sorted("number")[:1].date_promised),
            "last": words.date(plan.date_end),
        }
