from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common import MONDAY
from .mail_piece_common import MailPieceCommon


@tagged("post_install", "-at_install")
class TestLastCall(MailPieceCommon):
    """The last call counts once there is a note of it after the final notice. Acme's notice left on Monday, the call is asked
    for a week later.
    """

    def _begin(self):
        super()._begin()
        self.case = self._posted(phone="+1 555 0100")
        self._daily_run(self._day(8))
        self.assertEqual(self.case.pending_step_id.name, "Last call")
        self.call = self._asked(self.case, "last_call")
        self.assertEqual(len(self.call), 1)
        self.assertFalse(self._asked(self.case, "call"), "It has a type of its own")

    def _mark_done(self, day, clock="15:00"):
        with self._on(day, clock):
            self.call.with_user(self.collector).action_done()
        self.env.invalidate_all()

    def _log(self, outcome, day=None, **values):
        with self._on(day or self._day(8), "15:00"):
            action = self.call.with_user(self.collector).action_log_contact()
            dialog = Form(self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"]))
            dialog.outcome = outcome
            for name, value in values.items():
                setattr(dialog, name, value)
            dialog.save().action_log()
        self.env.invalidate_all()

    def _called_on(self):
        return self.case._notice_facts()[self.case.id]["last_call_on"]

    # -- Not without a word about it -----------------------------------------------------------------------------

    def test_marked_as_done_without_a_note_it_stays_to_be_made(self):
        with self.assertRaisesRegex(
            UserError, "Acme: the last call counts once it is logged after the final notice.*Log the call first"
        ):
            self._mark_done(self._day(8))

    def test_refused_it_is_still_asked_for(self):
        try:
            with self.cr.savepoint():
                self._mark_done(self._day(8))
        except UserError:
            self.env.invalidate_all()
        self.assertTrue(self.call.active)
        self.assertEqual((self.case.pending_step_id.name, self.case.step_id.name), ("Last call", "Final notice"))

    def test_logged_it_is_made(self):
        self._log("left_message", next_date=self._day(10))
        self.assertRecordValues(self.case, [{"pending_step_id": False, "step_date": self._day(8)}])
        self.assertEqual((self.case.step_id.name, self._called_on()), ("Last call", self._day(8)))
        self.assertFalse(self.call.active)

    def test_a_wrong_number_is_no_call(self):
        self._log("wrong_number")
        self.assertEqual((self.case.pending_step_id.name, self._called_on()), ("Last call", None))
        self.assertTrue(self.call.active)
        with self.assertRaisesRegex(UserError, "Log the call first"):
            self._mark_done(self._day(8), "16:00")

    def test_what_was_said_before_the_notice_does_not_count(self):
        self._tell(self.case, MONDAY, "11:00")
        self.assertIsNone(self._called_on())
        with self.assertRaisesRegex(UserError, "Log the call first"):
            self._mark_done(self._day(8))

    def test_the_customer_may_have_called_us(self):
        self._tell(self.case, self._day(3), direction="in", outcome="asks_time")
        self.assertEqual(self._called_on(), self._day(3))
        self._mark_done(self._day(8))
        self.assertEqual(self.case.step_id.name, "Last call")

    def test_a_text_message_counts_and_a_letter_does_not(self):
        self._tell(self.case, self._day(2), channel="letter")
        self.assertIsNone(self._called_on())
        self._tell(self.case, self._day(3), channel="text", outcome="left_message")
        self.assertEqual(self._called_on(), self._day(3))

    def test_the_first_of_several_is_the_last_call(self):
        for day in (5, 3, 4):
            self._tell(self.case, self._day(day))
        self.assertEqual(self._called_on(), self._day(3))

    def test_an_archived_note_proves_nothing(self):
        note = self._tell(self.case, self._day(3))
        note.with_user(self.manager).active = False
        self.assertIsNone(self._called_on())

    def test_a_note_that_turns_out_to_be_a_wrong_number_proves_nothing(self):
        note = self._tell(self.case, self._day(3))
        note.with_user(self.manager).outcome = "wrong_number"
        self.assertIsNone(self._called_on())

    # -- No other way --------------------------------------------------------------------------------------------

    def test_deleted_it_is_asked_for_again(self):
        self.call.sudo().unlink()
        for days in (9, 10):
            self._daily_run(self._day(days))
            self._send(self._day(days))
        self.assertEqual((self.case.step_id.name, self.case.pending_step_id.name), ("Final notice", "Last call"))
        self.assertEqual(len(self._asked(self.case, "last_call")), 1)

    def test_archived_it_is_asked_for_again(self):
        self.call.sudo().active = False
        self._daily_run(self._day(9))
        self.assertEqual((self.case.step_id.name, len(self._asked(self.case, "last_call"))), ("Final notice", 1))

    def test_weeks_do_not_take_it(self):
        for days in range(9, 60, 3):
            self._daily_run(self._day(days))
            self._send(self._day(days))
        self.assertEqual((self.case.step_id.name, self.case.pending_step_id.name), ("Final notice", "Last call"))

    def test_completing_sent_steps_does_not_take_it(self):
        with self._on(self._day(9)):
            self.assertFalse(self.case.sudo()._complete_steps())
        self.call.sudo().unlink()
        with self._on(self._day(9)):
            self.assertFalse(self.case.sudo()._complete_steps(), "Not even where nobody is asked any more")

    def test_a_ladder_of_ones_own_may_use_any_call(self):
        """A step of the stage *Last call* that asks for an ordinary call is a last call as well."""
        step = self.ladder["Last call"]
        step.sudo().activity_type_id = self.env.ref("grey_hat_collections.mail_activity_type_call")
        self.assertTrue(step._is_last_call())
        self.assertFalse(self.ladder["Agency review"]._is_last_call())
        self.assertFalse(self.ladder["Second call"]._is_last_call())

    def test_a_bounced_notice_takes_the_last_call_back(self):
        """The paper came back, then the e-mail did: nobody was warned, and nobody is called for the last time."""
        with self._on(self._day(9), "09:00"):
            self.case.letter_ids.piece_ids.with_user(self.collector)._mark_returned(self._day(9), "unknown")
            self.case._message_receive_bounce("acme@customer.example", self.case.partner_id)
        self.env.invalidate_all()
        self.assertRecordValues(
            self.case, [{"pending_step_id": self.ladder["Final notice"].id, "step_id": self.ladder["Second call"].id}]
        )
        self.assertFalse(self._asked(self.case, "last_call"))
        self.assertFalse(self.case._is_noticed())

    # -- The guide -----------------------------------------------------------------------------------------------

    def test_the_guide_speaks_of_the_letter_of_a_part_and_of_goodbye(self):
        with self._on(self._day(8), "15:00"):
            guide = self.case.with_user(self.collector).call_guide
        for words in (
            "Who at Acme has read our last letter",
            "If they offer a part",
            "Goodbye:",
            "at once, or in instalments",
        ):
            with self.subTest(words):
                self.assertIn(words, guide)


@tagged("post_install", "-at_install")
class TestNoticeFacts(MailPieceCommon):
    """What proves a warning, case by case."""

    def test_before_the_notice_nothing_is_proven(self):
        case = self._called_twice()
        self.assertEqual(set(case._notice_facts()[case.id].values()), {None})
        self.assertFalse(case._final_notice())

    def test_sent_posted_returned_and_posted_again(self):
        case = self._warned()
        letter = case.letter_ids

        def facts():
            found = case._notice_facts()[case.id]
            self.assertEqual((found["notice_letter_id"], found["notice_sent_on"]), (letter.id, MONDAY))
            return found["notice_posted_on"], found["notice_returned_on"]

        self.assertEqual(case._final_notice(), letter)
        self.assertEqual(facts(), (None, None))
        self._post(letter.piece_ids, self._day(1))
        self.assertEqual(facts(), (self._day(1), None))
        with self._on(self._day(5), "09:00"):
            letter.piece_ids.with_user(self.collector)._mark_returned(self._day(4), "not_collected")
        self.assertEqual(facts(), (None, self._day(4)))
        with self._on(self._day(6), "09:00"):
            letter.piece_ids.with_user(self.collector).action_mail_again()
        self._post(letter.piece_ids.filtered(lambda one: one.state == "to_mail"), self._day(6))
        self.assertEqual(facts(), (self._day(6), None))

    def test_another_round_needs_another_notice(self):
        case = self._posted()
        with self._on(self._day(2)):
            case.with_user(self.collector).stage_id = self.env.ref("grey_hat_collections.stage_call")
        self.env.invalidate_all()
        self.assertEqual(set(case._notice_facts()[case.id].values()), {None})

    def test_many_cases_take_as_many_queries_as_few(self):
        cases = [self._posted(f"Customer {number}") for number in range(8)]
        for case in cases:
            self._tell(case, self._day(3))
        counts = []
        for few in (cases[:1], cases[:2], cases):
            group = self.Case.union(*few)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            facts = group._notice_facts()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual({fact["last_call_on"] for fact in facts.values()}, {self._day(3)})
        self.assertEqual(counts[1], counts[2], counts)
