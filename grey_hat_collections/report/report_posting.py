from odoo import models

from ..models.base.printed import printed, printed_address


class ReportPosting(models.AbstractModel):
    """The pages with addresses that go before letters in the post."""

    _name = "report.grey_hat_collections.report_posting"
    _description = "Address Pages"

    def _get_report_values(self, docids, data=None):
        documents = self.env["collection.statement"]
        documents._check_printing()
        postings = self.env["collection.posting"].browse(docids)
        postings.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": postings._name,
            "docs": postings,
            "pages": [
                {
                    "company": posting.company_id.sudo(),  # as the layout does: its logo, address and footer
                    "lang": posting.letter_id.lang,
                    "names": [printed(name) for name in posting.address.splitlines()[:1]],
                    "address": printed_address(posting.address.splitlines()[1:]),
                    "posting": posting._barcode(),
                }
                for posting in postings
            ],
        }
