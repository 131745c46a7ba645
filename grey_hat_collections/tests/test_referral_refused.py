from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import MONDAY, TwoCompaniesCommon
from .handover_common import HandOverCommon


@tagged("post_install", "-at_install")
class TestReferralRefused(TwoCompaniesCommon, HandOverCommon):
    """What a dialog was made to say does not count: each is about one account, and about one that its user may see."""

    def _manager_of_the_other(self):
        return new_test_user(
            self.env,
            "boss_of_the_other",
            "base.group_user,grey_hat_collections.group_manager",
            company_id=self.other.id,
            company_ids=self.other.ids,
        )

    def test_a_draft_about_another_customer(self):
        with self._on(MONDAY, "09:00"):
            acme, bravo = self._final_case("Acme", 500), self._final_case("Bravo", 300)
            self._dialog(acme).action_save_draft()
            dialog = self._dialog(bravo, referral_id=acme.referral_ids.id)
            with self.assertRaisesRegex(UserError, "is about another account than"):
                dialog.action_refer()
        self.assertEqual(acme.referral_ids.line_ids.move_id, acme.partner_id.invoice_ids)

    def test_neither_does_it_keep_a_draft_about_another(self):
        with self._on(MONDAY, "09:00"):
            acme, bravo = self._final_case("Acme", 500), self._final_case("Bravo", 300)
            self._dialog(acme).action_save_draft()
            dialog = self._dialog(bravo, referral_id=acme.referral_ids.id)
            with self.assertRaisesRegex(UserError, "Open that draft and choose Go On"):
                dialog.action_save_draft()

    def test_the_manager_of_another_company_takes_nothing_back(self):
        referral = self._with_agency()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            referral.with_user(self._manager_of_the_other())._give_back("recalled", "Mine now")

    def test_nor_by_a_dialog_that_was_about_something_else(self):
        referral = self._with_agency()
        manager = self._manager_of_the_other()
        own = self.Referral.create(
            {
                "case_id": referral.case_id.copy({"company_id": self.other.id, "state": "closed"}).id,
                "partner_id": referral.partner_id.id,
                "company_id": self.other.id,
                "agency_id": self.agency.id,
            }
        )
        dialog = (
            self.env["collection.give.back"]
            .with_user(manager)
            .create({"referral_id": own.id, "state": "recalled", "reason": "Mine now"})
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            dialog.write({"referral_id": referral.id})
