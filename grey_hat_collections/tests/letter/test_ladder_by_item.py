from datetime import timedelta

from odoo.tests import Form, tagged

from ..common import MONDAY, CollectionCommon

#: Day 1, the first on which the first invoice is late: a Wednesday.
FIRST_DAY = MONDAY + timedelta(days=2)

#: Which steps name the second invoice, and when, whatever becomes of the first.
OF_SECOND = [
    ("Friendly reminder", 28),
    ("Call", 35),
    ("Second reminder with statement", 42),
    ("Second call", 49),
    ("Final notice", 56),
    ("Last call", 63),
]


@tagged("post_install", "-at_install")
class TestLadderByItem(CollectionCommon):
    """Each invoice climbs the ladder *Standard* by itself. Acme owes 500.00, due on day 0, and 300.00, due on day 20."""

    def _begin(self):
        super()._begin()
        self.company.collection_silent_attempts = 0  # how silence hurries has tests of its own
        self.acme = self._customer()
        with self._on(self._nth(-15)):
            self.first = self._items(self._invoice(self.acme, 500, self._nth(0)))
            self.second = self._items(self._invoice(self.acme, 300, self._nth(20)))

    def _nth(self, number):
        return FIRST_DAY + timedelta(days=number - 1)

    def _live_until(self, last, first=1):
        """The days until ``last``, counted from the due date of the first invoice: letters leave, calls are made."""
        if first == 1:
            self._daily_run(self._nth(1))
        case, offset = self._case(self.acme), (FIRST_DAY - MONDAY).days - 1
        self._live(case, first + offset, last + offset)
        return case

    def _steps_of(self, item):
        """Which steps have named an item, and on which day."""
        self.env.invalidate_all()
        marks = self.env["collection.mark"].search([("item_id", "=", item.id)], order="id")
        return [(mark.step_id.name, (mark.date - self._nth(0)).days) for mark in marks]

    def test_each_invoice_is_warned_by_its_own_days(self):
        self._live_until(63)
        self.assertEqual(
            self._steps_of(self.first)[:6],
            [
                ("Friendly reminder", 1),
                ("Call", 8),
                ("Second reminder with statement", 15),
                ("Second call", 22),
                ("Final notice", 30),
                ("Last call", 37),
            ],
        )
        self.assertEqual(self._steps_of(self.second), OF_SECOND)

    def test_once_the_first_is_paid_the_second_goes_on_by_its_own_days(self):
        case = self._live_until(32)
        self.assertEqual(case.step_id.letter_kind, "final_notice")
        with self._on(self._nth(32), "16:00"):
            self._pay(self.first.move_id, 500)
            self._settle_transaction()
        self.assertEqual((case.step_id.name, case.amount_chased), ("Friendly reminder", 300))
        self._live_until(63, first=33)
        self.assertEqual(self._steps_of(self.second), OF_SECOND)

    def test_a_review_in_the_house_keeps_nobody_waiting(self):
        """The manager has not answered about the first invoice; the second is called about all the same."""
        review = self.env.ref("grey_hat_collections.mail_activity_type_agency_review")
        for number in range(1, 57):
            self._daily_run(self._nth(number))
            self._send(self._nth(number))
            case = self._case(self.acme)
            with self._on(self._nth(number), "15:00"):
                if case.pending_step_id and case.pending_step_id._is_last_call():
                    self._do_activities(case)
                asked = case.activity_ids.filtered(lambda one: one.activity_type_id != review)
                asked.with_user(self.collector).action_done()
        self.assertEqual(self._steps_of(self.first)[-1], ("Last call", 37))
        self.assertEqual(self._steps_of(self.second)[-1], ("Final notice", 56))
        with self._on(self._nth(56), "16:00"):
            case.activity_ids.filtered(lambda one: one.activity_type_id == review).with_user(self.manager).action_done()
        self.assertEqual(self._steps_of(self.first)[-1], ("Agency review", 56))
        self.assertEqual(len(case.letter_ids.filtered(lambda letter: letter.kind == "final_notice")), 2)

    def test_what_has_just_fallen_due_gets_its_own_letter_at_once_where_the_house_wants_it(self):
        self.company.collection_wait_days = 0
        self._live_until(22)
        self.assertEqual(self._steps_of(self.second), [("Friendly reminder", 21)])

    def test_silence_ends_when_all_that_the_last_word_was_about_is_paid(self):
        self.company.write({"collection_silent_attempts": 3, "collection_silent_days": 7})
        case = self._live_until(28)
        self.assertTrue(case.is_silent)
        self.assertEqual(self._steps_of(self.second)[-1], ("Friendly reminder", 28))
        with self._on(self._nth(28), "16:00"):
            self._pay(self.second.move_id, 300)
            self._settle_transaction()
        self.assertTrue(case.is_silent, "the ledger says so in the night")
        self._daily_run(self._nth(29))
        self.assertEqual((case.is_silent, case.unanswered_count), (False, 0))

    def test_a_call_about_one_invoice_is_no_call_about_the_other(self):
        with self._on(self._nth(-15)):
            third = self._items(self._invoice(self.acme, 200, self._nth(0)))
        case = self._live_until(7)
        self.assertEqual(self._steps_of(third), [("Friendly reminder", 1)])
        self._daily_run(self._nth(8))
        with self._on(self._nth(8), "10:00"):
            action = case.activity_ids.with_user(self.collector).action_log_contact()
            dialog = Form(self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"]))
            dialog.outcome = "no_answer"
            dialog.invoice_ids.add(self.first.move_id)
            dialog.save().action_log()
        self.assertEqual(self._steps_of(self.first)[-1], ("Call", 8))
        self.assertEqual(self._steps_of(third)[-1], ("Friendly reminder", 1))
        self._daily_run(self._nth(9))
        self.assertEqual((case.pending_step_id.name, case.step_id.name), ("Call", "Call"))
        with self._on(self._nth(9), "10:00"):
            case.activity_ids.with_user(self.collector).action_done()
        self.assertEqual(self._steps_of(third)[-1], ("Call", 9))
        self.assertEqual(self._steps_of(self.first)[-1], ("Call", 8), "it is called about once")

    def test_a_notice_that_bounces_takes_along_what_it_named_and_nothing_else(self):
        case = self._live_until(56)
        letter = case.letter_ids.sorted("id")[-1]
        self.assertEqual((letter.kind, letter.amount), ("final_notice", 300))
        first = self._steps_of(self.first)
        with self._on(self._nth(57), "09:00"):
            letter.sudo()._note_returned({letter.address_used})
        self.assertEqual(self._steps_of(self.first), first)
        self.assertEqual(self._steps_of(self.second)[-1], ("Second call", 49))
        self.assertEqual((case.pending_letter_id, case.pending_step_id.letter_kind), (letter, "final_notice"))
        self.assertEqual(case.step_id.name, first[-1][0], "the first invoice stands where it stood")
        with self._on(self._nth(57), "10:00"):
            letter.with_user(self.collector).action_retry()
        self._send(self._nth(57))
        self.assertEqual(self._steps_of(self.second)[-1], ("Final notice", 57))
        self.assertEqual(self._steps_of(self.first), first)

    def test_what_is_wrong_with_one_invoice_holds_no_letter_about_the_other(self):
        """The second invoice was never sent. Its reminder waits until it was, also while the next of the first is a call."""
        self.company.write({"collection_sent_since": "2026-01-01", "collection_accountant_id": self.accountant.id})
        self.first.move_id.is_move_sent = True
        self._live_with_calls(1, 31)
        self.assertEqual(self._steps_of(self.first)[-1], ("Final notice", 30))
        self.assertEqual(self._steps_of(self.second), [])
        self.second.move_id.is_move_sent = True
        self._live_with_calls(32, 34)
        self.assertEqual(self._steps_of(self.second), [("Friendly reminder", 34)], "after the weekend")

    def _live_with_calls(self, first, last):
        """The collector calls; what others are asked to do is left."""
        for number in range(first, last + 1):
            self._daily_run(self._nth(number))
            self._send(self._nth(number))
            with self._on(self._nth(number), "15:00"):
                calls = self._case(self.acme).activity_ids.filtered(lambda one: one.user_id == self.collector)
                calls.with_user(self.collector).action_done()
