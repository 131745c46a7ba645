from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import MONDAY, CollectionCommon

#: The fourth day of the story, on which the call of the ladder is asked for; the case is then 13 days overdue.
CALL_DAY = MONDAY + timedelta(days=9)


class LogContactCommon(CollectionCommon):
    """Acme owes 500.00, had a friendly reminder on Monday and is to be called on the Wednesday of the week after."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = CALL_DAY

    def setUp(self):
        super().setUp()
        self.case = self._overdue_customer(phone="+1 555 0100")
        self.acme = self.case.partner_id
        self._daily_run(MONDAY)
        self._send(MONDAY)
        self._daily_run(CALL_DAY)
        self._freeze(CALL_DAY, "10:00")
        self.env.invalidate_all()
        self.assertEqual(self.case.pending_step_id.name, "Call")
        self.call = self.case.activity_ids
        self.assertEqual(len(self.call), 1)

    def _dialog(self, case=None, user=None, activity=None):
        """The dialog as a person opens it, from the button or from an activity."""
        source = (activity or case or self.case).with_user(user or self.collector)
        action = source.action_log_contact()
        return Form(self.env[action["res_model"]].with_user(user or self.collector).with_context(**action["context"]))

    def _log(self, outcome, *, case=None, user=None, activity=None, **values):
        """Log a contact; the new note."""
        dialog = self._dialog(case, user, activity)
        dialog.outcome = outcome
        for name, value in values.items():
            setattr(dialog, name, value)
        record = dialog.save()
        record.action_log()
        self.env.invalidate_all()
        return record.note_id.sudo()

    def _asked(self, xmlid, case=None):
        kind = self.env.ref(f"grey_hat_collections.mail_activity_type_{xmlid}")
        return (case or self.case).activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def _done(self):
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search([("res_model", "=", "collection.case"), ("res_id", "=", self.case.id), ("active", "=", False)])
        )


@tagged("post_install", "-at_install")
class TestLogContact(LogContactCommon):
    """One dialog records a contact and all that follows from it."""

    # -- Left a message, no answer -------------------------------------------------------------------------------

    def test_left_a_message_takes_a_badge_and_save(self):
        note = self._log("left_message")
        self.assertRecordValues(
            note,
            [
                {
                    "partner_id": self.acme.id,
                    "contact_id": self.acme.id,
                    "user_id": self.collector.id,
                    "channel": "call",
                    "direction": "out",
                    "answered": False,
                    "duration": 1,
                }
            ],
        )
        self.assertRecordValues(
            self.case,
            [
                {
                    "step_id": self.standard.step_ids[1].id,
                    "pending_step_id": False,
                    "last_contact_date": CALL_DAY,
                    "last_reply_date": False,
                    "unanswered_count": 2,
                    "unanswered_since": MONDAY,
                }
            ],
        )
        self.assertEqual(self._done(), self.call)
        self.assertEqual(self.call.collection_note_id, note)
        again = self._asked("call_again")
        friday = CALL_DAY + timedelta(days=2)
        self.assertRecordValues(again, [{"date_deadline": friday, "user_id": self.collector.id, "automated": True}])
        self.assertRecordValues(self.case, [{"next_action_date": friday, "decision_code": "call_again"}])

    def test_the_next_attempt_falls_on_a_working_day(self):
        self.company.collection_retry_days = 3
        self._log("no_answer")
        self.assertEqual(self._asked("call_again").date_deadline, CALL_DAY + timedelta(days=5), "Monday, not Saturday")

    def test_a_second_attempt_takes_the_place_of_the_first(self):
        self._log("no_answer")
        self._log("left_message", note="On the machine of Mr Roe")
        again = self._asked("call_again")
        self.assertEqual(len(again), 1)
        self.assertEqual(len(self.case.note_ids), 2)
        self.assertEqual(self.case.unanswered_count, 3)

    def test_a_contact_is_counted_once_against_the_budget_not_twice_with_its_activity(self):
        self._log("left_message")
        contacts = self.case.sudo()._recent_contacts()[self.case.id]
        self.assertEqual(contacts.count(CALL_DAY), 1)
        self.assertEqual(self.case.unanswered_count, 2, "The reminder and the call")

    def test_every_call_marked_as_done_without_a_note_counts_against_the_budget(self):
        self._log("callback", next_date=CALL_DAY)
        self._asked("callback").with_user(self.collector).action_done()
        contacts = self.case.sudo()._recent_contacts()[self.case.id]
        self.assertEqual(contacts.count(CALL_DAY), 2)

    def test_saving_twice_records_once(self):
        dialog = self._dialog()
        dialog.outcome = "no_answer"
        record = dialog.save()
        record.action_log()
        record.action_log()
        self.assertEqual(len(self.case.note_ids), 1)
        self.assertEqual(self.case.unanswered_count, 2)

    def test_minutes_are_measured_unless_somebody_types_them(self):
        dialog = self._dialog()
        with self._on(CALL_DAY, "10:07"):
            dialog.outcome = "reached"
            self.assertEqual(dialog.duration, 7)
            record = dialog.save()
        with self._on(CALL_DAY, "10:09"):
            record.action_log()
        self.assertEqual(record.note_id.duration, 9)
        dialog = self._dialog()
        dialog.outcome = "reached"
        dialog.duration = 25
        with self._on(CALL_DAY, "10:12"):
            record = dialog.save()
            record.action_log()
        self.assertEqual(record.note_id.duration, 25)

    # -- Which activities are finished ---------------------------------------------------------------------------

    def test_the_dialog_finishes_the_call_from_which_it_was_opened(self):
        note = self._log("reached", activity=self.call, note="They are sorting it out")
        self.assertEqual(self._done().collection_note_id, note)
        self.assertFalse(self._asked("call"))
        self.assertIn("They are sorting it out", self.case.message_ids[0].body)

    def test_what_remains_to_be_done_can_be_taken_out(self):
        dialog = self._dialog()
        self.assertEqual(dialog.activity_ids.ids, self.call.ids)
        dialog.activity_ids.clear()
        dialog.outcome = "reached"
        dialog.save().action_log()
        self.env.invalidate_all()
        self.assertEqual(self.case.activity_ids, self.call)
        self.assertEqual(self.case.pending_step_id.name, "Call")

    def test_a_call_agreed_for_a_later_day_survives_a_message_on_the_machine(self):
        self._log("callback", next_date=CALL_DAY + timedelta(days=7))
        self._log("left_message")
        self.assertEqual(self._asked("callback").date_deadline, CALL_DAY + timedelta(days=7))

    def test_a_new_agreement_takes_the_place_of_the_earlier_one(self):
        self._log("callback", next_date=CALL_DAY + timedelta(days=7))
        self._log("callback", next_date=CALL_DAY + timedelta(days=2))
        self.assertEqual(self._asked("callback").mapped("date_deadline"), [CALL_DAY + timedelta(days=2)])

    def test_activities_of_another_case_are_left_alone(self):
        other = self._overdue_customer("Other")
        activity = other.sudo().activity_schedule(
            "grey_hat_collections.mail_activity_type_call", user_id=self.collector.id, date_deadline=CALL_DAY
        )
        record = self._dialog()
        record.outcome = "reached"
        record = record.save()
        record.activity_ids += activity.with_user(self.collector)
        record.action_log()
        self.assertTrue(activity.active)

    def test_a_review_in_the_house_is_no_contact_with_the_customer(self):
        self.call.sudo().unlink()
        self.case.sudo().write({"pending_step_id": self.standard.step_ids[-1].id})
        review = self.case.sudo().activity_schedule(
            "grey_hat_collections.mail_activity_type_agency_review", automated=True, user_id=self.collector.id
        )
        before = self.case.unanswered_count
        review.with_user(self.collector).action_done()
        self.env.invalidate_all()
        self.assertEqual(self.case.unanswered_count, before)

    # -- Promises ------------------------------------------------------------------------------------------------

    def test_a_promise_is_proposed_over_what_is_asked_for(self):
        dialog = self._dialog()
        dialog.outcome = "promised"
        self.assertEqual(dialog.amount, 500)
        self.assertEqual(dialog.date_promised, CALL_DAY + timedelta(days=7))
        note = self._log("promised", date_promised=CALL_DAY + timedelta(days=5))
        promise = self.case.promise_ids
        self.assertRecordValues(
            promise,
            [
                {
                    "amount": 500,
                    "date_promised": CALL_DAY + timedelta(days=5),
                    "note_id": note.id,
                    "contact_id": self.acme.id,
                    "user_id": self.collector.id,
                    "pauses": True,
                }
            ],
        )
        self.assertRecordValues(
            self.case,
            [
                {
                    "step_id": self.standard.step_ids[1].id,  # the call was made
                    "amount_chased": 0,
                    "decision_code": "promised",
                    "unanswered_count": 0,
                    "last_reply_date": CALL_DAY,
                    "next_action_date": CALL_DAY + timedelta(days=6),
                }
            ],
        )

    def test_a_promise_beyond_what_is_owed_is_refused_and_nothing_is_recorded(self):
        with self.assertRaisesRegex(ValidationError, "more than Acme owes"), self.env.cr.savepoint():
            self._log("promised", amount=700)
        self.env.invalidate_all()
        self.assertFalse(self.case.note_ids)
        self.assertFalse(self.case.promise_ids)
        self.assertEqual(self.case.activity_ids, self.call)
        self.assertEqual(self.case.unanswered_count, 1)

    def test_a_promise_for_yesterday_is_refused_in_a_sentence(self):
        with self.assertRaisesRegex(UserError, "A promise looks ahead"):
            self._log("promised", date_promised=CALL_DAY - timedelta(days=1))

    def test_a_promise_of_nothing_is_refused_in_a_sentence(self):
        with self.assertRaisesRegex(UserError, "how much was promised"):
            self._log("promised", amount=0)

    def test_an_earlier_promise_in_the_way_is_withdrawn_first(self):
        self._log("promised", amount=400)
        earlier = self.case.promise_ids
        dialog = self._dialog()
        dialog.outcome = "promised"
        self.assertEqual(dialog.amount, 100, "What is not promised yet")
        self.assertFalse(dialog.replaced_ids.ids, "There is room beside it")
        dialog.amount = 500
        self.assertEqual(dialog.replaced_ids.ids, earlier.ids)
        dialog.save().action_log()
        self.env.invalidate_all()
        self.assertEqual(earlier.state, "withdrawn")
        self.assertEqual((self.case.promise_ids - earlier).mapped("amount"), [500])
        self.assertEqual(self.case.amount_chased, 0)

    def test_when_all_is_promised_the_same_amount_is_proposed_for_another_day(self):
        self._log("promised")
        earlier = self.case.promise_ids
        self._log("promised", date_promised=CALL_DAY + timedelta(days=14))
        self.assertEqual(earlier.state, "withdrawn")
        self.assertEqual((self.case.promise_ids - earlier).amount, 500)

    def test_a_promise_for_chosen_items(self):
        later = self._invoice(self.acme, 80, CALL_DAY - timedelta(days=2))
        self._settle_transaction()
        self.env.invalidate_all()
        line = later.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        dialog = self._dialog()
        dialog.outcome = "promised"
        self.assertEqual(dialog.amount, 580)
        dialog.item_ids.add(line)
        self.assertEqual(dialog.amount, 80)
        record = dialog.save()
        record.action_log()
        self.env.invalidate_all()
        self.assertEqual(self.case.promise_ids.item_ids, line)
        self.assertEqual(record.note_id.sudo().invoice_ids, later, "The note is found from the invoice")
        self.assertEqual(self.case.amount_chased, 500)

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
            record.create({"case_id": self.case.id, "outcome": "callback"}).action_log()
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

    def test_a_dispute_puts_the_case_on_hold_with_its_reason(self):
        note = self._log("disputes", dispute="Two of the ten boxes were missing", note="Wants a credit note")
        self.assertEqual(note.note, "Two of the ten boxes were missing\nWants a credit note")
        self.assertRecordValues(
            self.case,
            [
                {
                    "state": "hold",
                    "hold_until": CALL_DAY + timedelta(days=14),
                    "hold_reason": "Two of the ten boxes were missing",
                    "step_id": self.standard.step_ids[1].id,
                }
            ],
        )

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
        self.assertIn(self.collector, self._asked("review").user_id)

    def test_nobody_is_left_without_a_next_action(self):
        given = {"disputes": {"dispute": "Broken"}, "callback": {"next_date": CALL_DAY + timedelta(days=1)}}
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

    # -- Rights --------------------------------------------------------------------------------------------------

    def test_who_may_log_a_contact(self):
        colleague = new_test_user(
            self.env,
            "colleague",
            "base.group_user,grey_hat_collections.group_collector",
            company_id=self.company.id,
        )
        with self.assertRaises(AccessError):
            self._log("reached", user=colleague)
        with self.assertRaises(AccessError):
            self._log("reached", user=self.accountant)
        record = self.env["collection.log.contact"].with_user(self.collector)
        record = record.create({"case_id": self.case.id, "outcome": "reached"})
        self.case.sudo().user_id = colleague
        with self.assertRaises(AccessError):
            record.action_log()
        self._log("reached", user=colleague)
        self.assertEqual(self.case.note_ids.user_id, colleague)
        self.case.sudo().user_id = False
        self._log("no_answer")
        self.assertEqual(self._asked("call_again").user_id, self.collector, "Whoever called an unassigned case")
        self._log("reached", user=self.manager)

    def test_two_people_log_two_contacts(self):
        first, second = self._dialog(), self._dialog(user=self.manager)
        first.outcome = second.outcome = "left_message"
        first, second = first.save(), second.save()
        first.action_log()
        second.action_log()
        self.env.invalidate_all()
        self.assertEqual(self.case.note_ids.user_id, self.collector | self.manager)
        self.assertEqual(self.case.unanswered_count, 3)
        self.assertEqual(len(self._asked("call_again")), 1)

    def test_a_case_of_another_company_is_out_of_reach(self):
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env,
            "abroad",
            "base.group_user,grey_hat_collections.group_all_cases",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            self._log("reached", user=stranger)

    def test_no_dialog_tells_about_a_case_that_is_out_of_reach(self):
        self.case.sudo().user_id = self.manager
        for name, values in (
            ("collection.log.contact", {"outcome": "promised"}),
            ("collection.plan.wizard", {}),
            ("collection.invoice.copies", {}),
        ):
            dialogs = self.env[name].with_user(self.collector)
            with self.subTest(name, by="create"), self.assertRaises(AccessError):
                dialogs.create({"case_id": self.case.id, **values})
            with self.subTest(name, by="default"), self.assertRaises(AccessError):
                dialogs.with_context(default_case_id=self.case.id).onchange(values, [], {"case_id": {}})
            with self.subTest(name, by="onchange"), self.assertRaises(AccessError):
                dialogs.onchange({"case_id": self.case.id, **values}, ["case_id"], {"case_id": {}})
            own = self._overdue_customer(f"Own of {name}")
            dialog = dialogs.create({"case_id": own.id, **values})
            with self.subTest(name, by="write"), self.assertRaises(AccessError):
                dialog.case_id = self.case

    def test_only_promises_of_this_case_are_replaced(self):
        other = self._overdue_customer("Other")
        promises = self.env["collection.promise"].with_user(self.collector)
        promise = promises.create({"case_id": other.id, "amount": 500, "date_promised": CALL_DAY})
        dialog = self.env["collection.log.contact"].with_user(self.collector)
        dialog = dialog.create(
            {
                "case_id": self.case.id,
                "outcome": "promised",
                "amount": 100,
                "date_promised": CALL_DAY,
                "replaced_ids": [Command.set(promise.ids)],
            }
        )
        dialog.action_log()
        self.assertEqual(promise.state, "open")
        self.assertEqual(self.case.promise_ids.amount, 100)

    def test_no_dialog_tells_the_number_of_a_contact_that_is_out_of_reach(self):
        other = self.setup_other_company()["company"]
        secret = self.env["res.partner"].create({"name": "Secret", "phone": "+1 555 0999", "company_id": other.id})
        dialogs = self.env["collection.log.contact"].with_user(self.collector)
        values = {"case_id": self.case.id, "outcome": "reached", "contact_id": secret.id}
        self.assertFalse(dialogs.create(values).contact_phone)
        proposed = dialogs.onchange(values, ["contact_id"], {"contact_phone": {}})["value"]
        self.assertFalse(proposed.get("contact_phone"))
        self.assertEqual(dialogs.create(values | {"contact_id": self.acme.id}).contact_phone, "+1 555 0100")
