"""A real server with its scheduled actions, and a real mail server: each letter leaves once, whatever happens."""

import asyncio
import hashlib
import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from harness import Workbench
from office import (
    DAILY_RUN,
    DAY_BEGINS,
    SEND_QUEUED,
    letter_states,
    notify,
    overdue_office,
    run_is_over,
    run_job,
    serve,
    wait_until,
    wake,
)

from scripts.environment import free_port
from scripts.mail_sink import MailSink, listening

CUSTOMERS = 6


@dataclass
class MoodyMailServer(MailSink):
    """A mail server that may be slow, or see its client die."""

    seconds: float = 0
    kill: int | None = None  # the process to kill when the third message has been taken

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        """Called by the mail server for each message."""
        await asyncio.sleep(self.seconds)
        answer = await super().handle_DATA(server, session, envelope)
        if self.kill and len(self.deliveries) == 3:
            os.kill(self.kill, signal.SIGKILL)
        return answer

    @property
    def counts(self) -> Counter:
        """How many messages each recipient got."""
        return Counter(recipient for delivery in self.deliveries for recipient in delivery.recipients)


@contextmanager
def moody_mail(port: int | None = None) -> Iterator[MoodyMailServer]:
    sink = MoodyMailServer(port or free_port())
    with listening(sink):
        yield sink


@pytest.fixture(scope="module")
def office(shared_workbench: Workbench) -> str:
    """The database that each test gets a copy of: nothing was decided yet."""
    return overdue_office(shared_workbench, CUSTOMERS)


@pytest.fixture(scope="module")
def queued_office(shared_workbench: Workbench, office: str) -> str:
    """The same after the daily run: every customer's letter is queued."""
    database = shared_workbench.database(template=office)
    shared_workbench.shell(database, DAY_BEGINS + "env.cr.commit()")
    assert letter_states(shared_workbench, database) == {"queued": CUSTOMERS}
    return database


def everybody_once() -> Counter:
    return Counter(f"customer{number}@customers.example" for number in range(CUSTOMERS))


def test_a_day_sends_each_letter_once_with_the_pdf_that_is_kept(workbench, office):
    database = workbench.database(template=office)
    with moody_mail() as sink:
        serve(workbench, database, smtp_port=sink.port)
        run_job(
            workbench,
            database,
            DAILY_RUN,
            lambda: letter_states(workbench, database).get("queued") == CUSTOMERS,
            "the letters are queued",
        )
        run_job(
            workbench,
            database,
            SEND_QUEUED,
            lambda: letter_states(workbench, database) == {"sent": CUSTOMERS},
            "the letters are sent",
        )
        assert sink.counts == everybody_once()
        kept = dict(workbench.query(database, "SELECT address_used, sha256 FROM collection_letter"))
        for delivery in sink.deliveries:
            (pdf,) = [
                part for part in delivery.message.iter_attachments() if part.get_content_type() == "application/pdf"
            ]
            content = pdf.get_content()
            assert content.startswith(b"%PDF")
            assert hashlib.sha256(content).hexdigest() == kept[delivery.recipients[0]]

        # the same jobs once more, and once more
        for cron in (DAILY_RUN, SEND_QUEUED, DAILY_RUN, SEND_QUEUED):
            run_job(
                workbench,
                database,
                cron,
                lambda cron=cron: run_is_over(workbench, database, cron),
                f"{cron} has run again",
            )
        assert letter_states(workbench, database) == {"sent": CUSTOMERS}
        assert sink.counts == everybody_once()
        assert workbench.query(database, "SELECT COUNT(*) FROM collection_case WHERE step_id IS NULL") == [("0",)]


