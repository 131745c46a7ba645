"""Start programs that must not outlive us, and read what they say line by line."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

GRACE_SECONDS = 15
_at_work: set[subprocess.Popen] = set()


@contextmanager
def running(command: Sequence[str], *, env: Mapping[str, str], **options: object) -> Iterator[subprocess.Popen]:
    """A process with its children in a group of their own, all ended when the block is left."""
    process = subprocess.Popen(command, env=env, start_new_session=True, **options)
    _at_work.add(process)
    try:
        yield process
    finally:
        end_group(process)
        _at_work.discard(process)


def end_all() -> None:
    """End whatever :func:`running` has started and not yet ended, in all threads."""
    for process in list(_at_work):
        end_group(process)


def end_group(process: subprocess.Popen) -> None:
    """Ask a process started by :func:`running` to end, as Ctrl-C does, then make it; browsers it started go with it."""
    _signal_group(process, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=GRACE_SECONDS)
    _signal_group(process, signal.SIGKILL)
    process.wait()


def _signal_group(process: subprocess.Popen, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def stream(
    command: Sequence[str],
    log: Path,
    on_line: Callable[[str], bool],
    *,
    env: Mapping[str, str],
    cwd: Path,
    silence: float,
    script: Path | None = None,
) -> int | None:
    """Run a program, keep all it says in ``log`` and hand each line on at once.

    :param on_line: tells whether the line is a sign that the work goes on
    :param silence: seconds without such a sign after which the program is ended; how long it takes in all does not matter
    :param script: a file that the program reads as its input; else there is none
    :returns: the exit status, or nothing when it was ended
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    text = {"text": True, "encoding": "utf-8", "errors": "replace"}
    with (
        log.open("w", encoding="utf-8") as kept,
        Path(script or os.devnull).open(encoding="utf-8") as stdin,
        running(command, env=env, cwd=cwd, stdin=stdin, **pipes, **text) as process,
        Watch(silence, lambda: end_group(process)) as watch,
    ):
        for line in process.stdout:
            kept.write(line)
            kept.flush()
            if on_line(line.rstrip("\n")):
                watch.hear()
        status = process.wait()
    return None if watch.ended else status


class Watch:
    """Calls ``end`` when nothing was heard for ``silence`` seconds.

    >>> with Watch(0.01, lambda: print("silent")) as watch:
    ...     time.sleep(0.2)
    silent
    >>> watch.ended
    True
    """

    def __init__(self, silence: float, end: Callable[[], None]) -> None:
        self.ended = False
        self._silence, self._end = silence, end
        self._heard = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def hear(self) -> None:
        """Something was heard just now."""
        self._heard = time.monotonic()

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self._thread.join()

    def _listen(self) -> None:
        while not self._over.wait(max(0.0, self._heard + self._silence - time.monotonic())):
            if time.monotonic() >= self._heard + self._silence:
                self.ended = True
                self._end()
                return
