from odoo import fields, models


class MailActivity(models.Model):
    """What on our side an activity asks to put right, and for which case."""

    _inherit = "mail.activity"

    collection_check = fields.Char(
        groups=fields.NO_ACCESS,
        copy=False,
        help="The check of “Our Side” that found what this activity asks to fix.",
    )
    collection_case_id = fields.Many2one(
        "collection.case",
        groups=fields.NO_ACCESS,
        copy=False,
        ondelete="cascade",
        index="btree_not_null",
        help="The case whose letters wait until this is fixed.",
    )
