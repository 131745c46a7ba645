from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..common import CollectionCommon


@tagged("post_install", "-at_install")
class TestUndoTour(CollectionCommon, HttpCase):
    """What people click. The browser's clock cannot be frozen, so the story happens in these days."""

    def _begin(self):
        super()._begin()
        today = fields.Date.today()
        self.acme = self._customer()
        self._invoice(self.acme, 500, today - timedelta(days=30))
        self._settle_transaction()
        self.case = self._case(self.acme)
        self.case.sudo()._run_day()
        self.env.flush_all()
        step = self.standard.step_ids[1]
        self._named_by_step(self.case, step, today)
        self.case.sudo().write({"stage_id": step.stage_id.id, "pending_step_id": False})
        self.case.letter_ids.sudo()._cancel("Told")
        self.case.sudo()._decide()
        self.env.flush_all()

    def test_a_card_and_a_hold_are_taken_back(self):
        before = self.case.sudo().read(
            ["stage_id", "step_id", "round", "released_on", "state", "hold_until"], load=None
        )
        self.assertEqual(self.case.stage_id.name, "Call")
        self.start_tour("/odoo/collections", "collections_undo", login=self.collector.login)
        self.env.invalidate_all()
        after = self.case.sudo().read(["stage_id", "step_id", "round", "released_on", "state", "hold_until"], load=None)
        self.assertEqual(after, before)
        self.assertEqual(len(self.env["collection.undo"].sudo().search([("undone_at", "!=", False)])), 2)
