from odoo.tests import tagged

from ..case.find_common import FindCommon
from .agency_common import AgencyCommon


@tagged("post_install", "-at_install")
class TestFindReferral(FindCommon, AgencyCommon):
    """The agency calls about an account, under its own number or ours."""

    def _begin(self):
        super()._begin()
        self.referral = self._referred("Acme")
        self._packet(self.referral).agency_reference = "HR-778-0091"
        self._overdue_customer("Bolt")

    def test_by_our_number_and_by_the_agencys(self):
        name = self.referral.name
        self.assertFound(name, Acme=f"Referral {name}")
        for typed in ("HR-778-0091", "hr 778 0091", "778-0091"[4:] + " "):
            self.assertFound(typed, Acme=f"Agency's reference of {name}")

    def test_who_reads_no_referral_of_it_finds_none(self):
        self.referral.case_id.sudo().user_id = self.manager
        self.assertEqual(self._found("HR-778-0091"), {})
        self.assertEqual(set(self._found("HR-778-0091", self.manager)), {"Acme"})
