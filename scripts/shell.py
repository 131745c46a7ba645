"""Odoo's Python shell on a database of the project; a script on standard input is run instead.

``python3 -m scripts shell [database]``: the database is made, with the add-on, when it does not exist.
"""

from __future__ import annotations

import os
from typing import NoReturn

from scripts import databases
from scripts.environment import Environment
from scripts.odoo_scripts import shell_command

DEFAULT_DATABASE = "ghc_demo"


def main(environment: Environment, arguments: list[str]) -> NoReturn:
    """Become the shell: it inherits the terminal or the script on standard input, and its exit status is ours."""
    database = (arguments or [DEFAULT_DATABASE])[0]
    databases.ensure(environment, database)
    command = shell_command(environment, database)
    os.execve(command[0], command, environment.variables)
