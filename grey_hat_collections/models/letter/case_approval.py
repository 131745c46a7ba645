from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionCase(models.Model):
    """The letter of a case that waits until somebody has said that it may leave: the case says so, with the buttons to look and
    to approve.
    """

    _inherit = "collection.case"

    letter_to_approve_id = fields.Many2one(
        "collection.letter", compute="_compute_letter_to_approve_id", help="Waits until somebody has approved it."
    )

    @api.depends("letter_ids.to_approve", "letter_ids.state")
    def _compute_letter_to_approve_id(self):
        waiting = self.env["collection.letter"].search(
            [("case_id", "in", self.ids), ("to_approve", "=", True), ("state", "=", "queued")]
        )
        of_case = waiting.grouped("case_id")
        for case in self:
            case.letter_to_approve_id = of_case.get(case._origin, waiting.browse())[:1]

    def action_look_at_letter(self):
        """Open the letter that waits, as the customer would get it."""
        return self._one_to_approve().action_look()

    def action_approve_letter(self):
        """Let the letter that waits leave."""
        return self._one_to_approve().action_approve()

    def _one_to_approve(self):
        self.ensure_one()
        self.check_access("read")
        if not self.letter_to_approve_id:
            raise UserError(self.env._("No letter of %s waits for approval any longer.", self.display_name))
        return self.letter_to_approve_id

    def _move_forward(self):
        """Whoever moves a card has said that its letter may leave."""
        result = super()._move_forward()
        self.sudo().pending_letter_id.filtered("to_approve")._approve()  # see _move_forward of the board
        return result
