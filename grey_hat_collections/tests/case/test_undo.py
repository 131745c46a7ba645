from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

#: What tells of the moment of writing, and is no trace that anybody reads.
PASSING = {*MAGIC_COLUMNS, "activity_ids", "message_ids", "message_follower_ids", "letter_ids"}


@tagged("post_install", "-at_install")
class TestUndo(CollectionCommon):
    """A slip is taken back as long as nothing has left the house. Acme owes 500.00 for 40 days and stands on *Call* since Monday
    the 9th; today is Tuesday the 10th, nine o'clock.
    """

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(days=40)
        self._daily_run(MONDAY)
        self._send(MONDAY)
        self._daily_run(self._day(7))
        with self._on(self._day(7), "09:00"):
            self.case.activity_ids.with_user(self.collector).action_done()
        self.today = self._day(8)
        self._daily_run(self.today)
        self.env.invalidate_all()

    def setUp(self):
        super().setUp()
        self._freeze(self.today)
        self.card = self.case.with_user(self.collector)
        self.stages = {stage.name: stage for stage in self.env["collection.stage"].search([("company_id", "=", False)])}
        self.Undo = self.env["collection.undo"].with_user(self.collector)

    def _as_it_is(self):
        """All that is stored of the case, its marks, and what is asked of people."""
        self.env.flush_all()
        self.env.invalidate_all()
        case = self.case.sudo()
        names = [
            name for name, field in case._fields.items() if field.store and field.column_type and name not in PASSING
        ]
        marks = self.env["collection.mark"].search([("case_id", "=", case.id)])
        asked = case.activity_ids.filtered("collection_asked")
        return {
            "case": case.read(names, load=None)[0],
            "marks": sorted(marks.mapped(lambda one: (one.item_id, one.step_id.id, one.cycle, str(one.date)))),
            "asked": sorted(
                asked.mapped(
                    lambda one: (one.activity_type_id.name, one.user_id.id, str(one.date_deadline), one.summary or "")
                )
            ),
            "letters": sorted((letter.name, letter.state) for letter in case.letter_ids if letter.state != "cancelled"),
        }

    def _move(self, stage):
        self.card.stage_id = self.stages[stage]
        self.env.flush_all()
        self.env.invalidate_all()
        return self.Undo.last_move(self.case.id)

    def _hold(self, cases=None, days=10):
        dialogs = self.env["collection.hold"].with_user(self.collector)
        cases = cases or self.case
        dialog = dialogs.create(
            {"case_ids": [Command.set(cases.ids)], "reason": "Their audit", "until": self._day(days)}
        )
        action = dialog.action_hold()
        self.env.invalidate_all()
        return action

    def _log(self):
        return " ".join(self.case.message_ids.mapped("body"))

    # -- Holding -------------------------------------------------------------------------------------------------

    def test_a_hold_is_undone_without_a_trace(self):
        before = self._as_it_is()
        action = self._hold()
        self.assertEqual((action["tag"], self.case.state), ("collection_undo", "hold"))
        self.assertEqual(action["params"]["message"], "Put on hold until March 12, 2026")
        self.Undo.undo(action["params"]["ids"])
        self.assertEqual(self._as_it_is(), before)
        self.assertIn("Undone by Cora Lector: Put on hold until March 12, 2026", self._log())

    def test_a_hold_gives_back_the_letter_that_waited(self):
        self._daily_run(self._day(14))
        self._freeze(self._day(14))
        letter = self.case.pending_letter_id
        self.assertEqual(letter.state, "queued")
        before = self._as_it_is()
        ids = self._hold(days=20)["params"]["ids"]
        self.assertEqual((letter.state, self.case.pending_step_id.id), ("cancelled", False))
        self.Undo.undo(ids)
        self.assertEqual(self._as_it_is(), before)
        self.assertEqual((letter.state, letter.cancel_reason, self.case.pending_letter_id), ("queued", False, letter))
        self._send(self._day(14))
        self.assertEqual(letter.state, "sent", "it leaves as if nothing had been")

    def test_a_hold_of_many_is_undone_at_once(self):
        other = self._overdue_customer("Other")
        action = self._hold(self.case | other)
        self.assertEqual(action["params"]["message"], "2 cases: Put on hold until March 12, 2026")
        self.Undo.undo(action["params"]["ids"])
        self.assertEqual((self.case | other).mapped("state"), ["open", "open"])

    def test_a_hold_over_another_brings_the_first_one_back(self):
        self._hold(days=9)
        before = self._as_it_is()
        ids = self._hold(days=20)["params"]["ids"]
        self.Undo.undo(ids)
        self.assertEqual(self._as_it_is(), before)
        self.assertEqual(self.case.hold_until, self._day(9))

    def test_what_was_paid_meanwhile_is_not_forgotten(self):
        ids = self._hold()["params"]["ids"]
        self._customer_pays(self.case, 200)
        self.assertEqual(self.case.amount_chased, 300)
        self.Undo.undo(ids)
        self.assertEqual((self.case.state, self.case.amount_chased), ("open", 300))
        self.assertNotEqual(self.case.decision_code, "on_hold")

    # -- Moving a card -------------------------------------------------------------------------------------------

    def test_a_card_moved_back_is_back_where_it_was(self):
        before = self._as_it_is()
        told = self._move("Reminder")
        self.assertEqual(told["message"], "Moved to “Reminder”")
        self.assertNotEqual(self._as_it_is()["marks"], before["marks"])
        self.assertEqual(self.case.round, before["case"]["round"] + 1)
        self.Undo.undo(told["ids"])
        self.assertEqual(self._as_it_is(), before)
        self.assertIn("Undone by Cora Lector: Moved to “Reminder”", self._log())

    def test_a_card_dropped_where_it_was_has_nothing_to_undo(self):
        self.assertEqual(self._move("Call"), {})

    def _forward(self):
        steps = self.standard.step_ids
        self._named_by_step(self.case, steps[3], self.today)  # the second call was made today
        self.case.sudo()._decide()
        before = self._as_it_is()
        return before, self._move("Final notice")

    def test_a_card_moved_forward_takes_its_letter_along(self):
        before, told = self._forward()
        letter = self.case.pending_letter_id
        self.assertEqual((letter.kind, letter.state), ("final_notice", "queued"))
        self.Undo.undo(told["ids"])
        self.assertEqual(self._as_it_is(), before)
        self.assertEqual((letter.state, letter.cancel_reason), ("cancelled", "Undone by Cora Lector."))

    def test_what_was_moved_forward_and_undone_can_be_moved_again(self):
        _before, told = self._forward()
        self.Undo.undo(told["ids"])
        self._move("Final notice")
        self.assertEqual(self.case.pending_letter_id.state, "queued")

    def test_a_letter_that_has_left_is_not_undone(self):
        _before, told = self._forward()
        letter = self.case.pending_letter_id
        self._send(self.today)
        self.assertEqual(letter.state, "sent")
        with self.assertRaisesRegex(UserError, f"{letter.name} .*has left the house"):
            self.Undo.undo(told["ids"])
        self.assertEqual(self.case.stage_id.name, "Final notice")

    def test_a_letter_that_is_being_handed_over_is_not_undone(self):
        _before, told = self._forward()
        letter = self.case.pending_letter_id
        letter.sudo().handover_at = "2026-03-10 09:00:00"
        self.assertTrue(letter._is_leaving())
        with self.assertRaisesRegex(UserError, "is being handed to the mail server right now"):
            self.Undo.undo(told["ids"])

    # -- When it is too late -------------------------------------------------------------------------------------

    def test_the_second_of_two_is_told_so(self):
        ids = self._hold()["params"]["ids"]
        self.Undo.undo(ids)
        with self.assertRaisesRegex(UserError, "Acme: “Put on hold until March 12, 2026” was undone already"):
            self.Undo.with_user(self.manager).undo(ids)

    def test_what_has_changed_since_stays(self):
        ids = self._hold()["params"]["ids"]
        self.card.action_release()
        with self.assertRaisesRegex(UserError, "Acme has changed since"):
            self.Undo.undo(ids)
        self.assertEqual(self.case.state, "open")

    def test_the_next_run_ends_it(self):
        told = self._move("Reminder")
        self._daily_run(self._day(9))
        with self._on(self._day(9), "09:00"):
            self.assertEqual(self.Undo.last_move(self.case.id), {})
            with self.assertRaisesRegex(UserError, "was done on an earlier day"):
                self.Undo.undo(told["ids"])

    def test_one_of_many_that_has_changed_keeps_all(self):
        other = self._overdue_customer("Other")
        ids = self._hold(self.case | other)["params"]["ids"]
        other.with_user(self.collector).action_release()
        with self.assertRaises(UserError):
            self.Undo.undo(ids)
        self.assertEqual(self.case.state, "hold")

    # -- Who ---------------------------------------------------------------------------------------------------

    def test_only_who_works_on_the_case(self):
        ids = self._hold()["params"]["ids"]
        for user in (self.accountant, self.stranger):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["collection.undo"].with_user(user).undo(ids)
        self.case.sudo().user_id = self.manager
        with self.assertRaises(AccessError):
            self.Undo.undo(ids)
        with self.assertRaises(AccessError):
            self.Undo.last_move(self.case.id)
        self.assertEqual(self.case.state, "hold")

    def test_nobody_reads_or_writes_what_is_kept(self):
        (kept,) = self._hold()["params"]["ids"]
        for user in (self.collector, self.manager):
            record = self.env["collection.undo"].with_user(user).browse(kept)
            for call in (
                lambda record=record: record.read(["changed"]),
                lambda record=record: record.write({"changed": {}}),
                lambda record=record: record.create({"case_id": self.case.id}),
            ):
                self.assertRaises(AccessError, call)

    def test_nonsense_is_refused(self):
        for ids in (None, "1", [None], ["1"], [True], {}, 5):
            with self.subTest(str(ids)), self.assertRaises(UserError):
                self.Undo.undo(ids)
        with self.assertRaises(UserError):
            self.Undo.undo([0])
        self.assertEqual(self.Undo.last_move("1"), {})

    def test_the_cost_does_not_grow_with_the_cases(self):
        cases = self._overdue_customers(12)
        counts = []
        for some in (cases[:2], cases[2:]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._note_undo("hold", some._before_undoable(), dict.fromkeys(some.ids, "Put on hold"))
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)
