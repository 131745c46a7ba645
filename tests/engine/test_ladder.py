"""Each item climbs the ladder by itself: what two invoices of one customer go through, day by day, and what holds for any."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import times

from engine.contact import ContactRules
from engine.decision import Action, Facts, Reason
from engine.escalation import decide
from engine.ladder import WAIT_DAYS, Policy, Standing, Step, due_on, groups, named_by_call, riding

ANY_DAY = ContactRules(weekdays=frozenset(range(7)), max_contacts=0, rest_days=0)
FIRST = date(2026, 3, 2)
REMINDER, CALL, SECOND, CALL_2, NOTICE, LAST_CALL, REVIEW = range(1, 8)
STANDARD = Policy(
    (
        Step(REMINDER, 1, letter=True),
        Step(CALL, 8, 7),
        Step(SECOND, 15, 7, letter=True),
        Step(CALL_2, 22, 7),
        Step(NOTICE, 30, 7, letter=True, final_notice=True),
        Step(LAST_CALL, 37, 7, after_notice=True),
        Step(REVIEW, 45, 7, after_notice=True, inside=True),
    )
)
LETTERS = {step.key for step in STANDARD.steps if step.letter}


def day(offset):
    return FIRST + timedelta(days=offset)


@dataclass
class Account:
    """One customer whose items are asked for, by name, from day to day; each is 100.00 unless told."""

    due: dict[str, int]
    amounts: dict[str, int] = field(default_factory=dict)
    policy: Policy = STANDARD
    silent: bool = False
    #: Each step taken: day, step, the items that it named. What goes along in a letter is an event of its own.
    taken: list[tuple[int, int, str]] = field(default_factory=list)
    marks: dict[str, Standing] = field(default_factory=dict)

    def standings(self, names):
        for name in sorted(names):
            amount = Decimal(self.amounts.get(name, 100))
            yield self.marks.get(name) or Standing(name, day(self.due[name]), amount)

    def decide(self, today, names):
        items = tuple(self.standings(names))
        asked = sum((one.amount for one in items), Decimal(0))
        facts = Facts(day(today), asked, asked, items=items, silent=self.silent)
        return decide(facts, self.policy, ANY_DAY)

    def live(self, today, names):
        """The day passes: what is decided on is done, letters leave and calls are made."""
        names = {name for name in names if self.due[name] < today}
        decision = self.decide(today, names)
        if decision.action is not Action.STEP:
            return
        named = decision.items
        if decision.step not in LETTERS and not self._step(decision.step).inside:
            called = {one.item: one for one in named_by_call(self.standings(names), self.policy, day(today))}
            for place, step in enumerate(self.policy.steps):
                of_step = [name for name, one in called.items() if self.policy.place(one.step) == place - 1]
                self._take(today, step.key, of_step)
            return
        self._take(today, decision.step, named)
        for step, items in decision.along:
            self._take(today, step, items)

    def _step(self, key):
        return self.policy.steps[self.policy.place(key)]

    def _take(self, today, key, names):
        if not names:
            return
        self.taken.append((today, key, "".join(sorted(names))))
        for standing in list(self.standings(names)):
            noticed = standing.noticed or self._step(key).final_notice
            self.marks[standing.item] = replace(standing, step=key, since=day(today), noticed=noticed)

    def story(self, days, asked=lambda _name, _today: True):
        for today in range(days):
            self.live(today, {name for name in self.due if asked(name, today)})
        return self.taken


# Two invoices


def test_an_invoice_goes_its_own_way_beside_an_older_one():
    assert Account({"A": 0, "B": 20}).story(75) == [
        (1, REMINDER, "A"),
        (8, CALL, "A"),
        (15, SECOND, "A"),
        (22, CALL_2, "A"),
        (28, REMINDER, "B"),  # no letter about A within seven days of its first day late
        (30, NOTICE, "A"),
        (35, CALL, "B"),
        (37, LAST_CALL, "A"),
        (42, SECOND, "B"),
        (45, REVIEW, "A"),
        (49, CALL_2, "B"),
        (56, NOTICE, "B"),
        (63, LAST_CALL, "B"),
        (70, REVIEW, "B"),
    ]


def test_once_the_older_one_is_paid_the_other_goes_on_by_its_own_days():
    taken = Account({"A": 0, "B": 20}).story(60, lambda name, today: name != "A" or today < 32)
    assert [event for event in taken if event[0] > 30] == [
        (35, CALL, "B"),
        (42, SECOND, "B"),
        (49, CALL_2, "B"),
        (56, NOTICE, "B"),
    ]


@pytest.mark.parametrize("due", [pytest.param(20, id="an invoice"), pytest.param(30, id="the second instalment")])
def test_a_manager_s_review_of_one_freezes_no_other(due):
    """Asked for on day 45, nobody answers it."""
    account, asked = Account({"A": 0, "B": due}), 45
    account.story(asked)
    assert account.marks["A"].step == LAST_CALL
    taken = []
    for today in range(asked, asked + 60):
        items = tuple(account.standings("AB"))
        facts = Facts(day(today), Decimal(200), Decimal(200), items=items)
        facts = replace(facts, activity_date=day(asked), under_way=REVIEW)
        answer = decide(facts, STANDARD, ANY_DAY)
        if answer.action is Action.STEP:
            assert answer.items == ("B",)
            account._take(today, answer.step, answer.items)
            taken.append(answer.step)
        elif account.marks["B"].step == LAST_CALL:
            assert answer.reason is Reason.ACTIVITY_PENDING
    assert taken[-2:] == [NOTICE, LAST_CALL]
    assert account.marks["A"].step == LAST_CALL


def test_a_call_under_way_comes_first():
    account = Account({"A": 0, "B": 20})
    account.story(37)
    items = tuple(account.standings("AB"))
    facts = Facts(day(49), Decimal(200), Decimal(200), items=items)
    facts = replace(facts, activity_date=day(37), under_way=LAST_CALL)
    assert decide(facts, STANDARD, ANY_DAY).reason is Reason.ACTIVITY_PENDING


def test_what_has_just_fallen_due_goes_along_in_a_letter_about_something_else():
    taken = Account({"A": 0, "B": 11}).story(17)
    assert taken[-2:] == [(15, SECOND, "A"), (15, REMINDER, "B")]


def test_a_final_notice_goes_along_in_no_milder_letter():
    """A ladder that writes once more after its final notice: that reminder does not carry the notice of another item."""
    notice, reminder, second = (
        Step(1, days_overdue=1, letter=True, final_notice=True),
        Step(2, days_overdue=10, letter=True),
        Step(3, days_overdue=20, letter=True, final_notice=True),
    )
    policy = Policy((notice, reminder, second))
    items = [Standing("A", day(0), Decimal(500), 1, day(2), True), Standing("B", day(8), Decimal(300))]
    assert riding(items, policy, day(12), reminder) == ()
    (along,) = riding([replace(items[0], step=2), items[1]], policy, day(22), second)
    assert (along.step, [one.item for one in along.items]) == (notice, ["B"])


def test_alone_it_waits_for_nothing():
    assert Account({"A": 0}).story(2) == [(1, REMINDER, "A")]


def test_instalments_are_not_held_up_by_the_review_of_the_first():
    taken = Account({"A": 0, "B": 30, "C": 60}).story(130)
    first = {name: min(today for today, _step, names in taken if name in names) for name in "ABC"}
    assert first == {"A": 1, "B": 38, "C": 67}  # C goes along in B's final notice, a day before its wait is over
    assert (45, REVIEW, "A") in taken
    assert [step for _today, step, names in taken if "C" in names] == [
        REMINDER,
        CALL,
        SECOND,
        CALL_2,
        NOTICE,
        LAST_CALL,
        REVIEW,
    ]


def test_what_was_named_by_no_letter_is_not_ready_for_the_agency():
    account = Account({"A": 0, "B": 40})
    account.story(46)
    assert account.marks["A"].noticed
    assert not account.marks.get("B", Standing("B", day(40), Decimal(100))).noticed


def test_a_call_counts_for_all_that_are_due_for_a_call_and_for_no_letter():
    items = (
        Standing("A", day(0), Decimal(100), SECOND, day(15)),
        Standing("B", day(2), Decimal(100), REMINDER, day(16)),
        Standing("C", day(20), Decimal(100)),
        Standing("D", day(0), Decimal(100), LAST_CALL, day(10), noticed=True),
        Standing("E", day(2), Decimal(100), REMINDER, day(10)),
    )
    assert [one.item for one in named_by_call(items, STANDARD, day(22))] == ["A", "E"]
    told = [one.item for one in named_by_call(items, STANDARD, day(22), marked="BCD")]
    assert told == ["B"], "said to have been about B, it counts for B, though a day early"


def test_a_ladder_that_begins_with_a_call_waits_for_its_days():
    ladder = Policy((Step(CALL, 8),))
    items = (Standing("A", day(0), Decimal(100)), Standing("B", day(5), Decimal(100)))
    assert [one.item for one in named_by_call(items, ladder, day(8))] == ["A"]


# Amounts, silence, the end of the ladder


def test_a_group_that_is_not_worth_it_waits_alone():
    ladder = replace(STANDARD, steps=tuple(replace(step, min_amount=Decimal(50)) for step in STANDARD.steps))
    account = Account({"A": 0, "B": 4, "C": 5}, {"A": 200, "B": 10, "C": 30}, ladder)
    assert account.story(16) == [(1, REMINDER, "A"), (8, CALL, "A"), (15, SECOND, "A")]
    assert account.decide(16, "BC").reason is Reason.BELOW_MINIMUM
    account.amounts["C"] = 60
    assert (account.decide(16, "ABC").step, account.decide(16, "ABC").items) == (REMINDER, ("B", "C"))


def test_silence_hurries_only_what_was_named_before():
    named = Standing("A", day(0), Decimal(100), REMINDER, day(1))
    fresh = Standing("B", day(5), Decimal(100))
    assert due_on(named, STANDARD, silent=True, today=day(3)) == day(8)
    slow = replace(STANDARD, steps=(STANDARD.steps[0], Step(CALL, 30, 7), *STANDARD.steps[2:]))
    assert due_on(named, slow, silent=True, today=day(9)) == day(9)
    assert due_on(fresh, STANDARD, silent=True, today=day(5)) == day(6)


def test_the_end_of_the_ladder_occupies_nobody():
    done = Standing("A", day(0), Decimal(100), REVIEW, day(45), noticed=True)
    facts = Facts(day(60), Decimal(200), Decimal(200), items=(done, Standing("B", day(50), Decimal(100))))
    decision = decide(facts, STANDARD, ANY_DAY)
    assert (decision.action, decision.step, decision.items) == (Action.STEP, REMINDER, ("B",))
    assert decide(replace(facts, items=(done,)), STANDARD, ANY_DAY).reason is Reason.LADDER_DONE


def test_without_a_final_notice_of_its_own_an_item_takes_no_last_call():
    unwarned = Standing("B", day(0), Decimal(100), NOTICE, day(30))
    facts = Facts(day(40), Decimal(200), Decimal(200), items=(unwarned, Standing("C", day(39), Decimal(100))))
    assert decide(facts, STANDARD, ANY_DAY).reason is Reason.NOT_YET_DUE, (
        "C, which waits for a letter, is asked for first"
    )
    assert decide(replace(facts, items=(unwarned,)), STANDARD, ANY_DAY).reason is Reason.NOT_WARNED


# Whatever happens

NAMES = "ABCD"
invoices = st.lists(st.integers(0, 60), min_size=1, max_size=len(NAMES)).map(
    lambda days: dict(zip(NAMES, days, strict=False))
)
#: From when to when an item is not asked for: it is promised, disputed, under way; or paid, without an end.
pauses = st.fixed_dictionaries(
    {name: st.lists(st.tuples(st.integers(0, 120), st.integers(1, 40)), max_size=2) for name in NAMES}
)
paid = st.fixed_dictionaries({name: st.integers(1, 200) for name in NAMES})


def lived(due, gaps, gone, days=150):
    account = Account(due)

    def asked(name, today):
        return today < gone[name] and not any(start <= today < start + length for start, length in gaps[name])

    account.story(days, asked)
    return account, asked


@times(0.4)
@given(invoices, pauses, paid)
def test_no_item_takes_a_step_whose_predecessors_did_not_name_it(due, gaps, gone):
    account, _asked = lived(due, gaps, gone)
    for name in due:
        steps = [(today, step) for today, step, names in account.taken if name in names]
        assert [step for _today, step in steps] == list(range(REMINDER, REMINDER + len(steps)))
        assert not steps or steps[0][0] > due[name]
        for (before, _step), (after, step) in zip(steps, steps[1:], strict=False):
            assert after - before >= max(1, STANDARD.steps[STANDARD.place(step)].days_since_previous)
            assert after - due[name] >= STANDARD.steps[STANDARD.place(step)].days_overdue


@times(0.4)
@given(invoices, pauses, paid)
def test_at_most_one_letter_a_day_and_nothing_is_asked_for_that_is_not_asked_for(due, gaps, gone):
    account, asked = lived(due, gaps, gone)
    by_day = Counter(today for today, step, _names in account.taken if step in LETTERS)
    for today, count in by_day.items():
        of_day = [(step, names) for one, step, names in account.taken if one == today]
        assert len({step for step, _names in of_day}) == count, "all of a day's letters are one, each step in it once"
        assert all(step in LETTERS for step, _names in of_day)
    assert all(asked(name, today) for today, _step, names in account.taken for name in names)


@times(0.4)
@given(invoices, pauses, paid)
def test_no_item_is_forgotten_for_longer_than_its_ladder_and_the_wait_allow(due, gaps, gone):
    account, asked = lived(due, gaps, gone)
    for name in due:
        steps = {today: step for today, step, names in account.taken if name in names}
        standing, late = Standing(name, day(due[name]), Decimal(100)), 0
        for today in range(150):
            if not asked(name, today):
                late = 0
            elif (when := due_on(standing, STANDARD)) and when <= day(today):
                late += 1
            # as many days as others may come first, and those for which it waits for a letter about them
            assert late <= WAIT_DAYS + len(due) + 1
            if today in steps:
                standing, late = replace(standing, step=steps[today], since=day(today)), 0


@times(0.4)
@given(invoices, st.integers(0, 120), st.integers(0, 14))
def test_groups_hold_each_item_once(due, today, wait):
    account = Account(due)
    account.story(today)
    items = tuple(account.standings(due))
    found = groups(items, STANDARD, day(today), wait_days=wait)
    assert sorted(one.item for group in found for one in group.items) == sorted(due)
    places = [STANDARD.place(group.step.key) for group in found if group.step]
    assert places == sorted(places, reverse=True)
    for group in found:
        if group.step and group.step.letter:
            for lower in riding(items, STANDARD, day(today), group.step):
                assert lower.step.letter
                assert STANDARD.place(lower.step.key) < STANDARD.place(group.step.key)


def test_a_step_of_another_ladder_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError, match="99"):
        groups([Standing("A", day(0), Decimal(1), 99, day(1))], STANDARD, day(9))
