"""What became of a promise, and what it covers: stories with figures, then what holds for any promises and payments."""

import sys
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.promises import Coverable, Judgement, Outstanding, Promise, Settlement, State, _judgement, cover, judge

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (date(2026, 3, 2 + number) for number in range(7))
NEXT_MONDAY, NEXT_WEDNESDAY, NEXT_FRIDAY = date(2026, 3, 9), date(2026, 3, 11), date(2026, 3, 13)
JANUARY, LAST_MONTH, MUCH_LATER = date(2026, 1, 15), date(2026, 2, 2), date(2026, 9, 1)
CENT = Decimal("0.01")


def at(day, clock=12):
    return datetime.combine(day, time(clock))


def promised(amount=500, due=FRIDAY, made=MONDAY, clock=10, key=1, tolerance_amount=0, **more):
    """500 dollars for Friday, promised for the account on Monday and written down at ten."""
    facts = {"currency": "USD", "recorded": at(made, clock)} | more
    return Promise(key, Decimal(amount), made=made, due=due, tolerance_amount=Decimal(tolerance_amount), **facts)


def paid(amount, day, *items, booked=None, applied=None, money=True, key=None, **other):
    """Dollars, or other currencies by name, that came to the books at noon of the day they are dated on."""
    amounts = {name: Decimal(value) for name, value in ({"USD": amount} | other).items() if value is not None}
    booked = booked or at(day)
    key = key or f"{day} {booked} {amounts} {items} {money}"
    return Settlement(key, day, booked, amounts, frozenset(items), money, applied or (booked if items else None))


def credited(amount, day, *items, **more):
    """A credit note or a write-off."""
    return paid(amount, day, *items, money=False, **more)


def figures(judgement):
    """``"light 400 0 100"``: the state, what was received, what was lowered, what is still to come."""
    return f"{judgement.state} {judgement.received:f} {judgement.lowered:f} {judgement.outstanding:f}"


def fate(promise, *settlements, today=MUCH_LATER):
    return figures(judge([promise], settlements, today)[promise.key])


def fates(promises, *settlements, today=MUCH_LATER):
    """What became of several promises, in the order in which they are given."""
    judgements = judge(promises, settlements, today)
    return [figures(judgements[promise.key]) for promise in promises]


# The promise itself


def test_a_promise_is_for_more_than_nothing():
    for amount in (0, -1):
        with pytest.raises(ValueError, match=f"more than nothing: {amount}"):
            promised(amount)
    assert promised("0.01").amount == CENT


def test_a_promise_is_for_the_account_and_without_tolerance_unless_told():
    promise = Promise(1, Decimal(5), "USD", MONDAY, FRIDAY, at(MONDAY))
    assert (promise.items, promise.tolerance_days, promise.tolerance_amount) == (frozenset(), 0, 0)
    assert promise.deadline == FRIDAY
    assert replace(promise, tolerance_days=3).deadline == NEXT_MONDAY


def test_nothing_promised_and_nothing_paid():
    assert judge([], [paid(5, FRIDAY)], FRIDAY) == {}
    assert judge([promised()], [], FRIDAY) == {1: Judgement(State.OPEN, outstanding=Decimal(500))}


# The day


@pytest.mark.parametrize(
    ("tolerance_days", "today", "expected"),
    [
        pytest.param(0, MONDAY, "open 0 0 500", id="the day on which it was made"),
        pytest.param(0, FRIDAY, "open 0 0 500", id="the day itself"),
        pytest.param(0, SATURDAY, "broken 0 0 500", id="the day after"),
        pytest.param(1, SATURDAY, "open 0 0 500", id="the last day of grace"),
        pytest.param(1, SUNDAY, "broken 0 0 500", id="the day after grace"),
        pytest.param(0, MUCH_LATER, "broken 0 0 500", id="months later"),
    ],
)
def test_nothing_has_arrived(tolerance_days, today, expected):
    assert fate(promised(tolerance_days=tolerance_days), today=today) == expected


@pytest.mark.parametrize(
    ("tolerance_days", "day", "expected"),
    [
        pytest.param(0, TUESDAY, "kept", id="early"),
        pytest.param(0, FRIDAY, "kept", id="on the day"),
        pytest.param(0, SATURDAY, "late", id="a day late"),
        pytest.param(3, NEXT_MONDAY, "kept", id="on the last day of grace"),
        pytest.param(2, NEXT_MONDAY, "late", id="a day after grace"),
        pytest.param(0, date(2026, 8, 31), "late", id="months late"),
    ],
)
def test_all_has_arrived(tolerance_days, day, expected):
    judgement = judge([promised(tolerance_days=tolerance_days)], [paid(500, day)], MUCH_LATER)[1]
    assert judgement == Judgement(State(expected), received=Decimal(500), received_on=day)


def test_a_promise_for_today_is_kept_today():
    today = promised(due=MONDAY)
    assert fate(today, today=MONDAY) == "open 0 0 500"
    assert fate(today, paid(500, MONDAY), today=MONDAY) == "kept 500 0 0"
    assert fate(today, today=TUESDAY) == "broken 0 0 500"


def test_it_is_kept_as_soon_as_the_money_is_there():
    assert fate(promised(), paid(500, TUESDAY), today=TUESDAY) == "kept 500 0 0"


def test_the_value_date_counts_and_not_the_day_of_booking():
    """The bank brought it on Friday; the statement was read in on Monday."""
    assert fate(promised(), today=SATURDAY) == "broken 0 0 500"
    assert fate(promised(), paid(500, FRIDAY, booked=at(NEXT_MONDAY)), today=NEXT_MONDAY) == "kept 500 0 0"


# The amount


@pytest.mark.parametrize(
    ("amount", "tolerance", "expected"),
    [
        pytest.param("0.01", 0, "light 0.01 0 499.99", id="a cent"),
        pytest.param("499.99", 0, "light 499.99 0 0.01", id="a cent is missing"),
        pytest.param("500", 0, "kept 500 0 0", id="to the cent"),
        pytest.param("500.01", 0, "kept 500 0 0", id="a cent too much"),
        pytest.param("9999", 0, "kept 500 0 0", id="much too much"),
        pytest.param("489.99", 10, "light 489.99 0 10.01", id="a cent more than tolerated is missing"),
        pytest.param("490", 10, "kept 490 0 0", id="as much as tolerated is missing"),
        pytest.param("495", 10, "kept 495 0 0", id="bank charges"),
        pytest.param("500", 10, "kept 500 0 0", id="nothing is missing"),
        pytest.param("600", 10, "kept 500 0 0", id="too much, with tolerance"),
    ],
)
def test_so_much_arrived_in_time(amount, tolerance, expected):
    assert fate(promised(tolerance_amount=tolerance), paid(amount, FRIDAY)) == expected


def test_nothing_is_nothing_even_for_the_tolerant():
    assert fate(promised(5, tolerance_amount=10), today=FRIDAY) == "open 0 0 5"
    assert fate(promised(5, tolerance_amount=10)) == "broken 0 0 5"


