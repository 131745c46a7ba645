"""A test that is not loaded cannot fail: each module on disk is compared with what Odoo runs."""

from pathlib import Path

from odoo.tests import loader


class EveryTestCommon:
    """A module that ``tests/__init__.py`` forgets, or whose name stands twice below it, is dropped by Odoo without a word."""

    #: The add-on whose tests are looked at.
    addon = ""

    def test_every_module_on_disk_is_loaded(self):
        loaded = {Path(module.__file__) for module in loader.get_test_modules(self.addon)}
        folder = next(path.parent for path in loaded if path.parent.name == "tests")
        self.assertEqual(
            sorted(str(path.relative_to(folder)) for path in set(folder.rglob("test_*.py")) - loaded),
            [],
            "Import these in the __init__.py of their folder, under a name that no other module has.",
        )

    def test_every_class_runs_where_the_add_on_is_installed_already(self):
        """The tests begin in a database in which everything is installed; what is meant for installing would be left out."""
        cases = [
            case for module in loader.get_test_modules(self.addon) for case in loader.get_module_test_cases(module)
        ]
        self.assertEqual([case.id() for case in cases if "post_install" not in case.test_tags], [])
