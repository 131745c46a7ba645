"""Is it us? What may be wrong on our side is looked at before a letter leaves.

Each check of the gate finds something or nothing. What a finding means is the company's choice: it *stops* letters, it
*warns* the people who look at the case, or it is *off*.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Mode(StrEnum):
    """What a company makes of a check."""

    STOP = "stop"
    WARN = "warn"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that may be our fault: the code of the ``check``, the record it is about (``subject``, the first of
    ``count``) in words. ``items`` are the open items that it is about; None: it is about the whole account.
    """

    check: str
    subject: str = ""
    count: int = 1
    items: tuple[Hashable, ...] | None = field(default=None, compare=False)

    def is_about(self, items: Iterable[Hashable]) -> bool:
        """Whether it is about any of these items.

        >>> Finding("not_sent", "INV/1", items=(7,)).is_about([8]), Finding("bank_stale").is_about([8])
        (False, True)
        """
        return self.items is None or not set(self.items).isdisjoint(items)


def judge(findings: Iterable[Finding], modes: Mapping[str, str]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The findings that stop letters, and those that only warn, each in their order.

    ``modes`` says for each check what the company makes of it; a check that it does not name warns.

    >>> stops, warnings = judge([Finding("credit_draft", "RINV/7"), Finding("bank_stale")], {"credit_draft": "stop"})
    >>> [finding.subject for finding in stops], [finding.check for finding in warnings]
    (['RINV/7'], ['bank_stale'])
    """
    stops, warnings = [], []
    for finding in findings:
        mode = Mode(modes.get(finding.check, Mode.WARN))
        if mode is Mode.STOP:
            stops.append(finding)
        elif mode is Mode.WARN:
            warnings.append(finding)
    return tuple(stops), tuple(warnings)


@dataclass(frozen=True, slots=True)
class Sending:
    """How an invoice that is asked for left the house: its ``name`` and day, whether it was ``sent`` at all, and whether
    the last attempt to deliver it failed (``undelivered``).
    """

    name: str
    invoiced: date | None = None
    sent: bool = False
    undelivered: bool = False


def never_arrived(invoices: Iterable[Sending], since: date | None = None) -> tuple[str, ...]:
    """The names of the invoices that the customer never got, each once.

    Those dated before ``since`` count as delivered: they went out by other means, before anybody kept a record of it.

    >>> old, new = Sending("INV/1", date(2026, 1, 5)), Sending("INV/2", date(2026, 2, 5))
    >>> never_arrived([old, new], since=date(2026, 2, 1)), never_arrived([old, new])
    (('INV/2',), ('INV/1', 'INV/2'))
    """
    lost = [
        invoice.name
        for invoice in invoices
        if not (since and invoice.invoiced and invoice.invoiced < since)
        if invoice.undelivered or not invoice.sent
    ]
    return tuple(dict.fromkeys(lost))


@dataclass(frozen=True, slots=True)
class Amount:
    """What is left of an open item or of a credit, never negative: in company currency and in its own ``currency``."""

    name: str
    residual: Decimal
    currency: str | int = ""
    residual_currency: Decimal = Decimal(0)

    def covers(self, other: "Amount") -> bool:
        """Whether this is at least as much as ``other``: in their own currency where they share it.

        >>> Amount("P", Decimal(90), "EUR", Decimal(100)).covers(Amount("I", Decimal(95), "EUR", Decimal(100)))
        True
        >>> Amount("P", Decimal(90), "EUR", Decimal(100)).covers(Amount("I", Decimal(95), "USD", Decimal(95)))
        False
        """
        if self.currency == other.currency:
            return self.residual_currency >= other.residual_currency
        return self.residual >= other.residual


def unapplied(received: Sequence[Amount], asked: Sequence[Amount]) -> tuple[str, ...]:
    """The names of the credits that would pay one of the items that are asked for: apply them before you ask.

    >>> owed = [Amount("INV/1", Decimal(300), "USD", Decimal(300))]
    >>> unapplied([Amount("PAY/1", Decimal(300), "USD", Decimal(300)), Amount("PAY/2", Decimal(20))], owed)
    ('PAY/1',)
    """
    large = [credit.name for credit in received if any(credit.covers(item) for item in asked)]
    return tuple(dict.fromkeys(large))


def is_stale(last: date | None, today: date, days: int) -> bool:
    """Whether the ``last`` news of the bank are more than ``days`` days old. Where the bank never said anything, nobody
    waits for it.

    >>> is_stale(date(2026, 3, 2), date(2026, 3, 7), 5), is_stale(date(2026, 3, 2), date(2026, 3, 8), 5)
    (False, True)
    >>> is_stale(None, date(2026, 3, 8), 5)
    False
    """
    return last is not None and (today - last).days > days
