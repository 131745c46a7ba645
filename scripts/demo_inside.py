"""The part of the demo that runs inside Odoo's shell: tell the story, print it, export what was made."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

STATEMENT = "grey_hat_collections.action_report_statement_case"


def play(env: Any, *, load: bool) -> None:
    """Load the demo data once, then let the day take its course."""
    if load:
        env["collection.demo"]._load()
        env.cr.commit()
        env["collection.demo"]._print_letters()
        env.cr.commit()
    env["collection.case"]._cron_daily_run()
    env["collection.case"]._cron_referral_thresholds()
    if load:
        env["collection.demo"]._approve_letters()
        env.cr.commit()
    env["collection.letter"]._cron_send_queued()
    env["collection.agency.message"]._cron_send_agency_messages()
    env["collection.agency"]._warn_of_accreditations()
    env.cr.commit()


def export(env: Any, folder: Path) -> int:
    """Write every letter's PDF, and one customer's statement, into ``folder``; tell how many files there are."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.pdf"):
        old.unlink()
    for letter in env["collection.letter"].search([("attachment_id", "!=", False)]):
        name = f"{letter.kind}-{letter.partner_id.name}-{letter.id}"
        (folder / f"{_file_name(name)}.pdf").write_bytes(letter.attachment_id.raw)
    case = env["collection.case"].search([("state", "!=", "closed")], order="balance desc", limit=1)
    if case:
        content, _type = env["ir.actions.report"]._render_qweb_pdf(STATEMENT, case.ids)
        (folder / f"{_file_name(f'statement-of-{case.partner_id.name}')}.pdf").write_bytes(content)
    return len(list(folder.glob("*.pdf")))


def summary(env: Any) -> dict[str, Any]:
    """The figures one wants to see after a first day."""
    cases = env["collection.case"].search([])
    letters = env["collection.letter"].search([])
    activities = env["mail.activity"].search([("res_model", "=like", "collection.%")])
    return {
        "stages": [
            (stage.name, company.name, company.currency_id.name, len(found), sum(found.mapped("balance")))
            for company in cases.company_id
            for stage in env["collection.stage"].search([])
            if (found := cases.filtered(lambda case, c=company, s=stage: case.company_id == c and case.stage_id == s))
        ],
        "letters": dict(Counter(letters.mapped("state"))),
        "activities": dict(Counter(activity.activity_type_id.name or "" for activity in activities)),
        "disputes": dict(Counter(env["collection.dispute"].search([]).mapped("state"))),
        "promises": dict(Counter(env["collection.promise"].search([]).mapped("state"))),
        "post": _counted(env, "collection.mail.piece", "state"),
        "windows": _counted(env, "collection.case", "referral_status"),
        "referrals": _counted(env, "collection.referral", "state"),
        "messages": _counted(env, "collection.agency.message", "state"),
        "customers": len(cases.partner_id),
    }


def _counted(env: Any, model: str, name: str) -> dict[str, int]:
    """How many records have which value, by what the screen calls it."""
    labels = dict(env[model]._fields[name]._description_selection(env))
    counts = Counter(env[model].search([(name, "!=", False)]).mapped(name))
    return {labels[value].lower(): count for value, count in counts.items()}


def _file_name(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in text)


def page_links(env, url):
    """New personal links for a customer who owes, one whose account is with an agency, and one who reads German, by name."""
    links = env["collection.page.link"]
    cases = env["collection.case"].search([("state", "in", ("open", "referred"))], order="id")
    chosen = [
        next(iter(cases.filtered(lambda case: case.state == "open" and case.partner_id.lang == "en_US")), None),
        next(iter(cases.filtered(lambda case: case.state == "referred")), None),
        next(iter(cases.filtered(lambda case: case.partner_id.lang == "de_DE")), None),
    ]
    return {
        case.partner_id.name: links._address(links._make_link(case.partner_id, case.company_id), url)
        for case in filter(None, chosen)
    }
