"""Run the add-on's own tests inside Odoo, and read from its log what became of them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from scripts import databases, lanes
from scripts.console import say
from scripts.environment import Environment, free_port
from scripts.paths import ADDON, BUILD, LOGS, ROOT
from scripts.processes import stream
from scripts.tally import Tally, total

TIMEOUT_SECONDS = 18 * 60
STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<text>.*)$")
STARTED = re.compile(r"^Starting (?P<case>\S+)\.(?P<method>\S+) \.\.\.$")
BROKEN = re.compile(r"^(?:FAIL|ERROR): (?:Subtest )?(?P<test>\S+(?: \(odoo\.addons\.\S+\))?)")
SKIPPED = re.compile(r"^skipped \S.* : ")
SUMMARIES = ("odoo.tests.result", "odoo.modules.loading")  # they repeat what was said test by test
RESULT = re.compile(r"^(?P<failed>\d+) failed, (?P<errors>\d+) error\(s\) of (?P<run>\d+) tests when loading")


@dataclass
class OdooLog:
    """Follows the log of a test run, line by line: progress to the console, figures into the fields.

    >>> log = OdooLog(show=lambda text, end="": None)
    >>> head = "2026-01-05 10:00:00,000 17 INFO ghc_test odoo."
    >>> log.read(head + "addons.grey_hat_collections.tests.test_case: Starting TestCase.test_opens ...")
    >>> log.read(head + "tests.result: 1 failed, 0 error(s) of 3 tests when loading database 'ghc_test'")
    >>> log.tally()
    Tally(passed=2, failed=1, skipped=0)
    """

    show: Callable[..., None] = print
    result: re.Match[str] | None = None
    skipped: int = 0
    skipped_after_start: int = 0
    test_case: str = ""
    running: str = ""
    started: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    in_trouble: bool = False

    def read(self, line: str) -> None:
        """Take one line of the log."""
        stamp = STAMP.match(line)
        if not stamp:
            if self.in_trouble:
                self.show(line)
            return
        text = stamp["text"].rstrip()
        result = RESULT.match(text) if stamp["logger"] == "odoo.tests.result" else None
        self.result = result or self.result
        self.in_trouble = stamp["level"] in ("ERROR", "CRITICAL") and stamp["logger"] not in SUMMARIES
        if self.in_trouble:
            self._report(text)
        elif started := STARTED.match(text):
            self._start(started)
        elif SKIPPED.match(text):
            self._skip(text)

    def _report(self, text: str) -> None:
        if broken := BROKEN.match(text):
            self.broken.add(broken["test"])
        self.show(f"\n{text}")
        self.test_case = ""

    def _start(self, started: re.Match[str]) -> None:
        self.running = f"{started['case']}.{started['method']}"
        self.started.add(self.running)
        if started["case"] != self.test_case:
            self.test_case = started["case"]
            self.show(f"\n  {self.test_case} ", end="")
        self.show(".", end="")

    def _skip(self, text: str) -> None:
        """A method that says no counts as started too; a class that does never starts."""
        self.skipped += 1
        self.skipped_after_start += text.startswith(f"skipped {self.running} :")
        self.show("s", end="")

    def tally(self) -> Tally:
        """Odoo's last line counts the methods run, but a failure for every subtest: a test fails once here.

        A class that cannot be set up is a failure whose tests never started. A run without the last line has crashed.
        """
        if not self.result:
            return Tally(failed=max(1, len(self.broken)), skipped=self.skipped)
        complaints = int(self.result["failed"]) + int(self.result["errors"])
        failed = len(self.broken) or complaints
        never_started = len(self.broken - self.started)
        run = int(self.result["run"]) - self.skipped_after_start
        return Tally(max(0, run - failed + never_started), failed, self.skipped)


def run_odoo_tests(environment: Environment, tags: str | None) -> Tally:
    """Run the add-on's tests; all of them in two processes at once.

    :param tags: Odoo's ``--test-tags``; all tests of the add-on when left out
    """
    databases.clean_template(environment)  # made once, before the lanes need it
    if tags:
        return _run_lane(environment, tags, log_path(tags))
    narrowings = lanes.tags_by_lane()
    logs = [log_path(f"lane {number}") for number, _tags in enumerate(narrowings, 1)]
    with ThreadPoolExecutor(len(narrowings)) as pool:
        return total(pool.map(partial(_run_lane, environment), narrowings, logs))


def _run_lane(environment: Environment, tags: str, path: Path) -> Tally:
    """Install the add-on into a fresh copy of the clean template with the tests of ``tags`` on."""
    database = databases.temporary_name("test")
    words = [
        *("-d", database, "-i", ADDON, "--test-tags", tags, "--stop-after-init"),
        *("--http-interface=127.0.0.1", f"--http-port={free_port()}", "--max-cron-threads=0"),
        f"--screenshots={BUILD / 'failed-tours'}",
    ]
    databases.clone(environment, databases.clean_template(environment), database)
    lines = lanes.Lines(_show)
    log = OdooLog(lines.write)
    try:
        status = stream(
            environment.odoo_command(*words),
            path,
            log.read,
            env=environment.variables,
            cwd=ROOT,
            timeout=TIMEOUT_SECONDS,
        )
    finally:
        databases.drop(environment, database)
    lines.write("")
    return _judge(log, status, path)


def log_path(tags: str | None) -> Path:
    """Where a run keeps its full log; narrowed runs have their own.

    >>> log_path(None).name, log_path("/grey_hat_collections:TestLedger").name
    ('odoo-tests.log', 'odoo-tests-grey_hat_collections-TestLedger.log')
    """
    parts = re.findall(r"\w+", tags or "")
    return LOGS / f"{'-'.join(['odoo-tests', *parts])[:100]}.log"


def _judge(log: OdooLog, status: int | None, path: Path) -> Tally:
    """A bad exit that no counted failure explains is a failure of its own."""
    tally = log.tally()
    if status is None:
        say(f"Odoo was ended after {TIMEOUT_SECONDS // 60} minutes, in {log.running or 'its start'}; see {path}.")
        return tally + Tally(failed=1) if log.result else tally
    if not log.result:
        say(f"Odoo ended with status {status} before it told results, in {log.running or 'its start'}; see {path}.")
    elif status and not tally.failed:
        say(f"Odoo ended with status {status} although no test failed; see {path}.")
        return tally + Tally(failed=1)
    return tally


def _show(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
