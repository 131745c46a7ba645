"""What became of a promise to pay, judged from the ledger alone.

Nobody marks a promise as kept. :func:`judge` looks at what has arrived since it was made; taken back, a payment takes the
answer back with it. :func:`cover` says which open items are left in peace while a promise runs.
"""

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from heapq import merge
from itertools import chain

from .days import later

ZERO = Decimal(0)


class State(StrEnum):
    """*Kept*: all arrived by the date plus tolerance. *Late*: all, but after. *Light*: a part only. *Broken*: nothing.

    *Withdrawn*: taken back by a person, or lowered to nothing by credit notes.
    """

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"
    LIGHT = "light"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Promise:
    """``amount`` in ``currency`` was promised on ``made`` for ``due``, and written down at ``recorded`` (UTC).

    ``items`` are the open items it was given for; empty, it was given for the account as a whole. It holds until
    ``tolerance_days`` after ``due``, and what is missing may be up to ``tolerance_amount``.
    """

    key: int
    amount: Decimal
    currency: Hashable
    made: date
    due: date
    recorded: datetime
    items: frozenset[int] = frozenset()
    tolerance_days: int = 0
    tolerance_amount: Decimal = ZERO

    def __post_init__(self):
        if self.amount <= 0:
            raise ValueError(f"A promise is for more than nothing: {self.amount}")

    @property
    def deadline(self) -> date:
        """The last day on which the money arrives in time."""
        return later(self.due, self.tolerance_days)


@dataclass(frozen=True, slots=True)
class Settlement:
    """Something that settled open items, or will: money, or (``money`` false) a credit note or a write-off.

    ``day`` is the date in the books, ``booked`` the moment (UTC) at which it got there, ``applied`` the one at which it was
    reconciled with its items. ``amounts`` says how much, in each currency in which it can be expressed. ``items`` are those
    it settles; empty, it is not applied to any yet.
    """

    key: Hashable
    day: date
    booked: datetime
    amounts: Mapping[Hashable, Decimal]
    items: frozenset[int] = frozenset()
    money: bool = True
    applied: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """``received`` is the money that counted, ``lowered`` the credit notes and write-offs, ``outstanding`` what is still to
    come; together they make the amount promised, but for what is tolerated. ``received_on`` is the day on which the last of
    what was needed arrived.
    """

    state: State
    received: Decimal = ZERO
    lowered: Decimal = ZERO
    outstanding: Decimal = ZERO
    received_on: date | None = None


def judge(promises: Iterable[Promise], settlements: Iterable[Settlement], today: date) -> dict[int, Judgement]:
    """Judge the promises of one customer as of ``today``; the answers by key of the promise.

    What counts is dated after the promise was made, or came to the books after it was written down; for a promise about
    certain items also what was reconciled with them after that. It counts once: for the promise that is due first, then
    for the next; a promise that is fulfilled, if only within its tolerance, takes no more. Money lowers what is missing and
    keeps a promise; credit notes and write-offs lower what is missing and keep nothing. Once a missed promise is followed by
    a new one about the same items, of all that counts for the new one only what is dated within its own time still counts
    for the old one.

    >>> noon = datetime(2026, 3, 2, 12)
    >>> promise = Promise(1, Decimal(500), "USD", made=noon.date(), due=date(2026, 3, 6), recorded=noon)
    >>> friday = Settlement("P1", date(2026, 3, 6), datetime(2026, 3, 6, 9), {"USD": Decimal(400)})
    >>> judge([promise], [friday], today=date(2026, 3, 6))[1].state.value
    'open'
    >>> judge([promise], [friday], today=date(2026, 3, 7))[1].state.value
    'light'
    >>> monday = Settlement("P2", date(2026, 3, 9), datetime(2026, 3, 9, 9), {"USD": Decimal(250)})
    >>> judgement = judge([promise], [monday, friday], today=date(2026, 3, 9))[1]
    >>> judgement.state.value, judgement.received, judgement.received_on.isoformat()
    ('late', Decimal('500'), '2026-03-09')
    """
    promises = sorted(promises, key=lambda promise: (promise.due, promise.made, promise.recorded, promise.key))
    missing = {promise.key: Fraction(promise.amount) for promise in promises}
    money: dict[int, list[tuple[date, Fraction]]] = {promise.key: [] for promise in promises}
    agreements = _Agreements(promises)
    for settlement in sorted(settlements, key=lambda one: (one.day, one.booked, str(one.key))):
        left = Fraction(1)
        for promise in agreements.candidates(settlement):
            amount = Fraction(settlement.amounts[promise.currency])
            used = min(missing[promise.key], left * amount)
            missing[promise.key] -= used
            left -= used / amount
            if settlement.money and used:
                money[promise.key].append((settlement.day, used))
            if _is_fulfilled(promise, missing[promise.key]):
                agreements.fulfilled(promise)
            if not left:
                break
    return {promise.key: _judgement(promise, money[promise.key], missing[promise.key], today) for promise in promises}


