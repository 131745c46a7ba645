from odoo.tests import tagged

from ..case.find_common import FindCommon
from .plan_common import PlanCommon


@tagged("post_install", "-at_install")
class TestFindPlan(FindCommon, PlanCommon):
    """The customer has the letter about a payment plan at hand."""

    def test_the_number_of_a_plan(self):
        self._freeze()
        plan = self._plan()
        self.assertFound(plan.name, **{self.case.partner_id.name: f"Plan {plan.name}"})
