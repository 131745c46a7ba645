from odoo.tests import new_test_user, tagged

from ..common import CollectionCommon


@tagged("post_install", "-at_install")
class TestReviewer(CollectionCommon):
    """Who decides where the rules do not is found in one way: the reviewing manager, else the first of the managers. Nobody who
    has left is asked.
    """

    def _manager(self, login):
        return new_test_user(
            self.env,
            login=login,
            groups="grey_hat_collections.group_manager",
            company_id=self.company.id,
            company_ids=[self.company.id],
        )

    def setUp(self):
        super().setUp()
        self.case = self._overdue_customer()
        self.company.sudo().collection_manager_id = self.gone = self._manager("gone")
        self.gone.sudo().active = False

    def test_the_reviewing_manager_else_the_first(self):
        second = self._manager("second")
        self.assertEqual(self.company._collection_reviewer(), self.manager)
        self.company.sudo().collection_manager_id = second
        self.assertEqual(self.company._collection_reviewer(), second)

    def test_a_collector_can_find_out_too(self):
        self.assertEqual(self.company.with_user(self.collector)._collection_reviewer(), self.manager)

    def test_nobody_asks_a_manager_who_has_left(self):
        """A reason that stops contact, and a plan beyond the limits."""
        insolvency = self.env.ref("grey_hat_collections.reason_insolvency")
        self.case.with_user(self.collector)._set_reason(insolvency)
        plan = self.env["collection.plan"].new({"case_id": self.case.id, "company_id": self.company.id})
        self.assertEqual(plan._reviewing_manager(), self.manager)
        asked = self.env["mail.activity"].sudo().search([("collection_asked", "=", True)])
        self.assertIn(self.manager, asked.user_id)
        self.assertNotIn(self.gone, asked.user_id)
