"""How old an account is and what one may ask for today: stories with figures, then what holds for every ledger."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.aging import (
    BUCKET_COUNT,
    ZERO,
    Figures,
    Item,
    asked_of_each,
    bucket,
    credit_to_offset,
    days_past_due,
    figures,
    left_after_credits,
    spread,
)

TODAY = date(2026, 3, 31)
JANUARY, FEBRUARY, MARCH, MAY = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10), date(2026, 5, 10)


def item(due, residual, **parts):
    parts = {name: part if name in ("excluded", "refund") else Decimal(part) for name, part in parts.items()}
    return Item(due, Decimal(residual), **parts)


def offset_credits(items, credit):
    """What a credit leaves of these items, the oldest first; the settled ones left out."""
    left = left_after_credits([*items, Item(JANUARY, -credit)], [*(one.residual for one in items), ZERO])
    pairs = zip(items, left[:-1], strict=True)
    return sorted((replace(one, residual=amount) for one, amount in pairs if amount), key=lambda one: one.due)


def total(items):
    return sum((one.residual for one in items), ZERO)


# Days past due


@pytest.mark.parametrize(
    ("due", "today", "days"),
    [
        pytest.param(date(2026, 3, 31), date(2026, 3, 31), 0, id="the day itself"),
        pytest.param(date(2026, 3, 30), date(2026, 3, 31), 1, id="the day after"),
        pytest.param(date(2026, 4, 1), date(2026, 3, 31), 0, id="due tomorrow"),
        pytest.param(date(2027, 3, 31), date(2026, 3, 31), 0, id="due in a year"),
        pytest.param(date(2027, 2, 28), date(2027, 3, 1), 1, id="end of February"),
        pytest.param(date(2028, 2, 28), date(2028, 3, 1), 2, id="end of February in a leap year"),
        pytest.param(date(2028, 2, 29), date(2028, 3, 1), 1, id="due on the leap day"),
        pytest.param(date(2028, 2, 29), date(2029, 2, 28), 365, id="a year after the leap day"),
        pytest.param(date(2026, 12, 31), date(2027, 1, 1), 1, id="over the year end"),
        pytest.param(date(2026, 3, 28), date(2026, 3, 30), 2, id="over the change to summer time"),
    ],
)
def test_days_past_due(due, today, days):
    assert days_past_due(due, today) == days


@pytest.mark.parametrize(
    ("days", "number"),
    [(-5, 0), (0, 0), (1, 1), (29, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (3650, 4)],
)
def test_bucket_at_its_bounds(days, number):
    assert bucket(days) == number


@pytest.mark.parametrize(
    ("due", "number"),
    [
        pytest.param(date(2026, 4, 1), 0, id="due tomorrow"),
        pytest.param(date(2026, 3, 31), 0, id="due today"),
        pytest.param(date(2026, 3, 30), 1, id="1 day"),
        pytest.param(date(2026, 3, 1), 1, id="30 days"),
        pytest.param(date(2026, 2, 28), 2, id="31 days"),
        pytest.param(date(2026, 1, 30), 2, id="60 days"),
        pytest.param(date(2026, 1, 29), 3, id="61 days"),
        pytest.param(date(2025, 12, 31), 3, id="90 days, last year"),
        pytest.param(date(2025, 12, 30), 4, id="91 days, last year"),
    ],
)
def test_an_invoice_stands_in_one_bucket(due, number):
    expected = [ZERO] * 5
    expected[number] = Decimal(100)
    assert figures([item(due, 100)], TODAY).buckets == tuple(expected)


# Offsetting credits


@pytest.mark.parametrize(
    ("credit", "left"),
    [
        pytest.param("0", [(JANUARY, "40"), (FEBRUARY, "50")], id="no credit"),
        pytest.param("0.01", [(JANUARY, "39.99"), (FEBRUARY, "50")], id="a cent"),
        pytest.param("39.99", [(JANUARY, "0.01"), (FEBRUARY, "50")], id="all but a cent of the oldest"),
        pytest.param("40", [(FEBRUARY, "50")], id="exactly the oldest"),
        pytest.param("40.01", [(FEBRUARY, "49.99")], id="a cent over the oldest"),
        pytest.param("90", [], id="exactly everything"),
        pytest.param("500", [], id="more than everything"),
    ],
)
def test_a_credit_settles_the_oldest_items_first(credit, left):
    items = [item(FEBRUARY, 50), item(JANUARY, 40)]
    assert offset_credits(items, Decimal(credit)) == [item(due, residual) for due, residual in left]


def test_a_credit_leaves_the_rest_of_an_item_as_it_was():
    disputed = item(JANUARY, 100, disputed=20)
    assert offset_credits([disputed], Decimal(30)) == [item(JANUARY, 70, disputed=20)]


def test_nothing_to_offset():
    assert offset_credits([], Decimal(10)) == []


def abroad(due, residual, own):
    return Item(due, Decimal(residual), currency="EUR", own=Decimal(own))


@pytest.mark.parametrize(
    ("items", "asked"),
    [
        pytest.param(
            [abroad(JANUARY, 200, 100), abroad(MARCH, -150, -100)], [0, 0], id="a weaker euro pays the same euros"
        ),
        pytest.param([abroad(JANUARY, 200, 100), abroad(MARCH, -260, -100)], [0, 0], id="a stronger one pays no more"),
        pytest.param([abroad(JANUARY, 200, 100), item(MARCH, -150)], [50, 0], id="dollars are worth dollars"),
        pytest.param(
            [item(JANUARY, 70), abroad(MARCH, 200, 100), abroad(MARCH, -150, -100)], [70, 0, 0], id="its own first"
        ),
        pytest.param(
            [item(JANUARY, 70), abroad(MARCH, 120, 60), abroad(MARCH, -150, -100)], [10, 0, 0], id="then the others"
        ),
        pytest.param([abroad(JANUARY, 200, 100), abroad(MARCH, -150, -75)], [50, 0], id="three quarters of it"),
        pytest.param(
            [abroad(JANUARY, 200, 100), abroad(MARCH, -150, -100), replace(item(MARCH, 75), refund=True)],
            [100, 0, 0],
            id="half of it was paid out",
        ),
    ],
)
def test_what_two_amounts_share_a_currency_for_is_compared_in_it(items, asked):
    assert asked_of_each(items, TODAY) == asked
    assert figures(items, TODAY).amount_net_overdue == sum(asked)


@pytest.mark.parametrize(
    ("items", "asked"),
    [
        pytest.param([item(JANUARY, 1000), item(MARCH, -335)], 665, id="a credit"),
        pytest.param([item(JANUARY, 1000), item(MARCH, -335, spent=335)], 1000, id="on its way to the customer"),
        pytest.param([item(JANUARY, 1000), item(MARCH, -335, spent=300)], 965, id="a part of it"),
        pytest.param([item(JANUARY, 1000), item(MARCH, -335), item(MARCH, 335, refund=True)], 1000, id="paid out"),
        pytest.param([item(MARCH, 335, refund=True)], 0, id="paid out by mistake"),
        pytest.param([item(JANUARY, 1000), item(MARCH, 335, refund=True)], 1000, id="beside what is owed"),
    ],
)
def test_what_is_paid_out_lowers_nothing_else(items, asked):
    assert figures(items, TODAY).amount_chased == asked


@pytest.mark.parametrize(
    ("items", "credit"),
    [
        pytest.param([], 0, id="no items"),
        pytest.param([item(JANUARY, 100)], 0, id="an invoice is no credit"),
        pytest.param([item(JANUARY, 100), item(MARCH, -30)], 30, id="a credit note"),
        pytest.param([item(MAY, -30)], 30, id="a credit note dated ahead"),
        pytest.param([item(MARCH, -30), item(MARCH, -12)], 42, id="a credit note and a payment not applied"),
        pytest.param([item(JANUARY, -30, excluded=True)], 30, id="an opening credit with nothing to meet"),
        pytest.param(
            [item(JANUARY, 100, excluded=True), item(JANUARY, -30, excluded=True)],
            0,
            id="an opening credit stays within the opening balance",
        ),
        pytest.param(
            [item(JANUARY, 100, excluded=True), item(JANUARY, -120, excluded=True), item(MARCH, -5)],
            25,
            id="what the opening balance leaves over helps, with the credit note",
        ),
        pytest.param(
            [item(JANUARY, 100, excluded=True), item(MARCH, -30)],
            30,
            id="a new credit does not go to the opening balance",
        ),
    ],
)
def test_credit_that_lowers_what_is_chased(items, credit):
    assert credit_to_offset(items) == credit


# What may be asked for of one item


@pytest.mark.parametrize(
    ("one", "followed"),
    [
        pytest.param(item(JANUARY, 100), 100, id="all of it"),
        pytest.param(item(JANUARY, "0.01"), Decimal("0.01"), id="the last cent"),
        pytest.param(item(JANUARY, 100, excluded=True), 0, id="excluded"),
        pytest.param(item(JANUARY, -100), 0, id="a credit"),
        pytest.param(item(JANUARY, 0), 0, id="nothing left"),
        pytest.param(item(JANUARY, 100, under_way=30), 70, id="a payment under way"),
        pytest.param(item(JANUARY, 100, promised=30), 70, id="promised in part"),
        pytest.param(item(JANUARY, 100, disputed=30), 70, id="disputed in part"),
        pytest.param(item(JANUARY, 100, under_way=10, promised=20, disputed=30), 40, id="some of each"),
        pytest.param(item(JANUARY, 100, promised=100), 0, id="promised in full"),
        pytest.param(item(JANUARY, 100, promised=80, disputed=80), 0, id="covered twice over"),
    ],
)
def test_what_of_an_item_may_be_asked_for(one, followed):
    assert one.followed == followed


# The figures of a case


def test_a_customer_without_open_items():
    nothing = figures([], TODAY)
    assert nothing == Figures()
    assert (nothing.balance, nothing.amount_chased, nothing.oldest_due_date) == (0, 0, None)
    assert nothing.buckets == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("due", "chased", "oldest"),
    [
        pytest.param(date(2026, 4, 1), 0, None, id="due tomorrow"),
        pytest.param(date(2026, 3, 31), 0, None, id="due today: the customer has until midnight"),
        pytest.param(date(2026, 3, 30), 100, date(2026, 3, 30), id="due yesterday"),
    ],
)
def test_an_invoice_is_chased_from_the_day_after_it_is_due(due, chased, oldest):
    result = figures([item(due, 100)], TODAY)
    assert (result.amount_overdue, result.amount_chased, result.amount_net_overdue) == (chased, chased, chased)
    assert result.oldest_due_date == oldest
    assert result.balance == result.amount_open == 100


def test_a_full_account():
    """Every kind of item at once; the collector can add it up on the back of an envelope."""
    result = figures(
        [
            item(JANUARY, 500, excluded=True),  # the opening balance
            item(JANUARY, 200, disputed=50),
            item(FEBRUARY, 300, promised=120),
            item(MARCH, 100, under_way=100),
            item(MAY, 400, promised=10),
            item(MARCH, -60),  # a credit note
            item(MARCH, -15),  # a payment not applied
        ],
        TODAY,
    )
    assert result == Figures(
        balance=Decimal(1425),
        amount_open=Decimal(1500),
        amount_overdue=Decimal(1100),
        amount_credit=Decimal(75),
        amount_under_way=Decimal(100),
        amount_excluded=Decimal(500),
        amount_promised=Decimal(130),
        amount_disputed=Decimal(50),
        amount_chased=Decimal(255),  # 150 + 180 + 0 - 75
        amount_net_overdue=Decimal(525),  # 200 + 300 + 100 - 75
        oldest_due_date=JANUARY,
        buckets=(Decimal(400), Decimal(100), Decimal(300), Decimal(700), ZERO),
    )


def test_instalments_are_chased_one_by_one():
    """Complaint 8: of an invoice in three instalments only the two that are past due are asked for."""
    result = figures([item(FEBRUARY, 100), item(MARCH, 100), item(MAY, 100)], TODAY)
    assert (result.amount_open, result.amount_chased, result.oldest_due_date) == (300, 200, FEBRUARY)


def test_a_partly_paid_invoice_is_asked_for_in_part():
    """Complaint 6: 1,000 invoiced, 980 paid and applied; 20 is left and 20 is chased."""
    assert figures([item(FEBRUARY, 20)], TODAY).amount_chased == 20


def test_credit_notes_and_unapplied_payments_count():
    """Complaint 5."""
    result = figures([item(FEBRUARY, 100), item(MARCH, -30), item(MARCH, "-69.99")], TODAY)
    assert (result.balance, result.amount_credit, result.amount_chased) == (
        Decimal("0.01"),
        Decimal("99.99"),
        Decimal("0.01"),
    )


def test_no_reminder_over_zero():
    """Complaint 2: credits that cover the overdue part leave nothing to chase and no date to count from."""
    result = figures([item(FEBRUARY, 100), item(MARCH, -100), item(MAY, 40)], TODAY)
    assert (result.amount_overdue, result.amount_chased, result.amount_net_overdue) == (100, 0, 0)
    assert result.oldest_due_date is None


def test_an_opening_balance_is_shown_and_not_chased():
    """Complaint 1: left out of chasing, never out of sight."""
    result = figures([item(JANUARY, 800, excluded=True), item(FEBRUARY, 100)], TODAY)
    assert (result.amount_excluded, result.amount_overdue, result.balance) == (800, 900, 900)
    assert (result.amount_chased, result.amount_net_overdue, result.oldest_due_date) == (100, 100, FEBRUARY)


def test_a_migrated_account_in_balance_does_not_hide_a_new_invoice():
    """Opening invoices 800, opening payments 800: the invoice of February is asked for in full."""
    opening = [item(JANUARY, 800, excluded=True), item(JANUARY, -800, excluded=True)]
    assert figures([*opening, item(FEBRUARY, 100)], TODAY).amount_chased == 100


def test_one_promised_invoice_does_not_block_the_others():
    """Complaint 10."""
    result = figures([item(JANUARY, 500, promised=500), item(FEBRUARY, 90)], TODAY)
    assert (result.amount_chased, result.amount_net_overdue) == (90, 590)
    assert result.oldest_due_date == FEBRUARY, "days overdue are counted for what is asked for"


def test_an_account_disputed_throughout_still_has_its_age():
    result = figures([item(JANUARY, 500, disputed=500), item(FEBRUARY, 90, disputed=90)], TODAY)
    assert (result.amount_chased, result.amount_net_overdue, result.oldest_due_date) == (0, 590, JANUARY)


def test_a_credit_makes_the_account_younger():
    """A payment of 500 not yet applied settles January; what is chased is February's."""
    result = figures([item(JANUARY, 500), item(FEBRUARY, 90), item(MARCH, -500)], TODAY)
    assert (result.amount_chased, result.oldest_due_date) == (90, FEBRUARY)


