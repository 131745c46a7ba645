from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...engine import ladder
from ..common import MONDAY
from ..query_common import QueryCommon
from .handover_common import HandOverCommon


class ByItemCommon(HandOverCommon):
    """Items of a customer, and final notices that have named some of them."""

    def _owes(self, case, amount, due):
        """Another invoice of this customer, due on ``due``; its item."""
        with self._on(due):
            invoice = self._invoice(case.partner_id, amount, due)
        invoice.is_move_sent = True
        with self._on(MONDAY, "01:00"):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.company, case.partner_id)
        self.env.invalidate_all()
        return self._items(invoice)

    def _notice(self, case, items, day, posted=None, called=None, cycle=1):
        """A final notice that left on ``day`` has named these items; it was mailed and somebody has called on these days."""
        case = case.sudo()
        step = case.policy_id._notice_step()
        letters = self.env["collection.letter"].sudo()
        with self._on(self._day(day), "10:00"):
            letter = letters.create(
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": case.company_id.id,
                    "kind": "final_notice",
                    "step_id": step.id,
                    "round": 1 + len(case.letter_ids),
                    "amount": sum(items.mapped("amount_residual")),
                }
            )
            letter._prepare_mail_piece()
            letter.write({"state": "sent", "sent_at": f"{self._day(day)} 10:00:00"})
            if posted is not None:
                letter.piece_ids.write({"state": "mailed", "date_mailed": self._day(posted)})
            of_steps = ((case.policy_id._before_notice(step).id, False), (step.id, letter.id))
            self.env["collection.mark"].sudo().create(
                [
                    {
                        "item_id": item.id,
                        "case_id": case.id,
                        "step_id": step_id,
                        "cycle": cycle,
                        "date": self._day(day),
                        "letter_id": letter_id,
                    }
                    for item in items
                    for step_id, letter_id in of_steps
                    if cycle == 1 or letter_id
                ]
            )
            case.write(
                {
                    "step_id": step.id,
                    "step_date": self._day(day),
                    "stage_id": step.stage_id.id,
                    "notice_round": case.round,
                    "noticed_at": letter.sent_at,
                }
            )
        if called is not None:
            with self._on(self._day(called), "10:00"):
                self.env["collection.note"].sudo().create({"case_id": case.id, "outcome": "left_message"})
        self.env.flush_all()
        self.env.invalidate_all()
        return letter

    def _thresholds(self, day):
        with self._on(self._day(day), "06:00"):
            self._trigger("ir_cron_referral_thresholds")
        self.env.invalidate_all()

    def _points(self, case, day):
        """What is missing on a day, by the code of its point: the sentence that says what to do."""
        with self._on(self._day(day), "10:00"):
            points = case._referral_checklist()[case.id]
        return {point.code: self._plain(case._point_sentence(point)) for point in points if not point.met}

    def _proposed(self, case):
        """The dialog of a manager; which items it proposes, in the order of their due dates."""
        dialog = Form(self.env["collection.refer"].with_user(self.manager).with_context(default_case_id=case.id))
        return dialog, [row["take"] for row in dialog.item_ids._records]

    @staticmethod
    def _plain(text):
        return text.replace("\N{NO-BREAK SPACE}", " ")


