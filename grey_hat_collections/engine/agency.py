"""What an agency takes, and what it costs. Amounts are Decimal in the agency's currency, shares are percent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

#: From so many referrals that are over on, an agency's own record says more than what it promises.
ENOUGH_REFERRALS = 5
#: Days before the end of an accreditation on which a manager is told.
WARNING_DAYS = 30


class Misfit(StrEnum):
    """Why an agency cannot take a customer."""

    NOT_ACCREDITED = "not_accredited"
    EXPIRED = "expired"
    NO_COUNTRY = "no_country"
    COUNTRY = "country"
    LANGUAGE = "language"
    TOO_LITTLE = "too_little"
    TOO_MUCH = "too_much"


@dataclass(frozen=True)
class Terms:
    """Whom an agency takes. Countries are codes, languages those of the words before the country ("de" of "de_CH"); empty
    takes all. Amounts are included; ``most`` of zero sets no limit.
    """

    accredited_until: date | None
    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(0)


@dataclass(frozen=True)
class Customer:
    """Who would be referred, and how much of it. An unknown language is anybody's."""

    country: str | None
    language: str | None
    amount: Decimal


def misfits(terms: Terms, customer: Customer, today: date) -> list[Misfit]:
    """Why the agency does not fit the customer, in the order in which one would put it right; empty where it fits.

    >>> terms = Terms(date(2026, 12, 31), frozenset({"US"}), frozenset({"en"}), Decimal(100), Decimal(5000))
    >>> misfits(terms, Customer("US", "en", Decimal(100)), date(2026, 12, 31))
    []
    >>> [reason.value for reason in misfits(terms, Customer("DE", "de", Decimal("99.99")), date(2027, 1, 1))]
    ['expired', 'country', 'language', 'too_little']
    """
    found = []
    if not is_accredited(terms.accredited_until, today):
        found.append(Misfit.EXPIRED if terms.accredited_until else Misfit.NOT_ACCREDITED)
    if terms.countries and customer.country not in terms.countries:
        found.append(Misfit.COUNTRY if customer.country else Misfit.NO_COUNTRY)
    if terms.languages and customer.language and customer.language not in terms.languages:
        found.append(Misfit.LANGUAGE)
    if customer.amount < terms.least:
        found.append(Misfit.TOO_LITTLE)
    if terms.most and customer.amount > terms.most:
        found.append(Misfit.TOO_MUCH)
    return found


def is_accredited(until: date | None, today: date) -> bool:
    """The last day is a valid one.

    >>> is_accredited(date(2026, 3, 2), date(2026, 3, 2)), is_accredited(None, date(2026, 3, 2))
    (True, False)
    """
    return until is not None and until >= today


def commission_percent(bands: Iterable[tuple[int, Decimal]], days_overdue: int) -> Decimal:
    """The share that the agency keeps of an item of this age: that of the last band which has begun.

    :param bands: from how many days past due on, and percent

    >>> bands = [(91, Decimal(25)), (0, Decimal(10)), (61, Decimal("17.5"))]
    >>> [str(commission_percent(bands, days)) for days in (0, 60, 61, 90, 400)]
    ['10', '10', '17.5', '17.5', '25']

    What is younger than the first band costs what the first band does; an agency without bands costs nothing.

    >>> commission_percent([(30, Decimal(12))], 5), commission_percent([], 5)
    (Decimal('12'), Decimal('0'))
    """
    ordered: Sequence[tuple[int, Decimal]] = sorted(bands)
    if not ordered:
        return Decimal(0)
    begun = [percent for days_from, percent in ordered if days_from <= days_overdue]
    return begun[-1] if begun else ordered[0][1]


def expected_recovery(ended: int, referred: Decimal, recovered: Decimal, stated: Decimal) -> tuple[Decimal, bool]:
    """The percent that one may expect back, and whether that is from the agency's own record.

    >>> expected_recovery(4, Decimal(4000), Decimal(3000), Decimal(60))
    (Decimal('60'), False)
    >>> expected_recovery(5, Decimal(4000), Decimal(1300), Decimal(60))
    (Decimal('32.50'), True)
    """
    if ended < ENOUGH_REFERRALS or referred <= 0:
        return stated, False
    return (recovered * 100 / referred).quantize(Decimal("0.01")), True
