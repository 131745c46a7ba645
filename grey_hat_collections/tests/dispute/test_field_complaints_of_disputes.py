from lxml import html
from odoo.tests import tagged

from ..common import days_ago
from ..letter.test_statement import words
from .dispute_common import DisputeCommon


@tagged("post_install", "-at_install")
class TestFieldComplaintsOfDisputes(DisputeCommon):
    """What users of other programs complain about, where something is wrong on our side."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(amount=1000, days=20)
        self._freeze()
        self.invoice = self.case.partner_id.invoice_ids
        self.item = self._items(self.invoice)

    def setUp(self):
        super().setUp()
        self._freeze()

    def test_no_reminder_leaves_for_what_was_disputed_in_the_morning(self):
        self._daily_run()
        letter = self.case.letter_ids
        self._raise(self.case, {self.item: 400})
        self._send()
        self.assertEqual((letter.state, letter.amount), ("sent", 600))
        self._raise(self.case, {self.item: 600})
        self._live(self.case, 1, 12)
        self.assertEqual(self.case.letter_ids, letter, "nothing asks for 0.00")

    def test_a_credit_note_prepared_for_a_dispute_is_taken_off_once(self):
        dispute = self._raise(self.case, {self.item: 400}, user_id=self.accountant.id)
        self._answer(dispute, "upheld", user=self.accountant)
        self.assertEqual(self.case.amount_chased, 600, "while it is a draft")
        dispute.credit_note_ids.with_user(self.accountant).action_post()
        self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual((self.case.amount_chased, self.case.amount_credit), (600, 0), "when it is booked")

    def test_a_partly_paid_invoice_is_disputed_for_what_is_left_of_it(self):
        self._customer_pays(self.case, 700)
        dispute = self._raise(self.case, [self.item])
        self.assertEqual((dispute.amount, self.case.amount_disputed), (300, 300))

    def test_the_instalments_that_nobody_disputes_are_chased_on_their_days(self):
        partner = self._customer("Roofer")
        with self._on(days_ago(40)):
            invoice = self._invoice_in_instalments(partner, 900, days_ago(40), [(50, 0), (50, 30)])
        self._settle_transaction()
        case = self._case(partner)
        first, second = self._items(invoice).sorted("date_maturity")
        self._raise(case, [first])
        self.assertEqual((case.amount_chased, case.oldest_due_date), (450, days_ago(10)))
        self.assertEqual(second.collection_chase_state, "chased")

    def test_a_dispute_about_one_invoice_does_not_block_the_others(self):
        with self._on(days_ago(10)):
            other = self._invoice(self.case.partner_id, 250, days_ago(5))
        self._settle_transaction()
        self._raise(self.case, [self.item])
        self._daily_run()
        self.assertEqual(self.case.letter_ids.amount, 250)
        self.assertEqual((self.invoice.chase_state, other.chase_state), ("disputed", "chased"))

    def test_a_disputed_invoice_is_left_out_of_the_reminder(self):
        with self._on(days_ago(10)):
            other = self._invoice(self.case.partner_id, 250, days_ago(5))
        self._settle_transaction()
        self._raise(self.case, [self.item])
        self._daily_run()
        content, _format = (
            self.env["ir.actions.report"]
            .sudo()
            ._render_qweb_html("grey_hat_collections.report_letter", self.case.letter_ids.ids)
        )
        text = words(html.fromstring(content.decode()))
        self.assertIn(other.name, text)
        self.assertNotIn(self.invoice.name, text)

    def test_an_answer_does_not_send_anything_before_somebody_looked(self):
        self._daily_run()
        self._send()
        dispute = self._raise(self.case, [self.item])
        with self._on(self._day(9), "09:00"):
            dispute.with_user(self.collector).action_withdraw()
        self._daily_run(self._day(9))
        self.assertEqual(len(self.case.letter_ids), 1)
        self.assertFalse(self.case.activity_ids)
        self._daily_run(self._day(10))
        self.assertTrue(self.case.pending_step_id, "the day after the look the ladder goes on")

    def test_the_statement_tells_original_remaining_and_disputed_apart(self):
        self._customer_pays(self.case, 100)
        self._raise(self.case, {self.item: 400})
        content, _format = (
            self.env["ir.actions.report"]
            .sudo()
            ._render_qweb_html("grey_hat_collections.report_statement_case", self.case.ids)
        )
        page = html.fromstring(content.decode())
        row = [words(td) for td in page.xpath("//table[contains(@class, 'ghc_items')]/tbody/tr[1]/td")]
        self.assertEqual(row[3:], ["1,000.00", "900.00", "20", "Disputed 400.00"])

    def test_a_second_click_or_run_does_nothing_twice(self):
        dispute = self._raise(self.case, [self.item], date_answer_due=days_ago(1), user_id=self.stranger.id)
        self._daily_run()
        asked = dispute.activity_ids
        self.case.sudo().run_date = False
        self._daily_run()
        self.assertEqual(dispute.activity_ids, asked)
        self._answer(dispute, "rejected")
        self._send()
        self._send()
        self.assertEqual(
            self.case.letter_ids.filtered(lambda letter: letter.kind == "resolution").mapped("state"), ["sent"]
        )
