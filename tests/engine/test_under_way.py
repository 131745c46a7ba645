"""What is on its way: stories with figures, then what holds for any payments."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.under_way import Payment, Room, under_way

CENT = Decimal("0.01")
JANUARY, FEBRUARY = date(2026, 1, 10), date(2026, 2, 10)


def room(key, value, left=None, due=JANUARY):
    """An item in dollars; with ``left``, so many euros."""
    currency = "USD" if left is None else "EUR"
    return Room(key, due, currency, Decimal(value if left is None else left), Decimal(value))


def pays(items, value, amount=None, key=1, **discounted):
    currency = "USD" if amount is None else "EUR"
    return Payment(
        key,
        currency,
        Decimal(value if amount is None else amount),
        Decimal(value),
        frozenset(items),
        {name: Decimal(enough) for name, enough in discounted.items()},
    )


@pytest.mark.parametrize(
    ("payments", "rooms", "expected"),
    [
        pytest.param([pays("a", 40)], [room("a", 100)], {"a": 40}, id="a part"),
        pytest.param(
            [pays("ab", 400)], [room("b", 300), room("a", 200, due=FEBRUARY)], {"b": 300, "a": 100}, id="the oldest"
        ),
        pytest.param([pays("a", 150, 100)], [room("a", 200, 100)], {"a": 200}, id="all euros, whatever they are worth"),
        pytest.param([pays("a", 150, 50)], [room("a", 200, 100)], {"a": 100}, id="half of the euros"),
        pytest.param([pays("a", 150)], [room("a", 200, 100)], {"a": 150}, id="dollars for euros"),
        pytest.param([pays("a", 50, 25)], [room("a", 200)], {"a": 50}, id="euros for dollars"),
        pytest.param(
            [pays("a", 120), pays("ab", 80, key=2)],
            [room("a", 100), room("b", 100)],
            {"a": 100, "b": 100},
            id="what is over",
        ),
        pytest.param([pays("a", 980, a=980)], [room("a", 1000)], {"a": 1000}, id="a discount that was earned"),
        pytest.param([pays("a", 979, a=980)], [room("a", 1000)], {"a": 979}, id="one that was not"),
        pytest.param(
            [pays("a", 1000, a=980)], [room("a", 1000), room("b", 9)], {"a": 1000}, id="one that was not taken"
        ),
        pytest.param(
            [pays("ab", 1030, a=980)], [room("a", 1000), room("b", 50)], {"a": 1000, "b": 50}, id="one of two invoices"
        ),
        pytest.param([], [room("a", 100)], {}, id="nothing"),
    ],
)
def test_what_is_on_its_way(payments, rooms, expected):
    assert under_way(payments, rooms, CENT) == expected


amounts = st.integers(0, 100_000).map(lambda number: number * CENT)
rooms_ = st.lists(
    st.builds(
        Room,
        st.integers(0, 50),
        st.sampled_from([JANUARY, FEBRUARY]),
        st.sampled_from(["USD", "EUR"]),
        amounts.filter(bool),
        amounts.filter(bool),
    ),
    max_size=5,
    unique_by=lambda one: one.key,
)
payments_ = st.lists(
    st.builds(
        Payment,
        st.integers(0, 50),
        st.sampled_from(["USD", "EUR"]),
        amounts,
        amounts,
        st.frozensets(st.integers(0, 50), max_size=3),
    ),
    max_size=4,
    unique_by=lambda one: one.key,
)


@given(payments_, rooms_)
def test_no_item_gets_more_than_is_left_of_it(payments, rooms):
    parts = under_way(payments, rooms, CENT)
    value = {one.key: one.value for one in rooms}
    assert all(0 < part <= value[key] for key, part in parts.items())


@given(payments_, rooms_)
def test_the_order_of_payments_and_items_does_not_matter(payments, rooms):
    assert under_way(payments, rooms, CENT) == under_way(payments[::-1], rooms[::-1], CENT)
