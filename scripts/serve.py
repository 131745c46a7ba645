"""Serve a database until Ctrl-C: ``python3 -m scripts serve [database]``; the environment may set ``PORT``."""

from __future__ import annotations

import os

from scripts import databases
from scripts.console import say, stop
from scripts.environment import Environment, port_is_taken
from scripts.mail_sink import catching_mail
from scripts.paths import BUILD
from scripts.server import serving

DEFAULT_PORT = 8069
DEFAULT_DATABASE = "ghc_demo"


def wanted_port() -> int:
    """The port of ``PORT``, checked to be free."""
    port = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not port.isdecimal():
        stop(f"PORT={port} is no port number.")
    if port_is_taken(int(port)):
        stop(f"Port {port} is taken by another program. Choose another one with PORT=, for example PORT=8070.")
    return int(port)


def serve_until_interrupted(environment: Environment, database: str, port: int) -> None:
    """Serve with scheduled actions on, and catch all mail, until somebody presses Ctrl-C."""
    mail = BUILD / "mail" / database
    with (
        catching_mail(mail) as sink,
        serving(environment, database, port=port, crons=1, smtp_port=sink.port) as server,
    ):
        say(f"\nServing {database} at {server.url} (log: {server.log}, mail: {mail}). Ctrl-C ends it.")
        try:
            server.process.wait()
        except KeyboardInterrupt:
            say("\nStopping.")
            return
        stop(f"The server ended by itself; see {server.log}.")


def main(environment: Environment, arguments: list[str]) -> int:
    """Serve the named database; it is made, with the add-on, when it does not exist."""
    database = (arguments or [DEFAULT_DATABASE])[0]
    port = wanted_port()
    databases.ensure(environment, database)
    serve_until_interrupted(environment, database, port)
    return 0
