"""What the stories about the dialog that logs a contact are told with."""

from datetime import timedelta

from odoo.tests import Form

from ..common import MONDAY, CollectionCommon

#: The fourth day of the story, on which the call of the ladder is asked for; the case is then 13 days overdue.
CALL_DAY = MONDAY + timedelta(days=9)


class LogContactCommon(CollectionCommon):
    """Acme owes 500.00, had a friendly reminder on Monday and is to be called on the Wednesday of the week after."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = CALL_DAY

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(phone="+1 555 0100")
        self.acme = self.case.partner_id
        self._daily_run(MONDAY)
        self._send(MONDAY)
        self._daily_run(CALL_DAY)
        self.assertEqual(self.case.pending_step_id.name, "Call")
        self.call = self.case.activity_ids
        self.assertEqual(len(self.call), 1)

    def setUp(self):
        super().setUp()
        self._freeze(CALL_DAY, "10:00")

    def _dialog(self, case=None, user=None, activity=None):
        """The dialog as a person opens it, from the button or from an activity."""
        source = (activity or case or self.case).with_user(user or self.collector)
        action = source.action_log_contact()
        return Form(self.env[action["res_model"]].with_user(user or self.collector).with_context(**action["context"]))

    def _log(self, outcome, *, case=None, user=None, activity=None, **values):
        """Log a contact; the new note."""
        dialog = self._dialog(case, user, activity)
        dialog.outcome = outcome
        for name, value in values.items():
            setattr(dialog, name, value)
        record = dialog.save()
        record.action_log()
        self.env.invalidate_all()
        return record.note_id.sudo()

    def _asked(self, xmlid, case=None):
        kind = self.env.ref(f"grey_hat_collections.mail_activity_type_{xmlid}")
        return (case or self.case).activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def _done(self):
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search([("res_model", "=", "collection.case"), ("res_id", "=", self.case.id), ("active", "=", False)])
        )
