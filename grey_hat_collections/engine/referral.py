"""When to refer: the window in which an agency still recovers most, and what must be done before a customer is handed over.

A fair warning belongs to the item, so window, amount, cure period and last call look at what a final notice has named:
:func:`of_items` says what that comes to. :func:`checklist` says of each point whether it is met, and what of it is not;
:func:`status` where an account stands between *too early* and *too late*. All are pure: facts and terms in, answers out.
"""

from collections.abc import Hashable, Iterable
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

    ``days_from`` to ``days_to`` past due, both inclusive; amounts below ``min_amount`` never. The ``cure_days`` after
    mailing of the final notice belong to the customer.
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
class Notice:
    """A final notice and what proves it: ``posted_on`` only of a mail piece that did not come back, ``called_on`` is the first
    call or message after it. ``key`` tells it from others of the same day.
    """

    key: Hashable
    sent_on: date | None = None
    posted_on: date | None = None
    returned_on: date | None = None
    called_on: date | None = None

    def ripe_on(self, terms: Terms) -> date | None:
        """The first day on which nothing of this warning is missing; None: not before something is done.

        >>> notice = Notice(1, posted_on=date(2026, 4, 1), called_on=date(2026, 4, 8))
        >>> notice.ripe_on(Terms()).isoformat(), Notice(2, posted_on=date(2026, 4, 1)).ripe_on(Terms())
        ('2026-04-16', None)
        """
        if self.posted_on is None or (terms.needs_last_call and self.called_on is None):
            return None
        return max(later(self.posted_on, terms.cure_days + 1), self.called_on or date.min)


@dataclass(frozen=True, slots=True)
class Item:
    """An open item of which ``amount`` is asked for today. ``notice`` is the first final notice that has named it in its present
    cycle; None: none has.
    """

    due: date
    amount: Decimal
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an account on ``today``.

    ``amount_chased`` and ``oldest_due_date`` (None where nothing is) are those of what is asked for and was named by a final
    notice, ``amount_unnamed`` is what else is asked for; where nothing is known of items, all of it counts as named.
    ``notice_*`` are about the final notice that is needed for that; ``notice_posted_on`` only of a mail piece that did not come
    back. ``promises`` and ``disputes`` count those
    that are open, ``promise_date`` is the first day of the former. ``plan`` is the state of a plan that is a *draft* or
    *active*. ``commitments`` are those of ours whose day is over, ``findings`` what stops letters, ``stopped_since`` the day
    since which the customer's reason leaves the account to people.
    """

    today: date
    amount_chased: Decimal = ZERO
    amount_unnamed: Decimal = ZERO
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
        """Days past due of what counts; 0 where nothing does."""
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


def of_items(items: Iterable[Item], terms: Terms, *, all_go: bool = False) -> dict[str, Decimal | date | None]:
    """What the items of an account come to, as values of :class:`Facts`: only those that a final notice has named count.

    The notice that is needed is the latest of those with which the least amount is reached, those first of which nothing is
    missing: a notice about what has fallen due since takes nothing back.

    :param all_go: somebody hands over just these items: each counts, and the notice of each is needed

    >>> first = Notice(1, posted_on=date(2026, 4, 1), called_on=date(2026, 4, 8))
    >>> second = Notice(2, posted_on=date(2026, 4, 20))
    >>> items = [Item(date(2026, 3, 1), Decimal(120), first), Item(date(2026, 3, 20), Decimal(900), second),
    ...          Item(date(2026, 2, 1), Decimal(70))]
    >>> found = of_items(items, Terms())
    >>> str(found["amount_chased"]), str(found["amount_unnamed"]), found["oldest_due_date"].isoformat()
    ('1020', '70', '2026-03-01')
    >>> [of_items(items, Terms(min_amount=Decimal(least)))["notice_posted_on"].day for least in (0, 500)]
    [1, 20]
    """
    items = tuple(items)
    counted = items if all_go else tuple(item for item in items if item.notice)
    amounts = {}
    for item in items:
        if item.notice:
            amounts[item.notice] = amounts.get(item.notice, ZERO) + item.amount
    needed, reached = None, ZERO
    for notice in sorted(amounts, key=lambda one: _ripeness(one, terms)):
        if needed is None or all_go or reached < terms.min_amount:
            needed, reached = notice, reached + amounts[notice]
    return {
        "amount_chased": sum((item.amount for item in counted), ZERO),
        "amount_unnamed": sum((item.amount for item in items if not (all_go or item.notice)), ZERO),
        "oldest_due_date": min((item.due for item in counted), default=None),
        "notice_sent_on": needed and needed.sent_on,
        "notice_posted_on": needed and needed.posted_on,
        "notice_returned_on": needed and needed.returned_on,
        "last_call_on": needed and needed.called_on,
    }


def _ripeness(notice: Notice, terms: Terms) -> tuple[date, date, date]:
    return tuple(day or date.max for day in (notice.ripe_on(terms), notice.posted_on, notice.sent_on))


def checklist(facts: Facts, terms: Terms) -> tuple[Point, ...]:
    """Every point, met or not, in the order in which a manager reads them.

    >>> today = date(2026, 4, 15)
    >>> facts = Facts(today, Decimal(500), oldest_due_date=later(today, -45), notice_posted_on=date(2026, 4, 3), disputes=1)
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
    """The last day of the window; None where nothing counts.

    >>> closes_on(Facts(date(2026, 4, 15), Decimal(500), oldest_due_date=date(2026, 3, 1)), Terms(30, 60)).isoformat()
    '2026-04-30'
    """
    if facts.amount_chased <= 0 or facts.oldest_due_date is None:
        return None
    return later(facts.oldest_due_date, terms.days_to)