@pytest.mark.parametrize("amount", [0, -500])
def test_money_that_is_none_keeps_nothing(amount):
    assert fate(promised(), paid(amount, FRIDAY)) == "broken 0 0 500"


@pytest.mark.parametrize(
    ("payments", "today", "expected", "received_on"),
    [
        pytest.param({TUESDAY: 300}, THURSDAY, "open 300 0 200", TUESDAY, id="begun"),
        pytest.param({TUESDAY: 300, THURSDAY: 200}, THURSDAY, "kept 500 0 0", THURSDAY, id="in two parts"),
        pytest.param({TUESDAY: 300}, SATURDAY, "light 300 0 200", TUESDAY, id="begun and not finished"),
        pytest.param({TUESDAY: 300, FRIDAY: 100}, SATURDAY, "light 400 0 100", FRIDAY, id="in two parts, not finished"),
        pytest.param({NEXT_MONDAY: 300}, NEXT_MONDAY, "light 300 0 200", NEXT_MONDAY, id="begun late"),
        pytest.param({FRIDAY: 300, NEXT_MONDAY: 200}, NEXT_MONDAY, "late 500 0 0", NEXT_MONDAY, id="light, then late"),
        pytest.param({SATURDAY: 1, NEXT_MONDAY: 499}, MUCH_LATER, "late 500 0 0", NEXT_MONDAY, id="late in two parts"),
        pytest.param({TUESDAY: 500, NEXT_MONDAY: 500}, MUCH_LATER, "kept 500 0 0", TUESDAY, id="and again"),
        pytest.param(
            {TUESDAY: 499, NEXT_MONDAY: 1, NEXT_FRIDAY: 7}, MUCH_LATER, "late 500 0 0", NEXT_MONDAY, id="the last cent"
        ),
    ],
)
def test_money_in_parts(payments, today, expected, received_on):
    judgement = judge([promised()], [paid(amount, day) for day, amount in payments.items()], today)[1]
    assert (figures(judgement), judgement.received_on) == (expected, received_on)


@pytest.mark.parametrize(
    ("today", "expected"),
    [(WEDNESDAY, "open 500 0 0"), (FRIDAY, "open 500 0 0"), (SATURDAY, "late 500 0 0"), (MUCH_LATER, "late 500 0 0")],
)
def test_a_cheque_dated_after_the_date_is_not_late_before_it(today, expected):
    """It came on Tuesday and is dated on the next Monday: nobody asks on Wednesday why it was late on Friday."""
    assert fate(promised(), paid(500, NEXT_MONDAY, booked=at(TUESDAY)), today=today) == expected


def test_a_payment_taken_back_takes_the_answer_back():
    promise, payment = promised(), paid(500, WEDNESDAY)
    assert [
        fate(promise, today=WEDNESDAY),
        fate(promise, payment, today=THURSDAY),
        fate(promise, today=FRIDAY),
        fate(promise, today=SATURDAY),
        fate(promise, payment, today=NEXT_MONDAY),
        fate(promise, today=NEXT_MONDAY),
    ] == ["open 0 0 500", "kept 500 0 0", "open 0 0 500", "broken 0 0 500", "kept 500 0 0", "broken 0 0 500"]


# What was there before


@pytest.mark.parametrize(
    ("day", "booked", "counts"),
    [
        pytest.param(MONDAY, at(MONDAY, 9), False, id="booked before it was written down"),
        pytest.param(MONDAY, at(MONDAY, 10), False, id="booked at that very moment"),
        pytest.param(MONDAY, at(MONDAY, 11), True, id="booked after"),
        pytest.param(TUESDAY, at(TUESDAY, 0), True, id="the day after"),
        pytest.param(TUESDAY, at(MONDAY, 9), True, id="booked before, dated after"),
        pytest.param(LAST_MONTH, at(LAST_MONTH), False, id="last month"),
        pytest.param(LAST_MONTH, at(MONDAY, 9), False, id="dated last month, booked before"),
        pytest.param(LAST_MONTH, at(TUESDAY), True, id="dated last month, read in on Tuesday"),
    ],
)
def test_only_what_came_since_counts(day, booked, counts):
    assert fate(promised(), paid(500, day, booked=booked)) == ("kept 500 0 0" if counts else "broken 0 0 500")


def test_a_promise_written_down_late_counts_what_came_in_between():
    """Given by letter on Monday, typed on Wednesday afternoon; the money of Tuesday is the money promised."""
    promise = promised(recorded=at(WEDNESDAY, 15))
    assert fate(promise, paid(500, TUESDAY)) == "kept 500 0 0"
    assert fate(promise, paid(500, MONDAY)) == "broken 0 0 500"


@pytest.mark.parametrize(
    ("items", "applied", "counts"),
    [
        pytest.param({7}, at(MONDAY, 9), False, id="applied before it was written down"),
        pytest.param({7}, at(MONDAY, 10), False, id="applied at that very moment"),
        pytest.param({7}, at(THURSDAY), True, id="applied after"),
        pytest.param((), at(THURSDAY), False, id="for the account nothing is new"),
    ],
)
def test_old_money_applied_to_the_promised_item(items, applied, counts):
    """It was in the books since last month; what was promised was the open rest of an invoice."""
    old = paid(500, LAST_MONTH, 7, applied=applied)
    assert fate(promised(items=frozenset(items)), old) == ("kept 500 0 0" if counts else "broken 0 0 500")


def test_old_money_that_is_not_applied_is_no_news_for_an_item():
    assert fate(promised(items=frozenset({7})), paid(500, LAST_MONTH)) == "broken 0 0 500"


# What it was given for


@pytest.mark.parametrize(
    ("items", "settles", "counts"),
    [
        pytest.param((), (), True, id="for the account, not applied"),
        pytest.param((), (7,), True, id="for the account, applied to something"),
        pytest.param((7,), (7,), True, id="for the item"),
        pytest.param((7,), (8,), False, id="for another item"),
        pytest.param((7, 8), (8,), True, id="for one of the items"),
        pytest.param((7,), (), True, id="not applied yet: it may be for the item"),
        pytest.param((7,), (7, 8), True, id="under way for two invoices"),
    ],
)
def test_money_counts_where_it_may_be_for_what_was_promised(items, settles, counts):
    state = fate(promised(items=frozenset(items)), paid(500, FRIDAY, *settles))
    assert state == ("kept 500 0 0" if counts else "broken 0 0 500")


@pytest.mark.parametrize(
    ("items", "settles", "counts"),
    [
        pytest.param((), (), True, id="for the account, not applied"),
        pytest.param((), (7,), True, id="for the account, applied to something"),
        pytest.param((7,), (7,), True, id="for the item"),
        pytest.param((7,), (8,), False, id="for another item"),
        pytest.param((7,), (), False, id="not applied: it is about the account"),
    ],
)
def test_a_credit_note_lowers_what_it_is_about(items, settles, counts):
    state = fate(promised(items=frozenset(items)), credited(100, TUESDAY, *settles), today=WEDNESDAY)
    assert state == ("open 0 100 400" if counts else "open 0 0 500")


# Credit notes and write-offs


