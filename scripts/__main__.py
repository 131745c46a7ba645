"""The one way in: ``python3 -m scripts COMMAND …`` builds what is missing and runs the command in the project's Python.

The Makefile calls it; ``python3 -m scripts`` alone lists the commands.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from pathlib import Path

from scripts.console import StepFailed, stop
from scripts.environment import Environment, ensure_environment
from scripts.paths import ROOT

# Each names a module of this package with a function ``main(environment, arguments)`` that returns an exit status.
COMMANDS = {
    "bench": "measure, beside what people use today",
    "demo": "a database with demo data, served",
    "check": "look over the work at hand",
    "lint": "check style and likely mistakes",
    "format": "put the code into its format",
    "pot": "write the templates for translators",
    "screenshots": "take pictures of screens",
    "serve": "serve a database",
    "shell": "Odoo's Python shell on a database",
    "run_tests": "run the tests",
    "wheel": "build the add-ons' packages",
}
MODULES = {"format": "lint"}


def enter_python() -> Environment:
    """Go on in the project's own Python, where its packages are: the program starts over there if it is not in it."""
    environment = ensure_environment()
    own_prefix = environment.python.parent.parent
    if not Path(sys.prefix).samefile(own_prefix):
        command = [str(environment.python), "-m", "scripts", *sys.argv[1:]]
        os.execve(command[0], command, environment.variables)
    return environment


def main() -> int:
    """Find the command and run it."""
    # Ended from outside, still put away what was started: databases, servers, browsers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    name, *arguments = sys.argv[1:] or ["help"]
    os.chdir(ROOT)
    if name == "env":
        ensure_environment()
        return 0
    if name == "clean":
        from scripts.clean import clean

        return clean(everything="all" in arguments)
    if name not in COMMANDS:
        listing = "\n".join(f"  {command:12} {text}" for command, text in COMMANDS.items())
        stop(f"Commands:\n{listing}")
    environment = enter_python()
    module = importlib.import_module(f"scripts.{MODULES.get(name, name)}")
    return module.main(environment, arguments if name not in MODULES else [name, *arguments])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StepFailed as failure:
        stop(str(failure))
    except KeyboardInterrupt:
        sys.exit(130)
