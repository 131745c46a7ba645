"""The virtual environment: pinned packages, with the Odoo in use on its path."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts import pip_settings
from scripts.console import StepFailed, run_logged, say, step, stop
from scripts.odoo_source import OdooSource
from scripts.paths import ROOT, cache_dir, locked

# The interpreter that environments are made from, also when this runs inside one.
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)
REQUIREMENTS = (ROOT / "requirements.txt", ROOT / "requirements-dev.txt")
INSTALLER = "uv==0.13.8"  # installs the packages in a fraction of pip's time; where it is not to be had, pip does it


def ensure_python() -> Path:
    """The interpreter of the environment for these requirements, made when missing: it has pip, but maybe nothing else yet."""
    folder = cache_dir() / f"venv-{_key()}"
    if not (folder / "made").is_file():
        with locked("venv"):
            if not (folder / "made").is_file():
                _make(folder)
    return folder / "bin" / "python"


def ensure_packages(python: Path) -> None:
    """Install the packages into the environment of this interpreter when they are missing."""
    mark = _folder(python) / "complete"
    if not mark.is_file():
        with locked("packages"):
            if not mark.is_file():
                _install(python)
                mark.touch()


def put_on_path(python: Path, odoo: OdooSource) -> None:
    """Let the interpreter of the environment find this Odoo."""
    (site_packages,) = _folder(python).glob("lib/python3*/site-packages")
    note, wanted = site_packages / "odoo-in-use.pth", f"{odoo.python_path}\n"
    if not note.is_file() or note.read_text() != wanted:
        fresh = note.with_suffix(f".{os.getpid()}")
        fresh.write_text(wanted)
        fresh.rename(note)


def _folder(python: Path) -> Path:
    return python.parent.parent


def _key() -> str:
    """A name that changes with anything the environment is made of; each ``ODOO_HOME`` has an environment of its own."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    home = os.environ.get("ODOO_HOME")
    digest = hashlib.sha256(f"{sys.base_prefix} {home and Path(home).expanduser().resolve()}".encode())
    for requirements in REQUIREMENTS:
        digest.update(requirements.read_bytes())
    return f"{version}-{digest.hexdigest()[:10]}"


def _make(folder: Path) -> None:
    """Build in place: scripts in a virtual environment name its folder. The mark of completion comes last."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with step("Making a Python environment"):
            run_logged([BASE_PYTHON, "-m", "venv", folder], _log(), env=_variables())
    except StepFailed as failure:
        stop(f"{failure}\nThe Python environment could not be made. On Debian, python3-venv must be installed.")
    (folder / "made").touch()


def _install(python: Path) -> None:
    wanted = [part for path in REQUIREMENTS for part in ("-r", str(path))]
    try:
        with step("Installing Python packages"):
            if not _install_fast(python, wanted, _variables()):
                run_logged([python, "-m", "pip", "install", "-q", *wanted], _log(), env=_variables())
    except StepFailed as failure:
        stop(f"{failure}\nThe Python packages could not be installed.")


def _variables() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}


def _install_fast(python: Path, wanted: Sequence[str], env: Mapping[str, str]) -> bool:
    """Install with uv, from where pip would fetch the packages; tell whether that went well."""
    pip = [python, "-m", "pip", "install", "-q", "--no-deps", "--only-binary", ":all:", INSTALLER]
    command = [python.with_name("uv"), "pip", "install", "--python", python, *wanted]
    try:
        run_logged(pip, _log(), env=env)
        words, settings = pip_settings.for_uv(python, env)
        # Beside the environment, so that packages are linked and not copied.
        run_logged([*command, *words], _log(), env={"UV_CACHE_DIR": str(cache_dir() / "uv"), **settings, **env})
    except StepFailed:
        say(f"  uv did not install the packages (see {_log()}); pip does, which takes longer.")
        return False
    return True


def _log() -> Path:
    return cache_dir() / "logs" / "venv.log"
