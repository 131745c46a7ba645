"""Runs inside Odoo: a handful of customers made by Odoo itself, then cloned in the database until there are enough.

Each prototype has five invoices of mixed ages. Some of them have paid in part, some have a credit note, some are invoiced
in a second currency. Cloning copies every row that belongs to a prototype, in every table, and bends each reference
between copied rows; the database's own catalogue says which references there are.
"""

from __future__ import annotations

from datetime import timedelta

from freezegun import freeze_time
from odoo import Command, fields

#: Days past due of the five invoices of a prototype; one row for each prototype, used in turn. Within the days that are
#: played nothing else falls due or grows into the next bucket: what changes in a night is what the benchmark changes.
AGES = (
    (95, 64, 52, 45, 12),
    (79, 45, 41, 24, 15),
    (22, 21, 17, 13, 11),
    (70, 40, 35, 31, 11),
    (130, 100, 61, 34, 12),
    (50, 44, 36, 20, -12),
    (110, 80, 48, 25, 13),
    (65, 55, 35, 21, 16),
    (40, 34, 22, 14, -9),
    (-9, -11, -12, -18, -24),
)
PROTOTYPES = 20
INVOICES = 5
#: Tables whose rows belong to a customer, and how to find those of the prototypes.
TABLES = {
    "res_partner": "id IN %(partners)s",
    "account_move": "partner_id IN %(partners)s",
    "account_move_line": """partner_id IN %(partners)s
                            OR move_id IN (SELECT id FROM account_move WHERE partner_id IN %(partners)s)""",
    "account_partial_reconcile": "debit_move_id IN (SELECT id FROM account_move_line WHERE partner_id IN %(partners)s)",
}
#: What has to differ between a prototype and its clones: an SQL expression of the clone's number.
RENAMED = {
    ("res_partner", "name"): "name || ' ' || clone",
    ("res_partner", "complete_name"): "name || ' ' || clone",
    ("res_partner", "email"): "'customer' || id + clone * %(stride)s || '@customers.example'",
    ("res_partner", "email_normalized"): "'customer' || id + clone * %(stride)s || '@customers.example'",
    ("account_move", "name"): "name || '/' || clone",
    ("account_move_line", "move_name"): "move_name || '/' || clone",
    ("account_move_line", "matching_number"): "CASE WHEN matching_number LIKE 'P%%' "
    "THEN 'P' || (substr(matching_number, 2)::int + clone * %(partials)s) ELSE matching_number END",
}


