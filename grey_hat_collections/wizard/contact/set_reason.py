from odoo import api, fields, models

from ..base.once import once


class CollectionSetReason(models.TransientModel):
    """Why has the customer not paid? The dialog shows what the answer changes before anything is saved."""

    _name = "collection.set.reason"
    _description = "Set the Customer's Reason"
    _inherit = ["collection.reason.dialog"]

    company_id = fields.Many2one(related="case_id.company_id")
    reason_id = fields.Many2one(
        string="Why",
        help="Choose the closest match; leave empty to clear what was noted. There is deliberately no room for details: what a "
        "customer tells us about health or family is not ours to keep.",
    )
    kind = fields.Selection(related="reason_id.kind")
    guide = fields.Text(related="reason_id.guide", string="In the Conversation")
    policy_id = fields.Many2one(related="case_id.policy_id", string="Policy Now")
    proposed_policy_id = fields.Many2one("collection.policy", compute="_compute_proposed_policy_id")
    policy_differs = fields.Boolean(compute="_compute_policy_differs")
    change_policy = fields.Boolean(
        compute="_compute_change_policy",
        store=True,
        precompute=True,
        readonly=False,
        help="Use the policy that fits the reason from now on. Suggested with a new reason; untick it to keep the current one.",
    )
    effect = fields.Text(compute="_compute_effect", string="What Changes", help="What saving would change.")

    @api.depends("reason_id")
    def _compute_proposed_policy_id(self):
        for dialog in self:
            dialog.proposed_policy_id = dialog.reason_id._proposed_policy()

    @api.depends("proposed_policy_id", "policy_id")
    def _compute_policy_differs(self):
        for dialog in self:
            proposed = dialog.proposed_policy_id
            dialog.policy_differs = bool(proposed) and proposed != dialog.policy_id

    @api.depends("reason_id")
    def _compute_change_policy(self):
        for dialog in self:
            news = dialog.reason_id._origin != dialog.case_id.reason_id
            dialog.change_policy = dialog.policy_differs and news

    @api.depends("reason_id", "change_policy", "case_id")
    def _compute_effect(self):
        for dialog in self:
            case, reason = dialog.case_id._origin, dialog.reason_id._origin
            policy = dialog._policy_chosen() or case.policy_id
            changed = case and (reason, policy) != (case.reason_id, case.policy_id)
            told = case._reason_effects(reason, policy) if changed else []
            dialog.effect = "\n".join(told) or self.env._("The case continues as before.")

    def _policy_chosen(self):
        """The ladder to change to, none to keep the present one."""
        self.ensure_one()
        change = self.change_policy and self.policy_differs
        return self.proposed_policy_id._origin if change else self.env["collection.policy"]

    @once
    def action_save(self):
        """Note the reason on the case and let it change what it should."""
        self.ensure_one()
        self.case_id.check_access("write")
        self.case_id._check_reason_known(self.known_reason_id)
        self.case_id._set_reason(self.reason_id, self._policy_chosen() or None)
        return {"type": "ir.actions.act_window_close"}
