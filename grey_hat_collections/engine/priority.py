"""Whom to call first: points for what is at stake, how old it is, and how long nobody has answered."""

from decimal import Decimal

from .aging import bucket

#: Points for each aging bucket of the oldest chased item.
AGE_POINTS = (0, 10, 20, 30, 40)
#: Points for the chased amount as a multiple of the company's reference amount: (from, points).
AMOUNT_POINTS = ((1, 5), (5, 10), (10, 20), (50, 30), (100, 40))
#: Points for each attempt without an answer, and the most that they add up to.
UNANSWERED_POINTS, UNANSWERED_MOST = 5, 20
#: Points on the day on which a case comes back from a pause: more than all others can have.
LOOK_POINTS = 100


def score(amount: Decimal, reference: Decimal, days_overdue: int, unanswered: int = 0, *, look: bool = False) -> int:
    """Points from 0 to 100, and ``LOOK_POINTS`` more where a pause has ended and somebody should ``look`` today; the
    collector works from the highest down.

    ``amount`` and ``reference`` are in the same currency. Steps instead of a smooth curve keep the order of the list
    calm from one day to the next.

    >>> score(Decimal(2500), Decimal(100), days_overdue=35, unanswered=2)
    50
    >>> score(Decimal(20), Decimal(100), days_overdue=3, look=True)
    110
    """
    if look:
        return LOOK_POINTS + score(amount, reference, days_overdue, unanswered)
    if amount <= 0:
        return 0
    multiple = amount / reference if reference > 0 else amount
    for_amount = max((points for least, points in AMOUNT_POINTS if multiple >= least), default=0)
    return AGE_POINTS[bucket(days_overdue)] + for_amount + min(UNANSWERED_MOST, UNANSWERED_POINTS * unanswered)
