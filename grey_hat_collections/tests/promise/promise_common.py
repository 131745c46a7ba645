"""What the stories about promises are told with."""

from datetime import timedelta

from ..common import MONDAY, CollectionCommon

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (MONDAY + timedelta(days=days) for days in range(1, 6))
NEXT_MONDAY = MONDAY + timedelta(days=7)


class PromiseCase(CollectionCommon):
    """Acme owes 500.00, ten days past due on Monday, and gives promises on the phone at ten."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer("Acme", 500)
        self.acme = self.case.partner_id
        self.invoice = self.env["account.move"].search([("partner_id", "=", self.acme.id)])

    def _item(self, invoice=None):
        return self._items(invoice or self.invoice)

    def _second_invoice(self, amount=80, **values):
        """Acme owes something else as well, nine days past due on Monday."""
        with self._on(MONDAY, "02:00"):
            invoice = self._invoice(self.acme, amount, MONDAY - timedelta(days=9), **values)
            self._settle_transaction()
        return invoice

    def _promise(self, amount=500, due=FRIDAY, day=MONDAY, clock="10:00", case=None, **values):
        with self._on(day, clock):
            promise = (
                self.env["collection.promise"]
                .with_user(self.collector)
                .create({"case_id": (case or self.case).id, "amount": amount, "date_promised": due, **values})
            )
            self._settle_transaction()
        return promise.with_user(self.env.user)

    def _at(self, day, clock="12:00"):
        """Accounting is at work."""
        return self._on(day, clock)

    def _reconcile(self, *moves):
        """Apply the receivable items of these entries to each other."""
        self._items(*moves).reconcile()

    def assertJudged(self, promise, day, state, received):
        """What becomes of a promise in a refresh on ``day``."""
        with self._on(day, "13:00"):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.company, self.acme)
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((promise.state, promise.amount_received), (state, received))
