from odoo.tests import tagged

from odoo.addons.grey_hat_collections.tests.order_common import OrderCommon


@tagged("post_install", "-at_install")
class TestPayOrderOfLoading(OrderCommon):
    """No two files here are about one model; what they override is in the add-ons that the manifest has loaded before."""

    addon = "grey_hat_collections_payment"

    def test_no_two_files_are_about_one_model(self):
        self.assertOverrides("")

    def test_what_is_asked_of_super_is_there(self):
        self.assertSomethingBehind()

    def test_files_are_loaded_as_they_are_written_down(self):
        self.assertLoadedAsWritten()
