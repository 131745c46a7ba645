from odoo import fields, models


class CollectionHold(models.TransientModel):
    """Put cases on hold until a day, for a reason."""

    _name = "collection.hold"
    _description = "Put Cases on Hold"

    case_ids = fields.Many2many("collection.case", required=True, string="Cases")
    until = fields.Date(
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=14),
        help="The last day of the hold. The day after, the case comes back for a look before anything is sent.",
    )
    reason = fields.Char(required=True, help="Shown on the case to everybody who may call.")

    def action_hold(self):
        """Put the chosen cases on hold."""
        self.ensure_one()
        self.case_ids.check_access("write")
        self.case_ids._hold(self.until, self.reason)
        return {"type": "ir.actions.act_window_close"}
