"""How old an account is, and what one may ask for today.

This module is the specification of the figures of a case. The ledger computes the same figures for all customers in one
SQL statement; a test holds both against each other on random ledgers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)

#: Upper bounds, in days past due, of the buckets "not due", 1-30, 31-60 and 61-90. Bucket 4 holds what is older.
BUCKET_BOUNDS = (0, 30, 60, 90)
BUCKET_COUNT = len(BUCKET_BOUNDS) + 1


@dataclass(frozen=True, slots=True)
class Item:
    """An open receivable: what is left to pay of it, in one currency.

    ``residual`` is positive for what the customer owes and negative for a credit (a payment not applied, a credit note).
    ``under_way``, ``promised`` and ``disputed`` are the parts of a positive residual that are not asked for today, ``spent`` the
    part of a credit that is being paid out; ``excluded`` keeps the item out of chasing altogether. A ``refund`` is money that we
    paid out and that is matched with nothing: it has spent credits, and nobody owes it. ``due`` is the day in force; where our
    answer to a dispute moved it, ``due_before`` is the one before that.
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

    @property
    def followed(self) -> Decimal:
        """What of the residual may be asked for once it is due, never below zero."""
        if self.excluded or self.refund or self.residual <= 0:
            return ZERO
        return max(ZERO, self.residual - self.under_way - self.promised - self.disputed)


@dataclass(frozen=True, slots=True)
class Figures:
    """The money of a case, all in one currency; see ``collection.case`` for the meaning of each name."""

    balance: Decimal = ZERO
    amount_open: Decimal = ZERO
    amount_overdue: Decimal = ZERO
    amount_credit: Decimal = ZERO
    amount_under_way: Decimal = ZERO
    amount_excluded: Decimal = ZERO
    amount_promised: Decimal = ZERO
    amount_disputed: Decimal = ZERO
    amount_chased: Decimal = ZERO
    net_overdue: Decimal = ZERO
    oldest_due_date: date | None = None
    buckets: tuple[Decimal, ...] = (ZERO,) * BUCKET_COUNT


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


def offset_credits(items: Sequence[Item], credit: Decimal) -> list[Item]:
    """Apply ``credit`` (not negative) to the oldest items first; what remains of each, the settled ones left out.

    >>> offset_credits([Item(date(2026, 1, 5), Decimal(40)), Item(date(2026, 2, 5), Decimal(50))], Decimal(60))[0].residual
    Decimal('30')
    """
    if credit < 0:
        raise ValueError(f"A credit to offset cannot be negative: {credit}")
    remaining = []
    for item in sorted(items, key=lambda item: item.due):
        used = min(credit, item.residual)
        credit -= used
        if item.residual > used:
            remaining.append(replace(item, residual=item.residual - used))
    return remaining


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


def asked_of_each(items: Sequence[Item], today: date) -> list[Decimal]:
    """What is asked for today of each item, in their order, in which credits offset them: the oldest come first.

    >>> january, may = date(2026, 1, 10), date(2026, 5, 10)
    >>> items = [Item(january, Decimal(-30)), Item(january, Decimal(100)), Item(may, Decimal(70))]
    >>> asked_of_each(items, date(2026, 2, 1))
    [Decimal('0'), Decimal('70'), Decimal('0')]
    """
    credit = credit_to_offset(items)
    asked = []
    for item in items:
        owed = item.followed if item.due < today else ZERO
        used = min(credit, owed)
        credit -= used
        asked.append(owed - used)
    return asked


def figures(items: Iterable[Item], today: date) -> Figures:
    """Sum up the open items of one customer in one company as of ``today``.

    *Overdue* means due before today. What is chased is the overdue part of each item that is not excluded, under way,
    promised or disputed, less the customer's credits, the oldest first. ``net_overdue`` is the same before taking out
    what is under way, promised or disputed, and by the first due dates: when it is gone, the episode is over.

    >>> january, may = date(2026, 1, 10), date(2026, 5, 10)
    >>> result = figures([Item(january, Decimal(100)), Item(may, Decimal(70)), Item(january, Decimal(-30))], date(2026, 2, 1))
    >>> result.balance, result.amount_overdue, result.amount_chased
    (Decimal('140'), Decimal('100'), Decimal('70'))
    """
    items = list(items)
    debits = [item for item in items if item.residual > 0]
    overdue = [item for item in debits if item.due < today]
    credit = credit_to_offset(items)
    buckets = [ZERO] * BUCKET_COUNT
    for item in debits:
        buckets[bucket(days_past_due(item.due, today))] += item.residual
    chased = offset_credits([replace(item, residual=item.followed) for item in overdue if item.followed], credit)
    matured = [item for item in debits if (item.due_before or item.due) < today]
    net = offset_credits([item for item in matured if not item.excluded and not item.refund], credit)
    oldest = min((item.due for item in chased or net), default=None)
    return Figures(
        balance=_total(item.residual for item in items),
        amount_open=_total(item.residual for item in debits),
        amount_overdue=_total(item.residual for item in overdue),
        amount_credit=_total(-item.residual for item in items if item.residual < 0),
        amount_under_way=_total(item.under_way for item in debits),
        amount_excluded=_total(item.residual for item in debits if item.excluded or item.refund),
        amount_promised=_total(item.promised for item in debits),
        amount_disputed=_total(item.disputed for item in debits),
        amount_chased=_total(item.residual for item in chased),
        net_overdue=_total(item.residual for item in net),
        oldest_due_date=oldest,
        buckets=tuple(buckets),
    )


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
