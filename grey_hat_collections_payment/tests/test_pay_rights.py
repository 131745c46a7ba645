from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.grey_hat_collections.tests.common import MONDAY, CollectionCommon, days_ago

from .pay_common import PayMaker

MODELS = ("collection.page.selection", "collection.page.selection.line")


@tagged("post_install", "-at_install")
class TestPayRights(PayMaker, CollectionCommon):
    """What a customer has chosen is read by those who keep the books, with the transaction, and changed by nobody."""

    def _begin(self):
        super()._begin()
        self._freeze(MONDAY)
        self.provider = self._provider()
        self.acme = self._customer()
        self.selection = self._selection(self._items(self._invoice(self.acme, 500, days_ago(10))))
        self.portal = new_test_user(self.env, "guest", "base.group_portal")

    def test_accountants_read_and_nobody_changes(self):
        for user in (self.accountant, self.collector, self.manager, self.stranger, self.portal):
            for model in MODELS:
                records = self.env[model].with_user(user)
                with self.subTest(user=user.login, model=model):
                    reads = user == self.accountant
                    self.assertEqual(records.has_access("read"), reads)
                    self.assertFalse(any(records.has_access(right) for right in ("write", "create", "unlink")))

    def test_accountants_of_another_company_read_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        abroad = new_test_user(
            self.env,
            "abroad",
            "base.group_user,account.group_account_invoice",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for records in (self.selection, self.selection.line_ids):
            self.assertTrue(records.with_user(self.accountant).has_access("read"))
            with self.assertRaises(AccessError):
                records.with_user(abroad).check_access("read")

    def test_the_transaction_shows_what_was_chosen(self):
        transaction = self._transaction(self.selection).with_user(self.accountant)
        view = transaction.get_view(self.env.ref("payment.payment_transaction_form").id, "form")
        self.assertIn('name="collection_line_ids"', view["arch"])
        self.assertEqual(transaction.collection_line_ids.mapped("amount"), [500])

    def test_no_method_is_open_to_calls(self):
        """Whatever is done with a selection is done by the page."""
        for model in MODELS:
            of_ours = [one for one in type(self.env[model]).mro() if "collections_payment" in one.__module__]
            public = {
                name for one in of_ours for name, value in vars(one).items() if callable(value) and name[0] != "_"
            }
            self.assertEqual(public, set())
