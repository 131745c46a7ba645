"""When to refer, in tables: a window, a list of points, and what each asks for."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.gate import Finding
from engine.referral import (
    LAST_DAYS,
    Facts,
    Item,
    Notice,
    Offer,
    Status,
    Terms,
    checklist,
    closes_on,
    is_ready,
    of_items,
    opens_on,
    stage_of_window,
    status,
)

DUE = date(2026, 3, 1)
CODES = (
    "final_notice",
    "last_call",
    "dispute",
    "promise",
    "hold",
    "commitment",
    "gate",
    "people",
    "amount",
    "age",
    "agency",
)


def on_day(days, **values):
    """Facts of 500.00 that are ``days`` past due; the notice was mailed on day 30, the last call made on day 37, and an
    agency would take it: nothing is missing from day 45 on.
    """
    today = DUE + timedelta(days=days)
    ready = {
        "amount_chased": Decimal(500),
        "oldest_due_date": DUE,
        "notice_sent_on": DUE + timedelta(days=30),
        "notice_posted_on": DUE + timedelta(days=30),
        "last_call_on": DUE + timedelta(days=37),
        "offers": (Offer("Northwind"),),
    }
    return Facts(today, **(ready | values))


def unmet(facts, terms=None):
    return {point.code: point.case for point in checklist(facts, terms or Terms()) if not point.met}


def point(code, facts, terms=None):
    return next(one for one in checklist(facts, terms or Terms()) if one.code == code)


def test_the_list_has_eleven_points_in_their_order():
    assert tuple(one.code for one in checklist(on_day(45), Terms())) == CODES


def test_on_day_45_nothing_is_missing():
    assert unmet(on_day(45)) == {}
    assert status(on_day(45), Terms()) is Status.READY


# The window


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(0, Status.OUTSIDE, id="due today"),
        pytest.param(29, Status.OUTSIDE, id="the day before"),
        pytest.param(30, Status.WINDOW, id="the first day"),
        pytest.param(44, Status.WINDOW, id="the last day of the cure period"),
        pytest.param(45, Status.READY, id="the cure period is over"),
        pytest.param(52, Status.READY, id="eight days are left"),
        pytest.param(53, Status.CLOSING, id="a week is left"),
        pytest.param(60, Status.CLOSING, id="the last day"),
        pytest.param(61, Status.MISSED, id="the day after"),
        pytest.param(400, Status.MISSED, id="a year later"),
    ],
)
def test_an_account_goes_through_its_window(days, expected):
    assert status(on_day(days), Terms()) is expected


@pytest.mark.parametrize(
    ("facts", "terms"),
    [
        pytest.param(on_day(45, amount_chased=Decimal(0)), Terms(), id="all of it is promised or disputed"),
        pytest.param(on_day(45, oldest_due_date=None), Terms(), id="nothing is due"),
        pytest.param(on_day(45), Terms(min_amount=Decimal("500.01")), id="a cent too little"),
        pytest.param(on_day(90, amount_chased=Decimal(40)), Terms(min_amount=Decimal(50)), id="small and old"),
    ],
)
def test_what_is_not_worth_a_referral_is_outside(facts, terms):
    assert status(facts, terms) is Status.OUTSIDE


def test_a_window_shorter_than_a_week_opens_with_its_last_days():
    assert status(on_day(55), Terms(55, 58)) is Status.CLOSING


def test_a_window_of_one_day():
    assert [status(on_day(day), Terms(45, 45)) for day in (44, 45, 46)] == [
        Status.OUTSIDE,
        Status.CLOSING,
        Status.MISSED,
    ]


def test_something_missing_keeps_it_from_being_ready():
    assert status(on_day(50, disputes=1), Terms()) is Status.WINDOW


@pytest.mark.parametrize(
    "terms", [{"days_from": 61}, {"days_from": -1}, {"min_amount": Decimal(-1)}, {"cure_days": -1}]
)
def test_terms_that_nobody_can_meet_are_refused(terms):
    with pytest.raises(ValueError, match=r"window|negative"):
        Terms(**terms)


# The points


@pytest.mark.parametrize(
    ("values", "code", "case"),
    [
        pytest.param({"notice_posted_on": None, "notice_sent_on": None}, "final_notice", "missing", id="no notice"),
        pytest.param({"notice_posted_on": None}, "final_notice", "not_posted", id="by e-mail only"),
        pytest.param(
            {"notice_posted_on": None, "notice_returned_on": DUE}, "final_notice", "returned", id="it came back"
        ),
        pytest.param(
            {"notice_posted_on": DUE + timedelta(days=31)}, "final_notice", "curing", id="the last day of grace"
        ),
        pytest.param({"last_call_on": None}, "last_call", "missing", id="nobody called"),
        pytest.param({"disputes": 2, "amount_disputed": Decimal(80)}, "dispute", "open", id="disputed"),
        pytest.param({"promises": 1, "promise_date": DUE}, "promise", "open", id="promised"),
        pytest.param({"plan": "active"}, "promise", "plan", id="a plan runs"),
        pytest.param({"plan": "draft", "promises": 1}, "promise", "plan_draft", id="a plan waits for a manager"),
        pytest.param({"hold_until": DUE + timedelta(days=45)}, "hold", "until", id="on hold, the last day"),
        pytest.param({"commitments": ("Send the crane (D/1)",)}, "commitment", "open", id="we have not kept our word"),
        pytest.param({"findings": (Finding("not_sent", "INV/1"),)}, "gate", "stopped", id="it is us"),
        pytest.param({"stopped_since": DUE, "stopped_by": "Insolvency"}, "people", "stopped", id="insolvent"),
        pytest.param({"offers": ()}, "agency", "none", id="no agency"),
        pytest.param({"offers": (Offer("N", "Too small."),)}, "agency", "unfit", id="no agency that fits"),
    ],
)
def test_one_thing_missing_is_one_point_unmet(values, code, case):
    assert unmet(on_day(45, **values)) == {code: case}


def test_without_a_notice_the_last_call_comes_too_early():
    facts = on_day(45, notice_sent_on=None, notice_posted_on=None, last_call_on=None)
    assert unmet(facts) == {"final_notice": "missing", "last_call": "too_early"}


def test_a_policy_may_do_without_a_last_call():
    assert point("last_call", on_day(45, last_call_on=None), Terms(needs_last_call=False)).met


def test_without_a_cure_period_the_day_after_mailing_will_do():
    facts = on_day(31, last_call_on=DUE + timedelta(days=31))
    assert not point("final_notice", on_day(30), Terms(cure_days=0)).met
    assert point("final_notice", facts, Terms(cure_days=0)).met


def test_a_notice_that_was_posted_again_counts_from_then():
    facts = on_day(50, notice_returned_on=DUE + timedelta(days=34), notice_posted_on=DUE + timedelta(days=40))
    assert point("final_notice", facts).details["until"] == DUE + timedelta(days=54)


def test_what_the_gate_finds_of_disputes_and_our_word_is_told_once():
    findings = (Finding("dispute_open", "D/1"), Finding("commitment_overdue", "Call (D/1)"))
    assert point("gate", on_day(45, findings=findings)).met
    both = (*findings, Finding("credit_draft", "RINV/7", 2))
    assert point("gate", on_day(45, findings=both)).details == {
        "check": "credit_draft",
        "subject": "RINV/7",
        "count": 2,
        "stops": 1,
    }


@pytest.mark.parametrize(
    ("days", "case", "opens"),
    [
        pytest.param(29, "early", DUE + timedelta(days=30), id="tomorrow"),
        pytest.param(61, "late", None, id="since yesterday"),
    ],
)
def test_the_age_says_when_the_window_opens_or_closed(days, case, opens):
    found = point("age", on_day(days))
    assert (found.met, found.case, found.details.get("opens")) == (False, case, opens)
    assert found.details["until"] == DUE + timedelta(days=60)


def test_the_amount_says_what_would_do():
    found = point("amount", on_day(45), Terms(min_amount=Decimal(600)))
    assert found.details == {"amount_chased": Decimal(500), "amount_minimum": Decimal(600)}
    assert point("amount", on_day(45), Terms(min_amount=Decimal(500))).met


def test_the_first_agency_that_fits_is_named():
    offers = (Offer("A", "Not in this country."), Offer("B"), Offer("C"))
    assert point("agency", on_day(45, offers=offers)).details == {"agency": "B", "count": 2}


# Item by item: A, 120.00, is due on day 0 and was named by a notice that was mailed on day 30; B, 900.00, is due on day 10


def after(days):
    return DUE + timedelta(days=days)


A_NOTICE = Notice("A", after(30), after(30), called_on=after(37))
A = Item(DUE, Decimal(120), A_NOTICE)
B = Item(after(10), Decimal(900))


def of(days, *items, terms=None, all_go=False, **values):
    """Facts of these items, so many days after A is due."""
    facts = Facts(after(days), offers=(Offer("Northwind"),), **of_items(items, terms or Terms(), all_go=all_go))
    return replace(facts, **values)


def test_what_no_final_notice_has_named_does_not_count():
    facts = of(45, A, B)
    assert (facts.amount_chased, facts.amount_unnamed, facts.days_overdue) == (120, 900, 45)
    assert status(facts, Terms()) is Status.READY
    older = replace(B, due=after(-300))
    assert status(of(45, A, older), Terms()) is Status.READY, "the days of the window are those of what was named"


def test_too_little_was_named_however_much_is_asked_for():
    terms = Terms(min_amount=Decimal(500))
    facts = of(45, A, B, terms=terms)
    assert status(facts, terms) is Status.OUTSIDE
    assert unmet(facts, terms) == {"amount": "small_of_named"}
    assert point("amount", facts, terms).details == {
        "amount_chased": 120,
        "amount_minimum": 500,
        "amount_unnamed": 900,
    }


def test_named_by_a_notice_of_its_own_it_counts_from_then():
    terms = Terms(min_amount=Decimal(500))
    named = replace(B, notice=Notice("B", after(41), after(41)))
    facts = of(45, A, named, terms=terms)
    assert (facts.amount_chased, facts.days_overdue) == (1020, 45)
    assert unmet(facts, terms) == {"final_notice": "curing", "last_call": "missing"}
    assert point("final_notice", facts, terms).details["until"] == after(55)
    called = replace(B, notice=Notice("B", after(41), after(41), called_on=after(48)))
    assert [status(of(on, A, called, terms=terms), terms) for on in (52, 55, 56, 61)] == [
        Status.WINDOW,
        Status.CLOSING,
        Status.CLOSING,
        Status.MISSED,
    ]
    assert unmet(of(56, A, called, terms=terms), terms) == {}


def test_a_notice_about_what_fell_due_since_takes_nothing_back():
    """Who is invoiced every week gets a notice every week: were each of them waited for, nothing would ever be ready."""
    weekly = [
        Item(after(7 * week), Decimal(100), Notice(week, after(30 + 7 * week), after(30 + 7 * week)))
        for week in range(1, 4)
    ]
    facts = of(51, A, *weekly)
    assert (facts.amount_chased, unmet(facts)) == (420, {})
    assert unmet(of(51, A, *weekly, all_go=True)) == {"final_notice": "curing", "last_call": "missing"}


@pytest.mark.parametrize(
    ("notice", "case"),
    [
        pytest.param(Notice("B", after(31)), "not_posted", id="by e-mail only"),
        pytest.param(Notice("B", after(31), returned_on=after(35)), "returned", id="it came back"),
        pytest.param(Notice("B"), "missing", id="a call took its place"),
    ],
)
def test_each_item_that_goes_needs_the_proof_of_its_own_notice(notice, case):
    named = replace(B, notice=notice)
    assert unmet(of(45, A, named)) == {}
    assert unmet(of(45, A, named, all_go=True))["final_notice"] == case


def test_the_last_call_counts_for_the_notice_that_it_followed():
    uncalled = replace(B, notice=Notice("B", after(31), after(31)))
    assert unmet(of(46, A, uncalled, all_go=True)) == {"last_call": "missing"}


def test_what_somebody_hands_over_counts_whether_it_was_named_or_not():
    """That it was not is said of each item, and needs a reason of its own."""
    facts = of(45, B, all_go=True)
    assert (facts.amount_chased, facts.days_overdue) == (900, 35)
    assert unmet(facts) == {"final_notice": "missing", "last_call": "too_early"}


def test_nothing_was_named_and_each_point_says_so():
    facts = of(45, B)
    assert status(facts, Terms()) is Status.OUTSIDE
    assert unmet(facts) == {
        "final_notice": "unnamed",
        "last_call": "too_early",
        "amount": "unnamed",
        "age": "unnamed",
    }
    assert opens_on(facts, Terms()) is None


def test_with_an_agency_since_day_50_recalled_on_day_60():
    """A begins anew at a milder place, B, due on day 55, goes its way: neither is in the window before its own notice."""
    milder, other = replace(A, notice=None), Item(after(55), Decimal(300))
    assert status(of(60, milder, other), Terms()) is Status.OUTSIDE
    again = replace(A, notice=Notice("A again", after(75), after(75)))
    assert status(of(75, again, other), Terms()) is Status.MISSED, "its days are those of the invoice"
    named = replace(other, notice=Notice("B", after(85), after(85), called_on=after(92)))
    facts = of(100, milder, named)
    assert (facts.amount_chased, facts.days_overdue, status(facts, Terms())) == (300, 45, Status.READY)


# What always holds

days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
maybe_day = st.none() | days
amounts = st.decimals(0, 1000, places=2)
terms_of_a_policy = st.builds(
    lambda first, length, **rest: Terms(first, first + length, **rest),
    st.integers(0, 90),
    st.integers(0, 90),
    min_amount=amounts,
    cure_days=st.integers(0, 40),
    needs_last_call=st.booleans(),
)
any_facts = st.builds(
    Facts,
    today=days,
    amount_chased=amounts,
    amount_unnamed=amounts,
    oldest_due_date=maybe_day,
    notice_sent_on=maybe_day,
    notice_posted_on=maybe_day,
    notice_returned_on=maybe_day,
    last_call_on=maybe_day,
    disputes=st.integers(0, 2),
    promises=st.integers(0, 2),
    promise_date=maybe_day,
    plan=st.sampled_from([None, "draft", "active"]),
    hold_until=maybe_day,
    commitments=st.sampled_from([(), ("Call",)]),
    findings=st.sampled_from([(), (Finding("dispute_open"),), (Finding("not_sent"),)]),
    stopped_since=maybe_day,
    offers=st.sampled_from([(), (Offer("A"),), (Offer("A", "No."),)]),
)


@given(any_facts, terms_of_a_policy)
def test_ready_means_that_every_point_is_met(facts, terms):
    points = checklist(facts, terms)
    assert tuple(one.code for one in points) == CODES
    found = status(facts, terms)
    if found is Status.READY:
        assert is_ready(points)
    if is_ready(points):
        assert found in (Status.READY, Status.CLOSING)


@given(any_facts, terms_of_a_policy)
def test_inside_the_window_age_and_amount_are_met(facts, terms):
    inside = status(facts, terms) in (Status.WINDOW, Status.READY, Status.CLOSING)
    met = {one.code for one in checklist(facts, terms) if one.met}
    assert inside == ({"age", "amount"} <= met)


@given(any_facts, terms_of_a_policy)
def test_the_last_week_is_the_last_week(facts, terms):
    found = status(facts, terms)
    last = closes_on(facts, terms)
    if found is Status.CLOSING:
        assert 0 <= (last - facts.today).days <= LAST_DAYS
    if found in (Status.WINDOW, Status.READY):
        assert (last - facts.today).days > LAST_DAYS
    if found is Status.MISSED:
        assert facts.today > last


@given(any_facts, terms_of_a_policy, st.integers(0, 200))
def test_time_alone_leads_on_only(facts, terms, later):
    order = [Status.OUTSIDE, Status.WINDOW, Status.CLOSING, Status.MISSED]
    after = replace(facts, today=facts.today + timedelta(days=later))
    assert order.index(stage_of_window(facts, terms)) <= order.index(stage_of_window(after, terms))


@given(any_facts, terms_of_a_policy)
def test_every_day_and_amount_of_an_unmet_point_is_known(facts, terms):
    facts = replace(facts, promises=facts.promises if facts.promise_date else 0)
    assert all(value is not None for one in checklist(facts, terms) if not one.met for value in one.details.values())


items_of_an_account = st.lists(
    st.builds(
        Item,
        days,
        st.decimals(1, 1000, places=2),
        st.none()
        | st.builds(
            Notice, st.integers(1, 3), maybe_day, posted_on=maybe_day, returned_on=maybe_day, called_on=maybe_day
        ),
    ),
    max_size=5,
)


@given(items_of_an_account, terms_of_a_policy, days)
def test_what_is_named_and_what_is_not_are_all_that_is_asked_for(items, terms, today):
    found = Facts(today, **of_items(items, terms))
    assert found.amount_chased + found.amount_unnamed == sum(item.amount for item in items)
    assert (found.oldest_due_date is None) == (found.amount_chased == 0)
    assert found.notice_posted_on is None or found.amount_chased > 0


@given(items_of_an_account, terms_of_a_policy, days, st.decimals(1, 1000, places=2), days)
def test_what_no_notice_has_named_moves_nothing(items, terms, today, amount, due):
    def judged(items):
        facts = Facts(today, offers=(Offer("A"),), **of_items(items, terms))
        return status(facts, terms), is_ready(checklist(facts, terms))

    assert judged(items) == judged([*items, Item(due, amount)])


@given(items_of_an_account, terms_of_a_policy, days)
def test_ready_means_that_enough_of_it_was_warned_in_full(items, terms, today):
    facts = Facts(today, offers=(Offer("A"),), **of_items(items, terms))
    if is_ready(checklist(facts, terms)):
        ripe = [item for item in items if item.notice and (item.notice.ripe_on(terms) or date.max) <= today]
        assert sum(item.amount for item in ripe) >= max(terms.min_amount, Decimal("0.01"))
