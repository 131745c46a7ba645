"""What a dispute means for an open item: what of it is not asked for, when the rest is due, what our answer was.

All amounts of one call are in the item's own currency; they are Decimal, days are ``datetime.date``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)


class Resolution(StrEnum):
    """Our answer to a dispute."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Question:
    """What disputes say about one open item.

    ``waiting`` is not answered yet, or was upheld and is not credited yet. ``granted`` was answered: it is to be paid by
    ``new_due``, the last of such days.
    """

    waiting: Decimal = ZERO
    granted: Decimal = ZERO
    new_due: date | None = None


def resolution(disputed: Decimal, upheld: Decimal) -> Resolution:
    """Our answer, by what we credit of what was disputed.

    >>> [resolution(Decimal(300), Decimal(upheld)).value for upheld in (300, 100, 0)]
    ['upheld', 'partly_upheld', 'rejected']
    """
    if not ZERO <= upheld <= disputed or not disputed:
        raise ValueError(f"Of a dispute about {disputed} nothing like {upheld} can be upheld.")
    if upheld == disputed:
        return Resolution.UPHELD
    return Resolution.PARTLY_UPHELD if upheld else Resolution.REJECTED


@dataclass(frozen=True, slots=True)
class Part:
    """What is disputed of an item, and how much of it was upheld; ``upheld`` is None while our answer is owed."""

    disputed: Decimal
    upheld: Decimal | None = None


def after_credit(parts: Sequence[Part], credited: Decimal, rounding: Decimal = ZERO) -> list[Question]:
    """What is still in question of each part of a disputed invoice of which ``credited`` was credited.

    A credit settles what was upheld, in the order of the parts; what it gives beyond that lowers the rest of what is disputed,
    so that nothing but this rest is left in peace. While our answer is owed it lowers what is disputed. Where no more than
    ``rounding`` is missing of what was upheld, what was credited counts as what was upheld.

    >>> part = Part(Decimal(300), upheld=Decimal(100))
    >>> [(one.waiting, one.granted) for credited in (60, 100, 150) for one in after_credit([part], Decimal(credited))]
    [(Decimal('40'), Decimal('200')), (Decimal('0'), Decimal('200')), (Decimal('0'), Decimal('150'))]
    >>> [after_credit([part], Decimal("99.99"), rounding)[0].waiting for rounding in (ZERO, Decimal("0.02"))]
    [Decimal('0.01'), Decimal('0.00')]
    >>> after_credit([Part(Decimal(300))], Decimal(100))[0].waiting
    Decimal('200')
    """
    left = credited
    waiting = []
    for part in parts:
        due = part.disputed if part.upheld is None else part.upheld
        used = min(due, left)
        left -= used
        waiting.append(due - used)
    missing = sum(amount for part, amount in zip(parts, waiting, strict=True) if part.upheld is not None)
    is_rounding = credited > 0 and ZERO < missing <= rounding
    questions = []
    for part, amount in zip(parts, waiting, strict=True):
        if part.upheld is None:
            questions.append(Question(waiting=amount))
            continue
        rest = part.disputed - part.upheld
        used = min(rest, left)
        left -= used
        more = amount if is_rounding else ZERO
        questions.append(Question(waiting=amount - more, granted=rest - used + more))
    return questions


def not_asked(residual: Decimal, question: Question, today: date) -> Decimal:
    """What of an item (``residual``, positive) is not asked for on ``today``: our answer is owed, or the new day for
    paying has not passed.

    >>> open_item, question = Decimal(1000), Question(Decimal(100), granted=Decimal(200), new_due=date(2026, 3, 20))
    >>> not_asked(open_item, question, date(2026, 3, 20)), not_asked(open_item, question, date(2026, 3, 21))
    (Decimal('300'), Decimal('100'))
    """
    granted = question.granted if question.new_due is not None and today <= question.new_due else ZERO
    return min(residual, question.waiting + granted)


def due_date(due: date, residual: Decimal, question: Question) -> date:
    """The day from which an item counts as overdue.

    Where nothing is left of it but what we have answered, the new day holds. A part that was never disputed keeps the item
    at its first day.

    >>> question = Question(granted=Decimal(300), new_due=date(2026, 3, 20))
    >>> due_date(date(2026, 1, 31), Decimal(1000), question).isoformat()
    '2026-01-31'
    >>> due_date(date(2026, 1, 31), Decimal(300), question).isoformat()
    '2026-03-20'
    """
    if question.new_due is None or not question.granted or question.waiting + question.granted < residual:
        return due
    return max(due, question.new_due)
