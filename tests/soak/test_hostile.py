"""A thousand texts that mean harm, on real customers: real PDFs, and e-mails that a real mail server takes apart."""

from importlib.util import module_from_spec, spec_from_file_location

from office import DAY_BEGINS, overdue_office

from scripts.paths import ADDON_DIR

HOSTILE = ADDON_DIR / "tests" / "hostile.py"
CUSTOMERS = 100
FIELDS = ("name", "street", "city", "ref", "phone", "contact", "reference", "said", "note", "reason")
#: Run inside Odoo: the texts, as hypothesis draws them, and what is typed with them about each customer.
TYPING = f"""
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
from hypothesis import HealthCheck, Phase, given, settings
from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
spec = spec_from_file_location("hostile", {str(HOSTILE)!r})
hostile = module_from_spec(spec)
spec.loader.exec_module(hostile)
def draw(strategy, count):
    drawn = []
    @settings(max_examples=2 * count, database=None, derandomize=True, phases=[Phase.generate], deadline=None,
              suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(text):
        drawn.append(text)
    collect()
    while len(drawn) < count:
        drawn += hostile.FRAGMENTS
    return iter(drawn[:count])
texts = draw(hostile.texts, {CUSTOMERS * len(FIELDS)})
addresses = draw(hostile.addresses, {CUSTOMERS})
names = {FIELDS!r}
customers = env["res.partner"].search([("name", "=like", "Customer %")], order="id")
typed = {{customer.id: {{name: next(texts) for name in names}} for customer in customers}}
"""
TYPED = """
for number, customer in enumerate(customers):
    words = typed[customer.id]
    customer.write({name: words[name] for name in ("name", "street", "city", "ref", "phone")})
    contact = {"name": words["contact"], "type": "accounts_payable"}
    if number % 2:  # every second one has an address that is none
        contact["email"] = next(addresses)
    customer.child_ids = [Command.create(contact)]
    customer.invoice_ids.write({"ref": words["reference"], "payment_reference": words["reference"]})
env.cr.commit()
"""
CONVERSATIONS = """
refused = []
for case in env["collection.case"].search([("state", "!=", "closed")]):
    words = typed[case.partner_id.id]
    dialog = env["collection.log.contact"].create({
        "case_id": case.id, "outcome": "promised", "amount": 10,
        "date_promised": fields.Date.today() + timedelta(days=5), "note": words["note"]})
    try:
        with env.cr.savepoint():
            dialog.action_log()
    except (UserError, ValidationError) as error:
        refused.append(str(error))
    item = case.open_item_ids[:1]
    env["collection.dispute"].create({"case_id": case.id, "kind": "quantity", "description": words["said"],
        "line_ids": [Command.create({"item_id": item.id, "amount": 5})]})
    case._hold(fields.Date.today() + timedelta(days=9), words["reason"])
    case.action_release()
env.cr.commit()
"""
SEND = 'env["collection.letter"]._cron_send_queued()\nenv.cr.commit()\n'
TOLD = """
cases = env["collection.case"].search([])
report = env.ref("grey_hat_collections.action_report_statement")
pages = [env["ir.actions.report"]._render_qweb_html(report, customers.ids)[0].decode()]
pages += [page for case in cases for page in (case.call_guide, case.gate_report, case.referral_checklist, case.keep_sheet)]
pages += cases.message_ids.mapped("body") + cases.dispute_ids.message_ids.mapped("body")
pages += cases.activity_ids.mapped("note") + cases.dispute_ids.activity_ids.mapped("note")
answer = {
    "harm": [(harm, page[:500]) for page in filter(None, pages) if (harm := hostile.harm_in(page))],
    "pages": len(pages),
    "errors": cases.filtered("last_error").mapped("last_error"),
    "refused": refused if "refused" in globals() else [],
    "letters": [
        (one.kind, one.state, one.channel, one.failure_reason or "", bool(one.attachment_id)) for one in cases.letter_ids
    ],
    "not_pdf": [one.name for one in cases.letter_ids.attachment_id if not one.raw.startswith(b"%PDF")],
}
"""


def test_a_thousand_hostile_texts(workbench, smtp_sink):
    database = overdue_office(workbench, CUSTOMERS)
    mail = {"options": ["--smtp=127.0.0.1", f"--smtp-port={smtp_sink.port}"]}
    script = TYPING + TYPED + DAY_BEGINS + SEND + CONVERSATIONS + DAY_BEGINS + SEND + TOLD
    told = workbench.ask(database, script, **mail)
    assert told["harm"] == []
    assert told["errors"] == []
    assert told["refused"] == []
    assert told["not_pdf"] == []
    assert told["pages"] > 500
    states = {(state, channel) for _kind, state, channel, _why, _file in told["letters"]}
    assert ("sent", "email") in states
    for kind, state, channel, why, file in told["letters"]:
        assert state in ("sent", "cancelled") or why or (state == "queued" and channel == "post"), (kind, state, why)
        assert file or state in ("failed", "cancelled") or kind == "promise", (kind, state)
    _judge(smtp_sink, sum((state, channel) == ("sent", "email") for _k, state, channel, _w, _f in told["letters"]))


def _judge(smtp_sink, sent):
    """What the mail server has taken: one address each, no header of somebody else's, no harm in what is read."""
    spec = spec_from_file_location("hostile", HOSTILE)
    hostile = module_from_spec(spec)
    spec.loader.exec_module(hostile)
    letters = [one for one in smtp_sink.deliveries if not one.recipients[0].endswith("@us.example")]
    assert len(letters) == sent > 20
    for delivery in letters:
        assert len(delivery.recipients) == 1
        message = delivery.message
        assert not message.defects
        assert message["X-Hostile"] is None
        assert message["Bcc"] is None
        for part in message.walk():
            if part.get_content_type() == "text/html":
                assert hostile.harm_in(part.get_content()) == []
            elif part.get_filename():
                assert "/" not in part.get_filename()
