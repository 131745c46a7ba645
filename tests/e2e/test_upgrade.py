"""From the first released state of the add-on to the present one: what was recorded stays, and the work goes on."""

import io
import subprocess
import tarfile

import pytest
from harness import complaints
from office import OVERDUE_CUSTOMERS

from scripts import databases
from scripts.paths import ADDON, LOGS, ROOT, TOGETHER

FIRST = "19.0.1.0.0"
CUSTOMERS = 14
#: Run inside Odoo: gives ``on(days)``, a clock that stands so many days from today, and PDFs that cost no time.
CLOCK = """
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch
from freezegun import freeze_time
patch.object(env.registry["ir.actions.report"], "_run_wkhtmltopdf", lambda self, *args, **how: b"%PDF-1.4 letter").start()
real_today = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
@contextmanager
def on(days, hour=12):
    with freeze_time(real_today + timedelta(days=days, hours=hour)) as frozen:
        with patch.object(type(env.cr), "now", lambda cr: frozen()):
            yield
"""
#: Six weeks of work with the first release: every second customer's calls are made, some pay, wait, or reply.
SIX_WEEKS = """
company.collection_first_policy_id = False
invoices.button_draft()
for number, invoice in enumerate(invoices):
    day = fields.Date.today() - timedelta(days=38 - number)
    invoice.write({"invoice_date": day, "invoice_date_due": day})
invoices.action_post()
def pay(invoice, amount):
    register = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
    register.create({"amount": amount, "payment_date": fields.Date.today()})._create_payments()
for days in range(-36, 1, 4):
    with on(days, 6):
        env["collection.case"]._cron_daily_run()
        env.cr.commit()
    with on(days, 12):
        if days == -24:
            pay(invoices[0], 30)
            pay(invoices[1], invoices[1].amount_total)
            env["collection.case"].search([("partner_id", "=", customers[2].id), ("state", "=", "open")])._hold(
                fields.Date.today() + timedelta(days=29), "They move house")
        if days < 0:
            env["collection.letter"]._cron_send_queued()
        env.cr.commit()
    with on(days, 15):
        for case in env["collection.case"].search([("state", "=", "open")]):
            if case.id % 2:
                case.activity_ids.action_feedback(feedback="Spoke with them")
        env.cr.commit()
env["collection.case"].search([("partner_id", "=", customers[3].id)], limit=1).message_post(body="Their bank has changed.")
env.cr.commit()
"""
TOMORROW = """
with on(1, 6):
    env["collection.case"]._cron_daily_run()
    env["collection.case"]._cron_referral_thresholds()
    env.cr.commit()
with on(1, 12):
    env["collection.letter"]._cron_send_queued()
    env.cr.commit()
cases = env["collection.case"].search([])
answer = {
    "errors": cases.filtered("last_error").mapped("last_error"),
    "unsaid": cases.filtered(lambda case: case.state != "closed" and not (case.decision and case.next_action_date)).ids,
    "not_run": cases.filtered(lambda case: case.state != "closed" and not case.run_date).ids,
    "off": [
        case.id for case in cases.filtered(lambda case: case.state != "closed") if case.balance != sum(
            env["account.move.line"].search([("partner_id", "=", case.partner_id.id), ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable")]).mapped("amount_residual"))
    ],
}
"""
#: What was recorded, by what it is. The columns are those of the first release.
RECORDS = {
    "cases": """SELECT id, partner_id, company_id, user_id, state, stage_id, policy_id, step_id, step_date, pending_step_id,
                       round, date_opened, date_closed, hold_until, hold_reason, balance, amount_open, amount_overdue,
                       amount_credit, amount_excluded, amount_chased, amount_net_overdue, bucket_0, bucket_1, bucket_2,
                       bucket_3, bucket_4, oldest_due_date, unanswered_count, last_contact_date, last_reply_date,
                       decision_code, decision_details, next_step_id, next_action_date, run_date, last_error
                  FROM collection_case ORDER BY id""",
    "letters": """SELECT letter.id, letter.name, case_id, partner_id, kind, step_id, round, amount, channel, address_used,
                         state, sent_at, letter.sha256, file.checksum
                    FROM collection_letter letter LEFT JOIN ir_attachment file ON file.id = attachment_id ORDER BY letter.id""",
    "activities": """SELECT activity.id, res_id, summary, date_deadline, user_id, activity.active, date_done, automated
                       FROM mail_activity activity WHERE res_model = 'collection.case' ORDER BY activity.id""",
    "chatter": """SELECT id, res_id, message_type, subject, body FROM mail_message
                   WHERE model = 'collection.case' ORDER BY id""",
    "steps": "SELECT id, policy_id, sequence, days_overdue, stage_id, letter_kind FROM collection_policy_step ORDER BY id",
    "books": "SELECT id, name, parent_state, reconciled, amount_residual, no_followup FROM account_move_line ORDER BY id",
}


