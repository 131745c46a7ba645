"""How old an account is, and what one may ask for today.

This module is the specification of the figures of a case. The ledger computes the same figures for all customers in one
SQL statement; a test holds both against each other on random ledgers.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")
#: To what an amount in another currency is worked out that stands for a part of an item.
FINE = Decimal("0.000001")

#: Upper bounds, in days past due, of the buckets "not due", 1-30, 31-60 and 61-90. Bucket 4 holds what is older.
BUCKET_BOUNDS = (0, 30, 60, 90)
BUCKET_COUNT = len(BUCKET_BOUNDS) + 1


@dataclass(frozen=True, slots=True)
class Item:
    """An open receivable: what is left to pay of it, in one currency.

    ``residual`` is positive for what the customer owes and negative for a credit (a payment not applied, a credit note).
    ``under_way``, ``promised`` and ``disputed`` are the parts of a positive residual that are not asked for today, ``spent`` the
    part of a credit that is being paid out; ``excluded`` keeps the item out of chasing altogether. A ``refund`` is money that we
    paid out and that is matched with nothing: it has spent credits, and nobody owes it. What an agency has (``with_agency``)
    while we ask for the rest ourselves is not asked for, and no credit is spent on it. ``due`` is the day in force; where our
    answer to a dispute moved it, ``due_before`` is the one before that. Of an item in another currency than the one in which
    all of this is, ``currency`` names it and ``own`` is the residual in it. Of two that are due on one day, the one with the
    lower ``number`` is the older.
    """

    due: date
    residual: Decimal
    excluded: bool = False
    under_way: Decimal = ZERO
    promised: Decimal = ZERO
    disputed: Decimal = ZERO
    due_before: date | None = None
    spent: Decimal = ZERO
    refund: bool = False
    currency: Hashable = None
    own: Decimal = ZERO
    number: int = 0
    with_agency: bool = False

    @property
    def asked_by_us(self) -> bool:
        """Whether it is owed, and nobody else asks for it."""
        return self.residual > 0 and not (self.excluded or self.refund or self.with_agency)

    @property
    def followed(self) -> Decimal:
        """What of the residual may be asked for once it is due, never below zero."""
        if not self.asked_by_us:
            return ZERO
        return max(ZERO, self.residual - self.under_way - self.promised - self.disputed)


@dataclass(frozen=True, slots=True)
class Figures:
    """The money of a case, all in one currency; see ``collection.case`` for the meaning of each name. ``asked`` is what
    ``amount_chased`` is made of: what is asked for of each item, in their order.
    """

    balance: Decimal = ZERO
    amount_open: Decimal = ZERO
    amount_overdue: Decimal = ZERO
    amount_credit: Decimal = ZERO
    amount_under_way: Decimal = ZERO
    amount_excluded: Decimal = ZERO
    amount_promised: Decimal = ZERO
    amount_disputed: Decimal = ZERO
    amount_chased: Decimal = ZERO
    amount_net_overdue: Decimal = ZERO
    oldest_due_date: date | None = None
    buckets: tuple[Decimal, ...] = (ZERO,) * BUCKET_COUNT
    asked: tuple[Decimal, ...] = field(default=(), compare=False)


def days_past_due(due: date, today: date) -> int:
    """Whole days since ``due``; 0 on the day itself and before it.

    >>> days_past_due(date(2026, 2, 27), date(2026, 3, 1)), days_past_due(date(2026, 3, 1), date(2026, 3, 1))
    (2, 0)
    """
    return max(0, (today - due).days)


def bucket(days: int) -> int:
    """The aging bucket, 0 to 4, of something ``days`` past due.

    >>> [bucket(days) for days in (0, 1, 30, 31, 60, 61, 90, 91)]
    [0, 1, 1, 2, 2, 3, 3, 4]
    """
    return sum(days > bound for bound in BUCKET_BOUNDS)


def spread(amount: Decimal, rooms: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """``amount`` (not negative) over items by their key, in their order, none beyond its room.

    Items that get nothing are left out; what exceeds all rooms together is nobody's.

    >>> spread(Decimal(250), {7: Decimal(200), 8: Decimal(100), 9: Decimal(40)})
    {7: Decimal('200'), 8: Decimal('50')}
    """
    parts = {}
    for key, room in rooms.items():
        part = min(amount, room)
        if part > 0:
            parts[key] = part
            amount -= part
    return parts


def credit_to_offset(items: Iterable[Item]) -> Decimal:
    """The credit that lowers what is chased.

    Credits that are excluded (an opening balance in the customer's favour) first meet the debits that are excluded; only
    what they leave over helps elsewhere. Otherwise a customer whose whole old account was migrated would never be asked
    for a new invoice. What is being paid out, or was, lowers nothing else.

    >>> day = date(2026, 1, 5)
    >>> credit_to_offset([Item(day, Decimal(100), excluded=True), Item(day, Decimal(-120), excluded=True)])
    Decimal('20')
    >>> credit_to_offset([Item(day, Decimal(-335)), Item(day, Decimal(300), refund=True)])
    Decimal('35')
    """
    credit = excluded = refunded = ZERO
    for item in items:
        if item.refund:
            refunded += item.residual
        elif item.excluded:
            excluded -= item.residual + item.spent
        elif item.residual < 0:
            credit -= item.residual + item.spent
    return max(ZERO, credit + max(ZERO, excluded) - refunded)


def left_after_credits(items: Sequence[Item], wanted: Sequence[Decimal], quantum: Decimal = CENT) -> list[Decimal]:
    """What is left of what is ``wanted`` of each item after credits, in their order: the oldest items first, in the currency that
    they share with a credit; what a credit leaves over there counts for the others. Rounded to ``quantum`` where a part of an
    item is worked out from its own currency.

    >>> day = date(2026, 1, 5)
    >>> owed = Item(day, Decimal(200), currency="EUR", own=Decimal(100))
    >>> paid = Item(day, Decimal(-150), currency="EUR", own=Decimal(-100))
    >>> left_after_credits([owed, paid, Item(day, Decimal(60))], [Decimal(200), ZERO, Decimal(60)])
    [Decimal('0.00'), Decimal('0.00'), Decimal('60.00')]
    """
    left = list(wanted)
    by_age = sorted(range(len(items)), key=lambda index: (items[index].due, items[index].number))
    credit = credit_to_offset(items)
    abroad = {}
    for item, helps in zip(items, _helping(items), strict=True):
        if item.currency is not None and helps:
            own, value = abroad.get(item.currency, (ZERO, ZERO))
            own += (helps * item.own / item.residual).quantize(FINE, ROUND_HALF_UP)
            abroad[item.currency] = own, value + helps
    for currency, (own, value) in abroad.items():
        rest = own
        for index in by_age:
            item = items[index]
            if item.currency == currency and left[index] > 0 and rest > 0:
                needed = (left[index] * item.own / item.residual).quantize(FINE, ROUND_HALF_UP)
                used = min(rest, needed)
                rest -= used
                left[index] -= _share(left[index], used, needed, quantum)
        credit -= value - _share(value, rest, own, quantum)
    for index in by_age:
        used = min(credit, left[index])
        credit -= used
        left[index] -= used
    return left


def _helping(items):
    """What of each item is a credit that was not paid out and is not excluded. Refunds have spent the oldest first."""
    refunded = sum((item.residual for item in items if item.refund), ZERO)
    helping = [ZERO] * len(items)
    for index in sorted(range(len(items)), key=lambda index: _first_due(items[index])):
        item = items[index]
        if item.residual < 0 and not item.excluded:
            spent = min(refunded, -item.residual - item.spent)
            refunded -= spent
            helping[index] = -item.residual - item.spent - spent
    return helping


def _first_due(item):
    """What an item is older by than another as long as nothing has moved its day."""
    return item.due_before or item.due, item.number


def _share(amount, part, whole, quantum):
    """The share of ``amount`` that ``part`` is of ``whole``."""
    return amount if part == whole else (amount * part / whole).quantize(quantum, ROUND_HALF_UP)


def asked_of_each(
    items: Sequence[Item], today: date, quantum: Decimal = CENT, branches: Sequence[tuple[Sequence[Item], date]] = ()
) -> list[Decimal]:
    """What is asked for today of each item, in their order; see :func:`left_after_credits`.

    :param branches: what the customer has with the other branches of the company, and what day it is there: one creditor, whose
        credits are spent once, on the oldest item of all

    >>> january, may = date(2026, 1, 10), date(2026, 5, 10)
    >>> items = [Item(january, Decimal(-30)), Item(january, Decimal(100)), Item(may, Decimal(70))]
    >>> asked_of_each(items, date(2026, 2, 1))
    [Decimal('0'), Decimal('70'), Decimal('0')]
    >>> asked_of_each(items[1:2], date(2026, 2, 1), branches=[([Item(may, Decimal(-80))], date(2026, 2, 1))])
    [Decimal('20')]
    """
    return _left_over_branches(_asked, items, today, quantum, branches)


def _left_over_branches(wanted, items, today, quantum, branches):
    """What credits leave of what is ``wanted`` of each of ``items`` on a day, over all branches."""
    together = [(item, today) for item in items]
    together += [(item, day) for others, day in branches for item in others]
    all_items = [item for item, _day in together]
    return left_after_credits(all_items, [wanted(item, day) for item, day in together], quantum)[: len(items)]


def figures(
    items: Iterable[Item], today: date, quantum: Decimal = CENT, branches: Sequence[tuple[Sequence[Item], date]] = ()
) -> Figures:
    """Sum up the open items of one customer in one company as of ``today``.

    *Overdue* means due before today. What is chased is the overdue part of each item that is not excluded, under way,
    promised or disputed, less the customer's credits, the oldest first. ``amount_net_overdue`` is the same before taking out
    what is under way, promised or disputed, and by the first due dates: when it is gone, the episode is over.

    :param branches: as for :func:`asked_of_each`; they lower what is chased and ``amount_net_overdue``, and are in no other
        figure

    >>> january, may = date(2026, 1, 10), date(2026, 5, 10)
    >>> result = figures([Item(january, Decimal(100)), Item(may, Decimal(70)), Item(january, Decimal(-30))], date(2026, 2, 1))
    >>> result.balance, result.amount_overdue, result.amount_chased
    (Decimal('140'), Decimal('100'), Decimal('70'))
    """
    items = list(items)
    debits = [item for item in items if item.residual > 0]
    overdue = [item for item in debits if item.due < today]
    buckets = [ZERO] * BUCKET_COUNT
    for item in debits:
        buckets[bucket(days_past_due(item.due, today))] += item.residual
    chased = asked_of_each(items, today, quantum, branches)
    net = _left_over_branches(_whole, items, today, quantum, branches)
    asked = chased if any(chased) else net
    oldest = min((item.due for item, amount in zip(items, asked, strict=True) if amount), default=None)
    return Figures(
        balance=_total(item.residual for item in items),
        amount_open=_total(item.residual for item in debits),
        amount_overdue=_total(item.residual for item in overdue),
        amount_credit=_total(-item.residual for item in items if item.residual < 0),
        amount_under_way=_total(item.under_way for item in debits),
        amount_excluded=_total(item.residual for item in debits if item.excluded or item.refund),
        amount_promised=_total(item.promised for item in debits),
        amount_disputed=_total(item.disputed for item in debits),
        amount_chased=_total(chased),
        amount_net_overdue=_total(net),
        oldest_due_date=oldest,
        buckets=tuple(buckets),
        asked=tuple(chased),
    )


def _asked(item, today):
    """What of an item is overdue and may be asked for."""
    return item.followed if item.due < today else ZERO


def _whole(item, today):
    """What of an item is overdue, whatever it waits for."""
    return item.residual if item.asked_by_us and (item.due_before or item.due) < today else ZERO


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
