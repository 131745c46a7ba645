"""What the rules have asked for gets their mark; what others have written into the fields of the rules goes. The add-on beside
*Privacy Lookup* is installed. Collectors read no accounts of others than customers.
"""

from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.tools import SQL, config

#: What the rules note about an activity of theirs.
NOTED = (
    "collection_promise_id",
    "collection_plan_id",
    "collection_reason_id",
    "collection_check",
    "collection_case_id",
    "collection_referral",
)
#: How far ahead an activity may be due: three years.
FARTHEST = timedelta(days=1096)


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    _mark_what_the_rules_asked(env)
    _clear_what_others_noted(env)
    _bring_deadlines_near(env)
    _remember_open_arrivals(env)
    _narrow_the_books(env)
    _install_beside(env)
    _count_credits_again(env)


def _mark_what_the_rules_asked(env):
    """Nobody has noted who asked: whatever was automated, is about a record of collections and is of a type by which the rules
    ask counts as theirs.
    """
    kinds = env["mail.activity.type"]._of_collections()
    kinds |= env["collection.policy.step"].search([]).activity_type_id
    env.cr.execute(
        SQL(
            """UPDATE mail_activity SET collection_asked = TRUE
                WHERE automated AND res_model LIKE %s
                  AND (activity_type_id = ANY(%s) OR collection_promise_id IS NOT NULL OR collection_reason_id IS NOT NULL)""",
            "collection.%",
            kinds.ids,
        )
    )


def _clear_what_others_noted(env):
    """Anybody could name a customer, a promise or a plan by its number on an activity of their own, and read its name."""
    changes = SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in NOTED)
    env.cr.execute(SQL("UPDATE mail_activity SET %s WHERE collection_asked IS NOT TRUE", changes))
    # a contact is noted where it has finished an activity about a case
    env.cr.execute(
        SQL(
            """UPDATE mail_activity SET collection_note_id = NULL
                WHERE collection_note_id IS NOT NULL AND (active OR res_model IS DISTINCT FROM %s)""",
            "collection.case",
        )
    )
    env.invalidate_all()


def _bring_deadlines_near(env):
    """What was put off to a day that nobody can have meant is looked at today."""
    today = fields.Date.today()
    activities = env["mail.activity"].search(
        [("collection_asked", "=", True), ("date_deadline", ">", today + FARTHEST)]
    )
    activities.date_deadline = today


def _remember_open_arrivals(env):
    """Only a hand-over that was cut short may be marked as sent: of those before, any that the mail server has not taken."""
    env.cr.execute(
        SQL(
            """UPDATE collection_letter SET arrival_unknown = TRUE
                WHERE state = 'failed' AND channel = 'email' AND handover_at IS NOT NULL AND sent_at IS NULL"""
        )
    )


def _narrow_the_books(env):
    """Collectors read no accounts of others who owe us something: the rules are those of a new database."""
    for name, before, after in (
        (
            "account_move_rule_collector",
            "('line_ids.account_id.account_type', '=', 'asset_receivable')",
            "('line_ids', 'any', [('account_id.account_type', '=', 'asset_receivable'), ('account_id.non_trade', '=', False)])",
        ),
        (
            "account_move_line_rule_collector",
            "['|', ('account_id.account_type', '=', 'asset_receivable'),",
            "['|', '&', ('account_id.account_type', '=', 'asset_receivable'), ('account_id.non_trade', '=', False),",
        ),
    ):
        rule = env.ref(f"grey_hat_collections.{name}", raise_if_not_found=False)
        if rule and rule.domain_force:
            rule.domain_force = rule.domain_force.replace(before, after)


def _install_beside(env):
    """By itself Odoo installs the add-ons for *Privacy Lookup* and for online payments only where what they need is installed
    now. Here all of it is there already.
    """
    names = ("grey_hat_collections_privacy", "grey_hat_collections_payment")
    beside = env["ir.module.module"].search([("name", "in", names), ("state", "=", "uninstalled")])
    there = {"installed", "to install", "to upgrade"}
    wanted = beside.filtered(lambda one: there.issuperset(one.dependencies_id.mapped("state")))
    if wanted and not config.get("skip_auto_install"):
        wanted.button_install()


def _count_credits_again(env):
    """What credit notes gave beyond what was upheld lowers what is disputed; the daily run brings the cases into line."""
    lines = env["collection.dispute.line"].search([("amount_waiting", ">", 0)])
    lines |= env["collection.dispute.line"].search([("amount_granted", ">", 0)])
    for name in ("amount_waiting", "amount_granted"):
        env.add_to_compute(lines._fields[name], lines)
    lines.flush_recordset()
