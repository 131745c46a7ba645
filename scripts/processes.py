"""Start programs that must not outlive us, and read what they say line by line."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

GRACE_SECONDS = 15


@contextmanager
def running(command: Sequence[str], *, env: Mapping[str, str], **options: object) -> Iterator[subprocess.Popen]:
    """A process with its children in a group of their own, all ended when the block is left."""
    process = subprocess.Popen(command, env=env, start_new_session=True, **options)
    try:
        yield process
    finally:
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
    on_line: Callable[[str], None],
    *,
    env: Mapping[str, str],
    cwd: Path,
    timeout: float,
) -> int | None:
    """Run a program, keep all it says in ``log`` and hand each line on at once.

    :returns: the exit status, or nothing when it was ended because ``timeout`` seconds were over
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    out_of_time = threading.Event()
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    text = {"text": True, "encoding": "utf-8", "errors": "replace"}
    with log.open("w", encoding="utf-8") as kept, running(command, env=env, cwd=cwd, **pipes, **text) as process:

        def end() -> None:
            out_of_time.set()
            end_group(process)

        timer = threading.Timer(timeout, end)
        timer.start()
        try:
            for line in process.stdout:
                kept.write(line)
                kept.flush()
                on_line(line.rstrip("\n"))
            status = process.wait()
        finally:
            timer.cancel()
    return None if out_of_time.is_set() else status
