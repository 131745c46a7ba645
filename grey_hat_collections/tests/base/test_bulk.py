from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.tests import tagged

from ...models.base import bulk as abstract_bulk
from ..common import MONDAY, CollectionCommon

#: What differs between two records that are alike.
OWN = {"id", "name", "display_name", "case_id", "step_id", "piece_ids"}


@tagged("post_install", "-at_install")
class TestBulk(CollectionCommon):
    """What the rules make and write by the hundred is as if each had been made and written alone."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(amount=500).sudo()
        self._freeze(MONDAY)
        self.letters = self.env["collection.letter"].sudo()

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _values(self, amount=500.0):
        return {
            "case_id": self.case.id,
            "partner_id": self.case.partner_id.id,
            "company_id": self.company.id,
            "kind": "reminder",
            "amount": amount,
        }

    def _queue(self, *values):
        delivery = self.case.partner_id._collection_delivery()
        return self.letters._queue(list(values), delivery, self.company.currency_id)

    # -- Made ----------------------------------------------------------------------------------------------------

    def test_a_letter_of_a_night_is_like_one_that_is_written_alone(self):
        alone = self.letters.create(self._values())
        together = self._queue(self._values(), self._values())
        self.env.flush_all()
        self.env.invalidate_all()
        names = [name for name in alone._fields if name not in OWN]
        (expected,) = alone.read(names)
        for told in together.read(names):
            self.assertEqual({**told, "id": 0}, {**expected, "id": 0})
        self.assertEqual(len({*together.mapped("name"), alone.name}), 3, "each has a number of its own")

    def test_the_order_is_kept(self):
        letters = self._queue(*(self._values(amount) for amount in (3, 1, 2)))
        self.assertEqual(letters.mapped("amount"), [3, 1, 2])

    def test_amounts_are_rounded_as_their_currency_is(self):
        letter = self._queue(self._values(0.1 + 0.2))
        self.env.cr.execute("SELECT amount::text FROM collection_letter WHERE id = %s", [letter.id])
        self.assertEqual(self.env.cr.fetchone(), ("0.30",))

    def test_a_list_that_was_read_before_knows_the_new_ones(self):
        self.assertFalse(self.case.letter_ids)
        letter = self._queue(self._values())
        self.assertEqual(self.case.letter_ids, letter)

    def test_a_new_letter_is_a_fact_of_its_case(self):
        self.case.next_decision_date = MONDAY + timedelta(days=20)
        self._queue(self._values())
        self.assertFalse(self.case.next_decision_date)

    def test_nothing_to_make(self):
        self.assertFalse(self.letters._bulk_create([], self.company.currency_id))

    def test_text_stays_what_it_is(self):
        said = 'O\'Neil \\ "quoted" {{ 1 + 1 }} %s \u202e \U0001f4b6'
        letter = self._queue({**self._values(), "cancel_reason": said})
        self.env.invalidate_all()
        self.assertEqual(letter.cancel_reason, said)

    # -- Written -------------------------------------------------------------------------------------------------

    def _both_ways(self):
        """In one statement, as of many; and by the ORM, as of a few."""
        for at_once in (0, 10):
            with self.subTest(at_once=at_once), patch.object(abstract_bulk, "FLUSH_LIMIT", at_once):
                yield

    def test_what_is_written_is_read_at_once_and_after(self):
        details = {"amount": "12.50", "text": "it's"}
        told = {
            "amount_chased": 12.5,
            "decision_code": "below_minimum",
            "decision_details": details,
            "next_step_id": self.standard.step_ids[:0],
            "next_action_date": MONDAY,
            "next_decision_date": False,
            "priority_score": 40,
        }
        stored = told | {"amount_chased": Decimal("12.50"), "next_step_id": False, "next_decision_date": None}
        for _way in self._both_ways():
            self.case.write(
                {"next_step_id": self.standard.step_ids[:1].id, "next_decision_date": MONDAY, "priority_score": 1}
            )
            self.case._bulk_write(tuple(stored), {self.case.id: tuple(stored.values())}, self.company.currency_id)
            for _reading in range(2):
                self.assertEqual({name: self.case[name] for name in told}, told)
                self.env.flush_all()
                self.env.invalidate_all()
            self.env.cr.execute("SELECT amount_chased::text FROM collection_case WHERE id = %s", [self.case.id])
            self.assertEqual(self.env.cr.fetchone(), ("12.50",))

    def test_what_was_about_to_be_written_is_not_lost(self):
        for _way in self._both_ways():
            self.case.write({"hold_reason": False, "priority_score": 0})
            self.env.flush_all()
            self.case.hold_reason = "Strike"
            self.case.priority_score = 7
            self.case._bulk_write(("priority_score",), {self.case.id: (9,)})
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual((self.case.hold_reason, self.case.priority_score), ("Strike", 9))

    def test_who_wrote_it_and_when(self):
        for hour, _way in enumerate(self._both_ways(), start=11):
            with self._on(MONDAY, f"{hour}:00"):
                self.case.with_user(self.manager).sudo()._bulk_write(("priority_score",), {self.case.id: (hour,)})
                self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual((self.case.write_uid, self.case.write_date.hour), (self.manager, hour))

    def test_a_few_are_written_once_with_all_else_that_is_written_about_them(self):
        """Written twice in a transaction, the row would have to wait for whoever holds the customer."""
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.case._bulk_write(("priority_score",), {self.case.id: (9,)})
            self.case._bulk_write(("next_decision_date",), {self.case.id: (MONDAY,)})
            self.case.hold_reason = "Strike"
            self.env.flush_all()

    def test_nothing_to_write(self):
        with self.assertQueryCount(0):
            self.case._bulk_write(("priority_score",), {})
