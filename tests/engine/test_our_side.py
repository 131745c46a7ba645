"""The customer's side of the story: disputes with a clock on us, the "is it us?" gate, reasons that leave it to people."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from one_item import Facts, decide

from engine.aging import Item, figures
from engine.contact import ContactRules
from engine.decision import Action, Decision, Reason
from engine.gate import Finding, Mode, judge
from engine.ladder import Policy, Step

TODAY = date(2026, 3, 4)  # a Wednesday
LETTER, CALL = 1, 2
POLICY = Policy((Step(LETTER, days_overdue=3, letter=True), Step(CALL, days_overdue=10, days_since_previous=7)))
RULES = ContactRules(rest_days=0)
NOT_SENT, STALE = Finding("not_sent", "INV/2026/0007", 2), Finding("bank_stale")


def day(offset):
    return TODAY + timedelta(days=offset)


def a_case(**facts):
    """100.00 overdue for 20 days, no step taken."""
    amounts = {"amount_overdue": Decimal(100), "amount_chased": Decimal(100)}
    return Facts(**({"today": TODAY, "oldest_due_date": day(-20)} | amounts | facts))


def disputed(**facts):
    """All of it is disputed."""
    return a_case(amount_chased=Decimal(0), amount_disputed=Decimal(100), **facts)


# Disputes: the clock is on us


@pytest.mark.parametrize(
    ("facts", "reason", "next_date"),
    [
        pytest.param({"answer_due": day(5)}, Reason.DISPUTED, day(6), id="our answer is due"),
        pytest.param({"answer_due": TODAY}, Reason.DISPUTED, day(1), id="our answer is due today"),
        pytest.param({"answer_due": day(-1)}, Reason.DISPUTED, day(14), id="our answer is late: looked at"),
        pytest.param({}, Reason.DISPUTED, day(14), id="no day is known"),
        pytest.param({"new_due_date": day(9)}, Reason.NEW_DUE_DATE, day(10), id="we have answered, a new date runs"),
        pytest.param({"new_due_date": TODAY}, Reason.NEW_DUE_DATE, day(1), id="the last day of the new date"),
        pytest.param({"new_due_date": day(-1)}, Reason.DISPUTED, day(14), id="a new date of long ago says nothing"),
        pytest.param(
            {"answer_due": day(5), "new_due_date": day(9)}, Reason.DISPUTED, day(6), id="one answered, another open"
        ),
    ],
)
def test_while_the_answer_is_ours_to_give_the_customers_clock_stands_still(facts, reason, next_date):
    answer = decide(disputed(**facts), POLICY, RULES)
    assert (answer.action, answer.reason, answer.next_date) == (Action.WAIT, reason, next_date)
    assert answer.details["amount_disputed"] == Decimal(100)


def test_the_undisputed_rest_is_followed():
    facts = a_case(amount_chased=Decimal(60), amount_disputed=Decimal(40), answer_due=day(5))
    assert decide(facts, POLICY, RULES).action is Action.STEP


def test_a_dispute_beside_a_promise_is_named_as_both():
    facts = disputed(amount_promised=Decimal(20), answer_due=day(5))
    assert decide(facts, POLICY, RULES).reason is Reason.COVERED


def test_a_new_due_date_counts_the_days_anew_and_keeps_the_episode_open():
    item = Item(due=day(9), due_before=day(-40), residual=Decimal(300), disputed=Decimal(300))
    waiting = figures([item], TODAY)
    assert (waiting.amount_chased, waiting.amount_overdue, waiting.amount_net_overdue) == (0, 0, 300)
    later = figures([replace(item, disputed=Decimal(0))], day(12))
    assert (later.amount_chased, later.oldest_due_date) == (300, day(9))
    assert later.buckets[1] == 300


# The gate


@pytest.mark.parametrize(
    ("modes", "stops", "warnings"),
    [
        pytest.param({}, (), (NOT_SENT, STALE), id="what nobody has decided on warns"),
        pytest.param({"not_sent": "stop"}, (NOT_SENT,), (STALE,), id="one stops"),
        pytest.param({"not_sent": "stop", "bank_stale": "stop"}, (NOT_SENT, STALE), (), id="both stop, in order"),
        pytest.param({"not_sent": "off", "bank_stale": "warn"}, (), (STALE,), id="off is not even shown"),
        pytest.param({"not_sent": Mode.OFF, "bank_stale": Mode.OFF}, (), (), id="all off"),
        pytest.param({"another": "stop"}, (), (NOT_SENT, STALE), id="a check that found nothing stops nothing"),
    ],
)
def test_what_a_finding_means_is_the_companys_choice(modes, stops, warnings):
    assert judge([NOT_SENT, STALE], modes) == (stops, warnings)


def test_a_mode_that_is_none_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="maybe"):
        judge([STALE], {"bank_stale": "maybe"})


def test_a_stop_names_itself_and_a_person_looks_after_a_while():
    answer = decide(a_case(findings=(NOT_SENT, STALE)), POLICY, RULES)
    details = {"check": "not_sent", "subject": "INV/2026/0007", "count": 2}
    assert answer == Decision(Action.WAIT, Reason.OUR_SIDE, day(14), LETTER, details)
    ignored = a_case(findings=(NOT_SENT,), previous_reason="our_side", previous_date=TODAY)
    assert decide(ignored, POLICY, RULES).action is Action.REVIEW


def test_the_gate_stops_letters_and_not_calls():
    facts = a_case(findings=(NOT_SENT,), step=LETTER, step_date=day(-8))
    assert decide(facts, POLICY, RULES).step == CALL
    assert decide(facts, POLICY, RULES).action is Action.STEP


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        pytest.param({"oldest_due_date": day(-1)}, Reason.NOT_YET_DUE, id="nothing is due yet"),
        pytest.param({"hold_until": day(3)}, Reason.ON_HOLD, id="on hold"),
        pytest.param({"do_not_contact": True}, Reason.DO_NOT_CONTACT, id="the customer wants no letters at all"),
    ],
)
def test_the_gate_is_asked_when_a_letter_would_leave(facts, reason):
    assert decide(a_case(findings=(NOT_SENT,), **facts), POLICY, RULES).reason is reason


# Reasons that leave it to people


def test_where_the_reason_stops_everything_automatic_a_person_decides():
    facts = a_case(stopped_since=day(-3), missed_promise_call=day(-1), callback_date=day(-1))
    answer = decide(facts, POLICY, RULES)
    assert answer == Decision(Action.WAIT, Reason.STOPPED, day(14), details={"since": day(-3)})


def test_the_day_of_release_is_a_day_for_a_look():
    answer = decide(a_case(released_on=TODAY), POLICY, RULES)
    assert answer == Decision(Action.WAIT, Reason.RELEASED, TODAY)
