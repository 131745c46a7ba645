"""A room rests on those that are loaded before it, and names none of those after it."""

from collections import Counter

import pytest
from rooms import MODELS, arrows, files, largest_knot, rooms, upward

#: Rooms that some before them still name: the life of a step hangs on its letter, and promises and disputes write letters.
STILL_NAMED = {"letter"}


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


@pytest.mark.parametrize("room", [room for room in rooms() if room not in STILL_NAMED])
def test_nothing_before_a_room_names_it(room):
    found = [one for one in upward() if one.to.startswith(f"{room}/")]
    assert not found, "\n".join(
        ["Use a hook of a room before:", *(f"{one.file}:{one.line} {one.name}" for one in found)]
    )


def test_how_much_points_upward_is_said(capsys):
    """The figures that are to fall: arrows from each room to a later one, and the files that need each other."""
    counted = Counter((one.file.split("/")[0], one.to.split("/")[0]) for one in upward())
    with capsys.disabled():
        print()
        for (room, other), count in counted.most_common():
            print(f"  {room} names {other}: {count}")
        print(f"  upward in all: {sum(counted.values())}; largest knot: {len(largest_knot())} of {len(files())} files")
    assert {other for _room, other in counted} == STILL_NAMED, "a room that nothing names any more stays so"
