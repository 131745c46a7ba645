"""Installing into books that are in use, upgrading, and leaving without a trace in accounting; nothing of it worth a warning."""

import pytest
from harness import complaints
from office import DAY_BEGINS, OVERDUE_CUSTOMERS

from scripts import databases
from scripts.oca_addons import with_queue
from scripts.paths import ADDON, LOGS, PRIVACY_ADDON, QUEUE_ADDON, TOGETHER

#: Invoices, entries and payments as they are; what the add-on adds is not in it.
BOOKS = """
    SELECT 'move', id::text, name, state, payment_state, amount_residual::text, '' FROM account_move
 UNION ALL
    SELECT 'line', id::text, name, parent_state, reconciled::text, amount_residual::text, no_followup::text
      FROM account_move_line
 UNION ALL
    SELECT 'payment', id::text, name, state, '', amount::text, '' FROM account_payment
 UNION ALL
    SELECT 'partner', id::text, name, email, active::text, '', '' FROM res_partner
  ORDER BY 1, 2"""
#: What is in the books before we come: see OVERDUE_CUSTOMERS, without our groups and settings.
OLD_BOOKS = (
    OVERDUE_CUSTOMERS.partition("company.write(")[0]
    + "customers ="
    + OVERDUE_CUSTOMERS.partition("customers =")[2]
    + """
env["account.payment.register"].with_context(active_model="account.move", active_ids=invoices[0].ids).create(
    {"amount": 40}
)._create_payments()
env.cr.commit()
"""
)
#: Without it letters that ask for money are held.
WHERE_TO_PAY = """
env["res.partner.bank"].create({"acc_number": "0047110815", "partner_id": env.company.partner_id.id})
"""
#: All that leaves by itself, at noon of a working day that has not come yet.
SENDING = """
from datetime import date, timedelta
from freezegun import freeze_time
day = date.today() + timedelta(days=7 - date.today().weekday())
with freeze_time(f"{day} 12:00:00", tick=True):
    env["collection.letter"]._cron_send_queued()
env.cr.commit()
"""
LETTERS = "SELECT state, to_approve::text, COUNT(*)::text FROM collection_letter GROUP BY 1, 2"
UNINSTALL = """
env["ir.module.module"].search([("name", "=", "%s")]).button_immediate_uninstall()
"""
#: Where Odoo's tables, and those of other add-ons, name a model by its text.
NAMES_OF_MODELS = """
    SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_type = 'BASE TABLE' AND table_schema = 'public' AND data_type IN ('character varying', 'text')
       AND column_name IN ('model', 'model_id', 'model_name', 'relation', 'res_model', 'resource')"""


@pytest.fixture
def old_books(workbench):
    """A database with three customers, three invoices, a part payment, and nothing of ours."""
    database = workbench.database(template=databases.clean_template(workbench.environment))
    workbench.shell(database, "count = 3\n" + OLD_BOOKS, addons=())
    return database


def cases(workbench, database):
    return workbench.query(
        database,
        "SELECT id, partner_id, state, stage_id, balance, step_id, next_action_date FROM collection_case ORDER BY id",
    )


def install(workbench, database, module=ADDON, option="-i", **how):
    """Install or upgrade without a word of warning."""
    log = LOGS / f"e2e-{database}{option}-{module}.log"
    databases.install(workbench.environment, database, module, log, option=option, **how)
    assert complaints(log) == []


def uninstall(workbench, database, **how):
    """Uninstall all of ours, and leave nothing behind."""
    uninstall_module(workbench, database, ADDON, **how)
    assert left_behind(workbench, database) == []


def uninstall_module(workbench, database, module, **how):
    """Uninstall a module, and what needs it, without a word of warning."""
    log = LOGS / f"e2e-{database}-uninstall.log"
    log.unlink(missing_ok=True)
    workbench.shell(database, UNINSTALL % module, options=[f"--logfile={log}"], **how)
    assert complaints(log) == []


def left_behind(workbench, database):
    """What is still there of us, and what names a model of ours."""
    ours = f"""
        SELECT 'table', table_name FROM information_schema.tables
         WHERE table_schema = 'public' AND table_name LIKE '%collection\\_%'
         UNION SELECT 'column', table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = 'public' AND column_name LIKE 'collection\\_%'
         UNION SELECT 'index', indexname FROM pg_indexes WHERE indexname LIKE '%collection\\_%'
         UNION SELECT 'constraint', conname FROM pg_constraint WHERE conname LIKE '%collection\\_%'
         UNION SELECT 'record', model || ' ' || name FROM ir_model_data WHERE module LIKE '{ADDON}%'
         UNION SELECT 'parameter', key FROM ir_config_parameter WHERE key LIKE '{ADDON}%'"""
    named = [
        f"SELECT '{table}', {column} FROM {table} WHERE {column} LIKE 'collection.%'"
        for table, column in workbench.query(database, NAMES_OF_MODELS)
    ]
    return workbench.query(database, " UNION ".join([ours, *named]))


