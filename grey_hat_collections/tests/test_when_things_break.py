from unittest.mock import patch

import psycopg2
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..engine.decision import Reason
from .common import MONDAY, CollectionCommon
from .promise.promise_common import FRIDAY, SATURDAY, PromiseCase


@tagged("post_install", "-at_install")
class TestWhenThingsBreak(CollectionCommon):
    """What the black-box tests of faults have found, in small. See tests/e2e/test_faults_*.py."""

    def test_a_step_whose_letter_left_just_before_a_crash_is_taken_by_the_next_sending(self):
        """It used to wait for the run of the next day, so that the customer's next step came a day late."""
        case, letter = self._reminded_customer()
        with patch.object(type(letter), "_complete_step", lambda letters: None):
            self._send(MONDAY)
        self.assertEqual((letter.state, case.step_id.name, case.pending_step_id), ("sent", False, letter.step_id))
        self._send(MONDAY, "12:15")
        self.assertEqual(self._sent_to(), [], "it is not sent again")
        self.assertEqual((case.step_id, case.pending_step_id.name), (letter.step_id, False))
        self.assertEqual((case.step_date, case.unanswered_count), (MONDAY, 1))

    def test_a_letter_that_is_with_the_mail_server_cannot_be_had_back(self):
        """The customer promises to pay while the letter is being handed over. It used to leave as a letter of no step, so
        that the step came again, and could not: its letter was written already.
        """
        case, letter = self._reminded_customer()
        speak = type(letter)._speak_to_mail_server

        def promise_meanwhile(one):
            case.sudo()._abandon_step("The customer has promised to pay.")
            return speak(one)

        with patch.object(type(letter), "_speak_to_mail_server", promise_meanwhile):
            self._send(MONDAY)
        self.assertEqual((letter.state, len(self._mails)), ("sent", 1))
        self.assertEqual((case.step_id, case.pending_step_id.name), (letter.step_id, False))

    def test_who_cancels_a_letter_that_is_with_the_mail_server_is_told(self):
        case, letter = self._reminded_customer()
        letter.sudo().handover_at = fields.Datetime.now()
        with self.assertRaisesRegex(UserError, "being handed to the mail server right now"):
            letter.with_user(self.collector).action_cancel()
        self.assertEqual((letter.state, case.pending_step_id), ("queued", letter.step_id))


@tagged("post_install", "-at_install")
class TestPromisesInUse(PromiseCase):
    """Somebody writes to a promise at the moment at which it is judged."""

    def test_what_was_held_during_the_refresh_is_judged_before_anything_is_decided(self):
        """Acme has promised to pay until Friday, and has not. On Saturday the promise was in use while all were judged, and no
        longer when its case came up: the next reminder was begun instead of the call about the promise.
        """
        promise = self._promise(500, FRIDAY)
        judge, times = type(promise)._judge_now, []

        def in_use_at_first(promises):
            times.append(promises)
            if len(times) <= 2:  # together, and alone
                raise psycopg2.errors.LockNotAvailable
            return judge(promises)

        with patch.object(type(promise), "_judge_now", in_use_at_first):
            self._daily_run(SATURDAY)
        self.assertEqual((promise.state, self.case.decision_code), ("broken", Reason.PROMISE_MISSED.value))
        self.assertFalse(self.case.pending_step_id)
