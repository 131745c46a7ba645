"""A PostgreSQL server of the project's own: on a Unix socket in the cache, started on demand, safe to throw away."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.console import StepFailed, run_logged, step, stop
from scripts.paths import cache_dir, is_root, locked, open_to_everyone, own_by
from scripts.system_packages import postgresql_bin

SYSTEM_USER = "postgres"  # who runs the server when we are root: it refuses to run as root
DATABASE_USER = "odoo"  # Odoo refuses to work as the role "postgres"
SOCKET_PATH_LIMIT = 90  # the kernel allows 107 characters with the socket's own name
MAX_CONNECTIONS = 200
SETTINGS = f"""
# Written by the project: nothing here survives a power cut, and nothing has to.
listen_addresses = ''
max_connections = {MAX_CONNECTIONS}
shared_buffers = 512MB
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 4GB
autovacuum_naptime = 5min
# Nothing is known about fresh tables: what looks expensive is compiled for longer than it then runs.
jit = off
log_min_messages = fatal
"""


@dataclass(frozen=True)
class Cluster:
    """A server that is up: the variables that lead its clients to it, and the folder of their programs."""

    variables: Mapping[str, str]
    programs: Path | None

    def program(self, name: str) -> str:
        """The path of a client program such as ``psql``."""
        inside = self.programs / name if self.programs else None
        found = str(inside) if inside and inside.exists() else shutil.which(name)
        return found or stop(f"Please install PostgreSQL's client programs: {name} is missing.")


def ensure_cluster() -> Cluster:
    """The server that ``PGHOST`` names, else the project's own, made and started when needed."""
    if os.environ.get("PGHOST"):
        variables = {key: value for key, value in os.environ.items() if key.startswith("PG")}
        return Cluster(variables, None)
    programs = postgresql_bin() or stop("Please install PostgreSQL (Debian: apt install postgresql).")
    folder = _folder(programs)
    if not _is_up(folder, programs):
        with locked("postgresql"):
            if not (folder / "data").is_dir():
                _create(folder, programs)
            if not _is_up(folder, programs):
                _start(folder, programs)
    return Cluster({"PGHOST": str(_socket_dir(folder)), "PGPORT": "5432", "PGUSER": DATABASE_USER}, programs)


def cluster_is_up() -> bool:
    """Whether a server answers: the one that ``PGHOST`` names, or the project's own."""
    if os.environ.get("PGHOST"):
        return True
    programs = postgresql_bin()
    return programs is not None and _is_up(_folder(programs), programs)


def stop_cluster() -> None:
    """Stop the project's own server where it runs; another's is left alone."""
    programs = postgresql_bin()
    if programs and not os.environ.get("PGHOST") and _is_up(_folder(programs), programs):
        with step("Stopping PostgreSQL"):
            _control(_folder(programs), programs, "stop", "-m", "fast")


def _folder(programs: Path) -> Path:
    version = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return cache_dir() / f"postgresql-{version.split()[2].split('.')[0]}"


def _socket_dir(folder: Path) -> Path:
    """The cluster's folder, or a short one under the temporary folder where its path is too long for a socket."""
    if len(str(folder)) <= SOCKET_PATH_LIMIT:
        return folder
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
    short = Path(tempfile.gettempdir()) / f"ghc-{os.geteuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    if is_root():
        own_by(short, SYSTEM_USER)
        short.chmod(0o755)
    return short


def _is_up(folder: Path, programs: Path) -> bool:
    probe = [programs / "pg_isready", "-q", "-h", _socket_dir(folder), "-p", "5432"]
    return subprocess.run(probe, check=False).returncode == 0


def _as_server_user() -> list[str]:
    return ["runuser", "-u", SYSTEM_USER, "--"] if is_root() else []


def _control(folder: Path, programs: Path, *words: str) -> None:
    """Call ``pg_ctl``. It tells a stale pid file from a server that runs, and clears the former."""
    log = cache_dir() / "logs" / "postgresql.log"
    command = [*_as_server_user(), programs / "pg_ctl", "-D", folder / "data", "-w", "-t", "120", *words]
    run_logged(command, log, cwd=folder)


def _create(folder: Path, programs: Path) -> None:
    if is_root() and not open_to_everyone(cache_dir()):
        stop(f"The user {SYSTEM_USER} cannot enter {cache_dir()}: set GHC_CACHE to a folder that everyone can enter.")
    folder.mkdir(exist_ok=True)
    if is_root():
        own_by(folder, SYSTEM_USER)
    fresh = folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    options = ["-A", "trust", "-U", DATABASE_USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    with step("Creating the project's PostgreSQL cluster"):
        try:
            log = cache_dir() / "logs" / "postgresql.log"
            run_logged([*_as_server_user(), programs / "initdb", "-D", fresh, *options], log, cwd=folder)
        except StepFailed as failure:
            stop(str(failure))
        with (fresh / "postgresql.conf").open("a") as configuration:
            configuration.write(SETTINGS)
        fresh.rename(folder / "data")


def _start(folder: Path, programs: Path) -> None:
    server_log = folder / "server.log"
    with step("Starting PostgreSQL"):
        try:
            _control(folder, programs, "-l", str(server_log), "-o", f"-k {_socket_dir(folder)} -p 5432", "start")
        except StepFailed as failure:
            stop(f"{failure}\nPostgreSQL did not start; its own log is {server_log}.")
