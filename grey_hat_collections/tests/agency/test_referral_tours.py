from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .handover_common import HandOverCommon


@tagged("post_install", "-at_install")
class TestReferralTours(HandOverCommon, HttpCase):
    """What people click. The browser's clock cannot be frozen, so the stories happen in these days."""

    def _begin(self):
        super()._begin()
        today = fields.Date.today()
        self.agency.accreditation_until = today + timedelta(days=400)
        self.acme = self._customer()
        self.invoice = self._invoice(self.acme, 500, today - timedelta(days=45))
        self._settle_transaction()
        self.case = self._case(self.acme)
        self._warn(self.case, today)
        self._trigger("ir_cron_referral_thresholds")

    def test_referred_through_the_checklist(self):
        self.assertEqual(self.case.referral_status, "ready")
        self.case.sudo()._hold(fields.Date.today() + timedelta(days=3), "The manager is away")
        self.env.flush_all()
        self.start_tour(
            "/odoo/action-grey_hat_collections.collection_case_action_referral_review",
            "collections_refer",
            login=self.manager.login,
        )
        self.env.invalidate_all()
        referral = self.Referral.search([("case_id", "=", self.case.id)])
        self.assertEqual(referral.state, "approved")
        self.assertEqual(referral.override_ids.reason, "The director has decided")
        self._hand_over()
        self.assertEqual((referral.state, self.case.state), ("sent", "referred"))

    def test_a_payment_after_the_referral_is_reported_and_the_account_recalled(self):
        referral = self._refer(self.case)
        self._hand_over()
        self._pay(self.invoice, 200)
        self._settle_transaction()
        self._trigger("ir_cron_daily_run")
        self.start_tour(f"/odoo/collections/{self.case.id}", "collections_recall", login=self.manager.login)
        self.env.invalidate_all()
        self.assertEqual((referral.state, self.case.state), ("recalled", "open"))
        self.assertEqual(self._told(referral, "payment")[0]["amount"], "200.00")
        self.assertEqual(self._told(referral, "recall")[0]["totals_open"], {"USD": "300.00"})

    def test_a_referred_customer_calls(self):
        self._refer(self.case)
        self._hand_over()
        self.start_tour(f"/odoo/collections/{self.case.id}", "collections_referred_call", login=self.collector.login)
        self.env.invalidate_all()
        told = self._told(self.case.referral_ids.sudo(), "contact")
        self.assertEqual(told[0]["word"], "Please call back in the afternoon")
