"""Run the tests: ``python3 -m scripts run_tests [engine] [odoo] [e2e] [soak]``; all but ``soak`` when none is named.

Every part runs even when another fails, and their jobs share the processors. The last line sums up: ``12 passed, 0 failed``.
``TAGS`` in the environment narrows: Odoo takes it as ``--test-tags``, pytest as ``-k`` when it is a plain expression.
``SLOWEST=40`` lists the forty slowest tests, and what each class takes before its first one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from scripts import databases
from scripts.console import say, stop
from scripts.environment import Environment
from scripts.lanes import Job, do_all
from scripts.odoo_tests import odoo_jobs
from scripts.pytest_parts import e2e_jobs, engine_jobs, soak_jobs
from scripts.tally import Timing, total

Part = Callable[[Environment, str | None], list[Job]]

#: In the order in which their jobs begin: the rules need no database, one may be prepared meanwhile; what takes longest follows.
PARTS: dict[str, Part] = {"engine": engine_jobs, "e2e": e2e_jobs, "odoo": odoo_jobs, "soak": soak_jobs}
#: Takes too long to be run after each change; only when it is named.
LONG = ("soak",)


def is_for_odoo(tags: str) -> bool:
    """Whether a narrowing is in Odoo's own language.

    >>> is_for_odoo("/grey_hat_collections:TestLedger"), is_for_odoo(":TestLedger"), is_for_odoo("ledger and not slow")
    (True, True, False)
    """
    return tags[0] in "/:.-" or "/" in tags


def run(environment: Environment, names: list[str], tags: str | None, slowest: int = 0) -> int:
    """Run the named parts, print the figures, and return the exit status."""
    databases.drop_orphans(environment)
    started = time.monotonic()
    if tags and len(names) > 1:
        names = [name for name in names if is_for_odoo(tags) == (name == "odoo")]
    jobs = [job for name in names for job in PARTS[name](environment, tags)]
    say(f"» Tests: {', '.join(names)}" + (f", narrowed to {tags}" if tags else ""))
    do_all(jobs)
    say("")
    return conclude(jobs, names, time.monotonic() - started, tags, slowest)


def conclude(jobs: list[Job], names: list[str], seconds: float, tags: str | None = None, slowest: int = 0) -> int:
    """Say what became of the jobs, and return the exit status.

    :param names: the parts in which tests should have run
    """
    summary = total(job.tally for job in jobs)
    if slowest:
        tell_slowest(summary.timings, slowest)
    tallies = {name: total(job.tally for job in jobs if job.part == name) for name in names}
    for name, tally in tallies.items():
        spent = sum(job.seconds for job in jobs if job.part == name)
        say(f"  {name:7} {spent:5.0f} s   {tally.line()}")
    say(f"  in all  {seconds:5.0f} s")
    idle = [name for name, tally in tallies.items() if not tally.ran]
    if idle:
        say(f"No test ran in: {', '.join(idle)}.")
    for words in summary.cut_short:
        say(f"Cut short, with tests that were not run: {words}")
    print(summary.line(), flush=True)
    # A part without tests is a part that broke, unless a narrowing left it out.
    return 1 if summary.failed or summary.cut_short or not summary.ran or (idle and not tags) else 0


def tell_slowest(timings: tuple[Timing, ...], count: int) -> None:
    """The slowest tests first, then what classes take before their first test."""
    for title, is_setup in (("The slowest tests", False), ("Set-up of classes", True)):
        chosen = sorted((one for one in timings if one.is_setup is is_setup), key=lambda one: -one.seconds)
        spent = sum(one.seconds for one in chosen)
        say(f"{title}: {len(chosen)} take {spent:.0f} s.")
        for one in chosen[: None if is_setup else count]:
            say(f"  {one.seconds:7.2f} s  {one.name}")
        say("")


def main(environment: Environment, arguments: list[str]) -> int:
    """Run the parts that ``arguments`` name."""
    names = arguments or [name for name in PARTS if name not in LONG]
    if unknown := set(names) - set(PARTS):
        stop(f"Unknown part: {', '.join(unknown)}. There are {', '.join(PARTS)}.")
    slowest = os.environ.get("SLOWEST") or "0"
    if not slowest.isdecimal():
        stop(f"SLOWEST={slowest} is no number of tests.")
    return run(environment, names, os.environ.get("TAGS") or None, int(slowest))