def test_credits_do_not_pay_what_is_not_yet_due_before_what_is_overdue():
    result = figures([item(MAY, 100), item(FEBRUARY, 70), item(MARCH, -50)], TODAY)
    assert (result.amount_chased, result.buckets[0]) == (20, 100)


# What holds for every ledger

cents = st.integers(0, 100_000).map(lambda number: Decimal(number) / 100)
days = st.dates(TODAY - timedelta(days=130), TODAY + timedelta(days=40))


@st.composite
def debits(draw, excluded=True):
    """An open invoice line with parts under way, promised and disputed, which overlap now and then."""
    residual = draw(cents) + Decimal("0.01")
    part = st.sampled_from([ZERO, ZERO, ZERO, ZERO, residual, residual / 2])
    return Item(
        draw(days),
        residual,
        excluded=excluded and draw(st.sampled_from([False, False, False, True])),
        under_way=draw(part),
        promised=draw(part),
        disputed=draw(part),
    )


credits_ = st.builds(
    Item, days, cents.map(lambda amount: -amount - Decimal("0.01")), excluded=st.sampled_from([False, False, True])
)
ledgers = st.lists(st.one_of(debits(), debits(), credits_), min_size=2, max_size=8)


@given(st.lists(debits(), max_size=8), cents)
def test_offsetting_takes_what_there_is_and_no_more(items, credit):
    left = offset_credits(items, credit)
    assert all(one.residual > 0 for one in left)
    assert total(left) == max(ZERO, total(items) - credit)
    if credit == 0:
        assert left == sorted(items, key=lambda one: one.due)


