"""Payment plans: an amount paid in instalments, what of it a manager must agree to, and how a plan is going.

A plan is worth what the customer can keep of it. So the instalments are even and fall on days on which banks work, the
dates do not drift, and the offers begin with the shortest plan that the limits of the house allow.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import count as counting
from itertools import islice

from .days import later

ZERO = Decimal(0)
CENT = Decimal("0.01")
EVERY_DAY = frozenset(range(7))

#: Ten years of weekly instalments. More than that is a slip of the pen, whatever the limits of the house are.
MOST_INSTALMENTS = 520

#: Numbers of instalments to offer, in the order in which a collector thinks of them; the first four that fit are offered.
OFFERED_COUNTS = (2, 3, 6, 12, 9, 4)
MOST_PROPOSALS = 4


class EndOfCalendar(ValueError):
    """A plan that would go on after the last day there is."""


class Rhythm(StrEnum):
    """How often the customer pays."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


class Breach(StrEnum):
    """What of a plan goes beyond the limits of the house."""

    TOO_SMALL = "too_small"
    TOO_LONG = "too_long"


class State(StrEnum):
    """The life of a plan. People draft, activate and cancel it; :func:`judge` tells the rest."""

    DRAFT = "draft"
    ACTIVE = "active"
    COMPLETED = "completed"
    BREACHED = "breached"
    CANCELLED = "cancelled"


