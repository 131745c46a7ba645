"""``make bench``: the add-on, the peers and the floor, on the same books in the same run on the same machine.

``SIZES`` names the numbers of customers; ``PEERS`` up to which of them the peers take part, who need half an hour for
100,000. Writes ``bench/results/latest.json`` and ``bench/results/nights.svg``.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import books, report, screens
from scripts import databases
from scripts.console import say, step
from scripts.environment import Environment
from scripts.odoo_scripts import ask
from scripts.paths import ROOT
from scripts.server import Server, serving

RESULTS = Path(__file__).with_name("results")
SIZES = "2000 20000 100000"
PEERS = 20_000
#: Up to so many customers a night is over in seconds, and the machine may be slow or fast in just these: so many are measured,
#: each on a copy of its own, between the other measures, and the median counts.
SHORT, ROUNDS = 5_000, 5
PAYMENTS, LETTERS, PRINTED, STATEMENTS, BESIDE = 40, 1000, 40, 200, 30

Figures = dict[str, dict[str, float]]


def main(environment: Environment, _arguments: list[str]) -> int:
    """Measure each size, show the table as it grows, and say which bars were missed."""
    sizes = sorted(int(size) for size in (os.environ.get("SIZES") or SIZES).split())
    peers_up_to = int(os.environ.get("PEERS") or PEERS)
    results: dict[str, Any] = {"machine": machine(), "day": datetime.now(UTC).date().isoformat(), "sizes": {}}
    for customers in sizes:
        results["sizes"][customers] = measure(environment, customers, with_peers=customers <= peers_up_to)
        say(report.table({**results, "sizes": {customers: results["sizes"][customers]}}))
        keep(results)
    print(report.table(results))
    missed = report.missed(results)
    print("\n".join(missed) or "Every bar is met.")
    return 1 if missed else 0


def keep(results: dict[str, Any]) -> None:
    """Write what is known so far: the largest size takes longest, and a run may be stopped in it."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    report.plot(results, RESULTS / "nights.svg")


def machine() -> str:
    """What this runs on, in a few words."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} × {model or platform.machine()}, {memory:.0f} GiB, Python {platform.python_version()}"


def measure(environment: Environment, customers: int, *, with_peers: bool) -> dict[str, Any]:
    """All figures of one size: ``figures`` by name, and how much there was of what."""
    answer: dict[str, Any] = {"figures": {}}
    rounds: list[Figures] = []
    ours, peers = books.with_ours(environment, customers), None
    if with_peers:
        peers = books.with_peers(environment, customers)

    def note(name: str, work: Callable[[], dict[str, Any]]) -> None:
        with step(f"{customers:,} customers: {name}"):
            found = work()
        answer["figures"] |= found.pop("figures", found)
        answer.update(found if "counts" in found else {})
        if customers <= SHORT and len(rounds) < ROUNDS:
            with step(f"{customers:,} customers: nights again"), _copy(environment, ours, customers, "again") as again:
                nights(again)

    def nights(database: str) -> dict[str, Any]:
        found = _inside(environment, database, "ours_inside", "nights(env, morning)")
        rounds.append(found["figures"])
        return found

    with _copy(environment, ours, customers) as database:
        note("nights", lambda: nights(database))
        note("payments", lambda: _inside(environment, database, "ours_inside", f"payments(env, morning, {PAYMENTS})"))
        with _copy(environment, books.books(environment, customers), customers, "plain") as plain:
            call = f"beside(env, morning, {plain!r}, {BESIDE})"
            note("with and without us", lambda: _inside(environment, database, "beside_inside", call))
        with serving(environment, database) as server:
            note("screens", lambda: screens.measure(environment, server))
    with _served(environment, ours, customers) as server:
        for call in (f"statements(env, morning, {STATEMENTS})", f"letters(env, morning, {LETTERS}, {PRINTED})"):
            note(call.partition("(")[0], lambda call=call: _inside(environment, server.database, "ours_inside", call))
    if peers:
        folders = books.peer_folders(environment)
        with _served(environment, peers, customers, addons=folders) as server:
            for call in (f"statements(env, morning, {STATEMENTS})", "credit_control(env, morning)"):
                note(
                    f"peer's {call.partition('(')[0]}",
                    lambda call=call: _inside(environment, server.database, "peers_inside", call, addons=folders),
                )
    answer["figures"] |= medians(rounds)
    return answer


def medians(rounds: list[Figures]) -> Figures:
    """The median of each figure over several rounds of the same work.

    >>> medians([{"night": {"seconds": 3.1}}, {"night": {"seconds": 2.4}}, {"night": {"seconds": 2.5}}])
    {'night': {'seconds': 2.5}}
    """
    return {
        name: {what: statistics.median(one[name][what] for one in rounds) for what in figure}
        for name, figure in rounds[0].items()
    }


@contextmanager
def _copy(environment: Environment, template: str, customers: int, suffix: str = "") -> Iterator[str]:
    """A database that is gone when the block is left; several at once differ in their ``suffix``."""
    name = f"{books.PREFIX}run_{customers}{suffix}"
    databases.drop(environment, name)
    databases.clone(environment, template, name)
    try:
        yield name
    finally:
        databases.drop(environment, name)


@contextmanager
def _served(environment: Environment, template: str, customers: int, addons: Any = (ROOT,)) -> Iterator[Server]:
    """The same, with a server from which the PDFs of others get their styles."""
    with _copy(environment, template, customers) as database, serving(environment, database, addons=addons) as server:
        yield server


def _inside(environment: Environment, database: str, module: str, call: str, addons: Any = (ROOT,)) -> dict[str, Any]:
    return ask(environment, database, books.inside(module, f"answer = {module}.{call}"), addons=addons)
