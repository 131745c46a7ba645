"""The addresses under which records can be asked for, tried as those who have no business with them."""

import inspect
import json

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .access_common import ADDON, SECRET, AccessCommon

#: The routes that this add-on itself opens; a new one needs a line here, and a test of who is let in.
OWN_ROUTES = set()
#: Who asks, and for whose record.
INTRUDERS = (("collector", "c"), ("abroad", "o"), ("stranger", "o"), ("guest", "o"), (None, "o"))
#: Every collector prints the statement of any customer, and every colleague knows how the house is set up.
OPEN_TO_COLLEAGUES = {"account.move", "account.move.line", "res.partner"}
SETUP = {
    "collection.agency",
    "collection.agency.commission",
    "collection.guide.line",
    "collection.policy",
    "collection.policy.step",
    "collection.reason",
    "collection.service.level",
    "collection.stage",
    "collection.wording",
}


@tagged("post_install", "-at_install")
class TestAccessRoutes(AccessCommon, HttpCase):
    """Files, reports, conversations and calls over HTTP."""

    def test_no_route_of_ours_is_unknown(self):
        routes = {
            url
            for url, endpoint in self.env["ir.http"]._generate_routing_rules([ADDON], converters={})
            if f"addons.{ADDON}." in inspect.unwrap(endpoint.func).__module__
        }
        self.assertEqual(routes, OWN_ROUTES)

    def test_nothing_is_shown_to_an_intruder(self):
        for person, whose in INTRUDERS:
            self._log_in(person)
            records = {
                name: record
                for name, record in self.records[whose].items()
                if not (person == "collector" and name in OPEN_TO_COLLEAGUES | SETUP)
                and not (person == "stranger" and name in SETUP)
            }
            name = records["collection.case"].partner_id.name
            for url in self._pages(records):
                with self.subTest(url, person=person):
                    self.assertTellsNothing(self._ask(url), name)
            for path, params in self._calls(records):
                with self.subTest(path, person=person, params=params):
                    self.assertTellsNothing(self._ask(path, params), name)

    def test_those_whose_record_it_is_are_served(self):
        """What the tests above rely on: the same addresses answer to others."""
        self._log_in("collector")
        own = self.records["o"]
        report = self._ask(f"/report/html/{ADDON}.report_letter/{own['collection.letter'].id}")
        self.assertIn("500.00", report.text)
        for record in (own["collection.letter"].attachment_id, own["collection.referral"].packet_id):
            self.assertIn(SECRET, self._ask(f"/web/content/{record.id}").text)
        read = {"model": "collection.note", "method": "search_read", "args": [[]], "kwargs": {}}
        self.assertIn(f"{SECRET} Mine", self._ask("/web/dataset/call_kw", read).text)

    def _pages(self, records):
        """Files and reports by their addresses."""
        files = records["collection.letter"].attachment_id | records["collection.referral"].packet_id
        yield from (f"/web/content/{file.id}" for file in files)
        yield from (f"/web/image/{file.id}" for file in files)
        yield f"/web/content/collection.mail.piece/{records['collection.mail.piece'].id}/receipt"
        yield f"/mail/view?model=collection.case&res_id={records['collection.case'].id}"
        reports = self.env["ir.actions.report"].sudo().search([("report_name", "=like", f"{ADDON}.%")])
        self.assertEqual(len(reports), 5)
        for report in reports:
            for record in records.get(report.model, ()):
                yield f"/report/html/{report.report_name}/{record.id}"
                yield f"/report/pdf/{report.report_name}/{record.id}"

    def _calls(self, records):
        """Calls as the web client makes them."""
        case = records["collection.case"]
        thread = {"thread_model": case._name, "thread_id": case.id}
        yield "/mail/thread/messages", thread
        yield (
            "/mail/data",
            {"fetch_params": [["mail.thread", {**thread, "request_list": ["activities", "attachments"]}]]},
        )
        yield "/mail/message/post", {**thread, "post_data": {"body": "Hello", "message_type": "comment"}}
        for name, record in records.items():
            base = {"model": name, "kwargs": {}}
            yield "/web/dataset/call_kw", {**base, "method": "read", "args": [record.ids]}
            if name.startswith("collection."):
                yield "/web/dataset/call_kw", {**base, "method": "export_data", "args": [record.ids, ["display_name"]]}
        button = {"model": "collection.letter", "method": "action_cancel", "kwargs": {}}
        yield "/web/dataset/call_button", {**button, "args": [records["collection.letter"].ids]}

    def _log_in(self, person):
        self.authenticate(*(2 * [self._user(person).login] if person else (None, None)))

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models")
    def _ask(self, url, params=None):
        if params is None:
            return self.url_open(url, allow_redirects=False)
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        return self.url_open(url, data=json.dumps(body), headers={"Content-Type": "application/json"})

    def assertTellsNothing(self, answer, name):
        """Neither the words on the records of this customer, nor its referral, nor the amount of its invoice."""
        for words in (f"{SECRET} {name}", f"REF {name}", "500.00"):
            self.assertNotIn(words, answer.text)
        self.assertFalse(answer.content.startswith(b"%PDF"))
