from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY
from .handover_common import HandOverCommon


@tagged("post_install", "-at_install")
class TestReferralFollows(HandOverCommon):
    """What an agency collects is asked for by nobody else, whatever becomes of the customer and of the case."""

    def _take_back(self, payment, day):
        with self._on(day):
            payment.action_draft()
            payment.action_cancel()
            self._settle_transaction()
        self.env.invalidate_all()

    def assertSilent(self, referral):
        """The customer's open case is with the agency of the referral, and no letter waits or has left since."""
        case = self._case(referral.partner_id)
        self.assertEqual((case.state, case.agency_id), ("referred", self.agency))
        self.assertEqual(referral.case_id, case)
        self.assertFalse(
            case.letter_ids.filtered(lambda letter: letter.state in ("queued", "sent") and letter.kind == "reminder")
        )

    def test_the_customer_becomes_part_of_another(self):
        referral = self._with_agency()
        holding = self._customer("Holding")
        with self._on(self._day(1)):
            referral.partner_id.write({"parent_id": holding.id, "is_company": False})
            self.env.flush_all()
        for number in (2, 3, 4):
            self._morning(self._day(number))
        self.assertEqual(referral.partner_id, holding)
        self.assertSilent(referral)

    def test_and_the_other_has_a_case_already(self):
        referral = self._with_agency()
        holding = self._overdue_customer("Holding", 70, days=5)
        with self._on(self._day(1)):
            referral.partner_id.write({"parent_id": holding.partner_id.id, "is_company": False})
            self.env.flush_all()
        self._morning(self._day(2))
        self.assertEqual(referral.case_id, holding)
        self.assertSilent(referral)

    def test_money_on_account_goes_back(self):
        """500.00 come in and are applied to nothing: the account is settled. Two days later the bank takes them back."""
        referral = self._with_agency()
        with self._on(self._day(1)):
            payment = self._receive(referral.partner_id, 500)
            self._settle_transaction()
        self._morning(self._day(2))
        self.assertEqual(referral.case_id.state, "closed")
        self._take_back(payment, self._day(3))
        self.assertSilent(referral)
        for number in range(4, 9):
            self._morning(self._day(number))
        self.assertSilent(referral)

    def test_a_payment_goes_back_in_the_next_episode(self):
        referral = self._with_agency()
        payment = self._customer_pays(referral.case_id, day=self._day(3))
        self._morning(self._day(4))
        self.assertEqual(referral.state, "recovered")
        with self._on(self._day(5)):
            self._invoice(referral.partner_id, 100, self._day(5))
        self._morning(self._day(7))
        self._take_back(payment, self._day(7))
        self._morning(self._day(8))
        self.assertEqual(referral.state, "collecting")
        self.assertSilent(referral)

    def test_a_payment_goes_back_while_the_rest_is_on_hold(self):
        referral = self._with_agency()
        payment = self._customer_pays(referral.case_id, day=self._day(3))
        self._morning(self._day(4))
        with self._on(self._day(5)):
            self._invoice(referral.partner_id, 100, self._day(3))
            self._settle_transaction()
            self._case(referral.partner_id)._hold(self._day(10), "On holiday")
        self._take_back(payment, self._day(5))
        self._morning(self._day(6))
        self.assertSilent(referral)

    def test_settled_before_it_is_known_that_the_packet_arrived(self):
        with self._on(MONDAY, "09:00"):
            referral = self._refer(self._final_case())
        message = referral.message_to_agency_ids
        message.sudo()._note_failed("The line went dead.")
        self._customer_pays(referral.case_id, day=self._day(3))
        with self._on(self._day(4), "09:00"):
            message.with_user(self.manager).action_mark_sent()
        self.assertEqual((referral.state, referral.case_id.state), ("sent", "closed"))
        self._morning(self._day(5))
        self.assertEqual((referral.state, referral.amount_recovered), ("recovered", 500))

    def test_what_may_have_arrived_is_not_taken_back(self):
        with self._on(MONDAY, "09:00"):
            referral = self._refer(self._final_case())
        message = referral.message_to_agency_ids.sudo()
        message.is_uncertain = True
        message._note_failed("The line went dead.")
        with self.assertRaisesRegex(UserError, "may be with Northwind Recovery already"):
            referral.with_user(self.manager).action_back_to_draft()

    def test_back_to_draft_answers_the_question(self):
        with self._on(MONDAY, "09:00"):
            referral = self._refer(self._final_case())
            message = referral.message_to_agency_ids.sudo()
            message._note_failed("Northwind Recovery responded with status 404.")
            message._follow_up()
            self.assertIn("status 404", referral.activity_ids.summary)
            referral.with_user(self.manager).action_back_to_draft()
        self.assertEqual((referral.state, message.state), ("draft", "cancelled"))
        self.assertFalse(referral.activity_ids)

    def test_one_customer_has_one_agency(self):
        """What has fallen due since goes to the same agency, or to none."""
        referral = self._with_agency()
        other = self._agency("Southwind Recovery", sequence=1)
        with self._on(self._day(1)):
            self._invoice(referral.partner_id, 70, MONDAY)
            self._settle_transaction()
        with self._on(self._day(40), "09:00"):
            dialog = self._dialog(referral.case_id)
            self.assertEqual(dialog.agency_id, self.agency)
            dialog.agency_id = other
            with self.assertRaisesRegex(UserError, "Choose the same agency, or recall the account first"):
                dialog.action_refer()

    def test_who_decided_has_left(self):
        referral = self._with_agency()
        self.manager.active = False
        deputy = new_test_user(
            self.env, "deputy", "base.group_user,grey_hat_collections.group_manager", company_id=self.company.id
        )
        with self._on(self._day(30), "09:00"):
            referral.with_user(deputy)._give_back("returned", "Nobody at home")
        self.assertEqual(referral.case_id.activity_ids.user_id, deputy)

    def test_nothing_goes_out_about_a_plan_either(self):
        case = self._final_case()
        letters = self.env["collection.letter"].sudo()
        with self._on(MONDAY, "08:00"):
            promise = (
                self.env["collection.promise"]
                .with_user(self.manager)
                .create({"case_id": case.id, "amount": 100, "date_promised": self._day(5)})
            )
            self._settle_transaction()
        with self._on(MONDAY, "09:00"):
            referral = self._refer(case)
        self._hand_over(MONDAY)
        self.assertEqual(referral.state, "sent")
        with self._on(self._day(2)):
            letter = letters.create(
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": case.company_id.id,
                    "promise_id": promise.id,
                    "kind": "instalment",
                }
            )
        self._send(self._day(2))
        self.assertEqual(letter.state, "cancelled")
        self.assertIn("is with Northwind Recovery now", letter.cancel_reason)
