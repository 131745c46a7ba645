"""The part of the fault tests that runs inside Odoo: a story with a past, and processes that are disturbed at a chosen moment.

:func:`obey` turns a loaded Odoo into a forker, as Odoo's own server with worker processes is one: each script runs in a
process of its own with database connections of its own, ready within milliseconds. A *moment* is a number of things that
such a process says to the outside world: SQL statements, commits, words to a mail server. So a moment found by chance can
be met again, whatever else the machine is busy with.
"""

import json
import os
import signal
import smtplib
import sys
import traceback
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import odoo
import psycopg2
from freezegun import freeze_time
from odoo import SUPERUSER_ID, Command, api, fields
from odoo.sql_db import Cursor

#: What stands in for a PDF: printing takes ten times as long as all else about a letter, and is not what is tried here.
PDF = b"%PDF-1.4 stands in for a letter"


# -- Processes ---------------------------------------------------------------------------------------------------------


def obey(env, commands, answers):
    """Start a process for each script that comes in, and say what became of those that are asked about.

    :param commands: file descriptor that gives lines of JSON: ``{"run": script, "result": path, …}`` or ``{"wait": pid}``
    :param answers: file descriptor that takes a line once all is loaded, then for each command the process id, or the
        status with which it ended
    """
    env.cr.close()
    odoo.sql_db.close_all()
    with os.fdopen(commands) as lines, os.fdopen(answers, "w", buffering=1) as out:
        out.write('"ready"\n')
        for line in lines:
            command = json.loads(line)
            if "wait" in command:
                _pid, status = os.waitpid(command["wait"], 0)
                answer = os.waitstatus_to_exitcode(status)
            elif not (answer := os.fork()):
                run_in_child(env.registry, command)
            out.write(f"{json.dumps(answer)}\n")


def run_in_child(registry, command):
    """Run a script with ``env`` in this new process, leave what became of it in a file, and end."""
    status, result = 1, {}
    try:
        moments = Moments(command.get("moment"), command.get("disturbance"))
        with registry.cursor() as cr, ExitStack() as stack:
            for patched in (*moments.patches(), *shortcuts(registry, command)):
                stack.enter_context(patched)
            # taken at once, so that everybody who waits for this process knows that it is at work
            cr.execute("SELECT pg_backend_pid()")
            Path(command["result"] + ".begun").write_text(str(cr.fetchone()[0]))
            names = {"env": api.Environment(cr, SUPERUSER_ID, {}), "answer": None, **command.get("values", {})}
            moments.count = 0
            try:
                exec(compile(command["run"], "<script>", "exec"), names)
                result["answer"] = names["answer"]
                cr.commit()
                status = 0
            except Exception:
                result["error"] = traceback.format_exc()
            result["moments"] = moments.count
    except BaseException:  # a connection that was cut may fail to be closed as well
        result.setdefault("error", traceback.format_exc())
    finally:
        Path(command["result"]).write_text(json.dumps(result, default=str))
        sys.stderr.flush()
        os._exit(status)


def shortcuts(registry, command):
    """What makes a run short enough to be repeated often: small batches, no printing unless it is what is tried, little
    patience with mail servers.
    """
    yield patch("odoo.addons.grey_hat_collections.models.base.batch.BATCH", command.get("batch", 4))
    if not command.get("print"):
        yield patch.object(registry["ir.actions.report"], "_run_wkhtmltopdf", lambda *_arguments, **_options: PDF)
    yield patch("odoo.addons.base.models.ir_mail_server.SMTP_TIMEOUT", command.get("patience", 60))
    yield patch("odoo.addons.grey_hat_collections.models.base.outgoing.SLOW_SECONDS", command.get("slow", 5))


class Moments:
    """Counts what this process says to database and mail server, and disturbs it when it has said ``at`` things."""

    def __init__(self, at, disturbance):
        self.at, self.disturbance, self.count, self.cr = at, disturbance, 0, None

    def patches(self):
        """Listen before and after everything that matters to others."""
        for owner, names in (
            (Cursor, ("execute", "commit")),
            (smtplib.SMTP, ("connect", "putcmd", "getreply", "send")),
        ):
            for name in names:
                yield patch.object(owner, name, self._listening(getattr(owner, name)))

    def _listening(self, method):
        def listened(who, *arguments, **options):
            if isinstance(who, Cursor):
                self.cr = who
            self._pass()
            answer = method(who, *arguments, **options)
            self._pass()
            return answer

        return listened

    def _pass(self):
        self.count += 1
        if self.count == self.at:
            getattr(self, self.disturbance)()

    def kill(self):
        """Die at once, as for want of memory or power."""
        os.kill(os.getpid(), signal.SIGKILL)

    def cut(self):
        """Lose the connection to the database, as when that is started anew."""
        backend = self.cr._cnx.info.backend_pid
        with _beside() as beside:
            beside.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))


@contextmanager
def _beside():
    """A connection that Odoo knows nothing of."""
    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