@pytest.mark.parametrize(
    ("settlements", "today", "expected"),
    [
        pytest.param([credited(100, TUESDAY)], FRIDAY, "open 0 100 400", id="a credit note"),
        pytest.param([credited(100, TUESDAY)], SATURDAY, "broken 0 100 400", id="a credit note and no money"),
        pytest.param([credited(499, TUESDAY)], SATURDAY, "broken 0 499 1", id="nearly all"),
        pytest.param([credited(500, TUESDAY)], TUESDAY, "withdrawn 0 500 0", id="all of it"),
        pytest.param([credited(501, TUESDAY)], SATURDAY, "withdrawn 0 500 0", id="more than all of it"),
        pytest.param([credited(500, NEXT_MONDAY)], MUCH_LATER, "withdrawn 0 500 0", id="all of it, after the date"),
        pytest.param(
            [credited(300, TUESDAY), credited(200, THURSDAY)], SATURDAY, "withdrawn 0 500 0", id="all of it in two"
        ),
        pytest.param([credited(100, TUESDAY), paid(400, FRIDAY)], FRIDAY, "kept 400 100 0", id="lowered, then paid"),
        pytest.param([paid(400, TUESDAY), credited(100, FRIDAY)], FRIDAY, "kept 400 100 0", id="paid, then lowered"),
        pytest.param([credited(100, TUESDAY), paid(399, FRIDAY)], SATURDAY, "light 399 100 1", id="lowered and light"),
        pytest.param(
            [credited(100, TUESDAY), paid(400, NEXT_MONDAY)], NEXT_MONDAY, "late 400 100 0", id="lowered and late"
        ),
        pytest.param(
            [credited(100, TUESDAY), paid(500, FRIDAY)], FRIDAY, "kept 400 100 0", id="lowered, and paid all the same"
        ),
        pytest.param(
            [paid(500, FRIDAY), credited(100, FRIDAY, booked=at(FRIDAY, 13))],
            MUCH_LATER,
            "kept 500 0 0",
            id="paid before",
        ),
        pytest.param([paid(1, TUESDAY), credited(499, FRIDAY)], FRIDAY, "kept 1 499 0", id="a cent keeps the rest"),
    ],
)
def test_credit_notes_lower_what_is_missing_and_keep_nothing(settlements, today, expected):
    assert fate(promised(), *settlements, today=today) == expected


@pytest.mark.parametrize(
    ("payments", "expected", "received_on"),
    [
        pytest.param({FRIDAY: 400}, "kept 400 100 0", FRIDAY, id="what remains came in time"),
        pytest.param({FRIDAY: 300, NEXT_MONDAY: 100}, "late 400 100 0", NEXT_MONDAY, id="a part of it came late"),
        pytest.param({NEXT_MONDAY: 400}, "late 400 100 0", NEXT_MONDAY, id="all of it came late"),
        pytest.param({FRIDAY: 399}, "light 399 100 1", FRIDAY, id="a part of it never came"),
        pytest.param(
            {FRIDAY: 400, NEXT_MONDAY: 50}, "late 450 50 0", NEXT_MONDAY, id="more came late, before it was lowered"
        ),
        pytest.param({FRIDAY: 400, NEXT_FRIDAY: 50}, "kept 400 100 0", FRIDAY, id="more came after it was lowered"),
    ],
)
def test_a_promise_lowered_after_its_date(payments, expected, received_on):
    """A credit note of 100 in the week after: so much had been promised in vain."""
    settlements = [paid(amount, day) for day, amount in payments.items()]
    judgement = judge([promised()], [credited(100, NEXT_WEDNESDAY), *settlements], MUCH_LATER)[1]
    assert (figures(judgement), judgement.received_on) == (expected, received_on)


def test_a_lowered_promise_keeps_its_tolerance():
    promise = promised(tolerance_amount=10)
    assert fate(promise, credited(100, TUESDAY), paid(390, FRIDAY)) == "kept 390 100 0"
    assert fate(promise, credited(100, TUESDAY), paid("389.99", FRIDAY)) == "light 389.99 100 10.01"
    assert fate(promise, credited(490, TUESDAY)) == "withdrawn 0 490 0"
    assert fate(promise, credited("489.99", TUESDAY)) == "broken 0 489.99 10.01"


def test_money_within_the_tolerance_was_not_needed():
    """390 in time and 5 late; then 100 of the 500 are credited, and 10 are tolerated: the 390 were enough."""
    settlements = [paid(390, FRIDAY), paid(5, NEXT_MONDAY), credited(100, NEXT_WEDNESDAY)]
    judgement = judge([promised(tolerance_amount=10)], settlements, MUCH_LATER)[1]
    assert (figures(judgement), judgement.received_on) == ("kept 395 100 0", FRIDAY)


@pytest.mark.parametrize("keys", ["ab", "ba"])
def test_what_came_first_counts_first(keys):
    """By the date in the books; on the same day by the moment at which it got there."""
    one, other = keys
    late = paid(500, NEXT_MONDAY, key=one)
    in_time = paid(500, FRIDAY, booked=at(NEXT_WEDNESDAY), key=other)
    assert fate(promised(), late, in_time) == "kept 500 0 0"
    morning, evening = paid(500, FRIDAY, booked=at(FRIDAY, 9), key=one), credited(100, FRIDAY, key=other)
    assert fate(promised(), evening, morning) == "kept 500 0 0"


def test_a_first_coin_and_a_credit_note_for_all_the_rest():
    """Less than the tolerance was still needed: the day on which money came is the day."""
    judgement = judge([promised(tolerance_amount=10)], [paid(2, TUESDAY), credited(497, FRIDAY)], MUCH_LATER)[1]
    assert (figures(judgement), judgement.received_on) == ("kept 2 497 0", TUESDAY)


def test_bank_charges_written_off_with_the_payment():
    charges = [paid(490, THURSDAY, 7, key="money"), credited(10, THURSDAY, 7, key="charges")]
    assert fate(promised(), *charges) == fate(promised(), *charges[::-1]) == "kept 490 10 0"


# Several promises


def test_money_goes_to_the_promise_due_first():
    second, first = promised(200, FRIDAY, key=1), promised(300, WEDNESDAY, key=2)
    assert fates([second, first], paid(350, TUESDAY), today=TUESDAY) == ["open 50 0 150", "kept 300 0 0"]
    assert fates([second, first], paid(299, TUESDAY), today=THURSDAY) == ["open 0 0 200", "light 299 0 1"]


def test_one_payment_keeps_two_promises_and_no_third():
    three = [promised(100, FRIDAY, key=key) for key in (1, 2, 3)]
    assert fates(three, paid(200, TUESDAY)) == ["kept 100 0 0", "kept 100 0 0", "broken 0 0 100"]
    assert fates(three, paid(300, TUESDAY)) == ["kept 100 0 0"] * 3
    assert fates(three, credited(250, TUESDAY)) == ["withdrawn 0 100 0", "withdrawn 0 100 0", "broken 0 50 50"]


