from base64 import b64encode

from odoo import fields, models
from odoo.exceptions import UserError
from reportlab.graphics.barcode import createBarcodeDrawing

#: The picture of a bar code, in points; a hand scanner reads it.
BARCODE_SIZE = {"width": 180, "height": 28}


class CollectionMailPiece(models.Model):
    """Letters on paper are printed together: which may leave, and what the envelopes need (``report/ir_actions_report.py``)."""

    _inherit = "collection.mail.piece"

    def action_print(self):
        """Print the chosen letters, or all that wait, in one PDF. What asks for something else by now is made anew; what must
        not leave is left out, and named.
        """
        pieces = (
            self.filtered(lambda piece: piece.state == "to_mail") if self else self.search([("state", "=", "to_mail")])
        )
        pieces.check_access("write")
        waiting = pieces.sudo()  # what stops a letter hangs on books and cases; files are made by the rules
        refused = waiting._look_again()
        refused |= waiting.filtered(lambda piece: piece.id not in refused)._bring_up_to_date()
        ready = pieces.filtered(lambda piece: piece.id not in refused)
        left_out = [refused[piece.id] for piece in pieces - ready]
        if not ready:
            raise UserError(
                "\n".join(left_out)
                or self.env._("No letter is waiting to be mailed. Each is created on the day on which it is due.")
            )
        ready.sudo().write({"printed_at": fields.Datetime.now(), "print_again": False})  # written by the rules only
        report = self.env.ref("grey_hat_collections.action_report_mail_piece")
        action = report.report_action(ready.ids, config=False)
        if not left_out:
            return action
        title = self.env._("%(printed)s printed, %(left_out)s skipped", printed=len(ready), left_out=len(left_out))
        return self._told_of_left(title, left_out, action)

    def _obstacles(self):
        """Why each of these must not be mailed now, in a sentence that names it; None where it may. Needs superuser mode."""
        reasons = self.letter_id._anew()._obstacles()
        return {piece.id: piece._obstacle(reasons[piece.letter_id.id]) for piece in self}

    def _obstacle(self, reason):
        """The sentence about this mail piece; ``reason`` is what stops its letter, if anything does."""
        letter = self.letter_id
        if letter._is_mailing():
            return letter._mailing_first()
        if reason:
            return self.env._("%(letter)s must not be sent: %(reason)s", letter=self.display_name, reason=reason)
        if not letter.attachment_id:
            return self.env._("%s has not been created yet: the next sending run will do so.", self.display_name)
        return None

    def _needs_address_page(self):
        """Whether a page with the address goes before the letter: the envelopes have no window, or the letter shows an address
        from which it came back.
        """
        self.ensure_one()
        another = self.name != self.letter_id.name and not self.attachment_id
        return self.company_id.collection_envelope == "page" or another

    def _barcode(self):
        """The reference as a bar code, ready to stand in a page; and as text.

        :rtype: dict[str, str]
        """
        self.ensure_one()
        # Odoo's own bar codes are bitmaps, for which an installation may lack the library; drawn lines need none, and print sharp
        drawing = createBarcodeDrawing("Code128", value=self.name, quiet=0, **BARCODE_SIZE)
        picture = b64encode(drawing.asString("svg").encode()).decode()
        return {"reference": self.name, "picture": f"data:image/svg+xml;base64,{picture}"}
