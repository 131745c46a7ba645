"""A ledger of receivables for the replay: read from a file, or made up in the shape of such a file.

The shape is that of a published file of real receivables: 50 customers, two years, about 1,240 invoices, each with the day
on which it was paid. What is made up (:func:`generate`) is drawn from these distributions, whose figures are close to those
of that file:

- *customers*: each has 17 to 33 invoices, evenly; their dates are even over the days, weekends included; terms are 30 days;
- *amounts*: a customer's own mean is normal (60 ± 15, between 18 and 90), an invoice is normal around it (± 14, 5 at least);
- *days to settle*: a customer has a habit (:data:`HABITS`), and within it a number of days of its own, evenly; an invoice is
  normal around that (± 5.5, one day at least);
- *disputes*: a fifth of the customers never disputes; the others dispute a share of their invoices that is drawn from
  Beta(0.9, 2.2), which is 29% on average; what is disputed is paid later by 15 ± 2.5 days;
- *electronic*: each customer goes over to electronic bills on a day that is even over the time;
- *forgotten*: one invoice in fifty, and one at least, of customers who do not pay punctually, lies on a desk for 25 to 50 days
  more. The real file knows no such thing; the upper rungs of the ladder need it.
"""

import csv
import random
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

COLUMNS = (
    "countryCode",
    "customerID",
    "PaperlessDate",
    "invoiceNumber",
    "InvoiceDate",
    "DueDate",
    "InvoiceAmount",
    "Disputed",
    "SettledDate",
    "PaperlessBill",
    "DaysToSettle",
    "DaysLate",
)
#: Country codes and how many of twenty customers are there.
COUNTRIES = {"391": 6, "406": 4, "770": 4, "818": 3, "897": 3}
TERMS = timedelta(days=30)
DAY = timedelta(days=1)
FORGOTTEN_ONE_IN = 50


@dataclass(frozen=True)
class Habit:
    """A way of paying: from ``fastest`` to ``slowest`` days to settle what is not disputed."""

    fastest: int
    slowest: int


PUNCTUAL = Habit(5, 21)
LATE = Habit(21, 31)
VERY_LATE = Habit(31, 42)
#: How many of twenty customers have which habit.
HABITS = {PUNCTUAL: 8, LATE: 7, VERY_LATE: 5}


@dataclass(frozen=True)
class Shape:
    """How large a ledger is.

    :param invoices: how many each customer has, from and to
    :param habits: how the customers are divided over them
    """

    customers: int = 50
    first_day: date = date(2012, 1, 3)
    days: int = 700
    invoices: tuple[int, int] = (17, 33)
    habits: Mapping[Habit, int] = field(default_factory=HABITS.copy)


TWO_YEARS = Shape()


@dataclass(frozen=True)
class Receivable:
    """One invoice and the day on which it is paid; the amount is in the currency of the company."""

    customer: str
    number: str
    invoiced: date
    due: date
    settled: date
    amount: float
    disputed: bool
    electronic: bool


def generate(seed: int, shape: Shape = TWO_YEARS) -> list[dict[str, str]]:
    """Rows in the shape of the file, the same for the same seed and shape.

    >>> rows = generate(7)
    >>> rows == generate(7), rows == generate(8)
    (True, False)
    >>> len({row["customerID"] for row in rows}), tuple(rows[0]) == COLUMNS
    (50, True)
    """
    chance = random.Random(f"receivables {seed}")
    habits = _deal(shape.habits, shape.customers)
    chance.shuffle(habits)
    countries = _deal(COUNTRIES, shape.customers)
    rows = [
        row
        for habit, country in zip(habits, countries, strict=True)
        for row in _rows_of_customer(chance, shape, habit, country)
    ]
    _forget_some(chance, rows)
    chance.shuffle(rows)
    numbers = sorted(chance.sample(range(10**10), len(rows)))
    return [_written(row, f"{number:010}") for row, number in zip(rows, numbers, strict=True)]


def _rows_of_customer(chance: random.Random, shape: Shape, habit: Habit, country: str) -> list[dict]:
    letters = "".join(chance.choices(string.ascii_uppercase, k=5))
    paperless = shape.first_day + chance.randrange(shape.days) * DAY
    own_days = chance.uniform(habit.fastest, habit.slowest)
    own_amount = min(max(chance.gauss(60, 15), 18), 90)
    disputes = chance.betavariate(0.9, 2.2) if chance.random() < 0.8 else 0
    name = f"{chance.randrange(10**4):04}-{letters}"
    rows = []
    for _number in range(chance.randint(*shape.invoices)):
        invoiced = shape.first_day + chance.randrange(shape.days) * DAY
        disputed = chance.random() < disputes
        days = chance.gauss(own_days, 5.5) + (chance.gauss(15, 2.5) if disputed else 0)
        rows.append(
            {
                "country": country,
                "customer": name,
                "paperless": paperless,
                "invoiced": invoiced,
                "amount": max(5, chance.gauss(own_amount, 14)),
                "disputed": disputed,
                "days": max(1, round(days)),
                "habit": habit,
            }
        )
    return rows


def _forget_some(chance: random.Random, rows: list[dict]) -> None:
    slow = [row for row in rows if row["habit"] is not PUNCTUAL]
    for row in chance.sample(slow, min(len(slow), max(1, len(rows) // FORGOTTEN_ONE_IN))):
        row["days"] += chance.randint(25, 50)


def _deal(shares: Mapping[Any, int], count: int) -> list:
    """``count`` things in proportion to their shares.

    >>> "".join(_deal({"a": 2, "b": 1, "c": 1}, 8))
    'aaaabbcc'
    """
    edges = [round(edge * count / sum(shares.values())) for edge in accumulate(shares.values(), initial=0)]
    return [thing for thing, (start, end) in zip(shares, pairwise(edges), strict=True) for _ in range(start, end)]


def _written(row: dict, number: str) -> dict[str, str]:
    """A row as the file has it."""
    invoiced, days = row["invoiced"], row["days"]
    values = (
        row["country"],
        row["customer"],
        _text(row["paperless"]),
        number,
        _text(invoiced),
        _text(invoiced + TERMS),
        f"{row['amount']:.2f}",
        "Yes" if row["disputed"] else "No",
        _text(invoiced + days * DAY),
        "Electronic" if invoiced >= row["paperless"] else "Paper",
        str(days),
        str(max(0, days - TERMS.days)),
    )
    return dict(zip(COLUMNS, values, strict=True))


def write(rows: Sequence[dict[str, str]], path: Path) -> Path:
    """Keep rows as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)
    return path


def read(path: Path) -> list[Receivable]:
    """What a file says."""
    with Path(path).open(newline="") as file:
        return [typed(row) for row in csv.DictReader(file)]


def typed(row: dict[str, str]) -> Receivable:
    """A row of the file, understood."""
    return Receivable(
        customer=row["customerID"],
        number=row["invoiceNumber"],
        invoiced=_date(row["InvoiceDate"]),
        due=_date(row["DueDate"]),
        settled=_date(row["SettledDate"]),
        amount=float(row["InvoiceAmount"]),
        disputed=row["Disputed"] == "Yes",
        electronic=row["PaperlessBill"] == "Electronic",
    )


def _date(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()


def _text(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"