class _Agreements:
    """Promises that were made together about the same, such as the instalments of a plan: what counts for one of them counts for
    all, but for what came after one was missed. So the work grows with promises and settlements, not with their product.
    """

    def __init__(self, promises: Sequence[Promise]):
        self.rank = {promise.key: place for place, promise in enumerate(promises)}
        self.members: dict[Hashable, deque[Promise]] = {}
        for promise in promises:
            self.members.setdefault(_agreement(promise), deque()).append(promise)
        self.first = {name: members[0] for name, members in self.members.items()}
        self.about: dict[int, list[Hashable]] = {}
        for name, promise in self.first.items():
            for item in promise.items:
                self.about.setdefault(item, []).append(name)
        self.about_all = [name for name, promise in self.first.items() if not promise.items]
        self.last_made = max((promise.made for promise in promises), default=date.min)
        self.done: set[int] = set()

    def fulfilled(self, promise: Promise) -> None:
        """This promise takes no more."""
        self.done.add(promise.key)

    def candidates(self, settlement: Settlement) -> Iterator[Promise]:
        """The promises for which ``settlement`` counts, as far as they are not fulfilled, in the order in which they are due."""
        names = [name for name in self._concerned(settlement) if _is_for(settlement, self.first[name])]
        for promise in merge(*map(self._waiting, names), key=lambda promise: self.rank[promise.key]):
            if settlement.day <= promise.deadline or not self._is_taken_over(settlement, promise, names):
                yield promise

    def _concerned(self, settlement: Settlement) -> Iterable[Hashable]:
        """What ``settlement`` may be about, each once."""
        if not settlement.items:
            return self.first
        of_items = (name for item in settlement.items for name in self.about.get(item, ()))
        return dict.fromkeys(chain(self.about_all, of_items))

    def _waiting(self, name: Hashable) -> Iterator[Promise]:
        """Those of an agreement that are not fulfilled; what is done at the beginning is passed by once and for all."""
        members = self.members[name]
        while members and members[0].key in self.done:
            members.popleft()
        return (promise for promise in members if promise.key not in self.done)

    def _is_taken_over(self, settlement: Settlement, promise: Promise, names: Sequence[Hashable]) -> bool:
        """Whether ``settlement`` counts for a promise that was made about the same items after this one had been missed.

        :param names: the agreements that it counts for
        """
        if self.last_made <= promise.deadline:
            return False
        others = (self.first[name] for name in names)
        return any(other.made > promise.deadline and _share_items(promise.items, other.items) for other in others)


def _agreement(promise: Promise) -> Hashable:
    """What the promises of one agreement have in common."""
    return promise.currency, promise.items, promise.made, promise.recorded


def _share_items(items: frozenset[int], others: frozenset[int]) -> bool:
    return not items or not others or not items.isdisjoint(others)


def _is_for(settlement: Settlement, promise: Promise) -> bool:
    """Whether this came since the promise was made, in its currency, for what it was given for."""
    if settlement.amounts.get(promise.currency, ZERO) <= 0 or not _since(settlement, promise):
        return False
    if settlement.items or settlement.money:
        return _share_items(settlement.items, promise.items)
    return not promise.items  # a credit that is applied to nothing is about the account as a whole


def _since(settlement: Settlement, promise: Promise) -> bool:
    known = settlement.applied if promise.items and settlement.applied else settlement.booked
    return settlement.day > promise.made or known > promise.recorded


