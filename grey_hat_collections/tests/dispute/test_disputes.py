from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..common import MONDAY, days_ago
from .dispute_common import DisputeCommon


@tagged("post_install", "-at_install")
class TestDisputes(DisputeCommon):
    """Raising a dispute: what is disputed is not asked for, the rest is; the clock is on us."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(amount=1000, days=20)
        self._freeze()
        self.item = self._items(self.case.partner_id.invoice_ids)

    def setUp(self):
        super().setUp()
        self._freeze()

    def test_a_disputed_part_is_left_out_of_what_is_asked_for_at_once(self):
        dispute = self._raise(self.case, {self.item: 300})
        self.assertEqual(self.case.amount_disputed, 300)
        self.assertEqual(self.case.amount_chased, 700)
        self.assertEqual(self.case.amount_net_overdue, 1000)
        self.assertEqual(self.case.balance, 1000)
        self.assertEqual(dispute.state, "new")
        self.assertEqual(dispute.amount, 300)
        self.assertRegex(dispute.name, r"^DSP/2026/\d{4}$")
        self.assertTies(self.case.partner_id)

    def test_the_undisputed_rest_is_still_followed_and_asked_for_alone(self):
        self._raise(self.case, {self.item: 300})
        self._daily_run()
        letter = self.case.letter_ids
        self.assertEqual(letter.amount, 700)
        self._send()
        self.assertEqual((letter.state, letter.amount), ("sent", 700))

    def test_all_disputed_the_clock_stands_still_and_the_sentence_says_until_when(self):
        self._raise(self.case, [self.item], date_answer_due=self._day(4))
        self.assertEqual(self.case.amount_chased, 0)
        self._daily_run()
        self.assertFalse(self.case.letter_ids)
        self.assertEqual(
            self.case.decision,
            "Waiting for our answer, due on March 6, 2026: $\u00a01,000.00 is disputed. Chasing is paused until we answer.",
        )
        self.assertEqual(self.case.next_action_date, self._day(5))
        self.assertEqual(self.case.open_item_ids.collection_chase_state, "disputed")
        self.assertEqual(self.case.partner_id.invoice_ids.chase_state, "disputed")

    def test_a_reminder_in_the_queue_is_given_up_when_all_of_it_is_disputed(self):
        self._daily_run()
        letter = self.case.letter_ids
        self._raise(self.case, [self.item])
        self._settle_transaction()
        self.assertEqual(letter.state, "cancelled")
        self.assertFalse(self.case.step_id)

    def test_paying_the_undisputed_part_leaves_the_dispute(self):
        self._raise(self.case, {self.item: 300})
        self._customer_pays(self.case, 700)
        self.assertEqual((self.case.amount_chased, self.case.amount_disputed), (0, 300))
        self.assertEqual(self.case.state, "open")
        self._customer_pays(self.case, 200)
        self.assertEqual((self.case.amount_disputed, self.case.balance), (100, 100))

    def test_a_promise_covers_what_is_not_disputed(self):
        with self._on(days_ago(20)):
            later = self._invoice(self.case.partner_id, 400, days_ago(5))
        self._settle_transaction()
        self.env["collection.promise"].with_user(self.collector).create(
            {"case_id": self.case.id, "amount": 900, "date_promised": self._day(3)}
        )
        self._raise(self.case, {self.item: 800})
        self.env.invalidate_all()
        self.assertEqual((self.case.amount_disputed, self.case.amount_promised, self.case.amount_chased), (800, 600, 0))
        self.assertEqual(self._items(later).collection_chase_state, "promised")

    def test_a_foreign_item_is_disputed_in_its_own_currency(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        with self._on(days_ago(20)):
            invoice = self._invoice(self.case.partner_id, 300, days_ago(10), currency_id=euro.id)
        self._settle_transaction()
        dispute = self._raise(self.case, {self._items(invoice): 100})
        self.assertEqual(dispute.line_ids.currency_id, euro)
        self.assertEqual(dispute.amount, 50)
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased), (50, 1100))

    def test_one_instalment_may_be_disputed_alone(self):
        partner = self._customer("Roofer")
        with self._on(days_ago(40)):
            invoice = self._invoice_in_instalments(partner, 1000, days_ago(40), [(30, 0), (70, 15)])
        self._settle_transaction()
        case = self._case(partner)
        first = self._items(invoice).sorted("date_maturity")[0]
        self._raise(case, [first])
        self.assertEqual((case.amount_disputed, case.amount_chased), (300, 700))

    # -- The clock on us -----------------------------------------------------------------------------------------

    def test_the_service_level_of_the_kind_says_who_answers_and_by_when(self):
        level = self.env.ref("grey_hat_collections.service_level_damaged").with_user(self.manager)
        level.write({"user_id": self.stranger.id, "answer_days": 3})
        dispute = self._raise(self.case, [self.item], kind="damaged")
        self.assertEqual(dispute.user_id, self.stranger)
        self.assertEqual(dispute.date_answer_due, self._day(3))
        activity = dispute.activity_ids
        self.assertEqual((activity.user_id, activity.date_deadline), (self.stranger, self._day(3)))
        self.assertEqual(activity.summary, f"Answer Acme: {dispute.name}")

    def test_corrected_to_another_kind_it_is_for_whoever_answers_that(self):
        level = self.env.ref("grey_hat_collections.service_level_damaged").with_user(self.manager)
        level.write({"user_id": self.accountant.id, "answer_days": 3})
        dispute = self._raise(self.case, [self.item])
        dispute.write({"kind": "damaged"})
        self._settle_transaction()
        self.env.invalidate_all()
        self.assertRecordValues(dispute.activity_ids, [{"user_id": self.accountant.id, "date_deadline": self._day(3)}])
        self.assertEqual(self.case.next_action_date, self._day(4), "the sentence on the case names the day")

    def test_whoever_was_asked_answers_also_when_another_case_opens(self):
        level = self.env.ref("grey_hat_collections.service_level_quantity").with_user(self.manager)
        level.user_id = self.accountant
        dispute = self._raise(self.case, {self.item: 300})
        dispute.with_user(self.accountant).user_id = self.stranger
        self._pay(self.item.move_id)
        self._settle_transaction()
        with self._on(self._day(3)):
            self._invoice(self.case.partner_id, 70, self._day(2))
            self._settle_transaction()
        self.env.invalidate_all()
        self.assertNotEqual(dispute.case_id, self.case)
        self.assertEqual(dispute.user_id, self.stranger)

    def test_the_company_s_own_service_level_comes_before_the_shared_one(self):
        self.env["collection.service.level"].with_user(self.manager).create(
            {"kind": "price", "company_id": self.company.id, "answer_days": 1, "user_id": self.manager.id}
        )
        dispute = self._raise(self.case, [self.item], kind="price")
        self.assertEqual((dispute.user_id, dispute.date_answer_due), (self.manager, self._day(1)))

    def test_without_a_service_level_the_collector_answers_within_a_week(self):
        self.env.ref("grey_hat_collections.service_level_other").with_user(self.manager).unlink()
        dispute = self._raise(self.case, [self.item], kind="other")
        self.assertEqual((dispute.user_id, dispute.date_answer_due), (self.collector, self._day(7)))

    def test_a_late_answer_goes_to_the_manager_once_for_each_day_that_was_set(self):
        dispute = self._raise(self.case, [self.item], date_answer_due=self._day(1))
        late = self.env.ref("grey_hat_collections.mail_activity_type_late_answer")
        asked = []
        for number in range(1, 5):
            self._daily_run(self._day(number))
            asked.append(dispute.activity_ids.filtered(lambda one: one.activity_type_id == late).mapped("user_id"))
        self.assertEqual(asked[0], self.env["res.users"])
        self.assertEqual(asked[1:], [self.manager] * 3)
        summary = dispute.activity_ids.filtered(lambda one: one.activity_type_id == late).summary
        self.assertIn("Cora Lector has owed Acme an answer since", summary)
        self.assertEqual(self.case.amount_chased, 0, "the customer's clock does not run")
        with self._on(self._day(4), "12:00"):
            self.assertTrue(dispute.is_late)
            self.assertIn(dispute, self.env["collection.dispute"].search([("is_late", "=", True)]))

    def test_what_we_promised_is_an_activity_of_its_own_and_is_kept_or_late(self):
        dispute = self._raise(
            self.case, [self.item], commitment="Two boxes are sent again", commitment_date=self._day(2)
        )
        kind = self.env.ref("grey_hat_collections.mail_activity_type_commitment")
        activity = dispute.activity_ids.filtered(lambda one: one.activity_type_id == kind)
        self.assertEqual((activity.summary, activity.date_deadline), ("Two boxes are sent again", self._day(2)))
        self.assertEqual(dispute.commitment_state, "open")
        with self._on(self._day(3)):
            dispute.with_user(self.collector).action_commitment_done()
        self.assertEqual(dispute.commitment_state, "late")
        self.assertFalse(activity.exists())

    def test_after_one_promise_was_kept_the_next_one_is_open(self):
        dispute = self._raise(self.case, [self.item], commitment="We count again", commitment_date=self._day(2))
        dispute.action_commitment_done()
        self.assertEqual(dispute.commitment_state, "kept")
        dispute.write({"commitment": "Two boxes are sent", "commitment_date": self._day(9)})
        self.env.invalidate_all()
        self.assertEqual(dispute.commitment_state, "open")
        self.assertIn("Two boxes are sent", dispute.activity_ids.mapped("summary"))

    def test_an_answer_always_has_a_day(self):
        dispute = self._raise(self.case, [self.item]).with_user(self.collector)
        with self.assertRaisesRegex(AssertionError, "is a required field"), Form(dispute) as form:
            form.date_answer_due = False

    def test_a_commitment_without_a_day_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "what we promised the customer and by when"):
            self._raise(self.case, [self.item], commitment="We look into it")

    # -- Before and after a case ---------------------------------------------------------------------------------

    def test_a_dispute_about_what_is_not_due_yet_belongs_to_the_case_that_opens_later(self):
        partner = self._customer("Early")
        invoice = self._invoice(partner, 200, self._day(3))
        due = self._invoice(partner, 50, self._day(2))
        action = invoice.with_user(self.collector).action_raise_dispute()
        context = action["context"]
        dispute = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .with_context(**context)
            .create({"kind": "price", "description": "We agreed on 150."})
        )
        self.assertFalse(dispute.case_id)
        self.assertEqual(dispute.line_ids.amount, 200)
        self._daily_run(self._day(6))
        case = self._case(partner)
        self.assertEqual(dispute.case_id, case)
        self.assertEqual((case.amount_disputed, case.amount_chased), (200, 50))
        with self._on(self._day(6)):
            self.env.invalidate_all()
            self.assertEqual(self._items(due).collection_chase_state, "chased")

    def test_two_customers_raise_two_disputes(self):
        other = self._overdue_customer("Other").partner_id
        with self.assertRaisesRegex(UserError, "one customer only"):
            (self.case.partner_id | other).invoice_ids.action_raise_dispute()

    # -- Bad input -----------------------------------------------------------------------------------------------

    def test_more_than_is_open_is_refused_naming_the_invoice_and_what_is_left(self):
        self._raise(self.case, {self.item: 600})
        with self.assertRaisesRegex(ValidationError, r"INV.*is more than can be disputed, as only \$.400\.00 is left"):
            self._raise(self.case, {self.item: 500})

    def test_an_item_of_another_customer_is_refused(self):
        other = self._overdue_customer("Other")
        with self.assertRaisesRegex(ValidationError, "is not an open item of Acme"):
            self._raise(self.case, [self._items(other.partner_id.invoice_ids)])

    def test_nobody_from_outside_answers(self):
        guest = new_test_user(self.env, "guest", "base.group_portal", company_id=self.company.id)
        with self.assertRaisesRegex(ValidationError, "Choose a user of that company"):
            self._raise(self.case, [self.item], user_id=guest.id)

    def test_no_stranger_has_told_us(self):
        with self.assertRaisesRegex(ValidationError, "does not belong to Acme"):
            self._raise(self.case, [self.item], contact_id=self._customer("Zoe").id)

    def test_a_dispute_about_nothing_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "choose at least one item"):
            self._raise(self.case, [])

    def test_what_follows_from_our_answer_cannot_be_typed(self):
        dispute = self._raise(self.case, [self.item])
        for values in ({"state": "upheld"}, {"finding": "x"}, {"date_due_new": MONDAY}, {"is_credited": True}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                dispute.write(values)

    def test_a_record_of_what_the_customer_said_is_not_deleted(self):
        dispute = self._raise(self.case, [self.item])
        with self.assertRaisesRegex(UserError, "Withdraw it instead"):
            dispute.sudo().unlink()

    def test_the_amount_may_be_corrected_while_it_is_open(self):
        dispute = self._raise(self.case, [self.item])
        dispute.line_ids.amount = 250
        self.env.invalidate_all()
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased, dispute.amount), (250, 750, 250))
