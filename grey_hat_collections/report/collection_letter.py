from odoo import models

from ..engine.days import later

AGENCY_REVIEW_XMLID = "grey_hat_collections.mail_activity_type_agency_review"
#: A final notice leaves at least this many days to pay.
LEAST_DAYS_TO_PAY = 7


class CollectionLetter(models.Model):
    """What the documents and e-mails of a letter need to know about it."""

    _inherit = "collection.letter"

    def _items_about(self):
        """What this letter is about: all that it asks for, and of a final notice what it is the notice of, as its day to pay by
        is no other item's.
        """
        self.ensure_one()
        if self.kind != "final_notice":
            return self._open_items()
        items = self._items_chased()
        return self._named_for_its_step(items[self.id], self._named(items)[self.id])

    def _amounts_in_words(self):
        """What this letter is about, in the currencies of the items and the language of the reader: *$ 120.00 + 80.00 €*."""
        documents = self.env["collection.statement"]
        sums = documents._sums_asked(self, self._items_about())
        words = documents._phrasing(self.lang)
        if not sums:
            return words.money(self.amount, self.currency_id)
        return " + ".join(words.money(amount, currency) for currency, amount in sums.items())

    def _oldest_due_in_words(self):
        """The oldest due date among what this letter is about, as the reader writes dates."""
        oldest = min((item.due for item in self._items_about()), default=None)
        return self.env["collection.statement"]._phrasing(self.lang).date(oldest)

    def _pay_by_in_words(self):
        """The day of :meth:`_pay_by`, as the reader writes dates."""
        return self.env["collection.statement"]._phrasing(self.lang).date(self._pay_by())

    def _pay_by(self):
        """The day until which a final notice waits: that of the next step of the ladder, but a week at the least."""
        self.ensure_one()
        sent = self._day_sent() or self.company_id._collection_today()
        days = LEAST_DAYS_TO_PAY
        ladder = self.step_id.policy_id.step_ids
        following = ladder[list(ladder).index(self.step_id) + 1 :][:1] if self.step_id else ladder
        if following:
            age = self.case_id.days_overdue or self.step_id.days_overdue
            days = max(days, following.days_since_previous, following.days_overdue - age)
        return later(sent, days)

    def _after_notice(self, items):
        """What a final notice says of the days after it, and no more than the ladder leads to: ``talk``, ``agency`` where it may
        be handed over, ``call_agency`` where somebody calls once more before that.

        :param items: what it is a final notice about; only that may be handed over
        """
        self.ensure_one()
        policy = self.step_id.policy_id
        ladder = policy.step_ids
        ahead = ladder[list(ladder).index(self.step_id) + 1 :] if self.step_id in ladder else ladder.browse()
        review = self.env.ref(AGENCY_REVIEW_XMLID)
        amount = sum(self._asked(item) for item in items)
        worth_it = policy.currency_id.compare_amounts(amount, policy.referral_min_amount) >= 0
        if not worth_it or review not in ahead.activity_type_id:
            return "talk"
        return "call_agency" if any(step._is_last_call() for step in ahead) else "agency"

    def _mail_piece_printed(self):
        """The bar code by which this letter is found when it comes back, and its text; None where it is not mailed. The letter
        keeps that of its first mail piece; a paper with a file of its own has its own.
        """
        anew = self.env.context.get("collection_anew")
        first = self.piece_ids.filtered(lambda piece: piece.name == self.name and piece.state != "cancelled")
        piece = self.piece_ids.filtered(lambda piece: piece.id == anew) or first
        return piece._barcode() if piece else None

    def _sender(self):
        """Name, phone and e-mail of the person who signs, or of the company."""
        self.ensure_one()
        return self.env["collection.statement"]._person(self.user_id, self.company_id)
