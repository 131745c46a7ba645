from odoo.tests import tagged
from odoo.tools import SQL

from ..common import MONDAY, CollectionCommon, days_ago
from ..dispute.dispute_common import DisputeCommon

#: Unique indexes of ours with a customer in them: what merging two customers must not violate.
UNIQUE_WITH_CUSTOMER = {
    "collection_agency_contact_rel_pkey",  # Odoo merges what links two records
    "collection_case_unique_open_case",
    "collection_letter_unique_reference",
}


class OneCaseCommon(CollectionCommon):
    """Items go from one customer to another, by whichever way."""

    def _becomes_contact(self, partner, parent):
        partner.write({"is_company": False, "parent_id": parent.id})

    def _merge(self, source, target):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((source | target).ids, target)

    def _at_nine(self, change, *args, day=MONDAY):
        """Somebody changes the card at nine, in a transaction of its own."""
        with self._on(day, "09:00"):
            change(*args)
            self._settle_transaction()
        self.env.invalidate_all()

    def _open(self, *partners):
        """The open cases of these customers as (customer, to ask for)."""
        cases = self.Case.search([("partner_id", "in", [one.id for one in partners]), ("state", "!=", "closed")])
        return [(case.partner_id, case.amount_chased) for case in cases]

    def _reminders(self, *partners):
        domain = [("partner_id", "in", [one.id for one in partners]), ("state", "=", "sent")]
        return self.env["collection.letter"].search(domain)


