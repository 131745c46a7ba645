from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ...models.gate import res_partner_left_out
from ..common import MONDAY, CollectionCommon, days_ago

KIND = "grey_hat_collections.mail_activity_type_left_out"


@tagged("post_install", "-at_install")
class TestLeftOut(CollectionCommon):
    """Receivables of an older system, carried over by an entry that Odoo leaves out of follow-up. The story begins on Monday,
    2 March 2026.
    """

    def _carried_over(self, partner, *parts):
        """One entry with a line for each old invoice: its number, what is left of it, how many days it is overdue."""
        data = self.company_data
        lines = [
            Command.create(
                {
                    "account_id": data["default_account_receivable"].id,
                    "partner_id": partner.id,
                    "name": number,
                    "debit": amount,
                    "date_maturity": days_ago(days),
                }
            )
            for number, amount, days in parts
        ]
        total = sum(amount for _number, amount, _days in parts)
        against = Command.create({"account_id": data["default_account_revenue"].id, "name": "Opening", "credit": total})
        with self._on(MONDAY, "01:00"):
            entry = self.env["account.move"].create(
                {
                    "move_type": "entry",
                    "journal_id": data["default_journal_misc"].id,
                    "date": MONDAY,
                    "ref": "OPENING/2026",
                    "line_ids": [*lines, against],
                }
            )
            entry.action_post()
            self._settle_transaction()
        return entry

    def _begin(self):
        super()._begin()
        self.old = self._customer("Old Books")
        self.entry = self._carried_over(self.old, ("0000611365", 72.87, 18), ("0007900770", 43.67, 5))

    def _questions(self, partner=None):
        return self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("res_id", "=", (partner or self.old).id)]
        )

    def test_somebody_is_asked_once(self):
        self._daily_run(MONDAY)
        question = self._questions()
        self.assertEqual((question.activity_type_id, question.user_id), (self.env.ref(KIND), self.collector))
        self.assertIn("116.54", question.summary)
        note = html2plaintext(question.note)
        self.assertIn("0000611365", note)
        self.assertIn("0007900770", note)
        self._daily_run(self._day(1))
        self.assertEqual(self._questions(), question)

    def test_who_leaves_them_out_is_not_asked_again_until_there_is_more(self):
        self._daily_run(MONDAY)
        with self._on(MONDAY, "10:00"):
            self._questions().with_user(self.collector).action_done()
        self._daily_run(self._day(1))
        self.assertFalse(self._questions())
        self.env["mail.activity"].flush_model()
        self.cr.execute("UPDATE mail_activity SET create_date = '2026-03-01' WHERE res_id = %s", [self.old.id])
        self._carried_over(self.old, ("0007900999", 10, 3))
        self._daily_run(self._day(2))
        self.assertIn("126.54", self._questions().summary)

    def test_what_was_paid_is_not_asked_about_any_more(self):
        self._daily_run(MONDAY)
        with self._on(MONDAY, "10:00"):
            payment = self._receive(self.old, 116.54)
            (self._items(self.entry) | self._items(payment.move_id)).reconcile()
        self._daily_run(self._day(1))
        self.assertFalse(self._questions())

    def test_a_customer_with_a_case_is_asked_about_as_well(self):
        acme = self._overdue_customer().partner_id
        self._carried_over(acme, ("99", 30, 20))
        self._daily_run(MONDAY)
        self.assertTrue(self._questions(acme))

    def test_what_is_not_due_or_covered_by_an_old_credit_is_no_question(self):
        later, covered = self._customer("Later"), self._customer("Covered")
        self._carried_over(later, ("1", 30, -20))
        self._carried_over(covered, ("2", 30, 20))
        with self._on(MONDAY, "01:00"):
            self._opening_balance(covered, -30, MONDAY)
        self._daily_run(MONDAY)
        self.assertFalse(self._questions(later) | self._questions(covered))

    def test_after_an_import_a_night_asks_about_the_largest_first(self):
        small = self._customer("Small")
        self._carried_over(small, ("3", 20, 20))
        self.patch(res_partner_left_out, "ASKED_A_NIGHT", 1)
        self._daily_run(MONDAY)
        self.assertTrue(self._questions() and not self._questions(small))
        self._daily_run(self._day(1))
        self.assertTrue(self._questions(small))

    def test_followed_at_the_press_of_a_button_they_are_a_case_of_their_own(self):
        self._daily_run(MONDAY)
        self.assertEqual(self.old.with_user(self.collector).collection_amount_left_out, 116.54)
        with self._on(MONDAY, "10:00"):
            self.old.with_user(self.collector).action_collection_follow()
            self._settle_transaction()
        self.assertEqual(self._case(self.old).amount_chased, 116.54)
        self._daily_run(self._day(1))
        self.assertFalse(self._questions())

    def test_only_collectors_follow_them(self):
        for user in (self.stranger, self.accountant):
            with self.assertRaises(AccessError):
                self.old.with_user(user).action_collection_follow()

    def test_the_letter_says_the_numbers_of_the_old_invoices(self):
        self._items(self.entry).no_followup = False
        self._daily_run(MONDAY)
        letter = self._case(self.old).letter_ids
        with self._on(MONDAY, "10:00"):
            page = self.env["collection.statement"]._letters(letter)[0]
        rows = [row for section in page["sections"] for row in section["rows"]]
        self.assertEqual([row["number"] for row in rows], ["0000611365", "0007900770"])
        self.assertEqual(rows[0]["details"], ["OPENING/2026", self.entry.name])
        self.assertEqual(page["pay"]["references"], ["0000611365", "0007900770"])

    def test_words_are_no_number(self):
        with self._on(days_ago(5)):
            entry = self._opening_balance(self._customer("Worded"), 30, days_ago(20))
        self.assertEqual(self._items(entry)._collection_number(), entry.name)
