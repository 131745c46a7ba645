"""What to do while we talk with a customer: promises missed, answers unread, calls agreed or tried again, and silence."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_item import Facts, decide

from engine.contact import ContactRules
from engine.decision import Action, Decision, Reason
from engine.ladder import Policy, Step

RULES = ContactRules()
ANY_DAY = ContactRules(weekdays=frozenset(range(7)), max_contacts=0, rest_days=0)
TODAY = date(2026, 3, 4)  # a Wednesday
REMINDER, CALL, NOTICE, AFTERWARDS = 11, 7, 23, 5
POLICY = Policy(
    (
        Step(REMINDER, days_overdue=3),
        Step(CALL, days_overdue=10, days_since_previous=7),
        Step(NOTICE, days_overdue=30, days_since_previous=14, final_notice=True),
        Step(AFTERWARDS, days_overdue=60, days_since_previous=14),
    ),
    review_days=14,
)
CALLS = {
    "missed_promise_call": Reason.PROMISE_MISSED,
    "reply_since": Reason.REPLY_UNREAD,
    "callback_date": Reason.CALLBACK,
    "call_again_date": Reason.CALL_AGAIN,
}
each_call = pytest.mark.parametrize("call", CALLS)


def day(offset):
    return TODAY + timedelta(days=offset)


def a_case(**facts):
    """100.00 overdue for 20 days, all of it chased; reminded 15 days ago, so the call is due."""
    amounts = {"amount_overdue": Decimal(100), "amount_chased": Decimal(100)}
    known = {"today": TODAY, "oldest_due_date": day(-20), "step": REMINDER, "step_date": day(-15)}
    return Facts(**known | amounts | facts)


def resting(step_date=None, **facts):
    """The same, with nothing due: reminded yesterday, so the call is due in six days."""
    return a_case(step_date=step_date or day(-1), **facts)


def wait(reason, next_date, step=None, /, **details):
    return Decision(Action.WAIT, reason, next_date, step, details)


def take(step, since):
    return Decision(Action.STEP, Reason.STEP_DUE, TODAY, step, {"since": since})


# The order of the questions


def test_what_is_asked_before_and_after_the_conversation():
    facts = a_case(
        amount_overdue=Decimal(0),
        amount_chased=Decimal(0),
        amount_promised=Decimal(100),
        hold_until=TODAY,
        referred_on=day(-1),
        released_on=TODAY,
        missed_promise_call=TODAY,
        reply_since=day(-1),
        callback_date=day(2),
        call_again_date=TODAY,
        letter_failed_on=day(-1),
        letter_to_approve=day(-1),
        letter_queued_for=day(1),
        activity_date=day(1),
        step_date=day(-1),
    )
    answers = []
    for cleared in (
        {},
        {"amount_overdue": Decimal(100)},
        {"hold_until": None},
        {"referred_on": None},
        {"missed_promise_call": None},
        {"released_on": None},
        {"reply_since": None},
        {"callback_date": None},
        {"amount_chased": Decimal(100)},
        {"letter_failed_on": None},
        {"letter_to_approve": None},
        {"letter_queued_for": None},
        {"activity_date": None},
        {"call_again_date": None},
        {"step_date": day(-15)},
    ):
        facts = replace(facts, **cleared)
        answers.append(decide(facts, POLICY, RULES).reason)
    assert answers == [
        Reason.SETTLED,
        Reason.ON_HOLD,
        Reason.REFERRED,
        Reason.PROMISE_MISSED,
        Reason.RELEASED,
        Reason.REPLY_UNREAD,
        Reason.CALLBACK,
        Reason.PROMISED,
        Reason.LETTER_FAILED,
        Reason.TO_APPROVE,
        Reason.LETTER_QUEUED,
        Reason.ACTIVITY_PENDING,
        Reason.CALL_AGAIN,
        Reason.TOO_SOON,
        Reason.STEP_DUE,
    ]


# Calls to be made


def test_a_missed_promise_is_asked_about_before_anything_is_sent():
    assert decide(a_case(), POLICY, RULES).action is Action.STEP
    answer = decide(a_case(missed_promise_call=TODAY), POLICY, RULES)
    assert answer == wait(Reason.PROMISE_MISSED, TODAY, when=TODAY)


def test_a_missed_promise_is_asked_about_though_the_rest_is_promised():
    """The first instalment did not come; the others are still promised for."""
    facts = a_case(
        amount_chased=Decimal(0), amount_promised=Decimal(100), promise_date=day(20), missed_promise_call=TODAY
    )
    assert decide(facts, POLICY, RULES).reason is Reason.PROMISE_MISSED


def test_nothing_is_sent_while_an_answer_is_unread():
    answer = decide(a_case(reply_since=day(-1), last_reply=day(-1)), POLICY, RULES)
    assert answer == wait(Reason.REPLY_UNREAD, day(-1), since=day(-1))


@pytest.mark.parametrize("offset", [-3, 0, 1, 30])
def test_an_agreed_call_is_waited_for(offset):
    """Also when it is late: a letter would break our word."""
    answer = decide(a_case(callback_date=day(offset)), POLICY, RULES)
    assert answer == wait(Reason.CALLBACK, day(offset), when=day(offset))


@pytest.mark.parametrize("call", ["missed_promise_call", "reply_since", "callback_date"])
@pytest.mark.parametrize(
    ("known", "action", "when"),
    [
        pytest.param({"due": 0}, Action.WAIT, 0, id="due today"),
        pytest.param({"due": -13}, Action.WAIT, -13, id="undone for 13 days"),
        pytest.param({"due": -14}, Action.REVIEW, 0, id="undone for 14 days"),
        pytest.param({"due": -40}, Action.REVIEW, 0, id="undone for 40 days"),
        pytest.param({"due": -40, "reviewed_on": day(-13)}, Action.WAIT, -40, id="looked at 13 days ago"),
        pytest.param({"due": -40, "reviewed_on": day(-14)}, Action.REVIEW, 0, id="looked at 14 days ago"),
        pytest.param({"due": -13, "reviewed_on": day(-30)}, Action.WAIT, -13, id="looked at before it was due"),
        pytest.param({"due": 20}, Action.WAIT, 20, id="ahead"),
    ],
)
def test_a_call_that_nobody_makes_comes_to_a_person(call, known, action, when):
    facts = a_case(reviewed_on=known.get("reviewed_on"), **{call: day(known["due"])})
    answer = decide(facts, POLICY, RULES)
    assert (answer.action, answer.reason, answer.next_date) == (action, CALLS[call], day(when))


@each_call
def test_a_call_undone_is_not_reviewed_twice_at_a_time(call):
    answer = decide(resting(review_date=day(-2), **{call: day(-16)}), POLICY, RULES)
    assert answer.action is Action.WAIT
    assert answer.next_date <= day(-2)


@each_call
@pytest.mark.parametrize(("due", "review", "shown"), [(-2, 10, -2), (0, 10, 0), (3, 10, 3), (3, -1, -1), (0, 0, 0)])
def test_a_call_is_not_hidden_behind_a_review_that_was_put_off(call, due, review, shown):
    """“To do today” lists cases by their next date: whichever comes first."""
    answer = decide(resting(review_date=day(review), **{call: day(due)}), POLICY, RULES)
    assert (answer.action, answer.reason, answer.next_date) == (Action.WAIT, CALLS[call], day(shown))


# Trying again


@pytest.mark.parametrize(
    ("again", "answer"),
    [
        pytest.param(-2, wait(Reason.CALL_AGAIN, day(-2), CALL, when=day(-2)), id="was to be made"),
        pytest.param(0, wait(Reason.CALL_AGAIN, TODAY, CALL, when=TODAY), id="today"),
        pytest.param(5, wait(Reason.CALL_AGAIN, day(5), CALL, when=day(5)), id="a day before the step"),
        pytest.param(6, wait(Reason.CALL_AGAIN, day(6), CALL, when=day(6)), id="on the day of the step"),
        pytest.param(7, wait(Reason.TOO_SOON, day(6), CALL, since=day(-1), when=day(6)), id="after the step"),
    ],
)
def test_the_next_attempt_is_shown_when_it_comes_first(again, answer):
    assert decide(resting(call_again_date=day(again)), POLICY, RULES) == answer


@pytest.mark.parametrize("again", [-2, 0, 2])
def test_an_attempt_does_not_hold_up_a_step_that_is_due(again):
    assert decide(a_case(call_again_date=day(again)), POLICY, RULES) == take(CALL, since=day(-20))


def test_an_attempt_does_not_hold_up_a_review_that_is_due():
    facts = a_case(step=AFTERWARDS, call_again_date=TODAY, previous_reason="ladder_done", previous_date=TODAY)
    assert decide(facts, POLICY, RULES).action is Action.REVIEW


def test_an_attempt_that_nobody_makes_comes_to_a_person():
    facts = resting(step_date=day(0), call_again_date=day(-13))
    assert decide(facts, POLICY, RULES) == wait(Reason.CALL_AGAIN, day(-13), CALL, when=day(-13))
    answer = decide(replace(facts, call_again_date=day(-14)), POLICY, RULES)
    assert answer == Decision(Action.REVIEW, Reason.CALL_AGAIN, TODAY, CALL, {"when": day(-14)})


@pytest.mark.parametrize("again", [-1, 3])
def test_attempts_do_not_put_off_a_review_for_ever(again):
    """The ladder is done and nobody answers; each attempt asks for the next, which nobody makes."""
    facts, answers = a_case(step=AFTERWARDS, call_again_date=day(again)), []
    for offset in range(30):
        answers.append(decide(replace(facts, today=day(offset)), POLICY, RULES))
        facts = replace(facts, previous_reason=answers[-1].reason.value, previous_date=answers[-1].next_date)
    assert [answer.action for answer in answers].index(Action.REVIEW) == again + 14


def test_who_wants_no_contact_is_not_called_again():
    answer = decide(a_case(call_again_date=TODAY, do_not_contact=True), POLICY, RULES)
    assert answer == wait(Reason.DO_NOT_CONTACT, day(14), CALL)


def test_an_attempt_is_shown_while_a_letter_has_to_wait():
    assert decide(a_case(call_again_date=day(1), last_reply=day(-1)), POLICY, RULES).reason is Reason.CALL_AGAIN
    assert decide(a_case(call_again_date=day(9), last_reply=day(-1)), POLICY, RULES).reason is Reason.ANSWERED


# Silence


@pytest.mark.parametrize(
    ("taken", "days_ago", "overdue", "answer"),
    [
        pytest.param(REMINDER, 7, 8, take(CALL, since=day(-8)), id="the call, two days before its age"),
        pytest.param(
            REMINDER,
            6,
            8,
            wait(Reason.TOO_SOON, day(1), CALL, since=day(-6), when=day(1)),
            id="the call keeps its pace",
        ),
        pytest.param(CALL, 14, 21, take(NOTICE, since=day(-21)), id="the final notice, nine days before its age"),
        pytest.param(
            CALL, 13, 21, wait(Reason.TOO_SOON, day(1), NOTICE, since=day(-13), when=day(1)), id="it keeps its pace too"
        ),
        pytest.param(CALL, 14, 35, take(NOTICE, since=day(-35)), id="old enough anyway"),
        pytest.param(
            NOTICE, 14, 35, wait(Reason.NOT_YET_DUE, day(25), AFTERWARDS, when=day(25)), id="afterwards all is as usual"
        ),
        pytest.param(
            None, None, 1, wait(Reason.NOT_YET_DUE, day(2), REMINDER, when=day(2)), id="the first step has its age"
        ),
    ],
)
def test_a_silent_customer_has_the_final_notice_at_its_earliest_day(taken, days_ago, overdue, answer):
    step_date = None if days_ago is None else day(-days_ago)
    facts = a_case(step=taken, step_date=step_date, oldest_due_date=day(-overdue), silent=True)
    assert decide(facts, POLICY, RULES) == answer


def test_silence_hurries_nothing_where_no_step_is_a_final_notice():
    policy = Policy(tuple(replace(step, final_notice=False) for step in POLICY.steps))
    facts = a_case(step=CALL, step_date=day(-14), oldest_due_date=day(-21))
    assert decide(replace(facts, silent=True), policy, RULES) == decide(facts, policy, RULES)


def test_of_two_final_notices_silence_hurries_the_first():
    policy = Policy((*POLICY.steps[:3], replace(POLICY.steps[3], final_notice=True)))
    facts = a_case(step=NOTICE, step_date=day(-14), oldest_due_date=day(-35), silent=True)
    assert decide(facts, policy, RULES).reason is Reason.NOT_YET_DUE
    assert [policy.leads_to_final_notice(step) for step in policy.steps] == [True, True, True, False]


def test_silence_does_not_make_a_small_amount_worth_a_letter():
    policy = Policy(tuple(replace(step, min_amount=Decimal(101)) for step in POLICY.steps))
    assert decide(a_case(silent=True), policy, RULES).reason is Reason.BELOW_MINIMUM


def climb(policy, oldest_due_date, silent_from, length=150):
    """Which steps an undisturbed case takes on which days; silent from a number of days on."""
    taken, facts = {}, a_case(oldest_due_date=oldest_due_date, step=None, step_date=None)
    for offset in range(length):
        facts = replace(facts, today=day(offset), silent=offset >= silent_from)
        answer = decide(facts, policy, ANY_DAY)
        if answer.action is Action.STEP:
            taken[answer.step] = day(offset)
            facts = replace(facts, step=answer.step, step_date=day(offset))
    return taken


def test_a_silent_customer_lived_through():
    """Reminded on the third day; silent, the call comes a week and the notice three weeks later, not after a month."""
    assert climb(POLICY, TODAY, 999) == {REMINDER: day(3), CALL: day(10), NOTICE: day(30), AFTERWARDS: day(60)}
    assert climb(POLICY, TODAY, 12) == {REMINDER: day(3), CALL: day(10), NOTICE: day(24), AFTERWARDS: day(60)}


@st.composite
def ladders(draw):
    """Up to five steps, a final notice among them."""
    keys = draw(st.lists(st.integers(1, 99), min_size=1, max_size=5, unique=True))
    final = draw(st.sampled_from([None, *keys]))
    return Policy(
        tuple(Step(key, draw(st.integers(0, 60)), draw(st.integers(0, 14)), final_notice=key == final) for key in keys),
        review_days=draw(st.integers(1, 20)),
    )


@given(ladders(), st.integers(-30, 0).map(day), st.integers(0, 100))
def test_silence_hurries_but_never_skips(policy, oldest_due_date, silent_from):
    usual, silent = climb(policy, oldest_due_date, 999), climb(policy, oldest_due_date, silent_from)
    assert list(silent) == [step.key for step in policy.steps][: len(silent)]
    assert len(silent) >= len(usual)
    assert all(silent[key] <= when for key, when in usual.items())
    previous = None
    for step in policy.steps[: len(silent)]:
        taken = silent[step.key]
        age = oldest_due_date + timedelta(days=step.days_overdue)
        pace = previous and previous + timedelta(days=max(1, step.days_since_previous))
        if previous is None or not policy.leads_to_final_notice(step):
            assert taken == max(one for one in (TODAY, age, pace) if one), "its usual day"
        else:
            assert pace <= taken <= max(pace, age), "its pace, at least"
            assert taken in {pace, age, max(pace, day(silent_from))}
        previous = taken


# Whatever is said


@given(
    case=st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(CALLS, st.integers(-40, 40).map(day)),
            "review_date": st.integers(-40, 40).map(day),
            "reviewed_on": st.integers(-40, -1).map(day),
            "activity_date": st.integers(-5, 5).map(day),
            "do_not_contact": st.booleans(),
            "silent": st.booleans(),
            "step": st.sampled_from([None, REMINDER, CALL, NOTICE, AFTERWARDS]),
            "previous_reason": st.sampled_from([reason.value for reason in Reason]),
            "previous_date": st.integers(-40, 40).map(day),
        },
    )
)
def test_no_letter_gets_into_a_conversation_and_nobody_is_forgotten(case):
    facts = a_case(**case)
    answer = decide(facts, POLICY, ANY_DAY)
    assert answer.next_date is not None
    talking = [facts.missed_promise_call, facts.reply_since, facts.callback_date]
    if any(talking):
        first = next(when for when in talking if when)
        assert answer.action is not Action.STEP
        assert answer.reason is list(CALLS.values())[talking.index(first)]
        assert answer.action is Action.REVIEW or answer.next_date in {first, facts.review_date}
    if answer.reason in CALLS.values():
        assert {answer.details.get("when"), answer.details.get("since")} & {*talking, facts.call_again_date}
    without = decide(replace(facts, call_again_date=None), POLICY, ANY_DAY)
    if without.action is not Action.WAIT or facts.do_not_contact:
        assert answer == without, "trying again holds nothing up"


@given(
    call=st.sampled_from(list(CALLS)),
    review_days=st.integers(1, 20),
    due=st.integers(-3, 10),
    missed=st.sets(st.integers(0, 99), max_size=40),
    idle=st.integers(1, 10),
)
def test_a_call_is_never_left_undone_for_long_without_a_person_looking(call, review_days, due, missed, idle):
    """100 days; reviews are asked for on the first run after ``review_days`` and done after ``idle`` days."""
    policy = replace(POLICY, review_days=review_days)
    facts = a_case(step=AFTERWARDS, **{call: day(due)})
    looked = day(due)
    for offset in range(100):
        facts = replace(facts, today=day(offset))
        if facts.review_date and day(offset) >= facts.review_date + timedelta(days=idle):
            facts, looked = replace(facts, review_date=None, reviewed_on=day(offset)), max(looked, day(offset))
        if offset in missed:
            continue
        answer = decide(facts, policy, ANY_DAY)
        if facts.review_date is None and answer.reason is CALLS[call]:
            assert (answer.action is Action.REVIEW) == ((day(offset) - looked).days >= review_days)
        if answer.action is Action.REVIEW:
            assert facts.review_date is None
            facts = replace(facts, review_date=day(offset))
        facts = replace(facts, previous_reason=answer.reason.value, previous_date=answer.next_date)


# What is promised


def promised(**facts):
    """All of the 100.00 is promised, 40.00 of it first."""
    return a_case(
        amount_chased=Decimal(0),
        amount_promised=Decimal(100),
        promise_amount=Decimal(40),
        promise_date=day(3),
        **facts,
    )


def test_the_first_of_several_promises_is_named_with_its_day():
    details = {"amount_promised": Decimal(100), "amount_next": Decimal(40), "promise_date": day(3)}
    assert decide(promised(), POLICY, RULES) == wait(Reason.PROMISED, day(4), **details)


def test_the_next_look_is_the_day_after_the_last_day_in_time():
    answer = decide(promised(promise_deadline=day(5)), POLICY, RULES)
    assert (answer.next_date, answer.details["promise_date"]) == (day(6), day(3))


def test_between_its_day_and_the_last_day_in_time_a_promise_is_waited_for():
    answer = decide(replace(promised(promise_deadline=day(1)), promise_date=day(-1)), POLICY, RULES)
    assert (answer.reason, answer.next_date) == (Reason.PROMISED, day(2))


def test_a_single_promise_needs_no_second_amount():
    answer = decide(replace(promised(), promise_amount=Decimal(100)), POLICY, RULES)
    assert "amount_next" not in answer.details
