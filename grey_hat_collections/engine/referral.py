"""When to refer: the window in which an agency still recovers most, and what must be done before a customer is handed over.

:func:`checklist` says of each point whether it is met, and what of it is not; :func:`status` where an account stands
between *too early* and *too late*. Both are pure: facts and terms in, answers out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from .aging import days_past_due
from .days import later
from .gate import Finding

ZERO = Decimal(0)

#: Days before the end of a window from which it *closes*.
LAST_DAYS = 7

#: Findings of the gate that are points of their own.
_OWN_POINTS = frozenset({"dispute_open", "commitment_overdue"})


class Status(StrEnum):
    """Where an account stands: not to be referred, in the window, ready, its last week, too late."""

    OUTSIDE = "outside"
    WINDOW = "window"
    READY = "ready"
    CLOSING = "closing"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Terms:
    """When a policy lets an account go to an agency.

    ``days_from`` to ``days_to`` past due, both inclusive; amounts below ``min_amount`` never. The ``cure_days`` after the
    posting of the final notice belong to the customer.
    """

    days_from: int = 30
    days_to: int = 60
    min_amount: Decimal = ZERO
    cure_days: int = 14
    needs_last_call: bool = True

    def __post_init__(self):
        if not 0 <= self.days_from <= self.days_to:
            raise ValueError(f"A window of {self.days_from} to {self.days_to} days past due holds no day.")
        if self.min_amount < 0 or self.cure_days < 0:
            raise ValueError("Neither the least amount nor the cure period can be negative.")


@dataclass(frozen=True, slots=True)
class Offer:
    """An agency that would take the account, or ``why_not``, in a sentence."""

    name: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an account on ``today``.

    ``oldest_due_date`` is that of what is asked for, None where nothing is. ``notice_*`` are about the final notice of the
    present round; ``notice_posted_on`` only of a posting that did not come back. ``promises`` and ``disputes`` count those
    that are open, ``promise_date`` is the first day of the former. ``plan`` is the state of a plan that is a *draft* or
    *active*. ``commitments`` are those of ours whose day is over, ``findings`` what stops letters, ``stopped_since`` the day
    since which the customer's reason leaves the account to people.
    """

    today: date
    amount_chased: Decimal = ZERO
    oldest_due_date: date | None = None
    notice_sent_on: date | None = None
    notice_posted_on: date | None = None
    notice_returned_on: date | None = None
    last_call_on: date | None = None
    disputes: int = 0
    amount_disputed: Decimal = ZERO
    promises: int = 0
    promise_date: date | None = None
    amount_promised: Decimal = ZERO
    plan: str | None = None
    hold_until: date | None = None
    commitments: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    stopped_since: date | None = None
    stopped_by: str = ""
    offers: tuple[Offer, ...] = ()

    @property
    def days_overdue(self) -> int:
        """Days past due of what is asked for; 0 where nothing is."""
        return days_past_due(self.oldest_due_date, self.today) if self.oldest_due_date else 0


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the checklist. ``case`` names which of its sentences fits, ``details`` holds the words of it: amounts
    (``amount…``), days, numbers, names.
    """

    code: str
    met: bool
    case: str = "met"
    details: dict[str, Decimal | date | int | str] = field(default_factory=dict)


def checklist(facts: Facts, terms: Terms) -> tuple[Point, ...]:
    """Every point, met or not, in the order in which a manager reads them.

    >>> today = date(2026, 4, 15)
    >>> facts = Facts(today, Decimal(500), later(today, -45), notice_posted_on=date(2026, 4, 3), disputes=1)
    >>> unmet = [point for point in checklist(facts, Terms()) if not point.met]
    >>> [(point.code, point.case) for point in unmet]
    [('final_notice', 'curing'), ('last_call', 'missing'), ('dispute', 'open'), ('agency', 'none')]
    >>> unmet[0].details["until"].isoformat()
    '2026-04-17'
    """
    return (
        _final_notice(facts, terms),
        _last_call(facts, terms),
        _unless("dispute", facts.disputes, "open", count=facts.disputes, amount_disputed=facts.amount_disputed),
        _promise(facts),
        _unless("hold", facts.hold_until, "until", until=facts.hold_until),
        _first("commitment", [{"subject": commitment} for commitment in facts.commitments]),
        _gate(facts),
        _unless("people", facts.stopped_since, "stopped", since=facts.stopped_since, reason=facts.stopped_by),
        _amount(facts, terms),
        _age(facts, terms),
        _agency(facts),
    )


def is_ready(points: Iterable[Point]) -> bool:
    """Whether nothing is missing any more.

    >>> is_ready([Point("hold", True), Point("gate", True)]), is_ready([Point("hold", True), Point("gate", False)])
    (True, False)
    """
    return all(point.met for point in points)


def closes_on(facts: Facts, terms: Terms) -> date | None:
    """The last day of the window; None where nothing is asked for.

    >>> closes_on(Facts(date(2026, 4, 15), Decimal(500), date(2026, 3, 1)), Terms(30, 60)).isoformat()
    '2026-04-30'
    """
    if facts.amount_chased <= 0 or facts.oldest_due_date is None:
        return None
    return later(facts.oldest_due_date, terms.days_to)


def stage_of_window(facts: Facts, terms: Terms) -> Status:
    """Where an account stands by its age and amount alone, without a look at the checklist: everything but *ready*.

    >>> due = date(2026, 3, 1)
    >>> ages = [29, 30, 52, 53, 60, 61]
    >>> [stage_of_window(Facts(later(due, age), Decimal(500), due), Terms()).value for age in ages]
    ['outside', 'window', 'window', 'closing', 'closing', 'missed']
    """
    last = closes_on(facts, terms)
    if last is None or facts.amount_chased < terms.min_amount or facts.days_overdue < terms.days_from:
        return Status.OUTSIDE
    if facts.today > last:
        return Status.MISSED
    return Status.CLOSING if (last - facts.today).days <= LAST_DAYS else Status.WINDOW


def status(facts: Facts, terms: Terms) -> Status:
    """Where an account stands. In the last week of its window it *closes*, whether it is ready or not: time presses more
    than anything else. Too little, or nothing asked for at all, is outside however old it is.

    >>> today = date(2026, 4, 15)
    >>> facts = Facts(today, Decimal(500), later(today, -45), offers=(Offer("Northwind"),),
    ...               notice_posted_on=date(2026, 3, 31), last_call_on=date(2026, 4, 7))
    >>> status(facts, Terms()).value, status(facts, Terms(min_amount=Decimal(501))).value
    ('ready', 'outside')
    """
    stage = stage_of_window(facts, terms)
    if stage is Status.WINDOW and is_ready(checklist(facts, terms)):
        return Status.READY
    return stage


# -- The points ------------------------------------------------------------------------------------------------------


def _unless(code: str, found: object, case: str, **details: object) -> Point:
    return Point(code, False, case, details) if found else Point(code, True)


def _first(code: str, found: list[dict]) -> Point:
    """Not met where anything was found; the first of it, and how many there are."""
    if not found:
        return Point(code, True)
    return Point(code, False, "open", {**found[0], "count": len(found)})


def _final_notice(facts: Facts, terms: Terms) -> Point:
    posted = facts.notice_posted_on
    if posted is None:
        if facts.notice_returned_on:
            return Point("final_notice", False, "returned", {"since": facts.notice_returned_on})
        if facts.notice_sent_on:
            return Point("final_notice", False, "not_posted", {"since": facts.notice_sent_on})
        return Point("final_notice", False, "missing")
    until = later(posted, terms.cure_days)
    if facts.today <= until:
        return Point("final_notice", False, "curing", {"since": posted, "until": until})
    return Point("final_notice", True, details={"since": posted, "until": until})


def _last_call(facts: Facts, terms: Terms) -> Point:
    if facts.last_call_on:
        return Point("last_call", True, details={"since": facts.last_call_on})
    if not terms.needs_last_call:
        return Point("last_call", True, "not_needed")
    warned = facts.notice_posted_on or facts.notice_sent_on
    return Point("last_call", False, "missing" if warned else "too_early")


def _promise(facts: Facts) -> Point:
    if facts.plan == "active":
        return Point("promise", False, "plan")
    if facts.plan:
        return Point("promise", False, "plan_draft")
    words = {"count": facts.promises, "amount_promised": facts.amount_promised, "until": facts.promise_date}
    return _unless("promise", facts.promises, "open", **words)


def _gate(facts: Facts) -> Point:
    found = [finding for finding in facts.findings if finding.check not in _OWN_POINTS]
    if not found:
        return Point("gate", True)
    first = found[0]
    return Point(
        "gate",
        False,
        "stopped",
        {"check": first.check, "subject": first.subject, "count": first.count, "stops": len(found)},
    )


def _amount(facts: Facts, terms: Terms) -> Point:
    if facts.amount_chased <= 0:
        return Point("amount", False, "nothing")
    words = {"amount_chased": facts.amount_chased, "amount_minimum": terms.min_amount}
    return (
        Point("amount", True, details=words)
        if facts.amount_chased >= terms.min_amount
        else Point("amount", False, "small", words)
    )


def _age(facts: Facts, terms: Terms) -> Point:
    last = closes_on(facts, terms)
    if last is None:
        return Point("age", False, "nothing")
    words = {"days": facts.days_overdue, "until": last}
    if facts.days_overdue < terms.days_from:
        return Point("age", False, "early", words | {"opens": later(facts.oldest_due_date, terms.days_from)})
    return Point("age", False, "late", words) if facts.today > last else Point("age", True, details=words)


def _agency(facts: Facts) -> Point:
    fitting = [offer.name for offer in facts.offers if not offer.why_not]
    if fitting:
        return Point("agency", True, details={"agency": fitting[0], "count": len(fitting)})
    if not facts.offers:
        return Point("agency", False, "none")
    return Point("agency", False, "unfit", {"agency": facts.offers[0].name, "why": facts.offers[0].why_not})