@tagged("post_install", "-at_install")
class TestOneCase(OneCaseCommon):
    """One customer, one case, whatever moves an item between customers. The story begins on Monday, 2 March 2026."""

    def test_a_customer_becomes_a_contact_while_its_letter_waits(self):
        group = self._customer("Group")
        case, letter = self._reminded_customer("Part", amount=100)
        part = case.partner_id
        self._at_nine(self._becomes_contact, part, group)
        self.assertEqual(self._open(group, part), [(group, 100)])
        self.assertEqual((case.state, case.thanks_due, letter.state), ("closed", False, "cancelled"))
        self.assertIn("Group", letter.cancel_reason)
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self._daily_run(self._day(1))
        self._send(self._day(1))
        self.assertEqual(self._reminders(group, part).mapped("amount"), [100])
        self.assertEqual(self._sent_to(), [part.email], "To whom it was invoiced, in the name of whoever owes now")
        self.assertTies(group | part)

    def test_and_the_company_has_a_case_already(self):
        group = self._overdue_customer("Group", 222)
        case, letter = self._reminded_customer("Part", amount=111)
        self._at_nine(self._becomes_contact, case.partner_id, group.partner_id)
        self.assertEqual(self._open(group.partner_id, case.partner_id), [(group.partner_id, 333)])
        self.assertEqual((case.state, letter.state), ("closed", "cancelled"))
        self.assertEqual(group.released_on, MONDAY, "More is owed than before: somebody looks first")
        self._send(MONDAY)
        self.assertEqual(self._reminders(group.partner_id, case.partner_id).mapped("amount"), [333])

    def test_an_item_keeps_its_place_on_the_ladder_whoever_owes_it(self):
        group = self._warned_customer("Group", amount=222)
        part = self._overdue_customer("Part", 111)
        self._daily_run(self._day(2))
        self._send(self._day(2))
        self._at_nine(self._becomes_contact, part.partner_id, group.partner_id, day=self._day(3))
        marks = self.env["collection.mark"].search([("case_id", "in", (group | part).ids)])
        self.assertEqual((marks.case_id, len(marks)), (group, 2))
        self._live(group, 4, 10)
        marks = self.env["collection.mark"].search([("case_id", "=", group.id), ("step_id.name", "=", "Call")])
        items = self._items(group.partner_id.invoice_ids), self._items(part.partner_id.invoice_ids)
        days = {mark.item_id: (mark.date - MONDAY).days for mark in marks}
        self.assertEqual([days[item.id] for item in items], [7, 7], "one call is about both")

    def test_the_company_of_the_company_changes(self):
        """What is booked on a contact, two levels down, goes along."""
        group = self._customer("Group")
        firm = self._customer("Firm")
        clerk = self._customer("Clerk", is_company=False, parent_id=firm.id)
        with self._on(days_ago(10)):
            self._opening_balance(clerk, 70, days_ago(10)).line_ids.no_followup = False
        with self._on(MONDAY, "01:00"):
            self._settle_transaction()
        self.assertEqual(self._open(group, firm, clerk), [(firm, 70)])
        self._at_nine(self._becomes_contact, firm, group)
        self.assertEqual(self._open(group, firm, clerk), [(group, 70)])

    def test_a_contact_goes_its_own_way_again(self):
        firm = self._overdue_customer("Firm", 40)
        clerk = self._customer("Clerk", is_company=False, parent_id=firm.partner_id.id)
        with self._on(days_ago(10)):
            self._opening_balance(clerk, 70, days_ago(10)).line_ids.no_followup = False
        with self._on(MONDAY, "01:00"):
            self._settle_transaction()
        self.assertEqual(self._open(firm.partner_id, clerk), [(firm.partner_id, 110)])
        self._at_nine(self._set_company, clerk)
        self.assertCountEqual(self._open(firm.partner_id, clerk), [(firm.partner_id, 40), (clerk, 70)])

    def _set_company(self, contact):
        contact.is_company = True

    def test_the_books_name_another_customer(self):
        case, letter = self._reminded_customer("Named by mistake", amount=90)
        right = self._customer("Right")
        lines = case.partner_id.invoice_ids.line_ids
        self._at_nine(lines.write, {"partner_id": right.id})
        self.assertEqual(self._open(case.partner_id, right), [(right, 90)])
        self.assertEqual((case.state, case.thanks_due, letter.state), ("closed", False, "cancelled"))

    def test_an_old_episode_of_the_company_does_not_come_back_with_the_items_of_another(self):
        group = self._warned_customer("Group", amount=50)
        part = self._overdue_customer("Part", 111).partner_id
        self._customer_pays(group, day=MONDAY, clock="14:00")
        self.assertEqual(group.state, "closed")
        self._at_nine(self._becomes_contact, part, group.partner_id, day=self._day(1))
        case = self._case(group.partner_id)
        self.assertTrue(case and case != group, "An episode of its own")
        self.assertFalse(case.step_id)

    def test_customers_with_a_case_each_are_merged(self):
        one, letter = self._reminded_customer("One", amount=111)
        two = self._overdue_customer("Two", 222)
        kept = two.partner_id
        self._at_nine(self._merge, one.partner_id, kept)
        self.assertEqual(self._open(kept), [(kept, 333)])
        self.assertEqual((one.state, one.thanks_due, one.partner_id), ("closed", False, kept))
        self.assertEqual((two.state, letter.state), ("open", "cancelled"))
        self._send(MONDAY)
        self.assertEqual(self._sent_to(), [])
        self.assertTies(kept)

    def test_three_become_one_and_the_oldest_case_stays(self):
        one, two = self._overdue_customer("One", 100), self._overdue_customer("Two", 20)
        kept = self._customer("Kept")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        self._at_nine(wizard._merge, (one.partner_id | two.partner_id | kept).ids, kept)
        self.assertEqual(self._open(kept), [(kept, 120)])
        self.assertEqual((one.state, two.state), ("open", "closed"))

    def test_the_only_case_goes_on_under_the_new_name(self):
        case = self._warned_customer("One")
        kept, step = self._customer("Kept"), case.step_id
        self._at_nine(self._merge, case.partner_id, kept)
        self.assertEqual((self._case(kept), case.step_id), (case, step))

    def test_a_person_is_merged_into_a_contact_of_a_company(self):
        case, letter = self._reminded_customer("One", amount=111, is_company=False)
        firm = self._overdue_customer("Firm", 9).partner_id
        clerk = self._customer("Clerk", is_company=False, parent_id=firm.id)
        self._at_nine(self._merge, case.partner_id, clerk)
        self.assertEqual(self._open(firm, clerk), [(firm, 120)])
        self.assertEqual((case.state, letter.state), ("closed", "cancelled"))

    def test_a_company_is_merged_into_a_contact_of_another(self):
        """Odoo makes a company of the contact: a customer of its own, below the other."""
        case, letter = self._reminded_customer("One", amount=111)
        firm = self._overdue_customer("Firm", 9).partner_id
        clerk = self._customer("Clerk", is_company=False, parent_id=firm.id)
        with self._on(days_ago(10)):
            self._opening_balance(clerk, 70, days_ago(10)).line_ids.no_followup = False
        with self._on(MONDAY, "01:00"):
            self._settle_transaction()
        self._at_nine(self._merge, case.partner_id, clerk)
        self.assertCountEqual(self._open(firm, clerk), [(firm, 9), (clerk, 181)])
        self.assertEqual((case.state, letter.state), ("open", "queued"))

    def test_both_were_reminded_of_the_same_day(self):
        """A courtesy letter goes out once for a customer and a day; of two that have left, both stay on record."""
        self.company.collection_courtesy_days = 5
        pairs = []
        for names in (("Sent A", "Sent B"), ("Sent C", "Waits D")):
            partners = [self._customer(name) for name in names]
            for partner in partners:
                with self._on(days_ago(20)):
                    self._invoice(partner, 100, self._day(3))
            pairs.append(partners)
        self._daily_run(MONDAY)
        waiting = pairs[1][1]
        letters = self.env["collection.letter"].search([("kind", "=", "courtesy")])
        letters.sudo().filtered(lambda one: one.partner_id == waiting).send_after = "2026-03-03 00:00:00"
        self._send(MONDAY)
        for source, target in pairs:
            self._at_nine(self._merge, source, target, day=self._day(0))
        self.assertEqual(letters.exists(), letters, "What has left stays on record")
        states = [sorted(letters.filtered(lambda one, to=to: one.partner_id == to).mapped("state")) for _, to in pairs]
        self.assertEqual(states, [["sent", "sent"], ["cancelled", "sent"]])

    def test_every_unique_index_with_a_customer_in_it_is_known(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT name.relname
                     FROM pg_constraint key
                     JOIN pg_class target ON target.oid = key.confrelid AND target.relname = 'res_partner'
                     JOIN pg_class source ON source.oid = key.conrelid AND source.relname LIKE 'collection\\_%%'
                     JOIN pg_index index ON index.indrelid = key.conrelid AND index.indisunique
                                        AND key.conkey[1] = ANY(index.indkey)
                     JOIN pg_class name ON name.oid = index.indexrelid
                    WHERE key.contype = 'f'"""
            )
        )
        self.assertEqual({name for (name,) in rows}, UNIQUE_WITH_CUSTOMER)


@tagged("post_install", "-at_install")
class TestWhatGoesWithTheItems(OneCaseCommon, DisputeCommon):
    """What was said about items goes where the items go; what was done stays where it was done."""

    def _story(self):
        """Part has disputed 60.00, promised 100.00 and has a note; Group owes 222.00."""
        group, case = self._overdue_customer("Group", 222), self._overdue_customer("Part", 160)
        item = self._items(case.partner_id.invoice_ids)
        with self._on(MONDAY, "08:00"):
            dispute = self._raise(case, {item: 60}).sudo()
            promises = self.env["collection.promise"].with_user(self.collector)
            promise = promises.create({"case_id": case.id, "amount": 100, "date_promised": self._day(2)}).sudo()
            notes = self.env["collection.note"].with_user(self.collector)
            note = notes.create({"case_id": case.id, "outcome": "left_message"}).sudo()
            self._settle_transaction()
        return group, case, dispute, promise, note

    def _gone_along(self, group, case, dispute, promise, note):
        self.assertEqual((dispute.case_id, dispute.partner_id), (group, group.partner_id))
        self.assertEqual((promise.case_id, promise.partner_id), (group, group.partner_id))
        self.assertEqual(note.case_id, case, "Whoever was spoken to was spoken to in that case")
        self.assertEqual((group.amount_chased, group.amount_disputed, group.amount_promised), (222, 60, 100))

    def test_of_a_customer_that_becomes_a_contact(self):
        story = group, case, *_rest = self._story()
        self._at_nine(self._becomes_contact, case.partner_id, group.partner_id)
        self._gone_along(*story)

    def test_of_a_customer_that_is_merged(self):
        story = group, case, *_rest = self._story()
        self._at_nine(self._merge, case.partner_id, group.partner_id)
        self._gone_along(*story)

    def test_where_the_other_has_no_case_yet(self):
        case = self._overdue_customer("Part", 160)
        group = self._customer("Group")
        with self._on(MONDAY, "08:00"):
            promises = self.env["collection.promise"].with_user(self.collector)
            promise = promises.create({"case_id": case.id, "amount": 160, "date_promised": self._day(2)}).sudo()
            self._settle_transaction()
        self._at_nine(self._becomes_contact, case.partner_id, group)
        self.assertEqual(self._open(group), [], "All of it is promised")
        self._daily_run(self._day(7))
        self.assertEqual((promise.state, promise.case_id), ("broken", self._case(group)))
        self.assertEqual(self._open(group), [(group, 160)])
