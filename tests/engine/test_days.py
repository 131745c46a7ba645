"""Days at both ends of the calendar: whatever somebody typed, each rule has an answer."""

import ast
import dataclasses
import inspect
import pkgutil
import typing
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine
from engine import agency, aging, contact, disputes, gate, ladder, plans, promises, referral, under_way
from engine.days import FARTHEST_DAYS, is_absurd, later
from engine.decision import Action, Facts, Reason
from engine.escalation import Policy, decide

TODAY = date(2026, 3, 4)
MODULES = {name: import_module(f"engine.{name}") for _, name, _ in pkgutil.iter_modules(engine.__path__)}

edges = st.one_of(
    st.dates(),
    st.dates(max_value=later(date.min, 40)),
    st.dates(min_value=later(date.max, -40)),
    st.dates(later(TODAY, -60), later(TODAY, 60)),
)
counts = st.sampled_from([0, 1, 14, 366, 2_912_101, 2**31 - 1])
amounts = st.sampled_from([Decimal(0), Decimal(1), Decimal(100)])


def some(kind, **given_strategies):
    """Any ``kind`` of facts, with days from anywhere in the calendar."""
    hints = typing.get_type_hints(kind)
    days = {
        name: edges | st.none() if type(None) in typing.get_args(hints[name]) else edges
        for name in (one.name for one in dataclasses.fields(kind))
        if date in (hints[name], *typing.get_args(hints[name]))
    }
    return st.builds(kind, **{**days, **given_strategies})


STEPS = st.builds(ladder.Step, key=st.just(7), days_overdue=counts, days_since_previous=counts)
STANDINGS = some(ladder.Standing, item=st.just("A"), amount=amounts, step=st.none())
POLICIES = st.builds(Policy, st.lists(STEPS, max_size=1).map(tuple), review_days=counts)
RULES = st.builds(contact.ContactRules, window_days=counts, rest_days=counts, max_contacts=st.sampled_from([0, 1, 7]))
CASES = some(
    Facts,
    amount_overdue=amounts,
    amount_chased=amounts,
    amount_promised=amounts,
    amount_disputed=amounts,
    items=st.lists(STANDINGS, max_size=3),
    wait_days=counts,
    do_not_contact=st.booleans(),
    contacts=st.lists(edges, max_size=3),
    previous_reason=st.sampled_from([None, *(reason.value for reason in Reason)]),
)
TERMS = st.tuples(counts, counts, counts).map(
    lambda days: referral.Terms(min(days[:2]), max(days[:2]), cure_days=days[2])
)
NOTICES = some(referral.Notice, key=st.integers(1, 2))
REFERABLE = st.lists(some(referral.Item, amount=amounts, notice=NOTICES | st.none()), max_size=3)
ACCOUNTS = some(
    referral.Facts,
    amount_chased=amounts,
    amount_unnamed=amounts,
    commitments=st.just(()),
    findings=st.just(()),
    offers=st.just(()),
)
MOMENTS = st.builds(datetime.combine, edges, st.times(), tzinfo=st.just(UTC))
BOOKED = st.just(datetime(2026, 3, 2, 12))
PROMISES = st.lists(
    some(
        promises.Promise,
        key=st.integers(1, 3),
        amount=st.just(Decimal(50)),
        currency=st.just("USD"),
        recorded=BOOKED,
        tolerance_days=counts,
    ),
    max_size=3,
    unique_by=lambda one: one.key,
)
SETTLEMENTS = st.lists(
    some(
        promises.Settlement,
        key=st.integers(1, 9),
        booked=BOOKED,
        amounts=st.just({"USD": Decimal(30)}),
        money=st.booleans(),
    ),
    max_size=3,
)
QUESTIONS = some(disputes.Question, waiting=amounts, granted=amounts)
ITEM = some(aging.Item, residual=amounts, disputed=amounts)
ITEMS = st.lists(ITEM, max_size=3)
PAID = some(
    under_way.Payment, key=st.just(1), currency=st.just("USD"), amount=amounts, value=amounts, items=st.just({7})
)
ROOM = some(under_way.Room, key=st.just(7), currency=st.just("USD"), left=amounts, value=amounts)
INSTALMENTS = st.lists(some(plans.Instalment, number=st.just(1), amount=st.just(Decimal(5))), max_size=3)
LIMITS = st.builds(plans.Limits, longest_days=counts)
CALENDAR = {"closed_days": st.frozensets(edges, max_size=3), "weekdays": st.just(frozenset(range(5)))}

