"""Run the tests: ``python3 -m scripts run_tests [engine] [odoo] [e2e] [soak]``; all but ``soak`` when none is named.

Every part runs even when an earlier one failed. The last line sums up: ``12 passed, 0 failed``. ``TAGS`` in the
environment narrows: Odoo takes it as ``--test-tags``, pytest as ``-k`` when it is a plain expression.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from scripts import databases
from scripts.console import say, stop
from scripts.environment import Environment
from scripts.lanes import COUNT
from scripts.odoo_tests import run_odoo_tests
from scripts.pytest_parts import E2E_PATHS, ENGINE_PATHS, SOAK_PATHS, SOAK_TIMEOUT_SECONDS, run_pytest
from scripts.tally import Tally, total

Part = Callable[[Environment, str | None], Tally]


def _engine(environment: Environment, tags: str | None) -> Tally:
    return run_pytest(environment, "engine-tests", ENGINE_PATHS, tags)


def _e2e(environment: Environment, tags: str | None) -> Tally:
    return run_pytest(environment, "e2e-tests", E2E_PATHS, tags, processes=COUNT)


def _soak(environment: Environment, tags: str | None) -> Tally:
    return run_pytest(environment, "soak-tests", SOAK_PATHS, tags, processes=COUNT, timeout=SOAK_TIMEOUT_SECONDS)


PARTS: dict[str, Part] = {"engine": _engine, "odoo": run_odoo_tests, "e2e": _e2e, "soak": _soak}
#: Takes too long to be run after each change; only when it is named.
LONG = ("soak",)


def is_for_odoo(tags: str) -> bool:
    """Whether a narrowing is in Odoo's own language.

    >>> is_for_odoo("/grey_hat_collections:TestLedger"), is_for_odoo(":TestLedger"), is_for_odoo("ledger and not slow")
    (True, True, False)
    """
    return tags[0] in "/:.-" or "/" in tags


def run(environment: Environment, names: list[str], tags: str | None) -> int:
    """Run the named parts, print the figures, and return the exit status."""
    databases.drop_orphans(environment)
    tallies: dict[str, Tally] = {}
    times: dict[str, float] = {}
    for name in names:
        if tags and is_for_odoo(tags) != (name == "odoo") and len(names) > 1:
            continue
        say(f"» Tests of the part “{name}”" + (f", narrowed to {tags}" if tags else ""))
        started = time.monotonic()
        tallies[name] = _run_part(PARTS[name], environment, tags)
        times[name] = time.monotonic() - started
        say("")
    for name, tally in tallies.items():
        say(f"  {name:7} {times[name]:5.0f} s   {tally.line()}")
    idle = [name for name, tally in tallies.items() if not tally.ran]
    if idle:
        say(f"No test ran in: {', '.join(idle)}.")
    summary = total(tallies.values())
    print(summary.line(), flush=True)
    # A part without tests is a part that broke, unless a narrowing left it out.
    return 1 if summary.failed or not summary.ran or (idle and not tags) else 0


def _run_part(part: Part, environment: Environment, tags: str | None) -> Tally:
    """A part that breaks down itself is a failure; the other parts still run."""
    try:
        return part(environment, tags)
    except Exception as error:
        say(f"This part broke down: {error}")
        return Tally(failed=1)
    except SystemExit:
        return Tally(failed=1)


def main(environment: Environment, arguments: list[str]) -> int:
    """Run the parts that ``arguments`` name."""
    names = arguments or [name for name in PARTS if name not in LONG]
    if unknown := set(names) - set(PARTS):
        stop(f"Unknown part: {', '.join(unknown)}. There are {', '.join(PARTS)}.")
    return run(environment, names, os.environ.get("TAGS") or None)