@given(st.lists(debits(), max_size=8), cents)
def test_offsetting_touches_a_younger_item_only_when_the_older_ones_are_gone(items, credit):
    ordered = sorted(items, key=lambda one: one.due)
    left = offset_credits(items, credit)
    untouched = ordered[len(ordered) - len(left) :]
    assert left[1:] == untouched[1:]
    for now, before in zip(left, untouched, strict=True):
        assert now.residual <= before.residual
        assert replace(now, residual=before.residual) == before


@given(st.lists(debits(), max_size=8), cents, cents)
def test_two_credits_do_what_their_sum_does(items, first, second):
    assert offset_credits(offset_credits(items, first), second) == offset_credits(items, first + second)


@given(ledgers)
def test_the_credit_to_offset_is_part_of_the_credit_there_is(items):
    there = total(one for one in items if one.residual < 0)
    assert 0 <= credit_to_offset(items) <= -there
    assert credit_to_offset([replace(one, excluded=False) for one in items]) == -there
    assert credit_to_offset([replace(one, excluded=True) for one in items]) == max(ZERO, -total(items))


@given(ledgers)
def test_the_figures_add_up(items):
    result = figures(items, TODAY)
    assert result.balance == total(items) == result.amount_open - result.amount_credit
    assert len(result.buckets) == BUCKET_COUNT
    assert sum(result.buckets) == result.amount_open
    assert sum(result.buckets[1:]) == result.amount_overdue
    assert min(result.buckets) >= 0


