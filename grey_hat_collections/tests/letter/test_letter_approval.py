from base64 import b64decode
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, SecurityCommon, days_ago
from ..dispute.dispute_common import DisputeCommon
from ..query_common import FEW, MANY, QueryCommon

TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)


class ApprovalCommon(DisputeCommon, SecurityCommon):
    """A house whose letters wait for approval. Acme owes 500.00; its friendly reminder was written on Monday morning."""

    def _begin(self):
        super()._begin()
        self.company.collection_letters_wait = True
        self.case, self.letter = self._reminded_customer()

    def _approve(self, letters=None, user=None, day=MONDAY, clock="10:00"):
        with self._on(day, clock):
            answer = (letters or self.letter).with_user(user or self.collector).action_approve()
            self._settle_transaction()
        self.env.invalidate_all()
        return answer

    def _invoice_of(self, amount, days=10):
        """Another invoice of Acme that is overdue as well."""
        with self._on(days_ago(days)):
            return self._invoice(self.case.partner_id, amount, days_ago(days))

    def _edit_mail(self):
        template = self.letter.sudo()._mail_template()
        template.subject = f"{template.subject}!"


@tagged("post_install", "-at_install")
class TestLetterApproval(ApprovalCommon):
    """Nothing leaves before somebody has said so. The story begins on Monday, 2 March 2026."""

    # -- Waiting -------------------------------------------------------------------------------------------------

    def test_a_new_house_is_asked_before_anything_leaves(self):
        """In a quarter of an hour three reminders had left by themselves, with a placeholder logo."""
        defaults = self.env["ir.default"].search([("field_id.name", "=", "collection_letters_wait")])
        defaults.unlink()
        self.assertTrue(self.env["res.company"].create({"name": "New House"}).collection_letters_wait)

    def test_nothing_leaves_by_itself_however_long_it_waits(self):
        for number in range(4):
            self._daily_run(self._day(number))
            self._send(self._day(number))
            self.assertEqual(self._sent_to(), [])
        self.assertEqual((self.letter.state, self.letter.to_approve), ("queued", True))
        self.assertEqual(self.case.pending_letter_id, self.letter, "one letter, not four")

    def test_the_case_says_whom_it_waits_for(self):
        self.assertEqual(self.case.decision_code, "to_approve")
        self.assertIn("Friendly reminder” has been waiting for approval since March 2, 2026", self.case.decision)
        self.assertEqual(self.case.next_action, "Approve the letter")
        self.assertEqual(self.case.next_action_date, MONDAY)
        self.assertEqual(self.case.letter_to_approve_id, self.letter)

    def test_left_waiting_it_comes_to_a_person(self):
        review = self.env.ref("grey_hat_collections.mail_activity_type_review")
        for number in range(16):
            self._daily_run(self._day(number))
        self.assertIn(review, self.case.activity_ids.activity_type_id)

    def test_what_was_approved_leaves(self):
        self._approve()
        self.assertRecordValues(self.letter, [{"to_approve": False, "approved_by_id": self.collector.id}])
        self.assertEqual(self.case.decision_code, "letter_queued")
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), ["acme@customer.example"])
        self.assertEqual((self.letter.state, self.case.step_id.name), ("sent", "Friendly reminder"))

    def test_it_leaves_in_the_hours_of_the_customer_whenever_it_was_approved(self):
        self.company.write({"collection_hour_from": 8, "collection_hour_to": 18})
        self._approve(clock="22:00")
        self._send(MONDAY, "22:30")
        self.assertEqual(self._sent_to(), [])
        self._send(TUESDAY, "09:00")
        self.assertEqual(self._sent_to(), ["acme@customer.example"])

    def test_an_approval_is_taken_back_before_the_letter_leaves(self):
        self._approve()
        with self._on(MONDAY, "10:05"):
            self.letter.with_user(self.collector).action_take_approval_back()
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertEqual(self.case.decision_code, "to_approve")
        self._approve(clock="13:00")
        self._send(MONDAY, "14:00")
        self.assertEqual(self._sent_to(), ["acme@customer.example"])
        with self.assertRaisesRegex(UserError, f"{self.letter.name} Acme has left"):
            self.letter.with_user(self.collector).action_take_approval_back()

    def test_the_second_of_two_people_hears_who_was_first(self):
        self._approve()
        with self.assertRaisesRegex(UserError, f"{self.letter.name} Acme was approved by Cora Lector already"):
            self._approve(user=self.manager)

    def test_a_letter_that_is_cancelled_does_not_leave_and_comes_again(self):
        with self._on(MONDAY, "10:00"):
            self.letter.with_user(self.collector).action_cancel()
        self._daily_run(TUESDAY)
        self._daily_run(WEDNESDAY)
        again = self.case.letter_ids - self.letter
        self.assertEqual((self.letter.state, again.step_id, again.to_approve), ("cancelled", self.letter.step_id, True))

    # -- Bound to what was seen ----------------------------------------------------------------------------------

    def test_the_same_leaves_on_another_day(self):
        self._approve()
        self._daily_run(TUESDAY)
        self._send(TUESDAY)
        self.assertEqual(self._sent_to(), ["acme@customer.example"])

    def test_less_leaves(self):
        """After the approval the customer pays 200 of 500: the letter asks for 300."""
        self._approve()
        self._customer_pays(self.case, 200, day=MONDAY, clock="11:00")
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), self.letter.amount), (["acme@customer.example"], 300))

    def test_nothing_leaves_after_all_is_paid(self):
        self._approve()
        self._customer_pays(self.case, day=MONDAY, clock="11:00")
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), self.letter.state), ([], "cancelled"))

    def test_more_comes_back_and_says_why(self):
        """500 was approved; a second overdue invoice of 120 comes along before the letter leaves."""
        self._approve()
        invoice = self._invoice_of(120)
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertRecordValues(
            self.letter,
            [{"state": "queued", "to_approve": True, "approved_by_id": False, "amount": 620}],
        )
        self.assertEqual(self.letter.came_back, f"New since then: {invoice.name}.")
        self._approve(clock="13:00")
        self._send(MONDAY, "14:00")
        self.assertEqual((self._sent_to(), self.letter.amount), (["acme@customer.example"], 620))
        self.assertFalse(self.letter.came_back)

    def test_a_payment_that_is_taken_back_is_more(self):
        """300 of 500 was approved; the payment of 200 bounces."""
        payment = self._customer_pays(self.case, 200, day=MONDAY, clock="09:00")
        self._daily_run(TUESDAY)
        self.assertEqual(self.letter.amount, 300)
        self._approve(day=TUESDAY)
        with self._on(TUESDAY, "11:00"):
            payment.sudo().action_cancel()
            self._settle_transaction()
        self._send(TUESDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertIn("It asks for $\xa0500.00 of INV/", self.letter.came_back)
        self.assertIn("now, not $\xa0300.00.", self.letter.came_back)

    def test_another_address_comes_back(self):
        self._approve()
        self.case.partner_id.email = "books@customer.example"
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertEqual(
            self.letter.came_back, "It goes to books@customer.example now, no longer to acme@customer.example."
        )
        self.assertEqual(self.letter.address_used, "books@customer.example")

    def test_another_wording_comes_back(self):
        self._approve()
        self._edit_mail()
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), self.letter.came_back), ([], "Its wording has changed."))

    def test_other_words_of_the_letter_come_back_as_well(self):
        self._approve()
        wordings = self.env["collection.wording"].with_user(self.manager)
        step = self.letter.step_id
        wordings.create(
            {"step_id": step.id, "kind": "reminder", "passage": "closing", "lang": "en_US", "text": "See you soon."}
        )
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), self.letter.came_back), ([], "Its wording has changed."))

    def test_what_is_only_listed_counts_as_well(self):
        """The reminder shows the whole account: what falls due next month is new on it."""
        self.letter.step_id.sudo().with_statement = True
        self._daily_run(TUESDAY)
        self._approve(day=TUESDAY)
        with self._on(TUESDAY, "11:00"):
            invoice = self._invoice(self.case.partner_id, 80, self._day(30))
        self._send(TUESDAY)
        self.assertEqual((self._sent_to(), self.letter.came_back), ([], f"Also listed by now: {invoice.name}."))

    def test_what_waits_shows_what_is_so_today(self):
        self._customer_pays(self.case, 200, day=MONDAY, clock="11:00")
        self._daily_run(TUESDAY)
        self.assertEqual((self.letter.amount, self.letter.to_approve), (300, True))

    def test_what_must_not_leave_any_more_does_not_wait(self):
        with self._on(MONDAY, "11:00"):
            self.case.partner_id.collection_do_not_contact = True
        self._daily_run(TUESDAY)
        self.assertEqual((self.letter.state, self.letter.to_approve), ("cancelled", True))
        self.assertFalse(self.case.letter_to_approve_id)

    def test_a_word_before_the_due_date_is_not_said_after_it(self):
        self.company.collection_courtesy_days = 5
        partner = self._customer("Early")
        with self._on(MONDAY, "01:00"):
            self._invoice(partner, 70, self._day(3))
        self._daily_run(MONDAY)
        letter = self.env["collection.letter"].search([("partner_id", "=", partner.id)])
        self.assertEqual((letter.kind, letter.to_approve), ("courtesy", True))
        self._daily_run(self._day(4))
        self.assertEqual(letter.state, "cancelled")
        self.assertEqual(letter.cancel_reason, "It was to say this before the due date, which is past.")

    # -- By hand -------------------------------------------------------------------------------------------------

    def test_whoever_moves_a_card_has_approved_its_letter(self):
        """The second call was made today; the collector moves the card on to the final notice."""
        self._approve()
        self._send(MONDAY)
        notice = self.standard.step_ids[4]
        self._named_by_step(self.case, self.standard.step_ids[3], TUESDAY)
        with self._on(TUESDAY, "10:00"):
            self.case.with_user(self.collector).stage_id = notice.stage_id
            self._settle_transaction()
        letter = self.case.letter_ids.filtered(lambda letter: letter.step_id == notice)
        self.assertRecordValues(letter, [{"to_approve": False, "approved_by_id": self.collector.id}])
        self._send(TUESDAY, "12:00")
        self.assertEqual(self._sent_to(), ["acme@customer.example"])

    def test_whoever_answers_a_dispute_has_approved_the_answer(self):
        with self._on(MONDAY, "10:00"):
            self.letter.with_user(self.collector).action_cancel()
            item = self.case.partner_id.invoice_ids.line_ids.filtered("date_maturity")
            dispute = self._raise(self.case, [item])
            self._answer(dispute, "rejected")
        self._send(MONDAY)
        self.assertEqual(
            (self._sent_to(), dispute.letter_id.approved_by_id), (["acme@customer.example"], self.collector)
        )

    def test_whoever_sends_again_has_approved_it(self):
        self._approve()
        self._send(MONDAY, refused=Exception("no"))
        self.letter.sudo()._fail("No such mailbox")
        self.letter.sudo().write({"approved_by_id": False, "approved_at": False})
        with self._on(TUESDAY, "10:00"):
            self.letter.with_user(self.collector).action_retry()
        self._send(TUESDAY)
        self.assertEqual(self._sent_to(), ["acme@customer.example"])

    def test_whoever_prints_a_letter_on_paper_has_approved_it(self):
        _case, letter = self._reminded_customer("Paper", email=False, street="1 Main Street", city="Springfield")
        self.assertEqual((letter.channel, letter.to_approve), ("post", True))
        self._send(MONDAY)
        self.assertFalse(letter.piece_ids, "nobody is asked to mail what nobody has approved")
        with self._on(MONDAY, "13:00"):
            letter.with_user(self.collector).action_print()
        self.assertRecordValues(letter, [{"to_approve": False, "approved_by_id": self.collector.id}])
        self.assertEqual(letter.piece_ids.state, "to_mail")

    # -- Kinds and houses ----------------------------------------------------------------------------------------

    def _dialog(self, user=None, **values):
        return (
            self.env["collection.approve.kind"]
            .with_user(user or self.manager)
            .create({"kind": "reminder", "company_id": self.company.id, **values})
        )

    def test_all_of_a_kind_are_approved_as_many_as_the_dialog_says(self):
        _case, other = self._reminded_customer("Beta", amount=300)
        with self._on(MONDAY, "10:00"):
            dialog = self._dialog()
            self.assertEqual((dialog.count, dialog.amount), (2, 800))
            self._reminded_customer("Gamma", amount=50)
        with self._on(MONDAY, "11:00"), self.assertRaisesRegex(UserError, "Meanwhile 3 letters .* in all"):
            dialog.action_approve()
        with self._on(MONDAY, "11:30"):
            self._dialog().action_approve()
        self._send(MONDAY)
        self.assertEqual(len(self._sent_to()), 3)
        self.assertEqual(other.approved_by_id, self.manager)

    def test_a_kind_leaves_by_itself_once_a_manager_says_so_and_waits_again(self):
        with self._on(MONDAY, "10:00"):
            self._dialog(from_now_on=True).action_approve()
        exemption = self.env["collection.letter.exemption"].sudo().search([("company_id", "=", self.company.id)])
        self.assertEqual((exemption.kind, exemption.create_uid), ("reminder", self.manager))
        _case, other = self._reminded_customer("Beta", amount=300)
        self.assertFalse(other.to_approve)
        with self._on(MONDAY, "11:00"):
            exemption.with_user(self.manager).unlink()
        self.assertTrue(other.to_approve)
        self.assertFalse(self.letter.to_approve, "this one was approved")
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), ["acme@customer.example"])

    def test_of_each_kind_once(self):
        exemptions = self.env["collection.letter.exemption"].with_user(self.manager)
        exemptions.create({"kind": "reminder", "company_id": self.company.id})
        self.assertFalse(self.letter.to_approve, "what waits is freed")
        dialog = self.env["collection.approve.kind"].with_user(self.manager)
        self.assertEqual(dialog.create({"kind": "reminder", "company_id": self.company.id}).count, 0)

    def test_switched_off_all_leave_and_switched_on_all_wait(self):
        settings = self.env["res.config.settings"].create({"company_id": self.company.id})
        self.assertEqual(settings.collection_letters_waiting, 1)
        self.company.collection_letters_wait = False
        self.assertFalse(self.letter.to_approve)
        self.company.collection_letters_wait = True
        self.assertTrue(self.letter.to_approve)
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.company.collection_letters_wait = False
        self._send(MONDAY, "13:00")
        self.assertEqual(self._sent_to(), ["acme@customer.example"])

    def test_an_upgrade_changes_nothing(self):
        self.env["res.company"].search([]).collection_letters_wait = True
        self._upgrade("19.0.1.5.0", "post-approval", "19.0.1.4.0")
        self.assertFalse(self.env["res.company"].search([("collection_letters_wait", "=", True)]))
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), ["acme@customer.example"])

    # -- Looking -------------------------------------------------------------------------------------------------

    def test_what_is_looked_at_is_the_very_letter(self):
        with self._on(MONDAY, "10:00"):
            look = self.letter.with_user(self.collector).with_context(force_report_rendering=True).look()
        self.assertTrue(b64decode(look["pdf"]).startswith(b"%PDF"))
        self.assertEqual((look["to"], look["channel"], look["changed"]), ("acme@customer.example", "email", False))
        self.assertIn("500.00", look["body"])
        self.assertFalse(self.letter.attachment_id or self.letter.piece_ids)
        self._approve()
        self._send(MONDAY)
        (mail,) = self._mails
        self.assertEqual(mail["subject"], look["subject"])

    def test_a_look_shows_what_is_so_now_and_the_approval_holds_for_that(self):
        invoice = self._invoice_of(120)
        with self._on(MONDAY, "10:00"):
            self.env["collection.case"].sudo()._refresh(self.company, self.case.partner_id)
            look = self.letter.with_user(self.collector).look()
        self.assertTrue(look["changed"])
        self.assertIn(invoice.name, look["body"])
        self._approve()
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), self.letter.amount), (["acme@customer.example"], 620))

    # -- Rights --------------------------------------------------------------------------------------------------

    def test_who_approves(self):
        for user in (self.colleague, self.auditor, self.accountant, self.stranger, self.guest):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.letter.with_user(user).action_approve()
        for user in (self.stranger, self.guest):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.letter.with_user(user).look()
        with self.assertRaises(AccessError):
            self.env["collection.letter.exemption"].with_user(self.collector).create({"kind": "reminder"})
        with self.assertRaisesRegex(AccessError, "Only a collections manager"):
            self._dialog(user=self.collector, from_now_on=True).action_approve()
        self.assertTrue(self.letter.to_approve, "nothing half done")

    def test_a_reader_of_the_books_looks_and_changes_nothing(self):
        self._invoice_of(120)
        with self._on(MONDAY, "10:00"):
            self.env["collection.case"].sudo()._refresh(self.company, self.case.partner_id)
            before = self.letter.says
            self.assertIn("pdf", self.letter.with_user(self.auditor).look())
        self.assertEqual(self.letter.says, before)

    def test_nobody_writes_an_approval_by_himself(self):
        with self.assertRaises(UserError):
            self.letter.with_user(self.collector).write({"to_approve": False})
        with self.assertRaises(AccessError):
            self.env["collection.letter"].with_user(self.manager).create(
                {
                    "kind": "reminder",
                    "partner_id": self.case.partner_id.id,
                    "company_id": self.company.id,
                    "approved_at": "2026-03-02 10:00:00",
                }
            )

    def test_all_of_a_kind_means_those_one_may_work_on(self):
        theirs = self._overdue_customer("Theirs", amount=40)
        theirs.sudo().user_id = self.colleague
        self._daily_run(MONDAY)
        with self._on(MONDAY, "10:00"):
            dialog = self._dialog(user=self.collector)
            self.assertEqual((dialog.count, dialog.amount), (1, 500))
            dialog.action_approve()
        self.assertTrue(theirs.letter_ids.to_approve)

    def test_another_house_is_not_asked(self):
        other = self.setup_other_company(name="Third House")["company"]
        user = new_test_user(
            self.env, "elsewhere", "base.group_user,grey_hat_collections.group_manager", company_id=other.id
        )
        with self.assertRaises(AccessError):
            self.letter.with_user(user).action_approve()
        exemptions = self.env["collection.letter.exemption"].with_user(user)
        exemptions.create({"kind": "reminder", "company_id": other.id})
        self.assertTrue(self.letter.to_approve)
        with self.assertRaises(AccessError):
            exemptions.create({"kind": "reminder", "company_id": self.company.id})


@tagged("post_install", "-at_install")
class TestApprovalQueries(QueryCommon):
    """A night with letters that wait takes no more queries for many customers than for few."""

    def _letters(self, partners):
        self.company.collection_letters_wait = True
        self.cases._refresh(self.company, partners)
        cases = self.cases.search([("partner_id", "in", partners.ids)])
        cases._run_day()
        self._settle_transaction()
        return cases.letter_ids

    def test_the_night_and_the_approval(self):
        letters = self.env["collection.letter"].sudo()
        few, many = letters.browse(self._letters(self.few).ids), letters.browse(self._letters(self.many).ids)
        self.assertEqual((len(few), len(many)), (FEW, MANY))
        self.assertTrue(all((few | many).mapped("to_approve")))
        for work in (
            lambda some: some._look_once_more(),
            lambda some: some._note_what_they_say(),
            lambda some: some.action_approve(),
        ):
            self.assertLessEqual(
                self._count(lambda work=work: work(many)), self._count(lambda work=work: work(few)) + 3
            )