@pytest.mark.parametrize(
    "earlier",
    [
        pytest.param({"due": THURSDAY, "made": TUESDAY, "key": 9}, id="due earlier, made later"),
        pytest.param({"made": date(2026, 3, 1), "key": 9}, id="made earlier"),
        pytest.param(
            {"made": date(2026, 3, 1), "recorded": at(MONDAY, 11), "key": 9}, id="made earlier, written later"
        ),
        pytest.param({"clock": 9, "key": 9}, id="written down earlier"),
        pytest.param({"key": 1}, id="entered earlier"),
    ],
)
def test_who_comes_first(earlier):
    first, second = promised(100, **earlier), promised(100, key=5)
    assert fates([second, first], paid(100, WEDNESDAY)) == ["broken 0 0 100", "kept 100 0 0"]


def test_a_payment_for_an_item_passes_by_the_promise_for_another():
    first, second = promised(300, THURSDAY, key=1, items=frozenset({7})), promised(300, key=2, items=frozenset({8}))
    assert fates([first, second], paid(300, TUESDAY, 8)) == ["broken 0 0 300", "kept 300 0 0"]
    assert fates([first, second], paid(300, TUESDAY)) == ["kept 300 0 0", "broken 0 0 300"]


def test_the_rest_of_a_payment_that_came_late_for_one_is_in_time_for_the_next():
    missed, running = promised(300, FRIDAY, key=1), promised(300, NEXT_FRIDAY, key=2)
    assert fates([missed, running], paid(600, NEXT_MONDAY)) == ["late 300 0 0", "kept 300 0 0"]
    assert fates([missed, running], paid(300, NEXT_MONDAY), today=NEXT_MONDAY) == ["late 300 0 0", "open 0 0 300"]


def test_bank_charges_of_one_instalment_are_not_made_good_by_the_next():
    """Complaint of a customer in waiting: 100 a week, the bank keeps 4, and 5 are tolerated."""
    weekly = [promised(100, FRIDAY + timedelta(weeks=week), key=week, tolerance_amount=5) for week in range(5)]
    payments = [paid(96, one.due) for one in weekly]
    assert fates(weekly, *payments) == ["kept 96 0 0"] * 5
    assert fates(weekly, *payments[::2]) == [
        "kept 96 0 0",
        "late 96 0 0",
        "late 96 0 0",
        "broken 0 0 100",
        "broken 0 0 100",
    ]


def test_what_is_tolerated_is_taken_from_the_payment_itself_only():
    first, second = promised(500, key=1, tolerance_amount=10), promised(200, NEXT_FRIDAY, key=2)
    assert fates([first, second], paid(490, FRIDAY), paid(200, NEXT_FRIDAY)) == ["kept 490 0 0", "kept 200 0 0"]
    assert fates([first, second], paid(690, FRIDAY)) == ["kept 500 0 0", "light 190 0 10"]


def test_who_is_forgiven_by_credit_notes_owes_no_late_money():
    """All but 5 was credited, and that is within the tolerance; money of the week after is for something else."""
    assert fate(promised(tolerance_amount=10), credited(495, TUESDAY), paid(5, NEXT_MONDAY)) == "withdrawn 0 495 0"


# A new promise after a missed one

MISSED = promised(500, FRIDAY, key=1)
RENEWED = promised(500, NEXT_FRIDAY, made=NEXT_MONDAY, key=2)


@pytest.mark.parametrize(
    ("settlement", "expected"),
    [
        pytest.param(paid(500, NEXT_WEDNESDAY), ["broken 0 0 500", "kept 500 0 0"], id="money for the new one"),
        pytest.param(paid(1000, NEXT_WEDNESDAY), ["broken 0 0 500", "kept 500 0 0"], id="too much for the new one"),
        pytest.param(paid(500, FRIDAY), ["kept 500 0 0", "broken 0 0 500"], id="money of Friday, booked on Friday"),
        pytest.param(
            paid(500, FRIDAY, booked=at(NEXT_WEDNESDAY)),
            ["kept 500 0 0", "broken 0 0 500"],
            id="money of Friday, booked after the new one was made",
        ),
        pytest.param(
            paid(800, FRIDAY, booked=at(NEXT_WEDNESDAY)),
            ["kept 500 0 0", "light 300 0 200"],
            id="more of it than was promised for Friday",
        ),
        pytest.param(paid(500, SATURDAY), ["late 500 0 0", "broken 0 0 500"], id="late, and before the new one"),
        pytest.param(
            paid(500, NEXT_MONDAY, booked=at(NEXT_MONDAY, 9)),
            ["late 500 0 0", "broken 0 0 500"],
            id="an hour before the new one",
        ),
        pytest.param(
            paid(500, SATURDAY, booked=at(NEXT_MONDAY, 11)),
            ["broken 0 0 500", "kept 500 0 0"],
            id="dated before the new one, booked after it",
        ),
        pytest.param(paid(500, MUCH_LATER), ["broken 0 0 500", "late 500 0 0"], id="late for the new one too"),
        pytest.param(credited(500, NEXT_WEDNESDAY), ["broken 0 0 500", "withdrawn 0 500 0"], id="a credit note"),
    ],
)
def test_a_new_promise_takes_over_from_a_missed_one(settlement, expected):
    assert fates([MISSED, RENEWED], settlement) == expected


def test_money_of_the_days_of_grace_is_for_the_old_promise():
    """Dated on Sunday, within two days of grace, and read in when the new promise was there already."""
    promises = [replace(MISSED, tolerance_days=2), RENEWED]
    assert fates(promises, paid(500, SUNDAY, booked=at(NEXT_WEDNESDAY))) == ["kept 500 0 0", "broken 0 0 500"]


def test_without_the_new_promise_late_money_is_for_the_old_one():
    """The new promise was withdrawn: it is not handed in any more."""
    assert fates([MISSED], paid(500, NEXT_WEDNESDAY)) == ["late 500 0 0"]


@pytest.mark.parametrize(
    ("made", "tolerance_days", "expected"),
    [
        pytest.param(FRIDAY, 0, ["late 500 0 0", "broken 0 0 500"], id="made on the day: the old one still ran"),
        pytest.param(SATURDAY, 0, ["broken 0 0 500", "kept 500 0 0"], id="made the day after"),
        pytest.param(SATURDAY, 1, ["late 500 0 0", "broken 0 0 500"], id="made on the last day of grace"),
        pytest.param(SUNDAY, 1, ["broken 0 0 500", "kept 500 0 0"], id="made the day after grace"),
    ],
)
def test_what_makes_a_new_promise_a_new_one(made, tolerance_days, expected):
    promises = [replace(MISSED, tolerance_days=tolerance_days), promised(500, NEXT_FRIDAY, made=made, key=2)]
    assert fates(promises, paid(500, NEXT_WEDNESDAY)) == expected


def test_a_promise_about_something_else_takes_nothing_over():
    seven, eight = replace(MISSED, items=frozenset({7})), replace(RENEWED, items=frozenset({8}))
    assert fates([seven, eight], paid(500, NEXT_WEDNESDAY, 7)) == ["late 500 0 0", "broken 0 0 500"]
    assert fates([seven, eight], paid(500, NEXT_WEDNESDAY)) == ["late 500 0 0", "broken 0 0 500"]
    assert fates([seven, RENEWED], paid(500, NEXT_WEDNESDAY, 7)) == ["broken 0 0 500", "kept 500 0 0"]


