from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..base.once import once

#: Days that are proposed for a hold, where the company does not allow less.
PROPOSED_DAYS = 14


class CollectionHold(models.TransientModel):
    """Put cases on hold until a day, for a reason."""

    _name = "collection.hold"
    _description = "Put Cases on Hold"
    _inherit = ["collection.door", "collection.once"]

    case_ids = fields.Many2many("collection.case", required=True, string="Cases")
    case_count = fields.Integer(compute="_compute_limit")
    latest = fields.Date(
        compute="_compute_limit", help="The last day up to which you may put all of these cases on hold yourself."
    )
    until = fields.Date(
        required=True,
        compute="_compute_until",
        store=True,
        precompute=True,
        readonly=False,
        help="The last day of the hold. The day after, the case comes back for review before anything is sent.",
    )
    reason = fields.Char(required=True, help="Shown on the case to everybody who may call.")

    @api.depends("case_ids")
    @api.depends_context("uid")
    def _compute_limit(self):
        for dialog in self:
            dialog.case_count = len(dialog.case_ids)
            latest = [company._collection_longest_hold() for company in dialog.case_ids.company_id]
            dialog.latest = min(filter(None, latest), default=False)

    @api.depends("case_ids")
    def _compute_until(self):
        """Two weeks, within the limit that holds for everybody."""
        for dialog in self:
            companies = dialog.case_ids.company_id or self.env.company
            days = [company.collection_hold_longest_days or PROPOSED_DAYS for company in companies]
            dialog.until = companies[0]._collection_today() + timedelta(days=min(PROPOSED_DAYS, *days))

    @once
    def action_hold(self):
        """Put the chosen cases on hold."""
        self.ensure_one()
        cases = self.case_ids
        cases.check_access("write")
        before = cases._before_undoable()
        cases._hold(self.until, self.reason)
        done = self.env._("Put on hold until %s", format_date(self.env, self.until, date_format="long"))
        notes = cases._note_undo("hold", before, dict.fromkeys(cases.ids, done))
        message = done if len(cases) == 1 else self.env._("%(count)s cases: %(done)s", count=len(cases), done=done)
        return notes._action_told(message, {"type": "ir.actions.act_window_close"})
