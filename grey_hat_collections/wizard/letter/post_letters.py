from odoo import api, fields, models

from ..base.once import once


class CollectionPostLetters(models.TransientModel):
    """Mark letters as posted in one go, each with its certified number if it has one."""

    _name = "collection.post.letters"
    _description = "Mark Letters as Mailed"
    _inherit = ["collection.post.dialog"]

    date = fields.Date(string="Mailed", help="The date on which they were mailed.")
    line_ids = fields.One2many("collection.post.letters.line", "dialog_id", string="Letters")
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
        refused = lines.posting_id._mark_posted(self.date, {line.posting_id.id: line.posting_ref for line in lines})
        if refused:
            return lines.posting_id._told_of_refused(len(lines) - len(refused), refused)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Letters mailed: %s", len(lines)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


class CollectionPostLettersLine(models.TransientModel):
    _name = "collection.post.letters.line"
    _description = "Letter to Mark as Mailed"
    _inherit = ["collection.dialog"]
    _about = "posting_id"

    dialog_id = fields.Many2one("collection.post.letters", required=True, ondelete="cascade", index=True)
    posting_id = fields.Many2one(
        "collection.posting", string="Letter", required=True, ondelete="cascade", readonly=True
    )
    reference = fields.Char(related="posting_id.name")
    recipient = fields.Char(related="posting_id.recipient", string="Recipient")
    zip = fields.Char(related="posting_id.zip")
    posting_ref = fields.Char(
        string="Certified Mail No.",
        compute="_compute_posting_ref",
        store=True,
        readonly=False,
        help="The number on the postal receipt; leave it empty for ordinary mail.",
    )

    @api.depends("posting_id")
    def _compute_posting_ref(self):
        for line in self:
            line.posting_ref = line.posting_id.posting_ref
