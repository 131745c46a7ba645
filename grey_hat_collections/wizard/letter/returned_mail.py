from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.letter.mail_piece import RETURN_REASONS
from ..base.once import once


class CollectionReturnedMail(models.TransientModel):
    """An envelope came back: scan its bar code, say why, and go on to the next one."""

    _name = "collection.returned.mail"
    _description = "Returned Mail"
    _inherit = ["collection.mail.piece.dialog"]

    date = fields.Date(string="Returned On", help="The day on which it came back.")
    reference = fields.Char(
        help="Scan the bar code on the letter or on the address page, or type the reference below it; the certified mail number "
        "works as well."
    )
    piece_id = fields.Many2one("collection.mail.piece", compute="_compute_piece_id", string="Letter")
    partner_id = fields.Many2one(related="piece_id.partner_id")
    address = fields.Text(related="piece_id.address")
    date_mailed = fields.Date(related="piece_id.date_mailed")
    state = fields.Selection(related="piece_id.state")
    hint = fields.Char(compute="_compute_piece_id", help="What is wrong with the reference.")
    reason = fields.Selection(
        RETURN_REASONS, string="Return Reason", help="The reason given by the postal service on the envelope."
    )

    @api.depends("reference")
    def _compute_piece_id(self):
        # also where it is asked for by a field that is read in superuser mode: nobody finds what they may not see
        pieces = self.env["collection.mail.piece"].sudo(False)
        for dialog in self:
            dialog.piece_id = pieces._find(dialog.reference)
            unknown = dialog.reference and not dialog.piece_id
            dialog.hint = unknown and pieces._not_found(dialog.reference)

    @once
    def action_return(self):
        """Record that the letter came back."""
        self._return()
        return {"type": "ir.actions.act_window_close"}

    @once
    def action_return_and_next(self):
        """Record that the letter came back, and be ready for the next one."""
        self._return()
        following = self.create({"date": self.date})
        return following._action_open(self.env._("Returned Mail"))

    def _return(self):
        self.ensure_one()
        if not self.reference:
            raise UserError(self.env._("Scan or type the reference of the letter that came back."))
        if not self.piece_id:
            raise UserError(self.env["collection.mail.piece"]._not_found(self.reference))
        if not self.reason:
            raise UserError(
                self.env._("Choose the reason given by the postal service, so that whoever checks the address knows.")
            )
        self.piece_id._mark_returned(self.date, self.reason)
