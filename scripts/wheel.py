"""Build the add-ons' packages, wheels that pip installs beside Odoo."""

from __future__ import annotations

import zipfile

from scripts.console import run_logged, say, step, stop
from scripts.environment import Environment
from scripts.paths import ADDONS, LOGS, ROOT

DIST = ROOT / "dist"


def main(environment: Environment, _arguments: list[str]) -> int:
    """Build into ``dist/`` and look whether each package holds its add-on where Odoo finds it."""
    for old in DIST.glob("*.whl"):
        old.unlink()
    pip = [environment.python, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", DIST]
    with step("Building the packages"):
        run_logged([*pip, *(ROOT / addon for addon in ADDONS)], LOGS / "wheel.log", env=environment.variables)
    for addon in ADDONS:
        wheel = next(DIST.glob(f"odoo_addon_{addon}-*.whl"))
        manifest = f"odoo/addons/{addon}/__manifest__.py"
        if manifest not in zipfile.ZipFile(wheel).namelist():
            stop(f"{wheel} does not hold {manifest}.")
        say(f"{wheel.relative_to(ROOT)}")
    return 0
