"""Disputes: what of an item is not asked for, when the rest is due, what our answer was."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.disputes import Question, Verdict, due_date, not_asked, verdict

DUE = date(2026, 1, 31)
NEW = date(2026, 3, 20)
cents = st.integers(0, 100_000).map(lambda number: Decimal(number) / 100)
days = st.integers(-60, 60).map(lambda offset: NEW + timedelta(days=offset))
questions = st.builds(Question, waiting=cents, granted=cents, new_due=days | st.none())


@pytest.mark.parametrize(
    ("disputed", "upheld", "answer"),
    [
        ("300", "300", Verdict.UPHELD),
        ("300", "299.99", Verdict.PARTLY_UPHELD),
        ("300", "0.01", Verdict.PARTLY_UPHELD),
        ("300", "0", Verdict.REJECTED),
    ],
)
def test_our_answer_follows_from_what_we_credit(disputed, upheld, answer):
    assert verdict(Decimal(disputed), Decimal(upheld)) is answer


@pytest.mark.parametrize(("disputed", "upheld"), [("300", "300.01"), ("300", "-0.01"), ("0", "0")])
def test_what_cannot_be_upheld_is_a_mistake_of_the_caller(disputed, upheld):
    with pytest.raises(ValueError, match="can be upheld"):
        verdict(Decimal(disputed), Decimal(upheld))


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
