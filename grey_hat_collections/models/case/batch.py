from odoo import api, models


class CollectionBatch(models.AbstractModel):
    """Whatever belongs to a case and could not be worked on is looked at there."""

    _inherit = "collection.batch"

    def _tell_of_failure(self, error):
        self.case_id._ask_to_look_into(self.mapped("display_name")[0], error)

    @api.model
    def _end_piece(self):
        result = super()._end_piece()
        self.env["collection.case"].sudo()._decide_undecided()  # answers are written by the rules
        return result
