"""What is on its way: payments that somebody has registered and that have no entry in the books yet.

A payment goes to the items of its invoices, the oldest first; one that we make (a refund) to the credits that it pays out.
What an item and its payment share a currency for is compared in that currency, whatever the rates of their days make of it in
the company's.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Room:
    """An open item, or a credit, that a payment was registered for: ``left`` of it in its own ``currency``, which is ``value`` in
    the company's. Neither is negative.
    """

    key: Hashable
    due: date
    currency: Hashable
    left: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """``amount`` in ``currency``, which was ``value`` in the company's on its day, for ``items``.

    ``discounted`` says for which of them less is enough on that day, and how much, because of a discount for early payment.
    """

    key: Hashable
    currency: Hashable
    amount: Decimal
    value: Decimal
    items: frozenset
    discounted: Mapping[Hashable, Decimal] = field(default_factory=dict)


def under_way(payments: Iterable[Payment], rooms: Sequence[Room], quantum: Decimal) -> dict[Hashable, Decimal]:
    """What is on its way for each item of one customer, in company currency rounded to ``quantum``; those that get nothing are
    left out.

    A payment of exactly what its items cost after their discounts pays them whole. What a payment leaves over goes to what
    else of the customer's a payment was registered for.

    >>> room = Room(7, date(2026, 1, 5), "EUR", left=Decimal(100), value=Decimal(200))
    >>> paid = Payment(1, "EUR", Decimal(100), value=Decimal(150), items=frozenset([7]))
    >>> under_way([paid], [room], Decimal("0.01"))
    {7: Decimal('200')}
    >>> under_way([Payment(1, "USD", Decimal(150), Decimal(150), frozenset([7]))], [room], Decimal("0.01"))
    {7: Decimal('150')}
    """
    by_age = sorted(rooms, key=lambda room: (room.due, room.key))
    left = {room.key: room.left for room in by_age}
    value = {room.key: room.value for room in by_age}

    def cover(room, wanted, wanted_value):
        """Take from a room what it has of one of two amounts, the other in proportion."""
        key = room.key
        if wanted is None:
            part, whole = min(wanted_value, value[key]), value[key]
        else:
            part, whole = min(wanted, left[key]), left[key]
        if part == whole:
            left[key], value[key] = ZERO, ZERO
        elif wanted is None:
            left[key] -= left[key] * part / whole
            value[key] -= part
        else:
            value[key] -= (value[key] * part / whole).quantize(quantum, ROUND_HALF_UP)
            left[key] -= part
        return part

    over = ZERO
    for payment in sorted(payments, key=lambda payment: (len(payment.items), payment.key)):
        own = [room for room in by_age if room.key in payment.items]
        alike = [room for room in own if room.currency == payment.currency]
        rest = paid = _settles(payment, alike)
        for room in alike:
            rest -= cover(room, rest, None)
        worth = payment.value * rest / paid if paid else ZERO
        for room in own:
            worth -= cover(room, None, worth)
        over += worth
    for room in by_age:
        over -= cover(room, None, over)
    return {room.key: room.value - value[room.key] for room in by_age if value[room.key] != room.value}


def _settles(payment, rooms):
    """What a payment settles of these items: its amount, and the discounts that it has earned by paying all of them."""
    if payment.discounted:
        needed = sum((payment.discounted.get(room.key, room.left) for room in rooms), ZERO)
        if payment.amount == needed:
            return sum((room.left for room in rooms), ZERO)
    return payment.amount