_DAYS = {Rhythm.WEEKLY: 7, Rhythm.FORTNIGHTLY: 14}
_SLOWEST_FIRST = (Rhythm.MONTHLY, Rhythm.FORTNIGHTLY, Rhythm.WEEKLY)
_PAID = frozenset({"kept", "late"})
_FAILED = frozenset({"light", "broken"})
_WATCHED = _PAID | _FAILED | {"open", "withdrawn"}


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment of a plan; ``number`` counts from 1."""

    number: int
    due: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Limits:
    """What a collector may agree to alone; 0 means no limit. See :func:`breaches` for the exact meaning."""

    minimum_instalment: Decimal = ZERO
    longest_days: int = 0

    def __post_init__(self):
        if self.minimum_instalment < 0 or self.longest_days < 0:
            raise ValueError("A limit cannot be negative; 0 means none.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan to offer: ``count`` instalments in one rhythm."""

    rhythm: Rhythm
    count: int
    instalments: tuple[Instalment, ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """An instalment of an active plan as it stands.

    ``due`` is the last day on which it is in time, tolerance included. ``state`` is that of a promise: *open*, *kept*,
    *late* (paid in full, but later), *light* (paid in part), *broken* or *withdrawn*.
    """

    due: date
    state: str

    def __post_init__(self):
        if self.state not in _WATCHED:
            raise ValueError(f"An instalment cannot be {self.state!r}.")


def schedule(
    amount: Decimal,
    first: date,
    rhythm: Rhythm,
    *,
    count: int | None = None,
    instalment: Decimal | None = None,
    unit: Decimal = CENT,
    weekdays: frozenset[int] = EVERY_DAY,
    closed_days: frozenset[date] = frozenset(),
) -> tuple[Instalment, ...]:
    """Pay ``amount`` in instalments from ``first`` on, either ``count`` of them or ``instalment`` each time.

    All instalments but the last are equal, all are positive whole multiples of ``unit`` (the smallest amount that is
    paid), and they add up to the amount exactly.

    - With ``count``, the equal share is rounded up, so that the last instalment is the smallest one. Only where rounding
      up would leave nothing for the last (10 coins in 7 parts) it is rounded down, and the last one is the largest.
    - With ``instalment``, the last one is what is left. Less than a tenth of an instalment is not worth a payment of its
      own: it is added to the one before, which is then the last.

    Days count from ``first``: monthly from the 31st means the last day of shorter months and the 31st again after them.
    An instalment that falls on a closed day moves to the next open one, the others stay where they are. Where a long
    closure pushes two onto the same day, nobody is asked to pay twice: the later ones take the next days of the rhythm
    and the plan ends later.

    >>> plan = schedule(Decimal(100), date(2026, 1, 31), Rhythm.MONTHLY, count=3)
    >>> [(one.due.isoformat(), str(one.amount)) for one in plan]
    [('2026-01-31', '33.34'), ('2026-02-28', '33.34'), ('2026-03-31', '33.32')]
    >>> [str(one.amount) for one in schedule(Decimal(104), date(2026, 1, 5), Rhythm.WEEKLY, instalment=Decimal(50))]
    ['50.00', '54.00']
    """
    if (count is None) == (instalment is None):
        raise ValueError("A plan is made by the number of its instalments or by their size: give one of the two.")
    if not weekdays & EVERY_DAY:
        raise ValueError("A plan needs a weekday on which one can pay.")
    whole = _units(amount, unit, "The amount of a plan")
    if instalment is None:
        regular, last = _shares(whole, count)
    else:
        regular = _units(instalment, unit, "An instalment")
        count, last = _portions(whole, regular)
    if count > MOST_INSTALMENTS:
        raise ValueError(f"A plan has no more than {MOST_INSTALMENTS} instalments; this one would have {count}.")
    sizes = [regular] * (count - 1) + [last]
    days = list(islice(_days(first, rhythm, weekdays, closed_days), count))
    if len(days) < count:
        raise EndOfCalendar(f"A plan of {count} instalments from {first} on does not end.")
    return tuple(
        Instalment(number, day, size * unit) for number, (size, day) in enumerate(zip(sizes, days, strict=True), 1)
    )


def breaches(instalments: Sequence[Instalment], limits: Limits, agreed: date) -> tuple[Breach, ...]:
    """Why a manager must agree to a plan made on ``agreed``; nothing when the collector may do so alone.

    *Too small*: an instalment other than the last is below the minimum. The last one holds the rest and may be as small
    as it comes out; a single payment is never too small. *Too long*: more than ``longest_days`` pass from ``agreed`` to
    the last due date. The order of ``instalments`` does not matter; the last is the one due last.

    >>> plan = schedule(Decimal(90), date(2026, 3, 1), Rhythm.MONTHLY, instalment=Decimal(40))
    >>> [one.value for one in breaches(plan, Limits(Decimal(50), longest_days=60), agreed=date(2026, 3, 1))]
    ['too_small', 'too_long']
    """
    if not instalments:
        return ()
    found = []
    *regular, last = sorted(instalments, key=lambda one: one.due)
    if any(one.amount < limits.minimum_instalment for one in regular):
        found.append(Breach.TOO_SMALL)
    if limits.longest_days and (last.due - agreed).days > limits.longest_days:
        found.append(Breach.TOO_LONG)
    return tuple(found)


def proposals(
    amount: Decimal,
    first: date,
    limits: Limits,
    agreed: date,
    unit: Decimal = CENT,
    weekdays: frozenset[int] = EVERY_DAY,
    closed_days: frozenset[date] = frozenset(),
) -> tuple[Proposal, ...]:
    """Up to four plans that a collector may offer alone, from the shortest to the longest.

    All share one rhythm, so that they can be compared at a glance: months, in which most people are paid and think; where
    the longest duration leaves no choice of months, fortnights; where it leaves none of these, weeks. The usual offer is
    2, 3, 6 or 12 instalments; 9 and 4 fill in where the limits forbid longer plans.

    What is too small to be shared, or too pressing, is offered as one payment on the first day. When even that day is
    beyond the longest duration, there is no offer.

    >>> today, first = date(2026, 3, 2), date(2026, 3, 16)
    >>> offers = proposals(Decimal(600), first, Limits(Decimal(50), longest_days=365), agreed=today)
    >>> [(offer.count, offer.rhythm.value, str(offer.instalments[0].amount)) for offer in offers]
    [(2, 'monthly', '300.00'), (3, 'monthly', '200.00'), (6, 'monthly', '100.00'), (12, 'monthly', '50.00')]
    >>> offers = proposals(Decimal(600), first, Limits(Decimal(50), longest_days=30), agreed=today)
    >>> [(offer.count, offer.rhythm.value) for offer in offers]
    [(2, 'weekly'), (3, 'weekly')]
    """

    def fitting(rhythm: Rhythm, counts: Sequence[int]) -> list[Proposal]:
        offers = []
        for count in counts:
            if count > 1 and count * unit > amount:
                continue
            try:
                plan = schedule(
                    amount, first, rhythm, count=count, unit=unit, weekdays=weekdays, closed_days=closed_days
                )
            except EndOfCalendar:
                continue
            if not breaches(plan, limits, agreed):
                offers.append(Proposal(rhythm, count, plan))
        return sorted(offers[:MOST_PROPOSALS], key=lambda offer: offer.count)

    choices = [fitting(rhythm, OFFERED_COUNTS) for rhythm in _SLOWEST_FIRST]
    choices = [choice for choice in choices if len(choice) > 1] or [choice for choice in choices if choice]
    return tuple(choices[0] if choices else fitting(Rhythm.MONTHLY, [1]))


def judge(instalments: Sequence[Watched], today: date, grace_days: int = 0) -> State:
    """How an active plan is going.

    It is *completed* when each instalment is paid, in time or late; those that were withdrawn do not count, but one must
    have been paid. It is *breached* when one is broken or was paid only in part, more than ``grace_days`` after it was
    due. Otherwise it goes on, also when all that is left of it was withdrawn: whether that cancels it, a person says.

    >>> plan = [Watched(date(2026, 3, 2), "kept"), Watched(date(2026, 4, 2), "broken")]
    >>> judge(plan, date(2026, 4, 7), grace_days=5).value, judge(plan, date(2026, 4, 8), grace_days=5).value
    ('active', 'breached')
    """
    if grace_days < 0:
        raise ValueError(f"The days of grace cannot be negative: {grace_days}")
    counted = [one for one in instalments if one.state != "withdrawn"]
    if counted and all(one.state in _PAID for one in counted):
        return State.COMPLETED
    if any(one.state in _FAILED and today > later(one.due, grace_days) for one in counted):
        return State.BREACHED
    return State.ACTIVE


def _units(amount: Decimal, unit: Decimal, what: str) -> int:
    """How many units ``amount`` has."""
    if unit <= 0:
        raise ValueError(f"The unit of payment must be positive: {unit}")
    if amount <= 0:
        raise ValueError(f"{what} must be positive: {amount}")
    if amount % unit:
        raise ValueError(f"{what} must be a multiple of {unit}: {amount}")
    return int(amount // unit)


def _shares(whole: int, count: int) -> tuple[int, int]:
    """The equal share of ``whole`` in ``count`` parts, and the last part."""
    if count < 1:
        raise ValueError(f"A plan has at least one instalment: {count}")
    if count > whole:
        raise ValueError(f"The amount is too small for {count} instalments: some of them would be 0.")
    regular = -(-whole // count)
    if regular * (count - 1) >= whole:
        regular = whole // count
    return regular, whole - regular * (count - 1)


def _portions(whole: int, regular: int) -> tuple[int, int]:
    """How many portions of ``regular`` make up ``whole``, and the last one."""
    count, rest = divmod(whole, regular)
    if not rest:
        return count, regular
    if count and rest * 10 < regular:
        return count, regular + rest
    return count + 1, rest


def _days(first: date, rhythm: Rhythm, weekdays: frozenset[int], closed_days: frozenset[date]) -> Iterator[date]:
    """The days of payment, each once, as far as the calendar goes."""
    previous = None
    for number in counting():
        day = _step(first, rhythm, number)
        while day < date.max and (day.weekday() not in weekdays or day in closed_days):
            day = later(day, 1)
        if day == date.max:
            return
        if day != previous:
            yield day
        previous = day


def _step(first: date, rhythm: Rhythm, number: int) -> date:
    """The day ``number`` weeks, fortnights or months after ``first``, at most the last day there is."""
    if rhythm != Rhythm.MONTHLY:
        return later(first, _DAYS[rhythm] * number)
    years, month = divmod(first.month - 1 + number, 12)
    year, month = first.year + years, month + 1
    return date(year, month, min(first.day, monthrange(year, month)[1])) if year <= date.max.year else date.max
