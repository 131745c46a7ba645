"""Fixtures of the black-box tests: a real PostgreSQL, a real Odoo, a mail server, a browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import faults
import pytest
from crashes import Undisturbed
from faults import DAILY_RUN, SENDING, Crew, crew_of
from harness import Workbench
from playwright.sync_api import Browser, Page

from scripts.environment import Environment, ensure_environment
from scripts.mail_sink import MailSink, catching_mail
from scripts.screenshots import open_browser
from scripts.server import Server
from scripts.system_packages import find_browser


@pytest.fixture(scope="session")
def odoo_env() -> Environment:
    """Where everything lies: Odoo, its Python, the database server."""
    return ensure_environment()


@pytest.fixture
def workbench(odoo_env: Environment) -> Iterator[Workbench]:
    """Makes databases and servers that live as long as the test."""
    with ExitStack() as stack:
        yield Workbench(odoo_env, stack)


@pytest.fixture(scope="module")
def shared_workbench(odoo_env: Environment) -> Iterator[Workbench]:
    """Makes databases and servers that all tests of a module share."""
    with ExitStack() as stack:
        yield Workbench(odoo_env, stack)


@pytest.fixture
def database(workbench: Workbench) -> Callable[..., str]:
    """``database()`` is the name of a fresh database with the add-on; ``database(template=name)`` copies another."""
    return workbench.database


@pytest.fixture
def odoo_shell(workbench: Workbench) -> Callable[..., str]:
    """``odoo_shell(db, script)`` is what the script prints inside Odoo; ``env=`` adds to its process environment."""
    return workbench.shell


@pytest.fixture
def odoo_ask(workbench: Workbench) -> Callable[..., Any]:
    """``odoo_ask(db, script)`` is what the script leaves in ``answer``, through JSON."""
    return workbench.ask


@pytest.fixture
def odoo_server(workbench: Workbench) -> Callable[..., Server]:
    """``odoo_server(db, workers=0, crons=0, smtp_port=None)`` is a running server; it ends with the test."""
    return workbench.server


@pytest.fixture
def smtp_sink() -> Iterator[MailSink]:
    """A mail server that keeps what it gets in ``deliveries``; hand its ``port`` to ``odoo_server``."""
    with catching_mail() as sink:
        yield sink


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    if not find_browser():
        pytest.skip("there is no Chromium browser on this machine")
    with open_browser() as chromium:
        yield chromium


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new page without cookies."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def office_with_a_past(odoo_env: Environment) -> Iterator[str]:
    """The name of a database in which every part of today's run has its work; to be copied, see faults_inside.py."""
    with ExitStack() as stack:
        yield faults.office_with_a_past(Workbench(odoo_env, stack), 2)


@pytest.fixture(scope="session")
def crew(odoo_env: Environment, office_with_a_past: str) -> Iterator[Crew]:
    """Processes at work in an office with a past, and the mail server they speak to."""
    with (
        ExitStack() as stack,
        catching_mail() as sink,
        crew_of(Workbench(odoo_env, stack), office_with_a_past, sink.port) as crew,
    ):
        crew.sink = sink
        yield crew


@pytest.fixture(scope="session")
def run(crew: Crew) -> Undisturbed:
    """The daily run as it should be."""
    return Undisturbed(crew, DAILY_RUN)


@pytest.fixture(scope="session")
def sending(run: Undisturbed) -> Undisturbed:
    """Sending after the daily run as it should be."""
    run.begin_again()
    run.crew.do(DAILY_RUN)
    return Undisturbed(run.crew, SENDING, run.crew.sink, run.crew.keep())
