"""Run the add-ons' own tests inside Odoo, and read from its log what became of them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from scripts import databases, lanes
from scripts.console import say
from scripts.environment import Environment, free_port
from scripts.lanes import Job
from scripts.oca_addons import with_queue
from scripts.odoo_scripts import run_script
from scripts.paths import ADDON, BUILD, LOGS, QUEUE_ADDON, ROOT
from scripts.processes import stream
from scripts.tally import Tally, Timing

#: A run in which no test has begun for so long is ended.
SILENCE_SECONDS = 5 * 60
STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<text>.*)$")
STARTED = re.compile(r"^Starting (?P<case>\S+)\.(?P<method>\S+) \.\.\.$")
BROKEN = re.compile(r"^(?:FAIL|ERROR): (?:Subtest )?(?P<test>\S+(?: \(odoo\.addons\.\S+\))?)")
SKIPPED = re.compile(r"^skipped \S.* : ")
SUMMARIES = ("odoo.tests.result", "odoo.modules.loading")  # they repeat what was said test by test
TIMED = re.compile(r"^\t\w+\.(?P<name>test_\S+\.(?P<method>\w+)): (?P<seconds>[\d.]+)s \d+ queries$")
RESULT = re.compile(r"^(?P<failed>\d+) failed, (?P<errors>\d+) error\(s\) of (?P<run>\d+) tests when loading")


@dataclass
class OdooLog:
    """Follows the log of a test run, line by line: progress to the console, figures into the fields.

    >>> log = OdooLog(show=lambda text, end="": None)
    >>> head = "2026-01-05 10:00:00,000 17 INFO ghc_test odoo."
    >>> log.read(head + "addons.grey_hat_collections.tests.case.test_case: Starting TestCase.test_opens ...")
    True
    >>> log.read(head + "tests.result: 1 failed, 0 error(s) of 3 tests when loading database 'ghc_test'")
    False
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
    timings: list[Timing] = field(default_factory=list)
    in_trouble: bool = False

    def read(self, line: str) -> bool:
        """Take one line of the log, and tell whether a test has begun."""
        stamp = STAMP.match(line)
        if not stamp:
            if self.in_trouble:
                self.show(line)
            elif timed := TIMED.match(line):
                self._note_time(timed)
            return False
        text = stamp["text"].rstrip()
        result = RESULT.match(text) if stamp["logger"] == "odoo.tests.result" else None
        self.result = result or self.result
        self.in_trouble = stamp["level"] in ("ERROR", "CRITICAL") and stamp["logger"] not in SUMMARIES
        if self.in_trouble:
            self._report(text)
        elif started := STARTED.match(text):
            self._start(started)
            return True
        elif SKIPPED.match(text):
            self._skip(text)
        return False

    def _note_time(self, timed: re.Match[str]) -> None:
        """A line of Odoo's own table; it has sums by class as well, whose last word is no method."""
        method = timed["method"]
        if method.startswith(("test_", "setUpClass")):
            name = timed["name"].removesuffix(".setUpClass")
            self.timings.append(Timing(float(timed["seconds"]), name, is_setup=method == "setUpClass"))

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

        A class that cannot be set up is a failure whose tests never started. Without that line, what has begun counts as
        far as it is known to have ended.
        """
        if not self.result:
            ended = self.started - self.broken - {self.running}
            return Tally(len(ended), len(self.broken), self.skipped)
        complaints = int(self.result["failed"]) + int(self.result["errors"])
        failed = len(self.broken) or complaints
        never_started = len(self.broken - self.started)
        run = int(self.result["run"]) - self.skipped_after_start
        return Tally(max(0, run - failed + never_started), failed, self.skipped, timings=tuple(self.timings))


def odoo_jobs(environment: Environment, tags: str | None) -> list[Job]:
    """The tests of the add-ons, divided into jobs.

    :param tags: Odoo's ``--test-tags``; all tests of the add-ons when left out
    """
    if tags:
        return [
            Job("odoo", f"Odoo, {_short(one)}", partial(_run, environment, addon, one, log_path(one)))
            for addon, one in by_addon(tags)
        ]
    queue = partial(_run, environment, QUEUE_ADDON, f"/{QUEUE_ADDON}", log_path("queue"))
    jobs = [
        Job("odoo", f"Odoo, {number} of {lanes.CHUNKS}", partial(_run, environment, ADDON, one, log_path(f"{number}")))
        for number, one in enumerate(lanes.chunks(), 1)
    ]
    return [*jobs, Job("odoo", "Odoo, several hosts", queue)]


def _short(tags: str) -> str:
    first, *others = tags.split(",")
    return f"{first} and {len(others)} more" if others else first


def by_addon(tags: str) -> list[tuple[str, str]]:
    """Which add-on must be there for which of these tags. What is not about several hosts finds all it needs with the main one.

    >>> by_addon("/grey_hat_collections_privacy:TestPrivacyLookup,:TestCase")
    [('grey_hat_collections', '/grey_hat_collections_privacy:TestPrivacyLookup,:TestCase')]
    >>> dict(by_addon("/grey_hat_collections:TestLedger,/grey_hat_collections_queue_job:TestJobs"))[ADDON]
    '/grey_hat_collections:TestLedger'
    """
    words = [word.strip() for word in tags.split(",")]
    queue = [word for word in words if f"/{QUEUE_ADDON}" in word]
    main = [word for word in words if word not in queue]
    return [(addon, ",".join(found)) for addon, found in ((QUEUE_ADDON, queue), (ADDON, main)) if found]


def _run(environment: Environment, addon: str, tags: str, path: Path) -> Tally:
    """Run the tests of some tags in a database of their own.

    The main add-on is installed there with what installs itself beside it, and what the stories begin with is made; the one for
    several hosts is installed now.
    """
    queue = addon == QUEUE_ADDON
    addons = with_queue(environment) if queue else (ROOT,)
    template = databases.installed_template(environment) if queue else databases.world_template(environment)
    database = databases.temporary_name("test")
    databases.clone(environment, template, database)
    try:
        return _run_in(environment, database, ["-i", addon] if queue else [], tags, addons, path)
    finally:
        databases.drop(environment, database)


def run_among(environment: Environment, neighbours: Sequence[str], tags: str) -> Tally:
    """Run tests of the main add-on where more of Odoo's applications are installed beside it.

    :param neighbours: the technical names of these applications
    """
    database = databases.temporary_name("test")
    databases.clone(environment, databases.crowded_template(environment, neighbours), database)
    try:
        databases.install(environment, database, ADDON, LOGS / f"{database}.log")
        run_script(environment, database, databases.MAKE_WORLD)
        return _run_in(environment, database, [], tags, (ROOT,), log_path(f"{len(neighbours)} beside {tags}"))
    finally:
        databases.drop(environment, database)


def _run_in(
    environment: Environment, database: str, install: Sequence[str], tags: str, addons: Sequence[Path], path: Path
) -> Tally:
    words = [
        *("-d", database, *install, "--test-tags", tags, "--stop-after-init"),
        *("--http-interface=127.0.0.1", f"--http-port={free_port()}", "--max-cron-threads=0"),
        *("--log-handler=odoo.tests.stats:DEBUG", f"--screenshots={BUILD / 'failed-tours'}"),
    ]
    lines = lanes.Lines(_show)
    log = OdooLog(lines.write)
    status = stream(
        environment.odoo_command(*words, addons=addons),
        path,
        log.read,
        env=environment.variables,
        cwd=ROOT,
        silence=SILENCE_SECONDS,
    )
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
    where = log.running or "its start"
    if status is None and not log.result:
        words = f"Odoo was silent for {SILENCE_SECONDS // 60} minutes in {where} and was ended; see {path}."
        return tally + Tally(cut_short=(words,))
    if not log.result:
        words = f"Odoo ended with status {status} before it told results, in {where}; see {path}."
        return tally + Tally(cut_short=(words,))
    if status != 0 and not tally.failed:
        say(f"Odoo ended with status {status} although no test failed; see {path}.")
        return tally + Tally(failed=1)
    return tally


def _show(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
