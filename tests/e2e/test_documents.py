"""Documents as the real PDF program prints them."""

from office import DAY_BEGINS, overdue_office

NOBODY = "http://127.0.0.1:9"
#: Each document, printed as Odoo would, by links to the server, and with its styles inside while no server answers: what is
#: drawn on its pages, where, in which type.
PRINT = """
import io, re
from unittest.mock import patch
from odoo.tools.pdf import PdfFileReader

def drawn(report, records, url, links=False):
    env["ir.config_parameter"].set_param("report.url", url)
    inside = patch.object(env.registry["ir.actions.report"], "_with_styles", lambda _reports, page: page)
    if links:
        inside.start()
    content, _kind = env["ir.actions.report"]._render_qweb_pdf(report, records.ids)
    if links:
        inside.stop()
    pages = PdfFileReader(io.BytesIO(content), strict=False).pages
    contents = [page.get_contents() if hasattr(page, "get_contents") else page.getContents() for page in pages]
    fonts = sorted(set(re.findall(rb"/BaseFont /([\\w-]+)", content)))
    return [one.get_data() if hasattr(one, "get_data") else one.getData() for one in contents], fonts

letter = env["collection.letter"].search([], limit=1)
documents = {
    "grey_hat_collections.report_letter": letter,
    "grey_hat_collections.report_statement": letter.partner_id,
}
server = env["ir.config_parameter"].get_param("report.url")
answer = {}
for report, records in documents.items():
    usual = drawn(report, records, server, links=True)
    answer[report] = {
        "alone": drawn(report, records, nobody) == usual,
        "by links alone": drawn(report, records, nobody, links=True) == usual,
        "fonts": [name.decode() for name in usual[1]],
    }
"""


def test_documents_look_the_same_when_no_server_answers(workbench):
    """What was printed after the server of before had ended came without styles."""
    database = overdue_office(workbench, 1, DAY_BEGINS)
    workbench.server(database)
    told = workbench.ask(database, f"nobody = {NOBODY!r}\n{PRINT}")
    assert len(told) == 2
    for report, answer in told.items():
        assert answer["alone"], report
        assert not answer["by links alone"], f"{report}: then this test proves nothing"
        assert any(name.startswith("Lato") for name in answer["fonts"]), (report, answer["fonts"])


def test_letters_leave_with_their_styles_when_no_server_answers(workbench, smtp_sink):
    database = overdue_office(workbench, 1, DAY_BEGINS)
    sent = workbench.ask(
        database,
        f"""
env["ir.config_parameter"].set_param("report.url", {NOBODY!r})
env["collection.letter"]._cron_send_queued()
env.cr.commit()
letter = env["collection.letter"].search([])
answer = (letter.state, b"/BaseFont /Lato" in letter.attachment_id.raw, letter.failure_reason)
""",
        options=["--smtp=127.0.0.1", f"--smtp-port={smtp_sink.port}"],
    )
    assert sent == ["sent", True, False]
    assert len(smtp_sink.deliveries) == 1
