"""Letters in the post and the last call: what is there already is brought into the new order."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    _ask_for_last_calls(env)
    _remember_notices(env)
    _register_letters(env)


def _ask_for_last_calls(env):
    """The shipped last calls ask for the activity of that name, where nobody has chosen another one; calls that wait too."""
    call = env.ref("grey_hat_collections.mail_activity_type_call", raise_if_not_found=False)
    last_call = env.ref("grey_hat_collections.mail_activity_type_last_call")
    for name in ("step_standard_last_call", "step_gentle_last_call"):
        step = env.ref(f"grey_hat_collections.{name}", raise_if_not_found=False)
        if not step or not call or step.activity_type_id != call:
            continue
        step.activity_type_id = last_call
        cases = env["collection.case"].search([("pending_step_id", "=", step.id)])
        waiting = env["mail.activity"].search(
            [
                ("res_model", "=", "collection.case"),
                ("res_id", "in", cases.ids),
                ("automated", "=", True),
                ("activity_type_id", "=", call.id),
            ]
        )
        waiting.activity_type_id = last_call


def _remember_notices(env):
    """Cases that stand behind their final notice have had it: by letter, or by a call in its place."""
    cases = env["collection.case"].search([("state", "!=", "closed"), ("step_id", "!=", False)])
    sent = cases._final_notices()
    for case in cases:
        ladder = case.policy_id.step_ids
        notice = case.policy_id._notice_step()
        if case.step_id not in ladder or not notice:
            continue
        if ladder.ids.index(case.step_id.id) >= ladder.ids.index(notice.id):
            letter = sent.get(case.id)
            noticed_at = letter.sent_at if letter else case.step_date or case.date_opened
            case.write({"notice_round": case.round, "noticed_at": noticed_at})


def _register_letters(env):
    """Paper that waits printed is to be mailed; paper that was sent was mailed on that day."""
    letters = env["collection.letter"].search(
        [("channel", "=", "post"), ("state", "in", ("queued", "sent")), ("attachment_id", "!=", False)]
    )
    values = []
    for letter in letters - letters.filtered("piece_ids"):
        where = letter._mail_piece_values() or {}
        # sent letters keep the address that they went to, whatever is on file today
        if letter.state == "sent" or not where:
            where["address"] = letter.address_used or letter.partner_id.display_name
        piece = {"letter_id": letter.id, **where}
        if letter.state == "sent":
            piece |= {
                "state": "delivered" if letter.delivered_on else "mailed",
                "date_mailed": letter.company_id._collection_date(letter.sent_at),
                "date_delivered": letter.delivered_on,
            }
        values.append(piece)
    pieces = env["collection.mail.piece"].create(values)
    for piece in pieces.filtered("letter_id.tracking_ref"):
        if not pieces.filtered(lambda one, number=piece.letter_id.tracking_ref: one.certified_number == number):
            piece.certified_number = piece.letter_id.tracking_ref
