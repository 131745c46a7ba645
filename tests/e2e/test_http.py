"""What the web client asks for, asked over HTTP: as a collector, and as those who have no business there."""

import re
from dataclasses import dataclass

import pytest
import requests
from lxml import etree
from office import DAY_BEGINS, overdue_office

from scripts.mail_sink import catching_mail

PEOPLE = """
from odoo import Command
for login, group in (("stranger", "base.group_user"), ("guest", "base.group_portal")):
    env["res.users"].with_context(no_reset_password=True).create(
        {"name": login, "login": login, "password": login, "email": login + "@us.example",
         "group_ids": [Command.set(env.ref(group).ids)]}
    )
"""
SEND = 'env["collection.letter"]._cron_send_queued()\nenv.cr.commit()\n'
STATEMENT = "grey_hat_collections.report_statement"


@dataclass
class Client:
    """A web client that is logged in, or not."""

    url: str
    session: requests.Session

    def rpc(self, path, **params):
        """The answer of a JSON route: ``(result, error)``, one of them None."""
        answer = self.session.post(f"{self.url}{path}", json={"jsonrpc": "2.0", "method": "call", "params": params})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        return body.get("result"), body.get("error")

    def try_call(self, model, method, *args, **kwargs):
        return self.rpc(f"/web/dataset/call_kw/{model}/{method}", model=model, method=method, args=args, kwargs=kwargs)

    def call(self, model, method, *args, **kwargs):
        result, error = self.try_call(model, method, *args, **kwargs)
        assert error is None, error["data"]["message"]
        return result

    def get(self, path):
        return self.session.get(f"{self.url}{path}", allow_redirects=False)


@pytest.fixture(scope="module")
def office(shared_workbench):
    """A server of an office on the evening of a day: two letters were sent."""
    database = overdue_office(shared_workbench, 2, PEOPLE, DAY_BEGINS)
    with catching_mail() as sink:
        shared_workbench.shell(database, SEND, options=["--smtp=127.0.0.1", f"--smtp-port={sink.port}"])
    return database, shared_workbench.server(database)


@pytest.fixture
def log_in(office):
    database, server = office

    def log_in(login=None):
        client = Client(server.url, requests.Session())
        if login:
            result, error = client.rpc("/web/session/authenticate", db=database, login=login, password=login)
            assert error is None, error
            assert result["uid"]
        return client

    return log_in


@pytest.fixture
def collector(log_in):
    return log_in("coll")


def specification(arch, fields):
    """What the web client asks for to show a form: all its fields, those of its lists within."""
    asked = {}
    for node in arch.iterchildren():
        if node.tag != "field":
            asked |= specification(node, fields)
            continue
        name = node.get("name")
        kind = fields.get(name, {}).get("type")
        if kind == "many2one":
            asked[name] = {"fields": {"display_name": {}}}
        elif kind in ("one2many", "many2many"):
            columns = {column.get("name") for column in node.iter("field")} - {name}
            asked[name] = {"fields": {column: {} for column in columns}}
        else:
            asked[name] = {}
    return asked


def test_the_board_of_a_collector(collector):
    groups = collector.call(
        "collection.case",
        "web_read_group",
        [],
        ["stage_id"],
        ["amount_chased:sum"],
        auto_unfold=True,
        context={"read_group_expand": True},
    )["groups"]
    columns = {group["stage_id"][1]: (group["__count"], group["amount_chased:sum"]) for group in groups}
    assert columns["Reminder"] == (2, 201)
    assert list(columns) == ["Reminder", "Call", "Final notice", "Last call", "With agency", "Settled"]
    found = collector.call(
        "collection.case",
        "web_search_read",
        [],
        {"partner_id": {"fields": {"display_name": {}}}, "amount_chased": {}, "next_action": {}, "decision": {}},
    )
    assert found["length"] == 2
    assert {record["partner_id"]["display_name"] for record in found["records"]} == {"Customer 0", "Customer 1"}
    assert all(record["next_action"] and record["decision"] for record in found["records"])


@pytest.mark.parametrize("model", ["collection.case", "collection.letter", "collection.policy", "collection.stage"])
def test_every_field_of_a_form_can_be_read(collector, model):
    views = collector.call(model, "get_views", [[False, "form"], [False, "list"], [False, "search"]])
    arch = etree.fromstring(views["views"]["form"]["arch"])
    (record,) = collector.call(model, "search_read", [], ["id"], limit=1)
    asked = specification(arch, views["models"][model]["fields"])
    assert asked
    (read,) = collector.call(model, "web_read", [record["id"]], asked)
    assert set(read) == {"id", *asked}


def test_the_invoices_behind_a_case_can_be_read_but_not_changed(collector):
    (case,) = collector.call("collection.case", "search_read", [], ["open_item_ids", "balance"], limit=1)
    items = collector.call(
        "account.move.line", "web_read", case["open_item_ids"], {"amount_residual": {}, "move_id": {}}
    )
    assert sum(item["amount_residual"] for item in items) == case["balance"]
    _result, error = collector.try_call("account.move", "write", [items[0]["move_id"]], {"ref": "mine"})
    assert error["data"]["name"] == "odoo.exceptions.AccessError"
    _result, error = collector.try_call("collection.case", "write", [case["id"]], {"balance": 0})
    assert error["data"]["name"] == "odoo.exceptions.AccessError"


def test_a_method_of_the_rules_cannot_be_called(collector):
    for method in ("_cron_daily_run", "_refresh", "_close"):
        _result, error = collector.try_call("collection.case", method, [])
        assert error is not None


def test_a_collector_gets_letter_and_statement(collector):
    (letter,) = collector.call(
        "collection.letter", "search_read", [("state", "=", "sent")], ["attachment_id", "partner_id", "sha256"], limit=1
    )
    download = collector.get(f"/web/content/{letter['attachment_id'][0]}?download=true")
    assert (download.status_code, download.headers["Content-Type"]) == (200, "application/pdf")
    assert download.content.startswith(b"%PDF")
    action = collector.call("collection.letter", "action_print", [letter["id"]])
    assert str(letter["attachment_id"][0]) in action["url"]
    statement = collector.get(f"/report/pdf/{STATEMENT}/{letter['partner_id'][0]}")
    assert statement.status_code == 200
    assert statement.content.startswith(b"%PDF")


@pytest.mark.parametrize("login", ["stranger", "guest", None])
def test_others_are_refused(log_in, collector, login):
    (letter,) = collector.call(
        "collection.letter", "search_read", [("state", "=", "sent")], ["attachment_id", "partner_id"], limit=1
    )
    other = log_in(login)
    for model in ("collection.case", "collection.letter"):
        result, error = other.try_call(model, "web_search_read", [], {"display_name": {}})
        assert result is None
        assert re.search(r"AccessError|SessionExpired|NotFound|Forbidden", error["data"]["name"])
    download = other.get(f"/web/content/{letter['attachment_id'][0]}")
    assert not download.content.startswith(b"%PDF")
    assert download.status_code in (303, 403, 404)
    printed = other.get(f"/report/pdf/{STATEMENT}/{letter['partner_id'][0]}")
    assert not printed.content.startswith(b"%PDF")
    assert printed.status_code != 200 or b"AccessError" in printed.content
