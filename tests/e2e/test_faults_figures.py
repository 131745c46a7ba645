"""The figures of a case follow the books while others write about the customer or book at the same moment, and whoever clicks
twice is told that it is saved. Each is a process of its own; *waiting 0* owes 300.00 and 200.00.
"""

import pytest
from faults import crew_of
from locks import held
from office import serve, wait_until

#: Odoo's request, begun anew where the database says that somebody was quicker, as its server does.
BEGIN = """
import time
from pathlib import Path
from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.service.model import retrying
folder = Path(folder)
user = env["res.users"].search([("login", "=", "coll")])
case = env["collection.case"].search([("partner_id.name", "=", customer)])
later = fields.Date.add(fields.Date.today(), days=5)
def wait_for(name):
    until = time.monotonic() + 30
    while not (folder / name).exists():
        assert time.monotonic() < until, name
        time.sleep(0.01)
def item(amount):
    return case.open_item_ids.filtered(lambda line: line.amount_residual == amount)
"""
#: Somebody writes something about the case and keeps the transaction open.
WRITE = f"""{BEGIN}
mine = case.with_user(user)
if kind == "note":
    env["collection.note"].with_user(user).create({{"case_id": case.id, "outcome": "left_message"}})
elif kind == "reference":  # what the database does for any record that refers to the case
    env.cr.execute("SELECT id FROM collection_case WHERE id = %s FOR KEY SHARE", [case.id])
elif kind == "letter":
    env["collection.letter"].create(
        {{"case_id": case.id, "partner_id": case.partner_id.id, "company_id": case.company_id.id, "kind": "statement"}}
    )
elif kind == "activity":
    env["mail.activity"].with_user(user).create(
        {{"res_model_id": env["ir.model"]._get_id("collection.case"), "res_id": case.id, "user_id": user.id}}
    )
elif kind == "promise":
    env["collection.promise"].with_user(user).create(
        {{"case_id": case.id, "amount": 150, "date_promised": later, "item_ids": [Command.set(item(200).ids)]}}
    )
elif kind == "dispute":
    env["collection.dispute"].with_user(user).create(
        {{"case_id": case.id, "kind": "quantity", "description": "One box was missing.",
          "line_ids": [Command.create({{"item_id": item(200).id, "amount": 50}})]}}
    )
elif kind == "collector":
    mine.user_id = user
    mine.message_post(body="I look after them.")
env.flush_all()
env.cr.precommit.run()
(folder / "held").touch()
wait_for("free")
env.cr.commit()
"""
#: What each of these leaves to ask for, once 300.00 of the 500.00 are paid.
LEFT_TO_ASK = {
    "reference": 200,
    "note": 200,
    "letter": 200,
    "activity": 200,
    "collector": 200,
    "promise": 50,
    "dispute": 150,
}
PAY = f"""{BEGIN}
def pay():
    invoice = env["account.move"].search([("partner_id", "=", case.partner_id.id), ("amount_total", "=", amount)])
    invoice.read(["amount_residual"])  # from here on this transaction sees nothing of what others do
    (folder / f"ready {{amount}}").touch()
    wait_for("go")
    registers = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
    registers.create({{}})._create_payments()
retrying(pay, env)
"""
REFRESH_AGAIN = 'env["collection.refresh"]._cron_refresh_again()'
CASE = """
    SELECT kase.state, trunc(amount_chased), kase.decision_code FROM collection_case kase
      JOIN res_partner p ON p.id = partner_id WHERE p.name = 'waiting 0'"""
NOTED = "SELECT COUNT(*) FROM collection_refresh"


@pytest.mark.parametrize("kind", LEFT_TO_ASK)
def test_a_payment_counts_though_somebody_writes_about_the_customer(run, tmp_path, kind):
    crew = run.crew
    run.begin_again()
    names = {"folder": str(tmp_path), "customer": "waiting 0"}
    writer = crew.start(WRITE, values={**names, "kind": kind})
    wait_until((tmp_path / "held").exists, f"somebody has written a {kind}", pause=0.02)
    (tmp_path / "go").touch()
    crew.do(PAY, values={**names, "amount": 300})
    if kind == "reference":
        assert crew.query(CASE)[0][1] == "200", "who only refers to a case stands in nobody's way"
    (tmp_path / "free").touch()
    writer.succeed()
    crew.do(REFRESH_AGAIN)
    assert crew.query(CASE)[0][:2] == ("open", str(LEFT_TO_ASK[kind]))
    assert crew.query(NOTED) == [("0",)]


def test_two_accountants_who_are_paid_at_once_are_both_counted(run, tmp_path):
    """Neither sees the payment of the other: to each of them, the customer still owes something."""
    crew = run.crew
    run.begin_again()
    names = {"folder": str(tmp_path), "customer": "waiting 0"}
    payers = [crew.start(PAY, values={**names, "amount": amount}) for amount in (300, 200)]
    for amount in (300, 200):
        wait_until((tmp_path / f"ready {amount}").exists, "both look at the books", pause=0.02)
    (tmp_path / "go").touch()
    for payer in payers:
        payer.succeed()
    crew.do(REFRESH_AGAIN)
    assert crew.query(CASE) == [("closed", "0", "settled")]
    assert crew.query(NOTED) == [("0",)]