@pytest.mark.parametrize("items", [(), (7, 8)])
def test_a_new_promise_takes_over_only_what_it_is_about(items):
    """500 for two invoices were missed; the new promise is about one of them. Money for the other is not lost."""
    old, new = (
        replace(MISSED, items=frozenset(items)),
        promised(200, NEXT_FRIDAY, NEXT_MONDAY, key=2, items=frozenset({8})),
    )
    assert fates([old, new], paid(300, NEXT_WEDNESDAY, 7)) == ["light 300 0 200", "broken 0 0 200"]
    assert fates([old, new], paid(300, NEXT_WEDNESDAY, 8)) == ["broken 0 0 500", "kept 200 0 0"]
    assert fates([old, new], paid(300, NEXT_WEDNESDAY)) == ["broken 0 0 500", "kept 200 0 0"]
    assert fates([old, new], credited(300, NEXT_WEDNESDAY, 7)) == ["broken 0 300 200", "broken 0 0 200"]


def test_a_new_promise_in_euros_takes_no_dollars_over():
    new = promised(400, NEXT_FRIDAY, NEXT_MONDAY, key=2, currency="EUR")
    assert fates([MISSED, new], paid(500, NEXT_WEDNESDAY)) == ["late 500 0 0", "broken 0 0 400"]
    assert fates([MISSED, new], paid(500, NEXT_WEDNESDAY, EUR=400)) == ["broken 0 0 500", "kept 400 0 0"]


def test_three_promises_one_after_the_other():
    third = promised(500, date(2026, 3, 20), made=date(2026, 3, 16), key=3)
    assert fates([third, MISSED, RENEWED], paid(200, TUESDAY), paid(300, NEXT_FRIDAY), paid(500, MUCH_LATER)) == [
        "late 500 0 0",
        "light 200 0 300",
        "light 300 0 200",
    ]


# Currencies


def test_foreign_money_counts_in_the_currency_of_the_promise():
    """400 euros are worth 440 dollars on the day."""
    payment = paid(440, FRIDAY, EUR=400)
    assert fate(promised(400, currency="EUR"), payment) == "kept 400 0 0"
    assert fate(promised(440), payment) == "kept 440 0 0"
    assert fate(promised(500), payment) == "light 440 0 60"
    assert fate(promised(400, currency="GBP"), payment) == "broken 0 0 400"


def test_one_payment_in_two_currencies_counts_once():
    """Half of the 400 euros keep the promise in euros; the other half is worth 220 dollars."""
    promises = [promised(200, WEDNESDAY, key=1, currency="EUR"), promised(440, FRIDAY, key=2)]
    assert fates(promises, paid(440, TUESDAY, EUR=400)) == ["kept 200 0 0", "light 220 0 220"]
    promises = [promised(110, WEDNESDAY, key=1), promised(400, FRIDAY, key=2, currency="EUR")]
    assert fates(promises, paid(440, TUESDAY, EUR=400)) == ["kept 110 0 0", "light 300 0 100"]


def test_a_payment_used_up_in_one_currency_is_used_up_in_the_other():
    promises = [promised(400, WEDNESDAY, key=1, currency="EUR"), promised(440, FRIDAY, key=2)]
    assert fates(promises, paid(440, TUESDAY, EUR=400)) == ["kept 400 0 0", "broken 0 0 440"]


def test_payments_at_different_rates():
    promise = promised(500, currency="EUR", items=frozenset({7}))
    payments = [paid(100, TUESDAY, 7, EUR=200), paid(300, FRIDAY, 7, EUR=300)]
    assert fate(promise, *payments) == "kept 500 0 0"
    assert fate(promised(500, items=frozenset({7})), *payments) == "light 400 0 100"


def test_a_third_of_a_payment_is_no_round_number():
    promises = [promised(100, WEDNESDAY, key=1), promised(100, FRIDAY, key=2, currency="EUR")]
    judgement = judge(promises, [paid(300, TUESDAY, EUR=100)], MUCH_LATER)[2]
    assert (judgement.state, round(judgement.received, 2)) == (State.LIGHT, Decimal("66.67"))


def test_a_credit_note_in_another_currency_lowers_too():
    assert fate(promised(400, currency="EUR"), credited(110, TUESDAY, EUR=100), today=FRIDAY) == "open 0 100 300"


# Which open items are left in peace


def an_item(key, room, due=LAST_MONTH, currency="USD", room_currency=None):
    room = Decimal(room)
    return Coverable(key, due, room, currency, room if room_currency is None else Decimal(room_currency))


def expected_of(amount, due=FRIDAY, key=1, currency="USD", items=()):
    return Outstanding(key, due, Decimal(amount), currency, frozenset(items))


def shares(outstanding, items, unit="0.01"):
    """``"1:7=300 1:8=200"``: promise 1 covers 300 of item 7 and 200 of item 8."""
    covered = cover(outstanding, items, "USD", Decimal(unit))
    return " ".join(f"{one.promise}:{one.item}={one.amount.normalize():f}" for one in covered)


OLD, NEW = an_item(7, 300, date(2026, 2, 1)), an_item(8, 400, date(2026, 2, 9))


@pytest.mark.parametrize(
    ("outstanding", "expected"),
    [
        pytest.param([], "", id="nothing promised"),
        pytest.param([expected_of("0.01")], "1:7=0.01", id="a cent"),
        pytest.param([expected_of("299.99")], "1:7=299.99", id="a cent less than the oldest"),
        pytest.param([expected_of(300)], "1:7=300", id="the oldest"),
        pytest.param([expected_of("300.01")], "1:7=300 1:8=0.01", id="a cent more than the oldest"),
        pytest.param([expected_of(700)], "1:7=300 1:8=400", id="everything"),
        pytest.param([expected_of(9000)], "1:7=300 1:8=400", id="more than everything"),
        pytest.param([expected_of(0)], "", id="nothing is to come any more"),
        pytest.param([expected_of(200, items={8})], "1:8=200", id="given for the younger"),
        pytest.param([expected_of(500, items={8})], "1:8=400", id="more than the item it was given for"),
        pytest.param([expected_of(500, items={99})], "", id="given for an item that is paid"),
        pytest.param(
            [expected_of(500, FRIDAY, key=1), expected_of(100, THURSDAY, key=2)],
            "2:7=100 1:7=200 1:8=300",
            id="the promise due first has the oldest",
        ),
        pytest.param(
            [expected_of(500, key=2), expected_of(100, key=1)], "1:7=100 2:7=200 2:8=300", id="due on the same day"
        ),
        pytest.param(
            [expected_of(350, THURSDAY, key=1), expected_of(100, key=2, items={7})], "1:7=300 1:8=50", id="no room left"
        ),
    ],
)
def test_what_promises_cover(outstanding, expected):
    assert shares(outstanding, [NEW, OLD]) == expected


def test_of_items_due_on_the_same_day_the_one_entered_first():
    assert shares([expected_of(400)], [an_item(9, 300), an_item(3, 300)]) == "1:3=300 1:9=100"


