"""Run the parts that pytest runs: engine and transport, which need no Odoo, and the black-box tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from scripts.console import say
from scripts.environment import Environment
from scripts.paths import ADDON, LOGS, ROOT
from scripts.processes import stream
from scripts.tally import Tally, of_junit

ENGINE_PATHS = ("tests/engine", f"{ADDON}/engine", f"{ADDON}/transport", "scripts")
#: The replay takes longer than any other file: it goes first, the others run beside it.
E2E_PATHS = ("tests/e2e/test_replay.py", "tests/e2e")
SOAK_PATHS = ("tests/soak",)
TIMEOUT_SECONDS = 20 * 60
SOAK_TIMEOUT_SECONDS = 6 * 60 * 60
NO_TESTS = 5  # pytest's exit status when nothing was collected


def run_pytest(
    environment: Environment,
    part: str,
    paths: tuple[str, ...],
    keyword: str | None,
    *,
    processes: int = 1,
    timeout: float = TIMEOUT_SECONDS,
) -> Tally:
    """Run pytest on ``paths`` and count from its report.

    :param keyword: pytest's ``-k``; all tests when left out
    :param processes: how many run at the same time, a file in one of them, in the order of ``paths``
    :param timeout: seconds after which it is ended
    """
    present = [path for path in paths if (ROOT / path).exists()]
    if not present:
        say(f"There are no tests for this part: {', '.join(paths)} is missing.")
        return Tally()
    report, log = LOGS / f"{part}.xml", LOGS / f"{part}.log"
    report.unlink(missing_ok=True)
    command = [str(environment.python), "-m", "pytest", "-q", f"--junitxml={report}", *present]
    if keyword:
        command += ["-k", keyword]
    elif processes > 1:
        command += ["-n", str(processes), "--dist", "loadfile", "--no-loadscope-reorder"]
    variables = {**environment.variables, "GHC_LOGS": str(LOGS), "COLUMNS": os.environ.get("COLUMNS", "120")}
    status = stream(command, log, _show, env=variables, cwd=ROOT, timeout=timeout)
    return _judge(status, report, log)


def _judge(status: int | None, report: Path, log: Path) -> Tally:
    tally = of_junit(report) if report.is_file() else Tally()
    if status in (0, NO_TESTS) or (status == 1 and tally.failed):
        return tally
    say(f"pytest ended with status {status}; see {log}.")
    return tally + Tally(failed=1)


def _show(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
