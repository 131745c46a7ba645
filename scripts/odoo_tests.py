"""Run the add-ons' own tests inside Odoo, and read from its log what became of them."""

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
from scripts.oca_addons import with_queue
from scripts.paths import ADDON, BUILD, LOGS, QUEUE_ADDON, ROOT
from scripts.processes import stream
from scripts.tally import Tally, total

TIMEOUT_SECONDS = 28 * 60
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
    """Run the tests of both add-ons; all of them in two processes at once.

    :param tags: Odoo's ``--test-tags``; all tests of the add-ons when left out
    """
    narrowings = by_addon(tags) if tags else [(ADDON, one) for one in lanes.tags_by_lane()]
    if not tags:
        narrowings.insert(0, (QUEUE_ADDON, f"/{QUEUE_ADDON}"))
    for addon in {addon for addon, _tags in narrowings}:
        _template(environment, addon)  # made once, before the lanes need it
    logs = [log_path(one) if tags else log_path(f"lane {number}") for number, (_addon, one) in enumerate(narrowings)]
    with ThreadPoolExecutor(lanes.COUNT) as pool:
        return total(pool.map(partial(_run_lane, environment), narrowings, logs))


def by_addon(tags: str) -> list[tuple[str, str]]:
    """Which add-on to install for which of these tags. What names no add-on is about the main one.

    >>> by_addon("/grey_hat_collections:TestLedger,:TestCase")
    [('grey_hat_collections', '/grey_hat_collections:TestLedger,:TestCase')]
    >>> dict(by_addon("/grey_hat_collections:TestLedger,/grey_hat_collections_queue_job:TestJobs"))[ADDON]
    '/grey_hat_collections:TestLedger'
    """
    words = [word.strip() for word in tags.split(",")]
    queue = [word for word in words if f"/{QUEUE_ADDON}" in word]
    main = [word for word in words if word not in queue]
    return [(addon, ",".join(found)) for addon, found in ((QUEUE_ADDON, queue), (ADDON, main)) if found]


def _template(environment: Environment, addon: str) -> str:
    """The database into whose copy ``addon`` is installed for its tests."""
    if addon == QUEUE_ADDON:
        return databases.installed_template(environment)
    return databases.clean_template(environment)


def _run_lane(environment: Environment, narrowing: tuple[str, str], path: Path) -> Tally:
    """Install an add-on into a fresh database with the tests of some tags on.

    :param narrowing: the add-on and the tags
    """
    addon, tags = narrowing
    try:
        addons = with_queue(environment) if addon == QUEUE_ADDON else (ROOT,)
    except SystemExit:  # it has said why; the tests of the other add-on still count
        return Tally(failed=1)
    database = databases.temporary_name("test")
    words = [
        *("-d", database, "-i", addon, "--test-tags", tags, "--stop-after-init"),
        *("--http-interface=127.0.0.1", f"--http-port={free_port()}", "--max-cron-threads=0"),
        f"--screenshots={BUILD / 'failed-tours'}",
    ]
    databases.clone(environment, _template(environment, addon), database)
    lines = lanes.Lines(_show)
    log = OdooLog(lines.write)
    try:
        status = stream(
            environment.odoo_command(*words, addons=addons),
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
