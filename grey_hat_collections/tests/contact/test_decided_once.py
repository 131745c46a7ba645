from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ...engine import escalation
from .log_contact_common import CALL_DAY, LogContactCommon


@tagged("post_install", "-at_install")
class TestDecidedOnce(LogContactCommon):
    """However many facts change in one go, the engine is asked once about a case, and a form shows what it has answered."""

    def _asked_engine(self, work):
        """How often the engine is asked while ``work`` is done and committed."""
        self._settle_transaction()
        with patch.object(escalation, "decide", wraps=escalation.decide) as decide:
            work()
            self._settle_transaction()
        return decide.call_count

    def test_a_contact_with_a_dispute(self):
        """A note, the call that is done, a dispute of a part and a commitment of ours: four facts."""

        def log():
            self._log(
                "disputes",
                dispute_kind="quantity",
                dispute="Two of the ten boxes were missing",
                disputed_amount=100,
                commitment="Two boxes are sent again",
                commitment_date=CALL_DAY + timedelta(days=2),
            )

        self.assertEqual(self._asked_engine(log), 1)
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased), (100, 400))
        self.assertFalse(self.case._undecided())

    def test_a_contact_with_a_promise(self):
        def log():
            self._log("promised", amount=500, date_promised=CALL_DAY + timedelta(days=5))

        self.assertEqual(self._asked_engine(log), 1)
        self.assertEqual(self.case.decision_code, "promised")

    def test_a_contact_that_changes_nothing_else(self):
        self.assertEqual(self._asked_engine(lambda: self._log("no_answer")), 1)

    def test_a_hold_is_released_and_put_again_in_one_transaction(self):
        def change():
            case = self.case.with_user(self.collector)
            case._hold(CALL_DAY + timedelta(days=3), "The goods are being exchanged")
            case.action_release()
            case._hold(CALL_DAY + timedelta(days=4), "Not before Sunday")

        self.assertEqual(self._asked_engine(change), 1)
        self.assertEqual((self.case.decision_code, self.case.hold_until), ("on_hold", CALL_DAY + timedelta(days=4)))

    def test_what_a_form_saves_it_shows_at_once(self):
        """The answer of ``web_save`` is read before the transaction is over."""
        case = self.case.with_user(self.collector)
        gentle = self.standard.sudo().copy({"name": "Gentle"})
        (saved,) = case.web_save({"policy_id": gentle.id}, {"decision_code": {}, "next_step_id": {}})
        self.assertIn(saved["next_step_id"], gentle.step_ids.ids)
        self.assertFalse(self.case._undecided())
        before = saved["decision_code"]
        self._settle_transaction()
        self.assertEqual(self.case.decision_code, before)

    def test_a_decision_that_fails_is_not_lost_with_others(self):
        """Undone with the savepoint that it was marked in, the case is decided on by whoever changes it next."""
        with patch.object(escalation, "decide", side_effect=ValueError("No luck")), self.assertRaises(ValueError):
            self._log("no_answer")
        self.assertFalse(self.case.note_ids, "nothing is half done")
        self.assertEqual(self._asked_engine(lambda: self._log("no_answer")), 1)
