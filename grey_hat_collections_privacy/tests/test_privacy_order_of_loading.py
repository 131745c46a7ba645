from odoo.tests import tagged

from odoo.addons.grey_hat_collections.tests.order_common import OrderCommon


@tagged("post_install", "-at_install")
class TestPrivacyOrderOfLoading(OrderCommon):
    """The one file here is about models of Odoo's; what it overrides is in the add-on that the manifest has loaded before."""

    addon = "grey_hat_collections_privacy"

    def test_no_two_files_are_about_one_model(self):
        self.assertOverrides("")

    def test_what_is_asked_of_super_is_there(self):
        self.assertSomethingBehind()

    def test_files_are_loaded_as_they_are_written_down(self):
        self.assertLoadedAsWritten()
