from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import days_ago
from .log_contact_common import CALL_DAY, LogContactCommon


@tagged("post_install", "-at_install")
class TestDesk(LogContactCommon):
    """The call screen: what the call is about is ticked, one call may bring several things, and the last word is in sight."""

    def _two_items(self):
        """Acme owes another 120.00, overdue as well."""
        self._invoice(self.acme, 120, days_ago(5))
        self._settle_transaction()
        self.env.invalidate_all()
        return self.case.open_item_ids.sorted("amount_residual")

    # -- What the call is about ------------------------------------------------------------------------------------

    def test_what_is_ticked_is_what_is_promised(self):
        small, large = self._two_items()
        dialog = self._dialog()
        dialog.about_ids.add(small)
        dialog.outcome = "promised"
        self.assertEqual((dialog.item_ids[:], dialog.amount), (small, 120))
        dialog.about_ids.add(large)
        self.assertEqual((len(dialog.item_ids), dialog.amount), (2, 620))

    def test_nothing_is_preselected_for_copies_but_what_is_ticked(self):
        small, _large = self._two_items()
        dialog = self._dialog()
        dialog.outcome = "asks_copies"
        self.assertFalse(dialog.copy_ids)
        dialog.about_ids.add(small)
        self.assertEqual(dialog.copy_ids[:], small.move_id)

    def test_the_only_overdue_invoice_is_the_one_of_which_copies_are_wanted(self):
        dialog = self._dialog()
        dialog.outcome = "asks_copies"
        self.assertEqual(dialog.copy_ids[:], self.case.open_item_ids.move_id)

    def test_copies_without_an_invoice_are_refused_before_anything_is_recorded(self):
        self._two_items()
        dialog = self.env["collection.log.contact"].with_user(self.collector)
        log = dialog.create({"case_id": self.case.id, "outcome": "reached", "also_copies": True})
        with self.assertRaisesRegex(UserError, "Choose the invoices"):
            log.action_log()
        self.assertFalse(self.case.note_ids)

    # -- One call, several outcomes --------------------------------------------------------------------------------

    def _large(self):
        """Beta Works owes one invoice of 1,260.00, overdue for 13 days."""
        return self._overdue_customer("Beta Works", days=13, amount=1260)

    def test_a_part_is_disputed_and_the_rest_is_promised_in_one_call(self):
        case = self._large()
        item = case.open_item_ids
        dialog = self._dialog(case)
        dialog.about_ids.add(item)
        dialog.outcome = "disputes"
        dialog.dispute_kind = "quantity"
        dialog.dispute = "Two of seven boxes were missing"
        dialog.disputed_amount = 360
        dialog.also_promised = True
        self.assertEqual(dialog.amount, 900, "What is not disputed")
        dialog.date_promised = CALL_DAY.replace(day=20)
        dialog.save().action_log()
        self.env.invalidate_all()
        self.assertEqual(len(case.note_ids), 1, "One call, one contact of the budget")
        self.assertRecordValues(case.dispute_ids.line_ids, [{"item_id": item.id, "amount": 360}])
        self.assertRecordValues(case.promise_ids, [{"amount": 900, "note_id": case.note_ids.id}])
        self.assertEqual((case.amount_chased, case.amount_disputed, case.amount_promised), (0, 360, 900))
        self.assertEqual(item.collection_parts, "$\xa0360.00 disputed, $\xa0900.00 promised for Mar 20")
        self.assertTrue(case.has_parts)
        [statement] = self.env["collection.statement"]._statements([(case.partner_id, self.company)])
        [row] = statement["sections"][0]["rows"]
        self.assertEqual(
            row["parts"],
            [{"state": "disputed", "amount": "360.00"}, {"state": "promised", "amount": "900.00"}],
            "The statement says the same as the screen",
        )

    def test_an_item_of_one_piece_has_no_parts(self):
        self.assertFalse(self.case.open_item_ids.collection_parts)
        self.assertFalse(self.case.has_parts)

    def test_a_refusal_with_copies_asks_the_manager_and_sends_them(self):
        self.acme.email = "pat@acme.example"
        self._log("refuses", also_copies=True)
        self.assertEqual(self.case.note_ids.invoice_ids, self.case.open_item_ids.move_id)
        self.assertTrue(self._asked("review"))

    # -- Somebody new ----------------------------------------------------------------------------------------------

    def test_a_new_person_is_made_by_choice_when_the_contact_is_saved(self):
        dialog = self._dialog()
        dialog.outcome = "reached"
        dialog.adds_person = True
        self.assertFalse(dialog.contact_phone, "The number is not that of somebody else")
        dialog.new_person = "Petra Bergmann"
        dialog.contact_phone = "+1 555 0199"
        dialog.contact_payable = True
        record = dialog.save()
        self.assertFalse(self.acme.child_ids, "Nobody is made before the contact is logged")
        record.action_log()
        self.assertRecordValues(
            self.acme.child_ids,
            [{"name": "Petra Bergmann", "phone": "+1 555 0199", "type": "accounts_payable"}],
        )
        self.assertEqual(self.case.note_ids.contact_id, self.acme.child_ids)

    def test_a_new_person_needs_a_name(self):
        log = self.env["collection.log.contact"].with_user(self.collector)
        record = log.create({"case_id": self.case.id, "outcome": "reached", "adds_person": True, "new_person": " "})
        with self.assertRaisesRegex(UserError, "Someone New"):
            record.action_log()
        self.assertFalse(self.acme.child_ids)

    def test_copies_go_where_they_were_to_go_although_somebody_new_was_spoken_with(self):
        self.acme.email = "pat@acme.example"
        dialog = self._dialog()
        dialog.outcome = "asks_copies"
        dialog.adds_person = True
        dialog.new_person = "Petra Bergmann"
        record = dialog.save()
        record.action_log()
        self.assertEqual(record.copies_to_id, self.acme)

    def test_a_callback_has_a_day_from_the_start(self):
        dialog = self._dialog()
        dialog.outcome = "callback"
        self.assertEqual(dialog.next_date, self.company._collection_working_day(1))

    def test_a_call_that_is_due_is_not_put_off_by_the_next_day_allowed(self):
        self.company.collection_rest_days = 7
        self.case.sudo().last_reply_date = CALL_DAY
        self.assertEqual(self.case.contact_moment, "Now, with the call that is due")
        self.call.sudo().unlink()
        self.env.invalidate_all()
        self.assertEqual(self.case.contact_moment, "Wed, Mar 18")

    def test_the_oldest_item_is_in_sight_although_it_is_promised(self):
        self._invoice(self.acme, 120, days_ago(60))
        self._settle_transaction()
        old = self.case.open_item_ids.sorted("collection_days_overdue")[-1:]
        self._log("promised", item_ids=old, amount=120)
        self.assertEqual((self.case.days_overdue, self.case.days_oldest), (19, 69))

    # -- The last word, and the day's work -------------------------------------------------------------------------

    def test_the_last_word_is_in_sight(self):
        self.assertFalse(self.case.last_note_head)
        self._log("left_message", note="Rang twice")
        self._freeze(CALL_DAY, "11:00")
        note = self._log("reached", note="They pay on Friday")
        self.assertEqual(self.case.last_note_id, note)
        self.assertEqual(self.case.last_note_words, "They pay on Friday")
        self.assertEqual(self.case.last_note_head, f"Wed, Mar 11 · {self.collector.name} · Reached")
        note.active = False
        self.assertEqual(self.case.last_note_words, "Rang twice", "What was archived was not said")

    def test_what_was_achieved_today(self):
        cases = self.env["collection.case"].with_user(self.collector)
        self.assertNotIn("Today", cases.achieved_today())
        self._log("promised", amount=300)
        self._log("reached", case=self._large())
        self.assertIn("2 contacts logged, 1 promise ($\xa0300.00)", cases.achieved_today())
        theirs = self.env["collection.case"].with_user(self.manager).achieved_today()
        self.assertNotIn("contacts logged", theirs)

    def test_my_day_says_how_many_are_left(self):
        cases = self.env["collection.case"].with_user(self.collector)
        left = cases.search_count(cases._domain_my_day())
        self.assertEqual(left, 1)
        self.assertIn("1 case is left in My Day.", cases.achieved_today())

    def test_ticked_items_of_another_customer_are_refused(self):
        other = self._large().open_item_ids
        log = self.env["collection.log.contact"].with_user(self.collector)
        record = log.create({"case_id": self.case.id, "outcome": "promised", "about_ids": [Command.set(other.ids)]})
        with self.assertRaises(UserError):
            record.action_log()
        self.assertFalse(self.case.promise_ids)

    def test_items_are_picked_by_number_day_and_amount_the_oldest_first(self):
        self._two_items()
        lines = self.env["account.move.line"].with_user(self.collector).with_context(collection_pick=True)
        found = [name for _id, name in lines.name_search("", [("id", "in", self.case.open_item_ids.ids)])]
        first, second = self.case.open_item_ids.sorted("date_maturity")
        self.assertEqual(
            found,
            [f"{first.move_id.name} · Feb 20 · $\xa0500.00", f"{second.move_id.name} · Feb 25 · $\xa0120.00"],
        )
        self.assertEqual(
            lines.name_search(second.move_id.name, [("id", "in", self.case.open_item_ids.ids)])[0][0], second.id
        )

    # -- What was logged by mistake ----------------------------------------------------------------------------------

    def test_what_follows_from_a_wrong_log_is_withdrawn_with_it(self):
        case = self._large()
        dialog = self._dialog(case)
        dialog.about_ids.add(case.open_item_ids)
        dialog.outcome = "disputes"
        dialog.dispute_kind = "quantity"
        dialog.dispute = "Two boxes were missing"
        dialog.disputed_amount = 360
        dialog.also_promised = True
        dialog.save().action_log()
        self.env.invalidate_all()
        note = case.note_ids
        note.with_user(self.collector).action_take_back()
        self.env.invalidate_all()
        self.assertEqual(case.promise_ids.state, "withdrawn")
        self.assertEqual(case.dispute_ids.state, "withdrawn")
        self.assertFalse(note.active)
        self.assertEqual((case.amount_chased, case.unanswered_count), (1260, 0))

    def test_the_call_that_was_planned_goes_with_the_note(self):
        note = self._log("callback")
        self.assertTrue(self._asked("callback"))
        note.with_user(self.collector).action_take_back()
        self.env.invalidate_all()
        self.assertFalse(self._asked("callback"))

    def test_nobody_takes_back_the_note_of_a_colleague(self):
        note = self._log("callback")
        other = new_test_user(
            self.env,
            "other_collector",
            "grey_hat_collections.group_collector",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            note.with_user(other).action_take_back()
        self.assertTrue(self._asked("callback"))

    # -- An hour that was agreed on ----------------------------------------------------------------------------------

    def test_a_callback_with_an_hour_reminds_of_it_once(self):
        self.collector.tz = "Europe/Berlin"
        self._log("callback", next_date=CALL_DAY, next_time=14.5)
        call = self._asked("callback").sudo()
        self.assertIn("2:30", call.summary)
        self.assertEqual(str(call.collection_call_at), f"{CALL_DAY} 13:30:00")
        sent = []
        users = type(self.collector)
        with patch.object(users, "_bus_send", lambda user, *message, **_more: sent.append((user, message))):
            self._freeze(CALL_DAY, "13:29")
            self.env["mail.activity"]._cron_remind_of_calls()
            self.assertFalse(sent, "Not before the hour")
            self._freeze(CALL_DAY, "13:31")
            self.env["mail.activity"]._cron_remind_of_calls()
            self.env["mail.activity"]._cron_remind_of_calls()
        self.assertEqual([user for user, _message in sent], [self.collector])
        self.assertEqual(sent[0][1][1]["title"], "Call Acme now")

    def test_a_call_that_was_put_off_has_no_hour(self):
        self._log("callback", next_date=CALL_DAY, next_time=14.5)
        call = self._asked("callback")
        call.with_user(self.collector).date_deadline = self.company._collection_working_day(3)
        sent = []
        with patch.object(type(self.collector), "_bus_send", lambda user, *message, **_more: sent.append(user)):
            self._freeze(CALL_DAY, "23:00")
            self.env["mail.activity"]._cron_remind_of_calls()
        self.assertFalse(sent)
        self.assertFalse(call.sudo().collection_call_at)

    def test_an_hour_that_is_none_is_refused(self):
        with self.assertRaisesRegex(UserError, "between 00:00 and 23:59"):
            self._log("callback", next_date=CALL_DAY, next_time=25)
        self.assertFalse(self.case.note_ids)
