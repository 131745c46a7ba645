"""Do the tests' work on both processors at once: jobs that wait in one row, and whoever is free takes the next."""

from __future__ import annotations

import ast
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field
from pathlib import Path

from scripts.beside import beside
from scripts.console import say
from scripts.paths import ROOT, TOGETHER
from scripts.tally import Tally

#: Two: the smallest machine that the tests are meant for has as many processors.
COUNT = 2
#: The test classes of the add-ons that are installed together are divided over so many runs of Odoo. More of them end together,
#: and each costs a start.
CHUNKS = 6
#: What a class, a test and a test in the browser take, in seconds on such a machine. Only their proportion matters.
CLASS_SECONDS, TEST_SECONDS, BROWSER_SECONDS = 1.0, 0.6, 9.0


@dataclass
class Job:
    """A piece of work that nothing else waits for."""

    part: str
    title: str
    work: Callable[[], Tally] = field(repr=False)
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0

    def do(self) -> Job:
        """Work, and know afterwards what became of it. A job that breaks down itself is a failure; the others go on."""
        started = time.monotonic()
        try:
            self.tally = self.work()
        except Exception as error:
            say(f"{self.title} broke down: {error}")
            self.tally = Tally(failed=1)
        except SystemExit:  # it has said why
            self.tally = Tally(failed=1)
        self.seconds = time.monotonic() - started
        return self


def do_all(jobs: Sequence[Job]) -> None:
    """Do the jobs, as many at once as there are lanes, in their order: those that take longest should stand first."""
    with beside(COUNT) as start:
        for future in as_completed([start(job.do) for job in jobs]):
            done = future.result()
            say(f"  {done.title}: {done.tally.line()} in {done.seconds:.0f} s")


def divide(weights: Mapping[str, float], count: int) -> list[list[str]]:
    """Names over ``count`` lanes of about the same weight: the heaviest first, each to the lightest lane.

    >>> divide({"a": 5, "b": 4, "c": 3, "d": 2}, 2)
    [['a', 'd'], ['b', 'c']]
    """
    lanes: list[tuple[float, list[str]]] = [(0.0, []) for _number in range(count)]
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        lane = min(range(count), key=lambda number: lanes[number][0])
        weight, names = lanes[lane]
        lanes[lane] = (weight + weights[name], [*names, name])
    return [names for _weight, names in lanes]


def weigh(source: str) -> dict[str, float]:
    r"""The test classes of a module with what each may take, in seconds.

    >>> weigh("class TestA(Case):\n    def test_one(self): pass\nclass Helper: pass")
    {'TestA': 1.6}
    """
    weights = {}
    for node in ast.parse(source).body:
        if not isinstance(node, ast.ClassDef):
            continue
        tests = sum(isinstance(one, ast.FunctionDef) and one.name.startswith("test") for one in node.body)
        if tests:
            browser = any("HttpCase" in ast.unparse(base) for base in node.bases)
            weights[node.name] = CLASS_SECONDS + tests * (BROWSER_SECONDS if browser else TEST_SECONDS)
    return weights


def test_modules() -> list[Path]:
    """The files with tests of the add-ons that are installed together, relative to the checkout."""
    return [
        path.relative_to(ROOT) for addon in TOGETHER for path in sorted(Path(ROOT, addon, "tests").rglob("test_*.py"))
    ]


def weigh_tags(module: Path) -> dict[str, float]:
    """The test classes of a file, by Odoo's tag for each, with what each may take."""
    weights = weigh((ROOT / module).read_text(encoding="utf-8"))
    return {f"/{module.parts[0]}:{name}": weight for name, weight in weights.items()}


def chunks() -> list[str]:
    """Odoo's ``--test-tags`` for each chunk. The first takes all that the others do not name: nothing is forgotten."""
    weights: dict[str, float] = {}
    for path in test_modules():
        for tag, weight in weigh_tags(path).items():
            weights[tag] = weights.get(tag, 0) + weight
    _first, *others = divide(weights, CHUNKS)
    left_out = [f"-{tag}" for tags in others for tag in tags]
    return [",".join([*(f"/{addon}" for addon in TOGETHER), *left_out]), *(",".join(tags) for tags in others if tags)]


class Lines:
    r"""Hands on whole lines only, so that what lanes say is not mixed up.

    >>> said = []
    >>> lines = Lines(said.append)
    >>> lines.write("  TestA ", end="")
    >>> lines.write(".", end="")
    >>> lines.write("\n  TestB ", end="")
    >>> said
    ['  TestA .']
    """

    _lock = threading.Lock()

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._rest = ""

    def write(self, text: str, end: str = "\n") -> None:
        """Take a piece of text, as ``print`` does."""
        *lines, self._rest = (self._rest + text + end).split("\n")
        with self._lock:
            for line in filter(None, lines):
                self._show(line)
