from odoo.tests import tagged

from ...hooks import post_init_hook
from ..common import MONDAY, CollectionCommon


class RewardCommon(CollectionCommon):
    def _at_second_reminder(self, name="Acme", **values):
        """A customer overdue for 40 days who stands on the second reminder since day 14 of our story."""
        case = self._overdue_customer(name, days=40, **values)
        self._live(case, 0, 14)
        self.assertEqual(case.step_id.name, "Second reminder with statement")
        return case

    def _letters(self, case, kind="settled"):
        return case.letter_ids.filtered(lambda letter: letter.kind == kind)


@tagged("post_install", "-at_install")
class TestLargePayments(RewardCommon):
    """Who pays half of what was overdue since the last step is taken one step back, once."""

    def _begin(self):
        super()._begin()
        self.case = self._at_second_reminder()

    def test_half_is_a_large_payment(self):
        case = self.case
        self._customer_pays(case, 250, day=self._day(15))
        self._daily_run(self._day(16))
        self.assertEqual((case.step_id.name, case.stage_id.name, case.round), ("Call", "Call", 2))
        self.assertEqual(case.step_date, self._day(16))

    def test_less_is_not(self):
        case = self.case
        self._customer_pays(case, 249, day=self._day(15))
        self._daily_run(self._day(16))
        self.assertEqual((case.step_id.name, case.round), ("Second reminder with statement", 1))

    def test_several_payments_add_up(self):
        case = self.case
        self._customer_pays(case, 150, day=self._day(15))
        self._daily_run(self._day(16))
        self.assertEqual(case.round, 1)
        self._customer_pays(case, 100, day=self._day(16))
        self._daily_run(self._day(17))
        self.assertEqual((case.step_id.name, case.round), ("Call", 2))

    def test_one_payment_earns_one_step(self):
        case = self.case
        self._customer_pays(case, 300, day=self._day(15))
        for days in (16, 17, 18):
            self._daily_run(self._day(days))
        self.assertEqual((case.step_id.name, case.round), ("Call", 2))

    def test_a_credit_note_is_no_payment(self):
        case = self.case
        with self._on(self._day(15)):
            self._credit_note(case.partner_id, 400, self._day(15))
            self._settle_transaction()
        self._daily_run(self._day(16))
        self.assertEqual((case.amount_chased, case.round), (100, 1))

    def test_paying_what_is_not_due_yet_is_no_large_payment(self):
        case = self.case
        with self._on(self._day(15)):
            early = self._invoice(case.partner_id, 5000, self._day(60))
            self._pay(early)
            self._settle_transaction()
        self._daily_run(self._day(16))
        self.assertEqual((case.amount_chased, case.round), (500, 1))

    def test_what_was_paid_in_time_is_none_either_once_its_day_has_passed(self):
        case = self.case
        with self._on(self._day(15)):
            in_time = self._invoice(case.partner_id, 5000, self._day(16))
            self._pay(in_time)
            self._settle_transaction()
        for days in (16, 17, 18):
            self._daily_run(self._day(days))
        self.assertEqual((case.amount_chased, case.round), (500, 1))

    def test_money_that_is_not_applied_yet_counts(self):
        case = self.case
        with self._on(self._day(15)):
            self._receive(case.partner_id, 260)
            self._settle_transaction()
        self._daily_run(self._day(16))
        self.assertEqual((case.amount_chased, case.round), (240, 2))

    def test_a_kept_promise_and_its_money_are_one_step(self):
        case = self.case
        with self._on(self._day(15), "08:00"):
            self.env["collection.promise"].with_user(self.collector).create(
                {"case_id": case.id, "amount": 300, "date_promised": self._day(16)}
            )
        self._customer_pays(case, 300, day=self._day(15), clock="11:00")
        for days in (16, 17, 18):
            self._daily_run(self._day(days))
        self.assertEqual((case.promise_ids.state, case.step_id.name, case.round), ("kept", "Call", 2))


