import random

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY, days_ago
from .dispute_common import DisputeCommon

#: Rates with which cents do not come out even.
RATES = (5.5, 7, 8.875, 19, 21)


@tagged("post_install", "-at_install")
class TestDisputeCents(DisputeCommon):
    """Disputes close to the cent: what is credited is disputed no more, and what was never disputed is asked for. Acme owes
    1000.00.
    """

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(amount=1000, days=40)
        self._freeze()
        self.item = self._items(self.case.partner_id.invoice_ids)

    def setUp(self):
        super().setUp()
        self._freeze()

    def _credit(self, amount, dispute=None):
        """Accounting credits ``amount`` of the invoice, of its own accord or with what was prepared for ``dispute``."""
        if dispute:
            note = dispute.credit_note_ids.filtered(lambda note: note.state == "draft")
        else:
            move = self.item.move_id
            reversal = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
            reversal = reversal.create({"reason": "Goodwill", "journal_id": move.journal_id.id})
            reversal.refund_moves()
            note = reversal.new_move_ids
        note = note.with_user(self.accountant)
        note.invoice_line_ids.price_unit = amount
        note.action_post()
        self._settle()
        return note

    def _settle(self):
        self._settle_transaction()
        self.env.invalidate_all()

    def assertAsked(self, chased, disputed, case=None):
        case = case or self.case
        self.assertEqual((case.amount_chased, case.amount_disputed), (chased, disputed))
        self.assertTies(case.partner_id)

    # -- More or less than was upheld ----------------------------------------------------------------------------

    def test_a_credit_note_larger_than_what_was_upheld_lowers_what_is_disputed(self):
        dispute = self._raise(self.case, {self.item: 300}, user_id=self.accountant.id)
        self._answer(dispute, "partly_upheld", user=self.accountant, credit=[100])
        self.assertAsked(700, 300)
        self._credit(150, dispute)
        self.assertAsked(700, 150)

    def test_so_does_one_that_accounting_has_written_by_itself(self):
        dispute = self._raise(self.case, {self.item: 300})
        self._answer(dispute, "partly_upheld", credit=[100])
        self._credit(150)
        self.assertAsked(700, 150)

    def test_credited_beyond_what_was_disputed_nothing_is(self):
        dispute = self._raise(self.case, {self.item: 300}, user_id=self.accountant.id)
        self._answer(dispute, "partly_upheld", user=self.accountant, credit=[100])
        self._credit(400, dispute)
        self.assertAsked(600, 0)

    def test_of_a_rejected_one_a_goodwill_credit_lowers_the_rest(self):
        dispute = self._raise(self.case, {self.item: 300})
        self._answer(dispute, "rejected")
        self._credit(120)
        self.assertAsked(700, 180)

    def test_credited_in_part_the_rest_that_was_upheld_waits(self):
        dispute = self._raise(self.case, {self.item: 300}, user_id=self.accountant.id)
        self._answer(dispute, "upheld", user=self.accountant)
        self._credit(200, dispute)
        self.assertAsked(700, 100)
        dispute.with_user(self.accountant).action_prepare_credit_notes()
        self.assertEqual(sorted(dispute.credit_note_ids.mapped("amount_total")), [100, 200])

    # -- Reopened ------------------------------------------------------------------------------------------------

    def test_reopened_what_was_credited_is_disputed_no_more(self):
        dispute = self._raise(self.case, {self.item: 300}, user_id=self.accountant.id)
        self._answer(dispute, "partly_upheld", user=self.accountant, credit=[100])
        note = self._credit(100, dispute)
        dispute.with_user(self.accountant).action_reopen()
        self._settle()
        self.assertAsked(700, 200)
        self._answer(dispute, "upheld", user=self.accountant)
        self._settle()
        self.assertEqual(dispute.amount_to_credit, 200)
        note.button_draft()
        self._settle()
        self.assertEqual(dispute.amount_to_credit, 300, "A credit note that is taken back has credited nothing")

    def test_reopened_a_credit_note_of_accounting_counts_as_before(self):
        dispute = self._raise(self.case, {self.item: 300})
        self._answer(dispute, "partly_upheld", credit=[100])
        self._credit(100)
        with self._on(MONDAY, "15:00"):
            dispute.with_user(self.collector).action_reopen()
            self._settle()
        self.assertAsked(700, 200)

    def test_a_credit_note_of_accounting_while_our_answer_is_owed_is_for_something_else(self):
        self._raise(self.case, {self.item: 300})
        self._credit(100)
        self.assertAsked(600, 300)

    def test_reopened_what_was_credited_otherwise_stays_credited(self):
        dispute = self._raise(self.case, {self.item: 300})
        self._answer(dispute, "partly_upheld", credit=[100])
        dispute.with_user(self.accountant).action_mark_credited()
        self._credit_note(self.case.partner_id, 100, MONDAY)
        self._settle()
        self.assertAsked(700, 200)
        dispute.with_user(self.collector).action_reopen()
        self._settle()
        self.assertAsked(700, 200)
        self._answer(dispute, "partly_upheld", credit=[100])
        self._settle()
        self.assertAsked(700, 200)

    def test_reopened_where_all_of_it_was_disputed(self):
        dispute = self._raise(self.case, {self.item: 1000}, user_id=self.accountant.id)
        self._answer(dispute, "partly_upheld", user=self.accountant, credit=[400])
        self._credit(400, dispute)
        dispute.with_user(self.accountant).action_reopen()
        self._settle()
        self.assertAsked(0, 600)
        dispute.line_ids.with_user(self.accountant).amount = 900
        self._settle()
        self.assertAsked(100, 500)

    # -- Cents ---------------------------------------------------------------------------------------------------

    def _taxed(self, dice, number):
        """An invoice with lines and taxes of which cents do not come out even, overdue, and the case of its customer."""
        rates = [
            self.env["account.tax"].create(
                {
                    "name": f"{rate} % {number}",
                    "amount": rate,
                    "type_tax_use": "sale",
                    "price_include_override": "tax_included" if dice.random() < 0.3 else "tax_excluded",
                }
            )
            for rate in dice.sample(RATES, 2)
        ]
        lines = [
            Command.create(
                {
                    "name": f"Goods {one}",
                    "quantity": dice.choice([1, 1, 3, 7, 12]),
                    "price_unit": dice.randint(1, 30_000) / 100,
                    "discount": dice.choice([0, 0, 3]),
                    "tax_ids": [Command.set([dice.choice(rates).id])],
                }
            )
            for one in range(dice.randint(1, 9))
        ]
        partner = self._customer(f"Taxed {number}")
        with self._on(days_ago(20)):
            invoice = self._create_invoice(
                partner_id=partner,
                invoice_date=days_ago(20),
                invoice_date_due=days_ago(20),
                invoice_payment_term_id=False,
                invoice_line_ids=lines,
                post=True,
            )
        self._settle()
        return self._case(partner), invoice

    def test_whatever_the_taxes_what_the_credit_note_gives_is_what_was_granted(self):
        to_decimal = 0
        for seed in range(16):
            dice = random.Random(seed)
            self.company.tax_calculation_rounding_method = ("round_per_line", "round_globally")[seed % 2]
            case, invoice = self._taxed(dice, seed)
            item, total = self._items(invoice), invoice.amount_total
            disputed = round(total * dice.uniform(0.2, 1), 2)
            upheld = round(disputed * dice.choice([1, dice.uniform(0.1, 0.9)]), 2)
            with self.subTest(seed=seed, total=total, disputed=disputed, upheld=upheld):
                dispute = self._raise(case, {item: disputed}, user_id=self.accountant.id)
                resolution = "upheld" if upheld == disputed else "partly_upheld"
                self._answer(dispute, resolution, user=self.accountant, credit=[upheld])
                note = dispute.credit_note_ids
                given = note.amount_total
                self.assertLessEqual(abs(round(given - upheld, 2)), 0.02)
                to_decimal += given == upheld
                note.with_user(self.accountant).action_post()
                self._settle()
                granted = round(disputed - given, 2) if resolution == "partly_upheld" else 0
                self.assertEqual(dispute.amount_to_credit, 0)
                self.assertAlmostEqual(case.amount_disputed, granted, 2)
                self.assertAlmostEqual(case.amount_chased, total - given - granted, 2)
                self.assertTies(case.partner_id)
                if not case.currency_id.is_zero(item.amount_residual):
                    self._pay(invoice)
                    self._settle()
                self.assertEqual((case.state, case.balance), ("closed", 0))
        self.assertGreater(to_decimal, 8, "Most come out to the cent")

    def test_a_cent_that_accounting_has_changed_holds_nothing_up(self):
        case, invoice = self._taxed(random.Random(3), 3)
        item = self._items(invoice)
        dispute = self._raise(case, {item: 50}, user_id=self.accountant.id)
        self._answer(dispute, "upheld", user=self.accountant)
        note = dispute.credit_note_ids.with_user(self.accountant)
        line = note.invoice_line_ids.sorted("price_total")[-1]
        line.price_unit -= 0.02 / line.quantity
        self.assertLess(note.amount_total, 50)
        note.action_post()
        self._settle()
        self.assertEqual(dispute.amount_to_credit, 0)
        self.assertAsked(item.amount_residual, 0, case)
