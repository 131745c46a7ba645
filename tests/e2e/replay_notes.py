"""What the office notes while the ledger is played, for the watcher to compare with."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import foretold

WORKING_DAYS_TO_ANSWER = 5


@dataclass(frozen=True)
class Standing:
    """Where a case stood on the evening before.

    :param position: of the last step on the ladder; None before the first
    :param since: the day after which money may earn a step back
    """

    round: int = 1
    position: int | None = None
    is_open: bool = True
    since: date | None = None


@dataclass
class Promise:
    """What was promised on the phone on ``made`` for ``due``: which invoices, by id.

    :param replaced: it was taken back, because the customer has promised the same anew before it was due
    :param rewarded: it was kept, and its case has had the step back for it
    :param final: nothing that the books will say changes what became of it
    """

    case: int
    customer: str
    owed: frozenset[int]
    made: date
    due: date
    replaced: bool = False
    rewarded: bool = False
    final: str = ""


@dataclass
class Dispute:
    """A complaint that was raised on the phone, and how and when it ended: about which invoice, by id, and whether about all of
    it or half.
    """

    customer: str
    raised: date
    move: int
    is_whole: bool
    state: str = "new"
    ended: date | None = None

    @property
    def was_late(self) -> bool:
        """Whether the customer waited longer for an answer than we allow ourselves."""
        due = foretold.working_days_after(self.raised, WORKING_DAYS_TO_ANSWER)
        return self.ended is not None and self.ended > due


@dataclass
class Notes:
    """What the office has done, written down when it was done.

    :param calls: by what came of them
    :param first_calls: of each case: who, when, what was said
    :param posted: letters that the collector has taken to the post
    """

    promises: dict[int, Promise] = field(default_factory=dict)
    disputes: dict[int, Dispute] = field(default_factory=dict)
    calls: Counter = field(default_factory=Counter)
    first_calls: dict[int, tuple[str, date, str]] = field(default_factory=dict)
    posted: int = 0
