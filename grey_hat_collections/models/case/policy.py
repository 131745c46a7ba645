from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionPolicy(models.Model):
    """The cases that follow a ladder."""

    _inherit = "collection.policy"

    case_count = fields.Integer(string="Open Cases", compute="_compute_case_count")

    def _compute_case_count(self):
        counts = dict(
            self.env["collection.case"]._read_group(
                [("policy_id", "in", self.ids), ("state", "!=", "closed")], ["policy_id"], ["__count"]
            )
        )
        for policy in self:
            policy.case_count = counts.get(policy, 0)

    def _cases_to_look_at(self):
        return self.env["collection.case"]._holding([("policy_id", "in", self.ids)])


class CollectionPolicyStep(models.Model):
    """The cases that stand on a step."""

    _inherit = "collection.policy.step"

    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Activity",
        ondelete="restrict",
        domain=["|", ("res_model", "=", False), ("res_model", "=", "collection.case")],
        help="What a person is asked to do. The step counts as taken when it is marked as done.",
    )

    activity_icon = fields.Char(related="activity_type_id.icon", help="How the activity is drawn on the line of days.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        """A step that a case stands on, or that a letter was sent for, is part of somebody's history."""
        cases = self.env["collection.case"].sudo()  # the check must see cases of every collector
        used = cases.search(
            [("state", "!=", "closed"), "|", ("step_id", "in", self.ids), ("pending_step_id", "in", self.ids)], limit=1
        )
        if used:
            raise ValidationError(
                self.env._(
                    "%(case)s is at step “%(step)s”. Archive the policy instead, or move its cases first.",
                    case=used.display_name,
                    step=((used.step_id | used.pending_step_id) & self)[:1].name,
                )
            )
