"""An office with overdue customers, and what its watchers need: waking scheduled actions, waiting, reading the database."""

import time
from collections.abc import Callable
from typing import Any

from harness import Workbench

from scripts.server import Server

DAILY_RUN = "ir_cron_daily_run"
SEND_QUEUED = "ir_cron_send_queued"
WAIT_SECONDS = 90

#: Run inside Odoo: a collector, a manager, customers with one invoice each that is overdue, every hour of every day open
#: for contacts. Wants ``count``; leaves the customers in ``customers``. Odoo's own scheduled actions rest: its digest of the
#: week, due two hours after the installation, would reach the mail server among our letters.
OVERDUE_CUSTOMERS = """
from datetime import timedelta
from odoo import Command, fields
ours = env["ir.model.data"].search([("module", "=", "grey_hat_collections"), ("model", "=", "ir.cron")]).mapped("res_id")
env["ir.cron"].search([("id", "not in", ours)]).write({"active": False})
company = env.company
days = [Command.create({"name": day, "dayofweek": day, "hour_from": 8, "hour_to": 17}) for day in "56"]
company.resource_calendar_id.write({"tz": "UTC", "attendance_ids": days})
company.write({"collection_hour_from": 0, "collection_hour_to": 24})
if "collection_letters_wait" in company._fields:  # the first release did not ask
    company.collection_letters_wait = False
env["res.partner.bank"].create({"acc_number": "0047110815", "partner_id": company.partner_id.id})
people = {}
for login, group in (("coll", "collector"), ("boss", "manager")):
    people[login] = env["res.users"].with_context(no_reset_password=True).create(
        {"name": login, "login": login, "password": login, "email": login + "@us.example",
         "group_ids": [Command.link(env.ref("grey_hat_collections.group_" + group).id)]}
    )
company.write({"collection_user_id": people["coll"].id, "collection_manager_id": people["boss"].id})
customers = env["res.partner"].create(
    [
        {"name": f"Customer {number}", "email": f"customer{number}@customers.example", "is_company": True, "tz": "UTC"}
        for number in range(count)
    ]
)
due = fields.Date.today() - timedelta(days=3)
invoices = env["account.move"].create(
    [
        {"move_type": "out_invoice", "partner_id": customer.id, "invoice_date": due, "invoice_date_due": due,
         "invoice_payment_term_id": False,
         "invoice_line_ids": [Command.create({"name": "Service", "price_unit": 100 + number, "tax_ids": []})]}
        for number, customer in enumerate(customers)
    ]
)
invoices.action_post()
env.cr.commit()
"""
DAY_BEGINS = 'env["collection.case"]._cron_daily_run()\n'


def overdue_office(workbench: Workbench, count: int, *scripts: str) -> str:
    """A database with ``count`` overdue customers, after running more ``scripts`` in it."""
    database = workbench.database()
    workbench.shell(database, "\n".join((f"count = {count}", OVERDUE_CUSTOMERS, *scripts, "env.cr.commit()")))
    return database


def serve(workbench: Workbench, database: str, **how: Any) -> Server:
    """A server that runs scheduled actions."""
    return workbench.server(database, **{"crons": 1, **how})


def wake(workbench: Workbench, database: str, cron: str) -> None:
    """Make a scheduled action due, and wake the servers that listen."""
    workbench.query(
        database,
        f"""INSERT INTO ir_cron_trigger (cron_id, call_at)
            SELECT res_id, now() AT TIME ZONE 'utc' FROM ir_model_data
             WHERE module = 'grey_hat_collections' AND name = '{cron}'""",
    )
    notify(workbench, database)


def notify(workbench: Workbench, database: str) -> None:
    """Wake the servers that listen, as Odoo does when it triggers a scheduled action."""
    workbench.query("postgres", f"NOTIFY cron_trigger, '{database}'")


def run_job(workbench: Workbench, database: str, cron: str, done: Callable[[], Any], what: str) -> None:
    """Wake a scheduled action and wait until it is ``done``, which ``what`` names."""
    wake(workbench, database, cron)
    wait_until(done, what, nudge=lambda: notify(workbench, database))


def wait_until(
    condition: Callable[[], Any],
    what: str,
    seconds: float = WAIT_SECONDS,
    nudge: Callable[[], Any] | None = None,
    pause: float = 0.3,
) -> Any:
    """The first true answer of ``condition``; an error that names ``what`` when there is none in time.

    :param nudge: called now and then meanwhile: a server that is starting may not listen yet
    """
    started = nudged = time.monotonic()
    while time.monotonic() < started + seconds:
        if answer := condition():
            return answer
        if nudge and time.monotonic() > nudged + 1:
            nudge()
            nudged = time.monotonic()
        time.sleep(pause)
    raise AssertionError(f"Waited {seconds} s in vain until {what}")


def letter_states(workbench: Workbench, database: str) -> dict[str, int]:
    """How many letters are in each state."""
    rows = workbench.query(database, "SELECT state, COUNT(*) FROM collection_letter GROUP BY state")
    return {state: int(count) for state, count in rows}


def run_is_over(workbench: Workbench, database: str, cron: str) -> bool:
    """Whether no trigger of this scheduled action waits, and nobody is running it."""
    (row,) = workbench.query(
        database,
        f"""SELECT COUNT(*) FROM ir_cron_trigger
              JOIN ir_model_data data ON data.res_id = cron_id AND data.name = '{cron}' AND data.model = 'ir.cron'
             WHERE call_at <= now() AT TIME ZONE 'utc'""",
    )
    return row == ("0",)
