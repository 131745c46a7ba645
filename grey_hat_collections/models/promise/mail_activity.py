from odoo import fields, models


class MailActivity(models.Model):
    """Which promise or plan the rules ask about."""

    _inherit = "mail.activity"

    collection_promise_id = fields.Many2one(
        "collection.promise",
        string="Promise",
        groups=fields.NO_ACCESS,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The promise to ask about.",
    )
    collection_plan_id = fields.Many2one(
        "collection.plan",
        groups=fields.NO_ACCESS,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The plan to decide on.",
    )
