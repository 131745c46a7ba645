from odoo import models


class ReportLetter(models.AbstractModel):
    """Letters, with the items that they ask for and, where their step says so, a statement."""

    _name = "report.grey_hat_collections.report_letter"
    _description = "Collection Letter"

    def _get_report_values(self, docids, data=None):
        documents = self.env["collection.statement"]
        documents._check_printing()
        letters = self.env["collection.letter"].browse(docids)
        letters.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": letters._name,
            "docs": letters,
            "letters": documents._letters(letters),
        }
