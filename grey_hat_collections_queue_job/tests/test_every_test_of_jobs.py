from odoo.tests import BaseCase, tagged

from odoo.addons.grey_hat_collections.tests.every_test_common import EveryTestCommon


@tagged("post_install", "-at_install")
class TestEveryTestOfJobs(EveryTestCommon, BaseCase):
    """The tests of the add-on for several hosts are all run."""

    addon = "grey_hat_collections_queue_job"
    allow_inherited_tests_method = True