@tagged("post_install", "-at_install")
class TestLargePaymentsOnTheWay(RewardCommon):
    """The same in other places of the ladder, and for other shares."""

    def test_a_payment_of_before_the_last_step_does_not_count(self):
        case = self._overdue_customer(days=40)
        self._live(case, 0, 6)
        self._customer_pays(case, 200, day=self._day(6), clock="16:00")  # too little
        self._live(case, 7, 14)
        self.assertEqual(case.step_id.name, "Second reminder with statement")
        self._customer_pays(case, 100, day=self._day(15))  # a third of what was left
        self._daily_run(self._day(16))
        self.assertEqual(case.round, 1)

    def test_the_share_is_a_setting_and_zero_is_never(self):
        stories = ((80, 390, 1), (80, 400, 2), (0, 499, 1))
        first, *others = cases = [
            self._overdue_customer(f"Pays {paid} of {share}", days=40) for share, paid, _expected in stories
        ]
        self._live(first, 0, 14, *others)
        for number, (share, paid, expected) in enumerate(stories):
            self.company.collection_step_back_share = share
            with self.subTest(share=share, paid=paid):
                case = cases[number]
                self.assertEqual(case.step_id.name, "Second reminder with statement")
                self._customer_pays(case, paid, day=self._day(15 + 2 * number))
                self._daily_run(self._day(16 + 2 * number))
                self.assertEqual(case.round, expected)

    def test_behind_the_first_step_is_nothing(self):
        case = self._warned_customer()
        self._customer_pays(case, 400, day=MONDAY, clock="15:00")
        for days in range(1, 8):
            self._daily_run(self._day(days))
            self._send(self._day(days))
        self.assertEqual((case.step_id.name, case.round), ("Friendly reminder", 1))
        self.assertEqual(case.pending_step_id.name, "Call", "The ladder goes on in its own time")

    def test_a_letter_that_waits_is_taken_back_with_the_reason(self):
        case = self._overdue_customer(days=40)
        self._live(case, 0, 13)
        self._daily_run(self._day(14))
        letter = case.letter_ids.filtered(lambda one: one.state == "queued")
        self._customer_pays(case, 300, day=self._day(14))
        self._daily_run(self._day(15))
        self.assertEqual((letter.state, letter.cancel_reason), ("cancelled", "A large payment has come."))
        self.assertEqual(case.step_id.name, "Friendly reminder")

    def test_many_cases_take_as_many_queries_as_few(self):
        cases = self._warned_customers(13)
        for case in cases:
            self._customer_pays(case, 20, day=self._day(1))
        counted = []
        for chosen in (cases[:1], cases[1:3], cases[3:]):
            (cases - chosen).sudo().reward_from = False
            chosen.sudo().reward_from = f"{MONDAY} 13:00:00"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self._on(self._day(2)):
                self.Case.sudo()._reward_large_payments(self.company)
            counted.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counted[2], counted[1])


