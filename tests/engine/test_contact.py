"""May we call or write today, and if not, when: the manners of the house as tables, then what holds for any rules."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.contact import ContactRules, Obstacle, Permission, earliest_moment, may_contact

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = frozenset(range(7))
MONDAY = date(2026, 3, 2)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY, NEXT_MONDAY = (MONDAY + timedelta(days=n) for n in range(1, 8))


def allowed(day):
    return Permission(allowed=True, when=day, obstacle=Obstacle.NONE)


def wait(obstacle, when):
    return Permission(allowed=False, when=when, obstacle=obstacle)


# The rules


def test_the_manners_of_the_house_unless_changed():
    rules = ContactRules()
    assert (rules.hour_from, rules.hour_to) == (time(8), time(21))
    assert (rules.max_contacts, rules.window_days, rules.rest_days) == (7, 7, 7)
    week = [rules.is_open(MONDAY + timedelta(days=n)) for n in range(7)]
    assert week == [True, True, True, True, True, False, False]


@pytest.mark.parametrize(("hour_from", "hour_to"), [(time(9), time(9)), (time(9), time(8, 59)), (time(8), time(0))])
def test_hours_must_end_after_they_begin(hour_from, hour_to):
    with pytest.raises(ValueError, match="hours"):
        ContactRules(hour_from=hour_from, hour_to=hour_to)


def test_a_minute_of_hours_is_enough():
    assert ContactRules(hour_from=time(8), hour_to=time(8, 1)).hour_to == time(8, 1)


# The day


@pytest.mark.parametrize(
    ("today", "permission"),
    [
        pytest.param(THURSDAY, allowed(THURSDAY), id="a working day"),
        pytest.param(FRIDAY, wait(Obstacle.CLOSED_DAY, NEXT_MONDAY), id="a public holiday before the weekend"),
        pytest.param(SATURDAY, wait(Obstacle.CLOSED_DAY, NEXT_MONDAY), id="Saturday"),
        pytest.param(SUNDAY, wait(Obstacle.CLOSED_DAY, NEXT_MONDAY), id="Sunday"),
        pytest.param(NEXT_MONDAY, allowed(NEXT_MONDAY), id="Monday"),
    ],
)
def test_a_letter_waits_for_a_working_day(today, permission):
    assert may_contact(ContactRules(closed_days=frozenset({FRIDAY})), today) == permission


def test_over_the_year_end():
    """New Year's Eve 2026 is a Thursday; with both days closed the next call is on Monday the 4th."""
    rules = ContactRules(closed_days=frozenset({date(2026, 12, 31), date(2027, 1, 1)}))
    assert may_contact(rules, date(2026, 12, 31)) == wait(Obstacle.CLOSED_DAY, date(2027, 1, 4))


def test_the_leap_day_is_a_day_like_any_other():
    """29 February 2028 is a Tuesday: a week after the 22nd, and the 1st of March is a week and a day after it."""
    rules = ContactRules(rest_days=7)
    assert may_contact(rules, date(2028, 2, 28), last_reply=date(2028, 2, 22)).when == date(2028, 2, 29)
    assert may_contact(rules, date(2028, 3, 1), last_reply=date(2028, 2, 24)).when == date(2028, 3, 2)


@pytest.mark.parametrize(
    ("closed_for", "when"),
    [
        pytest.param(365, date(2027, 3, 2), id="closed for a year"),
        pytest.param(366, None, id="closed for longer than anybody closes"),
    ],
)
def test_how_far_ahead_a_day_is_looked_for(closed_for, when):
    closed = frozenset(MONDAY + timedelta(days=n) for n in range(closed_for))
    rules = ContactRules(weekdays=EVERY_DAY, closed_days=closed)
    assert may_contact(rules, MONDAY) == wait(Obstacle.CLOSED_DAY, when)


def test_a_house_that_never_opens():
    rules = ContactRules(weekdays=frozenset())
    assert may_contact(rules, MONDAY) == wait(Obstacle.CLOSED_DAY, None)
    assert earliest_moment(rules, datetime(2026, 3, 2, 12, tzinfo=BERLIN)) is None


# The flag


def test_a_customer_who_must_not_be_contacted():
    """Complaint 13 begins here: there is no day to wait for, so the answer is not "later" but "a person looks"."""
    assert may_contact(ContactRules(), MONDAY, do_not_contact=True) == wait(Obstacle.FLAG, None)
    noon = datetime(2026, 3, 2, 12, tzinfo=BERLIN)
    assert earliest_moment(ContactRules(), noon, do_not_contact=True) is None
    assert earliest_moment(ContactRules(), noon, do_not_contact=False) == noon


# Rest after a conversation


