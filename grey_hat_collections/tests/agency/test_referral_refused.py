from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import MONDAY, TwoCompaniesCommon
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
            with self.assertRaisesRegex(UserError, "is for a different account than"):
                dialog.action_refer()
        self.assertEqual(acme.referral_ids.line_ids.move_id, acme.partner_id.invoice_ids)

    def test_neither_does_it_keep_a_draft_about_another(self):
        with self._on(MONDAY, "09:00"):
            acme, bravo = self._final_case("Acme", 500), self._final_case("Bravo", 300)
            self._dialog(acme).action_save_draft()
            dialog = self._dialog(bravo, referral_id=acme.referral_ids.id)
            with self.assertRaisesRegex(UserError, "Open that draft and choose Continue"):
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
                "case_id": referral.case_id.copy({"company_id": self.other.id, "state": "closed", "user_id": False}).id,
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

    def test_the_customer_reads_nothing_of_the_banner(self):
        referral = self._with_agency()
        guest = new_test_user(self.env, "guest_of_acme", "base.group_portal", company_id=self.company.id)
        guest.partner_id.parent_id = referral.partner_id
        invoice = referral.line_ids.move_id
        invoice.message_subscribe(guest.partner_id.ids)
        self.env.flush_all()
        for record in (referral.partner_id, invoice):
            with self.assertRaises(AccessError):
                record.with_user(guest).read(["collection_agency_notice"])

    def test_a_remittance_names_referrals_of_its_company(self):
        referral = self._with_agency()
        with self.assertRaisesRegex(UserError, referral.name):
            self._remittance_of_the_other(line_ids=[Command.create({"referral_id": referral.id, "amount_gross": 5})])

    def test_and_entries_of_its_company(self):
        referral = self._with_agency()
        with self.assertRaisesRegex(UserError, "belongs to"):
            self._remittance_of_the_other(move_ids=referral.line_ids.move_id.ids)

    def test_a_line_alone_names_a_referral_of_the_agency(self):
        referral = self._with_agency()
        remittance = self.env["collection.remittance"].create(
            {"name": "R-2", "agency_id": self._agency("Southwind Recovery").id, "company_id": self.company.id}
        )
        with self.assertRaisesRegex(UserError, "is not with Southwind Recovery"):
            self.env["collection.remittance.line"].create(
                {"remittance_id": remittance.id, "referral_id": referral.id, "amount_gross": 5}
            )

    def _remittance_of_the_other(self, **values):
        self.env["collection.remittance"].create(
            {"name": "R-1", "agency_id": self.agency.id, "company_id": self.other.id, **values}
        )
