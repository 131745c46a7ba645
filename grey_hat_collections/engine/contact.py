"""May we contact this customer now, and if not, when.

Working days, hours on the customer's own clock, a budget of contacts across everybody in the house, and rest after a
conversation. The defaults follow what is widely held to be decent (see ``docs/design.md``); each is a company setting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from .days import later

#: How far ahead a permitted day is looked for. Nobody closes longer than that.
HORIZON_DAYS = 366


class Obstacle(StrEnum):
    """Why a contact has to wait."""

    NONE = "none"
    FLAG = "do_not_contact"
    CLOSED_DAY = "closed_day"
    HOURS = "hours"
    BUDGET = "contact_budget"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class ContactRules:
    """What one company allows itself.

    ``hour_from`` and ``hour_to`` are on the customer's clock, the second exclusive. ``weekdays`` counts Monday as 0.
    ``max_contacts`` in ``window_days`` running days, today included; 0 means no limit. ``rest_days`` is the quiet time
    after a conversation; 0 means none.
    """

    hour_from: time = time(8)
    hour_to: time = time(21)
    weekdays: frozenset[int] = frozenset(range(5))
    closed_days: frozenset[date] = frozenset()
    max_contacts: int = 7
    window_days: int = 7
    rest_days: int = 7

    def __post_init__(self):
        if self.hour_from >= self.hour_to:
            raise ValueError("The hours of contact must end after they begin.")

    def is_open(self, day: date) -> bool:
        """Whether contacts are made on ``day`` at all.

        >>> ContactRules().is_open(date(2026, 3, 1))  # a Sunday
        False
        """
        return day.weekday() in self.weekdays and day not in self.closed_days


@dataclass(frozen=True, slots=True)
class Permission:
    """The answer: ``when`` is the earliest permitted day, None when the customer must not be contacted at all."""

    allowed: bool
    when: date | None
    obstacle: Obstacle = Obstacle.NONE


def may_contact(
    rules: ContactRules,
    today: date,
    contacts: Sequence[date] = (),
    last_reply: date | None = None,
    do_not_contact: bool = False,
) -> Permission:
    """Judge a contact on ``today``. ``contacts`` are the days of earlier ones, one entry each.

    The first obstacle met is the one named; ``when`` respects all of them.

    >>> friday = date(2026, 3, 6)
    >>> may_contact(ContactRules(max_contacts=1), friday, contacts=[date(2026, 3, 2)])
    Permission(allowed=False, when=datetime.date(2026, 3, 9), obstacle=<Obstacle.BUDGET: 'contact_budget'>)
    """
    if do_not_contact:
        return Permission(allowed=False, when=None, obstacle=Obstacle.FLAG)
    first = Obstacle.NONE
    for offset in range(HORIZON_DAYS):
        day = later(today, offset)
        obstacle = _obstacle(rules, day, contacts, last_reply)
        if obstacle is Obstacle.NONE:
            return Permission(allowed=offset == 0, when=day, obstacle=first)
        if first is Obstacle.NONE:
            first = obstacle
    return Permission(allowed=False, when=None, obstacle=first)


def earliest_moment(rules: ContactRules, now: datetime, **history) -> datetime | None:
    """The first moment from ``now`` (aware, on the customer's clock) at which a contact may be made.

    Takes the keywords of :func:`may_contact`. None when there is no such moment.

    >>> from zoneinfo import ZoneInfo
    >>> evening = datetime(2026, 3, 6, 22, 15, tzinfo=ZoneInfo("Europe/Berlin"))  # a Friday
    >>> earliest_moment(ContactRules(), evening).isoformat()
    '2026-03-09T08:00:00+01:00'
    """
    moment = now
    if now.time() >= rules.hour_to:
        moment = _at(now, later(now.date(), 1), rules.hour_from)
    elif now.time() < rules.hour_from:
        moment = _at(now, now.date(), rules.hour_from).replace(fold=now.fold)
    permission = may_contact(rules, moment.date(), **history)
    if permission.when is None:
        return None
    return moment if permission.allowed else _at(now, permission.when, rules.hour_from)


def _obstacle(rules: ContactRules, day: date, contacts: Sequence[date], last_reply: date | None) -> Obstacle:
    if last_reply is not None and 0 <= (day - last_reply).days < rules.rest_days:
        return Obstacle.ANSWERED
    if rules.max_contacts:
        recent = sum(0 <= (day - contact).days < rules.window_days for contact in contacts)
        if recent >= rules.max_contacts:
            return Obstacle.BUDGET
    return Obstacle.NONE if rules.is_open(day) else Obstacle.CLOSED_DAY


def _at(now: datetime, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=now.tzinfo)
