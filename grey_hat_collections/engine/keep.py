"""Keep or collect: what an agency would cost, what the customer is worth to us, what their word was worth so far.

Figures only, each with what it was made of, so that a person can follow it; nothing here says what to do. Amounts of one
call are Decimal in one currency, shares and percentages are Decimal too (60 is sixty percent).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)
HUNDRED = Decimal(100)

#: Months of the plan that is compared with an agency.
PLAN_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Sale:
    """What was sold of one product: ``amount`` untaxed, and what it cost us; None where nobody knows. Negative for what
    was credited.
    """

    amount: Decimal
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Business:
    """What we sold to a customer: ``sold`` in all, ``known`` of it with its cost, and the ``margin`` of that part."""

    sold: Decimal = ZERO
    known: Decimal = ZERO
    margin: Decimal | None = None

    @property
    def margin_percent(self) -> Decimal | None:
        """The margin in percent of the sales of which it is known."""
        return percent(self.margin, self.known) if self.margin is not None else None


@dataclass(frozen=True, slots=True)
class Word:
    """Promises that had one end: how many, what was ``promised`` by them and what ``came``."""

    count: int = 0
    promised: Decimal = ZERO
    came: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Agency:
    """What an agency would bring and take of ``amount``, at the share it recovers and its commission."""

    amount: Decimal
    recovery: Decimal
    expected: Decimal
    commission: Decimal

    @property
    def net(self) -> Decimal:
        """What would be left for us."""
        return self.expected - self.commission

    @property
    def commission_percent(self) -> Decimal:
        """The commission in percent of what would be recovered, over all items."""
        return percent(self.commission, self.expected) or ZERO


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """``part`` in percent of ``whole``, to a tenth; None of nothing.

    >>> percent(Decimal(1), Decimal(3)), percent(Decimal(1), Decimal(0))
    (Decimal('33.3'), None)
    """
    return (part * HUNDRED / whole).quantize(Decimal("0.1")) if whole else None


def business(sales: Iterable[Sale]) -> Business:
    """What was sold, and its margin as far as costs are known.

    >>> business([Sale(Decimal(1000), Decimal(600)), Sale(Decimal(-100), Decimal(-60)), Sale(Decimal(300))])
    Business(sold=Decimal('1200'), known=Decimal('900'), margin=Decimal('360'))
    >>> business([Sale(Decimal(300))]).margin is None
    True
    """
    sales = list(sales)
    known = [sale for sale in sales if sale.cost is not None]
    sold = sum((sale.amount for sale in sales), ZERO)
    of_known = sum((sale.amount for sale in known), ZERO)
    margin = of_known - sum((sale.cost for sale in known), ZERO) if known else None
    return Business(sold, of_known, margin)


def kept_share(words: Iterable[Word]) -> Decimal | None:
    """The share of what was promised that came, late or not, in percent; None where nothing was promised.

    >>> kept_share([Word(2, Decimal(500), Decimal(500)), Word(1, Decimal(300), Decimal(100)), Word(1, Decimal(200))])
    Decimal('60.0')
    """
    words = list(words)
    promised = sum((word.promised for word in words), ZERO)
    # more than was promised is no better word than all of it
    came = sum((min(word.came, word.promised) for word in words), ZERO)
    return percent(came, promised)


def by_agency(items: Iterable[tuple[Decimal, Decimal]], recovery: Decimal) -> Agency:
    """What an agency would bring of ``items``, each an amount and the commission for its age in percent, when it recovers
    ``recovery`` percent of each.

    >>> offer = by_agency([(Decimal(300), Decimal(20)), (Decimal(200), Decimal(30))], Decimal(50))
    >>> offer.expected, offer.commission, offer.net, offer.commission_percent
    (Decimal('250.0'), Decimal('60.0'), Decimal('190.0'), Decimal('24.0'))
    """
    items = list(items)
    amount = sum((one for one, _commission in items), ZERO)
    share = recovery / HUNDRED
    commission = sum((one * share * rate / HUNDRED for one, rate in items), ZERO)
    return Agency(amount, recovery, amount * share, commission)


def by_plan(amount: Decimal, share: Decimal | None) -> Decimal | None:
    """What a plan over ``amount`` would bring if its instalments were kept as promises were so far; None where nobody has
    promised anything yet.

    >>> by_plan(Decimal(500), Decimal(60)), by_plan(Decimal(500), None)
    (Decimal('300'), None)
    """
    return None if share is None else amount * share / HUNDRED
