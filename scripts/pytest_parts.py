"""Run the parts that pytest runs: engine and transport, which need no Odoo, and the black-box tests."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from scripts.console import say
from scripts.environment import Environment
from scripts.lanes import COUNT, Job
from scripts.paths import ADDON, LOGS, ROOT
from scripts.processes import stream
from scripts.tally import Tally, of_junit

ENGINE_PATHS = ("tests/engine", f"{ADDON}/engine", f"{ADDON}/transport", "scripts")
E2E_FOLDER = "tests/e2e"
#: Black-box tests that share what takes long to make, by the patterns of their files: a job each, the longest first. What is
#: named nowhere is a job of its own.
E2E_JOBS = (("test_faults_*.py",), ("test_install.py", "test_upgrade.py"), ("test_queue_job.py",), ("test_replay.py",))
SOAK_PATHS = ("tests/soak",)
#: A run in which no test has ended for so long is ended. The long tests have some that take most of an hour.
SILENCE_SECONDS, SOAK_SILENCE_SECONDS = 5 * 60, 90 * 60
ENDED = re.compile(r" (?P<outcome>PASSED|FAILED|ERROR|SKIPPED)\b")
NO_TESTS = 5  # pytest's exit status when nothing was collected


def engine_jobs(environment: Environment, keyword: str | None) -> list[Job]:
    """The tests that need no Odoo."""
    return [Job("engine", "Engine", partial(run_pytest, environment, "engine-tests", ENGINE_PATHS, keyword))]


def e2e_jobs(environment: Environment, keyword: str | None) -> list[Job]:
    """The black-box tests: those that share something together, the others in a job of their own."""
    folder = ROOT / E2E_FOLDER
    groups = [sorted(path for pattern in patterns for path in folder.glob(pattern)) for patterns in E2E_JOBS]
    named = {path for group in groups for path in group}
    others = sorted(set(folder.glob("test_*.py")) - named)
    return [
        Job("e2e", f"Black box, {title}", partial(run_pytest, environment, f"e2e-{title}", _relative(group), keyword))
        for group in [*groups, others]
        if group
        for title in [group[0].stem.removeprefix("test_")]
    ]


def soak_jobs(environment: Environment, keyword: str | None) -> list[Job]:
    """The long tests, as one job that is at work on both processors."""
    work = partial(
        run_pytest, environment, "soak-tests", SOAK_PATHS, keyword, processes=COUNT, silence=SOAK_SILENCE_SECONDS
    )
    return [Job("soak", "Soak", work)]


def _relative(paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(str(path.relative_to(ROOT)) for path in paths)


def run_pytest(
    environment: Environment,
    part: str,
    paths: tuple[str, ...],
    keyword: str | None,
    *,
    processes: int = 1,
    silence: float = SILENCE_SECONDS,
    profile: str | None = None,
) -> Tally:
    """Run pytest on ``paths`` and count from its report.

    :param keyword: pytest's ``-k``; all tests when left out
    :param processes: how many run at the same time, a file in one of them, in the order of ``paths``
    :param silence: seconds without a test that ends, after which the run is ended
    :param profile: the profile of the property tests, see tests/engine/conftest.py
    """
    present = [path for path in paths if (ROOT / path).exists()]
    if not present:
        say(f"There are no tests for this part: {', '.join(paths)} is missing.")
        return Tally()
    report, log = LOGS / f"{part}.xml", LOGS / f"{part}.log"
    report.unlink(missing_ok=True)
    command = [str(environment.python), "-m", "pytest", "-v", "--no-header", f"--junitxml={report}", *present]
    if keyword:
        command += ["-k", keyword]
    elif processes > 1:
        command += ["-n", str(processes), "--dist", "loadfile", "--no-loadscope-reorder"]
    variables = {**environment.variables, "GHC_LOGS": str(LOGS), "COLUMNS": os.environ.get("COLUMNS", "120")}
    if profile:
        variables["HYPOTHESIS_PROFILE"] = profile
    counts: Counter[str] = Counter()

    def read(line: str) -> bool:
        ended = ENDED.search(line)
        if ended:
            counts[ended["outcome"]] += 1
        if not ended or ended["outcome"] in ("FAILED", "ERROR"):
            _show(line)
        return bool(ended)

    status = stream(command, log, read, env=variables, cwd=ROOT, silence=silence)
    if report.is_file():
        tally = of_junit(report)
    else:
        tally = Tally(counts["PASSED"], counts["FAILED"] + counts["ERROR"], counts["SKIPPED"])
    return _judge(tally, status, log, silence)


def _judge(tally: Tally, status: int | None, log: Path, silence: float) -> Tally:
    """A bad exit that no counted failure explains is a failure of its own."""
    if status in (0, NO_TESTS) or (status == 1 and tally.failed):
        return tally
    if status is None:
        words = f"pytest was silent for {silence / 60:.0f} minutes and was ended; see {log}."
        return tally + Tally(cut_short=(words,))
    say(f"pytest ended with status {status}; see {log}.")
    return tally + Tally(failed=1)


def _show(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
