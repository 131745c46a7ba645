from odoo import api, fields, models


class CollectionCase(models.Model):
    """The paper of a case that waits to be printed and mailed: by hand, which the case says, with the buttons to do it."""

    _inherit = "collection.case"

    paper_waiting_ids = fields.Many2many(
        "collection.mail.piece", compute="_compute_paper_waiting", help="Letters that somebody has to print and mail."
    )
    paper_printed = fields.Boolean(compute="_compute_paper_waiting", help="All of them were printed already.")

    @api.depends("letter_ids.piece_ids.state", "letter_ids.piece_ids.printed_at", "letter_ids.piece_ids.print_again")
    def _compute_paper_waiting(self):
        waiting = self.env["collection.mail.piece"].search([("case_id", "in", self.ids), ("state", "=", "to_mail")])
        of_case = waiting.grouped("case_id")
        for case in self:
            pieces = of_case.get(case._origin, waiting.browse())
            case.paper_waiting_ids = pieces
            case.paper_printed = bool(pieces) and all(piece.printed_at and not piece.print_again for piece in pieces)

    def action_print_paper(self):
        """Print what waits, after another look at the ledger."""
        self.ensure_one()
        return self.paper_waiting_ids.action_print()

    def action_mail_paper(self):
        """Say that it was mailed, with the certified number if it has one."""
        self.ensure_one()
        return self.paper_waiting_ids.action_mark_mailed()
