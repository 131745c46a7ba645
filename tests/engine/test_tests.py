"""The tests themselves: none hides another."""

from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "folder", sorted(ROOT.glob("grey_hat_collections*/tests")) + [ROOT / "tests"], ids=lambda path: path.parent.name
)
def test_no_two_modules_of_tests_have_the_same_name(folder):
    """In Odoo the second one replaces the first without a word; pytest refuses to import it."""
    folders = defaultdict(list)
    for path in folder.rglob("test_*.py"):
        folders[path.name].append(str(path.parent.relative_to(ROOT)))
    twice = {name: sorted(where) for name, where in folders.items() if len(where) > 1}
    assert not twice, f"Equal names in different folders: {twice}. Give each module a name of its own."