#: A manager has edited how a letter closes; nothing else of it.
EDITED = """
step = env.ref("grey_hat_collections.step_standard_reminder")
env["collection.wording"]._keep(env.company, step, "reminder", "en_US", {"closing": "Call me, {customer}."})
env.cr.commit()
"""
SAID = """
step = env.ref("grey_hat_collections.step_standard_reminder")
customer = env["res.partner"].search([("name", "=", "Customer 1")])
passages = env["collection.letter"]._sketch(customer, env.company, step)["passages"]
words = {one["passage"]: one["text"] for one in passages if one["edited"]}
answer = {"edited": words == {"closing": "Call me, {customer}."}, "shipped": len(passages) == 5}
"""


def test_into_used_books_and_out_again(workbench, old_books):
    database = old_books
    before = workbench.query(database, BOOKS)
    assert len(before) > 10
    install(workbench, database)
    assert workbench.add_ons(database) == set(TOGETHER)
    assert workbench.query(database, BOOKS) == before, "installing changes nothing in the books"

    payable = """
env["res.partner"].search([("name", "=", "Customer 1")]).child_ids = [
    (0, 0, {"name": "Payables", "type": "accounts_payable", "email": "payables@customers.example"})
]
"""
    workbench.shell(database, WHERE_TO_PAY + DAY_BEGINS + payable + "env.cr.commit()")
    opened = cases(workbench, database)
    assert sorted(row[4] for row in opened) == ["101.00", "102.00", "60.00"]
    workbench.shell(database, SENDING)
    assert workbench.query(database, LETTERS) == [("queued", "true", "3")], "nothing leaves before somebody has said so"

    workbench.shell(database, EDITED)
    install(workbench, database, option="-u")
    assert cases(workbench, database) == opened, "an upgrade keeps the cases"
    assert workbench.ask(database, SAID) == {"edited": True, "shipped": True}, "and the words that somebody edited"

    before = workbench.query(database, BOOKS)
    uninstall(workbench, database)
    assert workbench.query(database, BOOKS) == before, "uninstalling changes nothing in the books"
    assert workbench.query(database, "SELECT type FROM res_partner WHERE name = 'Payables'") == [("contact",)]

    install(workbench, database)
    workbench.shell(database, DAY_BEGINS + "env.cr.commit()")
    assert sorted(row[4] for row in cases(workbench, database)) == ["101.00", "102.00", "60.00"]


#: How much of what is in the books, and of what people would miss besides.
COUNTS = """
    SELECT 'entries', COUNT(*)::text, SUM(amount_residual_signed)::text FROM account_move
 UNION ALL SELECT 'items', COUNT(*)::text, SUM(balance)::text FROM account_move_line
 UNION ALL SELECT 'matchings', COUNT(*)::text, SUM(amount)::text FROM account_partial_reconcile
 UNION ALL SELECT 'payments', COUNT(*)::text, SUM(amount)::text FROM account_payment
 UNION ALL SELECT 'invoices with a file', COUNT(*)::text, '' FROM ir_attachment WHERE res_model = 'account.move'
 UNION ALL SELECT 'words on invoices', COUNT(*)::text, '' FROM mail_message WHERE model = 'account.move'
 UNION ALL SELECT 'people', COUNT(*)::text, '' FROM res_users"""
FILLED = """
answer = {
    name: env["collection." + name].search_count([])
    for name in ("promise", "plan", "dispute", "referral", "letter", "note", "mail.piece", "agency.message")
}
"""


