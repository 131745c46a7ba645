"""How long an answer holds: the daily run asks again on the day after, or when a fact changes, and misses nothing."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from one_item import decide
from profiles import times
from test_escalation import ANY_DAY, POLICY, REMINDER, TODAY, a_case, after, cases, day

from engine.contact import ContactRules
from engine.decision import Action, Reason

FAR = 60


def ask(facts, policy, rules, today, before=None):
    """The answer of ``today``, knowing the answer before."""
    facts = replace(facts, today=today)
    if before:
        facts = replace(facts, previous_reason=before.reason.value, previous_date=before.next_date)
    return decide(facts, policy, rules)


@times(10)
@given(cases(), st.integers(1, FAR))
@example((a_case(call_again_date=day(3), step=REMINDER, step_date=day(-1)), POLICY, ANY_DAY), 9)
def test_an_answer_holds_as_long_as_it_says(case, days):
    facts, policy, rules = case
    answer = decide(facts, policy, rules)
    last = min(answer.holds_until or date.max, day(days))
    today = TODAY
    while today < last:
        today += timedelta(days=1)
        assert ask(facts, policy, rules, today, answer) == answer, f"asked on {today}, holds until {answer.holds_until}"


@times(3)
@given(cases())
def test_asking_only_when_an_answer_has_run_out_hears_the_same(case):
    """The stories of a case that is asked about each day, and of one that is left alone while its answer holds."""
    facts, policy, rules = case
    daily = rarely = decide(facts, policy, rules)
    for offset in range(1, FAR):
        today = day(offset)
        daily = ask(facts, policy, rules, today, daily)
        if rarely.holds_until and rarely.holds_until < today:
            rarely = ask(facts, policy, rules, today, rarely)
        assert rarely == daily


@given(cases())
def test_what_asks_for_something_today_holds_for_today_only(case):
    facts, policy, rules = case
    answer = decide(facts, policy, rules)
    if answer.action is not Action.WAIT:
        assert answer.holds_until == facts.today


@pytest.mark.parametrize(
    ("facts", "until"),
    [
        (after(REMINDER, 1), day(5)),  # reminded yesterday, the call is due in six days
        (a_case(hold_until=day(9)), day(9)),
        (a_case(amount_chased=0, amount_promised=100, promise_date=day(4), promise_deadline=day(5)), day(5)),
        (after(REMINDER, 15, activity_date=day(-3)), None),  # somebody is to call; days change nothing about it
        (after(REMINDER, 15, letter_queued_for=TODAY), day(13)),  # then a person looks
        (a_case(), TODAY),
    ],
)
def test_until_when(facts, until):
    assert decide(facts, POLICY, ANY_DAY).holds_until == until


def test_whoever_may_not_be_contacted_today_is_asked_about_tomorrow():
    """On Saturday the answer of Friday's customer is in the way, on Sunday it is Sunday."""
    saturday = date(2026, 3, 7)
    answer = decide(replace(a_case(), today=saturday), POLICY, ContactRules())
    assert (answer.reason, answer.next_date, answer.holds_until) == (Reason.CLOSED_DAY, date(2026, 3, 9), saturday)


def test_an_amount_that_is_too_small_waits_for_the_books():
    facts = after(REMINDER, 15, amount_chased=Decimal(20))
    answer = decide(facts, POLICY, ANY_DAY)
    assert (answer.reason, answer.holds_until) == (Reason.BELOW_MINIMUM, day(13))
