from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..common import MONDAY, days_ago
from .mail_piece_common import MailPieceCommon


@tagged("post_install", "-at_install")
class TestFairWarning(MailPieceCommon):
    """No stage from *Final notice* on is reached without the ones before it, whichever way it comes."""

    def _begin(self):
        super()._begin()
        self.stages = {stage.kind: stage for stage in self.env["collection.stage"].search([]) if stage.kind != "normal"}
        self.call_stage = self.env.ref("grey_hat_collections.stage_call")

    def _assert_before_notice(self, case):
        """Nobody was warned in this round: the notice is still to come, and no step after it has begun."""
        self.env.invalidate_all()
        late = case.policy_id._steps_after_notice()
        self.assertFalse(case._is_noticed())
        self.assertNotIn(case.step_id, late)
        self.assertNotIn(case.pending_step_id, late)
        self.assertNotEqual(case.step_id.letter_kind, "final_notice")

    def _live_through(self, case, first, last):
        """Days on which everything is done that is asked for; the letters and steps in their order."""
        order = []
        for number in range(first, last + 1):
            self._daily_run(self._day(number))
            self._send(self._day(number))
            with self._on(self._day(number), "15:00"):
                self._do_activities(case)
            self.env.invalidate_all()
            if not order or order[-1] != case.step_id.name:
                order.append(case.step_id.name)
        return order

    # -- The board -----------------------------------------------------------------------------------------------

    def test_board_forward_to_the_last_call_is_refused_before_the_notice(self):
        case = self._called_twice()
        with self._on(MONDAY), self.assertRaisesRegex(UserError, "step “Final notice” .* comes first"):
            case.with_user(self.collector).stage_id = self.stages["last_call"]

    def test_board_back_and_forth_needs_a_new_notice(self):
        case = self._posted()
        self._daily_run(self._day(8))
        self.assertEqual(case.stage_id.kind, "last_call")
        with self._on(self._day(8), "09:00"):
            case.with_user(self.collector).stage_id = self.stages["final_notice"]
        self._assert_before_notice(case)
        self.assertEqual((case.step_id.name, case.stage_id.kind, case.round), ("Second call", "final_notice", 2))

    def test_board_back_and_at_once_forward_is_refused(self):
        case = self._posted()
        self._daily_run(self._day(8))
        with self._on(self._day(8), "09:00"):
            case.with_user(self.collector).stage_id = self.stages["final_notice"]
            with self.assertRaisesRegex(UserError, "step “Final notice” .* comes first"):
                case.with_user(self.collector).stage_id = self.stages["last_call"]

    def test_board_back_the_notice_comes_again_before_the_last_call(self):
        case = self._posted()
        with self._on(self._day(2), "09:00"):
            case.with_user(self.collector).stage_id = self.call_stage
        order = self._live_through(case, 9, 30)
        self.assertEqual(order, ["Final notice", "Last call", "Agency review"])
        self.assertEqual(
            sorted(case.letter_ids.filtered(lambda one: one.kind == "final_notice").mapped("round")), [1, 2]
        )

    # -- Another ladder ------------------------------------------------------------------------------------------

    def test_another_policy_stands_before_its_own_notice(self):
        case = self._posted()
        self._daily_run(self._day(8))
        with self._on(self._day(8), "09:00"):
            case.with_user(self.collector).policy_id = self.gentle
        self._assert_before_notice(case)
        self.assertEqual(
            (case.step_id.name, case.step_id.policy_id, case.stage_id), ("Second call", self.gentle, self.call_stage)
        )

    def test_a_reason_that_brings_another_ladder_does_so_too(self):
        case = self._posted()
        reason = self.env["collection.reason"].search(
            [("policy_id", "=", self.gentle.id), ("stops_contact", "=", False)], limit=1
        )
        self.assertTrue(reason)
        with self._on(self._day(3), "09:00"):
            case._set_reason(reason, self.gentle)
        self._assert_before_notice(case)
        self.assertEqual(case.policy_id, self.gentle)

    def test_there_and_back_skips_nothing(self):
        case = self._posted()
        for day, policy in ((2, self.gentle), (3, self.standard)):
            with self._on(self._day(day), "09:00"):
                case.with_user(self.collector).policy_id = policy
        self._assert_before_notice(case)
        self.assertEqual((case.step_id.name, case.round), ("Second call", 3))

    def test_a_large_payment_at_the_end_of_the_ladder_asks_for_a_new_notice(self):
        case = self._posted()
        self._daily_run(self._day(8))
        self._tell(case, self._day(8))
        with self._on(self._day(8), "15:00"):
            self._asked(case, "last_call").with_user(self.collector).action_done()
        self.assertEqual(case.step_id.name, "Last call")
        with self._on(self._day(9)):
            case.sudo()._take_steps_back(1)
        self._assert_before_notice(case)
        self.assertEqual((case.step_id.name, case.round), ("Second call", 2))

    # -- Ladders that managers write -----------------------------------------------------------------------------

    def _step(self, name, days, stage, **values):
        effect = {"activity_type_id": self.env.ref("grey_hat_collections.mail_activity_type_call").id}
        if values.get("letter_kind"):
            effect = {"mail_template_id": self.env.ref("grey_hat_collections.mail_template_final_notice").id}
        return Command.create(
            {"name": name, "sequence": days, "days_overdue": days, "stage_id": stage.id, **effect, **values}
        )

    def _policy(self, *steps):
        return self.env["collection.policy"].with_user(self.manager).create({"name": "Short", "step_ids": list(steps)})

    def test_a_ladder_without_a_notice_leads_to_no_last_call(self):
        with self.assertRaisesRegex(
            ValidationError, "Short: step “Ring” leads to “Last call”, but no step before it sends a final notice."
        ):
            self._policy(self._step("Call", 5, self.call_stage), self._step("Ring", 9, self.stages["last_call"]))

    def test_nor_does_one_whose_notice_comes_afterwards(self):
        with self.assertRaisesRegex(ValidationError, "no step before it sends a final notice"):
            self._policy(
                self._step("Ring", 9, self.stages["last_call"]),
                self._step("Notice", 10, self.stages["last_call"], letter_kind="final_notice"),
            )

    def test_the_notice_of_a_ladder_cannot_be_deleted_from_under_the_last_call(self):
        with self.assertRaisesRegex(ValidationError, "no step before it sends a final notice"):
            self.ladder["Final notice"].with_user(self.manager).unlink()

    def test_nor_turned_into_a_reminder(self):
        with self.assertRaisesRegex(ValidationError, "no step before it sends a final notice"):
            self.ladder["Final notice"].with_user(self.manager).letter_kind = "reminder"

    def test_nor_is_a_stage_made_the_last_call_of_a_ladder_without_one(self):
        stage = self.env["collection.stage"].with_user(self.manager).create({"name": "Last word", "sequence": 25})
        self._policy(self._step("Call", 5, self.call_stage), self._step("Ring", 9, stage))
        with self.assertRaisesRegex(ValidationError, "no step before it sends a final notice"):
            stage.kind = "last_call"

    def _old_ladder(self):
        """A ladder from before the rule: a call, then the last call. The case stands on the call."""
        policy = self._policy(
            self._step("Call", 5, self.call_stage), self._step("Ring", 9, self.stages["final_notice"])
        )
        step = policy.step_ids[1]
        self.env.flush_all()
        self.cr.execute(
            "UPDATE collection_policy_step SET stage_id = %s WHERE id = %s", (self.stages["last_call"].id, step.id)
        )
        self.env.invalidate_all()
        case = self._overdue_customer(days=32)
        case.sudo().write({"policy_id": policy.id, "step_id": policy.step_ids[0].id, "step_date": days_ago(20)})
        return case, step

    def test_the_job_begins_no_last_call_of_an_old_ladder_without_a_notice(self):
        case, step = self._old_ladder()
        for days in range(20):
            self._daily_run(self._day(days))
        self.assertEqual((case.pending_step_id.id, case.next_step_id, case.stage_id.kind), (False, step, "normal"))
        self.assertTrue(case.decision.startswith("“Ring” waits: no final notice was sent before it."))
        self.assertTrue(self._asked(case, "review"), "A person is asked to look")

    def test_the_board_refuses_it_with_the_way_out(self):
        case, _step = self._old_ladder()
        with (
            self._on(MONDAY),
            self.assertRaisesRegex(UserError, "no final notice has gone out before step “Ring”. Move the card back"),
        ):
            case.with_user(self.collector).stage_id = self.stages["last_call"]

    def test_no_code_begins_it_either(self):
        case, step = self._old_ladder()
        case.sudo().next_step_id = step
        with self._on(MONDAY):
            case.sudo()._begin_steps()
        self.assertFalse(case.pending_step_id)

    def test_a_notice_that_a_manager_puts_before_the_case_is_not_taken_as_sent(self):
        """The case stands beyond a step that becomes the final notice afterwards."""
        case = self._overdue_customer(days=32)
        step = self.ladder["Second reminder with statement"]
        case.sudo().write({"step_id": self.ladder["Second call"].id, "step_date": days_ago(7)})
        step.sudo().letter_kind = "final_notice"
        self._daily_run(MONDAY)
        self.assertEqual((case.pending_step_id.id, case.decision_code), (False, "not_warned"))

    # -- A call instead of the notice ----------------------------------------------------------------------------

    def test_where_nothing_can_be_written_a_call_takes_the_place_of_the_notice(self):
        case = self._called_twice(collection_no_email=True, street=False)
        self._daily_run(MONDAY)
        call = self._asked(case, "call_instead")
        self._tell(case, MONDAY, "14:00")
        with self._on(MONDAY, "14:05"):
            call.with_user(self.collector).action_done()
        self.assertEqual(case.step_id.name, "Final notice")
        self.assertTrue(case._is_noticed())
        facts = case._notice_facts()[case.id]
        self.assertEqual((facts["notice_letter_id"], facts["last_call_on"]), (None, None), "Nothing is proven by it")
        self._daily_run(self._day(8))
        self._tell(case, self._day(8))
        with self._on(self._day(8), "15:00"):
            self._asked(case, "last_call").with_user(self.collector).action_done()
        self.assertEqual(case.step_id.name, "Last call")

    # -- Whatever people do --------------------------------------------------------------------------------------

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.sampled_from(("back_call", "back_notice", "gentle", "standard", "step_back", "run", "do", "send")),
            max_size=8,
        )
    )
    def test_whatever_people_do_no_last_call_begins_before_the_notice(self, deeds):
        with self.cr.savepoint() as savepoint:
            case = self._posted("Anybody")
            day = 7
            for deed in deeds:
                day += 1
                self._do(case, deed, day)
                case.invalidate_recordset()
                if case.pending_step_id in case.policy_id._steps_after_notice():
                    self.assertTrue(case._final_notice(), f"{deeds}: {case.pending_step_id.name} in round {case.round}")
            savepoint.rollback()
        self.env.invalidate_all()

    def _do(self, case, deed, number):
        card, day = case.with_user(self.collector), self._day(number)
        if deed == "run":
            self._daily_run(day)
            return
        if deed == "send":
            self._send(day)
            return
        with self._on(day, "15:00"):
            if deed == "back_call":
                card.stage_id = self.call_stage
            elif deed == "back_notice" and case.stage_id.sequence >= self.stages["final_notice"].sequence:
                card.stage_id = self.stages["final_notice"]
            elif deed in ("gentle", "standard"):
                card.policy_id = {"gentle": self.gentle, "standard": self.standard}[deed]
            elif deed == "step_back":
                case.sudo()._take_steps_back(1)
            elif deed == "do":
                self._do_activities(case)


