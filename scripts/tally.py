"""Counts of a test part, and the line that sums them all up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Timing:
    """How long a test took, or what a class of tests needs before its first one."""

    seconds: float
    name: str
    is_setup: bool = False


@dataclass(frozen=True)
class Tally:
    """What became of the tests of one part.

    >>> Tally(passed=3, failed=1) + Tally(passed=2, skipped=1)
    Tally(passed=5, failed=1, skipped=1)
    """

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    #: What did not come to its end, in words. Its tests that were not run are neither passed nor failed.
    cut_short: tuple[str, ...] = field(default=(), repr=False)
    timings: tuple[Timing, ...] = field(default=(), repr=False, compare=False)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.cut_short + other.cut_short,
            self.timings + other.timings,
        )

    @property
    def ran(self) -> int:
        """How many tests were really run."""
        return self.passed + self.failed

    def line(self) -> str:
        """The summary as programs read it.

        >>> Tally(passed=12).line()
        '12 passed, 0 failed'
        >>> Tally(passed=12, failed=1, skipped=2).line()
        '12 passed, 1 failed, 2 skipped'
        """
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of all parts."""
    return sum(tallies, Tally())


def of_junit(report: Path) -> Tally:
    """Count the tests of a JUnit report; one that failed and broke down afterwards as well counts once."""
    outcomes: dict[str, str] = {}
    seconds: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        key = f"{case.get('classname')}.{case.get('name')}"
        outcome = _outcome(case)
        if outcomes.get(key) != "failed":
            outcomes[key] = outcome
        seconds[key] += float(case.get("time") or 0)
    counts = Counter(outcomes.values())
    timings = tuple(Timing(spent, name) for name, spent in seconds.items())
    return Tally(counts["passed"], counts["failed"], counts["skipped"], timings=timings)


def _outcome(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"