def git(*words):
    """What git says about this checkout."""
    return subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, check=True).stdout


def first_release_in_history():
    """The commit of the first release: where it is not tagged, the last one before the manifest named the next version.

    Clones that were made without tags have it all the same; a copy without history does not.
    """
    if git("tag", "--list", f"v{FIRST}"):
        return f"v{FIRST}"
    changes = git("log", "--reverse", "--format=%H", f"-S{FIRST}", "--", f"{ADDON}/__manifest__.py").decode().split()
    return f"{changes[1]}^"


@pytest.fixture
def first_release(tmp_path):
    """A folder with the add-on as it was first released."""
    try:
        archive = git("archive", first_release_in_history(), ADDON)
    except (OSError, IndexError, subprocess.CalledProcessError):
        pytest.skip(f"the sources of {FIRST} are not here: they are taken from git, which this copy lacks")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(tmp_path, filter="data")
    return tmp_path


def records(workbench, database):
    return {name: workbench.query(database, statement) for name, statement in RECORDS.items()}


def test_from_the_first_release_to_the_present(workbench, first_release, smtp_sink):
    environment = workbench.environment
    database = workbench.database(template=databases.clean_template(environment))
    mail = {"options": ["--smtp=127.0.0.1", f"--smtp-port={smtp_sink.port}"]}
    databases.install(environment, database, ADDON, LOGS / "e2e-first-release.log", addons=[first_release])
    fill = "\n".join((f"count = {CUSTOMERS}", OVERDUE_CUSTOMERS, CLOCK, SIX_WEEKS))
    workbench.shell(database, fill, addons=[first_release], **mail)
    before = records(workbench, database)
    states = {row[10] for row in before["letters"]}
    assert states == {"sent", "queued"}
    assert {row[4] for row in before["cases"]} == {"open", "hold", "closed"}
    assert len({row[5] for row in before["cases"]}) > 3, "cases on several stages"
    assert {row[5] for row in before["activities"]} == {"t", "f"}, "activities that wait, and some that were done"
    arrived = len(smtp_sink.deliveries)
    assert arrived == sum(row[10] == "sent" for row in before["letters"])

    databases.install(environment, database, ADDON, LOGS / "e2e-first-to-present.log", option="-u")
    assert complaints(LOGS / "e2e-first-to-present.log") == []
    assert workbench.add_ons(database) == set(TOGETHER), "what installs itself with the add-on has come, too"
    after = records(workbench, database)
    for name, rows in before.items():
        assert after[name][: len(rows)] == rows, f"an upgrade keeps the {name}"
    assert len(after["letters"]) == len(before["letters"])

    told = workbench.ask(database, CLOCK + TOMORROW, **mail)
    assert told == {"errors": [], "unsaid": [], "not_run": [], "off": []}
    queued = [row for row in before["letters"] if row[10] == "queued"]
    now = {row[0]: row for row in records(workbench, database)["letters"]}
    assert queued
    for letter in queued:
        assert now[letter[0]][10] == "sent", "what waited goes out"
    for row in before["letters"]:
        assert now[row[0]][:9] == row[:9], "what was sent stays as it was"
    to_customers = [one for one in smtp_sink.deliveries if one.recipients[0].endswith("@customers.example")]
    assert len(to_customers) == sum(row[10] == "sent" and row[8] == "email" for row in now.values()), "each letter once"
