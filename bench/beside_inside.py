"""Runs inside Odoo: what people do in the books, on the same books with our add-on and without it, in turn in one process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from freezegun import freeze_time
from lxml import etree
from odoo import Command, api, fields
from odoo.modules.registry import Registry

#: Rows of a page of invoices.
PAGE = 80
#: How often each happening is measured on each side; the first goes warm up.
WARM = 2
ADMIN = 2


def beside(env, morning, plain, count):
    """Processor time, of Odoo and of the database together, and queries of each happening and of the list of invoices: *with* us
    and *without*, the median of ``count``. Other work on the machine, which doubles the time on the wall, does not change it.

    :param plain: the database with the same books and without our add-on
    """
    sides = {"with": env(user=ADMIN, su=False)}
    # in the same language: without one, no names of fields are looked up
    sides["without"] = api.Environment(Registry(plain).cursor(), ADMIN, env.context)
    for side in sides.values():
        side.user.sudo().group_ids += side.ref("account.group_account_user") + side.ref("account.group_account_manager")
    env.user.browse(ADMIN).sudo().group_ids += env.ref("grey_hat_collections.group_manager")
    figures = {}
    with freeze_time(morning + timedelta(days=1, hours=5), tick=True):
        for name, (kind, prepare, work) in HAPPENINGS.items():
            prepared = {
                key: [prepare(side, partner) for partner in customers(side, kind, count + WARM)]
                for key, side in sides.items()
            }
            figures |= _in_turn(name, sides, {key: _doing(work, prepared[key]) for key in sides}, count)
        figures |= _in_turn("the list of invoices", sides, {key: _listing(side) for key, side in sides.items()}, count)
    sides["without"].cr.rollback()
    sides["without"].cr.close()
    return {"figures": figures}


def _in_turn(name, sides, works, count):
    meters = {key: _Processor(side) for key, side in sides.items()}
    seen = {key: [] for key in sides}
    for side in sides.values():
        side.cr.commit()
    for number in range(count + WARM):
        for key in sorted(sides, reverse=number % 2 == 0):
            seen[key].append(meters[key].measure(lambda key=key, number=number: works[key](number)))
    return {
        f"books: {name}, {key} us": {
            what: statistics.median(one[what] for one in several[WARM:]) for what in ("seconds", "queries")
        }
        for key, several in seen.items()
    }


class _Processor:
    """Measures the time that the processor spends on a piece of work, here and in the database, until it is committed."""

    def __init__(self, env):
        self.env = env
        env.cr.execute("SELECT pg_backend_pid()")
        self.backend = Path(f"/proc/{env.cr.fetchone()[0]}/schedstat")

    def measure(self, work: Callable[[], Any]) -> dict[str, float]:
        self.env.invalidate_all()
        queries, started = self.env.cr.sql_log_count, self._now()
        work()
        self.env.cr.commit()
        return {"seconds": self._now() - started, "queries": self.env.cr.sql_log_count - queries}

    def _now(self):
        return time.process_time() + int(self.backend.read_text().split()[0]) / 1e9


def _doing(work, prepared):
    return lambda number: work(prepared[number])


def customers(env, kind, count):
    """Customers of the books who have something *overdue*, so that they have a case, or nothing (*in time*)."""
    overdue = "EXISTS" if kind == "overdue" else "NOT EXISTS"
    env.cr.execute(
        f"""SELECT id FROM res_partner customer
             WHERE name LIKE 'Customer %%' AND is_company
               AND {overdue} (SELECT FROM account_move
                               WHERE partner_id = customer.id AND move_type = 'out_invoice' AND invoice_date_due < %s)
          ORDER BY id LIMIT %s""",
        [fields.Date.today(), count],
    )
    return env["res.partner"].browse([partner_id for (partner_id,) in env.cr.fetchall()])


def _draft(env, partner, kind="out_invoice"):
    lines = [Command.create({"name": "Service", "price_unit": 100, "tax_ids": []})]
    today = fields.Date.today()
    values = {"move_type": kind, "partner_id": partner.id, "invoice_date": today, "invoice_line_ids": lines}
    return env["account.move"].create(values)


def _posted(env, partner, kind="out_invoice"):
    move = _draft(env, partner, kind)
    move.action_post()
    return move


def _paid(env, partner):
    move = _posted(env, partner)
    _pay(move)
    return move


def _entry(env, _partner):
    kinds = {"expense": "debit", "income": "credit"}
    lines = [
        Command.create(
            {"account_id": env["account.account"].search([("account_type", "=", kind)], limit=1).id, side: 5}
        )
        for kind, side in kinds.items()
    ]
    return env["account.move"].create({"move_type": "entry", "line_ids": lines})


def _post(move):
    move.action_post()


def _pay(move):
    dialog = move.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
    dialog.create({})._create_payments()


def _bank_line(env, partner):
    move = _posted(env, partner)
    values = {
        "journal_id": env["account.journal"].search([("type", "=", "bank")], limit=1).id,
        "payment_ref": "Transfer",
        "partner_id": partner.id,
        "amount": move.amount_residual,
        "date": fields.Date.today(),
    }
    return move, env["account.bank.statement.line"].create(values)


def _reconcile(pair):
    move, line = pair
    _liquidity, suspense, _other = line._seek_for_lines()
    item = _receivable(move)
    suspense.account_id = item.account_id
    (suspense | item).reconcile()


def _receivable(move):
    return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")


def _listing(env):
    """What a browser asks when it shows a page of invoices."""
    moves = env["account.move"].with_context(default_move_type="out_invoice")
    arch = etree.fromstring(moves.get_view(env.ref("account.view_out_invoice_tree").id, "list")["arch"])
    names = {node.get("name") for node in arch.iter("field")} & set(moves._fields)
    specification = {
        name: {"fields": {"display_name": {}}} if moves._fields[name].relational else {} for name in sorted(names)
    }

    domain = [("move_type", "=", "out_invoice"), ("invoice_date", "<", fields.Date.today())]
    return lambda _number: moves.web_search_read(domain, specification, limit=PAGE, count_limit=10001)


#: By name: whose, what is there before, what is done.
HAPPENINGS = {
    "post an invoice": ("in time", _draft, _post),
    "post an invoice, case": ("overdue", _draft, _post),
    "post a bill": ("in time", lambda env, partner: _draft(env, partner, "in_invoice"), _post),
    "post an entry": ("in time", _entry, _post),
    "pay": ("in time", _posted, _pay),
    "pay, case": ("overdue", _posted, _pay),
    "pay a bill": ("in time", lambda env, partner: _posted(env, partner, "in_invoice"), _pay),
    "reconcile": ("in time", _bank_line, _reconcile),
    "reconcile, case": ("overdue", _bank_line, _reconcile),
    "unreconcile": ("in time", _paid, lambda move: _receivable(move).remove_move_reconcile()),
    "unreconcile, case": ("overdue", _paid, lambda move: _receivable(move).remove_move_reconcile()),
    "back to draft": ("in time", _posted, lambda move: move.button_draft()),
    "back to draft, case": ("overdue", _posted, lambda move: move.button_draft()),
}
