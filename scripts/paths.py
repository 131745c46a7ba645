"""Where things lie: the checkout, what it builds, and the cache that outlives it."""

from __future__ import annotations

import fcntl
import os
import pwd
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from scripts.console import go_on, say

PROJECT = "grey-hat-collections"
ADDON = "grey_hat_collections"
PRIVACY_ADDON = f"{ADDON}_privacy"  # installs itself where Odoo's privacy_lookup is, which comes with mail
QUEUE_ADDON = f"{ADDON}_queue_job"  # for several hosts; needs OCA's queue_job
PAYMENT_ADDON = f"{ADDON}_payment"  # the same for account_payment, which comes with account
TOGETHER = (ADDON, PRIVACY_ADDON, PAYMENT_ADDON)  # what is installed where the add-on is
ADDONS = (*TOGETHER, QUEUE_ADDON)
ROOT = Path(__file__).resolve().parent.parent
ADDON_DIR = ROOT / ADDON
BUILD = ROOT / "build"
LOGS = BUILD / "logs"
LOCK_SECONDS = 0.1  # between two looks whether another run is done


def is_root() -> bool:
    """Whether we may install system packages, and must not run PostgreSQL as ourselves."""
    return os.geteuid() == 0


@cache
def cache_dir() -> Path:
    """The cache folder, created when missing.

    ``GHC_CACHE`` wins, then ``XDG_CACHE_HOME``. Root's home is closed to the system user that runs PostgreSQL, so
    root gets a folder under ``/var/cache`` instead.
    """
    path = _choose_cache_dir()
    path.mkdir(parents=True, exist_ok=True)
    return path


def _choose_cache_dir() -> Path:
    if chosen := os.environ.get("GHC_CACHE"):
        return Path(chosen).expanduser().resolve()
    xdg = os.environ.get("XDG_CACHE_HOME")
    if not is_root():
        return Path(xdg or "~/.cache").expanduser().resolve() / PROJECT
    if xdg and open_to_everyone(Path(xdg)):
        return Path(xdg).resolve() / PROJECT
    return Path("/var/cache") / PROJECT


def open_to_everyone(path: Path) -> bool:
    """Whether any user can walk down to ``path`` (parts that do not exist yet will be)."""
    path = path.resolve()
    existing = [part for part in (path, *path.parents) if part.exists()]
    return all(part.stat().st_mode & stat.S_IXOTH for part in existing)


def own_by(path: Path, user: str) -> None:
    """Hand a folder to a system user."""
    entry = pwd.getpwnam(user)
    os.chown(path, entry.pw_uid, entry.pw_gid)


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold a lock that other runs on this machine respect, so that two runs never build the same thing at once."""
    folder = cache_dir() / "locks"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.lock").open("w") as handle:
        told = False
        while not _try_lock(handle):
            if not told:
                say(f"  waiting for another run that holds the lock “{name}” …")
            told = True
            go_on()
            time.sleep(LOCK_SECONDS)
        yield


def _try_lock(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
