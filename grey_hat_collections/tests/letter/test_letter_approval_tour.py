from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..common import CollectionCommon


@tagged("post_install", "-at_install")
class TestLetterApprovalTour(CollectionCommon, HttpCase):
    """What people click. The browser's clock cannot be frozen, so the story happens in these days."""

    def _begin(self):
        super()._begin()
        self.company.collection_letters_wait = True
        today = fields.Date.today()
        self.company.collection_sent_since = today + timedelta(days=1)
        for name, amount in (("Acme", 500), ("Beta", 300), ("Gamma", 100)):
            self._invoice(self._customer(name), amount, today - timedelta(days=10))
        self._settle_transaction()
        cases = self.Case.search([("partner_id.name", "in", ("Acme", "Beta", "Gamma"))]).sudo()
        for case in cases:
            case.next_step_id = self.standard.step_ids[0]
        cases._begin_steps()
        self._settle_transaction()

    def test_one_letter_after_the_other_then_all_of_the_kind(self):
        self.start_tour("/odoo/letters-to-approve", "collections_letter_approval", login=self.manager.login)
        self.env.invalidate_all()
        letters = self.env["collection.letter"].search([("company_id", "=", self.company.id)], order="amount desc")
        self.assertEqual(letters.mapped("state"), ["queued", "cancelled", "queued"])
        self.assertEqual(letters.mapped("to_approve"), [False, True, False])
        self.assertEqual(letters.approved_by_id, self.manager)
        self.assertEqual(
            self.env["collection.letter.exemption"].sudo().search([("company_id", "=", self.company.id)]).kind,
            "reminder",
        )
