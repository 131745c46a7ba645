from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

OLD_FILTER = "[('look_date', '<', '2026-03-09'), ('referral_look_date', '=', False)]"
NEW_FILTER = "[('next_decision_date', '<', '2026-03-09'), ('referral_look_date', '=', False)]"


@tagged("post_install", "-at_install")
class TestRenamed(CollectionCommon):
    """An upgrade finds what was recorded under names of before: days, letters, and the filters that people have saved."""

    def test_what_was_called_otherwise_before(self):
        case = self._overdue_customer()
        self._daily_run(MONDAY)
        self._send(MONDAY)
        letter, day = case.letter_ids, case.next_decision_date
        self.assertTrue(day)
        saved = self.env["ir.filters"].create(
            {"name": "Soon", "model_id": "collection.case", "domain": OLD_FILTER, "user_ids": []}
        )
        self.env.flush_all()
        self.cr.execute("ALTER TABLE collection_case RENAME COLUMN next_decision_date TO look_date")
        self.cr.execute("UPDATE collection_letter SET kind = 'verdict' WHERE id = %s", [letter.id])
        self._upgrade("19.0.1.5.0", "pre-rename", "19.0.1.4.0")
        self.assertEqual((case.next_decision_date, letter.kind), (day, "resolution"))
        self.assertEqual(saved.domain, NEW_FILTER)

    def test_a_second_time_changes_nothing(self):
        case = self._overdue_customer()
        self._daily_run(MONDAY)
        day = case.next_decision_date
        self._upgrade("19.0.1.5.0", "pre-rename", "19.0.1.4.0")
        self.assertEqual(case.next_decision_date, day)
