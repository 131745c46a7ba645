from odoo.tests import BaseCase, tagged

from .every_test_common import EveryTestCommon


@tagged("post_install", "-at_install")
class TestEveryTest(EveryTestCommon, BaseCase):
    """The tests of the add-on are all run."""

    addon = "grey_hat_collections"
    allow_inherited_tests_method = True
