"""Add-ons of the Odoo Community Association that run beside ours: peers to compare with, and the job queue.

They come as wheels in their published versions and are unpacked into the cache; nothing of them is part of the project.
"""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

from scripts.console import StepFailed, run_logged, step, stop
from scripts.environment import Environment
from scripts.paths import ROOT, cache_dir, locked

#: The published version of each package, by the technical name of its add-on.
VERSIONS = {
    "account_credit_control": "19.0.1.0.0.13",
    "partner_statement": "19.0.1.1.0.16",
    "queue_job": "19.0.2.4.0.1",
    "report_xlsx": "19.0.1.0.2.2",
    "report_xlsx_helper": "19.0.1.0.0.2",
}


def addons_folder(environment: Environment, module: str) -> Path:
    """The add-ons folder that holds ``module``, fetched when missing. What it depends on is the caller's to know."""
    folder = cache_dir() / f"oca-{module}-{VERSIONS[module]}"
    if not folder.is_dir():
        with locked(f"oca-{module}"):
            if not folder.is_dir():
                _fetch(environment, module, folder)
    return folder / "odoo" / "addons"


def with_queue(environment: Environment) -> tuple[Path, ...]:
    """The add-ons folders for our add-on that shares work out as jobs: the checkout, and where ``queue_job`` lies."""
    return (ROOT, addons_folder(environment, "queue_job"))


def _fetch(environment: Environment, module: str, target: Path) -> None:
    package = f"odoo-addon-{module.replace('_', '-')}=={VERSIONS[module]}"
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=cache_dir()) as name:
        work = Path(name)
        work.chmod(0o755)
        download = [environment.python, "-m", "pip", "download", "-q", "--no-deps", "-d", work, package]
        try:
            with step(f"Fetching {package}"):
                run_logged(download, cache_dir() / "logs" / f"{module}.log")
        except StepFailed as failure:
            stop(f"{failure}\n{package} could not be fetched; it is needed for what you asked for, not for the add-on.")
        with zipfile.ZipFile(next(work.glob("*.whl"))) as wheel:
            wheel.extractall(work / "unpacked")
        (work / "unpacked").rename(target)
