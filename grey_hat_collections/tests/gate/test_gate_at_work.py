from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.translate import code_translations

from ..common import MONDAY, days_ago
from ..dispute.dispute_common import DisputeCommon
from .gate_common import GateCommon


@tagged("post_install", "-at_install")
class TestGateAtWork(GateCommon):
    """A fault of ours stops a letter, says so, and asks the right person. Today is Monday, 2 March 2026."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer()
        self.invoice = self.case.partner_id.invoice_ids
        self.invoice.invoice_user_id = self.stranger  # who may not read cases
        self.case._asked_of_our_side().unlink()

    # -- The decision --------------------------------------------------------------------------------------------

    def test_an_invoice_that_never_arrived_is_not_asked_for(self):
        self._daily_run(MONDAY)
        self.assertFalse(self.case.letter_ids)
        self.assertEqual(self.case.decision_code, "our_side")
        self.assertEqual(
            self.case.decision, f"“Friendly reminder” is on hold: {self.invoice.name} never reached the customer."
        )
        self.assertEqual(self.case.next_action, "Check our side")
        with self._on(MONDAY, "10:00"):
            self.invoice.is_move_sent = True
            self._settle_transaction()
        self.assertEqual(self._case(self.case.partner_id).decision_code, "step_due", "It is said at once")
        self._daily_run(self._day(1))
        self._send(self._day(1))
        self.assertEqual(self.case.letter_ids.state, "sent")

    def test_a_letter_on_paper_is_not_printed_past_the_gate(self):
        self.invoice.is_move_sent = True
        self.case.partner_id.collection_no_email = True
        self._daily_run(MONDAY)
        letter = self.case.letter_ids
        self.assertEqual((letter.channel, letter.state), ("post", "queued"))
        self.invoice.is_move_sent = False
        self.env.flush_all()
        with (
            self._on(MONDAY, "10:00"),
            self.assertRaisesRegex(UserError, "must not be sent: .* never reached the customer"),
        ):
            letter.with_user(self.collector).action_print()
        self._send(MONDAY)
        self.assertEqual(letter.state, "cancelled")

    def test_the_sentence_is_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self._daily_run(MONDAY)
        words = {"%(subject)s never reached the customer.": "%(subject)s ist nie beim Kunden angekommen."}
        known = code_translations.python_translations
        self.patch(code_translations, "python_translations", {**known, ("grey_hat_collections", "de_DE"): words})
        german = self.case.with_context(lang="de_DE")
        self.assertIn(f"{self.invoice.name} ist nie beim Kunden angekommen.", german.decision)
        self.assertIn("ist nie beim Kunden angekommen", german.gate_report)

    def test_what_only_warns_holds_nothing_up(self):
        self.company.collection_gate_not_sent = "warn"
        self._daily_run(MONDAY)
        self.assertEqual((self.case.letter_ids.state, self.case.gate_mark), ("queued", "warn"))
        self.assertFalse(self._asked(self.case))

    def test_a_call_needs_no_gate(self):
        call = self.standard.step_ids.filtered(lambda step: not step.letter_kind)[:1]
        before = self.standard.step_ids.filtered(lambda step: step.sequence < call.sequence)[-1:]
        self.case.sudo().write({"step_id": before.id, "step_date": days_ago(20)})
        self._daily_run(MONDAY)
        self.assertEqual(self.case.pending_step_id, call)
        self.assertFalse(self._asked(self.case))

    # -- At sending time -----------------------------------------------------------------------------------------

    def test_a_credit_note_begun_after_the_letter_was_written_stops_it(self):
        self.invoice.is_move_sent = True
        self._daily_run(MONDAY)
        letter = self.case.letter_ids
        with self._on(MONDAY, "09:00"):
            self._draft_credit_note(self.case, ref="Broken pane")
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), letter.state), ([], "cancelled"))
        self.assertEqual(letter.cancel_reason, "A credit note is still a draft: Broken pane.")
        self.assertEqual((self.case.pending_step_id.id, self.case.decision_code), (False, "our_side"))
        self.assertEqual(self._asked(self.case), {"credit_draft": self.accountant})

    def test_what_the_customer_agreed_to_goes_out_all_the_same(self):
        self.invoice.is_move_sent = True
        self._daily_run(MONDAY)
        self._send(MONDAY)
        with self._on(MONDAY, "14:00"):
            self.invoice.is_move_sent = False
            promises = self.env["collection.promise"].with_user(self.collector)
            promises.create({"case_id": self.case.id, "amount": 500, "date_promised": self._day(5)})
            self._settle_transaction()
        self._send(MONDAY, "15:00")
        confirmation = self.case.letter_ids.filtered(lambda letter: letter.kind == "promise")
        self.assertEqual(confirmation.state, "sent")

    def test_a_courtesy_letter_about_an_invoice_that_never_arrived_is_not_written_every_day(self):
        self.company.collection_courtesy_days = 5
        early = self._customer("Early")
        with self._on(days_ago(20)):
            self._create_invoice(
                partner_id=early,
                invoice_date=days_ago(20),
                invoice_payment_term_id=False,
                invoice_date_due=self._day(4),
                post=True,
            )
        letters = self.env["collection.letter"]
        for day in (MONDAY, self._day(1)):
            self._daily_run(day)
            self._send(day)
        letter = letters.search([("partner_id", "=", early.id)])
        self.assertEqual((len(letter), letter.kind, letter.state), (1, "courtesy", "cancelled"))
        self.assertIn("never reached the customer", letter.cancel_reason)

    # -- Who puts it right ---------------------------------------------------------------------------------------

    def test_the_collector_is_asked_once_while_it_lasts(self):
        for number in range(3):
            self._daily_run(self._day(number))
        (activity,) = self.case._asked_of_our_side()
        self.assertEqual((activity.user_id, activity.date_deadline), (self.collector, MONDAY))
        self.assertEqual(activity.summary, f"{self.invoice.name} never reached the customer.")
        self.invoice.is_move_sent = True
        self.env.cr.precommit.clear()
        self._daily_run(self._day(3))
        self.assertFalse(self._asked(self.case), "Withdrawn with its reason")
        self.assertEqual(self.case.letter_ids.state, "queued")

    def test_a_salesperson_who_may_read_the_case_is_asked(self):
        self._daily_run(MONDAY)
        self.assertEqual(self._asked(self.case), {"not_sent": self.collector}, "The stranger may not")
        self.case._asked_of_our_side().unlink()
        self.invoice.invoice_user_id = self.accountant
        self._daily_run(self._day(1))
        self.assertEqual(self._asked(self.case), {"not_sent": self.accountant})

    def test_accounting_is_asked_else_the_manager(self):
        self.invoice.is_move_sent = True
        self._draft_credit_note(self.case)
        self.company.collection_accountant_id = self.stranger  # may not read cases
        self._daily_run(MONDAY)
        self.assertEqual(self._asked(self.case), {"credit_draft": self.manager})

    def test_each_fault_has_an_activity_of_its_own(self):
        draft = self._draft_credit_note(self.case)
        self._daily_run(MONDAY)
        self.assertEqual(self._asked(self.case), {"not_sent": self.collector, "credit_draft": self.accountant})
        with self._on(MONDAY, "10:00"):
            draft.with_user(self.accountant).action_post()
            self._settle_transaction()
        self.assertEqual(self._asked(self.case), {"not_sent": self.collector}, "Mailing it is all there is to do")

    def test_done_and_not_put_right_it_is_asked_for_again(self):
        self._daily_run(MONDAY)
        with self._on(MONDAY, "10:00"):
            self.case._asked_of_our_side().with_user(self.collector).action_done()
        self.assertFalse(self._asked(self.case))
        self.assertFalse(self.case.step_id, "It is no step of the ladder")
        self._daily_run(self._day(1))
        self.assertEqual(self._asked(self.case), {"not_sent": self.collector})

    def test_what_was_asked_goes_with_the_case(self):
        self._daily_run(MONDAY)
        self._customer_pays(self.case, day=MONDAY)
        self.assertEqual(self.case.state, "closed")
        self.assertFalse(self._asked(self.case))

    def test_a_check_that_is_switched_off_asks_for_nothing_any_more(self):
        self._daily_run(MONDAY)
        self.company.collection_gate_not_sent = "off"
        self._daily_run(self._day(1))
        self.assertFalse(self._asked(self.case))
        self.assertEqual(self.case.letter_ids.state, "queued")

    def test_refresh_looks_at_our_side_again(self):
        self._daily_run(MONDAY)
        self.invoice.is_move_sent = True
        self.env.cr.precommit.clear()
        with self._on(MONDAY, "10:00"):
            self.case.with_user(self.collector).action_refresh()
        self.assertEqual(self.case.decision_code, "step_due")
        self.assertFalse(self._asked(self.case))


@tagged("post_install", "-at_install")
class TestGateAndDisputes(GateCommon, DisputeCommon):
    """Acme owes 500.00 and disputes 200.00 of it. Today is Monday, 2 March 2026."""

    def _begin(self):
        super()._begin()
        self.case = self._sent_customer()
        self.item = self._items(self.case.partner_id.invoice_ids)
        self._settle_transaction()
        self.owner = self.stranger  # who answers need not be a collector

    def _disputed(self, **values):
        with self._on(days_ago(4)):
            return self._raise(self.case, {self.item: 200}, user_id=self.owner.id, **values)

    def test_a_dispute_warns_and_the_rest_is_asked_for(self):
        dispute = self._disputed()
        self._daily_run(MONDAY)
        self.assertRecordValues(self.case.letter_ids, [{"state": "queued", "amount": 300}])
        with self._on(MONDAY):
            self.assertEqual(self._found(self.case), {"dispute_open": [dispute.name]})
            self.assertEqual(self.case.gate_mark, "warn")
            self.assertIn(f"{dispute.name} waits for our answer.", self.case.gate_report)

    def test_a_company_may_wait_for_every_answer(self):
        self.company.collection_gate_dispute_open = "stop"
        dispute = self._disputed()
        self._daily_run(MONDAY)
        self.assertEqual(self.case.decision_code, "our_side")
        self.assertFalse(self._asked(self.case), "The owner is asked for the answer anyway")
        self.assertEqual(dispute.activity_ids.user_id, self.owner)

    def test_our_own_word_comes_before_theirs(self):
        dispute = self._disputed(commitment="Send the two boxes", commitment_date=days_ago(1))
        self._daily_run(MONDAY)
        self.assertFalse(self.case.letter_ids)
        self.assertIn(f"our commitment to the customer: Send the two boxes ({dispute.name}).", self.case.decision)
        self.assertFalse(self._asked(self.case), "The owner has an activity to keep our word already")
        with self._on(MONDAY, "10:00"):
            dispute.with_user(self.owner).action_commitment_done()
        self._daily_run(self._day(1))
        self.assertEqual(self.case.letter_ids.state, "queued")

    def test_the_owner_who_knows_no_case_is_asked_on_the_dispute(self):
        dispute = self._disputed(commitment="Send the two boxes", commitment_date=days_ago(1))
        with self._on(days_ago(2)):
            dispute.activity_ids.with_user(self.owner).action_done()  # and did nothing
        self._daily_run(MONDAY)
        self._daily_run(self._day(1))
        (activity,) = self.case._asked_of_our_side()
        self.assertEqual((activity.res_model, activity.res_id), (dispute._name, dispute.id))
        self.assertEqual((activity.user_id, activity.collection_check), (self.owner, "commitment_overdue"))
        self.assertIn("Send the two boxes", activity.with_user(self.owner).summary)
        with self._on(self._day(1), "10:00"):
            dispute.with_user(self.owner).action_commitment_done()
        self._daily_run(self._day(2))
        self.assertFalse(self._asked(self.case))

    def test_a_word_for_today_or_withdrawn_is_not_late(self):
        self._disputed(commitment="Call back", commitment_date=MONDAY)
        with self._on(MONDAY):
            self.assertEqual(set(self._found(self.case)), {"dispute_open"})
        with self._on(self._day(1)):
            self.assertEqual(set(self._found(self.case)), {"dispute_open", "commitment_overdue"})

    def test_the_credit_note_that_a_dispute_prepared_stops_nothing(self):
        dispute = self._disputed()
        with self._on(MONDAY):
            self._answer(dispute, "upheld", user=self.manager)
            dispute.with_user(self.accountant).action_prepare_credit_notes()
            self.assertEqual(dispute.credit_note_ids.state, "draft")
            self.assertEqual(self._found(self.case), {})
            self.assertEqual(self.case.credit_draft_ids, dispute.credit_note_ids, "It is in sight all the same")

    def test_the_credit_note_of_a_dispute_that_was_answered_otherwise_stops_letters(self):
        dispute = self._disputed()
        with self._on(MONDAY):
            self._answer(dispute, "upheld", user=self.manager)
            dispute.with_user(self.accountant).action_prepare_credit_notes()
            dispute.action_reopen()
            self._answer(dispute, "rejected", user=self.manager)
            self.assertEqual(set(self._found(self.case)), {"credit_draft"})

    def test_an_owner_who_has_left_is_asked_for_nothing(self):
        self._disputed(commitment="We count again", commitment_date=days_ago(3))
        self.owner.active = False
        self._daily_run(MONDAY)
        self.assertEqual(self._asked(self.case), {"commitment_overdue": self.collector})
