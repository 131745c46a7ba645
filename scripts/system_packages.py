"""What the operating system must bring, and how it is installed where we may."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.console import StepFailed, run_logged, say, step, stop
from scripts.paths import cache_dir, is_root

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PDF_LIBRARIES = ("libXrender.so.1", "libfontconfig.so.1", "libfreetype.so.6", "libXext.so.6", "libX11.so.6")


@dataclass(frozen=True)
class Need:
    """One thing the machine must have: how to tell, which Debian packages bring it, what fails without it."""

    title: str
    present: Callable[[], bool]
    packages: tuple[str, ...]
    required: bool
    without: str


def find_browser() -> str | None:
    """The Chromium-like browser for tours and screenshots."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def postgresql_bin() -> Path | None:
    """The folder of the newest PostgreSQL server's programs."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if folders:
        return max(folders, key=lambda folder: int(folder.parent.name))
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def has_venv() -> bool:
    """Whether Python can make virtual environments."""
    import importlib.util

    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def _has_libraries() -> bool:
    listing = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=False).stdout
    return all(name in listing for name in PDF_LIBRARIES)


def _has_fonts_and_scripts() -> bool:
    folders = ("fonts-font-awesome", "javascript/jquery", "javascript/jquery-form", "fonts/truetype/dejavu")
    return all(Path("/usr/share", folder).exists() for folder in folders)


def has_postgresql() -> bool:
    """Whether there is a PostgreSQL to start, or a server to ask."""
    return bool(os.environ.get("PGHOST") and shutil.which("psql")) or postgresql_bin() is not None


NEEDS = (
    Need("PostgreSQL", has_postgresql, ("postgresql",), True, "there is no database; or set PGHOST to a server"),
    Need("Python's venv", has_venv, ("python3-venv",), True, "no virtual environment can be made"),
    Need("a Chromium browser", lambda: find_browser() is not None, ("chromium",), False, "browser tests are skipped"),
    Need(
        "libraries for PDF",
        _has_libraries,
        ("libxrender1", "libfontconfig1", "libfreetype6", "libxext6", "libx11-6"),
        False,
        "letters cannot be printed",
    ),
    Need(
        "fonts and jQuery",
        _has_fonts_and_scripts,
        (
            "fonts-font-awesome",
            "libjs-jquery",
            "libjs-jquery-form",
            "fonts-dejavu-core",
            "fonts-inconsolata",
            "fonts-roboto-unhinted",
        ),
        False,
        "icons are missing on screens",
    ),
)


def ensure_system_packages(needs: Sequence[Need] = NEEDS) -> None:
    """Install what is missing as root on Debian; otherwise say once, in one sentence, what to install."""
    missing = [need for need in needs if not need.present()]
    if not missing:
        return
    if is_root() and shutil.which("apt-get"):
        _apt_install([package for need in missing for package in need.packages])
        missing = [need for need in missing if not need.present()]
    for need in missing:
        sentence = f"Please install {need.title} (Debian: apt install {' '.join(need.packages)}): {need.without}."
        if need.required:
            stop(sentence)
        say(sentence)


def _apt_install(packages: Sequence[str]) -> None:
    log = cache_dir() / "logs" / "apt.log"
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    with step(f"Installing {', '.join(packages)} with apt-get"):
        try:
            run_logged(install, log, env=env)
        except StepFailed:
            # The package lists may be missing or older than the archive.
            run_logged(["apt-get", "update"], log, env=env)
            run_logged(install, log, env=env)
