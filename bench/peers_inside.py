"""Runs inside Odoo: what people use today, on the same books. Calls the peers' public methods and nothing else."""

from __future__ import annotations

from freezegun import freeze_time
from odoo import fields
from odoo.tools import split_every

from bench.meter_inside import Meter
from bench.ours_inside import statement_customers

PRINTED_AT_ONCE = 50


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
        env.company.external_report_layout_id = env.ref("web.external_layout_standard")  # else the peer asks for one
        wizard = env["outstanding.statement.wizard"].with_context(active_ids=partners.ids)
        data = wizard.create({"filter_negative_balances": False}).button_export_html()["data"]
        report = env["ir.actions.report"].with_context(force_report_rendering=True)
        name = "partner_statement.outstanding_statement"
        report._render_qweb_html(name, partners[:1].ids, data=data)  # templates are compiled once
        meter.measure("peer: HTML", lambda: report._render_qweb_html(name, partners.ids, data=data), per=count)

        def print_all():  # two hundred at once end the PDF program
            for ids in split_every(PRINTED_AT_ONCE, partners.ids):
                report._render_qweb_pdf(name, ids, data={**data, "partner_ids": list(ids)})

        meter.measure("peer: PDF", print_all, per=count)
    return {"figures": meter.figures}
