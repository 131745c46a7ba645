from odoo import fields, models
from odoo.exceptions import UserError


class CollectionMailPiece(models.Model):
    """A letter that was marked as mailed by mistake waits to be mailed again."""

    _inherit = "collection.mail.piece"

    may_undo_mailed = fields.Boolean(
        compute="_compute_may_undo_mailed", help="It was marked as mailed today, and nothing has happened since."
    )

    def _compute_may_undo_mailed(self):
        notes = self._undos()
        for piece in self:
            piece.may_undo_mailed = piece.id in notes and not notes[piece.id]._obstacle()

    def action_undo_mailed(self):
        """Undo *Mark as Mailed*: the letter waits to be mailed again, and its step is not taken."""
        self.ensure_one()
        self.check_access("write")
        note = self._undos().get(self.id)
        if not note:
            raise UserError(
                self.env._("%s was not marked as mailed today, so there is nothing to undo.", self.display_name)
            )
        return self.env["collection.undo"].undo(note.ids)

    def _undos(self):
        """What says of these letters that they were marked as mailed, and can be undone, by id of the mail piece.

        :rtype: dict[int, collection.undo]
        """
        mailed = self.filtered(lambda piece: piece.state == "mailed")
        if not mailed:
            return {}
        # sudo: kept by the rules; what may be undone is asked with the rights of the user
        notes = (
            self.env["collection.undo"]
            .sudo()
            .search(
                [("case_id", "in", mailed.case_id.ids), ("kind", "=", "mailed"), ("undone_at", "=", False)], order="id"
            )
        )
        return {piece_id: note for note in notes for piece_id in note._pieces_mailed()}
