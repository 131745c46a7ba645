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
