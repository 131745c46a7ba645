"""Run a piece of Python inside Odoo, on one database, and take its answer."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scripts.console import StepFailed
from scripts.environment import Environment
from scripts.paths import ROOT

QUIET = ("--log-level=warn", "--log-handler=py.warnings:ERROR", "--no-http", "--max-cron-threads=0")
MARK = "@@answer@@"


def shell_command(
    environment: Environment, database: str, *options: str, addons: Sequence[Path] = (ROOT,)
) -> list[str]:
    """The command line of an Odoo shell that serves nothing and runs no crons."""
    return environment.odoo_command("-d", database, *QUIET, *options, subcommand="shell", addons=addons)


def run_script(
    environment: Environment,
    database: str,
    script: str,
    *,
    options: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    addons: Sequence[Path] = (ROOT,),
    timeout: float | None = None,
) -> str:
    """What ``script`` prints. It finds ``env`` and commits by itself.

    :param variables: additions to the process environment
    :raises StepFailed: with the traceback when the script fails
    """
    done = subprocess.run(
        shell_command(environment, database, *options, addons=addons),
        input=script,
        capture_output=True,
        text=True,
        env={**environment.variables, **(variables or {})},
        cwd=ROOT,
        timeout=timeout,
        check=False,
    )
    if done.returncode:
        raise StepFailed(f"A script inside Odoo failed with status {done.returncode}:\n{done.stderr}{done.stdout}")
    return done.stdout


def ask(environment: Environment, database: str, script: str, **how: Any) -> Any:
    """What ``script`` leaves in its variable ``answer``, carried over as JSON; dates and the like become text."""
    carry = f"\nimport json as _json\nprint('\\n{MARK}' + _json.dumps(answer, default=str))\n"
    output = run_script(environment, database, script + carry, **how)
    return json.loads(output.rpartition(MARK)[2])
