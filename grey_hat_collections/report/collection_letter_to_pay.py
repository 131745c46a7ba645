from markupsafe import Markup
from odoo import models

#: How many items an e-mail names; the letter that is attached names all.
ITEMS_SHOWN = 10
#: Kinds whose e-mails name what they ask for, item by item. Those about an agreement or an answer say it in words of their own.
ASKING = ("courtesy", "reminder", "statement", "final_notice")
#: Kinds that ask for nothing.
THANKING = ("thanks", "settled")


class CollectionLetter(models.Model):
    """What e-mails say of the money: what is asked for, and where to pay it."""

    _inherit = "collection.letter"

    def _to_pay(self):
        """What is to be paid, item by item, and where, as a part of an e-mail in the language of the reader. Where nothing is,
        nothing is said.

        Whoever edits an e-mail keeps one line of it: ``<t t-out="object._to_pay()"/>``.
        """
        self.ensure_one()
        items = self._items_to_pay()
        if not items and (self.kind in ASKING or not self._expects_payment()):
            return Markup()
        documents = self.env["collection.statement"]
        asking = self.kind in ASKING
        rows = documents._rows_to_pay(self, items) if asking else []
        return self.env["ir.qweb"]._render(
            "grey_hat_collections.mail_to_pay",
            {
                "lang": self.lang,
                "amount": self._amounts_in_words() if asking else "",
                "due": asking
                and (self._pay_by_in_words() if self.kind == "final_notice" else self._oldest_due_in_words()),
                "is_deadline": self.kind == "final_notice",
                "is_ahead": self.kind == "courtesy",
                "rows": rows[:ITEMS_SHOWN],
                "more": max(0, len(rows) - ITEMS_SHOWN),
                **documents._how_to_pay(items, documents._banks(self.company_id)),
                "customer_number": documents._number_of(self.partner_id),
            },
        )

    def _expects_payment(self):
        """Whether something is to be paid by what was agreed or answered."""
        if self.kind in THANKING:
            return False
        return bool(self.promise_id or self.plan_id or self._dispute_in_words()["rest"])

    def _items_to_pay(self):
        """The open items that a payment which follows this letter is for, oldest first."""
        if self.kind in ASKING:
            return [item for item in self._items_about() if self._asked(item)]
        promises = self.promise_id or self.plan_id.promise_ids
        lines = promises._given_for() | promises.share_ids.item_id | self.dispute_id.line_ids.item_id
        items = self.env["collection.ledger"]._open_items(self.partner_id, self.company_id) if lines else []
        return [item for item in items if item.id in lines.ids and item.residual > 0]

    def _reader_name(self):
        """The person who reads this letter; an empty string where it is addressed to nobody by name."""
        self.ensure_one()
        documents = self.env["collection.statement"]
        return documents._greeted(self.contact_id or documents._reader(self.partner_id))
