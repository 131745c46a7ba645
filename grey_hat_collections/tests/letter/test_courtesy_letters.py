from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestCourtesyLetters(CollectionCommon):
    """A friendly word about what falls due soon, where a company wishes it. The story begins on Monday, 2 March 2026."""

    def test_courtesy_letters_are_off_by_default(self):
        self._due_in(3)
        self._daily_run(MONDAY)
        self.assertFalse(self.env["collection.letter"].search([("company_id", "=", self.company.id)]))

    def test_a_courtesy_letter_goes_out_once_for_a_due_date(self):
        self.company.collection_courtesy_days = 5
        acme = self._due_in(5, 100)
        self._invoice(acme, 20, self._day(5))
        self._invoice(acme, 7, self._day(6))
        for _again in range(2):
            self._daily_run(MONDAY)
        self._send(MONDAY)
        letters = self.env["collection.letter"].search([("partner_id", "=", acme.id)])
        self.assertRecordValues(
            letters, [{"kind": "courtesy", "amount": 120, "reference_date": self._day(5), "state": "sent"}]
        )
        self.assertFalse(letters.case_id)
        self.assertEqual(len(self._mails), 1)
        self._daily_run(self._day(1))
        letters = self.env["collection.letter"].search([("partner_id", "=", acme.id)])
        self.assertEqual(sorted(letters.mapped("amount")), [7, 120])

    def test_a_courtesy_letter_for_what_was_paid_early_does_not_leave(self):
        self.company.collection_courtesy_days = 5
        acme = self._due_in(5)
        self._daily_run(MONDAY)
        letter = self.env["collection.letter"].search([("partner_id", "=", acme.id)])
        self.assertEqual(letter.state, "queued")
        with self._on(MONDAY, "09:00"):
            self._pay(acme.invoice_ids)
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), letter.state), ([], "cancelled"))

    def test_no_courtesy_letter_to_whom_we_talk_already_or_must_not(self):
        self.company.collection_courtesy_days = 5
        self._invoice(self._overdue_customer("Talking").partner_id, 100, self._day(3))
        self._due_in(3, collection_do_not_contact=True)
        self._due_in(3, name="Contact asked", **self._payable_contact(collection_do_not_contact=True))
        covered = self._due_in(3, name="Covered")
        self._receive(covered, 1000)
        self._daily_run(MONDAY)
        self.assertFalse(
            self.env["collection.letter"].search([("company_id", "=", self.company.id), ("kind", "=", "courtesy")])
        )

    def _due_in(self, days, amount=100, *, name="Early", **values):
        partner = self._customer(name, **values)
        with self._on(MONDAY - timedelta(days=20)):
            self._invoice(partner, amount, self._day(days))
        return partner
