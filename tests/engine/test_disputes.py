"""Disputes: what of an item is not asked for, when the rest is due, what our answer was."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.disputes import Part, Question, Resolution, after_credit, due_date, not_asked, resolution

DUE = date(2026, 1, 31)
NEW = date(2026, 3, 20)
cents = st.integers(0, 100_000).map(lambda number: Decimal(number) / 100)
days = st.integers(-60, 60).map(lambda offset: NEW + timedelta(days=offset))
parts = st.lists(
    st.tuples(cents, st.integers(0, 100) | st.none()).map(
        lambda drawn: Part(drawn[0], None if drawn[1] is None else (drawn[0] * drawn[1]).quantize(Decimal(1)) / 100)
    ),
    max_size=4,
)
questions = st.builds(Question, waiting=cents, granted=cents, new_due=days | st.none())


@pytest.mark.parametrize(
    ("disputed", "upheld", "answer"),
    [
        ("300", "300", Resolution.UPHELD),
        ("300", "299.99", Resolution.PARTLY_UPHELD),
        ("300", "0.01", Resolution.PARTLY_UPHELD),
        ("300", "0", Resolution.REJECTED),
    ],
)
def test_our_answer_follows_from_what_we_credit(disputed, upheld, answer):
    assert resolution(Decimal(disputed), Decimal(upheld)) is answer


@pytest.mark.parametrize(("disputed", "upheld"), [("300", "300.01"), ("300", "-0.01"), ("0", "0")])
def test_what_cannot_be_upheld_is_a_mistake_of_the_caller(disputed, upheld):
    with pytest.raises(ValueError, match="can be upheld"):
        resolution(Decimal(disputed), Decimal(upheld))


@pytest.mark.parametrize(
    ("residual", "question", "today", "left_in_peace"),
    [
        pytest.param(1000, Question(Decimal(300)), NEW, 300, id="an open dispute"),
        pytest.param(200, Question(Decimal(300)), NEW, 200, id="more was paid than was undisputed"),
        pytest.param(1000, Question(granted=Decimal(300), new_due=NEW), NEW, 300, id="the last day of the new date"),
        pytest.param(1000, Question(granted=Decimal(300), new_due=NEW), NEW + timedelta(1), 0, id="the day after"),
        pytest.param(1000, Question(Decimal(100), Decimal(200), NEW), NEW, 300, id="upheld in part, not credited yet"),
        pytest.param(1000, Question(Decimal(100), Decimal(200), NEW), NEW + timedelta(1), 100, id="the credit is late"),
        pytest.param(1000, Question(), NEW, 0, id="nothing said"),
    ],
)
def test_what_is_in_question_is_not_asked_for(residual, question, today, left_in_peace):
    assert not_asked(Decimal(residual), question, today) == left_in_peace


@pytest.mark.parametrize(
    ("residual", "question", "due"),
    [
        pytest.param(1000, Question(Decimal(1000)), DUE, id="an open dispute moves no date"),
        pytest.param(1000, Question(granted=Decimal(300), new_due=NEW), DUE, id="a part was never disputed"),
        pytest.param(300, Question(granted=Decimal(300), new_due=NEW), NEW, id="nothing is left but what was answered"),
        pytest.param(1000, Question(Decimal(100), Decimal(900), NEW), NEW, id="the rest waits for a credit note"),
        pytest.param(
            300, Question(granted=Decimal(300), new_due=DUE - timedelta(9)), DUE, id="never before the first day"
        ),
    ],
)
def test_days_overdue_count_from_the_new_date_for_what_was_answered(residual, question, due):
    assert due_date(DUE, Decimal(residual), question) == due


@given(cents, questions, days)
def test_no_more_than_the_item_is_left_in_peace_and_never_less_than_nothing(residual, question, today):
    assert 0 <= not_asked(residual, question, today) <= residual


@given(cents, questions, days)
def test_time_brings_back_what_was_answered_and_nothing_else(residual, question, today):
    later = not_asked(residual, question, today + timedelta(days=200))
    assert later <= not_asked(residual, question, today)
    assert later == min(residual, question.waiting)


@given(cents, questions)
def test_an_answer_never_makes_an_item_older(residual, question):
    assert due_date(DUE, residual, question) >= DUE


@given(parts, cents)
def test_a_credit_lowers_what_is_in_question_by_what_it_gives(parts, credited):
    questions = after_credit(parts, credited)
    disputed = sum(part.disputed for part in parts)
    assert sum(one.waiting + one.granted for one in questions) == max(0, disputed - credited)
    for part, question in zip(parts, questions, strict=True):
        assert 0 <= question.waiting <= (part.disputed if part.upheld is None else part.upheld)
        assert 0 <= question.granted <= part.disputed - (part.upheld or 0)


@given(parts, cents, cents)
def test_more_credit_never_leaves_more_in_question(parts, credited, more):
    before, after = after_credit(parts, credited), after_credit(parts, credited + more)
    for one, other in zip(before, after, strict=True):
        assert other.waiting <= one.waiting
        assert other.granted <= one.granted


@given(parts, cents, cents)
def test_what_rounding_has_left_waits_for_no_credit(parts, credited, rounding):
    plain, rounded = after_credit(parts, credited), after_credit(parts, credited, rounding)
    answered = [number for number, part in enumerate(parts) if part.upheld is not None]
    missing = sum(plain[number].waiting for number in answered)
    left = sum(rounded[number].waiting for number in answered)
    assert left == (0 if credited and missing <= rounding else missing)
    assert sum(one.waiting + one.granted for one in rounded) == sum(one.waiting + one.granted for one in plain)
