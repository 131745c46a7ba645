"""What opening a screen asks of the server: the requests that a browser makes, made again and timed."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import requests
from playwright.sync_api import Page, Request

from scripts.environment import Environment
from scripts.odoo_scripts import run_script
from scripts.screenshots import log_in, open_browser, settle
from scripts.server import Server

#: Requests of a screen; the rest is the web client itself, loaded once a day.
OF_A_SCREEN = ("/web/dataset/", "/web/action/", "/mail/thread/", "/web/view/")
TIMES = 5
LOGIN = "bench"
#: Run inside Odoo: a manager, to whom every case is shown.
MANAGER = f"""
env["res.users"].with_context(no_reset_password=True).create(
    {{"name": "Bench", "login": {LOGIN!r}, "password": {LOGIN!r},
      "group_ids": [(4, env.ref("grey_hat_collections.group_manager").id)]}}
)
env.cr.commit()
"""
#: The screens: what stands in the table, the page, and what to click on then.
SCREENS = (
    ("board", "/odoo/collections", None),
    ("case", "/odoo/collections", ".o_kanban_record:not(.o_kanban_ghost)"),
    ("my day", "/odoo/action-grey_hat_collections.collection_case_action_my_day", None),
)


@dataclass(frozen=True)
class Call:
    """One request of a screen."""

    path: str
    body: str


def measure(environment: Environment, server: Server) -> dict[str, dict[str, float]]:
    """Seconds of server time for each screen, all its requests one after the other, warm: the median of several goes."""
    run_script(environment, server.database, MANAGER)
    figures = {}
    with open_browser() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        log_in(page, server.url, LOGIN, LOGIN)
        for name, path, click in SCREENS:
            calls = _calls(page, server, path, click)
            session = requests.Session()
            session.cookies.update({cookie["name"]: cookie["value"] for cookie in page.context.cookies()})
            goes = [_ask(session, server, calls) for _go in range(TIMES + 1)][1:]
            figures[f"screen: {name}"] = {"seconds": statistics.median(goes), "requests": len(calls)}
    return figures


def _calls(page: Page, server: Server, path: str, click: str | None) -> list[Call]:
    """The requests that the page makes, when it has been opened before."""
    calls: list[Call] = []

    def note(request: Request) -> None:
        place = request.url.removeprefix(server.url)
        if request.method == "POST" and place.startswith(OF_A_SCREEN):
            calls.append(Call(place, request.post_data or ""))

    page.goto(f"{server.url}{path}")
    settle(page, ".o_view_controller")
    if not click:
        page.goto("about:blank")
    page.on("request", note)
    if click:
        page.click(click)
        page.wait_for_selector(".o_form_view .o-mail-Chatter")
    else:
        page.goto(f"{server.url}{path}")
    settle(page, ".o_view_controller")
    page.wait_for_timeout(1000)
    page.remove_listener("request", note)
    return calls


def _ask(session: requests.Session, server: Server, calls: list[Call]) -> float:
    """Make these requests and say how long the server took, in seconds."""
    seconds = 0.0
    for call in calls:
        started = time.perf_counter()
        answer = session.post(
            f"{server.url}{call.path}", data=call.body, headers={"Content-Type": "application/json"}, timeout=120
        )
        seconds += time.perf_counter() - started
        answer.raise_for_status()
        if "error" in answer.json():
            raise RuntimeError(f"{call.path} answered: {answer.json()['error']}")
    return seconds