# -- The story ---------------------------------------------------------------------------------------------------------

#: What has become of customers who were asked for 300.00 and 200.00 four weeks ago, when this day begins.
PASTS = ("waiting", "kept", "broken", "large", "settled", "disputed", "planned")


def live(env, count):
    """Live through four weeks with ``count`` customers of each past, so that every part of today's run has its work.

    ``waiting``: the second reminder is due. ``kept``, ``broken``: promised something for yesterday. ``large``: has paid most
    of it. ``settled``: has paid all. ``disputed``: our answer is late. ``planned``: an instalment is near. Besides, customers
    of whom something falls due in three days (``near``), of whom something fell due while nobody looked (``new``), and of whom
    an overdue invoice was posted only now (``fresh``).
    """
    Story(env, count).live()


class Story:
    """Four weeks of an office, in which customers are named after what becomes of them."""

    def __init__(self, env, count):
        self.env = env(context={**env.context, "tracking_disable": True})
        self.today = fields.Date.today()
        self.collector = env["res.users"].search([("login", "=", "coll")])
        self.customers = {
            past: self.env["res.partner"].create(
                [
                    {"name": f"{past} {number}", "email": f"{past}{number}@customers.example", "tz": "UTC"}
                    for number in range(count)
                ]
            )
            for past in (*PASTS, "near", "new", "fresh")
        }

    def live(self):
        """From the first invoice to yesterday evening."""
        self.env.company.write({"collection_courtesy_days": 5, "collection_instalment_reminder_days": 3})
        with self.on(-40):
            asked = [customer for past in PASTS for customer in self.customers[past]]
            for amount in (300, 200):
                self.invoice(asked, amount, due=-28)
            self.invoice(self.customers["near"], 80, due=3)
            self.invoice(self.customers["new"], 90, due=-4)
        for day in (-24, -12):
            with self.on(day):
                self.env["collection.case"]._cron_daily_run()
            with self.on(day, hour=10):
                self.work()
        with self.on(-11):
            for case in self.cases("disputed"):
                self.dispute(case)
        with self.on(-5):
            for case in self.cases("kept") | self.cases("broken"):
                self.promise(case)
            for case in self.cases("planned"):
                self.plan(case)
        with self.on(-1):
            for past, amounts in (("kept", [300]), ("large", [300]), ("settled", [300, 200])):
                self.pay(self.customers[past], amounts)
        self.invoice(self.customers["fresh"], 70, due=-3)
        self.env.cr.commit()

    @contextmanager
    def on(self, day, hour=5):
        moment = datetime.combine(self.today, datetime.min.time()) + timedelta(days=day, hours=hour)
        with freeze_time(moment), patch.object(Cursor, "now", lambda _cursor: datetime.now()):
            yield
            self.env.cr.commit()
            self.env.invalidate_all()

    def invoice(self, customers, amount, due):
        day = self.today + timedelta(days=due)
        self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "invoice_date": min(day, fields.Date.today()),
                    "invoice_date_due": day,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [Command.create({"name": "Service", "price_unit": amount, "tax_ids": []})],
                }
                for customer in customers
            ]
        ).action_post()

    def work(self):
        """Letters are sent, what is asked for is done."""
        letters = self.env["collection.letter"].search([("state", "=", "queued")])
        letters.write({"state": "failed", "arrival_unknown": True})
        letters.action_mark_sent()
        for activity in self.env["mail.activity"].search([("res_model", "=", "collection.case")]):
            activity.with_user(activity.user_id).action_done()

    def cases(self, past):
        return self.env["collection.case"].search([("partner_id", "in", self.customers[past].ids)], order="id")

    def promise(self, case):
        item = case.open_item_ids.filtered(lambda line: line.amount_residual == 300)
        self.env["collection.promise"].with_user(self.collector).create(
            {
                "case_id": case.id,
                "amount": 300,
                "date_promised": self.today - timedelta(days=1),
                "item_ids": [Command.set(item.ids)],
            }
        )

    def plan(self, case):
        plan = (
            self.env["collection.plan"]
            .with_user(self.collector)
            .create(
                {
                    "case_id": case.id,
                    "amount": 500,
                    "date_first": self.today + timedelta(days=2),
                    "rhythm": "monthly",
                    "count": 2,
                }
            )
        )
        plan.action_start()

    def dispute(self, case):
        item = case.open_item_ids.filtered(lambda line: line.amount_residual == 300)
        self.env["collection.dispute"].with_user(self.collector).create(
            {
                "case_id": case.id,
                "kind": "quantity",
                "description": "Two of the ten boxes were missing.",
                "line_ids": [Command.create({"item_id": item.id})],
            }
        )

    def pay(self, customers, amounts):
        moves = self.env["account.move"].search(
            [("partner_id", "in", customers.ids), ("amount_total", "in", amounts), ("move_type", "=", "out_invoice")]
        )
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=moves.ids).create(
            {"group_payment": False}
        )._create_payments()
