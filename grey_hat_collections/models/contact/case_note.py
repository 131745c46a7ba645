from datetime import datetime, time

from odoo import api, fields, models
from odoo.fields import Domain

from ..base.actions import open_dialog
from ..base.activity_types import CALL_AGAIN_XMLID, CALL_INSTEAD_XMLID, REPLY_XMLID
from .note import UNANSWERED


class CollectionCase(models.Model):
    """The conversation with the customer: notes, attempts, answers, silence."""

    _inherit = "collection.case"

    note_ids = fields.One2many("collection.note", "case_id", string="Notes")
    note_count = fields.Integer(compute="_compute_note_count")
    reply_unread = fields.Boolean(
        string="Unread Reply",
        compute="_compute_reply_unread",
        search="_search_reply_unread",
        help="The customer has replied, and no one has read it yet.",
    )

    @api.depends("activity_ids")
    def _compute_reply_unread(self):
        unread = {activity.res_id for activity in self._reading_asked_for()}
        for case in self:
            case.reply_unread = case.id in unread

    @api.model
    def _search_reply_unread(self, operator, value):
        if operator != "in":
            return NotImplemented
        asked = self.env["mail.activity"].sudo()  # whether there are any; who sees the case may know
        read = self._activity_type(REPLY_XMLID)
        found = asked._search(
            [("res_model", "=", self._name), ("activity_type_id", "=", read.id), ("collection_asked", "=", True)]
        )
        unread = Domain("id", "in", found.subselect("res_id"))
        if set(value) == {True}:
            return unread
        return ~unread if set(value) == {False} else Domain.TRUE

    def _reading_asked_for(self):
        """The activities that ask to read an answer of these customers."""
        return self._asked(REPLY_XMLID)  # whether there are any; who sees the case may know

    @api.depends("note_ids")
    def _compute_note_count(self):
        groups = self.env["collection.note"]._read_group([("case_id", "in", self.ids)], ["case_id"], ["__count"])
        counts = {case.id: count for case, count in groups}
        for case in self:
            case.note_count = counts.get(case.id, 0)

    def _activities_of_contact(self):
        """What a contact made today completes: the calls that the rules ask for today, attempts planned for later days,
        and the answer that is to be read. A call agreed on for a later day stays.
        """
        self.ensure_one()
        again, read = self.env.ref(CALL_AGAIN_XMLID), self.env.ref(REPLY_XMLID)
        today = self.company_id._collection_today()
        asked = self._asked().filtered(
            lambda activity: (
                activity.activity_type_id in (again, read)
                or (activity.activity_category == "phonecall" and activity.date_deadline <= today)
            )
        )
        return asked.with_env(self.env)

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_log_contact(self):
        """Open the dialog that records a contact with this customer."""
        self.ensure_one()
        self.check_access("write")
        # with an agency it is the customer who turns to us
        return open_dialog(
            self.env._("Log Contact: %s", self.partner_id.display_name),
            "collection.log.contact",
            {"default_case_id": self.id} | ({"default_direction": "in"} if self.state == "referred" else {}),
        )

    def action_open_notes(self):
        """Show what was said on this case, to search in it."""
        self.ensure_one()
        return self.env["collection.note"]._action_list([("case_id", "=", self.id)])

    # -- Attempts and answers ------------------------------------------------------------------------------------

    def _note_reply(self, day=None, unread=False):
        result = super()._note_reply(day, unread)
        if unread:
            # an incoming message may be handled with the rights of a guest
            for company, cases in self.sudo().grouped("company_id").items():
                if company.collection_reply_stops:
                    cases.filtered(lambda case: case.state != "closed")._ask_to_read()
        return result

    def _recount_contacts(self):
        """Count attempts and answers anew from what is recorded: a note was corrected, or written down later. Needs
        superuser mode.

        Attempts are what :meth:`_attempts` says; answers are notes with an answer and e-mails of the customer.
        """
        for case in self:
            company = case.company_id
            attempts = case._attempts()
            answers = [note.date for note in case.note_ids if note.answered]
            mailed = case._last_mail_of_customer()
            last_answer = max(answers + mailed, default=None)
            unanswered = [moment for moment in attempts if not last_answer or moment > last_answer]
            case.write(
                {
                    "last_contact_date": _day(company, max(attempts + answers, default=None)),
                    "last_reply_date": _day(company, last_answer),
                    "unanswered_count": len(unanswered),
                    "unanswered_since": _day(company, min(unanswered, default=None)),
                }
            )

    def _attempts(self):
        """When we tried to reach the customer of this case: notes without an answer, and calls that were marked as done without
        a note.

        :rtype: list[datetime]
        """
        self.ensure_one()
        noted = self.note_ids.filtered(lambda note: note.outcome in UNANSWERED and not note.answered)
        return noted.mapped("date") + self._calls_without_note()

    def _calls_without_note(self):
        """When the calls of this case that nobody wrote a note about were done: noon of the day, the hour is not known."""
        self.ensure_one()
        instead = self.env.ref(CALL_INSTEAD_XMLID)
        calls = (
            self.env["mail.activity"]
            .sudo()  # the mark is the rules', and so is the note
            .with_context(active_test=False)
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("active", "=", False),
                    ("collection_asked", "=", True),
                    ("activity_type_id", "in", (self.policy_id.step_ids.activity_type_id | instead).ids),
                    ("activity_type_id.category", "=", "phonecall"),
                    ("collection_note_id", "=", False),
                ]
            )
        )
        return [datetime.combine(call.date_done, time(12)) for call in calls if call.date_done]

    def _last_mail_of_customer(self):
        """When the customer last wrote on this case, as a list of at most one moment."""
        self.ensure_one()
        mails = self.message_ids.filtered(lambda message: message.message_type == "email")
        mails = mails.filtered(lambda message: not self._is_colleague(message.email_from))
        return mails.sorted("date", reverse=True)[:1].mapped("date")

    def _ask_to_read(self):
        """Ask the collectors to read an answer; asked once until somebody has."""
        read = self.env.ref(REPLY_XMLID)
        known = set(self._reading_asked_for().mapped("res_id"))
        self.filtered(lambda case: case.id not in known)._ask(
            lambda case: {
                "activity_type_id": read.id,
                "summary": case._in_language_of(case.user_id).env._("Read the customer's reply"),
                "user_id": case.user_id.id,
            }
        )


def _day(company, moment):
    return moment and company._collection_date(moment)
