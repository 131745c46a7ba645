from odoo.tests import BaseCase, tagged

from odoo.addons.grey_hat_collections.tests.every_test_common import EveryTestCommon


@tagged("post_install", "-at_install")
class TestEveryTestOfPrivacy(EveryTestCommon, BaseCase):
    """The tests of the add-on beside *Privacy Lookup* are all run."""

    addon = "grey_hat_collections_privacy"
    allow_inherited_tests_method = True
