from lxml import etree
from odoo.tests import new_test_user, tagged

from ..access_common import AccessCommon

COLLECTOR = "grey_hat_collections.group_collector"
WORKABLE = (
    "collection.case",
    "collection.dispute",
    "collection.letter",
    "collection.plan",
    "collection.mail.piece",
    "collection.promise",
)


@tagged("post_install", "-at_install")
class TestWhoMayWork(AccessCommon):
    """A collector who keeps the books reads the cases of colleagues as well, and is offered there what would not be refused."""

    def _begin(self):
        super()._begin()
        groups = f"base.group_user,{COLLECTOR},account.group_account_user"
        self.bookkeeper = new_test_user(self.env, "bookkeeper", groups, company_id=self.company.id)
        self.cases["o"].user_id = self.bookkeeper

    def test_own_and_a_colleague_s(self):
        for name in WORKABLE:
            for whose, may in (("o", True), ("c", name == "collection.dispute")):  # accounting answers all disputes
                record = self.records[whose][name].with_user(self.bookkeeper)
                with self.subTest(name, whose=whose):
                    self.env.invalidate_all()
                    self.assertTrue(record.has_access("read"))
                    self.assertEqual(record.may_work, may)

    def test_what_a_collector_does_with_a_record_asks_whether_they_may(self):
        """Of one record; what is chosen in a list is several people's, and says whose it refuses."""
        views = self.env["ir.ui.view"].search([("model", "in", WORKABLE), ("type", "in", ("form", "list"))])
        asked = 0
        for view in views:
            for button in etree.fromstring(view.arch).iter("button"):
                of_list = button.getparent().tag == "header" and button.getparent().getparent().tag == "list"
                opens = button.get("name", "action_open").startswith("action_open")
                if of_list or opens or COLLECTOR not in button.get("groups", ""):
                    continue
                asked += 1
                with self.subTest(view.xml_id, button=button.get("name")):
                    self.assertIn("may_work", button.get("invisible", ""))
        self.assertGreater(asked, 20)
