"""Which lines of the call guide are shown, and what stands in their braces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.guide import MOST, Call, GuideLine, compose, fill, wrong_part

WORDS = {"contact": "Pat", "amount": "$ 500.00"}


def questions(*lines, **call):
    told = [GuideLine("question", text, **conditions) for text, conditions in lines]
    return compose(told, Call(**{"stage": 2, "words": WORDS, **call})).get("question", [])


ANY = ("any", {})
CALL = ("stage", {"stage": 2})
FINAL = ("other stage", {"stage": 3})
WORRIED = ("mood", {"mood": "worried"})
MISSED = ("missed", {"situation": "promise_missed"})
FIRST = ("first time, this stage", {"situation": "first_time", "stage": 2})
OWN = ("own", {"own": True})


@pytest.mark.parametrize(
    ("lines", "call", "shown"),
    [
        ([ANY, CALL], {}, ["stage", "any"]),
        ([ANY, FINAL], {}, ["any"]),
        ([ANY, OWN], {}, ["own", "any"]),
        ([ANY, WORRIED], {}, ["any"]),
        ([CALL, WORRIED], {"mood": "worried"}, ["mood", "stage"]),
        ([ANY, MISSED], {}, ["any"]),
        # the more telling situation comes first, however closely the other one fits
        (
            [FIRST, MISSED],
            {"situations": ["promise_missed", "first_time"]},
            ["missed", "first time, this stage"],
        ),
        # with an agency or settled, only what was written for that stage
        ([ANY, CALL], {"ours": False}, ["stage"]),
        # nothing is asked for: only questions about why
        ([ANY, CALL, MISSED], {"asks": False, "situations": ["promise_missed"]}, ["missed"]),
        # said once
        ([ANY, ("any", {"stage": 2})], {}, ["any"]),
    ],
)
def test_what_is_shown_first(lines, call, shown):
    assert questions(*lines, **call) == shown


def test_a_line_without_its_words_makes_room_for_the_next():
    lines = [(f"{{promise_date}} {number}", {"stage": 2}) for number in range(5)]
    assert questions(*lines, ANY) == ["any"]


@pytest.mark.parametrize("section", MOST)
def test_no_more_than_a_person_takes_in(section):
    lines = [GuideLine(section, str(number)) for number in range(9)]
    assert compose(lines, Call(stage=2, words={}, asks=True))[section] == [
        str(number) for number in range(MOST[section])
    ]


def test_a_name_that_looks_like_a_placeholder_is_not_filled_in_again():
    assert fill("Hello {contact}", {"contact": "{amount}", "amount": "$ 500.00"}) == "Hello {amount}"


@given(st.text(alphabet="{} ab"))
def test_what_is_allowed_can_be_filled_in_and_leaves_no_brace(text):
    if wrong_part(text, ["a", "b"]) is None:
        told = fill(text, {"a": "x", "b": "y"})
        assert told is not None
        assert "{" not in told
        assert "}" not in told
