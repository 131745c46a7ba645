"""A room rests on those that are loaded before it, and names none of those after it."""

import pytest
from rooms import MODELS, arrows, files, largest_knot, rooms, upward


def test_every_file_is_in_a_room():
    """Beside the rooms there is ``doors.py``: what others have added to our models is known only when all are loaded."""
    assert [path.name for path in sorted(MODELS.glob("*.py"))] == ["__init__.py", "doors.py"]
    assert {path.parent.name for path in MODELS.glob("*/*.py")} == set(rooms())


def test_the_trees_are_read():
    """What everybody knows is found: or the other tests would find nothing either."""
    found = {(one.file, one.to) for one in arrows()}
    assert ("agency/case_agency", "case/case_step") in found, "an import"
    assert ("agency/case_hooks", "agency/referral") in found, "the name of a model"
    assert ("agency/ledger", "agency/referral_line") in found, "a table inside SQL"
    assert ("letter/case_notice", "case/case_close") not in found, "what both define says nothing"
    assert len(files()) > 100


@pytest.mark.parametrize("room", rooms())
def test_nothing_before_a_room_names_it(room):
    found = [one for one in upward() if one.to.startswith(f"{room}/")]
    assert not found, "\n".join(
        ["Use a hook of a room before:", *(f"{one.file}:{one.line} {one.name}" for one in found)]
    )


def test_only_files_of_one_room_need_each_other(capsys):
    """A knot is what has to be read as a whole."""
    knot = largest_knot()
    with capsys.disabled():
        print(f"\n  largest knot: {len(knot)} of {len(files())} files")
    assert {name.split("/")[0] for name in knot} == {"case"}, sorted(knot)
