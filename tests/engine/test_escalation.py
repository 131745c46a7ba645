"""What to do about a case today, and why: each question at its edges, then whole cases lived through day by day."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_item import Facts, decide
from profiles import times

from engine.contact import ContactRules, may_contact
from engine.decision import Action, Decision, Reason
from engine.gate import Finding
from engine.ladder import Policy, Step

RULES = ContactRules()
ANY_DAY = ContactRules(weekdays=frozenset(range(7)), max_contacts=0, rest_days=0)
TODAY = date(2026, 3, 4)  # a Wednesday
REMINDER, CALL, NOTICE = 11, 7, 23  # keys are record ids: in no order
POLICY = Policy(
    (
        Step(REMINDER, days_overdue=3),
        Step(CALL, days_overdue=10, days_since_previous=7, min_amount=Decimal(50)),
        Step(NOTICE, days_overdue=30, days_since_previous=14, min_amount=Decimal(50)),
    ),
    review_days=14,
)


def day(offset):
    return TODAY + timedelta(days=offset)


def a_case(amount=100, **facts):
    """100.00 overdue for 20 days, all of it chased, no step taken."""
    amounts = {name: Decimal(facts.pop(name)) for name in list(facts) if name.startswith("amount_")}
    amounts = {"amount_overdue": Decimal(amount), "amount_chased": Decimal(amount)} | amounts
    return Facts(**({"today": TODAY, "oldest_due_date": day(-20)} | amounts | facts))


def after(step, days_ago, **facts):
    """The case with ``step`` taken so many days ago."""
    return a_case(step=step, step_date=day(-days_ago), **facts)


def wait(reason, next_date, step=None, /, **details):
    return Decision(Action.WAIT, reason, next_date, step, details)


def take(step, since):
    return Decision(Action.STEP, Reason.STEP_DUE, TODAY, step, {"since": since})


# The ladder


@pytest.mark.parametrize(("taken", "following"), [(None, REMINDER), (REMINDER, CALL), (CALL, NOTICE), (NOTICE, None)])
def test_the_next_step_is_the_following_one(taken, following):
    step = POLICY.following(taken)
    assert (step and step.key) == following


def test_a_ladder_without_steps():
    assert Policy().following(None) is None


@pytest.mark.parametrize("policy", [Policy(), POLICY])
def test_a_step_of_another_ladder_is_a_mistake_of_the_caller(policy):
    with pytest.raises(KeyError, match="99"):
        policy.following(99)


def test_a_step_asks_for_no_pace_and_no_minimum_unless_told():
    assert Step(1, 5) == Step(key=1, days_overdue=5, days_since_previous=0, min_amount=Decimal(0))


def test_a_person_looks_every_two_weeks_unless_told():
    assert Policy().review_days == 14


# The order of the questions


def test_the_first_no_is_the_answer():
    """Everything stands in the way at once; one obstacle after the other is cleared, and each shows the next."""
    rules = replace(RULES, closed_days=frozenset({TODAY}), max_contacts=1, rest_days=3)
    facts = Facts(
        TODAY,
        amount_overdue=Decimal(0),
        amount_chased=Decimal(0),
        amount_disputed=Decimal(100),
        oldest_due_date=day(-9),
        step=REMINDER,
        step_date=day(-1),
        hold_until=TODAY,
        released_on=TODAY,
        referred_on=day(-2),
        letter_failed_on=day(-1),
        letter_to_approve=day(-1),
        letter_queued_for=day(2),
        activity_date=day(3),
        do_not_contact=True,
        last_reply=day(-1),
        contacts=(day(-2),),
    )
    answers = []
    for cleared in (
        {},
        {"amount_overdue": Decimal(100)},
        {"hold_until": None},
        {"referred_on": None},
        {"released_on": None},
        {"amount_chased": Decimal(20)},
        {"letter_failed_on": None},
        {"letter_to_approve": None},
        {"letter_queued_for": None},
        {"activity_date": None},
        {"step_date": day(-8)},
        {"oldest_due_date": day(-10)},
        {"amount_chased": Decimal(100)},
        {"do_not_contact": False},
        {"last_reply": None},
        {"contacts": ()},
    ):
        facts = replace(facts, **cleared)
        answers.append(decide(facts, POLICY, rules).reason)
    answers.append(decide(facts, POLICY, RULES).reason)
    assert answers == [
        Reason.SETTLED,
        Reason.ON_HOLD,
        Reason.REFERRED,
        Reason.RELEASED,
        Reason.DISPUTED,
        Reason.LETTER_FAILED,
        Reason.TO_APPROVE,
        Reason.LETTER_QUEUED,
        Reason.ACTIVITY_PENDING,
        Reason.TOO_SOON,
        Reason.NOT_YET_DUE,
        Reason.BELOW_MINIMUM,
        Reason.DO_NOT_CONTACT,
        Reason.ANSWERED,
        Reason.CONTACT_BUDGET,
        Reason.CLOSED_DAY,
        Reason.STEP_DUE,
    ]


# Settled


@pytest.mark.parametrize("overdue", ["0", "-0.01", "-100"])
def test_a_settled_account_waits_for_nothing(overdue):
    facts = a_case(amount_overdue=overdue, hold_until=day(5), referred_on=day(-5))
    assert decide(facts, POLICY, RULES) == wait(Reason.SETTLED, None)


def test_a_cent_overdue_is_not_settled():
    assert decide(a_case("0.01"), POLICY, RULES).reason is Reason.STEP_DUE


# Holds and referrals


@pytest.mark.parametrize(
    ("hold_until", "answer"),
    [
        pytest.param(day(30), wait(Reason.ON_HOLD, day(31), until=day(30)), id="for a month"),
        pytest.param(day(1), wait(Reason.ON_HOLD, day(2), until=day(1)), id="until tomorrow"),
        pytest.param(TODAY, wait(Reason.ON_HOLD, day(1), until=TODAY), id="until today, today included"),
    ],
)
def test_a_case_on_hold_is_looked_at_the_day_after(hold_until, answer):
    assert decide(a_case(hold_until=hold_until), POLICY, RULES) == answer


@pytest.mark.parametrize("hold_until", [None, day(-1), day(-2)])
@pytest.mark.parametrize(
    ("released_on", "reason"),
    [
        pytest.param(None, Reason.STEP_DUE, id="never held"),
        pytest.param(TODAY, Reason.RELEASED, id="released today"),
        pytest.param(day(1), Reason.RELEASED, id="released tomorrow"),
        pytest.param(day(-1), Reason.STEP_DUE, id="released yesterday"),
    ],
)
def test_nothing_is_sent_on_the_day_of_release(released_on, reason, hold_until):
    """Complaint 12: un-pausing sends at once, before anyone looked."""
    answer = decide(a_case(released_on=released_on, hold_until=hold_until), POLICY, RULES)
    assert answer.reason is reason
    if reason is Reason.RELEASED:
        assert answer == wait(Reason.RELEASED, released_on)


def test_a_case_with_an_agency_takes_no_step():
    answer = decide(a_case(referred_on=day(-40), referred_to="Northwind"), POLICY, RULES)
    assert answer == wait(Reason.REFERRED, day(14), since=day(-40), agency="Northwind")


# What covers the account


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        pytest.param({"promised": 100}, wait(Reason.PROMISED, day(14), amount_promised=Decimal(100)), id="promised"),
        pytest.param({"disputed": "0.5"}, wait(Reason.DISPUTED, day(14), amount_disputed=Decimal("0.5")), id="pence"),
        pytest.param({"disputed": 100}, wait(Reason.DISPUTED, day(14), amount_disputed=Decimal(100)), id="disputed"),
        pytest.param(
            {"under_way": 100}, wait(Reason.UNDER_WAY, day(14), amount_under_way=Decimal(100)), id="under way"
        ),
        pytest.param(
            {"promised": 60, "disputed": 40},
            wait(Reason.COVERED, day(14), amount_promised=Decimal(60), amount_disputed=Decimal(40)),
            id="two of them",
        ),
        pytest.param(
            {"promised": 60, "disputed": 30, "under_way": 10},
            wait(
                Reason.COVERED,
                day(14),
                amount_promised=Decimal(60),
                amount_disputed=Decimal(30),
                amount_under_way=Decimal(10),
            ),
            id="all of them",
        ),
        pytest.param({}, wait(Reason.COVERED, day(14)), id="covered by credits"),
    ],
)
def test_the_answer_names_what_covers_the_account(parts, answer):
    facts = a_case(amount_chased=0, **{f"amount_{name}": amount for name, amount in parts.items()})
    assert decide(facts, POLICY, RULES) == answer


def test_a_cent_that_nothing_covers_is_chased():
    facts = a_case(amount_chased="0.01", amount_promised="99.99", promise_date=day(5))
    assert decide(facts, POLICY, RULES).reason is Reason.STEP_DUE


@pytest.mark.parametrize("promise_date", [TODAY, day(1), day(90)])
def test_a_promise_is_waited_for_until_the_morning_after(promise_date):
    facts = a_case(amount_chased=0, amount_promised=100, promise_date=promise_date)
    look = promise_date + timedelta(days=1)
    expected = wait(Reason.PROMISED, look, amount_promised=Decimal(100), promise_date=promise_date)
    assert decide(facts, POLICY, RULES) == expected


def test_a_promise_of_part_and_a_dispute_of_the_rest_are_looked_at_together():
    facts = a_case(amount_chased=0, amount_promised=60, amount_disputed=40, promise_date=day(3))
    assert decide(facts, POLICY, RULES).next_date == day(14)


def test_a_promise_that_was_not_kept_is_seen_the_next_morning():
    """Promised for yesterday, announced for today, still covered by the tolerance: a person looks today."""
    facts = a_case(
        amount_chased=0,
        amount_promised=100,
        promise_date=day(-1),
        previous_reason="promised",
        previous_date=TODAY,
    )
    answer = decide(facts, POLICY, RULES)
    assert answer == Decision(Action.REVIEW, Reason.PROMISED, TODAY, None, {"amount_promised": Decimal(100)})


# A letter or a person at work


@pytest.mark.parametrize("offset", [0, 5])
def test_a_letter_on_its_way_is_not_overtaken(offset):
    facts = after(REMINDER, 15, letter_queued_for=day(offset), activity_date=day(1))
    assert decide(facts, POLICY, RULES) == wait(Reason.LETTER_QUEUED, day(offset), when=day(offset))


def test_a_letter_that_is_late_is_not_overtaken_either():
    answer = decide(after(REMINDER, 15, letter_queued_for=day(-3)), POLICY, RULES)
    assert (answer.action, answer.reason, answer.step) == (Action.WAIT, Reason.LETTER_QUEUED, None)


@pytest.mark.parametrize("offset", [-3, 0, 5])
def test_an_activity_comes_before_the_next_step(offset):
    facts = after(REMINDER, 15, activity_date=day(offset))
    assert decide(facts, POLICY, RULES) == wait(Reason.ACTIVITY_PENDING, day(offset), when=day(offset))


def test_a_letter_that_failed_stops_the_ladder():
    """Complaint 13: the address bounced two days ago; the activity about it is due tomorrow."""
    facts = after(REMINDER, 15, letter_failed_on=day(-2), review_date=day(1))
    assert decide(facts, POLICY, RULES) == wait(Reason.LETTER_FAILED, day(1), since=day(-2))


@pytest.mark.parametrize("amount", ["0.01", "100"])
def test_a_failed_letter_without_a_review_is_not_forgotten(amount):
    answer = decide(after(REMINDER, 15, letter_failed_on=day(-2), amount_chased=amount), POLICY, RULES)
    assert answer.reason is Reason.LETTER_FAILED
    assert answer.next_date == day(-2), "The list of the day shows for how long nobody has seen to it"


# The next step: age and pace


@pytest.mark.parametrize(
    ("days_overdue", "answer"),
    [
        pytest.param(1, wait(Reason.NOT_YET_DUE, day(2), REMINDER, when=day(2)), id="two days early"),
        pytest.param(2, wait(Reason.NOT_YET_DUE, day(1), REMINDER, when=day(1)), id="a day early"),
        pytest.param(3, take(REMINDER, since=day(-3)), id="the day itself"),
        pytest.param(400, take(REMINDER, since=day(-400)), id="long after"),
    ],
)
def test_the_first_step_is_due_by_age(days_overdue, answer):
    assert decide(a_case(oldest_due_date=day(-days_overdue)), POLICY, RULES) == answer


@pytest.mark.parametrize(
    ("days_ago", "answer"),
    [
        pytest.param(1, wait(Reason.TOO_SOON, day(6), CALL, since=day(-1), when=day(6)), id="reminded yesterday"),
        pytest.param(6, wait(Reason.TOO_SOON, day(1), CALL, since=day(-6), when=day(1)), id="a day early"),
        pytest.param(7, take(CALL, since=day(-20)), id="the day itself"),
        pytest.param(15, take(CALL, since=day(-20)), id="long after"),
    ],
)
def test_a_step_keeps_its_distance_to_the_one_before(days_ago, answer):
    assert decide(after(REMINDER, days_ago), POLICY, RULES) == answer


@pytest.mark.parametrize(
    ("overdue", "days_ago", "answer"),
    [
        pytest.param(8, 5, wait(Reason.NOT_YET_DUE, day(2), CALL, when=day(2)), id="both on the same day"),
        pytest.param(8, 4, wait(Reason.TOO_SOON, day(3), CALL, since=day(-4), when=day(3)), id="pace is later"),
        pytest.param(8, 6, wait(Reason.NOT_YET_DUE, day(2), CALL, when=day(2)), id="age is later"),
        pytest.param(10, 7, take(CALL, since=day(-10)), id="both reached today"),
        pytest.param(9, 7, wait(Reason.NOT_YET_DUE, day(1), CALL, when=day(1)), id="only pace is reached"),
        pytest.param(10, 6, wait(Reason.TOO_SOON, day(1), CALL, since=day(-6), when=day(1)), id="only age is reached"),
    ],
)
def test_age_and_pace_both_count(overdue, days_ago, answer):
    assert decide(after(REMINDER, days_ago, oldest_due_date=day(-overdue)), POLICY, RULES) == answer


@pytest.mark.parametrize(
    ("due", "today", "action"),
    [
        pytest.param(date(2028, 2, 26), date(2028, 2, 29), Action.STEP, id="on the leap day"),
        pytest.param(date(2028, 2, 28), date(2028, 3, 1), Action.WAIT, id="the leap day counts, two days"),
        pytest.param(date(2028, 2, 28), date(2028, 3, 2), Action.STEP, id="the leap day counts, three days"),
        pytest.param(date(2026, 12, 29), date(2026, 12, 31), Action.WAIT, id="New Year's Eve"),
        pytest.param(date(2026, 12, 29), date(2027, 1, 1), Action.STEP, id="over the year end"),
    ],
)
def test_three_days_in_the_calendar(due, today, action):
    assert decide(a_case(today=today, oldest_due_date=due), POLICY, RULES).action is action


def test_without_a_due_date_the_days_are_counted_from_today():
    assert decide(a_case(oldest_due_date=None), POLICY, RULES).next_date == day(3)
    at_once = Policy((Step(REMINDER, days_overdue=0),))
    assert decide(a_case(oldest_due_date=None), at_once, RULES).action is Action.STEP


def test_a_payment_that_makes_the_account_younger_slows_the_ladder():
    """The invoice of 40 days was paid; the next is 5 days past due, so the call waits for its tenth day."""
    facts = after(REMINDER, 30, oldest_due_date=day(-5))
    assert decide(facts, POLICY, RULES) == wait(Reason.NOT_YET_DUE, day(5), CALL, when=day(5))


def test_a_run_missed_for_months_delays_and_does_not_skip():
    facts = after(REMINDER, 90, oldest_due_date=day(-100))
    assert decide(facts, POLICY, RULES) == take(CALL, since=day(-100))


# The minimum


@pytest.mark.parametrize(
    ("amount", "answer"),
    [
        pytest.param(
            "49.99",
            wait(Reason.BELOW_MINIMUM, day(14), CALL, amount_chased=Decimal("49.99"), amount_minimum=Decimal(50)),
            id="a cent below",
        ),
        pytest.param("50", take(CALL, since=day(-20)), id="the minimum itself"),
        pytest.param("50.01", take(CALL, since=day(-20)), id="a cent above"),
    ],
)
def test_a_small_amount_waits_at_its_step(amount, answer):
    assert decide(after(REMINDER, 7, amount_overdue=500, amount_chased=amount), POLICY, RULES) == answer


# The manners of contact


def test_a_step_due_on_a_saturday_is_taken_on_monday():
    saturday = date(2026, 3, 7)
    facts = a_case(today=saturday)
    assert decide(facts, POLICY, RULES) == wait(Reason.CLOSED_DAY, date(2026, 3, 9), REMINDER, when=date(2026, 3, 9))


def test_who_answered_is_left_in_peace():
    answer = decide(a_case(last_reply=day(-2)), POLICY, RULES)
    assert answer == wait(Reason.ANSWERED, day(5), REMINDER, since=day(-2), when=day(5))


def test_seven_contacts_in_seven_days_are_enough():
    answer = decide(a_case(contacts=[day(-2)] * 7), POLICY, RULES)
    assert answer == wait(Reason.CONTACT_BUDGET, day(5), REMINDER, when=day(5), count=7, days=7)


def test_a_customer_who_must_not_be_contacted_is_looked_at_by_a_person():
    facts = a_case(do_not_contact=True)
    assert decide(facts, POLICY, RULES) == wait(Reason.DO_NOT_CONTACT, day(14), REMINDER)
    facts = replace(facts, previous_reason="do_not_contact", previous_date=TODAY)
    assert decide(facts, POLICY, RULES) == Decision(Action.REVIEW, Reason.DO_NOT_CONTACT, TODAY, REMINDER)


def test_a_house_that_is_always_closed_still_forgets_nobody():
    answer = decide(a_case(), POLICY, replace(RULES, weekdays=frozenset()))
    assert answer == wait(Reason.CLOSED_DAY, day(14), REMINDER)


# The end of the ladder


def test_after_the_last_step_a_person_looks_from_time_to_time():
    facts = after(NOTICE, 50, oldest_due_date=day(-100))
    assert decide(facts, POLICY, RULES) == wait(Reason.LADDER_DONE, day(14))
    facts = replace(facts, previous_reason="ladder_done", previous_date=TODAY)
    assert decide(facts, POLICY, RULES) == Decision(Action.REVIEW, Reason.LADDER_DONE, TODAY)


@pytest.mark.parametrize("step", [None, 99])
def test_a_case_without_a_ladder_is_not_forgotten(step):
    assert decide(a_case(step=step), Policy(review_days=5), RULES) == wait(Reason.NO_POLICY, day(5))


# Reviews

PASSIVE = {
    Reason.REFERRED: {"referred_on": day(-3)},
    Reason.PROMISED: {"amount_chased": 0, "amount_promised": 100},
    Reason.DISPUTED: {"amount_chased": 0, "amount_disputed": 100},
    Reason.UNDER_WAY: {"amount_chased": 0, "amount_under_way": 100},
    Reason.COVERED: {"amount_chased": 0},
    Reason.BELOW_MINIMUM: {"amount_chased": 20, "step": REMINDER, "step_date": day(-15)},
    Reason.DO_NOT_CONTACT: {"do_not_contact": True},
    Reason.LADDER_DONE: {"step": NOTICE, "step_date": day(-3)},
}
each_passive_reason = pytest.mark.parametrize("reason", PASSIVE)


@each_passive_reason
@pytest.mark.parametrize(
    ("known", "action", "when"),
    [
        pytest.param({}, Action.WAIT, 14, id="seen for the first time"),
        pytest.param({"previous_reason": "not_yet_due", "previous_date": TODAY}, Action.WAIT, 14, id="a new reason"),
        pytest.param({"previous_date": day(1)}, Action.WAIT, 1, id="announced for tomorrow"),
        pytest.param({"previous_date": TODAY}, Action.REVIEW, 0, id="announced for today"),
        pytest.param({"previous_date": day(-9)}, Action.REVIEW, 0, id="announced for a day without a run"),
        pytest.param({"previous_date": None}, Action.WAIT, 14, id="announced without a day"),
        pytest.param({"previous_date": TODAY, "review_date": day(3)}, Action.WAIT, 3, id="already asked for"),
        pytest.param({"previous_date": TODAY, "review_date": day(-3)}, Action.WAIT, -3, id="asked for and overdue"),
        pytest.param({"previous_date": day(-1), "reviewed_on": day(-1)}, Action.WAIT, 13, id="done yesterday"),
        pytest.param({"previous_date": day(-14), "reviewed_on": day(-13)}, Action.WAIT, 1, id="done 13 days ago"),
        pytest.param({"previous_date": day(-14), "reviewed_on": day(-14)}, Action.REVIEW, 0, id="done 14 days ago"),
        pytest.param({"previous_date": day(5), "reviewed_on": day(-14)}, Action.WAIT, 5, id="the later date counts"),
    ],
)
def test_a_review_is_asked_for_once_in_fourteen_days(reason, known, action, when):
    facts = a_case(**PASSIVE[reason] | ({"previous_reason": reason.value} | known if known else {}))
    answer = decide(facts, POLICY, RULES)
    assert (answer.action, answer.reason, answer.next_date) == (action, reason, day(when))


@times(2)
@given(
    reason=st.sampled_from(list(PASSIVE)),
    review_days=st.integers(1, 30),
    missed=st.sets(st.integers(0, 119), max_size=80),
    idle=st.lists(st.integers(0, 20), min_size=1, max_size=5),
)
def test_a_passive_reason_is_reviewed_in_time_and_not_too_often(reason, review_days, missed, idle):
    """120 days with runs missed and a person who lets a review lie for a while, now and then.

    A review is asked for on the first run ``review_days`` after the reason came up, or after the last one was done.
    """
    policy = replace(POLICY, review_days=review_days)
    facts = a_case(**PASSIVE[reason])
    since = done_on = None
    asked = 0
    for offset in range(120):
        today = day(offset)
        if done_on == today:
            facts, since, done_on = replace(facts, review_date=None, reviewed_on=today), today, None
        if offset in missed:
            continue
        since = since or today
        answer = decide(replace(facts, today=today), policy, ANY_DAY)
        assert answer.reason is reason
        waiting = (today - since).days
        if facts.review_date is not None:
            assert (answer.action, answer.next_date) == (Action.WAIT, facts.review_date)
        elif waiting < review_days:
            assert (answer.action, answer.next_date) == (Action.WAIT, since + timedelta(days=review_days))
        else:
            assert (answer.action, answer.next_date) == (Action.REVIEW, today)
            lies_for = idle[asked % len(idle)]
            asked += 1
            if lies_for:
                facts, done_on = replace(facts, review_date=today), today + timedelta(days=lies_for)
            else:
                facts, since = replace(facts, reviewed_on=today), today
        facts = replace(facts, previous_reason=answer.reason.value, previous_date=answer.next_date)


@given(
    reasons=st.lists(st.tuples(st.sampled_from(list(PASSIVE)), st.integers(1, 40)), min_size=1, max_size=10),
    review_days=st.integers(1, 30),
)
def test_a_finished_review_holds_even_when_the_reason_changes(reasons, review_days):
    """First disputed, then promised, then under the minimum: a person who looked is not asked again for a while."""
    policy = replace(POLICY, review_days=review_days)
    offset, known, reviewed = 0, {}, []
    for reason, lasting in reasons:
        for _day in range(lasting):
            answer = decide(replace(a_case(**PASSIVE[reason]), today=day(offset), **known), policy, ANY_DAY)
            if answer.action is Action.REVIEW:
                assert not reviewed or offset - reviewed[-1] >= review_days
                reviewed.append(offset)
            known = {
                "previous_reason": answer.reason.value,
                "previous_date": answer.next_date,
                "reviewed_on": day(reviewed[-1]) if reviewed else None,
            }
            offset += 1
        if lasting > 2 * review_days:
            assert any(one >= offset - lasting for one in reviewed), "a reason that lasts is looked at"


def test_a_promise_brought_forward_is_not_waited_for_until_its_old_date():
    """Promised for 1 September and announced for the 2nd; corrected to 3 March, which was yesterday."""
    facts = a_case(
        amount_chased=0,
        amount_promised=100,
        promise_date=day(-1),
        previous_reason="promised",
        previous_date=date(2026, 9, 2),
    )
    assert decide(facts, POLICY, RULES).next_date <= day(POLICY.review_days)


def test_a_letter_that_waits_for_approval_is_work_for_a_person_since_it_was_written():
    facts = after(REMINDER, 15, letter_to_approve=day(-2), letter_queued_for=day(1))
    assert decide(facts, POLICY, RULES) == wait(Reason.TO_APPROVE, day(-2), since=day(-2))


@pytest.mark.parametrize("stuck", ["letter_failed_on", "letter_queued_for", "letter_to_approve"])
def test_a_letter_that_is_stuck_comes_to_a_person(stuck):
    """Complaint 13: letters "queued" for ever, nobody told. Nobody has a review open, and a month goes by."""
    facts = after(REMINDER, 15, **{stuck: TODAY})
    answers = []
    for offset in range(30):
        answer = decide(replace(facts, today=day(offset)), POLICY, ANY_DAY)
        facts = replace(facts, previous_reason=answer.reason.value, previous_date=answer.next_date)
        answers.append(answer.action)
    assert Action.REVIEW in answers


# Any facts at all

small = st.sampled_from([Decimal("0.01"), Decimal(20), Decimal(50), Decimal(100)])
soon = st.integers(-40, 40).map(day)
lately = st.integers(-40, -1).map(day)
zero = st.just(Decimal(0))

#: What may stand in the way of a step, or only look as if it did; each alone, so that mixtures stay readable.
OBSTACLES = {
    "settled": {"amount_overdue": zero},
    "covered": {"amount_chased": zero, "amount_promised": zero | small, "amount_disputed": zero | small},
    "promised": {"amount_chased": zero, "amount_promised": small, "promise_date": soon},
    "under way": {"amount_chased": zero, "amount_under_way": small},
    "in part": {"amount_chased": small, "amount_promised": small, "promise_date": soon},
    "hold": {"hold_until": soon},
    "release": {"released_on": soon},
    "agency": {"referred_on": lately},
    "letter": {"letter_queued_for": soon},
    "approval": {"letter_to_approve": lately},
    "failure": {"letter_failed_on": lately},
    "activity": {"activity_date": soon},
    "promise missed": {"missed_promise_call": soon},
    "unread": {"reply_since": lately},
    "callback": {"callback_date": soon},
    "try again": {"call_again_date": soon},
    "silent": {"silent": st.just(True)},
    "answer due": {"amount_chased": zero, "amount_disputed": small, "answer_due": soon},
    "new due date": {"amount_chased": zero, "amount_disputed": small, "new_due_date": soon},
    "stopped": {"stopped_since": lately},
    "our side": {"findings": st.just((Finding("not_sent", "INV/1"),))},
    "flag": {"do_not_contact": st.just(True)},
    "reply": {"last_reply": lately},
    "contacts": {"contacts": st.lists(lately, min_size=1, max_size=4).map(tuple)},
    "review": {"review_date": soon},
    "reviewed": {"reviewed_on": lately},
    "known": {"previous_reason": st.sampled_from([reason.value for reason in Reason]), "previous_date": soon},
}


@st.composite
def ladders(draw, min_size=0, latest=45):
    minimum = st.sampled_from([Decimal(0), Decimal(50)])
    keys = draw(st.lists(st.integers(1, 99), min_size=min_size, max_size=5, unique=True))
    final = draw(st.sampled_from([None, *keys]))
    steps = [
        Step(
            key,
            draw(st.integers(0, latest)),
            draw(st.integers(0, 14)),
            draw(minimum),
            final_notice=key == final,
            letter=draw(st.booleans()),
        )
        for key in keys
    ]
    return Policy(tuple(steps), review_days=draw(st.integers(1, 20)))


manners = st.builds(
    ContactRules,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    closed_days=st.frozensets(st.integers(0, 120).map(day), max_size=15),
    max_contacts=st.integers(0, 3),
    window_days=st.integers(1, 8),
    rest_days=st.integers(0, 8),
)


@st.composite
def cases(draw):
    """A policy, the manners of a house, and a case with a few things in its way."""
    policy = draw(ladders(min_size=1))
    step = draw(st.sampled_from([*(one.key for one in policy.steps), None]))
    facts = a_case(oldest_due_date=draw(lately), step=step, step_date=draw(lately) if step else None)
    for name in draw(st.lists(st.sampled_from(list(OBSTACLES)), max_size=4, unique=True)):
        facts = replace(facts, **{fact: draw(values) for fact, values in OBSTACLES[name].items()})
    return facts, policy, draw(st.just(ANY_DAY) | manners)


def is_hurried(facts, rest):
    """A silent customer who has been reminded before, and the final notice is still to come."""
    return facts.silent and facts.step is not None and any(step.final_notice for step in rest)


def nothing_is_in_the_way(facts, policy, rules):
    """All that has to be true for a step, in no order: what a fair collector would tick off before writing."""
    keys = [None, *(step.key for step in policy.steps)]
    rest = policy.steps[keys.index(facts.step) :]
    return (
        bool(rest)
        and facts.amount_overdue > 0
        and facts.amount_chased > 0
        and facts.amount_chased >= rest[0].min_amount
        and not (facts.hold_until and facts.hold_until >= facts.today)
        and not (facts.released_on and facts.released_on >= facts.today)
        and not any((facts.letter_to_approve, facts.letter_queued_for, facts.letter_failed_on))
        and not any((facts.referred_on, facts.activity_date))
        and not any((facts.missed_promise_call, facts.reply_since, facts.callback_date, facts.stopped_since))
        and not (rest[0].letter and facts.findings)
        and (is_hurried(facts, rest) or (facts.today - facts.oldest_due_date).days >= rest[0].days_overdue)
        and (facts.step_date is None or (facts.today - facts.step_date).days >= rest[0].days_since_previous)
        and may_contact(rules, facts.today, facts.contacts, facts.last_reply, facts.do_not_contact).allowed
    )


WAITS_FOR_SOMEBODY = {
    Reason.TO_APPROVE,
    Reason.LETTER_QUEUED,
    Reason.LETTER_FAILED,
    Reason.ACTIVITY_PENDING,
    Reason.PROMISE_MISSED,
    Reason.REPLY_UNREAD,
    Reason.CALLBACK,
    Reason.CALL_AGAIN,
    Reason.RELEASED,
}


def check_that_nobody_is_forgotten(facts, answer):
    """Law 5: an open case has a next date, and it lies ahead unless a person or a letter is late."""
    assert facts.amount_overdue > 0
    assert answer.next_date is not None
    if answer.action is not Action.WAIT:
        assert answer.next_date == facts.today
    elif answer.reason not in WAITS_FOR_SOMEBODY and answer.next_date != facts.review_date:
        assert answer.next_date > facts.today


@times(2.5)
@given(cases())
def test_a_step_is_taken_when_nothing_is_in_the_way_and_only_then(case):
    facts, policy, rules = case
    answer = decide(facts, policy, rules)
    assert (answer.action is Action.STEP) == nothing_is_in_the_way(facts, policy, rules)
    if answer.action is Action.STEP:
        assert answer.step == policy.following(facts.step).key
        assert answer.reason is Reason.STEP_DUE


@times(2)
@given(cases())
def test_every_open_case_has_a_next_date(case):
    facts, policy, rules = case
    answer = decide(facts, policy, rules)
    assert (answer.reason is Reason.SETTLED) == (answer.next_date is None) == (facts.amount_overdue <= 0)
    if facts.amount_overdue > 0:
        check_that_nobody_is_forgotten(facts, answer)


@given(cases())
def test_the_same_facts_give_the_same_answer(case):
    facts, policy, rules = case
    answer = decide(facts, policy, rules)
    assert answer == decide(facts, policy, rules)
    assert answer == decide(replace(facts, contacts=facts.contacts[::-1]), policy, rules)


@times(2)
@given(cases())
def test_a_day_announced_for_the_next_step_is_kept(case):
    """If nothing changes until then, the step is taken on that day, or the next question has a later answer."""
    facts, policy, rules = case
    answer = decide(facts, policy, rules)
    if answer.reason in {Reason.NOT_YET_DUE, Reason.TOO_SOON}:
        later = decide(replace(facts, today=answer.next_date), policy, rules)
        assert later.reason not in {Reason.NOT_YET_DUE, Reason.TOO_SOON}
    if answer.reason in {Reason.ANSWERED, Reason.CONTACT_BUDGET, Reason.CLOSED_DAY}:
        assert decide(replace(facts, today=answer.next_date), policy, rules).action is Action.STEP


# Whole cases, day by day


def climb(policy, rules, oldest_due_date, *, only_when_announced=False):
    """Run an undisturbed case daily, or only on the days that the run before announced; when which step is taken."""
    taken, answer = [], None
    facts = a_case(oldest_due_date=oldest_due_date)
    for offset in range(120):
        today = day(offset)
        if only_when_announced and answer and today < answer.next_date:
            continue
        answer = decide(replace(facts, today=today), policy, rules)
        if answer.action is Action.STEP:
            taken.append((answer.step, today))
            facts = replace(facts, step=answer.step, step_date=today, contacts=(*facts.contacts, today))
    return taken


@given(ladders(min_size=1), manners, lately)
def test_an_undisturbed_case_climbs_as_fast_as_is_fair_and_no_faster(policy, rules, oldest_due_date):
    expected, contacts, today = [], [], TODAY
    for step in policy.steps:
        by_age = oldest_due_date + timedelta(days=step.days_overdue)
        by_pace = expected[-1][1] + timedelta(days=max(1, step.days_since_previous)) if expected else TODAY
        today = max(today, by_age, by_pace)
        while not may_contact(rules, today, contacts).allowed:
            today += timedelta(days=1)
        if today > day(119):
            break
        expected.append((step.key, today))
        contacts.append(today)
    assert climb(policy, rules, oldest_due_date) == expected


@given(ladders(min_size=1), manners, lately)
def test_looking_only_on_the_announced_day_misses_nothing(policy, rules, oldest_due_date):
    daily = climb(policy, rules, oldest_due_date)
    assert climb(policy, rules, oldest_due_date, only_when_announced=True) == daily


@dataclass
class Life:
    """A case in the hands of people: what happens each morning, one run or more, and what is written down of it."""

    policy: Policy
    rules: ContactRules
    facts: Facts
    letters: dict  # key of a step -> days its letter takes; without an entry it has none
    activities: dict  # key of a step -> days its activity takes; without an entry it has none
    bounces: bool
    idle: int
    taken: list = field(default_factory=list)
    covered_until: date | None = None
    flag_until: date | None = None
    with_agency_until: date | None = None

    def morning(self, today, event):
        facts = replace(self.facts, today=today)
        if self.covered_until and today > self.covered_until:
            nothing = dict.fromkeys(("amount_promised", "amount_disputed", "amount_under_way"), Decimal(0))
            facts = replace(facts, amount_chased=facts.amount_overdue, promise_date=None, **nothing)
            self.covered_until = None
        if self.flag_until and today > self.flag_until:
            facts, self.flag_until = replace(facts, do_not_contact=False), None
        if self.with_agency_until and today > self.with_agency_until:
            facts, self.with_agency_until = replace(facts, referred_on=None), None
        if facts.hold_until and today > facts.hold_until:
            facts = replace(facts, hold_until=None, released_on=facts.hold_until + timedelta(days=1))
        facts = self.letters_and_people(facts, today)
        self.facts = self.happens(facts, today, *event) if event else facts

    def letters_and_people(self, facts, today):
        if facts.letter_queued_for and today >= facts.letter_queued_for:
            facts = replace(facts, letter_queued_for=None)
            if self.bounces:
                self.bounces = False
                facts = replace(facts, letter_failed_on=today, review_date=facts.review_date or today)
            else:
                facts = replace(facts, contacts=(*facts.contacts, today))
        if facts.activity_date and today >= facts.activity_date + timedelta(days=self.idle):
            facts = replace(facts, activity_date=None)
        for call in CALLS:
            if getattr(facts, call) and today >= getattr(facts, call) + timedelta(days=self.idle):
                facts = replace(facts, **{call: None}, contacts=(*facts.contacts, today))
        if facts.review_date and today >= facts.review_date + timedelta(days=self.idle):
            facts = replace(facts, review_date=None, reviewed_on=today, letter_failed_on=None)
        return facts

    def happens(self, facts, today, what, days, amount):
        until = today + timedelta(days=days)
        if what == "hold":
            return replace(facts, hold_until=until)
        if what in {"promised", "disputed", "under_way"}:
            self.covered_until = until
            part = min(amount, facts.amount_overdue)
            covered = {f"amount_{what}": part, "amount_chased": facts.amount_overdue - part}
            return replace(facts, promise_date=until if what == "promised" else facts.promise_date, **covered)
        if what == "forbids":
            self.flag_until = until
            return replace(facts, do_not_contact=True)
        if what == "referred":
            self.with_agency_until = until
            return replace(facts, referred_on=today)
        if what == "answers":
            return replace(facts, last_reply=today, contacts=(*facts.contacts, today))
        said = {"writes": {"last_reply": today, "reply_since": today, "silent": False}, "silent": {"silent": True}}
        said |= {call: {call: until} for call in CALLS}
        if what in said:
            return replace(facts, **said[what])
        if what == "pays":
            return replace(facts, amount_overdue=amount, amount_chased=min(amount, facts.amount_chased))
        return replace(facts, oldest_due_date=min(today, facts.oldest_due_date + timedelta(days=days)))

    def run(self):
        answer = decide(self.facts, self.policy, self.rules)
        check_that_nobody_is_forgotten(self.facts, answer)
        facts, today = self.facts, self.facts.today
        if answer.action is Action.STEP:
            self.check_step(answer)
            self.taken.append((answer.step, today))
            letter, activity = self.letters.get(answer.step), self.activities.get(answer.step)
            facts = replace(facts, step=answer.step, step_date=today)
            if letter is not None:
                facts = replace(facts, letter_queued_for=today + timedelta(days=letter))
            if activity is not None:
                facts = replace(facts, activity_date=today + timedelta(days=activity))
            if letter is None:
                facts = replace(facts, contacts=(*facts.contacts, today))
        if answer.action is Action.REVIEW:
            assert facts.review_date is None, "a review is not asked for twice"
            facts = replace(facts, review_date=today)
        self.facts = replace(facts, previous_reason=answer.reason.value, previous_date=answer.next_date)

    def check_step(self, answer):
        facts, today = self.facts, self.facts.today
        step = self.policy.steps[len(self.taken)]
        assert answer.step == step.key, "in the order of the ladder, each once"
        rest = self.policy.steps[len(self.taken) :]
        assert is_hurried(facts, rest) or (today - facts.oldest_due_date).days >= step.days_overdue
        if self.taken:
            assert (today - self.taken[-1][1]).days >= step.days_since_previous
        assert facts.amount_chased > 0
        assert facts.amount_chased >= step.min_amount
        assert (facts.hold_until, facts.referred_on) == (None, None)
        assert facts.released_on is None or today > facts.released_on
        assert (facts.letter_queued_for, facts.letter_failed_on, facts.activity_date) == (None, None, None)
        assert (facts.missed_promise_call, facts.reply_since, facts.callback_date) == (None, None, None)
        assert self.rules.is_open(today)
        assert not facts.do_not_contact
        recent = [one for one in facts.contacts if one > today - timedelta(days=self.rules.window_days)]
        assert not self.rules.max_contacts or len(recent) < self.rules.max_contacts
        assert facts.last_reply is None or (today - facts.last_reply).days >= self.rules.rest_days


CALLS = ("missed_promise_call", "reply_since", "callback_date", "call_again_date")
WHAT_HAPPENS = [
    *("hold", "promised", "disputed", "under_way", "forbids", "referred", "answers", "pays", "younger"),
    *("writes", "silent", "missed_promise_call", "callback_date", "call_again_date"),
]
events = st.tuples(
    st.sampled_from(WHAT_HAPPENS), st.integers(0, 25), st.sampled_from([Decimal(30), Decimal(50), Decimal(100)])
)


@st.composite
def lives(draw):
    policy = draw(ladders(min_size=3, latest=100))
    keys = [step.key for step in policy.steps]
    return Life(
        policy=policy,
        rules=draw(manners),
        facts=a_case(oldest_due_date=draw(lately)),
        letters=draw(st.dictionaries(st.sampled_from(keys), st.integers(0, 10))),
        activities=draw(st.dictionaries(st.sampled_from(keys), st.integers(0, 10))),
        bounces=draw(st.booleans()),
        idle=draw(st.integers(0, 5)),
    )


@given(
    life=lives(),
    happenings=st.dictionaries(st.integers(0, 119), events, min_size=4, max_size=12),
    missed=st.sets(st.integers(0, 119), max_size=60),
    twice=st.sets(st.integers(0, 119), max_size=30),
)
def test_no_warning_is_skipped_whatever_happens(life, happenings, missed, twice):
    """120 days of holds, promises, disputes, payments, letters that take long or bounce, runs missed or doubled."""
    for offset in range(120):
        life.morning(day(offset), happenings.get(offset))
        if offset in missed:
            continue
        life.run()
        if offset in twice:
            life.run()
    keys = [step.key for step in life.policy.steps]
    assert [key for key, _today in life.taken] == keys[: len(life.taken)]


def test_the_job_run_twice_on_a_day_takes_one_step():
    """Complaint 16: an old account, a ladder without days between its steps, and somebody runs the job by hand too."""
    policy = Policy((Step(REMINDER, days_overdue=1), Step(CALL, days_overdue=8)))
    first = decide(a_case(), policy, RULES)
    assert (first.action, first.step) == (Action.STEP, REMINDER)
    assert decide(after(REMINDER, 0), policy, RULES).action is Action.WAIT
