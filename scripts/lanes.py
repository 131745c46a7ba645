"""Divide the add-on's test classes over two Odoo processes, so that no processor is idle while the other works."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from scripts.paths import ADDON, ROOT

#: Two: the smallest machine that the tests are meant for has as many processors.
COUNT = 2
#: What a class, a test and a test in the browser take, in seconds on such a machine. Only their proportion matters.
CLASS_SECONDS, TEST_SECONDS, BROWSER_SECONDS = 4.0, 0.7, 9.0


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
    {'TestA': 4.7}
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


def tags_by_lane() -> list[str]:
    """Odoo's ``--test-tags`` for each lane. The first takes all that the others do not name, so that nothing is forgotten."""
    weights: dict[str, float] = {}
    for path in sorted(Path(ROOT, ADDON, "tests").glob("test_*.py")):
        weights |= weigh(path.read_text(encoding="utf-8"))
    _first, *others = divide(weights, COUNT)
    left_out = [f"-/{ADDON}:{name}" for names in others for name in names]
    return [",".join([f"/{ADDON}", *left_out]), *(_only(names) for names in others if names)]


def _only(names: Iterable[str]) -> str:
    return ",".join(f"/{ADDON}:{name}" for name in names)


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
