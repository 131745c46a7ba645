"""Pictures of the product's screens, and of any page of a database.

``python3 -m scripts screenshots`` takes all pictures of ``scripts/screenshots.toml`` for the documentation.
``python3 -m scripts screenshots --db ghc_demo --login admin --path /odoo --out x.png --size 1400x900`` takes one.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

from scripts.console import say, stop
from scripts.demo import PDFS
from scripts.environment import Environment
from scripts.odoo_scripts import ask
from scripts.paths import ROOT
from scripts.server import serving
from scripts.system_packages import find_browser

SHOTS = ROOT / "scripts" / "screenshots.toml"
BACKEND_IS_READY = ".o_action_manager > *"
NOTHING_IS_LOADING = "() => !document.querySelector('.o_loading_indicator, .o_view_sample_data_loading')"
WAIT_MILLISECONDS = 30_000
DEFAULT_SIZE = (1400, 900)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A headless browser: the system's Chromium."""
    program = find_browser() or stop("Please install a Chromium browser (Debian: apt install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--hide-scrollbars"])
        try:
            yield browser
        finally:
            browser.close()


def log_in(page: Page, base_url: str, login: str, password: str) -> None:
    """Log in as a person does, with the form."""
    page.goto(f"{base_url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/web/login" not in url, timeout=WAIT_MILLISECONDS)


def settle(page: Page, wait_selector: str | None = None) -> None:
    """Wait until the page shows what it is going to show."""
    backend = page.url.partition("?")[0].partition("/odoo")[1]
    if selector := wait_selector or (BACKEND_IS_READY if backend else None):
        page.wait_for_selector(selector, timeout=WAIT_MILLISECONDS)
    page.wait_for_function(NOTHING_IS_LOADING, timeout=WAIT_MILLISECONDS)
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.wait_for_timeout(700)


def shoot(
    base_url: str,
    login: str | None,
    password: str | None,
    path: str,
    out_png: Path,
    width: int = DEFAULT_SIZE[0],
    height: int = DEFAULT_SIZE[1],
    wait_selector: str | None = None,
    clicks: Sequence[str] = (),
) -> None:
    """Take one picture.

    :param login: nobody logs in when left out (portal pages with an access token)
    :param path: the page, such as ``/odoo/action-account.action_move_out_invoice_type``
    :param wait_selector: what must be on the page; by default any view of the web client
    :param clicks: what to click on, one after the other, before the picture is taken
    """
    with open_browser() as browser:
        page = browser.new_page(viewport={"width": width, "height": height})
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if login:
            log_in(page, base_url, login, password or login)
        page.goto(f"{base_url}{path}")
        settle(page, wait_selector)
        for click in clicks:
            page.click(click)
            settle(page)
        out_png.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=out_png)
        for complaint in complaints:
            say(f"  the page logged an error: {complaint}")
    say(f"  {out_png}")


def shoot_all(base_url: str, path_of: Callable[[str], str], table: Path = SHOTS) -> None:
    """Take every picture of the table for the documentation.

    :param path_of: the path of a personal link to the page of the customer with this name
    """
    for name, shot in tomllib.loads(table.read_text())["shots"].items():
        width, height = shot.get("size", DEFAULT_SIZE)
        shoot(
            base_url,
            shot.get("login"),
            shot.get("login"),
            shot.get("path") or path_of(shot["customer"]),
            ROOT / "docs" / "images" / f"{name}.png",
            width,
            height,
            shot.get("wait"),
            shot.get("click", ()),
        )


def page_path(environment: Environment, database: str, customer: str) -> str:
    """The path of a new personal link to the page of this customer."""
    script = f"""
case = env["collection.case"].search([("partner_id.name", "=", {customer!r})], order="id desc", limit=1)
links = env["collection.page.link"]
answer = links._address(links._make_link(case.partner_id, case.company_id), "")
env.cr.commit()
"""
    return ask(environment, database, script)


def picture_documents(table: Path = SHOTS) -> None:
    """Turn the first page of the demo's documents that the table names into pictures for the documentation."""
    program = shutil.which("pdftoppm") or stop("Please install pdftoppm (Debian: apt install poppler-utils).")
    for name, pattern in tomllib.loads(table.read_text())["documents"].items():
        found = sorted(PDFS.glob(pattern))
        if not found:
            stop(f"No document {pattern} in {PDFS}: run “make demo SERVE=0” first.")
        picture = ROOT / "docs" / "images" / name
        subprocess.run(
            [program, "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile", found[0], picture], check=True
        )
        say(f"  {picture}.png")


def _wanted(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="screenshots", description="Take pictures of screens.")
    parser.add_argument("--db", default="ghc_demo", help="the database to serve (default: %(default)s)")
    parser.add_argument("--url", help="a server that runs already; none is started then")
    parser.add_argument("--login", default="admin")
    parser.add_argument("--password", help="the login itself when left out")
    parser.add_argument("--anonymous", action="store_true", help="do not log in")
    parser.add_argument("--path", help="the page; all pictures of the documentation when left out")
    parser.add_argument("--out", type=Path, default=Path("build/screenshot.png"))
    parser.add_argument("--size", default="1400x900", help="width x height (default: %(default)s)")
    parser.add_argument("--wait", help="a CSS selector to wait for")
    parser.add_argument(
        "--click", action="append", default=[], help="a CSS selector to click on first; may be repeated"
    )
    return parser.parse_args(arguments)


def _take(environment: Environment, url: str, wanted: argparse.Namespace) -> None:
    if not wanted.path:
        shoot_all(url, lambda customer: page_path(environment, wanted.db, customer))
        picture_documents()
        return
    width, height = map(int, wanted.size.split("x"))
    login = None if wanted.anonymous else wanted.login
    shoot(url, login, wanted.password, wanted.path, wanted.out, width, height, wanted.wait, wanted.click)


def main(environment: Environment, arguments: list[str]) -> int:
    """Take what the command line asks for, from a server of our own unless one is named."""
    wanted = _wanted(arguments)
    try:
        if wanted.url:
            _take(environment, wanted.url, wanted)
        else:
            with serving(environment, wanted.db) as server:
                _take(environment, server.url, wanted)
    except Error as error:
        stop(f"The browser could not do it: {error}")
    return 0
