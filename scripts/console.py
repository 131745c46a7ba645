"""Say what happens: short lines for people, full output in log files. Steps may run beside each other, see ``beside.py``."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from scripts.processes import end_group

HEARTBEAT_SECONDS = 15
LOOK_SECONDS = 0.5
TAIL_LINES = 40

#: Set when something that ran beside this has failed: what is under way ends without a word.
given_up = threading.Event()
_steps: list[_Step] = []  # under way
_lock = threading.Lock()
_here = threading.local()


class StepFailed(RuntimeError):
    """A command of a step ended badly. The message is for people and names the log file."""


class Abandoned(BaseException):
    """Something else has failed, so this work is not needed any more."""


class _Step:
    """A step under way, and whether another one was under way at any time: then its lines say which it is."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.started = time.monotonic()
        self.beside = False

    def say(self, word: str) -> None:
        name = f"{self.title}: " if self.beside else ""
        say(f"  {name}{word} {time.monotonic() - self.started:.0f} s")


def say(text: str) -> None:
    """Print one line at once. Standard output stays free for results, so this is standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def go_on() -> None:
    """Called while waiting: ends the work of this thread when what ran beside it has failed."""
    if given_up.is_set():
        raise Abandoned


def stop(sentence: str) -> NoReturn:
    """End the program with one clear sentence and a failing exit status."""
    say(sentence)
    raise SystemExit(1)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a long step, and say how long it took.

    A step inside a failing one stays silent: the exception tells the story.
    """
    say(f"» {title} …")
    ours = _Step(title)
    outer, _here.step = getattr(_here, "step", None), ours
    with _lock:
        _steps.append(ours)
        for one in _steps:
            one.beside |= len(_steps) > 1
    try:
        yield
        ours.say("done in")
    finally:
        _here.step = outer
        with _lock:
            _steps.remove(ours)


def run_logged(
    command: Sequence[str | Path],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: int = subprocess.DEVNULL,
) -> None:
    """Run ``command`` with its output in ``log``; a sign of life every few seconds.

    :raises StepFailed: with the last lines of the log when the command ends badly.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    words = [str(part) for part in command]
    with log.open("ab") as output:
        # A group of its own: Ctrl-C ends it through us, and whatever it started goes with it.
        process = subprocess.Popen(
            words, stdin=stdin, stdout=output, stderr=output, env=env, cwd=cwd, start_new_session=True
        )
        try:
            status = _wait(process)
        except BaseException:
            end_group(process)
            raise
    if status:
        name = Path(command[0]).name
        raise StepFailed(f"{name} ended with status {status}. Its last words, from {log}:\n{tail(log)}")


def _wait(process: subprocess.Popen) -> int:
    """The exit status of a process, which is looked after meanwhile."""
    current = getattr(_here, "step", None) or _Step("")
    beat = time.monotonic() + HEARTBEAT_SECONDS
    while True:
        try:
            return process.wait(timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            go_on()
        if time.monotonic() >= beat:
            current.say("…")
            beat += HEARTBEAT_SECONDS


def tail(path: Path, lines: int = TAIL_LINES) -> str:
    """The last lines of a text file, indented."""
    text = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in text[-lines:])
