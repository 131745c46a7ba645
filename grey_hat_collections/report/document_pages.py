from odoo import api, models

from .page_breaks import STYLED_MARGIN, Paper, with_breaks

#: Millimetres between the margins of what the PDF program takes where a company has chosen no paper: A4.
DEFAULT_PAPER = (277, 190)


class IrActionsReport(models.Model):
    """Our documents come to the PDF program with page breaks of their own, and with the address where the window shows it."""

    _inherit = "ir.actions.report"

    @api.model
    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        if self.env.context.get("collection_document"):
            paper = self._paper(report_ref)
            bodies = [with_breaks(str(body), paper) for body in bodies]
        return super()._run_wkhtmltopdf(
            bodies,
            report_ref=report_ref,
            header=header,
            footer=footer,
            landscape=landscape,
            specific_paperformat_args=specific_paperformat_args,
            set_viewport_size=set_viewport_size,
        )

    @api.model
    def _paper(self, report_ref):
        """The paper that a report is printed on, as the page breaks know it."""
        paper = self._get_report(report_ref).get_paperformat() if report_ref else self.get_paperformat()
        if not paper.print_page_height:
            return Paper.of(*DEFAULT_PAPER)
        return Paper.of(
            paper.print_page_height - paper.margin_top - paper.margin_bottom,
            paper.print_page_width - paper.margin_left - paper.margin_right,
            paper.dpi,
            shrinks=not paper.disable_shrinking,
            margin=STYLED_MARGIN if paper.css_margins else 0,
        )
