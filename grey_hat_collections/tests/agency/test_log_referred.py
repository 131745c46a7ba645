from odoo.exceptions import UserError
from odoo.tests import tagged

from .handover_common import HandOverCommon


@tagged("post_install", "-at_install")
class TestLogReferred(HandOverCommon):
    """A customer turns to us while an agency has the account: a ready answer, no promise, and the agency is told."""

    def _begin(self):
        super()._begin()
        self.referral = self._with_agency(**self._payable_contact())
        self.case = self.referral.case_id
        self.ada = self.case.partner_id.child_ids

    def setUp(self):
        super().setUp()
        self._freeze(self._day(3))

    def _log(self, outcome="reached", **values):
        dialog = (
            self.env["collection.log.contact"]
            .with_user(self.collector)
            .create({"case_id": self.case.id, "outcome": outcome, "direction": "in", **values})
        )
        dialog.action_log()
        self.env.flush_all()
        return dialog

    def test_a_ready_answer_refers_them(self):
        answer = self._log().referred_answer
        self.assertIn("Hello Ada Payable,", answer)
        self.assertIn("Northwind Recovery handles this account for us", answer)
        self.assertIn("+1 555 0100", answer)

    def test_the_agency_is_told_but_not_our_note(self):
        self._log(note="He is getting a divorce", word_to_agency="Please call in the afternoon")
        (told,) = self._told(self.referral, "contact")
        self.assertEqual(told["word"], "Please call in the afternoon")
        self.assertEqual((told["channel"], told["direction"]), ("call", "in"))
        self.assertNotIn("divorce", str(told))

    def test_or_not(self):
        self._log(tell_agency=False)
        self.assertFalse(self._told(self.referral, "contact"))

    def test_the_answer_by_e_mail(self):
        with self.mock_mail_gateway():
            self._log(send_answer=True)
        message = self.case.message_ids.filtered(lambda one: one.partner_ids == self.ada)
        self.assertIn("Northwind Recovery handles this account", message.body)

    def test_nobody_to_send_it_to(self):
        self.ada.email = False
        self.case.partner_id.email = False
        with self.assertRaisesRegex(UserError, "has no e-mail address"):
            self._log(send_answer=True)

    def test_no_promise_is_taken(self):
        with self.assertRaisesRegex(UserError, "Acme is with Northwind Recovery: make no commitments here"):
            self._log("promised", amount=500, date_promised=self._day(5))

    def test_no_call_is_planned_and_no_manager_asked(self):
        for outcome in ("asks_time", "callback", "refuses", "upset", "no_answer"):
            self._log(outcome)
        self.assertFalse(self.case.activity_ids)
        self.assertEqual(self.case.state, "referred")

    def test_a_dispute_is_taken_up_and_told(self):
        item = self._items(self.case.partner_id.invoice_ids)
        self._log("disputes", dispute_kind="price", dispute="Too dear", disputed_item_ids=item.ids)
        self.assertEqual(self.case.dispute_ids.amount, 500)
        self.assertTrue(self._told(self.referral, "contact")[0]["disputes"])

    def test_copies_are_still_sent(self):
        with self.mock_mail_gateway():
            self._log("asks_copies")
        self.assertTrue(self.case.message_ids.filtered("attachment_ids"))
