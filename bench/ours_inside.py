"""Runs inside Odoo: the add-on's nights, payments, letters and statements, measured."""

from __future__ import annotations

import random
import statistics
import time
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import sql_db
from odoo.tools import SQL, split_every

from bench.books_inside import bank_item
from bench.meter_inside import Meter

#: One in so many customers has something new on an ordinary night.
CHANGED = 100
CHUNK = 500


def nights(env, morning):
    """The first night, then the day on which its letters leave, a quiet night, changes, an ordinary night."""
    env.company.collection_letters_wait = False  # nobody is there to approve them
    meter = Meter(env)
    day = timedelta(days=1)
    with freeze_time(morning, tick=True):
        meter.measure("floor: one aggregate", lambda: floor(env))
        meter.measure("first night", lambda: night(env))
        opened = counts(env)
    with freeze_time(morning + timedelta(hours=6), tick=True):
        letters_leave(env)
    with freeze_time(morning + day, tick=True):
        meter.measure("quiet night", lambda: night(env))
    changed = change(env)
    with freeze_time(morning + 2 * day, tick=True):
        meter.measure("ordinary night", lambda: night(env))
    env.cr.commit()
    return {"figures": meter.figures, "counts": opened, "changed": changed, "counts after": counts(env)}


def night(env):
    """What the scheduled actions of a morning do, one after the other."""
    env["collection.case"]._cron_daily_run()
    env["collection.case"]._cron_referral_thresholds()


def floor(env):
    """The one aggregate that any program needs: what each customer owes and what of it is overdue."""
    return env.execute_query(
        SQL(
            """SELECT partner.commercial_partner_id, SUM(line.amount_residual),
                      SUM(line.amount_residual) FILTER (WHERE line.date_maturity < %s), MIN(line.date_maturity)
                 FROM account_move_line line
                 JOIN account_account account ON account.id = line.account_id
                 JOIN res_partner partner ON partner.id = line.partner_id
                WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
                  AND line.reconciled IS NOT TRUE
             GROUP BY 1""",
            env.company._collection_today(),
        )
    )


def counts(env):
    """How many cases, letters and activities there are, by state."""
    query = """SELECT 'case ' || state, COUNT(*) FROM collection_case GROUP BY state
                UNION ALL SELECT 'letter ' || state, COUNT(*) FROM collection_letter GROUP BY state
                UNION ALL SELECT 'activity', COUNT(*) FROM mail_activity WHERE res_model = 'collection.case'"""
    env.cr.execute(query)
    return dict(env.cr.fetchall())


def letters_leave(env):
    """What sending does to cases, without the mail server: each queued letter has left the house."""
    waiting = env["collection.letter"].search([("state", "=", "queued")])
    for ids in split_every(CHUNK, waiting.ids):
        letters = env["collection.letter"].browse(ids)
        letters.write({"state": "sent", "sent_at": env.cr.now()})
        letters._complete_step()
        env.cr.commit()
        env.invalidate_all()


def change(env):
    """Behind the back of Odoo, as a night has to find it: of one customer in a hundred an invoice is paid, in turn the
    oldest or the newest.
    """
    env.cr.execute(
        """WITH chosen AS (
                SELECT DISTINCT ON (line.partner_id) line.id
                  FROM account_move_line line JOIN account_account account ON account.id = line.account_id
                 WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
                   AND line.reconciled IS NOT TRUE AND line.amount_residual > 0 AND line.partner_id %% %s = 7
              ORDER BY line.partner_id,
                       (line.date_maturity - DATE '2000-01-01') * (CASE WHEN line.partner_id %% 2 = 0 THEN 1 ELSE -1 END)
           )
           UPDATE account_move_line SET reconciled = TRUE, amount_residual = 0, amount_residual_currency = 0
            WHERE id IN (SELECT id FROM chosen)""",
        [CHANGED],
    )
    changed = env.cr.rowcount
    env.cr.commit()
    return changed


