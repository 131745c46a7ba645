from odoo import models
from odoo.exceptions import UserError


class ReportStatement(models.AbstractModel):
    """Statements of customers, in the active companies."""

    _name = "report.grey_hat_collections.report_statement"
    _description = "Statement"
    _model = "res.partner"

    def _get_report_values(self, docids, data=None):
        statement = self.env["collection.statement"]
        statement._check_printing()
        records = self.env[self._model].browse(docids)
        records.check_access("read")
        accounts, items = self._accounts(records)
        return {
            "doc_ids": docids,
            "doc_model": self._model,
            "docs": records,
            "statements": statement._statements(accounts, items),
        }

    def _accounts(self, partners):
        """The (customer, company) to print for the chosen records, and their open items if those were read for it."""
        return self.env["collection.statement"]._accounts_of_partners(partners)


class ReportStatementMove(models.AbstractModel):
    """Statements of the customers of invoices, each in the company of the invoice."""

    _name = "report.grey_hat_collections.report_statement_move"
    _inherit = "report.grey_hat_collections.report_statement"
    _description = "Statement from Invoices"
    _model = "account.move"

    def _accounts(self, moves):
        accounts = dict.fromkeys((move.commercial_partner_id, move.company_id) for move in moves)
        accounts = [account for account in accounts if account[0]]
        if not accounts:
            raise UserError(self.env._("These entries have no customer. Choose invoices, then print their statements."))
        return accounts, None


class ReportStatementCase(models.AbstractModel):
    """Statements of the customers of cases, each in the company of the case."""

    _name = "report.grey_hat_collections.report_statement_case"
    _inherit = "report.grey_hat_collections.report_statement"
    _description = "Statement from Cases"
    _model = "collection.case"

    def _accounts(self, cases):
        return list(dict.fromkeys((case.partner_id, case.company_id) for case in cases)), None
