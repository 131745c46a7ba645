from odoo import api, fields, models


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
    collection_call_at = fields.Datetime(
        groups=fields.NO_ACCESS,
        copy=False,
        index="btree_not_null",
        help="The hour for which a call was agreed on. Whoever is to call is reminded then, once.",
    )

    @api.model
    def _cron_remind_of_calls(self):
        """Remind those who agreed on an hour that it has come. A call that was put off to another day has no hour any more."""
        due = self.sudo().search([("collection_call_at", "<=", fields.Datetime.now())])  # the hour is the rules'
        cases = self.env["collection.case"].browse(due.mapped("res_id")).exists()
        for activity in due.filtered(lambda activity: activity.res_id in cases.ids):
            case = cases.browse(activity.res_id)
            if activity.date_deadline == case.company_id._collection_date(activity.collection_call_at):
                activity._remind_of_call(case)
        due.collection_call_at = False

    def _remind_of_call(self, case):
        _ = case._in_language_of(self.user_id).env._
        self.user_id._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "title": _("Call %s now", case.partner_id.display_name),
                "message": " · ".join(filter(None, (self.summary, case.contact_phone))),
                "sticky": True,
            },
        )