@given(ledgers)
def test_no_more_is_chased_than_is_overdue(items):
    result = figures(items, TODAY)
    assert 0 <= result.amount_chased <= result.amount_net_overdue <= result.amount_overdue <= result.amount_open
    asked = sum((one.followed for one in items if one.due < TODAY), ZERO)
    assert result.amount_chased == max(ZERO, asked - credit_to_offset(items))


@given(ledgers)
def test_the_oldest_due_date_is_that_of_an_overdue_item(items):
    result = figures(items, TODAY)
    assert (result.oldest_due_date is None) == (result.amount_net_overdue == 0)
    if result.oldest_due_date is not None:
        assert result.oldest_due_date < TODAY
        assert result.oldest_due_date in {one.due for one in items if one.residual > 0 and not one.excluded}
    if result.amount_chased:
        assert result.oldest_due_date in {one.due for one in items if one.followed}


@given(ledgers.flatmap(lambda items: st.tuples(st.just(items), st.permutations(items))))
def test_the_order_of_the_items_does_not_matter(orders):
    first, second = orders
    assert figures(first, TODAY) == figures(second, TODAY) == figures(iter(second), TODAY)
    assert figures(first, TODAY) == figures(first[::-1], TODAY)


@given(ledgers, cents)
def test_a_payment_lowers_what_is_chased_by_itself_or_to_nothing(items, paid):
    before = figures(items, TODAY)
    after = figures([*items, Item(TODAY, -paid)], TODAY)
    assert after.amount_chased == max(ZERO, before.amount_chased - paid)
    assert after.balance == before.balance - paid
    assert after.amount_overdue == before.amount_overdue


