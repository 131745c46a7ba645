from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..common import CollectionCommon


@tagged("post_install", "-at_install")
class TestFirstStepsTour(CollectionCommon, HttpCase):
    """What people click on a first day. The browser's clock cannot be frozen, so the stories happen in these days."""

    def _begin(self):
        super()._begin()
        # a weekend is a working day here: what the run would do must not hang on the day of the test
        calendar = self.company.resource_calendar_id
        calendar.attendance_ids = [
            fields.Command.create({"name": day, "dayofweek": day, "hour_from": 8, "hour_to": 17}) for day in "56"
        ]
        due = fields.Date.today() - timedelta(days=10)
        for name in ("Acme", "Bolt"):
            self._invoice(self._customer(name), 500, due)
        self.env.flush_all()
        self.env.cr.precommit.clear()  # as if it had been booked before the add-on came

    def test_a_manager_looks_and_starts(self):
        self.assertFalse(self.Case.search([("company_id", "=", self.company.id)]))
        self.start_tour("/odoo/collections", "collections_first_steps", login=self.manager.login)
        self.env.invalidate_all()
        cases = self.Case.search([("company_id", "=", self.company.id)])
        self.assertEqual(sorted(cases.partner_id.mapped("name")), ["Acme", "Bolt"])
        self.assertEqual(cases.letter_ids.mapped("amount"), [500, 500])

    def test_a_collector_learns_whom_to_ask(self):
        self.start_tour("/odoo/collections", "collections_why_empty", login=self.collector.login)
