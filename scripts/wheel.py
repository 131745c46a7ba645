"""Build the add-on's package, a wheel that pip installs beside Odoo."""

from __future__ import annotations

import zipfile

from scripts.console import run_logged, say, step, stop
from scripts.environment import Environment
from scripts.paths import ADDON, ADDON_DIR, LOGS, ROOT

DIST = ROOT / "dist"
MANIFEST = f"odoo/addons/{ADDON}/__manifest__.py"


def main(environment: Environment, _arguments: list[str]) -> int:
    """Build into ``dist/`` and look whether the package holds the add-on where Odoo finds it."""
    for old in DIST.glob("*.whl"):
        old.unlink()
    command = [environment.python, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", DIST, ADDON_DIR]
    with step("Building the package"):
        run_logged(command, LOGS / "wheel.log", env=environment.variables)
    wheel = next(DIST.glob("*.whl"))
    if MANIFEST not in zipfile.ZipFile(wheel).namelist():
        stop(f"{wheel} does not hold {MANIFEST}.")
    say(f"{wheel.relative_to(ROOT)}")
    return 0