@given(st.lists(st.one_of(debits(excluded=False), credits_), max_size=8), debits(excluded=False))
def test_excluding_an_invoice_never_raises_what_is_chased(items, one):
    items = [replace(other, excluded=False) for other in items]
    with_it = figures([*items, one], TODAY)
    without = figures([*items, replace(one, excluded=True)], TODAY)
    assert without.amount_chased <= with_it.amount_chased
    assert without.balance == with_it.balance
    assert without.amount_excluded == with_it.amount_excluded + one.residual


@given(ledgers, st.lists(st.integers(0, 60), min_size=2, max_size=5))
def test_an_account_left_alone_only_grows_older(items, later):
    seen = [figures(items, TODAY + timedelta(days=offset)) for offset in sorted(later)]
    for earlier, after in pairwise(seen):
        assert earlier.balance == after.balance
        assert earlier.amount_overdue <= after.amount_overdue
        assert earlier.amount_chased <= after.amount_chased
        assert earlier.amount_net_overdue <= after.amount_net_overdue
        for number in range(1, BUCKET_COUNT + 1):
            assert sum(earlier.buckets[:number]) >= sum(after.buckets[:number])


@given(ledgers, st.integers(-800, 800))
def test_only_the_distance_between_the_dates_counts(items, shift):
    """Over a leap day or a year end an account looks the same as any other week."""
    moved = [replace(one, due=one.due + timedelta(days=shift)) for one in items]
    here, there = figures(items, TODAY), figures(moved, TODAY + timedelta(days=shift))
    assert replace(here, oldest_due_date=None) == replace(there, oldest_due_date=None)


