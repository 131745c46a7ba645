"""Look over the work at hand in less than two minutes: lint, the rules with few examples, the tests of what was changed.

What was changed since ``BASE``: by default the last commit, or the one before it where nothing has been changed since.
"""

from __future__ import annotations

import os
import time
from functools import partial

from scripts import databases, lanes
from scripts.console import say
from scripts.environment import Environment
from scripts.lanes import Job
from scripts.lint import main as lint
from scripts.odoo_tests import odoo_jobs
from scripts.pytest_parts import ENGINE_PATHS, run_pytest
from scripts.run_tests import conclude
from scripts.subjects import changed_files, choose
from scripts.tally import Tally

#: What the chosen tests of the add-on may take together, by their weights. Two runs share them.
ODOO_SECONDS = 120.0
FEW = 8


def main(environment: Environment, _arguments: list[str]) -> int:
    """Choose the tests, run them beside the linters, and return the exit status."""
    changed = changed_files(os.environ.get("BASE") or "HEAD") or changed_files("HEAD~1")
    chosen, left_out = choose(changed, ODOO_SECONDS)
    names = ", ".join(tag.partition(":")[2] for tag in chosen)
    say(f"» {len(changed)} files were changed; classes of tests that belong to them: {names or 'none'}")
    started = time.monotonic()
    databases.drop_orphans(environment)
    jobs = [
        *(job for tags in _lanes(chosen) for job in odoo_jobs(environment, tags)),
        Job("lint", "Lint", partial(_lint, environment)),
        Job("engine", "Engine", partial(run_pytest, environment, "engine-few", ENGINE_PATHS, None, profile="few")),
    ]
    lanes.do_all(jobs)
    status = conclude(jobs, ["engine", *(["odoo"] if chosen else [])], time.monotonic() - started)
    if left_out:
        words = ", ".join(left_out[:FEW]) + (f" and {len(left_out) - FEW} more" if len(left_out) > FEW else "")
        say(f"For these there was no time, “make test” runs them: {words}.")
    if any("e2e" in path.parts or "soak" in path.parts for path in changed):
        say("Black-box tests were changed; “make test-e2e” runs them.")
    return status


def _lanes(tags: list[str]) -> list[str]:
    halves = [tags[number :: lanes.COUNT] for number in range(lanes.COUNT)]
    return [",".join(half) for half in halves if half]


def _lint(environment: Environment) -> Tally:
    return Tally(failed=lint(environment, []))
