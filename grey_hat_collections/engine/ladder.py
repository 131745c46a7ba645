"""Which step an account takes next, item by item.

Each item climbs the ladder by itself: it takes a step when a letter or a call has named it, and no step whose predecessors did
not. The items that wait for the same step form a group; the highest group of which something is due is the account's next
step, and only one is under way at a time. Where that step is a letter, what lower groups would be written anyway goes along.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .days import later

ZERO = Decimal(0)
#: For so many days what has just fallen due waits for another letter to the same customer.
WAIT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of the ladder. It is due ``days_overdue`` days past due and ``days_since_previous`` after the rung before,
    the next day at the earliest.

    Amounts below ``min_amount`` wait at this rung. ``final_notice`` marks the rung that silent customers reach early,
    ``letter`` one that writes to the customer: it passes the "is it us?" gate first. ``after_notice`` marks a rung that
    nobody stands on before a final notice has left. ``inside`` marks one that is done in the house, such as a manager's
    review: it keeps no other item from going its way.
    """

    key: int
    days_overdue: int
    days_since_previous: int = 0
    min_amount: Decimal = ZERO
    final_notice: bool = False
    letter: bool = False
    after_notice: bool = False
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """A ladder, its steps in the order in which they are taken; ``review_days`` between looks when nothing else is due."""

    steps: tuple[Step, ...] = ()
    review_days: int = 14

    def __post_init__(self):
        if len({step.key for step in self.steps}) < len(self.steps):
            raise ValueError("A ladder holds each step once.")

    def following(self, key: int | None) -> Step | None:
        """The step after the one with ``key``: the first after None, None after the last.

        A key that the ladder does not hold is a mistake of the caller: KeyError.
        """
        if key is None:
            return self.steps[0] if self.steps else None
        position = self.place(key) + 1
        return self.steps[position] if position < len(self.steps) else None

    def holds(self, key: int) -> bool:
        """Whether the step with ``key`` is on this ladder."""
        return any(step.key == key for step in self.steps)

    def place(self, key: int | None) -> int:
        """Where on the ladder the step with ``key`` is, from 0; -1 for None, which is at its foot.

        A key that the ladder does not hold is a mistake of the caller: KeyError.
        """
        if key is None:
            return -1
        keys = [step.key for step in self.steps]
        if key not in keys:
            raise KeyError(key)
        return keys.index(key)

    def leads_to_final_notice(self, step: Step) -> bool:
        """Whether ``step`` is the first final notice, or one of the steps before it."""
        first = next((place for place, one in enumerate(self.steps) if one.final_notice), -1)
        return self.steps.index(step) <= first


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item that is asked for stands: ``step`` is the highest one that named it in this cycle, taken on ``since``
    (None: none has, or a cycle has begun below the first step).

    ``due`` is its due date, ``amount`` what is asked for of it today, in company currency. ``noticed`` says that a final notice
    has named it in this cycle.
    """

    item: Hashable
    due: date
    amount: Decimal
    step: int | None = None
    since: date | None = None
    noticed: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The items that wait for the same ``step``; None: they are at the end of the ladder.

    ``ready`` are those for which it is due today, ``waiting`` the others. ``due`` is the first day on which it is due for one of
    them, None at the end of the ladder.
    """

    step: Step | None
    ready: tuple[Standing, ...] = ()
    waiting: tuple[Standing, ...] = ()
    due: date | None = None

    @property
    def items(self) -> tuple[Standing, ...]:
        """All of them."""
        return self.ready + self.waiting

    @property
    def amount(self) -> Decimal:
        """What is asked for of those for which the step is due."""
        return sum((one.amount for one in self.ready), ZERO)

    @property
    def is_enough(self) -> bool:
        """Whether that is worth the step."""
        return self.step is not None and self.amount >= self.step.min_amount

    @property
    def is_warned(self) -> bool:
        """Whether all for whom the step is due have had the final notice that it needs."""
        return self.step is not None and (not self.step.after_notice or all(one.noticed for one in self.ready))


def due_on(item: Standing, policy: Policy, *, silent: bool = False, today: date | None = None) -> date | None:
    """The first day on which the next step of ``item`` is due by its age and by the time since its last step; None at the end of
    the ladder.

    :param silent: the customer answers nothing: what was named before does not wait for its age, up to the final notice
    :param today: needed where ``silent``

    >>> policy = Policy((Step(1, days_overdue=1), Step(2, days_overdue=8, days_since_previous=7)))
    >>> due_on(Standing("B", date(2026, 3, 20), Decimal(90)), policy).isoformat()
    '2026-03-21'
    >>> due_on(Standing("B", date(2026, 3, 20), Decimal(90), step=1, since=date(2026, 3, 28)), policy).isoformat()
    '2026-04-04'
    """
    step = policy.following(item.step)
    if step is None or item.since is None:
        return by_age(item, policy)
    return max(by_age(item, policy, silent=silent, today=today), later(item.since, max(1, step.days_since_previous)))