def _judgement(promise: Promise, money: Sequence[tuple[date, Fraction]], missing: Fraction, today: date) -> Judgement:
    received = sum((amount for _day, amount in money), Fraction(0))
    lowered = Fraction(promise.amount) - received - missing
    figures = {"received": _decimal(received), "lowered": _decimal(lowered)}
    if _is_fulfilled(promise, missing):
        if not received:
            return Judgement(State.WITHDRAWN, **figures)
        needed = Fraction(promise.amount) - lowered - Fraction(promise.tolerance_amount)
        complete_on = _day_of(money, needed)
        if complete_on <= promise.deadline:
            return Judgement(State.KEPT, received_on=complete_on, **figures)
        if today > promise.deadline:
            return Judgement(State.LATE, received_on=complete_on, **figures)
    last = max((day for day, _amount in money), default=None)
    figures |= {"outstanding": _decimal(missing), "received_on": last}
    if today <= promise.deadline:
        return Judgement(State.OPEN, **figures)
    return Judgement(State.LIGHT if received else State.BROKEN, **figures)


def _is_fulfilled(promise: Promise, missing: Fraction) -> bool:
    return missing < promise.amount and missing <= promise.tolerance_amount


def _day_of(money: Sequence[tuple[date, Fraction]], needed: Fraction) -> date:
    """The day on which the money, in order of days, added up to ``needed``."""
    total = Fraction(0)
    for day, amount in money:
        total += amount
        if total >= needed:
            return day
    return money[-1][0]


@dataclass(frozen=True, slots=True)
class Coverable:
    """An open item that may be promised: ``room`` in company currency, the same in the item's own ``currency``."""

    key: int
    due: date
    room: Decimal
    currency: Hashable
    room_currency: Decimal


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What is still to come of a promise, in its currency, and the items it was given for (empty: the account)."""

    key: int
    due: date
    amount: Decimal
    currency: Hashable
    items: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Share:
    """The part of an item, in company currency, that a promise covers."""

    promise: int
    item: int
    amount: Decimal


def cover(
    outstanding: Iterable[Outstanding], items: Iterable[Coverable], company_currency: Hashable, unit: Decimal
) -> list[Share]:
    """Spread promises over the open items of one customer: the promise due first on its oldest items first.

    No item is covered beyond its room. A promise in company currency covers any item; one in a foreign currency covers
    items of that currency only, at the rate they are in the books with. ``unit`` is the smallest amount of company
    currency.

    >>> items = [Coverable(7, date(2026, 2, 1), Decimal(300), "USD", Decimal(300)),
    ...          Coverable(8, date(2026, 2, 9), Decimal(400), "USD", Decimal(400))]
    >>> promise = Outstanding(1, date(2026, 3, 6), Decimal(500), "USD")
    >>> [(share.item, share.amount) for share in cover([promise], items, "USD", Decimal("0.01"))]
    [(7, Decimal('300')), (8, Decimal('200.00'))]
    """
    items = {item.key: item for item in sorted(items, key=lambda item: (item.due, item.key))}
    place = {key: number for number, key in enumerate(items)}
    room = {item.key: item.room for item in items.values()}
    queues: dict[Hashable, deque[tuple[Coverable, Fraction]]] = {}
    shares = []
    for promise in sorted(outstanding, key=lambda promise: (promise.due, promise.key)):
        about = promise.currency, promise.items
        if about not in queues:  # what one promise about these items has used up, no later one asks for again
            chosen = sorted(promise.items & items.keys(), key=place.__getitem__) if promise.items else items
            rated = ((items[key], _rate(promise, items[key], company_currency)) for key in chosen)
            queues[about] = deque((item, rate) for item, rate in rated if rate)
        queue, left = queues[about], Fraction(promise.amount)
        while queue and left > 0:
            item, rate = queue[0]
            if room[item.key] <= 0:
                queue.popleft()
                continue
            wanted = left * rate
            if wanted < room[item.key]:
                amount, left = round(wanted / Fraction(unit)) * unit, Fraction(0)
            else:
                amount, left = room[item.key], left - Fraction(room[item.key]) / rate
            room[item.key] -= amount
            if amount:
                shares.append(Share(promise.key, item.key, amount))
    return shares


def _rate(promise: Outstanding, item: Coverable, company_currency: Hashable) -> Fraction:
    """Company currency for one unit of the promise's currency; 0 when the promise says nothing about this item."""
    if promise.currency == company_currency:
        return Fraction(1)
    if promise.currency != item.currency or not item.room_currency:
        return Fraction(0)
    return Fraction(item.room) / Fraction(item.room_currency)


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)
