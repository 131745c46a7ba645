from odoo import fields, models

from ..base.once import once


class CollectionMarkDelivered(models.TransientModel):
    """The post says that a letter arrived: the day, and the scan of the receipt."""

    _name = "collection.mark.delivered"
    _description = "Letter Delivered"
    _inherit = ["collection.mail.piece.dialog", "collection.dialog"]
    _about = "piece_id"

    date = fields.Date(string="Delivered")
    piece_id = fields.Many2one(
        "collection.mail.piece", string="Mail Piece", required=True, ondelete="cascade", readonly=True
    )
    receipt = fields.Binary(help="A scan or photo of the postal receipt.")
    receipt_name = fields.Char()

    @once
    def action_deliver(self):
        """Record the day and keep the receipt."""
        self.ensure_one()
        self.piece_id._mark_delivered(self.date)
        if self.receipt:
            self.piece_id.write({"receipt": self.receipt, "receipt_name": self.receipt_name})
        return {"type": "ir.actions.act_window_close"}