def by_age(item: Standing, policy: Policy, *, silent: bool = False, today: date | None = None) -> date | None:
    """The first day on which ``item`` is old enough for its next step; see :func:`due_on`."""
    step = policy.following(item.step)
    if step is None:
        return None
    day = later(item.due, step.days_overdue)
    hurried = silent and item.step is not None and policy.leads_to_final_notice(step)
    return min(day, today) if hurried else day


def waiting_for(items: Iterable[Standing], policy: Policy, key: int) -> tuple[Standing, ...]:
    """Those of these items whose next step is the one with ``key``, due or not, in their order.

    >>> policy = Policy((Step(1, days_overdue=1), Step(2, days_overdue=8)))
    >>> reminded = Standing("A", date(2026, 3, 2), Decimal(90), step=1)
    >>> [one.item for one in waiting_for([reminded, Standing("B", date(2026, 3, 20), Decimal(9))], policy, 2)]
    ['A']
    """
    return tuple(one for one in items if (step := policy.following(one.step)) is not None and step.key == key)


def groups(
    items: Iterable[Standing], policy: Policy, today: date, *, silent: bool = False, wait_days: int = WAIT_DAYS
) -> tuple[Group, ...]:
    """The items by the step that they wait for, the highest group first; those at the end of the ladder come last.

    What has just fallen due waits up to ``wait_days`` for another letter, where the customer has been asked for other items
    already: in the next letter it goes along (:func:`riding`).

    :param silent: see :func:`due_on`
    """
    items = tuple(items)
    others = any(one.step is not None and policy.following(one.step) is not None for one in items)
    by_step: dict[Step | None, list[tuple[Standing, date | None]]] = {}
    for one in items:
        step = policy.following(one.step)
        due = due_on(one, policy, silent=silent, today=today)
        if due is not None and one.since is None and step.letter and others:
            due = later(due, wait_days)
        by_step.setdefault(step, []).append((one, due))
    found = [_group(step, of_step, today) for step, of_step in by_step.items()]
    return tuple(sorted(found, key=lambda one: -1 if one.step is None else policy.place(one.step.key), reverse=True))


def _group(step: Step | None, items: Sequence[tuple[Standing, date | None]], today: date) -> Group:
    if step is None:
        return Group(None, waiting=tuple(one for one, _due in items))
    ready = tuple(one for one, due in items if due <= today)
    waiting = tuple(one for one, due in items if due > today)
    return Group(step, ready, waiting, min(due for _one, due in items))


def riding(
    items: Iterable[Standing], policy: Policy, today: date, letter: Step, *, silent: bool = False
) -> tuple[Group, ...]:
    """What goes along in ``letter``: the lower groups whose own next step is a letter too, with those of their items for which it
    is due, and worth it. Each takes its own step only. A final notice goes along in no milder letter.
    """
    alone = groups(items, policy, today, silent=silent, wait_days=0)
    return tuple(
        Group(one.step, one.ready, due=one.due)
        for one in alone
        if one.step is not None
        and one.step.letter
        and (letter.final_notice or not one.step.final_notice)
        and policy.place(one.step.key) < policy.place(letter.key)
        and one.ready
        and one.is_enough
        and one.is_warned
    )


def named_by_call(
    items: Iterable[Standing],
    policy: Policy,
    today: date,
    marked: Iterable[Hashable] = (),
    *,
    silent: bool = False,
) -> tuple[Standing, ...]:
    """The items that a call counts for: those whose next step is a call with the customer, and due. It never counts as a letter.

    :param marked: what the call was about, where somebody has said so: then it counts for these alone, also before the time
        since their last step is over, but for nothing that no step has named before it is due
    :param silent: see :func:`due_on`
    """
    marked = set(marked)
    counted = []
    for one in items:
        step = policy.following(one.step)
        if step is None or step.letter or step.inside or (marked and one.item not in marked):
            continue
        if (marked and one.since is not None) or due_on(one, policy, silent=silent, today=today) <= today:
            counted.append(one)
    return tuple(counted)
