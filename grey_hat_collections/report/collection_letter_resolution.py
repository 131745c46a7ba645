from odoo import models

from ..models.base.printed import TEXT, printed


class CollectionLetter(models.Model):
    """What the e-mail with our answer to a dispute needs to know, in the words of the reader."""

    _inherit = "collection.letter"

    def _dispute_in_words(self):
        """What was said, what we found, what is credited and what is left to pay by when. A letter about no dispute gets
        words as well: Odoo tries out a template on any letter when it is saved.
        """
        self.ensure_one()
        dispute = self.dispute_id
        words = self.env["collection.statement"]._phrasing(self.lang)
        lines = dispute.line_ids
        currencies = lines.currency_id or self.currency_id

        def in_each(amount_of):
            sums = {
                currency: sum(map(amount_of, lines.filtered(lambda line, own=currency: line.currency_id == own)))
                for currency in currencies
            }
            return " + ".join(words.money(amount, currency) for currency, amount in sums.items() if amount)

        return {
            "state": dispute.state,
            "raised": words.date(dispute.date_raised),
            "said": printed(dispute.description, TEXT),
            "finding": printed(dispute.finding, TEXT),
            "items": printed(", ".join(dict.fromkeys(filter(None, lines.mapped("number"))))),
            "credited": in_each(lambda line: line.amount_upheld),
            "rest": in_each(lambda line: line.amount - line.amount_upheld),
            "due": words.date(dispute.date_due_new),
        }
