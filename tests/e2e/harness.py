"""What black-box tests are written with: databases, servers, scripts inside Odoo, each gone when the test is over."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from scripts import databases, odoo_scripts
from scripts.environment import Environment
from scripts.odoo_tests import STAMP
from scripts.paths import ADDON
from scripts.server import Server, serving


class Workbench:
    """Makes things for one test and puts them away in reverse order."""

    def __init__(self, environment: Environment, stack: ExitStack):
        self.environment = environment
        self._stack = stack

    def database(self, template: str | None = None) -> str:
        """A new database with the add-on installed, or a copy of the database ``template``."""
        name = databases.temporary_name("e2e")
        source = template or databases.installed_template(self.environment)
        self.drop_later(name)
        databases.clone(self.environment, source, name)
        return name

    def drop_later(self, database: str) -> None:
        """Drop ``database`` when all is over."""
        self._stack.callback(databases.drop, self.environment, database)

    def add_ons(self, database: str) -> set[str]:
        """Which of our add-ons are installed there."""
        rows = self.query(
            database, f"SELECT name FROM ir_module_module WHERE state = 'installed' AND name LIKE '{ADDON}%'"
        )
        return {name for (name,) in rows}

    def shell(self, database: str, script: str, env: Mapping[str, str] | None = None, **how: Any) -> str:
        """What ``script`` prints inside Odoo. It finds ``env`` and commits by itself.

        :param env: additions to the process environment
        """
        return odoo_scripts.run_script(self.environment, database, script, variables=env, **how)

    def ask(self, database: str, script: str, env: Mapping[str, str] | None = None, **how: Any) -> Any:
        """What ``script`` leaves in its variable ``answer``; dates and the like come as text."""
        return odoo_scripts.ask(self.environment, database, script, variables=env, **how)

    def query(self, database: str, statement: str) -> list[tuple[str, ...]]:
        """The rows of an SQL statement, every value as text."""
        return [tuple(line.split("|")) for line in databases.query(self.environment, statement, database)]

    def server(self, database: str, **how: Any) -> Server:
        """A server of this database; for the options see :func:`scripts.server.serving`."""
        return self._stack.enter_context(serving(self.environment, database, **how))


def complaints(log: Path) -> list[str]:
    """The warnings and errors in a log of Odoo; what Python says of the packages that Odoo uses is none."""
    stamps = filter(None, map(STAMP.match, log.read_text(encoding="utf-8").splitlines()))
    return [
        stamp["text"]
        for stamp in stamps
        if stamp["level"] in ("WARNING", "ERROR", "CRITICAL") and stamp["logger"] != "py.warnings"
    ]
