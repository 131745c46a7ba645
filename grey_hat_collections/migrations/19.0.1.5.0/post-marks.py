"""Steps were those of a case. What was open and overdue when a letter of the ladder left is marked with its step, and with the
calls that must have been made in between; in doubt it is not: then the item begins at the foot of the ladder.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    cases = env["collection.case"].search([("state", "!=", "closed"), ("policy_id", "!=", False)])
    letters = env["collection.letter"].search(
        [("case_id", "in", cases.ids), ("state", "=", "sent"), ("step_id", "!=", False)], order="sent_at, id"
    )
    letters_of = letters.filtered(lambda letter: letter.round == letter.case_id.round).grouped("case_id")
    items = cases._asked_items()
    lines = env["account.move.line"].browse([item.id for some in items.values() for item in some])
    entered = {line.id: line.create_date.date() for line in lines}  # whatever day its document is of
    rows = []
    for case in cases:
        taken = [(letter.step_id, letter._day_sent(), letter) for letter in letters_of.get(case, ())]
        if case.step_id and case.step_date and not case.step_id.letter_kind:
            taken.append((case.step_id, case.step_date, env["collection.letter"]))
        for item in items[case.id]:
            rows += _marks_of(case, item, entered[item.id], taken)
    env["collection.mark"].create(rows)


def _marks_of(case, item, entered, taken):
    """The marks of one item, from the steps that its case has taken: triples of step, day, letter."""
    ladder = case.policy_id.step_ids
    place, marks = -1, []
    for step, day, letter in taken:
        if step not in ladder or item.due >= day or entered > day:
            continue
        until = ladder.ids.index(step.id)
        between = ladder[place + 1 : until]
        if until <= place or any(one.letter_kind for one in between):
            continue
        for one in between | step:
            marks.append(
                {
                    "item_id": item.id,
                    "case_id": case.id,
                    "step_id": one.id,
                    "date": day,
                    "letter_id": letter.id if one == step else False,
                }
            )
        place = until
    return marks
