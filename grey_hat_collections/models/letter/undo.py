from odoo import models

LETTER = (
    "address_used",
    "amount",
    "approved_at",
    "approved_by_id",
    "arrival_unknown",
    "came_back",
    "cancel_reason",
    "channel",
    "delivered_on",
    "failure_reason",
    "says",
    "sent_at",
    "state",
    "to_approve",
    "tracking_ref",
)
PIECE = ("cancel_reason", "certified_number", "date_delivered", "date_mailed", "state")
LINE = ("letter_id", "item_id", "name", "date_due", "amount", "step_id")


class CollectionCase(models.Model):
    """What of letters a click on a case may change."""

    _inherit = "collection.case"

    def _kept_for_undo(self):
        kept = super()._kept_for_undo()
        cases, names = kept[self._name]
        kept[self._name] = (cases, (*names, "pending_letter_id", "notice_round", "noticed_at"))
        marks, names = kept["collection.mark"]
        kept["collection.mark"] = (marks, (*names, "letter_id"))
        letters = self.env["collection.letter"].search([("case_id", "in", self.ids)])
        pieces, lines = letters.piece_ids, letters.line_ids
        return kept | {
            letters._name: ({one: one.case_id for one in letters}, LETTER),
            pieces._name: ({one: one.case_id for one in pieces}, PIECE),
            lines._name: ({one: one.letter_id.case_id for one in lines}, LINE),
        }


class CollectionUndo(models.TransientModel):
    """Nothing is taken back of what has left the house."""

    _inherit = "collection.undo"

    def _letters_made(self):
        return self.env["collection.letter"].browse((self.made or {}).get("collection.letter", ())).exists()

    def _what_has_left(self):
        result = super()._what_has_left()
        touched = self.env["collection.letter"].browse(map(int, (self.changed or {}).get("collection.letter", ())))
        for letter in self._letters_made() | touched.exists():
            if letter._is_leaving():
                return self.env._(
                    "%s is being handed to the mail server right now. It can no longer be undone.", letter.display_name
                )
        for letter in self._letters_made():
            if letter.state == "sent" or letter._is_in_post():
                return self.env._("%s has left the house, so it can no longer be undone.", letter.display_name)
        for piece in self.env["collection.mail.piece"].browse(self._pieces_mailed()).exists():
            if piece.state in ("delivered", "returned"):
                return self.env._(
                    "%s came back from the postal service or was delivered, so it was mailed.", piece.display_name
                )
        return result

    def _pieces_mailed(self):
        """Ids of the mail pieces that were marked as mailed by what this is about."""
        rows = (self.changed or {}).get("collection.mail.piece", {})
        return [int(key) for key, row in rows.items() if "date_mailed" in row] if self.kind == "mailed" else []

    def _deletable(self):
        return (*super()._deletable(), "collection.letter.line")

    def _take_back_made(self, reason):
        result = super()._take_back_made(reason)
        self._letters_made().filtered(lambda letter: letter.state in ("queued", "failed"))._cancel(reason)
        return result
