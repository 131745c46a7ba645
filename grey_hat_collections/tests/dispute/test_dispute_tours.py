from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .dispute_common import DisputeCommon


@tagged("post_install", "-at_install")
class TestDisputeTours(DisputeCommon, HttpCase):
    """A part of an invoice is disputed, the letter asks for the rest, and a credit note settles it: in the browser."""

    def test_a_part_is_disputed_the_letter_asks_for_the_rest_and_a_credit_note_is_posted(self):
        today = fields.Date.today()
        week = self.company.resource_calendar_id.attendance_ids
        for day in set("0123456") - set(week.mapped("dayofweek")):  # the browser knows the real day, whichever it is
            week[0].copy({"dayofweek": day})
        partner = self._customer("Box Buyers")
        invoice = self._invoice(partner, 1000, today - timedelta(days=20))
        self._settle_transaction()
        case = self._case(partner)
        (self.collector | self.accountant).tour_enabled = False
        self.start_tour(f"/odoo/collections/{case.id}", "collections_raise_dispute", login="coll")
        dispute = case.dispute_ids
        self.assertRecordValues(dispute, [{"kind": "quantity", "amount": 200, "commitment_state": "open"}])
        self._daily_run()
        self._send()
        self.env.invalidate_all()
        self.assertEqual(case.letter_ids.mapped("amount"), [800], "the letter asks only for the rest")
        dispute.sudo().user_id = self.accountant
        self.start_tour(f"/odoo/collections-disputes/{dispute.id}", "collections_uphold_dispute", login="acct")
        self.env.invalidate_all()
        self.assertEqual(dispute.state, "upheld")
        self.assertEqual(invoice.amount_residual, 800)
        self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual((case.amount_disputed, case.amount_chased), (0, 800))
