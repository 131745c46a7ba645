from odoo import models

from .ledger_settlement import MONEY_ACCOUNTS, MONEY_JOURNALS
from .receivables import of_customers


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "collection.plain.view"]
    _collection_views = {
        "form": "account_move_view_form_plain",
        "kanban": "account_move_view_kanban_plain",
        "list": "account_move_view_list_plain",
    }

    # the gate looks for credit notes that somebody has begun: of all entries a handful
    _collection_credit_draft_index = models.Index(
        "(commercial_partner_id, company_id) WHERE move_type = 'out_refund' AND state = 'draft'"
    )

    def write(self, vals):
        result = super().write(vals)
        if {"state", "payment_state", "is_move_sent"} & set(vals):
            self._tell_collections()
        return result

    def _collection_money(self):
        """Those of these entries that are money, as for promises (``ledger/ledger_settlement.py``), or take money back: the
        reversal of one, whatever its journal.
        """

        def is_money(move):
            accounts = move.line_ids.account_id.mapped("account_type")
            return move.journal_id.type in MONEY_JOURNALS or not MONEY_ACCOUNTS.isdisjoint(accounts)

        entries = self.filtered(lambda move: move.move_type == "entry")
        return entries.filtered(lambda move: any(map(is_money, move | move.reversed_entry_id)))

    def _collection_copy(self):
        """Name and content of the PDF of this invoice: the one that was sent, else the invoice as it would be printed now.
        Needs superuser mode: the report reads more of the books than a collector may.
        """
        self.ensure_one()
        document = self._get_invoice_legal_documents("pdf")
        if document:
            return document["filename"], document["content"]
        report = self.env["account.move.send"]._get_default_pdf_report_id(self)
        reports = self.env["ir.actions.report"].with_context(collection_styles_inside=True)
        reports = reports.with_company(self.company_id)
        content, _format = reports._render_qweb_pdf(report, self.ids)
        return self._get_invoice_report_filename(report=report), content

    def action_open_business_doc(self):
        """Whoever may not read bank statements sees the entry of one."""
        action = super().action_open_business_doc()
        if self.env[action["res_model"]].has_access("read"):
            return action
        return action | {"name": self.env._("Journal Entry"), "res_model": self._name, "res_id": self.id}

    def _collection_roundings(self):
        """How often an amount of this document is rounded: once for each line, and once for each tax of it."""
        self.ensure_one()
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        return sum(1 + len(line.tax_ids.flatten_taxes_hierarchy()) for line in lines)

    def _tell_collections(self):
        """Receivables of these entries were posted, taken back or blocked. In an invoice to a customer they are the lines with
        the terms, and in a bill there are none, as Odoo sees to: only of other entries the accounts are read.
        """
        documents = self.filtered(lambda move: move.is_invoice(include_receipts=True))
        terms = documents.filtered(lambda move: move.is_sale_document(include_receipts=True)).line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        self.env["collection.ledger"]._changed(terms | of_customers((self - documents).line_ids))
