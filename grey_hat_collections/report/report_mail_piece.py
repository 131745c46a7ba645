from odoo import models

from ..models.base.printed import printed, printed_address
from .address_window import as_window_again


class ReportMailPiece(models.AbstractModel):
    """The pages with addresses that go before letters in the post."""

    _name = "report.grey_hat_collections.report_mail_piece"
    _description = "Address Pages"

    def _get_report_values(self, docids, data=None):
        documents = self.env["collection.statement"]
        documents._check_printing()
        pieces = self.env["collection.mail.piece"].browse(docids)
        pieces.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": pieces._name,
            "docs": pieces,
            "pages": [
                {
                    "company": piece.company_id.sudo(),  # as the layout does: its logo, address and footer
                    "lang": piece.letter_id.lang,
                    "window": self._window(piece),
                    "mail_piece": piece._barcode(),
                }
                for piece in pieces
            ],
        }

    def _window(self, piece):
        """The address of a mail piece as it is kept; the country only where it goes abroad."""
        lines = printed_address(piece.address.splitlines())
        home = piece.company_id.sudo().country_id.with_context(lang=piece.letter_id.lang)  # its name is everybody's
        if piece.country_code == home.code and lines[1:] and lines[-1] == printed(home.name):
            lines = lines[:-1]
        return as_window_again(lines)
