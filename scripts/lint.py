"""Check style and likely mistakes, or put the code into its format."""

from __future__ import annotations

import subprocess

from scripts.console import say
from scripts.environment import Environment
from scripts.paths import ADDONS, ROOT

NOT_FOR_US = (
    "consider-merging-classes-inherited",  # models are split by subject on purpose
    "missing-readme",  # the README is the repository's
    "no-search-all",  # companies are few
    "prefer-env-translation",  # it does not see through "_ = self.env._"
)


def main(environment: Environment, arguments: list[str]) -> int:
    """Run every check, also after one that complains; with ``format``, change the files instead."""
    tools = environment.python.parent
    if arguments:
        commands = [[tools / "ruff", "check", "--fix-only", "--quiet", "."], [tools / "ruff", "format", "."]]
    else:
        commands = [
            [tools / "ruff", "check", "--quiet", "."],
            [tools / "ruff", "format", "--check", "--quiet", "."],
            [
                *(tools / "pylint", "--disable=all", "--enable=odoolint", f"--disable={','.join(NOT_FOR_US)}"),
                *ADDONS,
            ],
        ]
    failed = [
        command
        for command in commands
        if subprocess.run(list(map(str, command)), cwd=ROOT, env=environment.variables, check=False).returncode
    ]
    for command in failed:
        say(f"Not clean: {' '.join([command[0].name, *map(str, command[1:])])}")
    if not failed:
        say("Lint: clean.")
    return len(failed) and 1
