"""The tests themselves: none hides another, none is left out."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from scripts import lanes
from scripts.paths import ADDONS, TOGETHER

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


def test_every_add_on_is_known_to_the_scripts():
    """Linters, packages, templates and tests go over those that are named there."""
    assert sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py")) == sorted(ADDONS)


@pytest.mark.parametrize("addon", TOGETHER)
def test_every_class_of_tests_is_in_one_chunk(addon):
    """What the others name, the first leaves out; all else of the add-on it takes."""
    first, *others = lanes.chunks()
    named = [tag for chunk in others for tag in chunk.split(",") if tag.startswith(f"/{addon}:")]
    assert f"/{addon}" in first.split(",")
    assert sorted(re.findall(rf"-(/{addon}:\w+)", first)) == sorted(named)
    assert len(named) == len(set(named))
