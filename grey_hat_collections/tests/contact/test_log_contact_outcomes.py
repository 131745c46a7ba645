from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY
from .log_contact_common import CALL_DAY, LogContactCommon


@tagged("post_install", "-at_install")
class TestLogContactOutcomes(LogContactCommon):
    """What follows from each outcome, and with whom one spoke."""

    # -- Other outcomes ------------------------------------------------------------------------------------------

    def test_a_callback_pauses_the_ladder_until_the_day_agreed(self):
        day = CALL_DAY + timedelta(days=20)
        self._log("callback", next_date=day)
        self.assertRecordValues(self.case, [{"decision_code": "callback", "next_action_date": day}])
        self._daily_run(CALL_DAY + timedelta(days=13))
        self.env.invalidate_all()
        self.assertFalse(self.case.pending_step_id)

    def test_a_callback_needs_its_day(self):
        with self.assertRaisesRegex(UserError, "day of the next call"):
            record = self.env["collection.log.contact"].with_user(self.collector)
            record.create({"case_id": self.case.id, "outcome": "callback", "next_date": False}).action_log()
        with self.assertRaisesRegex(UserError, "in the past"):
            self._log("callback", next_date=CALL_DAY - timedelta(days=1))

    def test_copies_go_out_and_the_next_talk_has_a_day(self):
        with self.mock_mail_gateway():
            note = self._log("asks_copies")
        invoice = self.acme.invoice_ids
        self.assertEqual(note.invoice_ids, invoice)
        sent = self.case.message_ids.filtered("attachment_ids")[:1]
        self.assertEqual(sent.partner_ids, self.acme)
        self.assertEqual(sent.attachment_ids.mapped("name"), [invoice._get_invoice_report_filename()])
        self.assertEqual(self._asked("callback").date_deadline, CALL_DAY + timedelta(days=5), "Three working days")

    def test_copies_that_cannot_be_sent_keep_all_from_being_recorded(self):
        self.acme.email = False
        with self.assertRaisesRegex(UserError, "has no e-mail address"), self.env.cr.savepoint():
            self._log("asks_copies")
        self.env.invalidate_all()
        self.assertFalse(self.case.note_ids)
        self.assertEqual(self.case.activity_ids, self.call)

    def test_a_dispute_is_raised_with_its_part_of_the_invoice(self):
        note = self._log(
            "disputes",
            dispute_kind="quantity",
            dispute="Two of the ten boxes were missing",
            disputed_amount=100,
            commitment="Two boxes are sent again",
            commitment_date=CALL_DAY + timedelta(days=2),
            note="Wants a credit note",
        )
        self.assertEqual(note.note, "Two of the ten boxes were missing\nWants a credit note")
        dispute = self.case.dispute_ids
        self.assertRecordValues(
            dispute,
            [
                {
                    "kind": "quantity",
                    "description": "Two of the ten boxes were missing",
                    "amount": 100,
                    "note_id": note.id,
                    "user_id": self.collector.id,
                    "date_answer_due": CALL_DAY + timedelta(days=7),
                    "commitment_state": "open",
                }
            ],
        )
        self.assertEqual(note.invoice_ids, self.acme.invoice_ids)
        self.assertEqual((self.case.amount_disputed, self.case.amount_chased), (100, 400))
        self.assertEqual(self.case.step_id, self.standard.step_ids[1], "the call was made")

    def test_a_disputed_amount_is_spread_over_items_the_oldest_first(self):
        self._invoice(self.acme, 300, CALL_DAY - timedelta(days=3))
        self._settle_transaction()
        self.env.invalidate_all()
        dialog = self._dialog()
        dialog.outcome = "disputes"
        dialog.dispute_kind = "price"
        dialog.dispute = "The price was another one"
        self.assertFalse(dialog.disputed_item_ids[:], "two are overdue: the customer says which")
        for item in self.case.open_item_ids:
            dialog.disputed_item_ids.add(item)
        self.assertEqual(dialog.disputed_amount, 800)
        dialog.disputed_amount = 650
        dialog.save().action_log()
        self.assertEqual(self.case.dispute_ids.line_ids.mapped("amount"), [500, 150])

    def test_a_dispute_of_more_than_is_open_or_of_nothing_is_refused(self):
        for amount in (501, 0, -1):
            with self.subTest(amount), self.assertRaisesRegex(UserError, "between zero and"):
                self._log("disputes", dispute_kind="price", dispute="Wrong", disputed_amount=amount)
        self.assertFalse(self.case.note_ids)

    def test_asking_for_time_and_being_upset_lead_to_another_talk(self):
        self._log("asks_time")
        self.assertEqual(self._asked("callback").date_deadline, CALL_DAY + timedelta(days=7))
        note = self._log("upset")
        self.assertEqual(note.mood, "angry")
        self.assertEqual(len(self._asked("callback")), 1)

    def test_asking_for_time_may_lead_to_a_plan_at_once(self):
        """Then no other talk is planned, and the plan knows the conversation that it comes from."""
        dialog = self._dialog()
        dialog.outcome = "asks_time"
        record = dialog.save()
        action = record.action_log_and_plan()
        self.env.invalidate_all()
        self.assertEqual(action["res_model"], "collection.plan.wizard")
        self.assertEqual(action["context"], {"default_case_id": self.case.id, "default_note_id": record.note_id.id})
        self.assertFalse(self._asked("callback"))
        self.assertEqual(self.case.note_ids.outcome, "asks_time")

    def test_a_wrong_number_leaves_the_call_to_be_made(self):
        self._log("wrong_number")
        self.assertRecordValues(
            self.case,
            [{"pending_step_id": self.standard.step_ids[1].id, "unanswered_count": 1, "last_contact_date": MONDAY}],
        )
        self.assertEqual(self._asked("call"), self.call)
        search = self._asked("number")
        self.assertEqual(search.summary, "Wrong number: +1 555 0100. Find the right one")
        self.assertFalse(self._asked("call_again"))

    def test_a_wrong_number_without_a_call_under_way_is_tried_again(self):
        self._log("reached")
        self._log("wrong_number")
        self.assertTrue(self._asked("number"))
        self.assertEqual(self._asked("call_again").date_deadline, CALL_DAY + timedelta(days=2))

    def test_a_refusal_is_decided_by_the_manager(self):
        self._log("refuses", note="<b>Never</b>")
        self._log("refuses", note="Still not")
        review = self._asked("review")
        self.assertRecordValues(review, [{"user_id": self.manager.id}])
        self.assertIn("&lt;b&gt;Never&lt;/b&gt;", review.note)
        self.company.collection_manager_id = False
        self._log("refuses")
        self.assertEqual(self._asked("review").user_id, self.manager, "the first manager, where none reviews")
        self.company._collection_people("grey_hat_collections.group_manager").active = False
        self._log("refuses")
        self.assertIn(self.collector, self._asked("review").user_id, "nobody else is left")

    def test_nobody_is_left_without_a_next_action(self):
        given = {
            "disputes": {"dispute_kind": "damaged", "dispute": "Broken"},
            "callback": {"next_date": CALL_DAY + timedelta(days=1)},
        }
        for number, outcome in enumerate(dict(self.env["collection.note"]._fields["outcome"].selection)):
            with self.subTest(outcome):
                case = self._overdue_customer(f"Customer {number}")
                self._log(outcome, case=case, **given.get(outcome, {}))
                self.assertGreaterEqual(case.next_action_date, CALL_DAY)
                self.assertTrue(case.decision_code)

    def test_text_that_looks_like_code_stays_text(self):
        self._log("reached", note="<script>alert(1)</script>\n& more")
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt;", self.case.message_ids[0].body)

    # -- With whom -----------------------------------------------------------------------------------------------

    def test_a_new_person_is_added_and_looks_after_paying_from_now_on(self):
        context = {"default_parent_id": self.acme.id, "default_type": "contact", "default_is_company": False}
        partners = self.env["res.partner"].with_user(self.collector).with_context(**context)
        person = partners.browse(partners.name_create("Pat Payne")[0])
        note = self._log("reached", contact_id=person, contact_payable=True, contact_phone="+1 555 0199")
        self.assertRecordValues(
            note.contact_id,
            [{"parent_id": self.acme.id, "type": "accounts_payable", "phone": "+1 555 0199", "name": "Pat Payne"}],
        )
        self.assertEqual(self.case.contact_id, person)

    def test_a_person_of_another_customer_is_refused(self):
        with self.assertRaisesRegex(UserError, "Zoe does not belong to Acme"):
            self._log("reached", contact_id=self._customer("Zoe"))

    def test_the_customer_itself_never_becomes_a_contact_for_accounts_payable(self):
        kind = self.acme.type
        self._log("reached")
        self.assertEqual(self.acme.type, kind)

    # -- Settled cases -------------------------------------------------------------------------------------------

    def test_a_settled_case_takes_a_note_but_no_promise(self):
        self._pay(self.acme.invoice_ids, day=CALL_DAY)
        self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual(self.case.state, "closed")
        self._log("reached", note="Thanked for the payment")
        self.assertFalse(self.case.activity_ids)
        with self.assertRaisesRegex(UserError, "nothing to promise"):
            self._log("promised")
