from odoo.tests import tagged

from ..case.find_common import FindCommon
from .dispute_common import DisputeCommon


@tagged("post_install", "-at_install")
class TestFindDispute(FindCommon, DisputeCommon):
    """The customer asks what has become of a complaint, and has its number."""

    def test_the_number_of_a_dispute(self):
        case = self._overdue_customer()
        self._freeze()
        dispute = self._raise(case, self._items(case.partner_id.invoice_ids))
        self.assertFound(dispute.name, Acme=f"Dispute {dispute.name}")