def test_an_item_that_is_on_its_way_already_has_no_room():
    assert shares([expected_of(100)], [an_item(7, 0), NEW]) == "1:8=100"
    assert shares([expected_of(100, currency="EUR")], [an_item(7, 0, currency="EUR", room_currency=90)]) == ""
    assert shares([expected_of(100, currency="EUR")], [an_item(7, 90, currency="EUR", room_currency=0)]) == ""


EUROS = an_item(5, 440, date(2026, 2, 3), "EUR", 400)


@pytest.mark.parametrize(
    ("outstanding", "expected"),
    [
        pytest.param([expected_of(100, currency="EUR")], "1:5=110", id="euros, at the rate in the books"),
        pytest.param([expected_of(400, currency="EUR")], "1:5=440", id="all the euros"),
        pytest.param([expected_of(500, currency="EUR")], "1:5=440", id="more euros than there are"),
        pytest.param([expected_of(100, currency="GBP")], "", id="pounds cover no euros"),
        pytest.param([expected_of(400)], "1:7=300 1:5=100", id="dollars cover euros"),
        pytest.param([expected_of(100, currency="EUR", items={7})], "", id="euros cover no dollars"),
        pytest.param(
            [expected_of(100, THURSDAY, key=1, currency="EUR"), expected_of(1000, key=2)],
            "1:5=110 2:7=300 2:5=330 2:8=370",
            id="euros first, dollars next",
        ),
        pytest.param(
            [expected_of(520, THURSDAY, key=1), expected_of(250, key=2, currency="EUR")],
            "1:7=300 1:5=220 2:5=220",
            id="dollars first, and for the euros what is left of the item",
        ),
    ],
)
def test_promises_in_foreign_currency(outstanding, expected):
    assert shares(outstanding, [NEW, EUROS, OLD]) == expected


def test_euros_on_items_of_different_rates():
    """200 euros that are 300 dollars in the books, then 100 of the 300 euros that are 330 dollars."""
    items = [an_item(5, 300, JANUARY, "EUR", 200), an_item(6, 330, LAST_MONTH, "EUR", 300)]
    assert shares([expected_of(300, currency="EUR")], items) == "1:5=300 1:6=110"


@pytest.mark.parametrize(
    ("euros", "unit", "expected"),
    [
        pytest.param("1", "0.01", "1:5=0.33", id="a third of a dollar"),
        pytest.param("2", "0.01", "1:5=0.67", id="two thirds"),
        pytest.param("0.01", "0.01", "", id="less than half a cent is nothing"),
        pytest.param("0.02", "0.01", "1:5=0.01", id="more than half a cent is one"),
        pytest.param("1", "0.001", "1:5=0.333", id="mills"),
        pytest.param("100", "0.05", "1:5=33.35", id="five cents"),
        pytest.param("100", "1.0", "1:5=33", id="a unit as a database writes it"),
        pytest.param("200", "10", "1:5=70", id="tens"),
        pytest.param("299.99", "0.01", "1:5=100", id="all but a fraction of a cent"),
    ],
)
def test_amounts_at_a_rate_are_rounded_to_the_unit(euros, unit, expected):
    """300 euros that are 100 dollars in the books."""
    items = [an_item(5, 100, currency="EUR", room_currency=300)]
    assert shares([expected_of(euros, currency="EUR")], items, unit) == expected


# Any promises, any settlements

HAIR = Decimal("1e-15")  # thirds of a payment in another currency are no round numbers


def days(first, last):
    return st.integers(first, last).map(lambda number: MONDAY + timedelta(days=number))


clocks = st.sampled_from([9, 10, 12, 15])
sums = st.sampled_from(["0.01", "50", "99.99", "100", "150", "300"]).map(Decimal)
rates = st.sampled_from(["0.5", "1.1", "1.25", "3"]).map(Decimal)


@st.composite
def promise_of(draw, key, currencies=("USD", "EUR")):
    made, amount = draw(days(0, 12)), draw(sums)
    return Promise(
        key=key,
        amount=amount,
        currency=draw(st.sampled_from(currencies)),
        made=made,
        due=made + timedelta(days=draw(st.integers(0, 8))),
        recorded=at(made + timedelta(days=draw(st.integers(0, 2))), draw(clocks)),
        items=draw(st.just(frozenset()) | st.frozensets(st.integers(7, 9), max_size=2)),
        tolerance_days=draw(st.integers(0, 3)),
        tolerance_amount=draw(st.sampled_from([Decimal(0), Decimal(0), min(Decimal(10), amount / 2)])),
    )


@st.composite
def settlement_of(draw, key, kinds=(True, True, False), at_rates=rates, first=-3):
    """Mostly money. Each has its worth in dollars; some are in euros as well, each at a rate of its own."""
    day, amount = draw(days(first, 30)), draw(sums)
    booked = at(day + timedelta(days=draw(st.integers(0, 4))), draw(clocks))
    items = draw(st.just(frozenset()) | st.frozensets(st.integers(7, 9), min_size=1, max_size=2))
    return Settlement(
        key=key,
        day=day,
        booked=booked,
        amounts={"EUR": amount, "USD": amount * draw(at_rates)} if draw(st.booleans()) else {"USD": amount},
        items=items,
        money=draw(st.sampled_from(kinds)),
        applied=booked + timedelta(days=draw(st.integers(0, 4))) if items else None,
    )


def some(strategy, largest, smallest=0, **how):
    """A list of up to ``largest`` of what ``strategy`` makes of a key."""
    return st.integers(smallest, largest).flatmap(
        lambda count: st.tuples(*(strategy(key, **how) for key in range(1, count + 1)))
    )


promise_lists = some(promise_of, 3, 1)
settlement_lists = some(settlement_of, 5)
todays = days(0, 32)
FULFILLED = {State.KEPT, State.LATE, State.WITHDRAWN}


@given(promise_lists, settlement_lists, todays, st.randoms())
def test_the_order_of_promises_and_settlements_changes_nothing(promises, settlements, today, dice):
    shuffled = [dice.sample(many, len(many)) for many in (promises, settlements)]
    assert judge(iter(promises), iter(settlements), today) == judge(*shuffled, today)


@given(promise_lists, settlement_lists, todays)
def test_the_figures_of_a_judgement_make_the_promise(promises, settlements, today):
    for promise in promises:
        judgement = judge(promises, settlements, today)[promise.key]
        assert min(judgement.received, judgement.lowered, judgement.outstanding) >= 0
        assert judgement.received + judgement.lowered <= promise.amount + HAIR
        missing = promise.amount - judgement.received - judgement.lowered
        if judgement.state in FULFILLED:
            assert judgement.outstanding == 0
            assert missing <= promise.tolerance_amount + HAIR
        else:
            assert abs(judgement.outstanding - missing) <= HAIR
            has_come = judgement.received_on is None or judgement.received_on <= promise.deadline
            assert judgement.outstanding > promise.tolerance_amount or missing == promise.amount or not has_come


