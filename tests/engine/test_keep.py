"""Keep or collect: the figures add up, and nothing is said of what nobody knows."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.keep import Sale, Word, business, by_agency, by_plan, kept_share, percent

amounts = st.decimals(0, 100_000, places=2)
percents = st.decimals(0, 100, places=1)


def test_nothing_sold_is_nothing_known():
    assert (business([]).sold, business([]).margin, business([]).margin_percent) == (0, None, None)


def test_the_margin_is_that_of_the_sales_whose_cost_is_known():
    told = business([Sale(Decimal(1000), Decimal(700)), Sale(Decimal(1000))])
    assert (told.sold, told.known, told.margin, told.margin_percent) == (2000, 1000, 300, Decimal("30.0"))


def test_what_was_credited_takes_its_cost_along():
    told = business([Sale(Decimal(1000), Decimal(700)), Sale(Decimal(-1000), Decimal(-700))])
    assert (told.sold, told.margin, told.margin_percent) == (0, 0, None)


@pytest.mark.parametrize(
    ("words", "share"),
    [
        pytest.param([], None, id="nobody promised anything"),
        pytest.param([Word(1, Decimal(0), Decimal(0))], None, id="credited to nothing"),
        pytest.param([Word(3, Decimal(900), Decimal(900))], Decimal("100.0"), id="a good word"),
        pytest.param([Word(1, Decimal(100), Decimal(150))], Decimal("100.0"), id="more than promised"),
        pytest.param(
            [Word(1, Decimal(100)), Word(1, Decimal(100), Decimal(50))], Decimal("25.0"), id="broken and light"
        ),
    ],
)
def test_the_share_of_what_was_promised(words, share):
    assert kept_share(words) == share


def test_a_plan_without_a_word_on_record_has_no_figure():
    assert by_plan(Decimal(500), None) is None


def test_percent_of_nothing():
    assert percent(Decimal(5), Decimal(0)) is None


@given(st.lists(st.tuples(amounts, percents), max_size=8), percents)
def test_an_agency_never_takes_more_than_it_brings(items, recovery):
    offer = by_agency(items, recovery)
    assert 0 <= offer.commission <= offer.expected <= offer.amount
    assert offer.net + offer.commission == offer.expected
    assert offer.amount == sum(amount for amount, _rate in items)


@given(st.lists(st.builds(Word, st.integers(1, 5), amounts, amounts), max_size=8), amounts)
def test_a_plan_brings_no_more_than_the_amount(words, amount):
    share = kept_share(words)
    brought = by_plan(amount, share)
    assert (brought is None) == (share is None)
    assert brought is None or 0 <= brought <= amount
