"""Find an Odoo 19, or fetch Debian's package of it into the cache. Nothing is installed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scripts.console import StepFailed, run_logged, step, stop
from scripts.paths import cache_dir, locked

SERIES = "19.0"
PACKAGE = "odoo-19"
SUITE = "sid"  # the only Debian suite that carries the package
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SHARED_FOLDERS = ("fonts", "fonts-font-awesome", "javascript")
# Debian's package leaves this file out; the web client logs an error when it is missing.
REMOVED_FILE = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
NO_ODOO = (
    "There is no Odoo 19 here. Set ODOO_HOME to an Odoo 19 source tree or package folder, "
    "or run this on Debian, where it fetches the package odoo-19 by itself."
)


@dataclass(frozen=True)
class OdooSource:
    """An Odoo that can run: the folder to put on Python's path, its add-ons, and a key that changes with it."""

    python_path: Path
    addons: tuple[Path, ...]
    key: str


def find_odoo() -> OdooSource:
    """The Odoo of ``ODOO_HOME``, else the cached Debian package, which is fetched when missing."""
    if home := os.environ.get("ODOO_HOME"):
        return _describe(Path(home).expanduser().resolve())
    unpacked = _cached_package()
    if unpacked is None:
        with locked("odoo"):
            unpacked = _cached_package() or _fetch_package()
    return _describe(unpacked)


def _describe(home: Path) -> OdooSource:
    candidates = (home, home / "usr/lib/python3/dist-packages", home.parent)
    for python_path in candidates:
        release = python_path / "odoo" / "release.py"
        if release.is_file():
            break
    else:
        stop(f"ODOO_HOME={home} holds no Odoo: there is no odoo/release.py in it.")
    series = re.search(r"version_info\s*=\s*\(\D*(\d+),\s*(\d+)", release.read_text())
    if not series or ".".join(series.groups()) != SERIES:
        stop(f"{home} is not Odoo {SERIES}. Set ODOO_HOME to an Odoo {SERIES} source tree or package folder.")
    addons = tuple(path for path in (python_path / "addons", python_path / "odoo" / "addons") if path.is_dir())
    return OdooSource(python_path, addons, home.name if home.parent == cache_dir() else _key_of(release))


def _key_of(release: Path) -> str:
    """Another place or another time is another Odoo, for which databases are prepared anew."""
    stamp = f"{release} {release.stat().st_mtime_ns}".encode()
    return f"odoo-{SERIES}-{hashlib.sha256(stamp).hexdigest()[:10]}"


def _cached_package() -> Path | None:
    unpacked = sorted(path for path in cache_dir().glob("odoo-19*") if path.is_dir())
    return unpacked[-1] if unpacked else None


def _fetch_package() -> Path:
    archive = _archive_address()
    if not archive:
        stop(NO_ODOO)
    work = Path(tempfile.mkdtemp(prefix="fetch-", dir=cache_dir()))
    work.chmod(0o755)
    try:
        with step("Fetching Debian's package of Odoo 19 (about 120 MB)"):
            package = _download(archive, work)
        version = package.name.split("_")[1].replace("%3a", ":").replace("+dfsg", "")
        tree = work / "tree"
        with step("Unpacking Odoo (about 1.2 GB)"):
            run_logged(["dpkg", "-x", package, tree], _log())
            _complete(tree)
        target = cache_dir() / f"odoo-{version}"
        tree.rename(target)
        return target
    finally:
        shutil.rmtree(work)


def _archive_address() -> str | None:
    """The Debian archive this machine is configured for, or nothing on other systems."""
    if not (shutil.which("apt-get") and KEYRING.is_file()):
        return None
    codename = _os_release().get("VERSION_CODENAME", "")
    query = ["apt-get", "indextargets", "--format", "$(REPO_URI)"]
    filters = ["Created-By: Packages", "Origin: Debian", f"Codename: {codename}"]
    found = subprocess.run([*query, *filters], capture_output=True, text=True, check=False).stdout.split()
    return found[0] if found else None


def _os_release() -> dict[str, str]:
    lines = Path("/etc/os-release").read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if "=" in line)
    return {key: value.strip('"') for key, value in pairs}


def _download(archive: str, work: Path) -> Path:
    """Fetch the package with apt's own checks of signatures, and lists of our own: the system's stay as they are."""
    sources = work / "sources.list"
    sources.write_text(f"deb [signed-by={KEYRING}] {archive} {SUITE} main\n")
    for folder in ("lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True)
    options = [
        f"-oDir::Etc::SourceList={sources}",
        "-oDir::Etc::SourceParts=/dev/null",
        f"-oDir::State::Lists={work}/lists",
        f"-oDir::Cache={work}/cache",
        "-oAPT::Sandbox::User=",
    ]
    try:
        run_logged(["apt-get", *options, "update"], _log(), cwd=work)
        run_logged(["apt-get", *options, "download", PACKAGE], _log(), cwd=work)
    except StepFailed as failure:
        stop(f"{failure}\nOdoo could not be fetched. {NO_ODOO}")
    return next(work.glob(f"{PACKAGE}_*.deb"))


def _complete(tree: Path) -> None:
    """Give the unpacked tree what it links to on an installed system, and the file Debian removed."""
    for name in SHARED_FOLDERS:
        link = tree / "usr/share" / name
        if not link.exists():
            link.symlink_to(Path("/usr/share") / name)
    missing = tree / "usr/lib/python3/dist-packages/odoo/addons" / REMOVED_FILE
    missing.parent.mkdir(parents=True, exist_ok=True)
    missing.touch()


def _log() -> Path:
    return cache_dir() / "logs" / "odoo-source.log"