@given(promise_lists, settlement_lists, todays)
def test_a_state_says_what_arrived_and_when(promises, settlements, today):
    for promise in promises:
        judgement = judge(promises, settlements, today)[promise.key]
        assert (judgement.received_on is None) == (judgement.received == 0)
        if judgement.state is State.OPEN:
            assert today <= promise.deadline
        elif judgement.state in {State.LIGHT, State.BROKEN}:
            assert today > promise.deadline
            assert (judgement.received > 0) == (judgement.state is State.LIGHT)
            assert judgement.outstanding > 0
        elif judgement.state is State.WITHDRAWN:
            assert judgement.received == 0 < judgement.lowered
        else:
            assert judgement.received > 0
            assert (judgement.received_on <= promise.deadline) == (judgement.state is State.KEPT)
            assert judgement.state is State.KEPT or today > promise.deadline


@given(promise_lists, some(settlement_of, 4, kinds=(False,)), todays)
def test_credit_notes_alone_keep_nothing(promises, notes, today):
    for judgement in judge(promises, notes, today).values():
        assert judgement.received == 0
        assert judgement.state in {State.OPEN, State.BROKEN, State.WITHDRAWN}


@given(promise_lists, settlement_lists, todays)
def test_before_the_date_nothing_is_missed_and_waiting_misses_only_what_is_open(promises, settlements, today):
    """Nothing but the calendar moves on: what was fulfilled stays so, what was missed stays so."""
    before = judge(promises, settlements, today)
    after = judge(promises, settlements, MUCH_LATER)
    for key, judgement in before.items():
        if judgement.state is State.OPEN:
            assert after[key].state is not State.OPEN
        else:
            assert after[key] == judgement


@given(promise_lists, settlement_lists, todays, st.integers(0, 5))
def test_what_is_booked_and_taken_back_leaves_no_trace(promises, settlements, today, place):
    without = settlements[:place] + settlements[place + 1 :]
    first, second = judge(promises, without, today), judge(promises, settlements, today)
    assert judge(promises, without, today) == first
    assert judge(promises, settlements, today) == second


def counted(promises, settlements, currency="USD", rate=1):
    """What counted for all promises, in dollars; euros at ``rate``."""
    judgements = judge(promises, settlements, MUCH_LATER)
    return sum(
        (judgements[one.key].received + judgements[one.key].lowered) * (rate if one.currency != currency else 1)
        for one in promises
    )


@given(promise_lists, st.sampled_from(["EUR", "USD"]), settlement_lists)
def test_no_more_counts_than_was_paid(promises, currency, settlements):
    promises = [replace(one, currency=currency) for one in promises]
    assert counted(promises, settlements, currency) <= sum(one.amounts.get(currency, 0) for one in settlements)


@given(promise_lists, rates, st.data())
def test_no_more_counts_than_was_paid_in_two_currencies_at_one_rate(promises, rate, data):
    settlements = data.draw(some(settlement_of, 4, at_rates=st.just(rate)))
    assert counted(promises, settlements, rate=rate) <= sum(one.amounts["USD"] for one in settlements) + HAIR


@given(promise_lists, settlement_lists)
def test_no_more_counts_than_was_paid_at_any_rates(promises, settlements):
    """Euros that counted are worth at least their lowest rate."""
    lowest = min((one.amounts["USD"] / one.amounts["EUR"] for one in settlements if "EUR" in one.amounts), default=0)
    assert counted(promises, settlements, rate=lowest) <= sum(one.amounts["USD"] for one in settlements) + HAIR


@given(promise_lists, settlement_of(1, first=13))
def test_one_settlement_is_used_at_most_once(promises, settlement):
    """As parts of the whole, whatever the currencies."""
    judgements = judge(promises, [settlement], MUCH_LATER)
    parts = [
        Fraction(judgements[one.key].received + judgements[one.key].lowered)
        / Fraction(settlement.amounts[one.currency])
        for one in promises
        if one.currency in settlement.amounts
    ]
    assert sum(parts) <= 1 + Fraction(HAIR)
    if len(promises) == 1 and parts and not settlement.items and settlement.money:
        assert min(1, Fraction(promises[0].amount) / Fraction(settlement.amounts[promises[0].currency])) == parts[0]


RANKS = {State.OPEN: 0, State.BROKEN: 0, State.LIGHT: 1, State.LATE: 2, State.KEPT: 3, State.WITHDRAWN: 3}


def first_due(promises):
    return min(promises, key=lambda one: (one.due, one.made, one.recorded, one.key))


@given(promise_lists, settlement_lists, settlement_of(99, kinds=(True,)), todays)
def test_more_money_never_undoes_the_promise_due_first(promises, settlements, more, today):
    first = first_due(promises).key
    before, after = (judge(promises, some, today)[first] for some in (settlements, (*settlements, more)))
    if before.state in FULFILLED:
        assert after.state in FULFILLED
    if before.state in {State.LIGHT, State.OPEN} and after.state is before.state:
        assert after.received >= before.received


@given(promise_lists, settlement_lists, settlement_of(99, kinds=(True,)), todays)
def test_more_money_never_makes_it_worse_for_the_promise_due_first(promises, settlements, more, today):
    """As long as no credit note is dated after its time: money that came late may be what such a note would have lowered."""
    first = first_due(promises)
    settlements = [one for one in settlements if one.money or one.day <= first.deadline]
    before, after = (judge(promises, some, today)[first.key] for some in (settlements, (*settlements, more)))
    assert RANKS[after.state] >= RANKS[before.state]


# Any promises over any items

units = st.sampled_from(["0.001", "0.01", "0.05", "1.0", "10"]).map(Decimal)


@st.composite
def accounts(draw, at_units=units):
    """What is outstanding of promises, the open items, and the unit of the company's currency."""
    unit = draw(at_units)
    items = []
    for key in draw(st.lists(st.integers(1, 9), unique=True, max_size=5)):
        room, currency = draw(st.integers(0, 400)) * unit, draw(st.sampled_from(["USD", "EUR", "GBP"]))
        foreign = room if currency == "USD" else draw(st.integers(0, 600)) * CENT
        items.append(Coverable(key, draw(days(-30, -25)), room, currency, foreign))
    outstanding = [
        Outstanding(
            key,
            draw(days(0, 3)),
            draw(st.integers(0, 600)) * draw(st.sampled_from([unit, CENT])),
            draw(st.sampled_from(["USD", "USD", "EUR", "GBP"])),
            draw(st.just(frozenset()) | st.frozensets(st.integers(1, 9), max_size=4)),
        )
        for key in draw(st.lists(st.integers(1, 9), unique=True, max_size=4))
    ]
    # an amount in company currency has no fractions of its unit
    outstanding = [one for one in outstanding if one.currency != "USD" or one.amount % unit == 0]
    return outstanding, items, unit


def by(shares, name):
    found = {}
    for share in shares:
        found[getattr(share, name)] = found.get(getattr(share, name), 0) + share.amount
    return found


