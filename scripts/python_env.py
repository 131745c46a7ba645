"""The virtual environment: pinned packages, with the Odoo in use on its path."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

from scripts.console import StepFailed, run_logged, step, stop
from scripts.odoo_source import OdooSource
from scripts.paths import ROOT, cache_dir, locked

# The interpreter that environments are made from, also when this runs inside one.
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)
REQUIREMENTS = (ROOT / "requirements.txt", ROOT / "requirements-dev.txt")


def ensure_python(odoo: OdooSource) -> Path:
    """The interpreter of the environment for these requirements and this Odoo, made when missing."""
    folder = cache_dir() / f"venv-{_key(odoo)}"
    python = folder / "bin" / "python"
    if not (folder / "complete").is_file():
        with locked("venv"):
            if not (folder / "complete").is_file():
                _build(folder, odoo)
    return python


def _key(odoo: OdooSource) -> str:
    """A name that changes with anything the environment is made of."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    digest = hashlib.sha256(f"{sys.base_prefix} {odoo.python_path}".encode())
    for requirements in REQUIREMENTS:
        digest.update(requirements.read_bytes())
    return f"{version}-{digest.hexdigest()[:10]}"


def _build(folder: Path, odoo: OdooSource) -> None:
    """Build in place: scripts in a virtual environment name its folder. The mark of completion comes last."""
    shutil.rmtree(folder, ignore_errors=True)
    log = cache_dir() / "logs" / "venv.log"
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    try:
        with step("Making the Python environment"):
            run_logged([BASE_PYTHON, "-m", "venv", folder], log, env=env)
            (site_packages,) = folder.glob("lib/python3*/site-packages")
            (site_packages / "odoo-in-use.pth").write_text(f"{odoo.python_path}\n")
            wanted = [part for path in REQUIREMENTS for part in ("-r", path)]
            run_logged([folder / "bin" / "python", "-m", "pip", "install", "-q", *wanted], log, env=env)
    except StepFailed as failure:
        stop(f"{failure}\nThe Python environment could not be made. On Debian, python3-venv must be installed.")
    (folder / "complete").touch()
