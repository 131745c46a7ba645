"""Whom to call first: the points of the worklist."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.priority import score

REFERENCE = Decimal(100)


@pytest.mark.parametrize(
    ("days_overdue", "points"),
    [(0, 0), (1, 10), (30, 10), (31, 20), (60, 20), (61, 30), (90, 30), (91, 40), (4000, 40)],
)
def test_points_for_age(days_overdue, points):
    assert score(Decimal(1), REFERENCE, days_overdue) == points


@pytest.mark.parametrize(
    ("amount", "points"),
    [
        ("0.01", 0),
        ("99.99", 0),
        ("100", 5),
        ("499.99", 5),
        ("500", 10),
        ("999.99", 10),
        ("1000", 20),
        ("4999.99", 20),
        ("5000", 30),
        ("9999.99", 30),
        ("10000", 40),
        ("1000000", 40),
    ],
)
def test_points_for_the_amount(amount, points):
    assert score(Decimal(amount), REFERENCE, days_overdue=0) == points


@pytest.mark.parametrize(("unanswered", "points"), [(0, 0), (1, 5), (2, 10), (3, 15), (4, 20), (5, 20), (40, 20)])
def test_points_for_calls_that_nobody_answered(unanswered, points):
    assert score(Decimal(1), REFERENCE, days_overdue=0, unanswered=unanswered) == points


@pytest.mark.parametrize("amount", ["0", "-0.01", "-500"])
def test_a_customer_of_whom_nothing_is_asked_has_no_points(amount):
    assert score(Decimal(amount), REFERENCE, days_overdue=91, unanswered=9) == 0


@pytest.mark.parametrize("reference", ["0", "-1"])
def test_without_a_reference_amount_each_unit_counts_as_one(reference):
    assert score(Decimal("4.99"), Decimal(reference), days_overdue=0) == 5
    assert score(Decimal(5), Decimal(reference), days_overdue=0) == 10


def test_the_worst_account_has_a_hundred_points():
    assert score(Decimal(10_000), REFERENCE, days_overdue=91, unanswered=4) == 100


def test_a_small_old_account_that_hides_comes_before_a_large_fresh_one():
    small_and_old = score(Decimal(120), REFERENCE, days_overdue=95, unanswered=4)
    large_and_fresh = score(Decimal(9000), REFERENCE, days_overdue=3)
    assert (small_and_old, large_and_fresh) == (65, 40)


def test_a_case_that_comes_back_from_a_pause_is_looked_at_first():
    smallest = score(Decimal(0), REFERENCE, days_overdue=0, look=True)
    assert smallest >= score(Decimal(10_000), REFERENCE, days_overdue=91, unanswered=4)
    assert score(Decimal(500), REFERENCE, days_overdue=3, look=True) == 120


@given(st.decimals(min_value=0, max_value=2_000_000, places=2), st.integers(0, 400), st.integers(0, 12))
def test_among_those_that_come_back_the_order_is_the_same(amount, days_overdue, unanswered):
    plain = score(amount, REFERENCE, days_overdue, unanswered)
    assert score(amount, REFERENCE, days_overdue, unanswered, look=True) == plain + 100


amounts = st.decimals(min_value=0, max_value=2_000_000, places=2)
positive = st.decimals(min_value="0.01", max_value=10_000, places=2)
ages, attempts = st.integers(0, 400), st.integers(0, 12)


@given(amounts, positive, ages, attempts)
def test_points_stay_between_0_and_100(amount, reference, days_overdue, unanswered):
    assert 0 <= score(amount, reference, days_overdue, unanswered) <= 100


@given(amounts, positive, ages, attempts, st.tuples(amounts, ages, attempts))
def test_more_at_stake_older_or_quieter_never_moves_a_customer_down(
    amount, reference, days_overdue, unanswered, growth
):
    more, older, quieter = growth
    before = score(amount, reference, days_overdue, unanswered)
    assert before <= score(amount + more, reference, days_overdue + older, unanswered + quieter)


@given(amounts, positive, ages, attempts, st.integers(1, 1000))
def test_the_currency_does_not_matter(amount, reference, days_overdue, unanswered, rate):
    here = score(amount, reference, days_overdue, unanswered)
    assert here == score(amount * rate, reference * rate, days_overdue, unanswered)