@given(accounts())
def test_no_item_is_covered_beyond_its_room_and_none_twice_by_a_promise(account):
    outstanding, items, unit = account
    found = cover(outstanding, items, "USD", unit)
    assert all(share.amount > 0 and share.amount % unit == 0 for share in found)
    assert len({(share.promise, share.item) for share in found}) == len(found)
    room = {item.key: item.room for item in items}
    assert all(amount <= room[key] for key, amount in by(found, "item").items())


@given(accounts())
def test_no_promise_covers_more_than_it_is_worth(account):
    """In company currency to the cent; in a foreign one to half a unit, for only its last share is rounded."""
    outstanding, items, unit = account
    item_of = {item.key: item for item in items}
    found = cover(outstanding, items, "USD", unit)
    for promise in outstanding:
        own = [share for share in found if share.promise == promise.key]
        assert all(not promise.items or share.item in promise.items for share in own)
        if promise.currency == "USD":
            assert sum(share.amount for share in own) <= promise.amount
            continue
        assert all(item_of[share.item].currency == promise.currency for share in own)
        rate_of = {
            share.item: Fraction(item_of[share.item].room) / Fraction(item_of[share.item].room_currency)
            for share in own
        }
        worth = sum(Fraction(share.amount) / rate_of[share.item] for share in own)
        rounding = Fraction(unit) / 2 / rate_of[own[-1].item] if own else 0
        assert worth <= Fraction(promise.amount) + rounding


@given(accounts())
def test_a_promise_in_company_currency_covers_all_it_can(account):
    """Promises that come before it take their room first; of the rest it leaves nothing as long as it lasts."""
    outstanding, items, unit = account
    found = cover(outstanding, items, "USD", unit)
    room = {item.key: item.room for item in items}
    for promise in sorted(outstanding, key=lambda one: (one.due, one.key)):
        own = [share for share in found if share.promise == promise.key]
        if promise.currency == "USD":
            there = sum(left for key, left in room.items() if not promise.items or key in promise.items)
            assert sum(share.amount for share in own) == min(promise.amount, there)
        for share in own:
            room[share.item] -= share.amount


@given(accounts())
def test_the_oldest_items_come_first(account):
    outstanding, items, unit = account
    found = cover(outstanding, items, "USD", unit)
    covered = by(found, "item")
    age = {item.key: (item.due, item.key) for item in items}
    for promise in outstanding:
        own = [share.item for share in found if share.promise == promise.key]
        assert own == sorted(own, key=age.get)
        if own and promise.currency == "USD":
            older = [
                one for one in items if age[one.key] < age[own[-1]] and (not promise.items or one.key in promise.items)
            ]
            assert all(covered.get(one.key, 0) == one.room for one in older)


@given(accounts(), st.randoms())
def test_the_order_of_promises_and_items_changes_no_share(account, dice):
    outstanding, items, unit = account
    shuffled = [dice.sample(many, len(many)) for many in (outstanding, items)]
    assert cover(iter(outstanding), iter(items), "USD", unit) == cover(*shuffled, "USD", unit)


@given(accounts())
def test_a_further_promise_due_last_takes_nothing_from_the_others(account):
    outstanding, items, unit = account
    last = Outstanding(99, NEXT_FRIDAY, Decimal(10_000), "USD")
    found = cover([last, *outstanding], items, "USD", unit)
    assert [share for share in found if share.promise != 99] == cover(outstanding, items, "USD", unit)
    assert sum(share.amount for share in found) == sum(item.room for item in items), "and takes all that is left"


# Judged and covered in proportion


def plainly_judged(promises, settlements, today):
    """As one would do it by hand: each settlement held against each promise."""
    promises = sorted(promises, key=lambda one: (one.due, one.made, one.recorded, one.key))
    missing = {one.key: Fraction(one.amount) for one in promises}
    money = {one.key: [] for one in promises}

    def share(items, others):
        return not items or not others or bool(items & others)

    def is_for(settlement, promise):
        known = settlement.applied if promise.items and settlement.applied else settlement.booked
        since = settlement.day > promise.made or known > promise.recorded
        about = share(settlement.items, promise.items) if settlement.items or settlement.money else not promise.items
        return settlement.amounts.get(promise.currency, 0) > 0 and since and about

    for settlement in sorted(settlements, key=lambda one: (one.day, one.booked, str(one.key))):
        left = Fraction(1)
        for promise in promises:
            followers = [one for one in promises if one.made > promise.deadline and share(promise.items, one.items)]
            late = settlement.day > promise.deadline and any(is_for(settlement, one) for one in followers)
            done = missing[promise.key] < promise.amount and missing[promise.key] <= promise.tolerance_amount
            if is_for(settlement, promise) and not late and not done:
                amount = Fraction(settlement.amounts[promise.currency])
                used = min(missing[promise.key], left * amount)
                missing[promise.key] -= used
                left -= used / amount
                money[promise.key] += [(settlement.day, used)] if settlement.money and used else []
    return {one.key: _judgement(one, money[one.key], missing[one.key], today) for one in promises}


@given(some(promise_of, 6, 1), some(settlement_of, 8), todays)
def test_the_short_way_judges_as_the_plain_one(promises, settlements, today):
    assert judge(promises, settlements, today) == plainly_judged(promises, settlements, today)


def calls_of(work):
    """How many functions of the engine ``work`` calls: what it costs, whatever machine it runs on."""
    count = 0

    def note(frame, event, _argument):
        nonlocal count
        count += event == "call" and frame.f_globals.get("__name__") == judge.__module__

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def plan_over(items, instalments):
    """So many instalments, agreed on at once, over as many items of 10.00; with a payment for each item."""
    about = frozenset(range(items))
    size = Decimal(10 * items) / instalments
    promises = [
        promised(size, MONDAY + timedelta(weeks=number), key=number, items=about)
        for number in range(1, instalments + 1)
    ]
    return promises, [paid(10, TUESDAY + timedelta(days=item % 20), item, key=item) for item in about]


def one_each(count, _instalments):
    """As many promises as items, each for an item of its own, and a payment for each."""
    promises = [promised(10, FRIDAY, key=number, items=frozenset([number])) for number in range(count)]
    return promises, [paid(10, TUESDAY, item, key=item) for item in range(count)]


def kept_long_ago(count, instalments):
    """Payments from before a plan was made, which count for none of its instalments."""
    promises, _payments = plan_over(count, instalments)
    return promises, [paid(10, LAST_MONTH, item, key=item, booked=at(LAST_MONTH)) for item in range(count)]


@pytest.mark.parametrize("account", [plan_over, one_each, kept_long_ago])
def test_twice_as_much_is_judged_and_covered_with_twice_the_work(account):
    def work(times):
        promises, payments = account(150 * times, 30 * times)
        outstanding = [Outstanding(one.key, one.due, one.amount, "USD", one.items) for one in promises]
        keys = {item for one in promises for item in one.items}
        items = [Coverable(key, MONDAY, Decimal(10), "USD", Decimal(10)) for key in keys]
        judged = calls_of(lambda: judge(promises, payments, MUCH_LATER))
        return judged, calls_of(lambda: cover(outstanding, items, "USD", CENT))

    for once, twice in zip(work(1), work(2), strict=True):
        assert 0 < twice < 2.5 * once
