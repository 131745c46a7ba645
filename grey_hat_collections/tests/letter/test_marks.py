from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..agency.agency_common import AgencyMaker
from ..common import MONDAY, CollectionCommon, days_ago


@tagged("post_install", "-at_install")
class TestMarks(AgencyMaker, CollectionCommon):
    """Which step has named which item. Acme owes 500.00, ten days past due on Monday; on Wednesday another 300.00 fall due."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer()
        self.first = self._items(self.case.partner_id.invoice_ids)
        with self._on(days_ago(5)):
            invoice = self._invoice(self.case.partner_id, 300, self._day(2))
        self.second = self._items(invoice)

    def _marks(self, item):
        """The marks of an item: step, cycle, day."""
        self.env.invalidate_all()
        marks = self.env["collection.mark"].search([("item_id", "=", item.id)], order="id")
        return [(mark.step_id.name or "", mark.cycle, (mark.date - MONDAY).days) for mark in marks]

    def _second_is_due_on(self, day):
        """The second invoice falls due on another day, so that it is asked for from the next day on."""
        move = self.second.move_id
        with self._on(days_ago(4)):
            move.button_draft()
            move.invoice_date_due = self._day(day)
            move.action_post()
            self._settle_transaction()
        self.second = self._items(move)

    def _warn(self):
        self._daily_run(MONDAY)
        self._send(MONDAY)

    def _call(self, day):
        """The call of the ladder is asked for and made on this day."""
        self._daily_run(day)
        with self._on(day, "15:00"):
            self.case.activity_ids.with_user(self.collector).action_done()

    def test_a_letter_names_what_it_asks_for(self):
        self._warn()
        letter = self.case.letter_ids
        line = letter.line_ids
        self.assertEqual(
            (line.item_id, line.name, line.date_due, line.amount, line.step_id),
            (self.first, self.first.move_name, days_ago(10), 500, letter.step_id),
        )
        self.assertEqual(self._marks(self.first), [("Friendly reminder", 1, 0)])
        self.assertEqual(self._marks(self.second), [], "not due yet, it was not asked for")

    def test_what_falls_due_later_is_not_named_by_a_step_whose_predecessors_did_not(self):
        self._warn()
        self._call(self._day(7))
        self.assertEqual(self._marks(self.first), [("Friendly reminder", 1, 0), ("Call", 1, 7)])
        self.assertEqual(self._marks(self.second), [], "a call is no first reminder")
        self._daily_run(self._day(14))
        self._send(self._day(14))
        self.assertEqual(self._marks(self.first)[-1], ("Second reminder with statement", 1, 14))
        self.assertEqual(self._marks(self.second), [("Friendly reminder", 1, 14)], "it goes along for its own step")
        self.assertEqual(
            self.case.letter_ids.sorted("id")[-1].line_ids.mapped(lambda line: (line.amount, line.step_id.name)),
            [(500, "Second reminder with statement"), (300, "Friendly reminder")],
        )

    def test_a_letter_that_did_not_arrive_takes_its_marks_along(self):
        self._warn()
        with self._on(self._day(1)):
            self.case.letter_ids.sudo()._note_returned({self.case.letter_ids.address_used})
        self.assertEqual(self._marks(self.first), [])
        with self._on(self._day(1)):
            self.case.letter_ids.with_user(self.collector).action_retry()
        self._send(self._day(1))
        self.assertEqual(self._marks(self.first), [("Friendly reminder", 1, 1)])
        self.assertEqual(len(self.case.letter_ids.line_ids), 1)

    def test_a_letter_that_never_left_marks_nothing(self):
        self._daily_run(MONDAY)
        with self._on(MONDAY, "09:00"):
            self.case.letter_ids.with_user(self.collector).action_cancel()
        self.assertEqual(self._marks(self.first), [])

    def test_a_card_moved_back_begins_a_cycle(self):
        self._second_is_due_on(14)
        self._warn()
        self._call(self._day(7))
        self._daily_run(self._day(14))
        self._send(self._day(14))
        self._daily_run(self._day(15))
        with self._on(self._day(15), "10:00"):
            self.case.with_user(self.collector).stage_id = self.env.ref("grey_hat_collections.stage_reminder")
        self.assertEqual(self.case.amount_chased, 800)
        self.assertEqual(self._marks(self.first)[-1], ("Friendly reminder", 2, 15))
        self._call(self._day(22))
        self.assertEqual(self._marks(self.first)[-1], ("Call", 2, 22), "what was above stopped counting")
        self.assertEqual(self._marks(self.second), [], "what was never named has no cycle to begin")

    def test_another_ladder_maps_each_item(self):
        self._warn()
        with self._on(self._day(1), "10:00"):
            self.case.with_user(self.manager).policy_id = self.gentle
        reached = self.gentle._place_of(self.standard.step_ids[0])
        self.assertEqual(self._marks(self.first)[-1], (reached.name or "", 2, 0), "so long ago as before")
        latest = self.env["collection.mark"]._latest(self.first.ids)[self.first.id]
        self.assertEqual(latest[0], reached.id or None)

    def test_a_mark_dies_with_its_item(self):
        self._warn()
        move = self.first.move_id
        with self._on(self._day(1)):
            move.button_draft()
            move.with_context(force_delete=True).unlink()
        self.env.flush_all()
        self.env["collection.mark"]._gc_of_deleted_items()
        self.assertEqual(self._marks(self.first), [])
        line = self.case.letter_ids.line_ids
        self.assertEqual((bool(line.item_id), line.amount), (False, 500), "what the letter said stays")

    def test_a_courtesy_reminder_marks_nothing(self):
        self.company.collection_courtesy_days = 2
        with self._on(days_ago(5)):
            item = self._items(self._invoice(self._customer("Tidy"), 300, self._day(2)))
        self._daily_run(MONDAY)
        self._send(MONDAY)
        courtesy = self.env["collection.letter"].search([("kind", "=", "courtesy")])
        self.assertEqual(courtesy.line_ids.mapped(lambda line: (line.item_id, line.step_id.ids)), [(item, [])])
        self.assertEqual(self._marks(item), [])

    def test_once_what_was_named_is_paid_the_rest_begins_at_its_own_place(self):
        """The first invoice had a final notice and is paid; of the second no letter has ever said a word."""
        self._second_is_due_on(31)
        self._live(32)
        self.assertEqual(self.case.step_id.letter_kind, "final_notice")
        self.assertTrue(self.case._is_noticed())
        with self._on(self._day(35), "10:00"):
            self._pay(self.first.move_id, 500)
            self._settle_transaction()
        self.assertEqual((self.case.state, self.case.amount_chased), ("open", 300))
        self.assertEqual((self.case.step_id.name, self.case.stage_id.kind), (False, "normal"))
        self.assertFalse(self.case._is_noticed(), "nobody was warned about what is left")
        self.assertEqual((self.case.released_on, self.case.unanswered_count), (self._day(35), 0))
        self._live(37, first=36)
        letter = self.case.letter_ids.sorted("id")[-1]
        self.assertEqual((letter.kind, letter.line_ids.mapped("item_id")), ("reminder", self.second))
        self.assertEqual(self._marks(self.second)[0][:2], ("Friendly reminder", 1))
        facts = self.case._referral_facts()
        self.assertIsNone(facts[self.case.id].notice_posted_on)

    def test_only_what_a_final_notice_has_named_goes_to_an_agency_by_itself(self):
        self._agency()
        self._second_is_due_on(31)
        self._live(32)
        self.assertEqual(self.case.amount_chased, 800)
        with self._on(self._day(33), "10:00"):
            dialog = Form(
                self.env["collection.refer"].with_user(self.manager).with_context(default_case_id=self.case.id)
            )
            self.assertEqual(
                [(row["take"], row["named"]) for row in dialog.item_ids._records], [(True, True), (False, False)]
            )
            with dialog.item_ids.edit(1) as row:
                row.take = True
            self.assertIn(
                f"{self.second.move_name} is not included in any final notice.",
                [row["sentence"] for row in dialog.point_ids._records],
            )
            for place in range(len(dialog.point_ids)):
                with dialog.point_ids.edit(place) as row:
                    if "is not included in any final notice" not in row.sentence:
                        row.reason = "As agreed"
            with self.assertRaisesRegex(UserError, "is not included in any final notice"):
                dialog.save().action_refer()
            with dialog.point_ids.edit(len(dialog.point_ids) - 1) as row:
                row.reason = "They said that they pay nothing"
            dialog.save().action_save_draft()
        referral = self.case.referral_ids
        self.assertEqual(referral.line_ids.item_id, self.first | self.second)
        self.assertIn("They said that they pay nothing", referral.override_ids.mapped("reason"))

    def test_paid_in_part_it_stays_where_it_is(self):
        self._live(14)
        step = self.case.step_id
        with self._on(self._day(15), "10:00"):
            self._pay(self.first.move_id, 100)
            self._settle_transaction()
        self.assertEqual(self.case.step_id, step)

    def test_what_is_promised_or_under_way_keeps_its_place(self):
        self._live(14)
        step = self.case.step_id
        with self._on(self._day(15), "10:00"):
            self.env["collection.promise"].with_user(self.collector).create(
                {"case_id": self.case.id, "amount": 500, "date_promised": self._day(20)}
            )
            self._settle_transaction()
        self._daily_run(self._day(16))
        self.assertEqual(self.case.step_id, step)

    def _live(self, last, first=0):
        """Each day until ``last`` runs, letters leave, and calls are made in the afternoon."""
        for day in range(first, last + 1):
            self._daily_run(self._day(day))
            self._send(self._day(day))
            with self._on(self._day(day), "15:00"):
                self.case.activity_ids.with_user(self.collector).action_done()

    def test_an_upgrade_finds_the_letter_under_way(self):
        self._daily_run(MONDAY)
        letter = self.case.pending_letter_id
        self.assertEqual(letter, self.case.letter_ids)
        self.env.cr.execute("UPDATE collection_case SET pending_letter_id = NULL")
        self.env.invalidate_all()
        self._upgrade("19.0.1.5.0", "post-letters", "19.0.1.4.0")
        self.assertEqual(self.case.pending_letter_id, letter)
        self._send(MONDAY)
        self.assertEqual(self._marks(self.first), [("Friendly reminder", 1, 0)])

    def test_an_upgrade_marks_what_was_open_and_overdue_when_a_letter_left(self):
        self._warn()
        self._call(self._day(7))
        self._daily_run(self._day(14))
        self._send(self._day(14))
        self._call(self._day(21))
        self.assertEqual(len(self._marks(self.first)), 4)
        with self._on(self._day(25)):
            late = self._items(self._invoice(self.case.partner_id, 70, days_ago(30)))
            self._settle_transaction()
        self.env["collection.mark"].search([]).sudo().unlink()
        with self._on(self._day(26)):
            self._upgrade("19.0.1.5.0", "post-marks", "19.0.1.4.0")
        steps = [name for name, _cycle, _day in self._marks(self.first)]
        self.assertEqual(steps, self.standard.step_ids[:4].mapped("name"))
        self.assertEqual([day for _name, _cycle, day in self._marks(self.first)], [0, 14, 14, 21])
        self.assertEqual(self._marks(self.second), [], "no first reminder has named it")
        self.assertEqual(self._marks(late), [], "it was entered when all of that was over")

    def test_nobody_makes_marks_but_the_rules(self):
        self._warn()
        values = {"case_id": self.case.id, "item_id": self.second.id, "date": MONDAY}
        for user in (self.collector, self.manager):
            with self.assertRaises(AccessError):
                self.env["collection.mark"].with_user(user).create(values)
            with self.assertRaises(AccessError):
                self.case.letter_ids.line_ids.with_user(user).amount = 1

    def test_the_facts_of_each_item_are_read_in_one_query(self):
        self._warn()
        items = [*self.first.ids, *self.second.ids]
        marks = self.env["collection.mark"]
        standing = (self.standard.step_ids[0].id, MONDAY, 1, False)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertEqual(marks._latest(items), {self.first.id: standing})