@tagged("post_install", "-at_install")
class TestThanks(RewardCommon):
    """When all is settled the customer hears a word of thanks, the next morning, once."""

    def _settled(self, name="Acme", **values):
        case = self._warned_customer(name, **values)
        self._customer_pays(case, day=self._day(1))
        self.assertEqual(case.state, "closed")
        return case

    def test_the_morning_after(self):
        case = self._settled()
        self._daily_run(self._day(1))
        self.assertFalse(self._letters(case), "Not while the payment may still turn out to be a mistake")
        self._daily_run(self._day(2))
        self.assertRecordValues(
            self._letters(case), [{"state": "queued", "channel": "email", "user_id": self.collector.id}]
        )
        self._send(self._day(2))
        self.assertEqual(self._sent_to(), ["acme@customer.example"])
        mail = self._mails[0]
        self.assertIn("Thank you: all is settled", mail["subject"])
        self.assertIn("nothing is overdue on your account any more", mail["body"])
        self.assertFalse(mail["attachments"])
        self.assertEqual(self._letters(case).state, "sent")
        for days in (3, 4):
            self._daily_run(self._day(days))
        self.assertEqual(len(self._letters(case)), 1, "Once is enough")

    def test_it_is_not_held_up_by_rest_or_budget(self):
        self.company.write({"collection_max_contacts": 1, "collection_rest_days": 30})
        case = self._settled()
        self._daily_run(self._day(2))
        self._send(self._day(2))
        self.assertEqual(self._letters(case).state, "sent")

    def test_only_after_we_had_been_in_touch(self):
        case = self._overdue_customer()
        self._customer_pays(case, day=self._day(1))
        self._daily_run(self._day(2))
        self.assertFalse(case.letter_ids, "They paid before we said a word")

    def test_a_conversation_is_being_in_touch(self):
        case = self._overdue_customer()
        with self._on(MONDAY, "10:00"):
            self.env["collection.note"].with_user(self.collector).create(
                {"case_id": case.id, "outcome": "reached", "channel": "call"}
            )
        self._customer_pays(case, day=self._day(1))
        self._daily_run(self._day(2))
        self.assertTrue(self._letters(case))

    def test_a_credit_note_is_nothing_to_say_thank_you_for(self):
        case = self._warned_customer()
        with self._on(self._day(1)):
            self._credit_note(case.partner_id, 500, self._day(1))
            self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual(case.state, "closed")
        self._daily_run(self._day(2))
        self.assertFalse(self._letters(case))

    def test_no_thanks_where_nobody_wishes_or_may(self):
        for name, values in (
            ("Paper", {"collection_no_email": True}),
            ("Leave us alone", {"collection_do_not_contact": True}),
        ):
            with self.subTest(name):
                case = self._warned_customer(name)
                case.partner_id.write(values)
                self._customer_pays(case, day=self._day(1))
                self._daily_run(self._day(2))
                self.assertFalse(self._letters(case))
        self.company.collection_thank_settled = False
        case = self._settled("Switched off")
        self._daily_run(self._day(2))
        self.assertFalse(self._letters(case))

    def test_never_to_accounts_that_were_with_an_agency(self):
        case = self._warned_customer()
        case.sudo().state = "referred"
        case.sudo().state = "open"
        self.assertTrue(case.was_referred)
        self._customer_pays(case, day=self._day(1))
        self._daily_run(self._day(2))
        self.assertFalse(self._letters(case))

    def test_withdrawn_when_the_payment_is_taken_back(self):
        case = self._warned_customer()
        payment = self._customer_pays(case, day=self._day(1))
        self._daily_run(self._day(2))
        with self._on(self._day(2), "09:00"):
            payment.action_cancel()
            self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual(case.state, "open")
        self._send(self._day(2))
        self.assertEqual((self._sent_to(), self._letters(case).state), ([], "cancelled"))
        self.assertEqual(self._letters(case).cancel_reason, "Something is overdue again.")
        with self._on(self._day(4)):
            self._receive(case.partner_id, 500)
            self._settle_transaction()
        self._daily_run(self._day(5))
        self.assertEqual(self._letters(case).mapped("state"), ["queued", "cancelled"], "Now it is true")

    def test_not_while_something_else_is_overdue(self):
        case = self._settled()
        with self._on(self._day(2), "02:00"):
            self._invoice(case.partner_id, 90, self._day(1))
            self._settle_transaction()
        self._daily_run(self._day(2))
        self.assertFalse(self._letters(case))

    def test_one_thank_you_for_one_payment(self):
        """A promise that was kept is thanked for; the same money is not thanked for twice."""
        case = self._warned_customer()
        with self._on(MONDAY, "14:00"):
            self.env["collection.promise"].with_user(self.collector).create(
                {"case_id": case.id, "amount": 500, "date_promised": self._day(1)}
            )
        self._customer_pays(case, day=self._day(1))
        self._daily_run(self._day(2))
        self.assertEqual((len(self._letters(case, "thanks")), len(self._letters(case))), (1, 0))

    def test_cases_of_before_the_upgrade_count_as_thanked(self):
        case = self._settled()
        case.sudo().thanks_due = False  # what the column holds for cases that were closed without it
        self._daily_run(self._day(2))
        self.assertFalse(self._letters(case))

    def test_many_cases_take_as_many_queries_as_few(self):
        cases = self._warned_customers(13)
        for case in cases:
            self._customer_pays(case, day=self._day(1))
        counted = []
        for chosen in (cases[:1], cases[1:3], cases[3:]):
            cases.sudo().thanks_due = False
            chosen.sudo().thanks_due = True
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self._on(self._day(2)):
                self.Case.sudo()._thank_settled(self.company)
                self.env.flush_all()
            counted.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counted[2], counted[1])
        self.assertEqual(len(self._letters(cases)), 13)


@tagged("post_install", "-at_install")
class TestFirstCases(CollectionCommon):
    """Who is overdue for the first time is met gently."""

    def test_new_companies_meet_first_cases_gently(self):
        company = self.env["res.company"].create({"name": "New House"})
        self.assertEqual(
            (company.collection_policy_id, company.collection_first_policy_id), (self.standard, self.gentle)
        )

    def test_a_policy_that_went_to_another_company_is_not_given_to_a_new_one(self):
        self.gentle.sudo().company_id = self.company
        company = self.env["res.company"].create({"name": "New House"})
        self.assertFalse(company.collection_first_policy_id)

    def test_installing_gives_it_to_companies_that_exist(self):
        fresh = self.env["res.company"].create({"name": "Older than we are"})
        chosen = self.env["res.company"].create({"name": "Has chosen"})
        fresh.write({"collection_policy_id": False, "collection_first_policy_id": False})
        chosen.collection_first_policy_id = False
        post_init_hook(self.env)
        self.assertEqual(fresh.collection_first_policy_id, self.gentle)
        self.assertFalse(chosen.collection_first_policy_id, "Whoever has a policy has made a choice")

    def test_the_first_case_is_gentle_and_the_next_is_not(self):
        self.company.collection_first_policy_id = self.gentle
        case = self._overdue_customer(days=2)
        self.assertEqual(case.policy_id, self.gentle)
        self._daily_run(MONDAY)
        self.assertEqual(case.decision, "Waiting: “Friendly reminder” is due on March 3, 2026.")
        self._customer_pays(case, day=MONDAY)
        with self._on(self._day(30)):
            self._invoice(case.partner_id, 90, self._day(25))
            self._settle_transaction()
        self.assertEqual(self._case(case.partner_id).policy_id, self.standard)
