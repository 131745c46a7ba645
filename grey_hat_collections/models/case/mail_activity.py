from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...engine.days import later

#: Days from today within which an activity of collections may be due: three years.
MOST_DAYS = 1096
#: What says which record an activity is about.
PLACE = frozenset({"res_id", "res_model", "res_model_id"})
#: What people may not change of an activity that the rules have asked for.
FIXED = PLACE | {"activity_type_id", "date_done"}


class MailActivity(models.Model):
    _name = "mail.activity"
    _inherit = ["mail.activity", "collection.case.fact"]
    _facts_of_case = frozenset(
        {"active", "activity_type_id", "collection_asked", "date_deadline", "date_done", "res_id"}
    )

    # -- What people may say ---------------------------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """What the rules note comes from the rules: from no context and no default that somebody has set."""
        return super().default_get([name for name in fields if name not in self._noted_by_the_rules()])

    @api.model
    def _noted_by_the_rules(self):
        return {name for name in self._fields if name.startswith("collection_")}

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        if not self.env.su:
            activities._check_deadline()
        return activities

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self._check_left_as_asked(vals)
        moves = not PLACE.isdisjoint(vals)
        places = {activity: (activity.res_model, activity.res_id) for activity in self} if moves else {}
        result = super().write(vals)
        if moves:
            self.filtered(lambda one: (one.res_model, one.res_id) != places[one])._check_place()
        if "date_deadline" in vals:
            self._check_deadline()
        return result

    def _check_place(self):
        """Whoever moves an activity to a record of ours may read that record: an activity tells its name.

        :raises AccessError: for one that is out of reach
        """
        for activity in self:
            if (activity.res_model or "").startswith("collection."):
                self.env[activity.res_model].browse(activity.res_id).check_access("read")

    def _check_left_as_asked(self, vals):
        """People do what the rules ask of them, put it off or hand it over; they do not turn it into something else.

        :raises UserError: with the way out
        """
        changed = FIXED.intersection(vals)
        user = self.env["res.users"].sudo().browse(vals.get("user_id") or [])  # whether there is such a colleague
        handed_to_nobody = "user_id" in vals and not (user.exists().active and not user.share)
        if not changed and not handed_to_nobody:
            return
        for activity in self.sudo().filtered("collection_asked"):  # the mark is the rules'
            if any(activity._is_changed(name, vals[name]) for name in changed):
                raise UserError(
                    self.env._(
                        "“%s” was requested by Collections and cannot be changed or moved. Plan your own activity for anything "
                        "else.",
                        activity.display_name,
                    )
                )
            if handed_to_nobody:
                raise UserError(
                    self.env._(
                        "“%s” was requested by Collections: someone has to do it. Hand it over to a colleague who has access "
                        "here.",
                        activity.display_name,
                    )
                )

    def _is_changed(self, name, value):
        return self[name] != self._fields[name].convert_to_record(
            self._fields[name].convert_to_cache(value, self), self
        )

    def _check_deadline(self):
        """A day that nobody can have meant is a slip of the pen: the case would be forgotten over it.

        :raises UserError: with the way out
        """
        today = fields.Date.context_today(self)
        first, last = later(today, -MOST_DAYS), later(today, MOST_DAYS)
        odd = self.sudo().filtered(lambda one: not first <= one.date_deadline <= last)  # the mark is the rules'
        for activity in odd._of_collections():
            raise UserError(
                self.env._(
                    "“%(activity)s” cannot be due on %(day)s, which is more than three years from today. Choose a nearer day.",
                    activity=activity.display_name,
                    day=format_date(self.env, activity.date_deadline),
                )
            )

    def _of_collections(self):
        """Those that collections have asked for, gave a type of theirs, or own the record of. Needs superuser mode."""
        if not self:
            return self
        own = self.env["mail.activity.type"]._of_collections()
        return self.filtered(
            lambda one: (
                one.collection_asked or one.activity_type_id in own or (one.res_model or "").startswith("collection.")
            )
        )

    # -- What the rules make of them -------------------------------------------------------------------------------

    def _cases_to_look_at(self):
        """What people plan for themselves is no fact; what the rules have asked for is."""
        activities = self.sudo()  # the mark is the rules'
        asked = activities.filtered(lambda one: one.res_model == "collection.case" and one.collection_asked)
        return self.env["collection.case"].browse(set(asked.mapped("res_id")))

    def _action_done(self, feedback=False, attachment_ids=None):
        """A call that is made may complete a step of its case."""
        activities = self.filtered(lambda activity: activity.res_model == "collection.case")
        cases = self.env["collection.case"].browse(set(activities.mapped("res_id")))
        # the assignee may be a colleague who does not see the notes of the case; the mark is the rules'
        asked = activities.sudo().filtered("collection_asked")
        if asked:
            cases.sudo()._check_work_done(asked)
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
