"""What this machine has told pip about where packages are, in the words of uv, which does not listen to pip's settings."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

# pip's setting, uv's variable, and how several values are put together there.
WORDS = (
    ("index-url", "UV_DEFAULT_INDEX", " "),
    ("extra-index-url", "UV_INDEX", " "),
    ("find-links", "UV_FIND_LINKS", ","),
    ("constraint", "UV_CONSTRAINT", " "),
    ("trusted-host", "UV_INSECURE_HOST", " "),
    ("cert", "SSL_CERT_FILE", " "),
    ("client-cert", "SSL_CLIENT_CERT", " "),
    ("proxy", "ALL_PROXY", " "),
    ("default-timeout", "UV_HTTP_TIMEOUT", " "),
    ("timeout", "UV_HTTP_TIMEOUT", " "),
)
# pip takes the best version of all places it knows, and trusts whom the machine trusts; it would not fetch a Python.
ALWAYS = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never"}
LINE = re.compile(r"(?P<section>:env:|global|install)\.(?P<name>[a-z-]+)=(?P<value>.*)")
SECTIONS = ("global", "install", ":env:")  # the later one wins


def for_uv(python: Path, env: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Words for the command line of uv, and variables for its environment."""
    listing = subprocess.run(
        [python, "-m", "pip", "config", "list"], capture_output=True, text=True, env=env, check=False
    ).stdout
    return translate(listing)


def translate(listing: str) -> tuple[list[str], dict[str, str]]:
    r"""Words and variables of uv for what ``pip config list`` says.

    >>> words, variables = translate("global.index-url='one'\n:env:.index-url='two'\nglobal.find-links='/srv/a\\n/srv/b'")
    >>> words, variables["UV_DEFAULT_INDEX"], variables["UV_FIND_LINKS"]
    ([], 'two', '/srv/a,/srv/b')
    >>> words, variables = translate("install.no-index='true'\nfreeze.timeout='10'")
    >>> words, "UV_HTTP_TIMEOUT" in variables
    (['--no-index'], False)
    """
    found = [match for line in listing.splitlines() if (match := LINE.fullmatch(line))]
    found.sort(key=lambda match: SECTIONS.index(match["section"]))
    settings = {match["name"]: ast.literal_eval(match["value"]).split() for match in found}
    variables = {name: joint.join(settings[word]) for word, name, joint in WORDS if settings.get(word)}
    no_index = settings.get("no-index", ["false"])[0].lower() in ("1", "true", "yes", "on")
    return ["--no-index"] if no_index else [], {**ALWAYS, **variables}
