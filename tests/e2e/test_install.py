"""Installing into books that are in use, upgrading, and leaving without a trace in accounting."""

import pytest
from office import DAY_BEGINS, OVERDUE_CUSTOMERS

from scripts import databases
from scripts.paths import ADDON, LOGS

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
UNINSTALL = f"""
env["ir.module.module"].search([("name", "=", "{ADDON}")]).button_immediate_uninstall()
"""


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


def test_into_used_books_and_out_again(workbench, old_books):
    environment, database = workbench.environment, old_books
    before = workbench.query(database, BOOKS)
    assert len(before) > 10
    databases.install(environment, database, ADDON, LOGS / "e2e-install.log")
    assert workbench.query(database, BOOKS) == before, "installing changes nothing in the books"

    payable = """
env["res.partner"].search([("name", "=", "Customer 1")]).child_ids = [
    (0, 0, {"name": "Payables", "type": "accounts_payable", "email": "payables@customers.example"})
]
"""
    workbench.shell(database, DAY_BEGINS + payable + "env.cr.commit()")
    opened = cases(workbench, database)
    assert sorted(row[4] for row in opened) == ["101.00", "102.00", "60.00"]

    databases.install(environment, database, ADDON, LOGS / "e2e-upgrade.log", option="-u")
    assert cases(workbench, database) == opened, "an upgrade keeps the cases"

    before = workbench.query(database, BOOKS)
    workbench.shell(database, UNINSTALL)
    assert workbench.query(database, BOOKS) == before, "uninstalling changes nothing in the books"
    left = workbench.query(
        database,
        f"""SELECT 'table', table_name FROM information_schema.tables
             WHERE table_schema = 'public' AND table_name LIKE 'collection\\_%'
            UNION SELECT 'column', table_name || '.' || column_name FROM information_schema.columns
             WHERE table_schema = 'public' AND column_name LIKE 'collection\\_%'
            UNION SELECT 'record', model || ' ' || name FROM ir_model_data WHERE module = '{ADDON}'""",
    )
    assert left == []
    assert workbench.query(database, "SELECT type FROM res_partner WHERE name = 'Payables'") == [("contact",)]

    databases.install(environment, database, ADDON, LOGS / "e2e-reinstall.log")
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
    for name in ("promise", "plan", "dispute", "referral", "letter", "note", "posting", "agency.message")
}
"""


def test_out_of_a_filled_office_and_in_again(workbench):
    """Promises, a plan, disputes, credit notes made for them, referrals: all of it goes, and the books do not notice."""
    environment, database = workbench.environment, workbench.database()
    workbench.shell(database, 'env["collection.demo"]._load()\nenv.cr.commit()')
    filled = workbench.ask(database, FILLED)
    assert all(filled.values()), filled
    books, counts = workbench.query(database, BOOKS), workbench.query(database, COUNTS)
    owed = cases(workbench, database)

    workbench.shell(database, UNINSTALL)
    assert workbench.query(database, BOOKS) == books
    assert workbench.query(database, COUNTS) == counts
    left = workbench.query(
        database,
        f"""SELECT 'table', table_name FROM information_schema.tables
             WHERE table_schema = 'public' AND table_name LIKE 'collection\\_%'
            UNION SELECT 'record', model || ' ' || name FROM ir_model_data WHERE module = '{ADDON}'
            UNION SELECT 'activity', res_model FROM mail_activity WHERE res_model LIKE 'collection.%'
            UNION SELECT 'message', model FROM mail_message WHERE model LIKE 'collection.%'
            UNION SELECT 'file', res_model FROM ir_attachment WHERE res_model LIKE 'collection.%'
            UNION SELECT 'follower', res_model FROM mail_followers WHERE res_model LIKE 'collection.%'""",
    )
    assert left == []

    databases.install(environment, database, ADDON, LOGS / "e2e-filled-reinstall.log")
    workbench.shell(database, DAY_BEGINS + "env.cr.commit()")
    again = cases(workbench, database)
    assert workbench.query(database, BOOKS) == books
    assert {(row[1], row[4]) for row in again if row[2] == "open"} >= {
        (row[1], row[4]) for row in owed if row[2] == "open"
    }