#: What each rule about days is asked; a new rule needs its line.
ASKED = {
    "agency.is_accredited": (edges | st.none(), edges),
    "agency.misfits": (some(agency.Terms), st.just(agency.Customer("US", "en", Decimal(5))), edges),
    "aging.asked_of_each": (ITEMS, edges),
    "aging.credit_to_offset": (ITEMS,),
    "aging.days_past_due": (edges, edges),
    "aging.figures": (ITEMS, edges),
    "aging.left_after_credits": (st.lists(ITEM, min_size=2, max_size=2), st.lists(amounts, min_size=2, max_size=2)),
    "contact.may_contact": (RULES, edges, st.lists(edges, max_size=3), edges | st.none()),
    "contact.earliest_moment": (RULES, MOMENTS),
    "days.is_absurd": (edges, edges),
    "days.later": (edges, st.integers(-(10**12), 10**12)),
    "days.with_room": (st.builds(datetime.combine, edges, st.times()),),
    "disputes.due_date": (edges, amounts, QUESTIONS),
    "disputes.not_asked": (amounts, QUESTIONS, edges),
    "escalation.decide": (CASES, POLICIES, RULES),
    "ladder.by_age": (STANDINGS, POLICIES),
    "ladder.due_on": (STANDINGS, POLICIES),
    "ladder.groups": (st.lists(STANDINGS, max_size=3), POLICIES, edges),
    "ladder.named_by_call": (st.lists(STANDINGS, max_size=3), POLICIES, edges),
    "ladder.riding": (st.lists(STANDINGS, max_size=3), POLICIES, edges, STEPS),
    "ladder.waiting_for": (st.lists(STANDINGS, max_size=3), POLICIES, st.just(7)),
    "gate.is_stale": (edges | st.none(), edges, counts),
    "gate.never_arrived": (st.lists(some(gate.Sending, name=st.just("INV/1")), max_size=2), edges | st.none()),
    "plans.breaches": (INSTALMENTS, LIMITS, edges),
    "plans.judge": (
        st.lists(some(plans.Watched, state=st.sampled_from(["open", "kept", "light", "broken"])), max_size=3),
        edges,
        counts,
    ),
    "plans.proposals": (amounts.filter(bool), edges, LIMITS, edges),
    "plans.schedule": (st.just(Decimal(100)), edges, st.sampled_from(plans.Rhythm)),
    "promises.cover": (
        st.lists(
            some(promises.Outstanding, key=st.just(1), amount=st.just(Decimal(5)), currency=st.just("USD")), max_size=1
        ),
        st.lists(
            some(
                promises.Coverable,
                key=st.just(1),
                room=amounts,
                currency=st.just("USD"),
                room_currency=amounts,
            ),
            max_size=1,
        ),
        st.just("USD"),
        st.just(Decimal("0.01")),
    ),
    "promises.judge": (PROMISES, SETTLEMENTS, edges),
    "referral.checklist": (ACCOUNTS, TERMS),
    "referral.closes_on": (ACCOUNTS, TERMS),
    "referral.is_ready": (st.tuples(ACCOUNTS, TERMS).map(lambda asked: referral.checklist(*asked)),),
    "referral.of_items": (REFERABLE, TERMS),
    "referral.opens_on": (ACCOUNTS, TERMS),
    "referral.stage_of_window": (ACCOUNTS, TERMS),
    "referral.status": (ACCOUNTS, TERMS),
    "under_way.under_way": (st.lists(PAID, max_size=1), st.lists(ROOM, max_size=1), st.just(Decimal("0.01"))),
}
ALSO = {
    "plans.schedule": st.fixed_dictionaries({"count": st.integers(1, 12), **CALENDAR}),
    "plans.proposals": st.fixed_dictionaries(CALENDAR),
}
#: What a rule refuses, with a sentence of its own.
REFUSED = {"plans.schedule": plans.EndOfCalendar}


@pytest.mark.parametrize("name", sorted(ASKED))
@given(st.data())
def test_each_rule_has_an_answer_to_any_day(name, data):
    module, function = name.split(".")
    asked = data.draw(st.tuples(*ASKED[name]))
    also = data.draw(ALSO.get(name, st.just({})))
    try:
        getattr(MODULES[module], function)(*asked, **also)
    except REFUSED.get(name, ()):
        pass


def test_no_rule_about_days_is_left_out():
    found = {
        f"{name}.{function.__name__}"
        for name, module in MODULES.items()
        for function in vars(module).values()
        if inspect.isfunction(function) and function.__module__ == module.__name__
        if not function.__name__.startswith("_") and _tells_of_days(function)
    }
    assert found == set(ASKED)


