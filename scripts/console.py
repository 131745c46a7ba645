"""Say what happens: short lines for people, full output in log files."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

HEARTBEAT_SECONDS = 15
TAIL_LINES = 40


class StepFailed(RuntimeError):
    """A command of a step ended badly. The message is for people and names the log file."""


def say(text: str) -> None:
    """Print one line at once. Standard output stays free for results, so this is standard error."""
    print(text, file=sys.stderr, flush=True)


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
    started = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - started:.0f} s")


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
    started = time.monotonic()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command], stdin=stdin, stdout=output, stderr=output, env=env, cwd=cwd
        )
        try:
            while True:
                try:
                    status = process.wait(timeout=HEARTBEAT_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    say(f"  … {time.monotonic() - started:.0f} s")
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if status:
        name = Path(command[0]).name
        raise StepFailed(f"{name} ended with status {status}. Its last words, from {log}:\n{tail(log)}")


def tail(path: Path, lines: int = TAIL_LINES) -> str:
    """The last lines of a text file, indented."""
    text = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in text[-lines:])