def test_two_servers_and_two_hands_send_each_letter_once(workbench, queued_office):
    """Odoo lets one server at a time run a scheduled action; two people at a shell are not held back by that."""
    database = workbench.database(template=queued_office)
    with moody_mail() as sink:
        serve(workbench, database, smtp_port=sink.port)
        serve(workbench, database, smtp_port=sink.port)
        sink.seconds = 0.2
        script = 'env["collection.letter"]._cron_send_queued()\nenv.cr.commit()'
        options = ["--smtp=127.0.0.1", f"--smtp-port={sink.port}"]
        with ThreadPoolExecutor() as hands:
            work = [hands.submit(workbench.shell, database, script, options=options) for _hand in "ab"]
            wake(workbench, database, SEND_QUEUED)
        for hand in work:
            hand.result()  # neither of them failed
        wait_until(
            lambda: letter_states(workbench, database) == {"sent": CUSTOMERS},
            "the letters are sent",
            nudge=lambda: notify(workbench, database),
        )
        assert sink.counts == everybody_once()


def test_killed_while_sending_and_started_again(workbench, queued_office):
    database = workbench.database(template=queued_office)
    with moody_mail() as sink:
        victim = serve(workbench, database, smtp_port=sink.port)
        sink.kill = victim.process.pid
        run_job(workbench, database, SEND_QUEUED, lambda: victim.process.poll() is not None, "the server is dead")
        assert len(sink.deliveries) == 3, "killed with the third letter taken but not noted"
        sink.kill = None

        serve(workbench, database, smtp_port=sink.port)
        expected = {"sent": CUSTOMERS - 1, "queued": 1}
        run_job(
            workbench, database, SEND_QUEUED, lambda: letter_states(workbench, database) == expected, "the rest is sent"
        )
        assert sink.counts == everybody_once(), "the one that was under way is not sent again"

        # a quarter of an hour later a person is told
        workbench.query(database, "UPDATE collection_letter SET handover_at = handover_at - interval '1 hour'")
        expected = {"sent": CUSTOMERS - 1, "failed": 1}
        run_job(
            workbench, database, SEND_QUEUED, lambda: letter_states(workbench, database) == expected, "somebody is told"
        )
        assert sink.counts == everybody_once()
        ((reason, summary),) = workbench.query(
            database,
            """SELECT letter.failure_reason, activity.summary
                 FROM collection_letter letter JOIN mail_activity activity ON activity.res_id = letter.case_id
                WHERE letter.state = 'failed' AND activity.res_model = 'collection.case' AND activity.active""",
        )
        assert "interrupted" in reason
        assert "interrupted" in summary


def test_a_mail_server_that_is_away_then_busy_then_choosy(workbench, queued_office):
    database = workbench.database(template=queued_office)
    port = free_port()
    serve(workbench, database, smtp_port=port)

    def send_again(done, what):
        workbench.query(
            database, "UPDATE collection_letter SET send_after = now() AT TIME ZONE 'utc' - interval '1 minute'"
        )
        run_job(workbench, database, SEND_QUEUED, done, what)

    def attempts():
        rows = workbench.query(database, "SELECT DISTINCT attempts, state, handover_at IS NULL FROM collection_letter")
        return rows[0] if len(rows) == 1 else None

    # nobody is listening
    send_again(lambda: attempts() == ("1", "queued", "t"), "the letters wait for another attempt")
    with moody_mail(port) as sink:
        sink.refuse = "451 4.3.0 try again later"
        send_again(lambda: attempts() == ("2", "queued", "t"), "the letters wait once more")
        sink.refuse = None
        sink.refused = {"customer2@customers.example"}
        expected = {"sent": CUSTOMERS - 1, "failed": 1}
        send_again(lambda: letter_states(workbench, database) == expected, "five are sent, one is refused for good")
        assert sink.counts == everybody_once() - Counter(sink.refused)
    ((address, reason, user),) = workbench.query(
        database,
        """SELECT letter.address_used, letter.failure_reason, login
             FROM collection_letter letter
             JOIN mail_activity activity ON activity.res_id = letter.case_id AND activity.active
             JOIN res_users ON res_users.id = activity.user_id
            WHERE letter.state = 'failed' AND activity.res_model = 'collection.case'""",
    )
    assert address == "customer2@customers.example"
    assert "550" in reason
    assert user == "coll", "its collector is asked to look"
    assert workbench.query(database, "SELECT COUNT(*) FROM mail_mail WHERE state IN ('outgoing', 'exception')") in (
        [("0",)],
        [("1",)],  # the refused one
    )
