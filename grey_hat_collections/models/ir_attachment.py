from odoo import models
from odoo.exceptions import UserError

#: What makes a file what it is, and whose it is.
CONTENT_FIELDS = frozenset({"datas", "db_datas", "mimetype", "raw", "res_field", "res_id", "res_model", "store_fname"})


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        """The PDF of a letter stays what left the house."""
        if not self.env.su and CONTENT_FIELDS.intersection(vals):
            self._check_no_letter()
        return super().write(vals)

    def _check_no_letter(self):
        candidates = self.filtered(lambda attachment: attachment.res_model == "collection.letter")
        if not candidates:
            return
        # sudo: the file is protected from those who may not see its letter, too
        letter = self.env["collection.letter"].sudo().search([("attachment_id", "in", candidates.ids)], limit=1)
        if letter:
            raise UserError(
                self.env._(
                    "This file is the record of %s and cannot be changed. Attach another file instead.",
                    letter.display_name,
                )
            )
