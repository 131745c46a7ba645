"""Payment plans: how an amount is shared, on which days, what a collector may offer alone, and how a plan is going."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.plans import (
    MOST_INSTALMENTS,
    Breach,
    Instalment,
    Limits,
    Proposal,
    Rhythm,
    State,
    Watched,
    breaches,
    judge,
    proposals,
    schedule,
)

WEEKLY, FORTNIGHTLY, MONTHLY = Rhythm.WEEKLY, Rhythm.FORTNIGHTLY, Rhythm.MONTHLY
WORKDAYS = frozenset(range(5))
CENT = Decimal("0.01")
MONDAY = date(2026, 3, 2)
NO_LIMITS = Limits()


def days_of(text, year=2026):
    """``"31.1. 28.2."`` as dates; a month before the one in front of it is of the next year."""
    days = []
    for part in text.split():
        day, month = (int(one) for one in part.split(".")[:2])
        if days and month < days[-1].month:
            year += 1
        days.append(date(year, month, day))
    return days


def sizes(amount, unit="0.01", **how):
    """The amounts of a plan as one string."""
    how = {name: Decimal(value) if name == "instalment" else value for name, value in how.items()}
    plan = schedule(Decimal(amount), MONDAY, MONTHLY, unit=Decimal(unit), **how)
    return " ".join(str(one.amount) for one in plan)


def dates(first, rhythm, count, **days):
    return [one.due for one in schedule(Decimal(100), first, rhythm, count=count, **days)]


def holidays(first, last):
    return frozenset(first + timedelta(days=number) for number in range((last - first).days + 1))


# How the amount is shared


@pytest.mark.parametrize(
    ("amount", "count", "expected"),
    [
        pytest.param("100", 1, "100.00", id="at once"),
        pytest.param("100", 2, "50.00 50.00", id="halves"),
        pytest.param("100", 3, "33.34 33.34 33.32", id="rounded up, the last is the smallest"),
        pytest.param("100.01", 3, "33.34 33.34 33.33", id="a cent less in the last"),
        pytest.param("0.03", 3, "0.01 0.01 0.01", id="a cent each"),
        pytest.param("0.04", 3, "0.01 0.01 0.02", id="rounding up leaves nothing for the last"),
        pytest.param("0.05", 3, "0.02 0.02 0.01", id="rounding up leaves a cent for the last"),
        pytest.param("0.10", 7, "0.01 0.01 0.01 0.01 0.01 0.01 0.04", id="ten cents in seven parts"),
        pytest.param("1234.56", 6, "205.76 205.76 205.76 205.76 205.76 205.76", id="it comes out even"),
    ],
)
def test_an_amount_in_a_number_of_instalments(amount, count, expected):
    assert sizes(amount, count=count) == expected


@pytest.mark.parametrize(
    ("amount", "unit", "count", "expected"),
    [
        pytest.param("100", "0.05", 3, "33.35 33.35 33.30", id="Swiss francs"),
        pytest.param("10000", "1", 3, "3334 3334 3332", id="yen"),
        pytest.param("1000", "10", 3, "340 340 320", id="tens"),
        pytest.param("1000", "10", 12, "90 90 90 90 90 90 90 90 90 90 90 10", id="tens, a small last one"),
        pytest.param("0.100", "0.001", 3, "0.034 0.034 0.032", id="dinars"),
    ],
)
def test_coins_are_not_always_cents(amount, unit, count, expected):
    assert sizes(amount, unit, count=count) == expected


@pytest.mark.parametrize(
    ("amount", "instalment", "expected"),
    [
        pytest.param("150", "50", "50.00 50.00 50.00", id="it comes out even"),
        pytest.param("120", "50", "50.00 50.00 20.00", id="the rest is the last"),
        pytest.param("105", "50", "50.00 50.00 5.00", id="a tenth is an instalment"),
        pytest.param("104.99", "50", "50.00 54.99", id="less than a tenth is added to the one before"),
        pytest.param("100.01", "50", "50.00 50.01", id="a cent"),
        pytest.param("54.99", "50", "54.99", id="also to the first"),
        pytest.param("55", "50", "50.00 5.00", id="a first and a tenth"),
        pytest.param("50", "50", "50.00", id="all at once"),
        pytest.param("49.99", "50", "49.99", id="less than an instalment"),
        pytest.param("4.99", "50", "4.99", id="less than a tenth of an instalment"),
        pytest.param("0.10", "0.03", "0.03 0.03 0.03 0.01", id="a third is no tenth"),
    ],
)
def test_an_amount_in_instalments_of_a_size(amount, instalment, expected):
    assert sizes(amount, instalment=instalment) == expected


def test_instalments_are_numbered_and_dated():
    assert schedule(Decimal(90), MONDAY, WEEKLY, count=2) == (
        Instalment(1, MONDAY, Decimal(45)),
        Instalment(2, date(2026, 3, 9), Decimal(45)),
    )


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        pytest.param({}, "give one of the two", id="neither number nor size"),
        pytest.param({"count": 2, "instalment": Decimal(50)}, "give one of the two", id="both"),
        pytest.param({"count": 0}, "at least one instalment: 0", id="none"),
        pytest.param({"count": -1}, "at least one instalment: -1", id="fewer than none"),
        pytest.param({"count": 3, "unit": Decimal(50)}, "too small for 3 instalments", id="three parts of two coins"),
        pytest.param({"instalment": Decimal(0)}, "An instalment must be positive: 0", id="instalments of nothing"),
        pytest.param({"instalment": Decimal(-5)}, "An instalment must be positive: -5", id="negative instalments"),
        pytest.param({"instalment": Decimal("0.005")}, "An instalment must be a multiple of 0.01", id="half cents"),
        pytest.param(
            {"amount": Decimal(0), "count": 1}, "The amount of a plan must be positive: 0", id="nothing to pay"
        ),
        pytest.param({"amount": Decimal(-1), "count": 1}, "must be positive: -1", id="a credit"),
        pytest.param({"amount": Decimal("1.005"), "count": 1}, "must be a multiple of 0.01: 1.005", id="a half cent"),
        pytest.param({"count": 2, "unit": Decimal(0)}, "unit of payment must be positive: 0", id="no unit"),
        pytest.param({"count": 2, "unit": Decimal(-1)}, "unit of payment must be positive: -1", id="a negative unit"),
        pytest.param({"count": 2, "weekdays": frozenset()}, "a weekday on which one can pay", id="never open"),
        pytest.param({"count": 2, "weekdays": frozenset({7})}, "a weekday on which one can pay", id="no such weekday"),
        pytest.param({"instalment": CENT}, "no more than 520 instalments; .* 10000", id="a cent at a time"),
    ],
)
def test_what_is_no_plan(how, sentence):
    how = {"amount": Decimal(100)} | how
    with pytest.raises(ValueError, match=sentence):
        schedule(how.pop("amount"), MONDAY, WEEKLY, **how)


def test_ten_years_of_weeks_and_no_day_more():
    assert MOST_INSTALMENTS == 520
    plan = schedule(Decimal(52000), MONDAY, WEEKLY, count=520)
    assert (len(plan), plan[-1].due) == (520, MONDAY + timedelta(weeks=519))
    with pytest.raises(ValueError, match="no more than 520 instalments; this one would have 521"):
        schedule(Decimal(52100), MONDAY, WEEKLY, instalment=Decimal(100))


# On which days


@pytest.mark.parametrize(
    ("first", "rhythm", "expected"),
    [
        pytest.param(MONDAY, WEEKLY, "2.3. 9.3. 16.3. 23.3. 30.3.", id="weekly"),
        pytest.param(MONDAY, FORTNIGHTLY, "2.3. 16.3. 30.3. 13.4. 27.4.", id="fortnightly"),
        pytest.param(MONDAY, MONTHLY, "2.3. 2.4. 2.5. 2.6. 2.7.", id="monthly"),
        pytest.param(date(2026, 1, 31), MONTHLY, "31.1. 28.2. 31.3. 30.4. 31.5.", id="from the last of January"),
        pytest.param(date(2026, 1, 30), MONTHLY, "30.1. 28.2. 30.3. 30.4. 30.5.", id="from the 30th"),
        pytest.param(date(2026, 1, 28), MONTHLY, "28.1. 28.2. 28.3. 28.4. 28.5.", id="from the 28th"),
        pytest.param(date(2026, 2, 28), MONTHLY, "28.2. 28.3. 28.4. 28.5. 28.6.", id="from the end of February"),
        pytest.param(date(2026, 10, 31), MONTHLY, "31.10. 30.11. 31.12. 31.1. 28.2.", id="over the end of the year"),
        pytest.param(date(2026, 12, 1), MONTHLY, "1.12. 1.1. 1.2. 1.3. 1.4.", id="from December"),
        pytest.param(date(2026, 12, 28), WEEKLY, "28.12. 4.1. 11.1. 18.1. 25.1.", id="weekly over the end of the year"),
    ],
)
def test_the_days_of_a_rhythm(first, rhythm, expected):
    assert dates(first, rhythm, 5) == days_of(expected)


def test_a_leap_year_has_its_day():
    assert dates(date(2028, 1, 31), MONTHLY, 3) == days_of("31.1. 29.2. 31.3.", 2028)
    assert dates(date(2028, 2, 29), MONTHLY, 13)[-1] == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("first", "rhythm", "closed_days", "expected"),
    [
        pytest.param(date(2026, 1, 31), MONTHLY, (), "2.2. 2.3. 31.3. 30.4.", id="weekends, the 31st stays the 31st"),
        pytest.param(date(2026, 3, 7), WEEKLY, (), "9.3. 16.3. 23.3. 30.3.", id="Saturdays become Mondays"),
        pytest.param(date(2026, 3, 30), WEEKLY, days_of("6.4."), "30.3. 7.4. 13.4. 20.4.", id="Easter Monday"),
        pytest.param(date(2026, 3, 27), WEEKLY, days_of("3.4. 6.4."), "27.3. 7.4. 10.4. 17.4.", id="Good Friday"),
        pytest.param(MONDAY, WEEKLY, days_of("2.3."), "3.3. 9.3. 16.3. 23.3.", id="the first day is closed"),
    ],
)
def test_a_closed_day_moves_only_its_own_instalment(first, rhythm, closed_days, expected):
    plan = dates(first, rhythm, 4, weekdays=WORKDAYS, closed_days=frozenset(closed_days))
    assert plan == days_of(expected)


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        pytest.param((date(2026, 12, 21), date(2026, 12, 27)), "14.12. 28.12. 4.1. 11.1.", id="onto the next"),
        pytest.param((date(2026, 12, 21), date(2026, 12, 31)), "14.12. 1.1. 4.1. 11.1.", id="two onto a day between"),
        pytest.param((date(2026, 12, 21), date(2027, 1, 10)), "14.12. 11.1. 18.1. 25.1.", id="three onto the next"),
        pytest.param((date(2026, 12, 10), date(2026, 12, 29)), "30.12. 4.1. 11.1. 18.1.", id="from the first on"),
    ],
)
def test_nobody_pays_twice_on_the_day_after_a_long_closure(closed, expected):
    assert dates(date(2026, 12, 14), WEEKLY, 4, closed_days=holidays(*closed)) == days_of(expected)


def test_one_day_of_the_week_is_enough():
    thursdays = dates(MONDAY, WEEKLY, 3, weekdays=frozenset({3}), closed_days=frozenset(days_of("5.3.")))
    assert thursdays == days_of("12.3. 19.3. 26.3.")


# What a manager must agree to


@pytest.mark.parametrize(
    ("plan", "limits", "expected"),
    [
        pytest.param("50 50 20", Limits(Decimal(50)), "", id="the last may hold a small rest"),
        pytest.param("50 49.99 50", Limits(Decimal(50)), "too_small", id="a cent below"),
        pytest.param("49.99 50 50", Limits(Decimal(50)), "too_small", id="the first is below"),
        pytest.param("20", Limits(Decimal(50)), "", id="one payment is never too small"),
        pytest.param("0.01 50", Limits(), "", id="no minimum"),
        pytest.param("50 50 50", Limits(longest_days=24), "", id="as long as allowed"),
        pytest.param("50 50 50", Limits(longest_days=23), "too_long", id="a day longer"),
        pytest.param("50 50 50", Limits(longest_days=0), "", id="any length"),
        pytest.param("20 20 20", Limits(Decimal(50), 23), "too_small too_long", id="both"),
        pytest.param("", Limits(Decimal(50), 1), "", id="nothing written yet"),
    ],
)
def test_limits_of_a_plan_of_weeks_that_begins_ten_days_from_now(plan, limits, expected):
    today = MONDAY - timedelta(days=10)
    plan = [Instalment(n + 1, MONDAY + timedelta(days=7 * n), Decimal(one)) for n, one in enumerate(plan.split())]
    assert breaches(plan, limits, today) == tuple(Breach(one) for one in expected.split())
    assert breaches(plan[::-1], limits, today) == breaches(plan, limits, today)


def test_a_closed_last_day_makes_a_plan_longer():
    limits = Limits(longest_days=5)
    assert breaches(schedule(Decimal(9), date(2026, 3, 7), WEEKLY, count=1), limits, MONDAY) == ()
    moved = schedule(Decimal(9), date(2026, 3, 7), WEEKLY, count=1, weekdays=WORKDAYS)
    assert breaches(moved, limits, MONDAY) == (Breach.TOO_LONG,)


@pytest.mark.parametrize("limits", [{"minimum_instalment": Decimal(-1)}, {"longest_days": -1}])
def test_a_limit_is_not_negative(limits):
    with pytest.raises(ValueError, match="cannot be negative"):
        Limits(**limits)


# What a collector offers


def offers(amount, minimum=0, longest=0, after=14, **how):
    """``"2 monthly, 3 monthly"``, the first payment due ``after`` so many days."""
    limits = Limits(Decimal(minimum), longest)
    found = proposals(Decimal(amount), MONDAY + timedelta(days=after), limits, MONDAY, **how)
    return ", ".join(f"{one.count} {one.rhythm.value}" for one in found)


@pytest.mark.parametrize(
    ("amount", "minimum", "longest", "expected"),
    [
        pytest.param(1200, 0, 0, "2 monthly, 3 monthly, 6 monthly, 12 monthly", id="no limits"),
        pytest.param(1200, 100, 365, "2 monthly, 3 monthly, 6 monthly, 12 monthly", id="just large enough for twelve"),
        pytest.param(1199, 100, 365, "2 monthly, 3 monthly, 6 monthly, 9 monthly", id="nine instead of twelve"),
        pytest.param(1200, 100, 300, "2 monthly, 3 monthly, 6 monthly, 9 monthly", id="nine in ten months"),
        pytest.param(600, 100, 365, "2 monthly, 3 monthly, 4 monthly, 6 monthly", id="half a year"),
        pytest.param(400, 100, 365, "2 monthly, 3 monthly, 4 monthly", id="four of a hundred"),
        pytest.param(250, 100, 365, "2 monthly", id="too small for three"),
        pytest.param(200, 100, 365, "2 monthly", id="just two"),
        pytest.param("199.98", 100, 365, "1 monthly", id="too small for two"),
        pytest.param(20, 100, 365, "1 monthly", id="below the minimum altogether"),
        pytest.param(600, 50, 90, "2 monthly, 3 monthly", id="a quarter of a year"),
        pytest.param(600, 50, 75, "2 monthly, 3 monthly", id="just three months"),
        pytest.param(600, 50, 74, "2 fortnightly, 3 fortnightly, 4 fortnightly", id="no choice of months"),
        pytest.param(600, 50, 42, "2 fortnightly, 3 fortnightly", id="six weeks"),
        pytest.param(600, 50, 41, "2 weekly, 3 weekly, 4 weekly", id="no choice of fortnights"),
        pytest.param(600, 50, 35, "2 weekly, 3 weekly, 4 weekly", id="five weeks"),
        pytest.param(600, 50, 34, "2 weekly, 3 weekly", id="not quite five weeks"),
        pytest.param(600, 50, 27, "2 weekly", id="time for two weeks"),
        pytest.param(100, 50, 50, "2 monthly", id="two, and time for months"),
        pytest.param(100, 50, 30, "2 fortnightly", id="two, and time for fortnights"),
        pytest.param(600, 50, 20, "1 monthly", id="three weeks: one payment"),
        pytest.param(600, 50, 14, "1 monthly", id="two weeks: one payment"),
        pytest.param(600, 50, 13, "", id="the first day is too late"),
    ],
)
def test_offers_two_weeks_ahead(amount, minimum, longest, expected):
    assert offers(amount, minimum, longest) == expected


def test_an_offer_holds_its_plan():
    assert proposals(Decimal(100), MONDAY, Limits(Decimal(50)), MONDAY) == (
        Proposal(MONTHLY, 2, (Instalment(1, MONDAY, Decimal(50)), Instalment(2, MONDAY.replace(month=4), Decimal(50)))),
    )


def test_one_payment_is_the_whole_amount_on_the_first_open_day():
    saturday = date(2026, 3, 7)
    found = proposals(Decimal(30), saturday, Limits(Decimal(25)), MONDAY, weekdays=WORKDAYS)
    assert found == (Proposal(MONTHLY, 1, (Instalment(1, date(2026, 3, 9), Decimal(30)),)),)


def test_closed_days_count_in_the_duration():
    assert offers(600, 50, 75, closed_days=frozenset(days_of("16.5."))).startswith("2 fortnightly")
    assert offers(600, 50, 75, weekdays=WORKDAYS).startswith("2 fortnightly")  # 16 May is a Saturday


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(5, "2 monthly, 3 monthly, 4 monthly"), (4, "2 monthly, 3 monthly, 4 monthly"), (1, "1 monthly")],
)
def test_no_offer_asks_for_less_than_a_coin(amount, expected):
    assert offers(amount, unit=Decimal(1)) == expected


@pytest.mark.parametrize(
    ("amount", "unit", "sentence"), [("0", "1", "positive: 0"), ("1.5", "1", "multiple of 1"), ("1", "0", "unit")]
)
def test_what_cannot_be_paid_cannot_be_offered(amount, unit, sentence):
    with pytest.raises(ValueError, match=sentence):
        proposals(Decimal(amount), MONDAY, NO_LIMITS, MONDAY, unit=Decimal(unit))


# How it is going


def going(states, days_after=0, grace=0):
    """Instalments in the order of ``states``, a month apart, seen so many days after the last deadline."""
    plan = [Watched(MONDAY + timedelta(days=30 * n), state) for n, state in enumerate(states.split())]
    last = plan[-1].due if plan else MONDAY
    return judge(plan, last + timedelta(days=days_after), grace).value


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        pytest.param("open open open", "active", id="just begun"),
        pytest.param("kept kept open", "active", id="one to come"),
        pytest.param("kept kept kept", "completed", id="a good customer"),
        pytest.param("late late late", "completed", id="late is paid"),
        pytest.param("kept withdrawn late", "completed", id="one was waived"),
        pytest.param("withdrawn withdrawn kept", "completed", id="all but one were waived"),
        pytest.param("withdrawn withdrawn", "active", id="nothing is left: a person cancels it"),
        pytest.param("withdrawn open", "active", id="one waived, one to come"),
        pytest.param("kept broken open", "breached", id="the second was missed"),
        pytest.param("light kept kept", "breached", id="the first was paid in part"),
        pytest.param("broken broken", "breached", id="never began"),
        pytest.param("withdrawn broken", "breached", id="the rest was missed"),
        pytest.param("", "active", id="nothing written"),
    ],
)
def test_a_plan_a_day_after_its_last_deadline(states, expected):
    assert going(states, days_after=1) == expected


@pytest.mark.parametrize("state", ["light", "broken"])
@pytest.mark.parametrize(
    ("days_after", "grace", "expected"),
    [
        (-1, 0, "active"),
        (0, 0, "active"),
        (1, 0, "breached"),
        (3, 3, "active"),
        (4, 3, "breached"),
        (90, 3, "breached"),
    ],
)
def test_days_of_grace(state, days_after, grace, expected):
    assert going(f"kept {state}", days_after, grace) == expected


def test_an_open_instalment_breaks_nothing_by_itself():
    """Whether it was missed, the watch over promises says; the plan only listens."""
    assert going("open", days_after=90) == "active"


def test_states_may_come_as_members_of_another_enumeration():
    promise = StrEnum("promise", ["KEPT", "BROKEN"])
    assert judge([Watched(MONDAY, promise.KEPT)], MONDAY) is State.COMPLETED
    assert judge([Watched(MONDAY, promise.BROKEN)], MONDAY + timedelta(days=1)) is State.BREACHED


@pytest.mark.parametrize("state", ["", "paid", "KEPT", None])
def test_an_unknown_state_is_a_mistake_of_the_caller(state):
    with pytest.raises(ValueError, match="An instalment cannot be"):
        Watched(MONDAY, state)


def test_grace_is_not_negative():
    with pytest.raises(ValueError, match="cannot be negative: -1"):
        judge([Watched(MONDAY, "open")], MONDAY, -1)


# What holds for any plan

units = st.sampled_from([Decimal("0.001"), CENT, Decimal("0.05"), Decimal(1), Decimal(10)])
beginnings = st.dates(date(2024, 1, 1), date(2029, 12, 31))
rhythms = st.sampled_from(Rhythm)
open_weekdays = st.frozensets(st.integers(0, 6), min_size=1)


@st.composite
def closures(draw, first):
    """Single days and whole closures of up to two months."""
    begins = st.integers(-5, 200).map(lambda number: first + timedelta(days=number))
    spans = draw(st.lists(st.tuples(begins, st.integers(0, 60)), max_size=4))
    return frozenset(begin + timedelta(days=number) for begin, length in spans for number in range(length + 1))


@st.composite
def calendars(draw):
    """A first day, and the days on which one can pay."""
    first = draw(beginnings)
    return first, {"weekdays": draw(open_weekdays), "closed_days": draw(closures(first))}


@st.composite
def plans(draw):
    """All that :func:`schedule` is asked, and its answer."""
    unit, (first, days) = draw(units), draw(calendars())
    whole = draw(st.integers(1, 500_000))
    if draw(st.booleans()):
        how = {"count": draw(st.integers(1, min(whole, 60)))}
    else:
        how = {"instalment": unit * draw(st.integers(max(1, whole // 60), whole + 10))}
    asked = {"amount": whole * unit, "first": first, "rhythm": draw(rhythms), "unit": unit} | how | days
    return asked, schedule(**asked)


@given(plans())
def test_a_plan_pays_the_amount_and_no_cent_more(case):
    asked, plan = case
    assert sum(one.amount for one in plan) == asked["amount"]
    assert all(one.amount > 0 and one.amount % asked["unit"] == 0 for one in plan)
    assert [one.number for one in plan] == list(range(1, len(plan) + 1))


@given(plans())
def test_all_but_the_last_are_equal(case):
    asked, plan = case
    *regular, last = (one.amount for one in plan)
    assert len(set(regular)) <= 1
    if "count" in asked:
        assert len(plan) == asked["count"]
        if regular and last > regular[0]:
            rounded_up = regular[0] + asked["unit"]
            assert rounded_up * len(regular) >= asked["amount"], "the last is the largest only where it must be"
    else:
        size = asked["instalment"]
        assert set(regular) <= {size}
        assert last < size + size / 10
        assert len(plan) == 1 or last >= size / 10


@given(plans())
def test_each_instalment_has_an_open_day_of_its_own(case):
    asked, plan = case
    assert all(earlier.due < later.due for earlier, later in pairwise(plan))
    assert all(one.due.weekday() in asked["weekdays"] and one.due not in asked["closed_days"] for one in plan)
    assert plan[0].due >= asked["first"]


@given(plans())
def test_closed_days_delay_and_never_hurry(case):
    asked, plan = case
    undisturbed = schedule(**asked | {"weekdays": frozenset(range(7)), "closed_days": frozenset()})
    assert [one.amount for one in plan] == [one.amount for one in undisturbed]
    assert all(one.due >= other.due for one, other in zip(plan, undisturbed, strict=True))
    if asked["rhythm"] is MONTHLY:
        months = {(one.due.year, one.due.month) for one in undisturbed}
        assert len(months) == len(undisturbed), "one in each month"
    else:
        pace = timedelta(days=7 if asked["rhythm"] is WEEKLY else 14)
        assert all(later.due - earlier.due == pace for earlier, later in pairwise(undisturbed))


@given(beginnings, st.integers(1, 60))
def test_months_are_counted_from_the_first_day(first, count):
    for one in dates(first, MONTHLY, count):
        next_day = one + timedelta(days=1)
        assert one.day == first.day or (one.day < first.day and next_day.day == 1)


@given(calendars(), rhythms, st.integers(1, 40), st.integers(1, 40))
def test_a_longer_plan_begins_like_a_shorter_one(calendar, rhythm, one, other):
    first, days = calendar
    short, long = sorted((one, other))
    assert dates(first, rhythm, long, **days)[:short] == dates(first, rhythm, short, **days)


@given(
    calendar=calendars(),
    unit=units,
    whole=st.integers(1, 20_000),
    minimum=st.integers(0, 5_000),
    longest=st.integers(0, 500),
    ahead=st.integers(0, 60),
)
def test_offers_are_within_the_limits_and_grow_longer(calendar, unit, whole, minimum, longest, ahead):
    first, days = calendar
    agreed, limits, amount = first - timedelta(days=ahead), Limits(minimum * unit, longest), whole * unit
    found = proposals(amount, first, limits, agreed, unit=unit, **days)
    assert len(found) <= 4
    for offer in found:
        assert breaches(offer.instalments, limits, agreed) == ()
        assert offer.instalments == schedule(amount, first, offer.rhythm, count=offer.count, unit=unit, **days)
    assert len({offer.rhythm for offer in found}) <= 1
    for shorter, longer in pairwise(found):
        assert shorter.count < longer.count
        assert shorter.instalments[-1].due < longer.instalments[-1].due
    at_once = schedule(amount, first, MONTHLY, count=1, unit=unit, **days)
    assert bool(found) == (not breaches(at_once, limits, agreed)), "an offer, if only one payment"


watched = st.builds(
    Watched,
    due=st.dates(date(2026, 1, 1), date(2026, 3, 1)),
    state=st.sampled_from(["open", "kept", "late", "light", "broken", "withdrawn"]),
)


@given(
    st.lists(watched, max_size=6).flatmap(lambda plan: st.tuples(st.just(plan), st.permutations(plan))),
    st.dates(date(2026, 1, 1), date(2026, 4, 1)),
    st.integers(0, 10),
)
def test_the_order_of_instalments_changes_no_judgement(orders, today, grace):
    plan, shuffled = orders
    assert judge(plan, today, grace) is judge(shuffled, today, grace)
    assert judge(plan, today, grace) in {State.ACTIVE, State.COMPLETED, State.BREACHED}


@given(st.lists(watched, min_size=1, max_size=6), st.dates(date(2026, 1, 1), date(2026, 4, 1)), st.integers(0, 10))
def test_a_breach_does_not_heal_by_waiting_and_grace_only_delays_it(plan, today, grace):
    assume(judge(plan, today, grace) is State.BREACHED)
    assert judge(plan, today + timedelta(days=1), grace) is State.BREACHED
    assert judge(plan, today, 0) is State.BREACHED
    assert judge(plan, today + timedelta(days=5), grace + 5) is State.BREACHED