@tagged("post_install", "-at_install")
class TestReferralByItem(ByItemCommon):
    """Of Acme, A, 120.00, is 40 days past due on Monday and was named by a final notice two weeks before, B, 900.00, is 70 days
    past due, because it was entered late, and no letter has ever asked for it.
    """

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(amount=120, days=40)
        self.case.partner_id.invoice_ids.is_move_sent = True
        self.a = self._items(self.case.partner_id.invoice_ids)
        self.b = self._owes(self.case, 900, self._day(-70))
        self.letter = self._notice(self.case, self.a, -16, posted=-15, called=-8)

    def _need(self, amount):
        self.standard.sudo().referral_min_amount = amount

    def test_the_window_counts_the_days_and_the_amount_of_what_was_named(self):
        self._thresholds(0)
        self.assertEqual(self.case.amount_chased, 1020)
        self.assertRecordValues(
            self.case,
            [
                {
                    "referral_status": "ready",
                    "referral_ready": True,
                    "referral_since": MONDAY,
                    "referral_closes_on": self._day(20),
                }
            ],
        )
        self.assertEqual(self._points(self.case, 0), {})
        with self._on(MONDAY, "10:00"):
            page = self._plain(self.case.referral_checklist)
        self.assertIn("$ 120.00 is chased and included in a final notice; another $ 900.00 is not.", page)
        self.assertIn("40 days past due", page)

    def test_too_little_was_named_and_the_checklist_says_so(self):
        self._need(500)
        self._thresholds(0)
        self.assertFalse(self.case.referral_status)
        told = (
            "A final notice covers $ 120.00, but the policy refers accounts from $ 500.00. Another $ 900.00 is chased: let it "
            "reach its final notice first."
        )
        self.assertEqual(self._points(self.case, 0), {"amount": told})
        stage = self.env.ref("grey_hat_collections.stage_with_agency")
        with self._on(MONDAY, "10:00"), self.assertRaises(UserError) as refused:
            self.case.with_user(self.manager).stage_id = stage
        self.assertIn(told, self._plain(str(refused.exception)))

    def test_named_by_its_own_notice_it_counts_as_well(self):
        self._need(500)
        self._thresholds(0)
        self.assertGreater(self.case.referral_look_date, self._day(1), "nobody looks before something is named")
        newer = self._owes(self.case, 700, self._day(-33))
        self._thresholds(1)
        self.assertFalse(self.case.referral_status)
        self._notice(self.case, newer, 2, posted=3, called=9)
        self._thresholds(10)
        self.assertEqual((self.case.referral_status, self.case.referral_ready), ("window", False))
        self.assertIn("has until March 19, 2026", self._points(self.case, 10)["final_notice"])
        self._thresholds(18)
        self.assertEqual((self.case.referral_status, self.case.referral_ready), ("closing", True))
        self.assertEqual(self.case.referral_closes_on, self._day(20), "the days are those of the older one")
        with self._on(self._day(18), "10:00"):
            self.assertIn(
                "$ 820.00 is chased and included in a final notice", self._plain(self.case.referral_checklist)
            )

    def test_a_notice_about_something_else_takes_nothing_back(self):
        self._notice(self.case, self.b, -1, posted=0)
        self.assertEqual(self._points(self.case, 1)["age"][:16], "71 days past due", "B is the older one")
        newer = self._owes(self.case, 50, self._day(-31))
        self._notice(self.case, newer, -1, posted=0)
        self.assertNotIn("final_notice", self._points(self.case, 1))

    def test_what_is_not_warned_in_full_is_not_proposed(self):
        self._notice(self.case, self.b, -1, posted=0)
        with self._on(self._day(1), "10:00"):
            dialog, taken = self._proposed(self.case)
            self.assertEqual(taken, [False, True])
            self.assertEqual([row["sentence"] for row in dialog.point_ids._records if row["point"] != "age"], [])
            with dialog.item_ids.edit(0) as row:
                row.take = True
            missing = {row["point"]: row["sentence"] for row in dialog.point_ids._records}
        self.assertIn("has until March 16, 2026", missing["final_notice"])
        self.assertIn("Nobody has talked to the customer", missing["last_call"])
        self.assertNotIn("item", missing, "a notice has named it")

    def test_what_no_notice_has_named_needs_a_reason_and_counts(self):
        with self._on(MONDAY, "10:00"):
            dialog, taken = self._proposed(self.case)
            self.assertEqual((taken, len(dialog.point_ids)), ([False, True], 0))
            with dialog.item_ids.edit(0) as row:
                row.take = True
            missing = {row["point"]: row["sentence"] for row in dialog.point_ids._records}
        self.assertEqual(set(missing), {"age", "item"})
        self.assertEqual(missing["item"], f"{self.b.move_name} is not included in any final notice.")

    def _promise_for_a(self):
        """The customer promises the first invoice, 120.00, for Friday."""
        promise = (
            self.env["collection.promise"]
            .with_user(self.collector)
            .create(
                {
                    "case_id": self.case.id,
                    "amount": 120,
                    "date_promised": self._day(4),
                    "item_ids": [(6, 0, self.a.ids)],
                }
            )
        )
        self._settle_transaction()
        return promise

    def test_promised_and_back_it_keeps_its_place(self):
        self._thresholds(0)
        with self._on(self._day(1), "10:00"):
            promise = self._promise_for_a()
        self._thresholds(2)
        self.assertFalse(self.case.referral_status, "of what is asked for no final notice has named anything")
        self.assertEqual(self._points(self.case, 2)["amount"][:9], "$ 900.00 ")
        with self._on(self._day(3), "10:00"):
            promise.action_withdraw()
            self._settle_transaction()
        self._thresholds(4)
        self.assertEqual(self.case.referral_status, "ready")

    def test_while_it_is_promised_another_is_not_taken_for_named(self):
        """Of what is asked for then nothing has a mark, and that does not mean that nothing is known."""
        with self._on(MONDAY, "10:00"):
            self.env["collection.promise"].with_user(self.collector).create(
                {
                    "case_id": self.case.id,
                    "amount": 120,
                    "date_promised": self._day(4),
                    "item_ids": [(6, 0, self.a.ids)],
                }
            )
            self._settle_transaction()
            self.env.invalidate_all()
            self.assertEqual(self._proposed(self.case)[1], [False])
        self.assertEqual(
            self._points(self.case, 0)["final_notice"],
            "No final notice includes what is chased today. Let the policy reach it, or move the card forward step by step.",
        )

    def test_paid_the_other_is_not_in_the_window(self):
        self._thresholds(0)
        with self._on(self._day(1), "10:00"):
            self._pay(self.a.move_id, 120)
            self._settle_transaction()
        self._thresholds(2)
        self.assertNotEqual(self.case.referral_status, "ready")
        self.assertFalse(self.case.referral_ready)
        self.assertIn("final_notice", self._points(self.case, 2))

    def test_a_notice_that_did_not_arrive_is_forgotten_at_once(self):
        """Also while the case is on hold, and where the window was not to be looked at for weeks."""
        self._thresholds(25)
        self.assertEqual(self.case.referral_status, "missed")
        self.assertGreater(self.case.referral_look_date, self._day(30))
        with self._on(self._day(26), "10:00"):
            self.case.with_user(self.collector)._hold(self._day(35), "They have had a fire")
            self.case.sudo().referral_look_date = self._day(50)
            self.letter.sudo()._fail("Unknown user")
        self._thresholds(27)
        self.assertFalse(self.case.referral_status)

    def test_the_agency_is_asked_about_what_goes(self):
        self.agency.sudo().amount_least = 500
        self.assertIn("agency", self._points(self.case, 0))
        self.agency.sudo().write({"amount_least": 0, "amount_most": 500})
        self.assertEqual(self._points(self.case, 0), {})

    def test_the_packet_holds_the_notices_of_what_goes(self):
        newer = self._owes(self.case, 700, self._day(-33))
        second = self._notice(self.case, newer, -15, posted=-15, called=-7)
        self._notice(self.case, self.b, -14)
        with self._on(MONDAY, "10:00"):
            dialog = self.env["collection.refer"].with_user(self.manager).create({"case_id": self.case.id})
            self.assertEqual(dialog.item_ids.filtered("take").item_id, self.a | newer)
            self.assertIn(self.letter.name, dialog.preview)
            self.assertIn(second.name, dialog.preview)
            for point in dialog.point_ids:
                point.reason = "Agreed"
            referral = self.Referral.browse(dialog.action_refer()["res_id"])
        facts = referral._packet_facts()
        self.assertEqual(
            [facts["final_notice"]["number"], *(one["number"] for one in facts["earlier_notices"])],
            [second.name, self.letter.name],
        )

    def test_a_manager_s_review_is_done_inside_the_house(self):
        for policy in (self.standard, self.gentle):
            inside = {step.key for step in policy._to_engine().steps if step.inside}
            reviews = policy.step_ids.filtered(lambda step: step.responsible == "manager")
            self.assertEqual((len(reviews), inside), (1, set(reviews.ids)), policy.name)

    # -- Rounds --------------------------------------------------------------------------------------------------

    def test_what_was_promised_when_a_round_began_keeps_its_notice(self):
        with self._on(MONDAY, "10:00"):
            promise = self._promise_for_a()
            self.case.with_user(self.collector).stage_id = self.env.ref("grey_hat_collections.stage_reminder")
            promise.action_withdraw()
            self._settle_transaction()
        self.assertFalse(self.case._is_noticed())
        last_call = self.standard.step_ids.filtered(lambda step: step._is_last_call())
        self.assertEqual(self.case.sudo()._fairly_warned(lambda _case: last_call.id), self.case)
        with self._on(self._day(1), "10:00"):
            self.case.sudo().pending_step_id = last_call
            self.assertFalse(self.case.sudo()._without_last_call(), "somebody has called after that notice")
        self._thresholds(2)
        self.assertEqual(self.case.referral_status, "ready")

    def test_of_two_notices_in_a_round_one_may_fail_to_arrive(self):
        second = self._notice(self.case, self.b, -3)
        second.sudo().write({"round": self.case.round, "step_id": False})
        with self._on(MONDAY, "10:00"):
            self.case.sudo()._note_returned(second, "Unknown user")
        self.assertTrue(self.case._is_noticed(), "the other one has arrived")
        self.assertEqual(self.case.noticed_at, self.letter.sent_at)
        named = self.case.sudo()._asked_by_notice()[self.case.id]
        self.assertEqual([bool(named[item.id].notice) for item in (self.a, self.b)], [True, False])

    # -- Who is looked at ----------------------------------------------------------------------------------------

    def test_as_long_as_no_final_notice_has_left_nothing_is_read(self):
        other = self._overdue_customer("Other", days=45)
        self.case.sudo().referral_look_date = self._day(9)
        with patch.object(type(self.Case), "_asked_items", side_effect=AssertionError):
            self._thresholds(0)
        self.assertEqual(other.referral_status, "window")

    def test_the_day_on_which_it_opens_is_looked_at(self):
        """Named early, because the customer was silent, and the account itself is long old enough."""
        young = self._owes(self.case, 80, self._day(-20))
        self._pay(self.a.move_id, 120, MONDAY)
        self._settle_transaction()
        self._notice(self.case, young, 0, posted=0)
        self._thresholds(0)
        self.assertFalse(self.case.referral_status)
        self.assertEqual(self.case.referral_look_date, self._day(10))
        self._thresholds(10)
        self.assertEqual(self.case.referral_status, "window")


