from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from ...models.ledger.ledger import FIGURE_FIELDS
from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestBoard(CollectionCommon):
    """Cards moved by hand: back to a milder stage, or forward by one step. Acme stands on *Call* since Monday the 9th."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(days=40)
        self._daily_run(MONDAY)
        self._send(MONDAY)
        self.today = self._day(7)
        self._daily_run(self.today)
        with self._on(self.today, "09:00"):
            self.case.activity_ids.with_user(self.collector).action_done()
        self.today = self._day(8)
        self._freeze(self.today)
        self.env.invalidate_all()
        self.card = self.case.with_user(self.collector)
        self.stages = {stage.name: stage for stage in self.env["collection.stage"].search([("company_id", "=", False)])}

    def setUp(self):
        super().setUp()
        self._freeze(self.today)

    def _move(self, stage):
        self.card.stage_id = self.stages[stage]
        self.env.flush_all()
        self.env.invalidate_all()

    def _assert_refused(self, stage, sentence):
        with self.assertRaises(UserError) as refusal:
            self._move(stage)
        self.assertIn(sentence, str(refusal.exception))
        self.env.invalidate_all()

    def test_the_story_begins_on_call(self):
        self.assertEqual((self.case.step_id.name, self.case.stage_id.name), ("Call", "Call"))
        self.assertEqual(self.case.next_step_id.name, "Second reminder with statement")

    # -- Forward -------------------------------------------------------------------------------------------------

    def test_two_steps_forward_are_refused_with_the_step_that_comes_first(self):
        self._assert_refused(
            "Final notice",
            "Acme cannot move to “Final notice” yet: step “Second reminder with statement” (Call) comes first, so that "
            "the customer is warned fairly.",
        )
        self.assertEqual((self.case.stage_id.name, self.case.pending_step_id.id), ("Call", False))

    def test_one_step_forward_takes_it_now(self):
        steps = self.standard.step_ids
        self._named_by_step(self.case, steps[3], self.today)  # the second call was made today
        self._move("Final notice")
        self.assertRecordValues(
            self.case,
            [{"stage_id": self.stages["Final notice"].id, "pending_step_id": steps[4].id, "step_id": steps[3].id}],
        )
        self.assertEqual(self.case.letter_ids[0].kind, "final_notice")
        self._assert_refused("Last call", "step “Final notice” is still in progress")
        self._send(self.today)
        self.assertEqual(self.case.step_id, steps[4])

    def test_forward_waits_for_the_step_under_way(self):
        self._daily_run(self._day(14))
        self.assertEqual(self.case.pending_step_id.name, "Second reminder with statement")
        self._assert_refused("Final notice", "step “Second reminder with statement” is still in progress. Finish it")

    def test_nobody_is_asked_for_nothing(self):
        with self._payments_without_entry():
            self._customer_pays(self.case)
            self.case.sudo().step_id = self.standard.step_ids[3]
            self._assert_refused("Final notice", "There is nothing to do on Acme today. Waiting: a payment of")

    def test_with_agency_is_reached_through_a_referral_only(self):
        self._assert_refused("With agency", "only through a referral")

    def test_settled_is_reached_through_the_ledger_only(self):
        self._assert_refused("Settled", "Acme still owes $\xa0500.00. It moves to “Settled” automatically")

    def test_a_settled_card_stays(self):
        self._customer_pays(self.case)
        self._assert_refused("Reminder", "Acme is settled and cannot be moved")

    def test_on_hold_nothing_is_taken_forward(self):
        self.card._hold(self._day(20), "Their bank is on strike")
        self.case.sudo().step_id = self.standard.step_ids[3]
        self._assert_refused("Final notice", "Acme is on hold until")

    def test_a_ladder_without_such_a_step(self):
        self.case.sudo().step_id = self.standard.step_ids[-1]
        self.case.sudo().stage_id = self.stages["Call"]
        self._assert_refused("Last call", "Acme has no further step that leads to “Last call”")

    def test_several_cards_moved_at_once_are_all_checked(self):
        other = self._customer("Other")
        self._invoice(other, 70, MONDAY)
        self._settle_transaction()
        cards = (self.case | self._case(other)).with_user(self.collector)
        with self.assertRaises(UserError), self.cr.savepoint():
            cards.write({"stage_id": self.stages["Final notice"].id})
        self.env.invalidate_all()
        self.assertEqual(cards.mapped("stage_id.name"), ["Call", "Reminder"])

    # -- Back ----------------------------------------------------------------------------------------------------

    def test_back_begins_a_new_round_in_which_the_steps_come_again(self):
        self._move("Reminder")
        self.assertRecordValues(
            self.case, [{"round": 2, "step_date": self.today, "step_id": self.standard.step_ids[0].id, "state": "open"}]
        )
        self.assertEqual(
            self.case.decision,
            (
                "Waiting: after “Friendly reminder” on March 10, 2026 the customer has until March 17, 2026, then “Call” is due."
            ),
        )
        self._daily_run(self._day(15))
        self.assertEqual(self.case.pending_step_id.name, "Call", "It comes a second time, after its week")

    def test_the_letter_of_a_step_may_come_again_in_a_new_round(self):
        self._daily_run(self._day(14))
        self._send(self._day(14))
        self.assertEqual(self.case.step_id.name, "Second reminder with statement")
        with self._on(self._day(15), "09:00"):
            self._move("Reminder")
        for days in (22, 29):
            self._daily_run(self._day(days))
            self._send(self._day(days))
            with self._on(self._day(days), "15:00"):
                self.case.activity_ids.with_user(self.collector).action_done()
        again = self.case.letter_ids.filtered(lambda letter: letter.step_id.name == "Second reminder with statement")
        self.assertEqual(sorted(again.mapped("round")), [1, 2])
        self.assertEqual(again.mapped("state"), ["sent", "sent"])

    def test_back_takes_back_what_waits(self):
        self._daily_run(self._day(14))
        letter = self.case.letter_ids[0]
        self.assertEqual(letter.state, "queued")
        self._move("Reminder")
        self.assertRecordValues(
            letter, [{"state": "cancelled", "cancel_reason": "The case was moved back to “Reminder”."}]
        )
        self._send(self._day(14))
        self.assertEqual(self._sent_to(), [])

    def test_back_is_allowed_on_hold(self):
        self.card._hold(self._day(20), "Their bank is on strike")
        self._move("Reminder")
        self.assertEqual((self.case.state, self.case.stage_id.name), ("hold", "Reminder"))

    def test_a_move_to_where_it_is_changes_nothing(self):
        self._move("Call")
        self.assertEqual(self.case.round, 1)

    # -- What nobody types ---------------------------------------------------------------------------------------

    def test_what_comes_from_the_rules_cannot_be_typed(self):
        samples = {
            "char": "x",
            "text": "x",
            "date": "2026-01-01",
            "integer": 5,
            "monetary": 5,
            "boolean": True,
            "json": {},
        }
        for user in (self.collector, self.manager):
            card = self.case.with_user(user)
            for name in self.Case._rule_fields():
                value = samples.get(card._fields[name].type, 1)
                if name == "state":
                    value = "closed"
                elif name == "decision_code":
                    value = "settled"
                with self.subTest(field=name, user=user.login), self.assertRaisesRegex(AccessError, "cannot be edited"):
                    card.write({name: value})

    def test_every_figure_and_rule_is_protected(self):
        """A field that is readonly on the screen is no protection; what people decide is all that they may type."""
        protected = self.Case._rule_fields()
        self.assertLess(
            {*FIGURE_FIELDS, "agency_id", "hold_until", "partner_id", "round", "state", "step_id"}, protected
        )
        typed = {
            name
            for name, field in self.case._fields.items()
            if field.store and field.type not in ("one2many", "many2many") and name not in protected | {*MAGIC_COLUMNS}
        }
        self.assertEqual(typed, {"policy_id", "stage_id", "user_id"})

    def test_a_collector_may_hand_a_case_over(self):
        self.card.user_id = self.manager
        self.env.invalidate_all()
        self.assertEqual(self.case.user_id, self.manager)

    # -- Another policy ------------------------------------------------------------------------------------------

    def test_another_policy_stands_at_the_same_stage(self):
        self.card.policy_id = self.gentle
        self.env.invalidate_all()
        self.assertEqual((self.case.step_id.policy_id, self.case.step_id.stage_id.name), (self.gentle, "Call"))
        self.assertEqual((self.case.stage_id.name, self.case.round), ("Call", 2))
        self.assertEqual(self.case.next_step_id.policy_id, self.gentle)
        self.assertNotEqual(self.case.next_step_id.stage_id.name, "Reminder", "It does not begin anew")

    def test_another_policy_takes_back_what_waits(self):
        self._daily_run(self._day(14))
        letter = self.case.letter_ids[0]
        self.card.policy_id = self.gentle
        self.env.invalidate_all()
        self.assertEqual(letter.state, "cancelled")
        self.assertEqual(letter.cancel_reason, "The case follows the policy “Gentle” now.")

    def test_another_policy_on_a_new_case_begins_at_its_beginning(self):
        fresh = self._overdue_customer("Fresh", days=1)
        fresh.with_user(self.collector).policy_id = self.gentle
        self.env.invalidate_all()
        self.assertFalse(fresh.step_id)
        self.assertEqual(fresh.next_step_id, self.gentle.step_ids[0])

    def test_no_policy_asks_for_a_person(self):
        self.card.policy_id = False
        self.env.invalidate_all()
        self.assertEqual(
            self.case.decision, "No policy applies to this customer. Choose one, so that there is a next step."
        )
        self.assertTrue(self.case.next_action_date)

    # -- Columns -------------------------------------------------------------------------------------------------

    def test_empty_columns_are_shown(self):
        board = self.card.with_context(read_group_expand=True)
        groups = board.web_read_group([("id", "=", self.case.id)], ["stage_id"], ["amount_chased:sum"])["groups"]
        names = [group["stage_id"][1] for group in groups]
        self.assertEqual(names, ["Reminder", "Call", "Final notice", "Last call", "With agency", "Settled"])
        sums = {group["stage_id"][1]: group["amount_chased:sum"] for group in groups}
        self.assertEqual((sums["Call"], sums["Reminder"]), (500, 0))

    def test_a_card_that_stays_too_long_is_stale(self):
        self.assertFalse(self.case.is_rotting)
        with self._on(self._day(60)):
            self.env.invalidate_all()
            self.assertTrue(self.case.is_rotting)
            self.assertGreater(self.case.rotting_days, 21 - 1)

    def test_my_day_lists_the_most_urgent_first(self):
        for name, amount, days in (
            ("Small and new", 20, 2),
            ("Large and old", 90000, 200),
            ("Large and new", 90000, 2),
        ):
            self._invoice(self._customer(name), amount, self.today - timedelta(days=days))
        self._settle_transaction()
        cases = self.Case.with_user(self.collector).search([("state", "=", "open")])
        self.assertEqual(cases.mapped("partner_id.name"), ["Large and old", "Large and new", "Acme", "Small and new"])
