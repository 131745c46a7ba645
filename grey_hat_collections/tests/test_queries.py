from datetime import timedelta

from odoo.tests import tagged

from ..models.ledger.ledger_few import SMALL_SCOPE as PLAINLY
from .common import MONDAY
from .query_common import MANY, QueryCommon


@tagged("post_install", "-at_install")
class TestQueries(QueryCommon):
    """The number of queries does not grow with the number of cases."""

    # -- The run -------------------------------------------------------------------------------------------------

    def test_opening_cases(self):
        self.assertLess(self._assert_constant(self._open), 60)
        self.assertEqual(len(self._cases(self.many)), MANY)

    def test_updating_figures(self):
        self._all_open()
        with self._on(MONDAY + timedelta(days=30)):
            self.assertLess(self._assert_constant(self._open), 30)
            self.assertEqual(set(self._cases(self.many).mapped("days_overdue")), {40})

    def test_a_refresh_that_finds_nothing_new(self):
        self._all_open()
        self.assertLess(self._assert_constant(self._open), 10)

    def test_a_refresh_of_one_customer_and_of_ten(self):
        """As after a payment: what is read plainly takes as many queries for ten customers as for one."""
        self._all_open()
        with self._on(MONDAY + timedelta(days=30)):
            one = self._count(lambda: self._open(self.many[:1]))
            self.assertEqual(self._count(lambda: self._open(self.many[1 : 1 + PLAINLY])), one)
            moved = self._cases(self.many[: 1 + PLAINLY])
            self.assertEqual(moved.mapped("bucket_2"), moved.mapped("balance"))

    def test_closing_cases(self):
        self._all_open()
        self._cases(self.partners)._decide_and_act()
        lines = self.partners.invoice_ids.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        lines.no_followup = True
        self.env.flush_all()
        self.env.cr.precommit.clear()
        self._assert_constant(self._open)
        self.assertEqual(set(self._cases(self.many).mapped("state")), {"closed"})

    def test_deciding(self):
        self._all_open()
        self.assertLess(self._assert_constant(lambda partners: self._cases(partners)._decide()), 40)

    def test_deciding_on_what_was_done_lately(self):
        self._all_open()
        self._cases(self.partners)._decide_and_act()
        self.cases.env["collection.letter"].search([]).write({"state": "sent", "sent_at": f"{MONDAY} 08:00:00"})
        self._cases(self.partners)._complete_sent_steps()
        self._assert_constant(lambda partners: self._cases(partners)._decide())

    def test_a_day_of_letters(self):
        self._all_open()
        self.assertLess(self._assert_constant(lambda partners: self._cases(partners)._run_day()), 120)
        self.assertEqual(len(self._cases(self.many).letter_ids), MANY)

    def test_a_batch_reads_no_whole_rows(self):
        """A customer's row holds long texts that no decision needs; one column forgotten has all rows read again, whole."""
        self._all_open()
        read = self._read_at_once(lambda: self._cases(self.many)._run_batch())
        self.assertEqual(len(self._cases(self.many).letter_ids), MANY)
        self.assertIn("amount_chased", read["collection.case"])
        self.assertNotIn("bucket_0", read["collection.case"])
        self.assertIn("email_normalized", read["res.partner"])
        self.assertNotIn("comment", read["res.partner"])
        with self._on(MONDAY + timedelta(days=30)):
            self._open(self.partners)
            read = self._read_at_once(lambda: self._cases(self.many)._review_batch(self.company))
        self.assertEqual(set(self._cases(self.many).mapped("referral_status")), {"window"})
        self.assertIn("amount_chased", read["collection.case"])
        self.assertNotIn("bucket_0", read["collection.case"])

    def test_a_day_of_calls(self):
        self._all_open()
        cases = self._cases(self.partners)
        cases.write({"step_id": self.standard.step_ids[0].id, "step_date": MONDAY - timedelta(days=8)})
        self.assertLess(self._assert_constant(lambda partners: self._cases(partners)._run_day()), 120)
        self.assertEqual(len(self._cases(self.many).activity_ids), MANY)

    def test_a_day_on_which_nothing_is_due(self):
        self._all_open()
        cases = self._cases(self.partners)
        cases.write({"step_id": self.standard.step_ids[0].id, "step_date": MONDAY})
        self.assertLess(self._assert_constant(lambda partners: self._cases(partners)._run_day()), 60)
        self.assertFalse(cases.activity_ids)

    def test_a_day_after_a_hold(self):
        self._all_open()
        self._cases(self.partners)._hold(MONDAY + timedelta(days=1), "Strike")
        with self._on(MONDAY + timedelta(days=2)):
            self._assert_constant(lambda partners: self._cases(partners)._run_day())
        self.assertEqual(set(self._cases(self.many).mapped("state")), {"open"})

    def test_who_wants_no_contact(self):
        self.partners[::2].collection_do_not_contact = True
        self.partners[1::4].child_ids.collection_do_not_contact = True
        self.assertLess(self._assert_constant(lambda partners: partners._collection_unwilling()), 10)
        self.assertEqual(self.partners - self.partners._collection_unwilling(), self.partners[3::4])

    # -- Our own side --------------------------------------------------------------------------------------------

    def _our_fault(self):
        """Nobody was sent an invoice, and everybody is to get a credit note that is still a draft."""
        self.company.collection_sent_since = MONDAY - timedelta(days=60)
        draft = {
            "move_type": "out_refund",
            "invoice_date": MONDAY,
            "invoice_line_ids": [(0, 0, {"name": "Credit", "price_unit": 10, "tax_ids": []})],
        }
        self.env["account.move"].create([{**draft, "partner_id": partner.id} for partner in self.partners])
        self._all_open()

    def test_looking_at_our_own_side(self):
        self._our_fault()
        gate = self.env["collection.gate"]

        def look(partners):
            return gate._stops([(partner.id, self.company.id) for partner in partners])

        self.assertLessEqual(self._assert_constant(look), 16)
        stops = look(self.many)
        self.assertEqual(len(stops), MANY)
        self.assertEqual({finding.check for found in stops.values() for finding in found}, {"not_sent", "credit_draft"})

    def test_a_day_that_our_own_side_stops(self):
        self._our_fault()
        self.assertLess(self._assert_constant(lambda partners: self._cases(partners)._run_day()), 90)
        cases = self._cases(self.many)
        self.assertEqual(set(cases.mapped("decision_code")), {"our_side"})
        self.assertEqual(len(cases._asked_of_our_side()), 2 * MANY)

    def test_the_marks_of_our_own_side(self):
        self._our_fault()
        seen = self.cases.with_user(self.manager).sudo(False)
        names = ("gate_mark", "gate_summary", "gate_report", "delivery_state")
        self.assertLess(
            self._assert_constant(
                lambda partners: seen.search([("partner_id", "in", partners.ids)]).web_read(
                    {name: {} for name in names}
                )
            ),
            40,
        )
        for view_type in ("kanban", "list"):
            self.assertNotIn("gate_", self.cases.get_view(view_type=view_type)["arch"], "Lists do not ask")

    def test_the_page_of_our_own_side_on_one_form(self):
        self._our_fault()
        seen = self.cases.with_user(self.manager).sudo(False)
        names = ("gate_report", "credit_item_ids", "credit_draft_ids", "unsent_move_ids", "delivery_state")

        def read(partners):
            seen.search([("partner_id", "in", partners.ids)]).web_read({name: {} for name in names})

        read(self.first)
        self.assertLess(self._count(lambda: read(self.few[0])), 40)

    # -- The screens ---------------------------------------------------------------------------------------------

    def _screen(self, records, view_type):
        arch = records.get_view(view_type=view_type)["arch"]
        fields = records.get_views([(False, view_type)])["models"][records._name]["fields"]
        self.assertIn("<field", arch)
        names = [name for name in fields if f'name="{name}"' in arch]
        return lambda chosen: chosen.web_read({name: {} for name in names})

    def test_board_and_my_day(self):
        self._all_open()
        self._cases(self.partners)._run_day()
        seen = self.cases.with_user(self.manager).sudo(False)
        for view_type in ("kanban", "list"):
            read = self._screen(seen, view_type)
            with self.subTest(view_type):
                self._assert_constant(
                    lambda partners, read=read: read(seen.search([("partner_id", "in", partners.ids)]))
                )

    def test_call_guides(self):
        self._all_open()
        seen = self.cases.with_user(self.manager).sudo(False)
        self.assertLess(
            self._assert_constant(
                lambda partners: seen.search([("partner_id", "in", partners.ids)]).web_read({"call_guide": {}})
            ),
            40,
        )
        self.assertIn("Hello Payable", seen.search([("partner_id", "in", self.many.ids)])[-1].call_guide)
        for view_type in ("kanban", "list"):
            self.assertNotIn("call_guide", self.cases.get_view(view_type=view_type)["arch"], "Nobody reads 80 guides")

    def test_chase_state_of_invoices(self):
        self._all_open()
        moves = self.env["account.move"].with_user(self.manager)
        self.assertLess(
            self._assert_constant(
                lambda partners: moves.search([("partner_id", "in", partners.ids)]).mapped("chase_state")
            ),
            20,
        )

    def test_search_by_chase_state(self):
        self._all_open()
        moves = self.env["account.move"].with_user(self.manager)
        chased = [("chase_state", "=", "chased")]
        self._assert_constant(lambda partners: moves.search([("partner_id", "in", partners.ids), *chased]))
        self.assertEqual(len(moves.search([("partner_id", "in", self.many.ids), *chased])), MANY)

    def test_customers_with_their_cases(self):
        self._all_open()
        partners = self.env["res.partner"].with_user(self.manager).with_company(self.company)
        self._assert_constant(
            lambda chosen: partners.browse(chosen.ids).mapped(
                lambda partner: (partner.collection_amount_overdue, partner.collection_stage_id)
            )
        )
