from odoo import fields, models


class MailActivity(models.Model):
    """Which contact has finished an activity, and for which reason a manager was asked."""

    _inherit = "mail.activity"

    collection_reason_id = fields.Many2one(
        "collection.reason",
        groups=fields.NO_ACCESS,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="Why a manager was asked to decide.",
    )
    collection_note_id = fields.Many2one(
        "collection.note",
        groups=fields.NO_ACCESS,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The record of the contact that completed this activity.",
    )
    collection_planned_by_id = fields.Many2one(
        "collection.note",
        groups=fields.NO_ACCESS,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The record of the contact from which this activity follows.",
    )
