"""Runs inside Odoo: what people use today, on the same books. Calls the peers' public methods and nothing else."""

from __future__ import annotations

from freezegun import freeze_time
from odoo import fields

from bench.meter_inside import Meter
from bench.ours_inside import statement_customers


def credit_control(env, morning):
    """A run of the peer's credit control: its lines are made, then set ready."""
    meter = Meter(env)
    with freeze_time(morning, tick=True):
        policy = env.ref("account_credit_control.credit_control_3_time")
        receivable = env["account.account"].search([("account_type", "=", "asset_receivable")])
        policy.write({"account_ids": [fields.Command.set(receivable.ids)], "company_id": env.company.id})
        env.company.credit_policy_id = policy
        run = env["credit.control.run"].create(
            {"date": fields.Date.today(), "policy_ids": [fields.Command.set(policy.ids)]}
        )
        env.cr.commit()
        meter.measure("peer: generate", run.generate_credit_lines)
        meter.measure("peer: set ready", run.set_to_ready_lines)
        answer = {"lines": env["credit.control.line"].search_count([])}
    return {"figures": meter.figures, **answer}


def statements(env, morning, count):
    """The peer's outstanding statement of ``count`` customers, as HTML and as PDF."""
    meter = Meter(env)
    with freeze_time(morning, tick=True):
        partners = statement_customers(env, count)
        wizard = env["outstanding.statement.wizard"].with_context(active_ids=partners.ids)
        data = wizard.create({"filter_negative_balances": False}).button_export_html()["data"]
        report = env["ir.actions.report"].with_context(force_report_rendering=True)
        name = "partner_statement.outstanding_statement"
        report._render_qweb_html(name, partners[:1].ids, data=data)  # templates are compiled once
        meter.measure("peer: HTML", lambda: report._render_qweb_html(name, partners.ids, data=data), per=count)
        meter.measure("peer: PDF", lambda: report._render_qweb_pdf(name, partners.ids, data=data), per=count)
    return {"figures": meter.figures}