@pytest.mark.parametrize(
    ("last_reply", "rest_days", "permission"),
    [
        pytest.param(None, 3, allowed(THURSDAY), id="never spoken"),
        pytest.param(THURSDAY, 3, wait(Obstacle.ANSWERED, NEXT_MONDAY), id="spoken today: Sunday is over, then Monday"),
        pytest.param(WEDNESDAY, 2, wait(Obstacle.ANSWERED, FRIDAY), id="spoken yesterday"),
        pytest.param(TUESDAY, 3, wait(Obstacle.ANSWERED, FRIDAY), id="last day of rest"),
        pytest.param(MONDAY, 3, allowed(THURSDAY), id="the rest is over"),
        pytest.param(THURSDAY, 1, wait(Obstacle.ANSWERED, FRIDAY), id="rest for the day itself"),
        pytest.param(THURSDAY, 0, allowed(THURSDAY), id="no rest wanted"),
        pytest.param(FRIDAY, 3, allowed(THURSDAY), id="a conversation noted for tomorrow does not count yet"),
    ],
)
def test_quiet_after_a_conversation(last_reply, rest_days, permission):
    assert may_contact(ContactRules(rest_days=rest_days), THURSDAY, last_reply=last_reply) == permission


# The budget


@pytest.mark.parametrize(
    ("contacts", "permission"),
    [
        pytest.param([], allowed(FRIDAY), id="none yet"),
        pytest.param([THURSDAY], allowed(FRIDAY), id="one left"),
        pytest.param([WEDNESDAY, THURSDAY], wait(Obstacle.BUDGET, NEXT_MONDAY), id="used up: Saturday frees one"),
        pytest.param([THURSDAY, THURSDAY], wait(Obstacle.BUDGET, NEXT_MONDAY), id="two on the same day count as two"),
        pytest.param([FRIDAY, FRIDAY], wait(Obstacle.BUDGET, NEXT_MONDAY), id="today counts"),
        pytest.param([TUESDAY, THURSDAY], allowed(FRIDAY), id="Tuesday is out of the window on Friday"),
        pytest.param([THURSDAY, MONDAY, WEDNESDAY], wait(Obstacle.BUDGET, NEXT_MONDAY), id="in any order"),
    ],
)
def test_two_contacts_in_three_days(contacts, permission):
    assert may_contact(ContactRules(max_contacts=2, window_days=3), FRIDAY, contacts=contacts) == permission


@pytest.mark.parametrize("max_contacts", [0, 7])
def test_a_budget_of_zero_is_no_limit(max_contacts):
    contacts = [MONDAY] * 7
    expected = allowed(TUESDAY) if max_contacts == 0 else wait(Obstacle.BUDGET, date(2026, 3, 9))
    assert may_contact(ContactRules(max_contacts=max_contacts), TUESDAY, contacts=contacts) == expected


@pytest.mark.parametrize(
    ("history", "obstacle"),
    [
        ({"do_not_contact": True, "last_reply": SATURDAY, "contacts": [SATURDAY]}, Obstacle.FLAG),
        ({"last_reply": SATURDAY, "contacts": [SATURDAY]}, Obstacle.ANSWERED),
        ({"contacts": [SATURDAY]}, Obstacle.BUDGET),
        ({}, Obstacle.CLOSED_DAY),
    ],
)
def test_the_obstacle_named_is_the_one_about_the_customer_first(history, obstacle):
    assert may_contact(ContactRules(max_contacts=1), SUNDAY, **history).obstacle is obstacle


def test_the_day_named_is_free_of_every_obstacle():
    """Spoken on Monday (rest until Wednesday), Thursday a holiday, Friday still over budget, then the weekend."""
    rules = ContactRules(rest_days=3, closed_days=frozenset({THURSDAY}), max_contacts=1, window_days=5)
    permission = may_contact(rules, TUESDAY, contacts=[MONDAY, TUESDAY], last_reply=MONDAY)
    assert permission == wait(Obstacle.ANSWERED, NEXT_MONDAY)


