from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.batch import take_turn

#: The answer about a case: where nothing has been booked since, it is as it was before.
ANSWER = (
    "decision_code",
    "decision_details",
    "is_silent",
    "next_action_date",
    "next_decision_date",
    "next_step_id",
    "priority_score",
)


class CollectionUndo(models.TransientModel):
    """What somebody has done to a case by one click, and what was so before: kept until the next morning, so that a slip can be
    taken back as long as nothing has left the house and nothing else has happened. Written and read by the rules only.
    """

    _name = "collection.undo"
    _description = "Undo"
    _inherit = ["collection.door"]
    _order = "id desc"
    _transient_max_hours = 36.0

    case_id = fields.Many2one("collection.case", required=True, ondelete="cascade", index=True)
    kind = fields.Selection(
        [("moved", "Card moved"), ("hold", "Put on hold"), ("mailed", "Marked as mailed")], required=True
    )
    words = fields.Char(required=True, help="What was done, for whoever reads that it was undone.")
    day = fields.Date(required=True, help="The day at the company on which it was done; on another it stays.")
    changed = fields.Json(help="By model and id: for each field what it was, and what it became.")
    made = fields.Json(help="By model: the ids of what was made.")
    deleted = fields.Json(help="By model: the values of what was deleted.")
    telling = fields.Json(
        help="What the case was like when it was done: on a case that differs, something has happened since."
    )
    figures = fields.Json(
        help="What was asked for when it was done: what is booked since changes the answer about the case."
    )
    undone_at = fields.Datetime()

    # -- From outside --------------------------------------------------------------------------------------------

    @api.model
    def undo(self, ids):
        """Take back what was done.

        :param list ids: of :meth:`_note`
        :return: an action that says so
        :raises UserError: with the reason why it cannot be
        """
        if not isinstance(ids, list) or not all(type(one) is int for one in ids):
            raise UserError(self.env._("There is nothing to undo."))
        notes = self.sudo().browse(ids).exists()  # kept by the rules; whether the user works on the case is asked here
        notes.case_id.sudo(False).check_access("write")
        if not notes:
            raise UserError(self.env._("It can no longer be undone."))
        return notes._undo()

    @api.model
    def last_move(self, case_id):
        """What the user's last move of a card can be undone by: its id, and what to say; nothing where there was none.

        :param int case_id: the card
        """
        if type(case_id) is not int:
            return {}
        self.env["collection.case"].browse(case_id).check_access("write")
        mine = [("case_id", "=", case_id), ("kind", "=", "moved"), ("create_uid", "=", self.env.uid)]
        note = self.sudo().search([*mine, ("undone_at", "=", False)], limit=1)  # of the user's own
        return {"ids": note.ids, "message": note.words} if note and note._stands() else {}

    def _action_told(self, message, following):
        """The action that says what was done, with a button to undo it."""
        return {
            "type": "ir.actions.client",
            "tag": "collection_undo",
            "params": {"message": message, "ids": self.ids, "next": following},
        }

    # -- Taking back ---------------------------------------------------------------------------------------------

    def _stands(self):
        """Whether these are of today, and were not undone. Needs superuser mode."""
        return all(not note.undone_at and note.day == note.case_id.company_id._collection_today() for note in self)

    def _undo(self):
        """See :meth:`undo`. Needs superuser mode."""
        take_turn(self.case_id)
        self.invalidate_recordset()
        for note in self:
            if obstacle := note._obstacle():
                raise UserError(obstacle)
        for note in self:
            note._take_back()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Undone: %s", self[0].words)
                if len(self) == 1
                else self.env._("Undone for %s cases", len(self)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _obstacle(self):
        """Why this cannot be taken back any more, as a sentence; None where it can."""
        self.ensure_one()
        names = {"case": self.case_id.display_name, "done": self.words}
        if self.undone_at:
            return self.env._("%(case)s: “%(done)s” was undone already.", **names)
        if not self._stands():
            return self.env._("%(case)s: “%(done)s” was done on an earlier day and can no longer be undone.", **names)
        if left := self._what_has_left():
            return left
        if self.case_id._telling_of_undo() != self.telling or not self._is_as_it_was_left():
            return self.env._("%(case)s has changed since, so “%(done)s” can no longer be undone.", **names)
        return None

    def _what_has_left(self):
        """Which letter has left the house since, as a sentence; None where none has."""

    def _is_as_it_was_left(self):
        """Whether everything that was changed or made is still as it became then."""
        for model, rows in (self.changed or {}).items():
            records = self.env[model].browse(map(int, rows))
            if records.exists() != records:
                return False
            for record in records:
                row = {name: both for name, both in rows[str(record.id)].items() if name not in ANSWER}
                if _plain(record, row) != {name: after for name, (_before, after) in row.items()}:
                    return False
        return all(
            len(self.env[model].with_context(active_test=False).browse(ids).exists()) == len(ids)
            for model, ids in (self.made or {}).items()
        )

    def _take_back(self):
        """Bring everything back as it was before. Needs superuser mode."""
        reason = self.env._("Undone by %s.", self.env.user.name)
        self._take_back_made(reason)
        for model in self._deletable():
            if ids := (self.made or {}).get(model):
                self.env[model].browse(ids).exists().unlink()
        self.env.flush_all()  # makes room for what comes back
        for model, rows in (self.deleted or {}).items():
            self.env[model].with_context(mail_activity_quick_update=True).create(rows)
        changed = self.changed or {}
        # the case comes last: what is written of its letters looks at it
        for model in sorted(changed, key=lambda name: name == "collection.case"):
            for key, row in changed[model].items():
                record = self.env[model].browse(int(key)).with_context(collection_same_cycle=True)
                record.write({name: before for name, (before, _after) in row.items() if name not in ANSWER})
        if self.case_id._figures_of_undo() == self.figures:
            rows = changed.get("collection.case", {}).get(str(self.case_id.id), {})
            # after the rest, which makes the rules forget how long the answer holds
            self.case_id.write({name: before for name, (before, _after) in rows.items() if name in ANSWER})
        else:
            self.case_id._decide()
        self.undone_at = fields.Datetime.now()
        self.case_id._message_log(
            body=self.env._("Undone by %(user)s: %(done)s", user=self.env.user.name, done=self.words)
        )

    @api.model
    def _deletable(self):
        """The models of which what was made is deleted: nothing of it has left the house. The rest is taken back by
        :meth:`_take_back_made`.
        """
        return ("collection.mark", "mail.activity")

    def _take_back_made(self, reason):
        """What was made, and stays as a record of it, counts no more.

        :param str reason: why, for that record
        """


def _plain(record, names):
    """The values of some fields of a record, as JSON holds them and ``write`` takes them."""
    values = {}
    for name in names:
        value = record[name]
        if isinstance(value, models.BaseModel):
            value = value.id
        elif isinstance(value, date):  # a moment is one as well
            value = record._fields[name].to_string(value)
        values[name] = str(value) if record._fields[name].type == "html" and value else value
    return values
