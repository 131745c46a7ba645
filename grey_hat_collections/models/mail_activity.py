from odoo import fields, models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    _name = "mail.activity"
    _inherit = ["mail.activity", "collection.case.fact"]
    _facts_of_case = frozenset({"active", "activity_type_id", "automated", "date_deadline", "date_done", "res_id"})

    collection_promise_id = fields.Many2one(
        "collection.promise", string="Promise", ondelete="set null", index="btree_not_null", help="What to ask about."
    )
    collection_plan_id = fields.Many2one(
        "collection.plan", ondelete="set null", index="btree_not_null", help="What to decide about."
    )
    collection_reason_id = fields.Many2one(
        "collection.reason", ondelete="set null", index="btree_not_null", help="Why a manager was asked to decide."
    )
    collection_note_id = fields.Many2one(
        "collection.note",
        ondelete="set null",
        index="btree_not_null",
        help="The record of the contact that finished this activity.",
    )

    collection_check = fields.Char(help="The check of “Is it us?” that has found what this activity asks to put right.")
    collection_case_id = fields.Many2one(
        "collection.case",
        ondelete="cascade",
        index="btree_not_null",
        help="The case whose letters wait until this is put right.",
    )

    collection_referral = fields.Json(
        help="Why a manager is asked about an agency, and since when the case is in the window: asked and answered once."
    )

    def _cases_to_look_at(self):
        """What people plan for themselves is no fact; what the rules have asked for is."""
        asked = self.filtered(lambda activity: activity.res_model == "collection.case" and activity.automated)
        return self.env["collection.case"].browse(set(asked.mapped("res_id")))

    def _action_done(self, feedback=False, attachment_ids=None):
        """A call that is made may complete a step of its case."""
        activities = self.filtered(lambda activity: activity.res_model == "collection.case")
        cases = self.env["collection.case"].browse(set(activities.mapped("res_id")))
        asked = activities.filtered("automated")
        if asked:
            # the assignee may be a colleague who does not see the notes of the case
            cases.sudo()._check_last_call(asked.sudo())
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if cases:
            # the assignee may be a colleague who has no right to change the case
            cases.sudo()._activities_done(activities.sudo())
        return result

    def action_log_contact(self):
        """Open the dialog that records the contact which this call was about, and finishes it."""
        self.ensure_one()
        if self.res_model != "collection.case":
            raise UserError(self.env._("A contact is logged on a collection case."))
        action = self.env["collection.case"].browse(self.res_id).action_log_contact()
        action["context"] = action["context"] | {"default_activity_id": self.id}
        return action
