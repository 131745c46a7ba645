"""Whom an agency takes and what it costs: the edges in tables, the rest as properties."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agency import (
    ENOUGH_REFERRALS,
    Customer,
    Misfit,
    Terms,
    commission_percent,
    expected_recovery,
    is_accredited,
    misfits,
)

TODAY = date(2026, 3, 2)
ANYBODY = Terms(TODAY)

percents = st.decimals(0, 100, places=2)
bands = st.dictionaries(st.integers(0, 400), percents, max_size=6)
amounts = st.decimals(0, 10**6, places=2)


@pytest.mark.parametrize(
    ("terms", "customer", "expected"),
    [
        (ANYBODY, Customer(None, None, Decimal(1)), []),
        (Terms(None), Customer(None, None, Decimal(1)), [Misfit.NOT_ACCREDITED]),
        (Terms(TODAY - timedelta(1)), Customer(None, None, Decimal(1)), [Misfit.EXPIRED]),
        (Terms(TODAY, frozenset({"US"})), Customer("US", None, Decimal(1)), []),
        (Terms(TODAY, frozenset({"US"})), Customer(None, None, Decimal(1)), [Misfit.NO_COUNTRY]),
        (Terms(TODAY, frozenset({"US"})), Customer("CA", None, Decimal(1)), [Misfit.COUNTRY]),
        (Terms(TODAY, languages=frozenset({"en"})), Customer(None, "fr", Decimal(1)), [Misfit.LANGUAGE]),
        (Terms(TODAY, languages=frozenset({"en"})), Customer(None, None, Decimal(1)), []),
        (Terms(TODAY, least=Decimal(100)), Customer(None, None, Decimal("99.99")), [Misfit.TOO_LITTLE]),
        (Terms(TODAY, least=Decimal(100)), Customer(None, None, Decimal(100)), []),
        (Terms(TODAY, most=Decimal(100)), Customer(None, None, Decimal(100)), []),
        (Terms(TODAY, most=Decimal(100)), Customer(None, None, Decimal("100.01")), [Misfit.TOO_MUCH]),
    ],
)
def test_whom_an_agency_takes(terms, customer, expected):
    assert misfits(terms, customer, TODAY) == expected


@given(bands, st.integers(-30, 500))
def test_a_commission_is_one_of_those_agreed(agreed, days):
    percent = commission_percent(agreed.items(), days)
    assert percent in agreed.values() or (not agreed and percent == 0)


@given(bands, st.integers(0, 400), percents)
def test_a_band_holds_from_its_first_day(agreed, day, percent):
    agreed = agreed | {day: percent}
    assert commission_percent(agreed.items(), day) == percent
    later = min((other for other in agreed if other > day), default=None)
    if later is not None:
        assert commission_percent(agreed.items(), later - 1) == percent


@given(bands, st.integers(0, 400), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(agreed, days, random):
    shuffled = list(agreed.items())
    random.shuffle(shuffled)
    assert commission_percent(shuffled, days) == commission_percent(agreed.items(), days)


@given(st.integers(0, 20), amounts, amounts, percents)
def test_what_to_expect_is_from_the_record_once_there_is_enough_of_it(ended, referred, recovered, stated):
    percent, own = expected_recovery(ended, referred, min(recovered, referred), stated)
    assert own == (ended >= ENOUGH_REFERRALS and referred > 0)
    assert 0 <= percent <= 100
    assert own or percent == stated


@given(st.dates(), st.dates())
def test_who_is_accredited_today_was_so_before(until, today):
    if is_accredited(until, today) and today > date.min:
        assert is_accredited(until, today - timedelta(1))
