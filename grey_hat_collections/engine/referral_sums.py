"""What became of an item that was referred to an agency. Amounts are Decimal, in the currency of the item."""

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Booked:
    """What the books say about an item since it was referred.

    ``residual`` is what is open of it now, negative never; ``money``, ``credited`` and ``written_off`` are what has settled
    it since then: payments, credit notes, everything else. After the end of a referral only what was written off counts on.
    """

    residual: Decimal
    money: Decimal = ZERO
    credited: Decimal = ZERO
    written_off: Decimal = ZERO

    def __post_init__(self):
        for name in self.__slots__:
            if getattr(self, name) < 0:
                raise ValueError(f"{name} cannot be negative: {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class Sums:
    """Where the referred amount is: its four parts always add up to it, and none is negative."""

    recovered: Decimal = ZERO
    returned: Decimal = ZERO
    written_off: Decimal = ZERO
    open: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """What was referred."""
        return self.recovered + self.returned + self.written_off + self.open


def sums(referred: Decimal, aside: Decimal, booked: Booked, *, ended: bool = False) -> Sums:
    """Where ``referred`` is now, of an item of which ``aside`` stayed with us because a credit covered it.

    Credits settle what stayed with us first. What is gone from the item was recovered as far as money came, else written
    off; the rest of it was taken back by credit notes. With the referral ``ended``, what was open is returned.

    >>> sums(Decimal(100), Decimal(0), Booked(Decimal(30), money=Decimal(50), credited=Decimal(20)))
    Sums(recovered=Decimal('50'), returned=Decimal('20'), written_off=Decimal('0'), open=Decimal('30'))
    >>> sums(Decimal(100), Decimal(0), Booked(Decimal(60), money=Decimal(40)), ended=True)
    Sums(recovered=Decimal('40'), returned=Decimal('60'), written_off=Decimal('0'), open=Decimal('0'))
    """
    if referred < 0 or aside < 0:
        raise ValueError(f"An item is referred for something: {referred}, aside {aside}")
    ours = max(ZERO, aside - booked.credited)
    left = min(referred, max(ZERO, booked.residual - ours))
    gone = referred - left
    recovered = min(booked.money, gone)
    written_off = min(booked.written_off, gone - recovered)
    returned = gone - recovered - written_off
    if ended:
        returned, left = returned + left, ZERO
    return Sums(recovered, returned, written_off, left)


def commission(earned: Decimal, percent: Decimal) -> Decimal:
    """The agency's commission, not rounded: ``percent`` of the money that it ``earned``.

    >>> commission(Decimal("250.00"), Decimal(15))
    Decimal('37.50')
    """
    if percent < 0:
        raise ValueError(f"A commission cannot be negative: {percent} %")
    return earned * percent / 100
