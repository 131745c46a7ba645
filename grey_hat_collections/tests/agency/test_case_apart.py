from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import MONDAY
from .handover_common import HandOverCommon


@tagged("post_install", "-at_install")
class TestAskedApart(HandOverCommon):
    """An agency has 500.00 since Monday. 70.00 fall due on Monday too, and a manager has us ask for them ourselves."""

    def setUp(self):
        super().setUp()
        self.referral = self._with_agency()
        self.case = self.referral.case_id
        self.old = self.case.partner_id.invoice_ids
        with self._on(self._day(1)):
            self.new = self._invoice(self.case.partner_id, 70, MONDAY, is_move_sent=True)
            self._settle_transaction()
        self._daily_run(self._day(2))

    def _ask_ourselves(self, number=2):
        with self._on(self._day(number), "10:00"):
            self.case.with_user(self.manager).action_ask_ourselves()
            self._settle_transaction()
        self.env.invalidate_all()

    def _give_back(self, state, number):
        with self._on(self._day(number), "10:00"):
            self.referral.sudo()._give_back(state, "They have called us")
            self._settle_transaction()
        self.env.invalidate_all()

    def _marks(self, invoice):
        """The steps that have named an invoice, the oldest first, with their cycle."""
        marks = self.env["collection.mark"].search([("item_id", "in", self._items(invoice).ids)], order="id")
        return [(mark.step_id.name, mark.cycle) for mark in marks]

    def test_only_what_the_agency_does_not_have_is_asked_for(self):
        asked = self.case.activity_ids.filtered(lambda one: one.user_id == self.manager)
        self.assertIn("collect it ourselves", asked.summary)
        self.assertTrue(self.case.with_user(self.manager).has_new_items)
        self._ask_ourselves()
        self.assertFalse(asked.exists(), "The question is answered")
        self.assertEqual((self.case.state, self.case.stage_id.kind), ("open", "normal"))
        self.assertEqual((self.case.amount_chased, self.case.amount_excluded), (70, 0))
        self.assertEqual((self.old.chase_state, self.new.chase_state), ("referred", "chased"))
        self.assertEqual(self.referral.state, "sent")
        notice = self.case.agency_notice
        self.assertIn("Northwind Recovery has had $\xa0500.00 of this account since", notice)
        self.assertIn("We collect the rest ourselves", notice)
        for number in range(3, 9):
            self._daily_run(self._day(number))
            self._send(self._day(number))
        letter = self.case.letter_ids.filtered(lambda one: one.kind == "reminder" and one.sent_at).sorted("id")[-1]
        self.assertEqual((letter.amount, letter.line_ids.item_id), (70, self._items(self.new)))
        self.assertEqual(self._marks(self.new)[-1][0], letter.step_id.name)
        rows = self.env["collection.statement"].sudo()._statements([(self.case.partner_id, self.company)])
        states = {row["number"]: row["state"] for row in rows[0]["sections"][0]["rows"]}
        self.assertEqual(states, {self.old.name: "referred", self.new.name: "chased"})

    def test_with_the_last_of_ours_paid_the_case_is_silent_again(self):
        self._ask_ourselves()
        with self._on(self._day(3), "10:00"):
            self._pay(self.new, 70)
            self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual((self.case.state, self.case.stage_id.kind), ("referred", "referred"))
        self.assertEqual((self.case.amount_chased, self.case.referred_on), (500, MONDAY))
        self.assertEqual(self.old.chase_state, "referred")
        self.assertFalse(self.referral.line_ids.apart)

    def test_the_agency_collects_and_the_case_is_only_ours(self):
        self._ask_ourselves()
        with self._on(self._day(5), "10:00"):
            self._pay(self.old, 500)
            self._settle_transaction()
        self._daily_run(self._day(6))
        self.assertEqual((self.referral.state, self.referral.amount_recovered), ("recovered", 500))
        self.assertEqual((self.case.state, self.case.amount_chased), ("open", 70))
        self.assertFalse(self.case.agency_id or self.case.agency_notice)

    def test_recalled_the_old_one_is_milder_and_the_new_one_stays_where_it_is(self):
        self._ask_ourselves()
        for number in range(3, 10):
            self._daily_run(self._day(number))
            self._send(self._day(number))
        before = self._marks(self.new)
        self.assertTrue(before)
        self._give_back("recalled", 10)
        self.assertEqual((self.case.state, self.case.agency_id), ("open", self.env["collection.agency"]))
        self.assertEqual(self.case.amount_chased, 570)
        self.assertEqual(self._marks(self.new), before, "in its own cycle")
        names = list(self.case.policy_id.step_ids.mapped("name"))
        step, cycle = self._marks(self.old)[-1]
        self.assertEqual(cycle, 2)
        self.assertLess(names.index(step), names.index(self.case.policy_id._notice_step().name))
        self.assertEqual(self.case.step_id.name, step, "the case stands with what leads")
        with self._on(self._day(10), "10:00"):
            self.assertEqual(self.case.released_on, self.company._collection_review_day(), "Somebody is to look first")

    def test_returned_a_manager_is_asked_about_it(self):
        self._ask_ourselves()
        self._give_back("returned", 10)
        self.assertEqual((self.case.state, self.case.amount_chased), ("open", 570))
        asked = self.case.activity_ids.filtered(lambda one: one.user_id == self.manager)
        self.assertIn("has returned $\xa0500.00", " ".join(asked.mapped("summary")))

    def test_a_manager_lets_the_rest_wait_again(self):
        self._ask_ourselves()
        self._daily_run(self._day(3))
        self._daily_run(self._day(8))
        with self._on(self._day(8), "10:00"):
            self.case.with_user(self.manager).action_leave_to_agency()
            self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual((self.case.state, self.case.amount_chased), ("referred", 570))
        self.assertFalse(self.case.letter_ids.filtered(lambda one: one.state == "queued"))
        self.assertEqual((self.old.chase_state, self.new.chase_state), ("referred", "hold"))
        with self.assertRaisesRegex(UserError, "we are not chasing anything ourselves"):
            self.case.with_user(self.manager).action_leave_to_agency()

    def test_the_rest_is_handed_over_too(self):
        self._ask_ourselves()
        with self._on(self._day(40), "09:00"):
            dialog = self._dialog(self.case)
            dialog.item_ids.take = True
            for point in dialog.point_ids:
                point.reason = "Agreed with the sales director"
            second = self.Referral.browse(dialog.action_refer()["res_id"])
        self._hand_over(self._day(40))
        self.assertEqual((second.state, second.line_ids.move_id), ("sent", self.new))
        self.assertEqual((self.case.state, self.case.referred_on), ("referred", MONDAY))
        self.assertFalse((second | self.referral).line_ids.filtered("apart"))
        self.assertEqual((self.old.chase_state, self.new.chase_state), ("referred", "referred"))

    def test_nothing_worth_asking_for(self):
        with self._on(self._day(2), "09:00"):
            self._pay(self.new, 69)
            self._settle_transaction()
        self.company.collection_min_amount = 5
        with self._on(self._day(2), "10:00"), self.assertRaisesRegex(UserError, "nothing worth chasing"):
            self.case.with_user(self.manager).action_ask_ourselves()
        self.assertEqual(self.case.state, "referred")

    def test_only_managers_decide(self):
        with self.assertRaisesRegex(AccessError, "Only a collections manager"):
            self.case.with_user(self.collector).action_ask_ourselves()
        self._ask_ourselves()
        with self.assertRaisesRegex(AccessError, "Only a collections manager"):
            self.case.with_user(self.collector).action_leave_to_agency()
        with self.assertRaises(AccessError):
            self.referral.line_ids.with_user(self.manager).apart = False

    def test_two_managers_decide_at_once(self):
        self._ask_ourselves()
        with self._on(self._day(2), "10:01"), self.assertRaisesRegex(UserError, "Wait for the next invoice"):
            self.case.with_user(self.manager).action_ask_ourselves()
        self.assertEqual((self.case.state, self.case.amount_chased), ("open", 70))

    def test_a_customer_who_became_part_of_another_goes_with_the_agency(self):
        self._ask_ourselves()
        with self._on(self._day(4), "10:00"):
            holding = self._customer("Holding", email="holding@example.com")
            self._invoice(holding, 90, self._day(4) - timedelta(days=20))
            self._settle_transaction()
            self.case.partner_id.write({"is_company": False, "parent_id": holding.id})
            self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual(self.case.state, "closed")
        case = self._case(holding)
        self.assertEqual((case.state, self.referral.case_id), ("referred", case))
        self.assertFalse(self.referral.line_ids.apart)
