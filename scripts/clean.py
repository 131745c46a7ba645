"""Undo: drop the project's databases, stop its PostgreSQL, remove what was built."""

from __future__ import annotations

import shutil

from scripts import databases
from scripts.cluster import cluster_is_up, stop_cluster
from scripts.console import say
from scripts.environment import database_environment
from scripts.paths import BUILD, ROOT, cache_dir


def clean(*, everything: bool) -> int:
    """Remove databases and build folders, and with ``everything`` the cache as well.

    The environment is not built just to be cleaned: where no server of ours runs there is nothing to drop but files.
    """
    if cluster_is_up():
        databases.remove_all(database_environment())
        stop_cluster()
    for folder in (BUILD, ROOT / "dist", ROOT / ".pytest_cache", ROOT / ".ruff_cache", ROOT / ".hypothesis"):
        shutil.rmtree(folder, ignore_errors=True)
    if everything:
        shutil.rmtree(cache_dir(), ignore_errors=True)
        say(f"Removed {cache_dir()}.")
    return 0