def payments(env, morning, count):
    """Odoo's own reconciliation of a payment with an invoice until it is committed, and what the add-on's refresh, which
    happens in it, takes of that time. The median of ``count`` payments.
    """
    model = type(env["collection.case"])
    refresh, added = model._refresh_changed, []

    def timed_refresh(self):
        queries, started = sql_db.sql_counter, time.perf_counter()
        refresh(self)
        self.env.flush_all()
        added.append({"seconds": time.perf_counter() - started, "queries": sql_db.sql_counter - queries})

    meter, whole = Meter(env), []
    with freeze_time(morning + timedelta(days=3), tick=True), patch.object(model, "_refresh_changed", timed_refresh):
        lines = [_open_line(env, partner) for partner in _customers_with_case(env, count + 1)]
        pairs = [(line, _money(env, line)) for line in lines]
        env.cr.commit()
        added.clear()
        for line, money in pairs:
            meter.measure("one", (line | money).reconcile)
            whole.append(meter.figures.pop("one"))
    own = [
        {**one, "seconds": one["seconds"] - ours["seconds"], "queries": one["queries"] - ours["queries"]}
        for one, ours in zip(whole, added, strict=True)
    ]
    # the first warms up
    return {"figures": {"payment: Odoo's own": _middle(own[1:]), "payment: refresh": _middle(added[1:])}}


def _middle(figures):
    return {name: statistics.median(figure[name] for figure in figures) for name in figures[0]}


def _customers_with_case(env, count):
    cases = env["collection.case"].search([("state", "=", "open")]).ids
    chosen = random.Random(count).sample(cases, min(count, len(cases)))
    return env["collection.case"].browse(chosen).partner_id


def _open_line(env, partner):
    return env["account.move.line"].search(
        [
            ("partner_id", "=", partner.id),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("amount_residual", ">", 0),
            ("move_id.move_type", "=", "out_invoice"),
        ],
        order="date_maturity",
        limit=1,
    )


def _money(env, line):
    """The receivable item of the bank's entry over what ``line`` asks for."""
    return bank_item(env, line, line.amount_residual, line.amount_residual_currency)


def letters(env, morning, count, printed):
    """E-mails of ``count`` letters, rendered and queued; ``printed`` letters prepared as a whole, PDF and check included.

    Wants a database in which no night has been yet.
    """
    meter = Meter(env)
    with freeze_time(morning, tick=True):
        night(env)
    with freeze_time(morning + timedelta(hours=6), tick=True):
        model = env["collection.letter"].with_context(force_report_rendering=True)
        waiting = model.search([("state", "=", "queued"), ("channel", "=", "email")], limit=count + printed + 1)
        if len(waiting) <= count + printed:
            raise ValueError(f"Only {len(waiting)} letters are queued.")
        waiting[0]._try_prepare()  # templates are compiled once
        env.cr.commit()

        def queue_mails():
            for letter in waiting[1 : count + 1]:
                letter._create_mail()
                env.cr.commit()

        def prepare():
            for letter in waiting[count + 1 :]:
                letter._try_prepare()
                env.cr.commit()

        meter.measure("letter: e-mail queued", queue_mails, per=count)
        meter.measure("letter: prepared with PDF", prepare, per=printed)
    return {"figures": meter.figures}


def statements(env, morning, count):
    """Our statement of the customers whose statements the peer prints."""
    meter = Meter(env)
    with freeze_time(morning, tick=True):
        partners = statement_customers(env, count)
        report = env["ir.actions.report"].with_context(force_report_rendering=True)
        name = "grey_hat_collections.report_statement"
        report._render_qweb_html(name, partners[:1].ids)
        meter.measure("statement: HTML", lambda: report._render_qweb_html(name, partners.ids), per=count)
        seconds, run_program = [], type(report)._run_wkhtmltopdf

        def timed(*arguments, **options):
            started = time.perf_counter()
            content = run_program(*arguments, **options)
            seconds.append(time.perf_counter() - started)
            return content

        with patch.object(type(report), "_run_wkhtmltopdf", timed):
            meter.measure("statement: PDF", lambda: report._render_qweb_pdf(name, partners.ids), per=count)
    floor = {"floor: wkhtmltopdf on the ready pages": {"seconds": sum(seconds) / count}}
    return {"figures": {**meter.figures, **floor}}


def statement_customers(env, count):
    """Customers with five invoices each, the same in all databases."""
    domain = [("name", "=like", "Customer %"), ("is_company", "=", True)]
    return env["res.partner"].search(domain, order="id", limit=count)