def opens_on(facts: Facts, terms: Terms) -> date | None:
    """The first day of the window; None where nothing counts, or too little.

    >>> opens_on(Facts(date(2026, 3, 15), Decimal(500), oldest_due_date=date(2026, 3, 1)), Terms(30, 60)).isoformat()
    '2026-03-31'
    """
    if closes_on(facts, terms) is None or facts.amount_chased < terms.min_amount:
        return None
    return later(facts.oldest_due_date, terms.days_from)


def stage_of_window(facts: Facts, terms: Terms) -> Status:
    """Where an account stands by its age and amount alone, without a look at the checklist: everything but *ready*.

    >>> due = date(2026, 3, 1)
    >>> ages = [29, 30, 52, 53, 60, 61]
    >>> [stage_of_window(Facts(later(due, age), Decimal(500), oldest_due_date=due), Terms()).value for age in ages]
    ['outside', 'window', 'window', 'closing', 'closing', 'missed']
    """
    last = closes_on(facts, terms)
    if opens_on(facts, terms) is None or facts.days_overdue < terms.days_from:
        return Status.OUTSIDE
    if facts.today > last:
        return Status.MISSED
    return Status.CLOSING if (last - facts.today).days <= LAST_DAYS else Status.WINDOW


def status(facts: Facts, terms: Terms) -> Status:
    """Where an account stands. In the last week of its window it *closes*, whether it is ready or not: time presses more
    than anything else. Too little, or nothing asked for at all, is outside however old it is.

    >>> today = date(2026, 4, 15)
    >>> facts = Facts(today, Decimal(500), oldest_due_date=later(today, -45), offers=(Offer("Northwind"),),
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
        if _is_unnamed(facts):
            return Point("final_notice", False, "unnamed")
        return Point("final_notice", False, "missing")
    until = later(posted, terms.cure_days)
    if facts.today <= until:
        return Point("final_notice", False, "curing", {"since": posted, "until": until})
    return Point("final_notice", True, details={"since": posted, "until": until})


def _is_unnamed(facts: Facts) -> bool:
    """Whether something is asked for, and no final notice has named any of it."""
    return facts.amount_unnamed > 0 and facts.amount_chased <= 0


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
    words = {"amount_chased": facts.amount_chased, "amount_minimum": terms.min_amount}
    rest = ""
    if facts.amount_unnamed > 0:
        words["amount_unnamed"], rest = facts.amount_unnamed, "_of_named"
    if facts.amount_chased <= 0:
        return Point("amount", False, "unnamed" if rest else "nothing", words if rest else {})
    if facts.amount_chased < terms.min_amount:
        return Point("amount", False, f"small{rest}", words)
    return Point("amount", True, f"met{rest}", words)


def _age(facts: Facts, terms: Terms) -> Point:
    last = closes_on(facts, terms)
    if last is None:
        return Point("age", False, "unnamed" if _is_unnamed(facts) else "nothing")
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