#: What people make beside it, each by a screen of Odoo's: a to-do of our kind on a customer, and rules and plans that make such;
#: a favourite, a template of an export, names that an export has given; a message that waits for its hour; an action.
MADE_BY_PEOPLE = """
from odoo import Command
case = env["collection.case"].search([], limit=1)
kind = env.ref("grey_hat_collections.mail_activity_type_our_side")
case.partner_id.activity_schedule(activity_type_id=kind.id, summary="Ask for the order")
env["mail.activity.type"].create({"name": "Before", "chaining_type": "trigger", "triggered_next_type_id": kind.id})
env["ir.actions.server"].create({
    "name": "Plan it", "model_id": env.ref("base.model_res_partner").id, "state": "next_activity", "activity_type_id": kind.id,
})
for model in ("collection.case", "res.partner"):
    env["mail.activity.plan"].create({
        "name": "All there is to do", "res_model": model, "template_ids": [Command.create({"activity_type_id": kind.id})],
    })
env["ir.filters"].create({"name": "Mine", "model_id": "collection.case", "domain": "[]"})
env["ir.exports"].create({"name": "Cases", "resource": "collection.case"})
case.export_data(["id"])
env["mail.scheduled.message"].create({
    "model": "collection.case", "res_id": case.id, "author_id": env.user.partner_id.id, "body": "Later",
    "scheduled_date": "2099-01-01 08:00:00",
})
env.cr.execute("UPDATE mail_scheduled_message SET scheduled_date = '2000-01-01 08:00:00'")
env["ir.actions.act_window"].create({"name": "Mine", "res_model": "collection.case"})
env.cr.commit()
"""
#: People go on with what was about Odoo's own records, and with Odoo's lists of everything.
GOES_ON = """
env["mail.scheduled.message"]._post_messages_cron()
for model in ("mail.activity", "mail.activity.plan", "mail.activity.type", "ir.filters", "ir.exports", "ir.actions.act_window"):
    env[model].with_context(active_test=False).search([]).read()
for model in ("res.partner", "res.company", "account.move", "mail.activity", "mail.activity.type", "res.config.settings"):
    env[model].get_views([(False, "form"), (False, "list"), (False, "search")])
todo = env.ref("mail.mail_activity_data_todo")
answer = {
    "on the customer": env["mail.activity"].search([("summary", "=", "Ask for the order")]).activity_type_id == todo,
    "in a chain": env["mail.activity.type"].search([("name", "=", "Before")]).triggered_next_type_id == todo,
    "in a rule": env["ir.actions.server"].search([("name", "=", "Plan it")]).activity_type_id == todo,
    "in a plan": env["mail.activity.plan"].search([("name", "=", "All there is to do")]).template_ids.activity_type_id == todo,
}
env["mail.activity"].search([("summary", "=", "Ask for the order")]).action_feedback()
"""


def test_out_of_a_filled_office_and_in_again(workbench):
    """Promises, a plan, disputes, credit notes made for them, referrals: all of it goes, and the books do not notice."""
    database = workbench.database()
    workbench.shell(database, 'env["collection.demo"]._load()\nenv.cr.commit()' + MADE_BY_PEOPLE)
    filled = workbench.ask(database, FILLED)
    assert all(filled.values()), filled
    books, counts = workbench.query(database, BOOKS), workbench.query(database, COUNTS)
    owed = cases(workbench, database)

    uninstall(workbench, database)
    assert workbench.query(database, BOOKS) == books
    assert workbench.query(database, COUNTS) == counts
    goes_on = workbench.ask(database, GOES_ON)
    assert all(goes_on.values()), goes_on

    install(workbench, database)
    workbench.shell(database, DAY_BEGINS + "env.cr.commit()")
    again = cases(workbench, database)
    assert workbench.query(database, BOOKS) == books
    assert {(row[1], row[4]) for row in again if row[2] == "open"} >= {
        (row[1], row[4]) for row in owed if row[2] == "open"
    }


def test_privacy_lookup_goes_and_comes(workbench, old_books):
    """What needs it goes with it and comes with it by itself; the add-on needs nothing of it."""
    database, lookup = old_books, "privacy_lookup"
    uninstall_module(workbench, database, lookup, addons=())
    install(workbench, database)
    assert workbench.add_ons(database) == set(TOGETHER) - {PRIVACY_ADDON}
    workbench.shell(database, DAY_BEGINS + "env.cr.commit()")
    opened = cases(workbench, database)
    assert len(opened) == 3

    install(workbench, database, lookup)
    assert workbench.add_ons(database) == set(TOGETHER)
    uninstall_module(workbench, database, lookup)
    assert workbench.add_ons(database) == set(TOGETHER) - {PRIVACY_ADDON}
    assert workbench.query(database, f"SELECT name FROM ir_model_data WHERE module = '{PRIVACY_ADDON}'") == []
    assert cases(workbench, database) == opened
    workbench.shell(database, DAY_BEGINS + "env.cr.commit()")


def test_out_with_the_add_on_for_several_hosts(workbench, old_books):
    """Its jobs name cases and letters; whoever looks at the queue afterwards finds none that nobody can read."""
    addons = with_queue(workbench.environment)
    install(workbench, old_books, addons=addons)
    install(workbench, old_books, QUEUE_ADDON, addons=addons)
    workbench.shell(old_books, DAY_BEGINS + "env.cr.commit()", addons=addons)
    assert workbench.query(old_books, "SELECT DISTINCT model_name FROM queue_job") == [("collection.case",)]
    install(workbench, old_books, option="-u", addons=addons)
    uninstall(workbench, old_books, addons=addons)
