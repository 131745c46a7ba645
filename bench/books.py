"""The databases of the benchmark: the books once for each size, and copies with our add-on or the peers installed."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from scripts import databases
from scripts.console import step
from scripts.environment import Environment
from scripts.oca_addons import addons_folder
from scripts.odoo_scripts import run_script
from scripts.paths import ADDON, LOGS, ROOT

PREFIX = f"{databases.PREFIX}bench_"
PEERS = ("account_credit_control", "partner_statement")
#: What the peers depend on beside Odoo.
PEER_PACKAGES = (*PEERS, "report_xlsx", "report_xlsx_helper")
TUESDAY = 1
RECIPE = Path(__file__).with_name("books_inside.py")


def morning(today: date | None = None) -> datetime:
    """Five in the morning of the last Tuesday: the days that are played are working days.

    >>> morning(date(2026, 11, 22))
    datetime.datetime(2026, 11, 17, 5, 0)
    """
    today = today or datetime.now(UTC).date()
    return datetime.combine(today - timedelta(days=(today.weekday() - TUESDAY) % 7), time(5))


def books(environment: Environment, customers: int) -> str:
    """The template with the books of this many customers and nothing but Odoo's accounting."""
    return _template(environment, "books", customers, b"", _make_books)


def with_ours(environment: Environment, customers: int) -> str:
    """The template with our add-on installed on the books."""

    def install(environment: Environment, draft: str, customers: int) -> None:
        databases.clone(environment, books(environment, customers), draft)
        databases.install(environment, draft, ADDON, LOGS / f"{draft}.log")

    return _template(environment, "ours", customers, databases.source_hash().encode(), install)


def with_peers(environment: Environment, customers: int) -> str:
    """The template with the peers installed on the books."""

    def install(environment: Environment, draft: str, customers: int) -> None:
        databases.clone(environment, books(environment, customers), draft)
        for module in PEERS:
            databases.install(environment, draft, module, LOGS / f"{draft}.log", addons=peer_folders(environment))

    return _template(environment, "peers", customers, repr(PEER_PACKAGES).encode(), install)


def peer_folders(environment: Environment) -> list[Path]:
    """The add-ons folders of the peers and of what they depend on."""
    return [addons_folder(environment, module) for module in PEER_PACKAGES]


def _template(environment, kind, customers, state, make) -> str:
    digest = hashlib.sha256(environment.odoo.key.encode() + RECIPE.read_bytes() + state).hexdigest()[:10]
    family = f"{PREFIX}{kind}_{customers}_"
    name = f"{family}{morning():%Y%m%d}_{digest}"
    if not databases.exists(environment, name):
        for old in databases.names(environment):
            if old.startswith(family):
                databases.drop(environment, old)
        with step(f"Preparing {kind} of {customers:,} customers"):
            draft = f"{name}_new"
            databases.drop(environment, draft)
            make(environment, draft, customers)
            databases.query(environment, "VACUUM ANALYZE", draft)
            databases.rename(environment, draft, name)
    return name


def _make_books(environment: Environment, draft: str, customers: int) -> None:
    databases.clone(environment, databases.clean_template(environment), draft)
    run_script(environment, draft, inside("books_inside", f"books_inside.make(env, {customers}, morning)"), addons=())


def inside(module: str, script: str) -> str:
    """``script`` with the modules of the benchmark and the ``morning`` in reach, to be run inside Odoo."""
    return f"""
import sys
from datetime import datetime
sys.path.insert(0, {str(ROOT)!r})
from bench import {module}
morning = datetime.fromisoformat({morning().isoformat()!r})
{script}
"""
