"""Everything the project needs to run, built once into the cache."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from scripts.beside import beside
from scripts.cluster import Cluster, ensure_cluster
from scripts.odoo_source import OdooSource, find_odoo
from scripts.paths import ROOT, cache_dir
from scripts.pdf_tool import ensure_pdf_tool
from scripts.python_env import ensure_packages, ensure_python, put_on_path
from scripts.system_packages import ensure_system_packages, has_postgresql, has_venv

T = TypeVar("T")


@dataclass(frozen=True)
class Environment:
    """A complete place to run Odoo in."""

    odoo: OdooSource
    python: Path
    cluster: Cluster
    pdf_folder: Path | None

    @property
    def data_dir(self) -> Path:
        """Where Odoo keeps its file stores."""
        return cache_dir() / "odoo-data"

    @property
    def variables(self) -> dict[str, str]:
        """The process environment for Odoo and for database clients."""
        folders = [str(self.pdf_folder)] if self.pdf_folder else []
        path = os.pathsep.join([*folders, str(self.python.parent), os.environ.get("PATH", "")])
        own = {
            "PATH": path,
            "ODOO_RC": os.devnull,  # Odoo reads a personal configuration file otherwise; ours is on the command line
            "PYTHONUNBUFFERED": "1",
            # Odoo comes as source only. Compiled once, each of its many starts takes a third less.
            "PYTHONPYCACHEPREFIX": str(cache_dir() / "compiled"),
        }
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**inherited, **own, **self.cluster.variables}

    def odoo_command(
        self, *words: str | Path, subcommand: str = "server", addons: Sequence[Path] = (ROOT,)
    ) -> list[str]:
        """A command line of Odoo with the file store and the add-ons of the project.

        :param addons: the add-ons folders beside Odoo's own
        """
        folders = [*addons, *self.odoo.addons]
        options = [f"--addons-path={','.join(map(str, folders))}", f"--data-dir={self.data_dir}"]
        return [str(self.python), "-m", "odoo", subcommand, *options, *map(str, words)]


@cache
def ensure_environment() -> Environment:
    """Build what is missing, each thing beside what it does not need; say what is being built, nothing when all is there."""
    with beside() as start:
        system = start(ensure_system_packages)

        def after_system(present: Callable[[], bool], build: Callable[[], T]) -> T:
            if not present():
                system.result()
            return build()

        odoo = start(find_odoo)
        python = start(lambda: after_system(has_venv, ensure_python))
        cluster = start(lambda: after_system(has_postgresql, ensure_cluster))
        start(lambda: ensure_packages(python.result()))
        pdf_folder = start(lambda: ensure_pdf_tool(python.result()))
    put_on_path(python.result(), odoo.result())
    return Environment(odoo.result(), python.result(), cluster.result(), pdf_folder.result())


def database_environment() -> Environment:
    """Enough of it to speak to the database server, where Odoo and its packages may be missing."""
    return Environment(OdooSource(Path(), (), ""), Path(sys.executable), ensure_cluster(), None)


def free_port() -> int:
    """A TCP port of the loopback interface that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_is_taken(port: int) -> bool:
    """Whether something listens on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
