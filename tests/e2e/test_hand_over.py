"""A real server, a real agency by HTTPS: one packet arrives, whatever dies in between, and what is paid to us is told."""

import hashlib
import io
import json
import os
import signal
import sys
import zipfile
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Workbench
from office import notify, overdue_office, run_job, serve, wait_until, wake

sys.path.append(str(Path(__file__).parents[2] / "grey_hat_collections" / "tests" / "agency"))
from agency_server import SECRET, AgencyServer

SEND = "ir_cron_send_agency_messages"
DAILY_RUN = "ir_cron_daily_run"

#: Run inside Odoo after ``OVERDUE_CUSTOMERS``: an agency by HTTPS at ``url`` that proves itself with ``ca``, and a referral of
#: the first customer, approved by the manager; the packet is stored and waits.
APPROVED = """
agency = env["collection.agency"].create({{
    "partner_id": env["res.partner"].create({{"name": "Northwind Recovery", "is_company": True}}).id,
    "accreditation_until": fields.Date.today() + timedelta(days=300),
    "transport": "https", "url": {url!r}, "ca_certificate": {ca!r}, "allow_private_address": True,
    "commission_ids": [Command.create({{"days_from": 0, "percent": 10}})],
}})
agency.new_secret = {secret!r}
env["collection.case"]._refresh(company)
case = env["collection.case"].search([("partner_id", "=", customers[0].id)])
boss = env["res.users"].search([("login", "=", "boss")])
dialog = env["collection.refer"].with_user(boss).create({{"case_id": case.id, "agency_id": agency.id}})
for point in dialog.point_ids:
    point.reason = "This is a test of the road to the agency"
dialog.action_refer()
env.cr.commit()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[AgencyServer]:
    with AgencyServer() as server:
        yield server


@pytest.fixture
def agency(server: AgencyServer) -> AgencyServer:
    """One that takes what it gets and has got nothing yet."""
    server.answers()
    server.requests.clear()
    server.kept.clear()
    return server


@pytest.fixture(scope="module")
def office(shared_workbench: Workbench, server: AgencyServer) -> str:
    """The database that each test gets a copy of: a referral is approved, its packet waits."""
    return overdue_office(shared_workbench, 1, APPROVED.format(url=server.url, ca=server.ca, secret=SECRET))


@pytest.fixture
def database(workbench: Workbench, office: str) -> str:
    database = workbench.database(template=office)
    assert states(workbench, database) == ("approved", "queued")
    return database


def states(workbench: Workbench, database: str) -> tuple[str, ...]:
    """The states of the referral and of its packet."""
    (row,) = workbench.query(
        database,
        """SELECT referral.state, message.state FROM collection_referral referral
             JOIN collection_agency_message message ON message.referral_id = referral.id AND message.kind = 'packet'""",
    )
    return row


def kinds(agency: AgencyServer) -> Counter:
    """How many messages of each kind the agency keeps."""
    return Counter(message["kind"] for message in agency.kept.values())


def test_the_packet_that_arrives_is_the_one_that_is_kept(workbench, database, agency):
    serve(workbench, database)
    run_job(workbench, database, SEND, lambda: states(workbench, database) == ("acknowledged", "sent"), "it is sent")
    (message,) = agency.kept.values()
    content = b64decode(message["packet"]["content"])
    ((kept,),) = workbench.query(database, "SELECT packet_sha256 FROM collection_referral")
    assert hashlib.sha256(content).hexdigest() == kept == message["packet"]["sha256"]
    with zipfile.ZipFile(io.BytesIO(content)) as packet:
        listed = dict(line.split("  ", 1)[::-1] for line in packet.read("MANIFEST.sha256").decode().splitlines())
        assert listed == {
            name: hashlib.sha256(packet.read(name)).hexdigest()
            for name in packet.namelist()
            if name != "MANIFEST.sha256"
        }
        assert any(packet.read(name).startswith(b"%PDF") for name in listed)
        assert json.loads(packet.read("referral.json"))["totals"] == {"USD": "100.00"}


@pytest.mark.parametrize("moment", ["before it arrives", "after it has arrived"])
def test_killed_between_store_and_answer_one_packet_arrives(workbench, database, agency, moment):
    first = serve(workbench, database)

    def kill(handler):
        if moment == "after it has arrived":
            headers, body = agency.requests[-1]
            agency.kept.setdefault(headers["Idempotency-Key"], json.loads(body))
        os.kill(first.process.pid, signal.SIGKILL)
        handler.close_connection = True

    agency.answers(kill)
    wake(workbench, database, SEND)
    wait_until(lambda: agency.requests, "the agency is spoken to", nudge=lambda: notify(workbench, database))
    wait_until(lambda: first.process.poll() is not None, "the server is dead")
    assert states(workbench, database) == ("approved", "queued")

    serve(workbench, database)
    workbench.query(  # a quarter of an hour later
        database, "UPDATE collection_agency_message SET handover_at = handover_at - interval '1 hour'"
    )
    run_job(workbench, database, SEND, lambda: states(workbench, database)[1] == "sent", "it is sent")
    assert len({dict(headers)["Idempotency-Key"] for headers, _body in agency.requests}) == 1
    assert kinds(agency) == {"packet": 1}
    # whoever decided on the referral is told in a transaction of its own
    referred = [("referred",)]
    wait_until(
        lambda: workbench.query(database, "SELECT state FROM collection_case") == referred, "the case is referred"
    )


def test_a_payment_to_us_is_told_once_the_next_morning(workbench, database, agency):
    serve(workbench, database)
    run_job(workbench, database, SEND, lambda: states(workbench, database) == ("acknowledged", "sent"), "it is sent")
    workbench.shell(
        database,
        """
invoice = env["account.move"].search([("move_type", "=", "out_invoice")])
env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
    {"amount": 40})._create_payments()
env.cr.commit()
env["collection.case"]._cron_daily_run()
env["collection.case"]._cron_daily_run()
env.cr.commit()
""",
    )
    run_job(workbench, database, SEND, lambda: kinds(agency)["payment"], "the payment is told")
    assert kinds(agency) == {"packet": 1, "payment": 1}
    payment = next(message for message in agency.kept.values() if message["kind"] == "payment")
    assert payment["payload"]["amount"] == "40.00"
    assert payment["payload"]["commission"] == "4.00"
    assert payment["payload"]["open"] == {"USD": "60.00"}