# The hour


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-03-05T00:00:00+01:00", "2026-03-05T08:00:00+01:00", id="midnight"),
        pytest.param("2026-03-05T07:59:59.999999+01:00", "2026-03-05T08:00:00+01:00", id="a moment before eight"),
        pytest.param("2026-03-05T08:00:00+01:00", "2026-03-05T08:00:00+01:00", id="eight"),
        pytest.param("2026-03-05T12:34:56+01:00", "2026-03-05T12:34:56+01:00", id="noon"),
        pytest.param("2026-03-05T20:59:59.999999+01:00", "2026-03-05T20:59:59.999999+01:00", id="a moment before nine"),
        pytest.param("2026-03-05T21:00:00+01:00", "2026-03-06T08:00:00+01:00", id="nine: tomorrow"),
        pytest.param("2026-03-06T21:00:00+01:00", "2026-03-09T08:00:00+01:00", id="Friday evening: Monday"),
        pytest.param("2026-03-07T12:00:00+01:00", "2026-03-09T08:00:00+01:00", id="Saturday noon: Monday, at opening"),
        pytest.param("2026-03-07T03:00:00+01:00", "2026-03-09T08:00:00+01:00", id="Saturday night: Monday"),
        pytest.param("2026-12-31T21:30:00+01:00", "2027-01-01T08:00:00+01:00", id="over the year end"),
        pytest.param("2028-02-28T21:30:00+01:00", "2028-02-29T08:00:00+01:00", id="to the leap day"),
    ],
)
def test_a_letter_leaves_within_the_hours(now, expected):
    moment = earliest_moment(ContactRules(), datetime.fromisoformat(now).astimezone(BERLIN))
    assert moment.isoformat() == expected


@pytest.mark.parametrize(
    ("now", "expected", "hours_later"),
    [
        pytest.param("2026-03-28T22:00:00+01:00", "2026-03-29T08:00:00+02:00", 9, id="the night that loses an hour"),
        pytest.param("2026-10-24T22:00:00+02:00", "2026-10-25T08:00:00+01:00", 11, id="the night that gains an hour"),
        pytest.param("2026-10-25T02:30:00+02:00", "2026-10-25T08:00:00+01:00", 6.5, id="half past two, the first time"),
        pytest.param(
            "2026-10-25T02:30:00+01:00", "2026-10-25T08:00:00+01:00", 5.5, id="half past two, the second time"
        ),
    ],
)
def test_eight_is_eight_on_the_customers_clock_when_the_clocks_change(now, expected, hours_later):
    now = datetime.fromisoformat(now).astimezone(BERLIN)
    moment = earliest_moment(ContactRules(weekdays=EVERY_DAY), now)
    assert moment.isoformat() == expected
    assert moment.astimezone(UTC) - now.astimezone(UTC) == timedelta(hours=hours_later)


def test_an_opening_time_within_the_hour_that_is_lost():
    """There is no half past two on 29 March: an hour later is the first moment that exists."""
    rules = ContactRules(hour_from=time(2, 30), weekdays=EVERY_DAY)
    moment = earliest_moment(rules, datetime(2026, 3, 29, 1, 0, tzinfo=BERLIN))
    assert moment.astimezone(UTC).astimezone(BERLIN).isoformat() == "2026-03-29T03:30:00+02:00"


def test_the_same_moment_is_evening_in_berlin_and_noon_in_new_york():
    moment = datetime(2026, 3, 6, 21, 30, tzinfo=BERLIN)
    new_york = moment.astimezone(ZoneInfo("America/New_York"))
    assert earliest_moment(ContactRules(), moment).isoformat() == "2026-03-09T08:00:00+01:00"
    assert earliest_moment(ContactRules(), new_york) == moment


def test_an_evening_counts_for_the_budget_of_the_next_day():
    """At 22:00 on Tuesday nothing goes out before Wednesday, and by then Monday's contact is out of the window."""
    rules = ContactRules(max_contacts=1, window_days=2)
    evening = datetime(2026, 3, 3, 22, tzinfo=BERLIN)
    assert earliest_moment(rules, evening, contacts=[MONDAY]).isoformat() == "2026-03-04T08:00:00+01:00"
    assert earliest_moment(rules, evening, contacts=[TUESDAY]).isoformat() == "2026-03-05T08:00:00+01:00"


# What holds for any rules

START = date(2026, 10, 12)
near = st.dates(START - timedelta(days=20), START + timedelta(days=5))
histories = st.fixed_dictionaries(
    {"contacts": st.lists(near, max_size=6), "last_reply": st.none() | near},
    optional={"do_not_contact": st.sampled_from([False, False, False, True])},
)


@st.composite
def rules_of_a_house(draw):
    hours = st.builds(time, st.sampled_from(range(4, 21)), st.sampled_from([0, 15, 30, 45]))
    hour_from, hour_to = sorted(draw(st.lists(hours, min_size=2, max_size=2, unique=True)))
    return ContactRules(
        hour_from=hour_from,
        hour_to=hour_to,
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        closed_days=draw(st.frozensets(st.dates(START, START + timedelta(days=20)), max_size=8)),
        max_contacts=draw(st.integers(0, 4)),
        window_days=draw(st.integers(1, 10)),
        rest_days=draw(st.integers(0, 10)),
    )


