from odoo.tests import tagged

from ..engine import escalation
from .common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestFiveLaws(CollectionCommon):
    """The five laws of the design, each with what would break it. Acme's 500.00 are ten days past due on Monday."""

    # -- 1. The ledger is the only truth of what is owed ---------------------------------------------------------

    def test_law_1_the_daily_run_reads_the_ledger_whatever_the_case_says(self):
        case = self._overdue_customer()
        case.sudo().write({"balance": 7, "amount_chased": 7, "bucket_1": 7, "oldest_due_date": self._day(-1)})
        self._daily_run(MONDAY)
        self.assertRecordValues(
            case, [{"balance": 500, "amount_chased": 500, "bucket_1": 500, "oldest_due_date": self._day(-10)}]
        )
        self.assertTies(case.partner_id)

    def test_law_1_ages_grow_with_the_days_though_nothing_is_posted(self):
        case = self._overdue_customer(days=29)
        for days, bucket in ((1, "bucket_1"), (2, "bucket_2"), (62, "bucket_4")):
            self._daily_run(self._day(days))
            self.assertEqual(case[bucket], 500, f"{29 + days} days past due")

    # -- 2. Every step is a fair warning -------------------------------------------------------------------------

    def test_law_2_the_ladder_is_climbed_one_step_at_a_time(self):
        case = self._overdue_customer(days=1)
        self.assertEqual(
            self._live(case, 0, 50),
            [
                (0, "Friendly reminder"),
                (7, "Call"),
                (14, "Second reminder with statement"),
                (21, "Second call"),
                (28, "Final notice"),  # nobody has answered four times: a day before its age
                (36, "Last call"),
                (44, "Agency review"),
            ],
        )
        self.assertEqual(len(case.letter_ids), 3)
        self.assertTrue(case.decision.startswith("All steps have been taken."))

    def test_law_2_missed_weeks_skip_no_step(self):
        """No run for a quarter of a year: the first reminder comes first all the same, then a week for an answer."""
        case = self._overdue_customer(days=1)
        self.assertEqual(
            self._live(case, 84, 100),
            [(84, "Friendly reminder"), (91, "Call"), (98, "Second reminder with statement")],
        )

    def test_law_2_a_step_counts_only_when_its_letter_has_left(self):
        case = self._overdue_customer()
        for days in range(10):
            self._daily_run(self._day(days))
            self.assertFalse(case.step_id, "Nothing was sent, so nobody was warned")
            self.assertEqual(len(case.letter_ids), 1, "and one letter is enough to send")
        self._send(self._day(10))
        self.assertEqual((case.step_id.name, case.step_date), ("Friendly reminder", self._day(10)))
        self._daily_run(self._day(11))
        self.assertEqual(case.decision_code, "too_soon", "The week for an answer begins when the letter leaves")

    def test_law_2_a_step_counts_only_when_its_call_is_made(self):
        case = self._warned_customer()
        for days in range(7, 30):
            self._daily_run(self._day(days))
        self.assertEqual(case.step_id.name, "Friendly reminder")
        self.assertEqual(len(case.activity_ids), 1, "One call is asked for, not one a day")
        self.assertEqual(case.decision_code, "activity_pending")
        with self._on(self._day(30)):
            case.activity_ids.with_user(self.collector).action_feedback(feedback="They will pay on Friday")
            self.env.invalidate_all()
            self.assertEqual((case.step_id.name, case.step_date), ("Call", self._day(30)))

    def test_law_2_somebody_elses_activity_is_no_step(self):
        case = self._warned_customer()
        self._daily_run(self._day(7))
        with self._on(self._day(7)):
            own = self._plan_by_hand(case, "grey_hat_collections.mail_activity_type_call")
            own.action_done()
            self.env.invalidate_all()
            self.assertEqual(case.pending_step_id.name, "Call")
            self.assertEqual(case.step_id.name, "Friendly reminder")

    def test_law_2_running_twice_is_running_once(self):
        case = self._overdue_customer()
        self._daily_run(MONDAY)
        once = self._picture(case)
        for _again in range(2):
            self._daily_run(MONDAY)
            self.assertEqual(self._picture(case), once)
        self._send(MONDAY)
        self.assertEqual(len(self._mails), 1)
        sent = self._picture(case)
        self._send(MONDAY)
        self._daily_run(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertEqual(self._picture(case), sent)

    def test_law_2_running_twice_on_the_day_of_a_call_asks_once(self):
        case = self._warned_customer()
        self._daily_run(self._day(7))
        case.sudo().run_date = False  # as if the first run had been killed before its last commit
        self._daily_run(self._day(7))
        self.assertEqual(len(case.activity_ids), 1)

    def _picture(self, case):
        self.env.invalidate_all()
        names = [
            name for name, field in case._fields.items() if field.store and name not in ("write_date", "write_uid")
        ]
        return case.read(names), case.letter_ids.read(), case.activity_ids.read(["summary", "date_deadline", "user_id"])

    # -- 3. The customer's side holds the clock ------------------------------------------------------------------

    def test_law_3_a_payment_under_way_stops_the_clock_and_says_so(self):
        with self._payments_without_entry():
            case = self._overdue_customer()
            self._daily_run(MONDAY)
            letter = case.letter_ids
            payment = self._customer_pays(case, day=MONDAY, clock="11:00")
            self.assertEqual(letter.state, "cancelled", "The reminder that waited is taken back at once")
            self.assertFalse(case.pending_step_id)
            for days in range(10):
                self._daily_run(self._day(days))
            self.assertEqual(case.state, "open")
            self.assertEqual(case.decision, "Waiting: a payment of $\xa0500.00 is under way.")
            self.assertEqual(len(case.letter_ids), 1)
            with self._on(self._day(10)):
                payment.action_cancel()
                self._settle_transaction()
            self._daily_run(self._day(10))
            self.assertEqual(case.pending_step_id.name, "Friendly reminder", "Bounced: the step that was never taken")

    def test_law_3_a_hold_stops_the_clock_to_its_last_day_and_a_day_longer(self):
        case = self._overdue_customer()
        until = self._day(14)
        with self._on(MONDAY):
            case.with_user(self.collector)._hold(until, "They move house")
        for days in range(15):
            self._daily_run(self._day(days))
            self.assertEqual((case.state, len(case.letter_ids)), ("hold", 0))
        self.assertEqual(case.decision, "On hold until March 16, 2026: They move house")
        self.assertEqual(case.next_action_date, self._day(15))

        self._daily_run(self._day(15))
        self.assertEqual((case.state, len(case.letter_ids)), ("open", 0), "A day for a look, and nothing is sent")
        self.assertEqual(
            case.decision,
            "Hold ended, please review: from tomorrow the next step is “Friendly reminder”.",
        )
        self._daily_run(self._day(16))
        self.assertEqual(case.letter_ids.step_id.name, "Friendly reminder")

    def test_law_3_a_hold_takes_back_what_waits(self):
        case = self._overdue_customer()
        self._daily_run(MONDAY)
        letter = case.letter_ids
        with self._on(MONDAY, "11:00"):
            case.with_user(self.collector)._hold(self._day(3), "Delivery is being looked for")
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertEqual((letter.state, letter.cancel_reason), ("cancelled", "On hold: Delivery is being looked for"))

    def test_law_3_a_paid_call_need_not_be_made(self):
        case = self._warned_customer()
        self._daily_run(self._day(7))
        self.assertTrue(case.activity_ids)
        with self._payments_without_entry(), self._on(self._day(7), "11:00"):
            self._customer_pays(case)
            self.assertFalse(case.activity_ids)
            self.assertEqual(case.stage_id.name, "Reminder", "The card is back where the last step left it")

    # -- 4. Nothing happens without a reason that a person can read ----------------------------------------------

    def test_law_4_every_day_has_its_sentence(self):
        case = self._overdue_customer(days=1)
        seen = set()
        for days in range(70):
            self._daily_run(self._day(days))
            seen.add(case.decision_code)
            self._assert_sentence(case)
            if days != 3:
                self._send(self._day(days))
            if days % 3 == 0:
                with self._on(self._day(days), "15:00"):
                    self._do_activities(case)
            self.env.invalidate_all()
            seen.add(case.decision_code)
            self._assert_sentence(case)
        self.assertLessEqual({"step_due", "not_yet_due", "too_soon", "activity_pending", "ladder_done"}, seen)

    def _assert_sentence(self, case):
        self.assertTrue(case.decision)
        self.assertNotIn("…", case.decision, "A word of the sentence is missing")
        self.assertNotIn("%(", case.decision)
        self.assertNotIn("“”", case.decision)

    def test_law_4_every_reason_has_a_sentence(self):
        sentences = self.Case._decision_sentences()
        self.assertEqual({reason.value for reason in escalation.Reason} - set(sentences), set())

    def test_law_4_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("de_DE")
        case = self._warned_customer()
        self.assertIn("March 9, 2026", case.with_context(lang="en_US").decision)
        self.assertIn("9. März 2026", case.with_context(lang="de_DE").decision)
        with self._payments_without_entry(), self._on(MONDAY, "15:00"):
            self._customer_pays(case)
            self.assertIn("500.00", case.with_context(lang="en_US").decision)
            self.assertIn("500,00", case.with_context(lang="de_DE").decision)

    # -- 5. Nobody is forgotten ----------------------------------------------------------------------------------

    def test_law_5_an_open_case_has_a_next_action_every_day(self):
        idle = self._overdue_customer("Idle", days=3)
        tiny = self._overdue_customer("Tiny", amount=1, days=3)
        silent = self._overdue_customer("Silent", days=3, collection_do_not_contact=True)
        lost = self._overdue_customer("Lost", days=3, email=False, street=False)
        orphan = self._overdue_customer("Orphan", days=3)
        orphan.sudo().policy_id = False
        self.standard.sudo().step_ids[0].min_amount = 5
        cases = idle | tiny | silent | lost | orphan
        for days in range(60):
            day = self._day(days)
            self._daily_run(day)
            self._send(day)
            for case in cases:
                self.assertTrue(case.next_action, case.partner_id.name)
                self.assertTrue(case.next_action_date, case.partner_id.name)
                if not case.activity_ids:
                    self.assertGreaterEqual(case.next_action_date, day, f"{case.partner_id.name}: {case.decision}")
        for case in cases:
            self.assertTrue(case.activity_ids, f"{case.partner_id.name}: a person is asked to look before long")
            types = case.activity_ids.activity_type_id
            self.assertEqual(len(case.activity_ids), len(types), f"{case.partner_id.name}: asked once, not every day")
        self.assertTrue(silent.decision.startswith("Not contacted: the customer asked us not to."))
        self.assertFalse((silent | tiny | orphan).letter_ids)

    def test_law_5_a_review_that_was_done_is_asked_for_again_in_time(self):
        case = self._overdue_customer(collection_do_not_contact=True)
        asked = []
        for days in range(60):
            self._daily_run(self._day(days))
            with self._on(self._day(days), "15:00"):
                if case.activity_ids:
                    asked.append(days)
                    case.activity_ids.with_user(self.collector).action_done()
        self.assertEqual(asked, [14, 28, 42, 56])
