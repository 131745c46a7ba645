from odoo import models


class ResCompany(models.Model):
    """Whether letters wait for approval; those that are queued follow the setting at once."""

    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if "collection_letters_wait" in vals:
            self.env["collection.letter"]._ask_anew_for_approval(self)
        return result
