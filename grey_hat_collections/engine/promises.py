"""What became of a promise to pay, judged from the ledger alone.

Nobody marks a promise as kept. :func:`judge` looks at what has arrived since it was made; taken back, a payment takes the
answer back with it. :func:`cover` says which open items are left in peace while a promise runs.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

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
class Verdict:
    """``received`` is the money that counted, ``lowered`` the credit notes and write-offs, ``outstanding`` what is still to
    come; together they make the amount promised, but for what is tolerated. ``received_on`` is the day on which the last of
    what was needed arrived.
    """

    state: State
    received: Decimal = ZERO
    lowered: Decimal = ZERO
    outstanding: Decimal = ZERO
    received_on: date | None = None


def judge(promises: Iterable[Promise], settlements: Iterable[Settlement], today: date) -> dict[int, Verdict]:
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
    >>> verdict = judge([promise], [monday, friday], today=date(2026, 3, 9))[1]
    >>> verdict.state.value, verdict.received, verdict.received_on.isoformat()
    ('late', Decimal('500'), '2026-03-09')
    """
    promises = sorted(promises, key=lambda promise: (promise.due, promise.made, promise.recorded, promise.key))
    missing = {promise.key: Fraction(promise.amount) for promise in promises}
    money: dict[int, list[tuple[date, Fraction]]] = {promise.key: [] for promise in promises}
    followers = {promise.key: _followers(promise, promises) for promise in promises}
    for settlement in sorted(settlements, key=lambda one: (one.day, one.booked, str(one.key))):
        left = Fraction(1)
        for promise in promises:
            done = _is_fulfilled(promise, missing[promise.key])
            if done or not _counts(settlement, promise, followers[promise.key]):
                continue
            amount = Fraction(settlement.amounts[promise.currency])
            used = min(missing[promise.key], left * amount)
            missing[promise.key] -= used
            left -= used / amount
            if settlement.money and used:
                money[promise.key].append((settlement.day, used))
    return {promise.key: _verdict(promise, money[promise.key], missing[promise.key], today) for promise in promises}


def _followers(promise: Promise, promises: Sequence[Promise]) -> list[Promise]:
    """The promises that were made about the same items after this one had been missed."""
    return [other for other in promises if other.made > promise.deadline and _share_items(promise.items, other.items)]


def _share_items(items: frozenset[int], others: frozenset[int]) -> bool:
    return not items or not others or not items.isdisjoint(others)


def _counts(settlement: Settlement, promise: Promise, followers: Sequence[Promise]) -> bool:
    if not _is_for(settlement, promise):
        return False
    return settlement.day <= promise.deadline or not any(_is_for(settlement, follower) for follower in followers)


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


def _verdict(promise: Promise, money: Sequence[tuple[date, Fraction]], missing: Fraction, today: date) -> Verdict:
    received = sum((amount for _day, amount in money), Fraction(0))
    lowered = Fraction(promise.amount) - received - missing
    figures = {"received": _decimal(received), "lowered": _decimal(lowered)}
    if _is_fulfilled(promise, missing):
        if not received:
            return Verdict(State.WITHDRAWN, **figures)
        needed = Fraction(promise.amount) - lowered - Fraction(promise.tolerance_amount)
        complete_on = _day_of(money, needed)
        if complete_on <= promise.deadline:
            return Verdict(State.KEPT, received_on=complete_on, **figures)
        if today > promise.deadline:
            return Verdict(State.LATE, received_on=complete_on, **figures)
    last = max((day for day, _amount in money), default=None)
    figures |= {"outstanding": _decimal(missing), "received_on": last}
    if today <= promise.deadline:
        return Verdict(State.OPEN, **figures)
    return Verdict(State.LIGHT if received else State.BROKEN, **figures)


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
    items = sorted(items, key=lambda item: (item.due, item.key))
    room = {item.key: item.room for item in items}
    shares = []
    for promise in sorted(outstanding, key=lambda promise: (promise.due, promise.key)):
        left = Fraction(promise.amount)
        for item in items:
            rate = _rate(promise, item, company_currency)
            chosen = not promise.items or item.key in promise.items
            if left <= 0 or not chosen or not rate or room[item.key] <= 0:
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
