"""The sum of what was recovered, returned, written off and is open is what was referred, whatever is booked."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.referral_sums import Booked, Sums, commission, sums

cents = st.integers(0, 10**7).map(lambda number: Decimal(number).scaleb(-2))


def cash(text):
    return Decimal(text)


@pytest.mark.parametrize(
    ("story", "aside", "booked", "ended", "expected"),
    [
        ("nothing has happened", 0, Booked(cash(100)), False, Sums(open=cash(100))),
        ("half was paid", 0, Booked(cash(50), money=cash(50)), False, Sums(cash(50), open=cash(50))),
        ("all was paid", 0, Booked(cash(0), money=cash(100)), False, Sums(cash(100))),
        ("we credit a part", 0, Booked(cash(70), credited=cash(30)), False, Sums(returned=cash(30), open=cash(70))),
        (
            "the rest is written off",
            0,
            Booked(cash(0), cash(60), written_off=cash(40)),
            False,
            Sums(cash(60), written_off=cash(40)),
        ),
        ("it comes back", 0, Booked(cash(100)), True, Sums(returned=cash(100))),
        (
            "it comes back and is written off",
            0,
            Booked(cash(0), written_off=cash(100)),
            True,
            Sums(written_off=cash(100)),
        ),
        ("paid to us after it came back", 0, Booked(cash(0)), True, Sums(returned=cash(100))),
        (
            "the credit that stayed with us is applied",
            20,
            Booked(cash(100), credited=cash(20)),
            False,
            Sums(open=cash(100)),
        ),
        ("and was never referred", 20, Booked(cash(120)), False, Sums(open=cash(100))),
        (
            "the first money is for the agency",
            20,
            Booked(cash(70), money=cash(50)),
            False,
            Sums(cash(50), open=cash(50)),
        ),
        ("a payment is taken back", 0, Booked(cash(100), money=cash(0)), False, Sums(open=cash(100))),
        ("the invoice is cancelled", 0, Booked(cash(0)), False, Sums(returned=cash(100))),
        ("more money than was referred", 0, Booked(cash(0), money=cash(130)), False, Sums(cash(100))),
    ],
)
def test_of_a_hundred_that_were_referred(story, aside, booked, ended, expected):
    assert sums(cash(100), cash(aside), booked, ended=ended) == expected, story


@given(cents, cents, cents, cents, cents, cents, st.booleans())
def test_the_sum_always_closes(referred, aside, residual, money, credited, written_off, ended):
    found = sums(referred, aside, Booked(residual, money, credited, written_off), ended=ended)
    assert found.total == referred
    assert min(found.recovered, found.returned, found.written_off, found.open) >= 0
    assert found.recovered <= money
    assert found.written_off <= written_off
    assert not ended or found.open == 0


@given(cents, cents, cents, cents)
def test_more_money_never_recovers_less(referred, residual, money, more):
    before = sums(referred, cash(0), Booked(residual, money))
    after = sums(referred, cash(0), Booked(max(cash(0), residual - more), money + more))
    assert after.recovered >= before.recovered
    assert after.open <= before.open


def test_commission():
    assert commission(cash("250.00"), cash("12.5")) == cash("31.25")
    with pytest.raises(ValueError, match="negative"):
        commission(cash(10), cash(-1))


def test_books_hold_no_negative_parts():
    with pytest.raises(ValueError, match="residual cannot be negative"):
        Booked(cash(-1))
    with pytest.raises(ValueError, match="referred for something"):
        sums(cash(-1), cash(0), Booked(cash(0)))
