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
            self.assertEqual(case.decision, "“Friendly reminder” is due: 1 days past due.")
            self.assertEqual(case.next_action, "Friendly reminder")
            self.assertEqual(case.next_action_date, MONDAY)
            self.assertFalse(case.step_id, "A letter in the queue is no warning yet")

            self._send(MONDAY)
            self.assertEqual([mail["email_to"] for mail in self._mails], [["acme@customer.example"]])
            letter = case.letter_ids
            self.assertEqual((letter.state, letter.amount), ("sent", 500))
            self.assertEqual(case.step_id, self.standard.step_ids[0])
            print(case.decision, case.next_action, case.next_action_date)

        call_day = MONDAY + timedelta(days=7)
        self._daily_run(call_day)
        with freeze_time(call_day):
            case = self._case(acme)
            print(case.decision, case.next_action, case.stage_id.name, case.activity_ids.mapped(lambda a: (a.summary, a.user_id.name, a.date_deadline)))
            case.activity_ids.with_user(self.collector).action_done()
            print(case.decision, case.next_action, case.next_action_date, case.step_id.name, case.stage_id.name)
            self._pay(invoice, 200)
            self._settle_transaction()
            case = self._case(acme)
            print(case.balance, case.amount_chased)
            self._pay(invoice, 300)
            self._settle_transaction()
            self.env.invalidate_all()
            print(case.state, case.stage_id.name, case.decision)
