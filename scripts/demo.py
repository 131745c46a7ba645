"""The demo: a database with customers whose accounts tell stories, one day's run, a summary, and a server.

The environment may set ``FRESH=1`` (start over), ``SERVE=0`` (do not serve) and ``PORT``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from scripts import databases
from scripts.console import say, step
from scripts.environment import Environment
from scripts.mail_sink import catching_mail
from scripts.odoo_scripts import ask
from scripts.paths import ADDON, BUILD, LOGS
from scripts.serve import serve_until_interrupted, wanted_port

DATABASE = "ghc_demo"
PDFS = BUILD / "demo" / "pdf"
MAIL = BUILD / "mail" / DATABASE
LOADED = "demo data loaded"  # what the database's comment says beside the state of the sources


def main(environment: Environment, _arguments: list[str]) -> int:
    """Prepare the database, run its day, tell what happened, and serve it."""
    serve = os.environ.get("SERVE") != "0"
    port = wanted_port() if serve else None
    loaded = prepare(environment, fresh=os.environ.get("FRESH") == "1")
    tell(run_day(environment, load=not loaded))
    if port:
        say("Log in as admin, collector or manager; the password of each is the login.")
        tell_pages(page_links(environment, f"http://127.0.0.1:{port}"))
        serve_until_interrupted(environment, DATABASE, port)
    return 0


def prepare(environment: Environment, *, fresh: bool) -> bool:
    """Make or upgrade the demo database; tell whether it has its demo data already.

    The database's comment remembers which state of the sources it was last upgraded to.
    """
    if fresh:
        databases.drop(environment, DATABASE)
    state = databases.source_hash()[:16]
    made = databases.ensure(environment, DATABASE)
    known = [] if made else databases.comment(environment, DATABASE).split("; ")
    if not made and state not in known:
        with step("Upgrading the demo database to the add-on's present sources"):
            databases.install(environment, DATABASE, ADDON, LOGS / "demo-upgrade.log", option="-u")
    databases.remember(environment, DATABASE, "; ".join([state, *({LOADED} & set(known))]))
    return LOADED in known


def run_day(environment: Environment, *, load: bool) -> dict[str, Any]:
    """Load the data when ``load``, run the day's jobs, export PDFs; return the summary. Documents carry their styles: no server
    has to answer meanwhile.
    """
    title = "Loading the demo data, running a day and printing letters" if load else "Running the day's jobs"
    with step(title), catching_mail(MAIL) as sink:
        script = f"""
from pathlib import Path
from scripts import demo_inside
demo_inside.play(env, load={load})
exported = demo_inside.export(env, Path({str(PDFS)!r}))
answer = {{**demo_inside.summary(env), "exported": exported}}
"""
        answer = ask(environment, DATABASE, script, options=["--smtp=127.0.0.1", f"--smtp-port={sink.port}"])
    if load:
        state = databases.comment(environment, DATABASE)
        databases.remember(environment, DATABASE, f"{state}; {LOADED}")
    return answer


def page_links(environment: Environment, url: str) -> dict[str, str]:
    """New personal links to the pages of three customers, by name; see ``demo_inside.page_links``."""
    script = f"from scripts import demo_inside\nanswer = demo_inside.page_links(env, {url!r})\nenv.cr.commit()\n"
    return ask(environment, DATABASE, script)


def tell_pages(links: dict[str, str]) -> None:
    """Print where three customers see their account: no login is needed."""
    print("What customers see of their account, by personal links:")
    for name, link in links.items():
        print(f"  {name:28} {link}")


def tell(figures: dict[str, Any]) -> None:
    """Print the summary."""
    print(f"\n{figures['customers']} customers have a case:")
    for stage, company, currency, count, balance in figures["stages"]:
        print(f"  {company:22} {stage:14} {count:4} {balance:14,.2f} {currency}")
    print(f"Letters: {_list(figures['letters'])}")
    print(f"Promises: {_list(figures['promises'])}")
    print(f"Disputes: {_list(figures['disputes'])}")
    print(f"In the post: {_list(figures['post'])}")
    print(f"Windows for an agency: {_list(figures['windows'])}")
    print(f"Referrals: {_list(figures['referrals'])}; messages to agencies: {_list(figures['messages'])}")
    print(f"Activities to do: {_list(figures['activities'])}")
    print(f"PDFs: {figures['exported']} in {_short(PDFS)}; e-mails: {len(list(MAIL.glob('*.eml')))} in {_short(MAIL)}")


def _list(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
