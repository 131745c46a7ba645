from unittest.mock import patch

from odoo.tests import tagged

from .common import MONDAY, CollectionCommon


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
        self.assertEqual((len(self._mails), case.step_id, case.pending_step_id.name), (1, letter.step_id, False))
        self.assertEqual((case.step_date, case.unanswered_count), (MONDAY, 1))
