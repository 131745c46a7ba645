from datetime import timedelta

from freezegun import freeze_time
from odoo.tests import tagged

from .common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestFirstMorning(CollectionCommon):
    def test_one_invoice_from_reminder_to_settled(self):
        acme = self._customer()
        with freeze_time(MONDAY):
            invoice = self._invoice(acme, 500, MONDAY - timedelta(days=1))
            self._daily_run()
            case = self._case(acme)
            self.assertRecordValues(
                case,
                [{"balance": 500, "amount_chased": 500, "days_overdue": 1, "state": "open", "is_first_case": True}],
            )
            self.assertEqual(case.letter_ids.state, "queued")
            self.assertEqual(case.decision, "“Friendly reminder” is due: overdue since March 1, 2026.")
            self.assertEqual(case.next_action, "Friendly reminder")
            self.assertEqual(case.next_action_date, MONDAY)
            self.assertFalse(case.step_id, "A letter in the queue is no warning yet")

            self._send(MONDAY)
            self.assertEqual(self._sent_to(), ["acme@customer.example"])
            letter = case.letter_ids
            self.assertEqual((letter.state, letter.amount), ("sent", 500))
            self.assertEqual(case.step_id, self.standard.step_ids[0])
            self.assertEqual(case.decision, "Waiting: “Call” is due on March 9, 2026.")
            self.assertEqual((case.next_action, case.next_action_date), ("Call", MONDAY + timedelta(days=7)))

        call_day = MONDAY + timedelta(days=7)
        self._daily_run(call_day)
        with freeze_time(call_day):
            case = self._case(acme)
            self.assertEqual(case.stage_id.name, "Call")
            self.assertRecordValues(
                case.activity_ids, [{"user_id": self.collector.id, "date_deadline": call_day, "automated": True}]
            )
            case.activity_ids.with_user(self.collector).action_done()
            self._settle_transaction()
            self.assertEqual(case.step_id.name, "Call", "The call is made, so the step is taken")
            self.assertEqual(case.decision, "Waiting: “Second reminder with statement” is due on March 16, 2026.")

            self._pay(invoice, 200)
            self._settle_transaction()
            case = self._case(acme)
            self.assertEqual((case.balance, case.amount_chased), (300, 300))

            self._pay(invoice, 300)
            self._settle_transaction()
            self.env.invalidate_all()
            self.assertRecordValues(case, [{"state": "closed", "balance": 0, "date_closed": call_day}])
            self.assertEqual(case.stage_id.name, "Settled")
            self.assertFalse(case.next_action_date)
