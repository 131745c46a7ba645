from odoo import api, fields, models

from ..base.actions import open_dialog
from ..case.case_step import REVIEW_XMLID


class CollectionCase(models.Model):
    """Payment plans of a case."""

    _inherit = "collection.case"

    plan_ids = fields.One2many("collection.plan", "case_id", string="Plans")
    plan_id = fields.Many2one(
        "collection.plan",
        compute="_compute_plan_id",
        help="The plan that is active or waits for a manager, else the last one.",
    )
    plan_state = fields.Char(compute="_compute_plan_id", help="Whether that plan is active, breached, …")
    plan_summary = fields.Char(compute="_compute_plan_id", help="Progress of that plan.")

    @api.depends("plan_ids.state", "promise_ids.state")
    @api.depends_context("lang")
    def _compute_plan_id(self):
        ranks = {"active": 0, "draft": 1}
        states = dict(self.env["collection.plan"]._fields["state"]._description_selection(self.env))
        for case in self:
            plan = case.plan_ids.sorted(lambda plan: (ranks.get(plan.state, 2), -plan.id))[:1]
            case.plan_id = plan
            case.plan_state = plan.state
            case.plan_summary = plan.progress_text if plan.state == "active" else states.get(plan.state)

    def action_propose_plan(self):
        """Open the dialog that proposes payment plans."""
        self.ensure_one()
        return open_dialog(self.env._("Make a Plan"), "collection.plan.wizard", {"default_case_id": self.id})

    def action_open_plan(self):
        """Show the plan of this case, or all of them where there are several."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_plan_action")
        if len(self.plan_ids) == 1 or self.plan_id.state in ("active", "draft"):
            return action | {"views": [(False, "form")], "view_mode": "form", "res_id": self.plan_id.id}
        return action | {"domain": [("case_id", "=", self.id)], "context": {}}

    def _replace_promise_calls(self, promises):
        """Withdraw the calls about ``promises``: a review of the case takes their place. Needs superuser mode."""
        self.activity_ids.filtered(lambda activity: activity.collection_promise_id in promises).unlink()
        for state, of_state in promises.grouped("state").items():
            of_state.state_asked = state

    def _ask_about_breach(self, plan, user):
        """Ask ``user`` to decide how to go on after ``plan`` was breached. Needs superuser mode."""
        review = self.env.ref(REVIEW_XMLID)
        reader = self._in_language_of(user).env
        self._ask(
            lambda case: {
                "activity_type_id": review.id,
                "collection_plan_id": plan.id,
                "summary": reader._(
                    "%s was breached. Resume it, make a new one, or let the policy continue", plan.name
                ),
                "note": plan.end_reason,
                "user_id": user.id,
            }
        )
