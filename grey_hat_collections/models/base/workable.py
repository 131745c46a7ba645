from odoo import api, fields, models


class CollectionWorkable(models.AbstractModel):
    """A record that some may work on, and others, a colleague who keeps the books as well, only read: its buttons are offered to
    whom they would not refuse.
    """

    _name = "collection.workable"
    _description = "Work Permission Mixin"

    may_work = fields.Boolean(compute="_compute_may_work", help="Whether you may edit it, or only read it.")

    @api.depends_context("uid")
    def _compute_may_work(self):
        worked_on = {record: record._origin._worked_on() for record in self}
        mine = next(iter(worked_on.values()), self).union(*worked_on.values())._filtered_access("write")
        for record, held in worked_on.items():
            record.may_work = bool(held) and held <= mine

    def _worked_on(self):
        """What this user must be allowed to write to work on this record."""
        return self
