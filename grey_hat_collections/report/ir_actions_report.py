import io

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import split_every
from odoo.tools.pdf import merge_pdf

from ..models.base.passing import PdfNotMade

#: The models whose records say in which company their documents are printed.
MODELS_OF_COMPANY = ("account.move", "collection.case", "collection.letter", "collection.mail.piece")
#: Milliseconds that scripts in a page get before it is printed. Odoo's default is a second; our documents have no script
#: but the one that writes the page numbers, and that second is most of the time that a letter takes.
SCRIPT_DELAY = "50"
#: Customers whose statements are printed by one call of the PDF program. It reads the headers of all of them for each page:
#: a hundred and fifty at once take half as long again, and two hundred have ended the program.
PRINTED_AT_ONCE = 30
#: In so many bytes at its end a PDF says that it ends.
END_OF_PDF = 1024
#: What goes by mail.
MAIL = "grey_hat_collections.report_mail_piece"
#: The customer of the records that statements are printed for: each gets one, however many records it is asked for with.
STATEMENTS = {
    "grey_hat_collections.report_statement": "commercial_partner_id",
    "grey_hat_collections.report_statement_case": "partner_id",
    "grey_hat_collections.report_statement_move": "commercial_partner_id",
}


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        """Statements of many customers are printed some at a time."""
        report = self._get_report(report_ref)
        many = report.report_name in STATEMENTS and len(res_ids or ()) > PRINTED_AT_ONCE
        if many and not self.env.context.get("collection_portion"):
            return self._print_in_portions(report, res_ids, data)
        return super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)

    def _print_in_portions(self, report, res_ids, data):
        """One PDF of the statements for these records, in the order of their customers."""
        records = self.env[report.model].browse(res_ids)
        reports = self.with_context(collection_portion=True)
        portions = []
        for customers in split_every(PRINTED_AT_ONCE, records.grouped(STATEMENTS[report.report_name]).values()):
            chosen = records.browse().concat(*customers)
            portion, kind = reports._render_qweb_pdf(report, res_ids=chosen.ids, data=data)
            if kind != "pdf":  # a test that wants none
                return reports._render_qweb_pdf(report, res_ids=res_ids, data=data)
            portions.append(portion)
        return merge_pdf(portions), "pdf"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Print the documents of one company on the paper of that company, whichever company is current. What goes by mail is not
        printed anew: see :meth:`_collection_mail`.
        """
        report = self._get_report(report_ref)
        if not report.report_name.startswith("grey_hat_collections."):
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        self = self.with_context(collection_document=True, collection_styles_inside=True)
        if report.report_name == MAIL and not self.env.context.get("collection_address_pages"):
            return self._collection_mail(report_ref, data, res_ids)
        if res_ids and report.model in MODELS_OF_COMPANY:
            companies = self.env[report.model].browse(res_ids).company_id
            if len(companies) == 1 and companies != self.env.company:
                self = self.with_company(companies)
        return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)

    def _collection_mail(self, report_ref, data, res_ids):
        """The very letters that are kept, in the order of the register, each behind a page with its address where its envelope
        needs one.
        """
        pieces = self.env["collection.mail.piece"].browse(res_ids)
        pieces.check_access("read")
        pieces = pieces.search([("id", "in", pieces.ids)])
        reports, pages = self.with_context(collection_address_pages=True), {}
        for of_company in pieces.filtered(lambda piece: piece._needs_address_page()).grouped("company_id").values():
            pages |= reports._render_qweb_pdf_prepare_streams(report_ref, data, of_company.ids)
        return {
            piece.id: {
                "stream": io.BytesIO(
                    merge_pdf(
                        [
                            *([pages[piece.id]["stream"].getvalue()] if piece.id in pages else []),
                            piece.sudo()._paper().raw,  # the PDF belongs to the letter, which may be read
                        ]
                    )
                ),
                "attachment": None,
            }
            for piece in pieces
        }

    @api.model
    def _run_wkhtmltopdf(self, *args, **kwargs):
        """A document that we send is whole, or it is none: on a full disk the program leaves half a file and says nothing.

        :raises PdfNotMade: where the program was ended, or left no whole document; to be tried again later
        """
        if not self.env.context.get("collection_styles_inside"):
            return super()._run_wkhtmltopdf(*args, **kwargs)
        try:
            content = super()._run_wkhtmltopdf(*args, **kwargs)
        except UserError as error:
            raise PdfNotMade(str(error)) from error
        if not content.startswith(b"%PDF") or b"%%EOF" not in content[-END_OF_PDF:]:
            raise PdfNotMade(
                self.env._(
                    "The PDF program did not produce a complete document. Check the free disk space, then try again."
                )
            )
        return content

    @api.model
    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        """Do not wait for scripts that our documents do not have."""
        command = super()._build_wkhtmltopdf_args(*args, **kwargs)
        if self.env.context.get("collection_document") and "--javascript-delay" in command:
            command[command.index("--javascript-delay") + 1] = SCRIPT_DELAY
        return command
