from odoo import models

#: The models whose records say in which company their documents are printed.
MODELS_OF_COMPANY = ("account.move", "collection.case", "collection.letter")


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Print the documents of one company on the paper of that company, whichever company is current."""
        report = self._get_report(report_ref)
        if res_ids and report.model in MODELS_OF_COMPANY and report.report_name.startswith("grey_hat_collections."):
            companies = self.env[report.model].browse(res_ids).company_id
            if len(companies) == 1 and companies != self.env.company:
                self = self.with_company(companies)
        return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
