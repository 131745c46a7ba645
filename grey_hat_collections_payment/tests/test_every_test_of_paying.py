from odoo.tests import BaseCase, tagged

from odoo.addons.grey_hat_collections.tests.every_test_common import EveryTestCommon


@tagged("post_install", "-at_install")
class TestEveryTestOfPaying(EveryTestCommon, BaseCase):
    """The tests of paying online are all run."""

    addon = "grey_hat_collections_payment"
    allow_inherited_tests_method = True