@given(st.dictionaries(st.integers(1, 9), cents, min_size=1), cents)
def test_spreading_loses_nothing_and_fills_the_first_items_first(rooms, amount):
    parts = spread(amount, rooms)
    assert sum(parts.values()) == min(amount, sum(rooms.values()))
    assert all(0 < part <= rooms[key] for key, part in parts.items())
    filled = [parts.get(key, Decimal(0)) == room for key, room in rooms.items() if room]
    assert filled == sorted(filled, reverse=True)


@given(ledgers)
def test_what_is_asked_of_each_item_is_what_is_chased(items):
    ordered = sorted(items, key=lambda one: one.due)
    asked = asked_of_each(ordered, TODAY)
    result = figures(items, TODAY)
    assert sum(asked, ZERO) == result.amount_chased
    assert all(0 <= amount <= one.followed for amount, one in zip(asked, ordered, strict=True))
    days = [one.due for amount, one in zip(asked, ordered, strict=True) if amount]
    assert not days or days[0] == result.oldest_due_date


@given(st.lists(st.tuples(st.one_of(debits(), credits_), st.integers(0, 2)), max_size=9))
def test_the_branches_of_a_company_ask_for_what_one_company_would(placed):
    """Credits are spent once, on the oldest items of all, in whichever branch either stands."""
    numbered = [(replace(one, number=number), branch) for number, (one, branch) in enumerate(placed)]
    of_branch = [[one for one, place in numbered if place == branch] for branch in range(3)]
    asked = {}
    for branch, items in enumerate(of_branch):
        others = [(of_branch[other], TODAY) for other in range(3) if other != branch]
        told = figures(items, TODAY, branches=others)
        asked |= dict(zip([one.number for one in items], told.asked, strict=True))
        assert told.balance == total(items)
    together = [one for one, _branch in numbered]
    assert asked == dict(zip([one.number for one in together], figures(together, TODAY).asked, strict=True))


@given(st.lists(st.one_of(debits(), credits_), max_size=8), debits(excluded=False))
def test_what_an_agency_has_is_as_if_it_were_not_there(items, held):
    held = replace(held, with_agency=True)
    told, without = figures([*items, held], TODAY), figures(items, TODAY)
    assert told.asked == (*without.asked, ZERO)
    for name in ("amount_chased", "amount_net_overdue", "oldest_due_date", "amount_excluded"):
        assert getattr(told, name) == getattr(without, name)
    assert told.balance == without.balance + held.residual