def _tells_of_days(function):
    """Whether a parameter is a day, or holds one."""
    hints = typing.get_type_hints(function)
    hints.pop("return", None)
    seen, waiting = set(), list(hints.values())
    while waiting:
        kind = waiting.pop()
        if kind in (date, datetime):
            return True
        if kind in seen:
            continue
        seen.add(kind)
        waiting += typing.get_args(kind)
        if dataclasses.is_dataclass(kind):
            waiting += typing.get_type_hints(kind).values()
    return False


def test_days_are_added_in_one_place():
    """``timedelta`` falls off the calendar."""
    for path in Path(engine.__file__).parent.glob("*.py"):
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert "timedelta" not in names, path.name


# Days that nobody can have meant


ABSURD = {
    "activity_date": Reason.ACTIVITY_PENDING,
    "answer_due": Reason.DISPUTED,
    "callback_date": Reason.CALLBACK,
    "hold_until": Reason.ON_HOLD,
    "letter_queued_for": Reason.LETTER_QUEUED,
    "letter_to_approve": Reason.TO_APPROVE,
    "missed_promise_call": Reason.PROMISE_MISSED,
    "promise_deadline": Reason.PROMISED,
    "reply_since": Reason.REPLY_UNREAD,
}
COVERED = {"answer_due": "amount_disputed", "promise_deadline": "amount_promised"}
ANY_DAY = contact.ContactRules(weekdays=frozenset(range(7)), max_contacts=0)


def a_case(name, **facts):
    covered = {COVERED[name]: Decimal(5)} if name in COVERED else {"amount_chased": Decimal(5)}
    return Facts(TODAY, amount_overdue=Decimal(5), **covered, **facts)


def lived_through(facts, days):
    """The day of the first review within so many days, and its answer; None where nobody is asked."""
    answer = None
    for offset in range(days):
        facts = dataclasses.replace(facts, today=later(TODAY, offset))
        if answer:
            facts = dataclasses.replace(facts, previous_reason=answer.reason, previous_date=answer.next_date)
        answer = decide(facts, Policy(review_days=14), ANY_DAY)
        if answer.action is Action.REVIEW:
            return offset, answer
    return None


@pytest.mark.parametrize("name", sorted(ABSURD))
@pytest.mark.parametrize("far", [date.max, later(TODAY, FARTHEST_DAYS + 20)])
def test_a_day_that_nobody_can_have_meant_is_shown_to_a_person(name, far):
    offset, answer = lived_through(a_case(name, **{name: far}), 30)
    assert (offset, answer.reason) == (14, ABSURD[name])
    assert far in answer.details.values(), "the day is named"


@pytest.mark.parametrize("name", sorted(ABSURD))
def test_a_day_that_somebody_may_have_meant_is_waited_for(name):
    assert lived_through(a_case(name, **{name: later(TODAY, 60)}), 30) is None


@pytest.mark.parametrize("looks", [{"review_date": date.max}, {"reviewed_on": date.max}])
def test_a_look_on_an_absurd_day_hides_no_case(looks):
    """A review that is put off to the end of time, or was done there, keeps nobody from being asked."""
    assert lived_through(a_case("step", **looks), 30)[0] == 14


@pytest.mark.parametrize("name", [*sorted(ABSURD), "review_date", "reviewed_on"])
@pytest.mark.parametrize("days", [2, 5, FARTHEST_DAYS + 1, FARTHEST_DAYS + 5])
def test_an_answer_about_a_far_day_holds_as_long_as_it_says(name, days):
    facts = a_case(name, **{name: later(TODAY, days)})
    answer = decide(facts, Policy(review_days=14), ANY_DAY)
    for offset in range(1, 14):
        today = later(TODAY, offset)
        if answer.holds_until and today > answer.holds_until:
            break
        asked = dataclasses.replace(facts, today=today, previous_reason=answer.reason, previous_date=answer.next_date)
        assert decide(asked, Policy(review_days=14), ANY_DAY) == answer


def test_ten_years_can_be_meant():
    assert not is_absurd(later(TODAY, FARTHEST_DAYS), TODAY)
    assert is_absurd(later(TODAY, FARTHEST_DAYS + 1), TODAY)


def test_a_plan_ends_within_the_calendar():
    with pytest.raises(plans.EndOfCalendar, match="does not end"):
        plans.schedule(Decimal(100), later(date.max, -20), plans.Rhythm.MONTHLY, count=3)
    assert plans.proposals(Decimal(600), date.max, plans.Limits(), agreed=TODAY) == ()


def test_the_clock_of_a_last_evening():
    assert contact.earliest_moment(ANY_DAY, datetime.combine(date.max, time(23), UTC)).date() == date.max