@tagged("post_install", "-at_install")
class TestMigrationOfNotices(MailPieceCommon):
    """An installation from before letters in the post were kept."""

    def _migrate(self):
        self._upgrade("19.0.1.3.0", "post-migration", "19.0.1.2.0")

    def test_shipped_last_calls_ask_for_the_new_activity_and_so_do_those_that_wait(self):
        call = self.env.ref("grey_hat_collections.mail_activity_type_call")
        last_call = self.env.ref("grey_hat_collections.mail_activity_type_last_call")
        case = self._posted()
        steps = self.ladder["Last call"] | self.env.ref("grey_hat_collections.step_gentle_last_call")
        steps.sudo().activity_type_id = call
        self._daily_run(self._day(8))
        self._migrate()
        self.assertEqual(steps.activity_type_id, last_call)
        self.assertEqual(case.activity_ids.activity_type_id, last_call)

    def test_a_type_that_a_manager_has_chosen_stays(self):
        chosen = self.env.ref("grey_hat_collections.mail_activity_type_callback")
        self.ladder["Last call"].sudo().activity_type_id = chosen
        self._migrate()
        self.assertEqual(self.ladder["Last call"].activity_type_id, chosen)

    def test_who_was_warned_stays_warned(self):
        case = self._posted()
        called = self._called_twice("Called")
        case.sudo().write({"notice_round": 0, "noticed_at": False})
        self._migrate()
        self.assertTrue(case._is_noticed())
        self.assertEqual(case.noticed_at, case.letter_ids.sent_at)
        self.assertFalse(called._is_noticed())

    def test_paper_is_registered(self):
        _case, waiting, _piece = self._on_paper("Waiting")
        _case, gone, piece = self._on_paper("Gone")
        self._post(piece, self._day(1))
        gone.sudo().tracking_ref = "RR7"
        self.env.flush_all()
        self.cr.execute("DELETE FROM collection_mail_piece")
        self.env.invalidate_all()
        self._migrate()
        self.assertRecordValues(
            (waiting | gone).piece_ids.sorted("name"),
            [
                {"name": waiting.name, "state": "to_mail", "date_mailed": False, "certified_number": False},
                {"name": gone.name, "state": "mailed", "date_mailed": self._day(1), "certified_number": "RR7"},
            ],
        )
        self._migrate()
        self.assertEqual(len((waiting | gone).piece_ids), 2, "Done twice, it is done once")
