"""What a ledger says must come of it: known from the days of payment and the ladder alone, without asking the product.

A case is opened when something is overdue and closed when nothing is any more; on its first working day a reminder leaves, and
a week later, if what was reminded of is still open, somebody calls. What customers say on the phone hangs on who is called when.
"""

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from receivables import DAY, Receivable

#: What customers say, one as likely as the other. Who promises names the day on which the money will come, or is too hopeful.
ANSWERS = ("no_answer", "promised", "promised", "too_hopeful", "reached")
#: After a reminder the call, after the call the second reminder.
DAYS_BETWEEN_STEPS = 7
#: Of what was overdue, in percent, a payment that earns a step back.
LARGE_PAYMENT = 50


@dataclass(frozen=True)
class Episode:
    """A customer's case from the day on which it opens to the one on which all is paid.

    :param reminded: the day on which the reminder leaves; None where all was paid on the morning of the first working day
    :param called: the day on which the customer is called for the first time; None where all that was reminded of is paid by then
    """

    customer: str
    opened: date
    closed: date
    reminded: date | None
    called: date | None


def is_working_day(day: date) -> bool:
    """Whether the office works: Monday to Friday."""
    return day.weekday() < 5


def working_days_after(day: date, count: int) -> date:
    """The day that many working days after ``day``.

    >>> working_days_after(date(2012, 6, 1), 5)  # a Friday
    datetime.date(2012, 6, 8)
    """
    while count:
        day += DAY
        count -= is_working_day(day)
    return day


def answer(customer: str, day: date) -> str:
    """What a customer says who is called on ``day`` and has nothing to complain of: one of :data:`ANSWERS`.

    >>> answer("0379-NEVHP", date(2012, 6, 1)) == answer("0379-NEVHP", date(2012, 6, 1))
    True
    """
    return ANSWERS[zlib.crc32(f"{customer} {day}".encode()) % len(ANSWERS)]


def untroubled(found: Iterable[Episode], ledger: Collection[Receivable]) -> Iterator[Episode]:
    """The episodes in which somebody calls, and nothing that was said before moves its days: the first of each customer, and
    those before which the customer had nothing to complain of.
    """
    troubled = {}
    for row in ledger:
        if row.disputed:
            troubled[row.customer] = min(row.due, troubled.get(row.customer, row.due))
    seen = set()
    for episode in found:
        quiet = episode.opened <= troubled.get(episode.customer, episode.opened)
        if episode.called and (quiet or episode.customer not in seen):
            yield episode
        seen.add(episode.customer)


def first_calls(found: Iterable[Episode], ledger: Collection[Receivable]) -> set[tuple[str, date, str]]:
    """Who is called first when in an untroubled episode, and what is said: what is disputed comes first, else :func:`answer`."""
    calls = set()
    for episode in untroubled(found, ledger):
        customer, day = episode.customer, episode.called
        owed = [row for row in ledger if row.customer == customer and row.due < day < row.settled]
        calls.add((customer, day, "disputes" if any(row.disputed for row in owed) else answer(customer, day)))
    return calls


def steps_back(found: Iterable[Episode], ledger: Collection[Receivable]) -> set[tuple[str, date, date]]:
    """Who has earned a step back within a week after the first call, before another step is due: who, after which day and by
    which morning it is taken. More are earned later, but hang on what was said meanwhile.
    """
    earned = set()
    for episode in untroubled(found, ledger):
        called = episode.called
        mornings = [called + number * DAY for number in range(1, DAYS_BETWEEN_STEPS + 1)]
        for day in filter(is_working_day, mornings):
            if day <= episode.closed and has_paid_much(ledger, episode.customer, called, day):
                earned.add((episode.customer, called, day))
                break
    return earned


def has_paid_much(ledger: Iterable[Receivable], customer: str, since: date, day: date) -> bool:
    """Whether by the morning of ``day`` a large part of what was overdue was paid after ``since``."""
    rows = [row for row in ledger if row.customer == customer]
    paid = sum(row.amount for row in rows if row.due < row.settled < day and row.settled > since)
    left = sum(row.amount for row in rows if row.due < day <= row.settled)
    return bool(paid) and round(paid * 100, 2) >= round(LARGE_PAYMENT * (left + paid), 2)


def episodes(ledger: Iterable[Receivable]) -> list[Episode]:
    """The episodes of all customers, each customer's in their order.

    The daily run looks at five in the morning of a working day; payments are booked and invoices posted at seven of their day,
    and the customers concerned are looked at then.

    >>> bill = dict(number="1", amount=60.0, disputed=False, electronic=True)
    >>> friday = Receivable("A", invoiced=date(2012, 5, 2), due=date(2012, 6, 1), settled=date(2012, 6, 12), **bill)
    >>> [episode] = episodes([friday])
    >>> str(episode.opened), str(episode.reminded), str(episode.called), str(episode.closed)
    ('2012-06-04', '2012-06-04', '2012-06-11', '2012-06-12')
    """
    of_customers = defaultdict(list)
    for row in ledger:
        of_customers[row.customer].append(row)
    return [episode for customer in sorted(of_customers) for episode in _of_customer(customer, of_customers[customer])]


def _of_customer(customer: str, rows: Sequence[Receivable]) -> Iterator[Episode]:
    opened = None
    for day in _days(min(row.due for row in rows), max(row.settled for row in rows)):
        if not opened and is_working_day(day) and any(row.due < day <= row.settled for row in rows):
            opened = day
        if not any(day in (row.invoiced, row.settled) for row in rows):
            continue
        owes = any(row.due < day < row.settled for row in rows if row.invoiced <= day)
        if opened and not owes:
            yield _episode(customer, rows, opened, day)
            opened = None
        elif owes and not opened:
            opened = day


def _episode(customer: str, rows: Sequence[Receivable], opened: date, closed: date) -> Episode:
    first = opened
    while not is_working_day(first):
        first += DAY
    reminded = first if closed > first else None
    called = first + DAYS_BETWEEN_STEPS * DAY
    calling = reminded and any(row.due < reminded and row.settled > called for row in rows)
    return Episode(customer, opened, closed, reminded, called if calling else None)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
