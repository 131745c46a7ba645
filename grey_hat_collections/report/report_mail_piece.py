from odoo import models

from ..models.base.printed import printed, printed_address


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
                    "names": [printed(name) for name in piece.address.splitlines()[:1]],
                    "address": printed_address(piece.address.splitlines()[1:]),
                    "mail_piece": piece._barcode(),
                }
                for piece in pieces
            ],
        }
