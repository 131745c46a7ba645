"""A running Odoo server of one database, on the loopback interface."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts import databases
from scripts.console import StepFailed, tail
from scripts.environment import Environment, free_port
from scripts.paths import LOGS, ROOT
from scripts.processes import running

START_TIMEOUT_SECONDS = 120
NO_MAIL_PORT = 9  # “discard”: nothing listens there, so mail that nobody catches stays on the machine


@dataclass(frozen=True)
class Server:
    """A server that answers: where, which process, and where it writes its log."""

    url: str
    port: int
    database: str
    process: subprocess.Popen
    log: Path


def server_options(database: str, port: int, *, workers: int = 0, crons: int = 0, smtp_port: int | None) -> list[str]:
    """The options of a server that shows one database and hands its mail to this machine only."""
    return [
        *("-d", database, f"--db-filter=^{database}$", "--no-database-list"),
        *("--http-interface=127.0.0.1", f"--http-port={port}", f"--gevent-port={free_port()}"),
        *(f"--workers={workers}", f"--max-cron-threads={crons}"),
        *("--smtp=127.0.0.1", f"--smtp-port={smtp_port or NO_MAIL_PORT}"),
        *("--limit-time-real=600", "--limit-time-cpu=600", "--log-handler=py.warnings:ERROR"),
    ]


@contextmanager
def serving(
    environment: Environment,
    database: str,
    *,
    port: int | None = None,
    workers: int = 0,
    crons: int = 0,
    smtp_port: int | None = None,
    variables: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
    addons: Sequence[Path] = (ROOT,),
) -> Iterator[Server]:
    """Serve ``database`` until the block is left. What is printed from it asks this server for styles and pictures.

    :param port: a free one when left out
    :param workers: processes; none means threads in one process
    :param crons: threads that run scheduled actions
    :raises StepFailed: with the end of its log when the server does not come up
    """
    port = port or free_port()
    _point_reports_at(environment, database, f"http://127.0.0.1:{port}")
    words = server_options(database, port, workers=workers, crons=crons, smtp_port=smtp_port)
    log = LOGS / f"server-{database}-{port}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    env = {**environment.variables, **(variables or {})}
    command = environment.odoo_command(*words, *options, addons=addons)
    with (
        log.open("w") as output,
        running(command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output) as process,
    ):
        server = Server(f"http://127.0.0.1:{port}", port, database, process, log)
        wait_until_up(server)
        yield server


def _point_reports_at(environment: Environment, database: str, url: str) -> None:
    """The address is that of whoever serves now: a former one may be dead. Before the server starts, for it reads this once."""
    databases.query(
        environment,
        f"""INSERT INTO ir_config_parameter AS known (key, value) VALUES ('report.url', '{url}')
            ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value WHERE known.value <> EXCLUDED.value""",
        database,
    )


def wait_until_up(server: Server) -> None:
    """Return as soon as the server answers and its database is loaded."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/web/login", timeout=START_TIMEOUT_SECONDS) as answer:
                answer.read()
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise StepFailed(f"The server of {server.database} did not come up; the end of {server.log}:\n{tail(server.log)}")