def test_a_server_makes_it_good_within_a_minute_after_hours_of_somebody_at_work(
    workbench, office_with_a_past, tmp_path
):
    """The collector's case is held for longer than one turn of the scheduled action; nobody does anything about it."""
    with crew_of(workbench, office_with_a_past) as crew:
        crew.query("UPDATE ir_cron SET nextcall = nextcall + interval '1 day'")  # nothing but what is called
        serve(workbench, crew.database)
        (tmp_path / "go").touch()
        with held(crew, tmp_path, "the case"):
            crew.do(PAY, values={"folder": str(tmp_path), "customer": "waiting 0", "amount": 300})
            wait_until(
                lambda: int(crew.query("SELECT COALESCE(MAX(attempts), 0) FROM collection_refresh")[0][0]) > 6,
                "it was looked at for longer than one turn",
            )
            assert crew.query(CASE)[0][1] == "500"
        wait_until(lambda: crew.query(CASE)[0][1] == "200", "the payment counts", seconds=60)
        wait_until(lambda: crew.query(NOTED) == [("0",)], "nothing is left to be done", seconds=10)


# -- Clicks ------------------------------------------------------------------------------------------------------------

OPEN = f"""{BEGIN}
values = {{
    "promise": {{"outcome": "promised", "amount": amount, "date_promised": later}},
    "note": {{"outcome": "left_message", "next_date": later}},
    "hold": {{"case_ids": [Command.set(case.ids)], "until": later, "reason": "They look for the invoice"}},
    "plan": {{"amount": 400, "count": 2, "rhythm": "weekly", "date_first": later}},
    "reason": {{"reason_id": env["collection.reason"].search([("company_id", "=", False)], limit=1).id}},
    "copies": {{"move_ids": [Command.set(case.open_item_ids.move_id.ids)], "contact_id": case.partner_id.id}},
}}[kind]
dialogs = env[model].with_user(user).with_context(default_case_id=case.id)
answer = [dialogs.create(values).id for _number in range(count)]
env.cr.commit()
"""
CLICK = f"""{BEGIN}
def click():
    one = env[model].with_user(user).browse(dialog)
    one.read(["create_date"])  # from here on this transaction sees nothing of what others do
    case.read(["state"])
    (folder / f"ready {{number}}").touch()
    wait_for("go")
    result = getattr(one, action)()
    env.flush_all()
    env.cr.precommit.run()
    time.sleep(0.3)
    return result
try:
    result = retrying(click, env)
    answer = result.get("params", {{}}).get("message") or result["type"]
except UserError as refused:
    answer = str(refused)
    env.cr.rollback()
"""
#: A dialog, its button, and what is counted.
DIALOGS = {
    "promise": ("collection.log.contact", "action_log", "collection_promise WHERE state = 'open'"),
    "note": ("collection.log.contact", "action_log", "collection_note"),
    "hold": ("collection.hold", "action_hold", "collection_case WHERE state = 'hold'"),
    "plan": ("collection.plan.wizard", "action_make", "collection_plan"),
    "reason": ("collection.set.reason", "action_save", "collection_case WHERE reason_id IS NOT NULL"),
    "copies": (
        "collection.invoice.copies",
        "action_send",
        "mail_message WHERE model = 'collection.case' AND subject = 'Copies of your invoices'",
    ),
}
SAVED = "This has just been saved."


def click_twice(crew, folder, kind, dialogs):
    """Two clicks at the same moment; what each is told."""
    model, action, _counted = DIALOGS[kind]
    names = {"folder": str(folder), "customer": "waiting 0", "model": model, "action": action}
    clicks = [
        crew.start(CLICK, values={**names, "dialog": dialog, "number": number}) for number, dialog in enumerate(dialogs)
    ]
    for number in range(len(dialogs)):
        wait_until((folder / f"ready {number}").exists, "both fingers are on the button", pause=0.02)
    (folder / "go").touch()
    return [click.succeed() for click in clicks]


def opened(crew, folder, kind, count, amount=400):
    """So many dialogs about *waiting 0*."""
    names = {"folder": str(folder), "customer": "waiting 0", "model": DIALOGS[kind][0]}
    return crew.do(OPEN, values={**names, "kind": kind, "count": count, "amount": amount})


@pytest.mark.parametrize("kind", DIALOGS)
def test_a_button_that_is_clicked_twice_saves_once_and_says_so(run, tmp_path, kind):
    crew = run.crew
    run.begin_again()
    (dialog,) = opened(crew, tmp_path, kind, 1)
    counted = f"SELECT COUNT(*) FROM {DIALOGS[kind][2]}"
    ((before,),) = crew.query(counted)
    told = click_twice(crew, tmp_path, kind, [dialog, dialog])
    assert sorted(told) == sorted([SAVED, *set(told) - {SAVED}]), told
    assert crew.query(counted) == [(str(int(before) + 1),)]
    crew.do(REFRESH_AGAIN)
    chased = {"promise": "100", "plan": "100"}.get(kind, "500")
    assert crew.query(CASE)[0][1] == chased


def test_two_who_promise_the_same_money_at_once_are_not_both_believed(run, tmp_path):
    """Two dialogs: whoever comes second is measured against what the first has left."""
    crew = run.crew
    run.begin_again()
    told = click_twice(crew, tmp_path, "promise", opened(crew, tmp_path, "promise", 2))
    assert "ir.actions.act_window_close" in told, told
    assert crew.query("SELECT COUNT(*) FROM collection_promise WHERE state = 'open' AND amount = 400") == [("1",)]
    crew.do(REFRESH_AGAIN)
    assert crew.query(CASE)[0][1] == "100"


def test_two_who_promise_different_money_at_once_are_both_counted(run, tmp_path):
    crew = run.crew
    run.begin_again()
    told = click_twice(crew, tmp_path, "promise", opened(crew, tmp_path, "promise", 2, amount=150))
    assert told == ["ir.actions.act_window_close"] * 2
    crew.do(REFRESH_AGAIN)
    assert crew.query(CASE)[0][1] == "200"