@tagged("post_install", "-at_install")
class TestRecalledByItem(ByItemCommon):
    """A, 500.00, is with an agency since it was 50 days past due, on Monday; B, 300.00, falls due five days later."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(days=50)
        self.case.partner_id.invoice_ids.is_move_sent = True
        self.a = self._items(self.case.partner_id.invoice_ids)
        self._notice(self.case, self.a, -19, posted=-19, called=-10)
        with self._on(MONDAY, "09:00"):
            self.referral = self._refer(self.case)
        self._hand_over(MONDAY)
        with self._on(self._day(1)):
            self.b = self._items(self._invoice(self.case.partner_id, 300, self._day(5)))
            self._settle_transaction()

    def test_a_milder_in_a_new_cycle_b_by_its_own_age(self):
        self.assertEqual((self.referral.state, self.referral.line_ids.item_id), ("sent", self.a))
        for day in range(2, 10):
            self._daily_run(self._day(day))
        self.assertFalse(self.case.letter_ids.filtered(lambda letter: letter.state == "queued"))
        with self._on(self._day(10), "10:00"):
            self.referral.sudo()._give_back("recalled", "They have called us")
            self._settle_transaction()
            self.env.invalidate_all()
            items = self.case._asked_items()[self.case.id]
            a, b = self.case._standing_at(items, self.env["collection.mark"]._latest([item.id for item in items]))
        policy = self.standard._to_engine()
        second_call = self.standard._before_notice(self.standard._notice_step())
        self.assertEqual((a.item, a.step, a.since, a.noticed), (self.a.id, second_call.id, self._day(10), False))
        self.assertEqual(ladder.due_on(a, policy), self._day(17), "its final notice comes again")
        self.assertEqual((b.item, b.step), (self.b.id, None))
        self.assertEqual(ladder.due_on(b, policy), self._day(6), "its first reminder, by its own age")
        self._thresholds(11)
        self.assertFalse(self.case.referral_status, "60 days past due, and nothing is named by a notice of its cycle")
        self.assertEqual(
            self._points(self.case, 11)["age"],
            "No final notice includes what is overdue, and the window counts the days of what it includes. Let the policy reach "
            "it first.",
        )
        with self._on(self._day(11), "10:00"):
            self.assertEqual(self._proposed(self.case)[1], [False, False])

    def test_named_again_it_is_handed_over_without_the_other(self):
        with self._on(self._day(10), "10:00"):
            self.referral.sudo()._give_back("recalled", "They have called us")
            self._settle_transaction()
        self._notice(self.case, self.a, 17, posted=17, called=24, cycle=2)
        with self._on(self._day(32), "10:00"):
            dialog, taken = self._proposed(self.case)
            self.assertEqual(taken, [True, False])
            self.assertEqual([row["point"] for row in dialog.point_ids._records], ["age"], "77 days past due")


@tagged("post_install", "-at_install")
class TestInstalmentsByItem(ByItemCommon):
    """A roof of 900.00 in three instalments: 60 days past due on Monday, 30 days, and due on Monday."""

    def test_each_instalment_is_an_item_of_its_own(self):
        partner = self._customer()
        with self._on(self._day(-60)):
            invoice = self._invoice_in_instalments(partner, 900, self._day(-60), ((34, 0), (33, 30), (33, 60)))
        invoice.is_move_sent = True
        with self._on(MONDAY, "01:00"):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.company, partner)
        case = self._case(partner)
        first, second, _third = self._items(invoice).sorted("date_maturity")
        self._notice(case, first, -28, posted=-28, called=-21)
        self._thresholds(0)
        self.assertEqual((case.referral_status, case.referral_ready), ("closing", True))
        with self._on(MONDAY, "10:00"):
            self.assertEqual(self._proposed(case)[1], [True, False])
            referral = self._refer(case)
        self._hand_over(MONDAY)
        self.assertEqual(referral.line_ids.item_id, first)
        self.assertEqual(referral.amount_referred, 306)
        named = case.sudo()._asked_by_notice()[case.id]
        self.assertIsNone(named[second.id].notice, "the agency has nothing of it")


@tagged("post_install", "-at_install")
class TestReferralByItemQueries(ByItemCommon, QueryCommon):
    """The number of queries does not grow with the number of cases."""

    def _begin(self):
        super()._begin()
        self._freeze(self._day(36))  # 46 days past due
        self._all_open()
        for case in self._cases(self.partners):
            items = self._items(case.partner_id.invoice_ids)
            self._notice(case, items, 10, posted=11, called=20)

    def setUp(self):
        super().setUp()
        self._freeze(self._day(36))

    def test_a_morning_of_thresholds(self):
        self._cases(self.partners)._update_referral_status()
        count = self._assert_constant(lambda partners: self._cases(partners)._update_referral_status())
        self.assertLess(count, 60)
        self.assertEqual(set(self._cases(self.many).mapped("referral_status")), {"ready"})

    def test_the_checklist(self):
        self.assertLess(
            self._assert_constant(lambda partners: self._cases(partners)._referral_checklist()),
            45,
        )

    def test_the_last_call(self):
        last_call = self.standard.step_ids.filtered(lambda step: step._is_last_call())
        self._cases(self.partners).pending_step_id = last_call
        self.env.flush_all()
        self._assert_constant(lambda partners: self._cases(partners)._without_last_call())
