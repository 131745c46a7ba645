from odoo import api, fields, models
from odoo.tools.misc import format_date


class CollectionCase(models.Model):
    """What the call screen says of the conversation: the last word, and at the end of the day what was achieved."""

    _inherit = "collection.case"

    last_note_id = fields.Many2one("collection.note", compute="_compute_last_note")
    last_note_head = fields.Char(
        compute="_compute_last_note", string="Last Conversation", help="When, who spoke with whom, and the outcome."
    )
    last_note_words = fields.Text(compute="_compute_last_note", string="Last Said")

    @api.depends("note_ids.date", "note_ids.note", "note_ids.outcome", "note_ids.contact_id", "note_ids.active")
    @api.depends_context("lang", "tz")
    def _compute_last_note(self):
        outcomes = dict(self.env["collection.note"]._fields["outcome"]._description_selection(self.env))
        for case in self:
            note = case.note_ids[:1]
            case.last_note_id = note
            case.last_note_words = note.note
            case.last_note_head = case._said_by(note, outcomes[note.outcome]) if note else False

    def _said_by(self, note, outcome):
        """The day, who of us, whom of them, and what came of it."""
        day = format_date(self.env, fields.Datetime.context_timestamp(note, note.date), date_format="EEE, MMM d")
        people = (note.user_id.name, note.contact_id.name if note.contact_id != note.partner_id else "")
        return " · ".join(filter(None, (day, " – ".join(filter(None, people)), outcome)))

    @api.model
    def achieved_today(self):
        """What the user has achieved today and what is left of My Day, in one sentence for the end of a round of calls.

        :rtype: str
        """
        done = self._achieved_today()
        left = self.search_count(self._domain_my_day())
        if not left:
            rest = self.env._("Nothing is left in My Day.")
        elif left == 1:
            rest = self.env._("1 case is left in My Day.")
        else:
            rest = self.env._("%s cases are left in My Day.", left)
        return " ".join((self.env._("Today: %s.", ", ".join(done)), rest)) if done else rest

    @api.model
    def _achieved_today(self):
        """What the user has achieved today, each in a few words; other rooms add theirs.

        :rtype: list[str]
        """
        notes = self.env["collection.note"].search_count(
            [("user_id", "=", self.env.uid), ("date", ">=", self.env.company._collection_day_began())]
        )
        if not notes:
            return []
        return [self.env._("1 contact logged") if notes == 1 else self.env._("%s contacts logged", notes)]