def permitted(rules, day, contacts=(), last_reply=None, do_not_contact=False):
    """The rules once more, day by day as one would tick them off on a wall calendar."""
    window = {day - timedelta(days=n) for n in range(rules.window_days)}
    rest = {last_reply + timedelta(days=n) for n in range(rules.rest_days)} if last_reply else set()
    recent = [contact for contact in contacts if contact in window]
    over_budget = rules.max_contacts > 0 and len(recent) >= rules.max_contacts
    works = day.weekday() in rules.weekdays and day not in rules.closed_days
    return works and not over_budget and day not in rest and not do_not_contact


@given(rules_of_a_house(), st.dates(START, START + timedelta(days=20)), histories)
def test_the_day_named_is_the_first_permitted_one(rules, today, history):
    permission = may_contact(rules, today, **history)
    assert permission.allowed == permitted(rules, today, **history)
    assert permission.allowed == (permission.obstacle is Obstacle.NONE) == (permission.when == today)
    if history.get("do_not_contact"):
        assert permission == wait(Obstacle.FLAG, None)
        return
    assert permitted(rules, permission.when, **history)
    between = (permission.when - today).days
    assert not any(permitted(rules, today + timedelta(days=n), **history) for n in range(between))


@given(rules_of_a_house(), st.lists(st.integers(0, 4), min_size=40, max_size=40))
def test_who_calls_only_when_allowed_never_exceeds_the_budget(rules, wishes):
    """Everybody in the house would like to call, some days four times; the customer's week stays within the budget."""
    calls = []
    for offset, wish in enumerate(wishes):
        day = START + timedelta(days=offset)
        for _attempt in range(wish):
            if may_contact(rules, day, contacts=calls).allowed:
                calls.append(day)
    for offset in range(len(wishes)):
        first = START + timedelta(days=offset)
        in_window = sum(first <= call < first + timedelta(days=rules.window_days) for call in calls)
        assert rules.max_contacts == 0 or in_window <= rules.max_contacts
    assert all(call.weekday() in rules.weekdays and call not in rules.closed_days for call in calls)


@given(rules_of_a_house(), st.lists(st.booleans(), min_size=40, max_size=40))
def test_nobody_is_called_while_they_rest_after_a_conversation(rules, picks_up):
    reply, conversations = None, []
    for offset, answered in enumerate(picks_up):
        day = START + timedelta(days=offset)
        if may_contact(rules, day, last_reply=reply).allowed and answered:
            reply = day
            conversations.append(day)
    gaps = [(later - earlier).days for earlier, later in pairwise(conversations)]
    assert all(gap >= max(1, rules.rest_days) for gap in gaps)


ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")]
#: Night, the edges of the day, the day and the evening, in each zone by the clock there.
HOURS = st.sampled_from([0, 2, 5, 8, 11, 14, 17, 20, 22, 23])


@st.composite
def moments(draw):
    """Three weeks that hold the end of summer time in Berlin and New York; it has just begun on Lord Howe Island."""
    day = draw(st.integers(0, 24).map(lambda number: START + timedelta(days=number)))
    clock = time(draw(HOURS), draw(st.integers(0, 59)))
    return datetime.combine(day, clock, tzinfo=draw(st.sampled_from(ZONES))).replace(fold=draw(st.integers(0, 1)))


@given(rules_of_a_house(), moments(), histories)
def test_the_earliest_moment_is_permitted_and_not_in_the_past(rules, now, history):
    moment = earliest_moment(rules, now, **history)
    if history.get("do_not_contact"):
        assert moment is None
        return
    assert moment.tzinfo is now.tzinfo
    assert moment.astimezone(UTC) >= now.astimezone(UTC)
    assert rules.hour_from <= moment.time() < rules.hour_to
    assert permitted(rules, moment.date(), **history)
    assert earliest_moment(rules, moment, **history) == moment


@given(rules_of_a_house(), moments(), histories)
def test_no_earlier_moment_would_have_done(rules, now, history):
    moment = earliest_moment(rules, now, **history)
    assume(moment is not None and moment.astimezone(UTC) > now.astimezone(UTC))
    assert moment.time() == rules.hour_from, "who has to wait, waits for opening time"
    day = now.date() if now.time() < rules.hour_to else now.date() + timedelta(days=1)
    while day < moment.date():
        assert not permitted(rules, day, **history)
        day += timedelta(days=1)
    if moment.date() == now.date():
        assert now.time() < rules.hour_from


def test_the_earliest_moment_is_not_an_hour_ago_when_the_clocks_go_back():
    rules = ContactRules(hour_from=time(2, 15), weekdays=EVERY_DAY)
    now = datetime(2026, 10, 25, 2, 5, tzinfo=BERLIN, fold=1)
    moment = earliest_moment(rules, now)
    assert moment.astimezone(UTC) - now.astimezone(UTC) == timedelta(minutes=10)