def make(env, customers, morning):
    """Books with this many customers as of ``morning`` (a datetime), each with five invoices. Commits."""
    with freeze_time(morning, tick=True):
        partners = _prototypes(env)
        env.flush_all()
        for table in TABLES:  # the database's clock is not ours
            env.cr.execute(f"UPDATE {table} SET create_date = %s", [morning - timedelta(days=1)])
        env.cr.commit()
    _clone(env, partners.ids, customers // PROTOTYPES - 1)
    env.cr.commit()


def _prototypes(env):
    today = fields.Date.context_today(env.user)
    euro = env.ref("base.EUR")
    euro.active = True
    env["res.currency.rate"].create(
        {"currency_id": euro.id, "name": today - timedelta(days=400), "rate": 0.8, "company_id": env.company.id}
    )
    env["res.partner.bank"].create({"acc_number": "0047110815", "partner_id": env.company.partner_id.id})
    partners = env["res.partner"].create(
        [
            {
                "name": f"Customer {number}",
                "is_company": True,
                "email": f"customer{number}@customers.example",
                "street": f"{number} Main Street",
                "city": "Springfield",
                "zip": "12345",
                "country_id": env.ref("base.us").id,
                "tz": "UTC",
            }
            for number in range(PROTOTYPES)
        ]
    )
    for number, partner in enumerate(partners):
        invoices = _invoices(env, partner, number, today, euro if number % 5 == 4 else env.company.currency_id)
        if number % 4 == 1:
            _pay_part(env, invoices[0], 40, today - timedelta(days=5))
        if number % 6 == 2:
            _invoice(env, partner, 30, today - timedelta(days=20), env.company.currency_id, "out_refund").action_post()
    return partners


def _invoices(env, partner, number, today, currency):
    invoices = env["account.move"]
    for place, age in enumerate(AGES[number % len(AGES)]):
        invoices += _invoice(env, partner, 100 + 37 * number + 11 * place, today - timedelta(days=age), currency)
    invoices.action_post()
    return invoices


def _invoice(env, partner, amount, due, currency, kind="out_invoice"):
    return env["account.move"].create(
        {
            "move_type": kind,
            "partner_id": partner.id,
            "invoice_date": min(due - timedelta(days=14), fields.Date.context_today(env.user)),
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "currency_id": currency.id,
            "invoice_line_ids": [Command.create({"name": "Service", "price_unit": amount, "tax_ids": []})],
        }
    )


def _pay_part(env, invoice, amount, day):
    """Money for a part of ``invoice``, booked as the bank's entry and reconciled."""
    receivable = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
    own_amount = env.company.currency_id._convert(amount, receivable.currency_id, env.company, invoice.date)
    (receivable | bank_item(env, receivable, amount, own_amount, date=day)).reconcile()


def bank_item(env, receivable, amount, amount_currency, **values):
    """Book that money came for ``receivable``, as the bank's entry.

    :param amount: in company currency; ``amount_currency`` is the same in that of the item
    :return: the receivable item of the entry
    """
    bank = env["account.account"].search([("account_type", "=", "asset_cash")], limit=1)
    entry = env["account.move"].create(
        {
            "move_type": "entry",
            "journal_id": env["account.journal"].search([("type", "=", "general")], limit=1).id,
            "line_ids": [
                Command.create({"name": "Transfer", "account_id": bank.id, "debit": amount}),
                Command.create(
                    {
                        "name": "Transfer",
                        "account_id": receivable.account_id.id,
                        "credit": amount,
                        "amount_currency": -amount_currency,
                        "currency_id": receivable.currency_id.id,
                        "partner_id": receivable.partner_id.id,
                    }
                ),
            ],
            **values,
        }
    )
    entry.action_post()
    return entry.line_ids.filtered(lambda line: line.account_id == receivable.account_id)


def _clone(env, partner_ids, count):
    """Copy all rows of the prototypes ``count`` times: a copy's id is the prototype's plus a multiple of its table's stride."""
    env.flush_all()
    cr = env.cr
    partners = {"partners": tuple(partner_ids)}
    rows = {}
    for table, condition in TABLES.items():
        cr.execute(
            f"SELECT array_agg(id), (SELECT MAX(id) FROM {table}) - MIN(id) + 1 FROM {table} WHERE {condition}",
            partners,
        )
        rows[table] = cr.fetchone()
    for table in TABLES if count else ():
        _clone_table(cr, table, rows, count)
        cr.execute(f"SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))")


def _clone_table(cr, table, rows, count):
    ids, stride = rows[table]
    references = _references(cr, table)
    cr.execute(
        """SELECT column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'""",
        [table],
    )
    columns = [name for (name,) in cr.fetchall()]
    values = []
    for column in columns:
        target = references.get(column)
        if column == "id":
            values.append(f"id + clone * {stride}")
        elif target in rows:
            of_prototypes, target_stride = rows[target]
            chosen = (
                f"CASE WHEN {column} IN ({','.join(map(str, of_prototypes))}) THEN {column} + clone * {target_stride}"
            )
            values.append(f"{chosen} ELSE {column} END")
        elif (table, column) in RENAMED:
            values.append(RENAMED[table, column] % {"stride": stride, "partials": rows["account_partial_reconcile"][1]})
        else:
            values.append(f'"{column}"')
    names = ", ".join(f'"{column}"' for column in columns)
    cr.execute(
        f"""INSERT INTO {table} ({names})
            SELECT {", ".join(values)} FROM {table}, generate_series(1, {count}) AS clone
             WHERE id IN ({",".join(map(str, ids))}) ORDER BY clone, id"""
    )


def _references(cr, table):
    """The table that each column of ``table`` points to."""
    cr.execute(
        """SELECT attribute.attname, target.relname
             FROM pg_constraint
             JOIN pg_class source ON source.oid = conrelid
             JOIN pg_class target ON target.oid = confrelid
             JOIN pg_attribute attribute ON attrelid = conrelid AND attnum = conkey[1]
            WHERE contype = 'f' AND source.relname = %s""",
        [table],
    )
    return dict(cr.fetchall())
