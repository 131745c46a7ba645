from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY, days_ago
from .dispute_common import DisputeCommon

CREDIT = "grey_hat_collections.mail_activity_type_credit_note"


@tagged("post_install", "-at_install")
class TestDisputeAnswer(DisputeCommon):
    """Our answer: what is credited, when the rest is due, and what the case makes of it."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(amount=1000, days=40)
        self._freeze()
        self.item = self._items(self.case.partner_id.invoice_ids)

    def setUp(self):
        super().setUp()
        self._freeze()

    def _activities(self, dispute, xmlid):
        return dispute.activity_ids.filtered(lambda one: one.activity_type_id == self.env.ref(xmlid))

    def _credited_by_accounting(self, amount):
        """Accounting writes a credit note for the invoice by itself, and posts it."""
        move = self.item.move_id
        reversal = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        reversal = reversal.create({"reason": "Goodwill", "journal_id": move.journal_id.id})
        reversal.refund_moves()
        reversal.new_move_ids.invoice_line_ids.price_unit = amount
        reversal.new_move_ids.action_post()
        self._settle_transaction()

    # -- Upheld --------------------------------------------------------------------------------------------------

    def test_upheld_by_an_accountant_is_a_draft_credit_note_by_odoo_s_own_reversal(self):
        dispute = self._raise(self.case, {self.item: 300}, user_id=self.accountant.id)
        self._answer(dispute, "upheld", user=self.accountant)
        note = dispute.credit_note_ids
        self.assertEqual((note.state, note.move_type, note.amount_total), ("draft", "out_refund", 300))
        self.assertEqual(note.reversed_entry_id, self.item.move_id)
        self.assertEqual(dispute.state, "upheld")
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased), (300, 700), "a draft is no credit yet")
        note.with_user(self.accountant).action_post()
        self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual(self.item.amount_residual, 700)
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased), (0, 700))
        self.assertEqual(dispute.amount_to_credit, 0)
        self.assertTies(self.case.partner_id)

    def test_upheld_by_a_collector_asks_accounting_who_prepares_it_with_one_button(self):
        dispute = self._raise(self.case, {self.item: 300})
        self._answer(dispute, "upheld")
        self.assertFalse(dispute.credit_note_ids)
        asked = self._activities(dispute, CREDIT)
        self.assertEqual(asked.user_id, self.accountant)
        self.assertEqual(asked.summary, f"Credit $\u00a0300.00 to Acme ({dispute.name})")
        dispute.with_user(self.accountant).action_prepare_credit_notes()
        self.assertEqual(dispute.credit_note_ids.amount_total, 300)
        self.assertFalse(self._activities(dispute, CREDIT))
        dispute.with_user(self.accountant).action_prepare_credit_notes()
        self.assertEqual(len(dispute.credit_note_ids), 1, "a second click prepares nothing more")

    def test_an_accountant_who_has_left_is_asked_for_nothing(self):
        self.company.collection_accountant_id = self.accountant
        self.accountant.copy({"login": "acct2"})
        self.accountant.active = False
        dispute = self._raise(self.case, {self.item: 300})
        self._answer(dispute, "upheld")
        first = min(self.company._collection_people("account.group_account_invoice").ids)
        self.assertEqual(self._activities(dispute, CREDIT).user_id.id, first, "of those who are here")

    def test_taxes_follow_when_a_part_is_credited(self):
        partner = self._customer("Taxed")
        with self._on(days_ago(20)):
            invoice = self._create_invoice(
                partner_id=partner,
                invoice_date=days_ago(20),
                invoice_line_ids=[self._prepare_invoice_line(price_unit=1000, tax_ids=self.tax_sale_a)],
                post=True,
            )
        self._settle_transaction()
        total = invoice.amount_total
        dispute = self._raise(self._case(partner), {self._items(invoice): total / 2}, user_id=self.accountant.id)
        self._answer(dispute, "upheld", user=self.accountant)
        note = dispute.credit_note_ids
        self.assertEqual((note.amount_untaxed, note.amount_total), (500, total / 2))

    def test_an_own_credit_note_of_accounting_counts_as_well(self):
        dispute = self._raise(self.case, {self.item: 300})
        self._answer(dispute, "upheld")
        self._credited_by_accounting(300)
        self.env.invalidate_all()
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased, self.case.balance), (0, 700, 700))

    def test_the_credit_note_of_one_dispute_credits_no_other(self):
        boxes = self._raise(self.case, {self.item: 100}, user_id=self.accountant.id)
        price = self._raise(self.case, {self.item: 150}, user_id=self.accountant.id, kind="price")
        for dispute in (boxes, price):
            self._answer(dispute, "upheld", user=self.accountant)
        boxes.credit_note_ids.with_user(self.accountant).action_post()
        self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual((boxes.amount_to_credit, price.amount_to_credit), (0, 150))
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased), (150, 750))

    def test_in_place_of_a_cancelled_credit_note_another_one_is_prepared(self):
        dispute = self._raise(self.case, {self.item: 300}, user_id=self.accountant.id)
        self._answer(dispute, "upheld", user=self.accountant)
        self.assertTrue(dispute.is_credit_prepared)
        dispute.credit_note_ids.with_user(self.accountant).button_cancel()
        self.env.invalidate_all()
        self.assertFalse(dispute.is_credit_prepared, "the button is there again")
        dispute.with_user(self.accountant).action_prepare_credit_notes()
        self.assertEqual(dispute.credit_note_ids.mapped("state"), ["cancel", "draft"])

    def test_credited_otherwise_is_said_by_hand(self):
        dispute = self._raise(self.case, {self.item: 300})
        self._answer(dispute, "upheld")
        dispute.with_user(self.accountant).action_mark_credited()
        self.env.invalidate_all()
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased), (0, 1000))
        self.assertFalse(self._activities(dispute, CREDIT))

    def test_an_opening_balance_has_no_credit_note_so_accounting_is_asked(self):
        entry = self._opening_balance(self.case.partner_id, 200, days_ago(60))
        line = self._items(entry)
        line.no_followup = False
        self._settle_transaction()
        dispute = self._raise(self.case, [line], user_id=self.accountant.id)
        self._answer(dispute, "upheld", user=self.accountant)
        self.assertFalse(dispute.credit_note_ids)
        self.assertEqual(self._activities(dispute, CREDIT).user_id, self.accountant)

    # -- The rest ------------------------------------------------------------------------------------------------

    def test_rejected_the_case_comes_back_for_a_look_and_the_days_count_anew(self):
        dispute = self._raise(self.case, [self.item])
        self._answer(dispute, "rejected", days=10)
        self.assertEqual(dispute.state, "rejected")
        self.assertEqual(self.case.decision_code, "released")
        self.assertEqual(self.case.next_action_date, MONDAY, "it is on My Day for a look")
        self._daily_run(self._day(1))
        self.assertEqual(self.case.decision_code, "new_due_date")
        self.assertEqual(self.case.decision, "Waiting: after our answer, $\u00a01,000.00 is due on March 12, 2026.")
        self.assertEqual(self.case.state, "open", "nothing is settled by an answer")
        self._daily_run(self._day(12))
        self.assertEqual((self.case.amount_chased, self.case.oldest_due_date), (1000, self._day(10)))
        with self._on(self._day(12)):
            self.assertEqual(self.case.days_overdue, 2)
            self.assertEqual(self.case.bucket_1, 1000)
            self.assertEqual(self.item.collection_days_overdue, 2)

    def test_upheld_in_part_the_rest_of_the_dispute_waits_for_its_day_and_the_undisputed_does_not(self):
        dispute = self._raise(self.case, {self.item: 300}, user_id=self.accountant.id)
        self._answer(dispute, "partly_upheld", user=self.accountant, credit=[100], days=10)
        self.assertEqual((dispute.state, dispute.amount_upheld), ("partly_upheld", 100))
        dispute.credit_note_ids.with_user(self.accountant).action_post()
        self._settle_transaction()
        self._daily_run(self._day(1))
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased, self.case.balance), (200, 700, 900))
        with self._on(self._day(1)):
            self.assertEqual(self.case.days_overdue, 41, "what was never disputed keeps its age")
        self._daily_run(self._day(11))
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased), (0, 900))

    def test_with_the_undisputed_part_paid_the_rest_is_as_old_as_its_new_day(self):
        dispute = self._raise(self.case, {self.item: 300})
        self._answer(dispute, "rejected", days=10)
        self._customer_pays(self.case, 700)
        self._daily_run(self._day(14))
        with self._on(self._day(14)):
            self.assertEqual((self.case.amount_chased, self.case.days_overdue), (300, 4))

    def test_an_answer_makes_nothing_due_earlier_than_it_was(self):
        later = self._invoice(self.case.partner_id, 400, self._day(30))
        self._settle_transaction()
        item = self._items(later)
        dispute = self._raise(self.case, [item])
        self._answer(dispute, "rejected", days=5)
        self.assertEqual(item.collection_due_date, self._day(30))
        self.assertFigures(self.case.partner_id, today=self._day(20), amount_overdue=1000, amount_chased=1000)

    def test_in_the_customer_s_favour_the_case_takes_a_step_back(self):
        self._live(self.case, 0, 12)
        before = self.case.step_id
        policy = self.case.policy_id
        self.assertGreater(policy._place(before), 0)
        self._freeze(self._day(13))
        dispute = self._raise(self.case, {self.item: 300})
        self._answer(dispute, "partly_upheld", credit=[100], days=30)
        self.assertEqual(self.case.step_id, policy._step_before(before))

    def test_withdrawn_it_is_asked_for_again_after_a_day_for_a_look(self):
        dispute = self._raise(self.case, [self.item])
        dispute.action_withdraw()
        self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual(
            (dispute.state, self.case.decision_code, self.case.amount_chased), ("withdrawn", "released", 1000)
        )
        self.assertFalse(dispute.activity_ids)
        self._daily_run()
        self.assertFalse(self.case.letter_ids)
        self._daily_run(self._day(1))
        self.assertTrue(self.case.letter_ids)

    def test_reopened_the_clock_is_on_us_again(self):
        dispute = self._raise(self.case, [self.item])
        self._answer(dispute, "rejected")
        letter = dispute.letter_id
        self.assertEqual((letter.kind, letter.state), ("resolution", "queued"))
        dispute.with_user(self.collector).action_reopen()
        self.env.invalidate_all()
        self.assertEqual((dispute.state, letter.state), ("in_progress", "cancelled"))
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased), (1000, 0))
        self.assertEqual(dispute.activity_ids.date_deadline, self._day(1))
        self._answer(dispute, "upheld")
        self.assertEqual(dispute.state, "upheld")

    def test_the_customer_is_right_about_what_is_not_due_yet(self):
        beta = self._customer("Beta")
        invoice = self._invoice(beta, 300, self._day(20))
        dispute = self._raise(self.Case, {self._items(invoice): 100}, partner_id=beta.id)
        self._answer(dispute, "upheld")
        self.assertEqual((dispute.state, dispute.letter_id.state), ("upheld", "queued"))
        self.assertFalse(dispute.case_id)

    def test_the_customer_is_right_about_an_invoice_that_was_cancelled_meanwhile(self):
        dispute = self._raise(self.case, [self.item], user_id=self.accountant.id)
        self.item.move_id.button_draft()
        self.item.move_id.button_cancel()
        self._settle_transaction()
        self._answer(dispute, "upheld", user=self.accountant)
        self.assertEqual(dispute.state, "upheld")
        self.assertFalse(dispute.credit_note_ids, "the invoice is gone, there is nothing to credit")

    def test_reopened_it_belongs_to_the_case_that_has_followed(self):
        dispute = self._raise(self.case, {self.item: 300})
        self._answer(dispute, "rejected")
        self._pay(self.item.move_id)
        self._settle_transaction()
        with self._on(self._day(3), "09:00"):
            self._invoice(self.case.partner_id, 70, self._day(2))
            self._settle_transaction()
            case = self._case(self.case.partner_id)
            self.assertNotEqual(case, self.case)
            dispute.with_user(self.collector).action_reopen()
            self.assertEqual(dispute.case_id, case)

    # -- Bad input -----------------------------------------------------------------------------------------------

    def test_an_answer_is_given_once(self):
        dispute = self._raise(self.case, [self.item])
        self._answer(dispute, "rejected")
        with self.assertRaisesRegex(UserError, "has already been answered"):
            self._answer(dispute, "upheld")

    def test_more_than_is_disputed_cannot_be_credited(self):
        dispute = self._raise(self.case, {self.item: 300})
        with self.assertRaisesRegex(UserError, "must be between zero and"):
            self._answer(dispute, "partly_upheld", credit=[301])
        self.assertEqual(dispute.state, "new")

    def test_the_rest_needs_a_day_by_which_to_pay(self):
        dispute = self._raise(self.case, [self.item])
        with self.assertRaisesRegex(UserError, "enter a new due date from today on"):
            self._answer(dispute, "rejected", days=-1)

    def test_nothing_is_credited_before_it_is_decided(self):
        dispute = self._raise(self.case, [self.item], user_id=self.accountant.id)
        with self.assertRaisesRegex(UserError, "is not answered yet"):
            dispute.with_user(self.accountant).action_prepare_credit_notes()

    def test_a_dispute_that_another_has_followed_is_not_reopened_beside_it(self):
        first = self._raise(self.case, {self.item: 1000})
        self._answer(first, "rejected")
        second = self._raise(self.case, {self.item: 400})
        with self.assertRaisesRegex(UserError, f"is now in dispute {second.name}"):
            first.with_user(self.collector).action_reopen()
        second.with_user(self.collector).action_withdraw()
        first.with_user(self.collector).action_reopen()
        self.assertEqual(first.state, "in_progress")

    def test_a_second_dispute_proposes_what_is_in_no_dispute_yet(self):
        self._raise(self.case, {self.item: 300})
        dispute = self._raise(self.case, [self.item])
        self.assertEqual(dispute.amount, 700)

    def test_a_credit_note_of_the_morning_is_not_for_a_dispute_of_the_afternoon(self):
        self._credited_by_accounting(100)
        with self._on(MONDAY, "15:00"):
            dispute = self._raise(self.case, {self.item: 300})
            self._answer(dispute, "upheld")
        self.assertEqual((self.case.balance, self.case.amount_disputed, self.case.amount_chased), (900, 300, 600))

    # -- The days it took ----------------------------------------------------------------------------------------

    def test_the_days_to_our_answer_are_counted(self):
        dispute = self._raise(self.case, [self.item])
        with self._on(self._day(4), "09:00"):
            self._answer(dispute, "rejected", days=20)
        self.assertEqual(dispute.days_to_answer, 4)
