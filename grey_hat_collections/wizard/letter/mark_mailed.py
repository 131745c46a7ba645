from odoo import api, fields, models

from ..base.once import once


class CollectionMarkMailed(models.TransientModel):
    """Mark letters as mailed in one go, each with its certified number if it has one."""

    _name = "collection.mark.mailed"
    _description = "Mark Letters as Mailed"
    _inherit = ["collection.mail.piece.dialog"]

    date = fields.Date(string="Mailed", help="The date on which they were mailed.")
    line_ids = fields.One2many("collection.mark.mailed.line", "dialog_id", string="Letters")
    count = fields.Integer(compute="_compute_count", help="The number of letters marked as mailed.")

    @api.depends("line_ids")
    def _compute_count(self):
        for dialog in self:
            dialog.count = len(dialog.line_ids)

    @once
    def action_post(self):
        """The letters of the list are in the post, but for those that must not be: they are named. Pressed twice, it is done
        once.
        """
        self.ensure_one()
        lines = self.line_ids
        cases = lines.piece_id.case_id
        before = cases._before_undoable()
        refused = lines.piece_id._mark_mailed(self.date, {line.piece_id.id: line.certified_number for line in lines})
        pieces = lines.piece_id.filtered(lambda piece: piece.state == "mailed")
        names = {case.id: ", ".join(of_case.mapped("name")) for case, of_case in pieces.grouped("case_id").items()}
        cases = pieces.case_id
        notes = cases._note_undo(
            "mailed", before, {key: self.env._("%s marked as mailed", name) for key, name in names.items()}
        )
        if refused:
            return lines.piece_id._told_of_refused(len(lines) - len(refused), refused)
        message = self.env._("Letters mailed: %s", len(lines))
        return notes._action_told(message, {"type": "ir.actions.client", "tag": "soft_reload"})


class CollectionMarkMailedLine(models.TransientModel):
    _name = "collection.mark.mailed.line"
    _description = "Letter to Mark as Mailed"
    _inherit = ["collection.dialog"]
    _about = "piece_id"

    dialog_id = fields.Many2one("collection.mark.mailed", required=True, ondelete="cascade", index=True)
    piece_id = fields.Many2one(
        "collection.mail.piece", string="Letter", required=True, ondelete="cascade", readonly=True
    )
    reference = fields.Char(related="piece_id.name")
    recipient = fields.Char(related="piece_id.recipient", string="Recipient")
    zip = fields.Char(related="piece_id.zip")
    certified_number = fields.Char(
        string="Certified Mail No.",
        compute="_compute_certified_number",
        store=True,
        readonly=False,
        help="The number on the postal receipt; leave it empty for ordinary mail.",
    )

    @api.depends("piece_id")
    def _compute_certified_number(self):
        for line in self:
            line.certified_number = line.piece_id.certified_number
