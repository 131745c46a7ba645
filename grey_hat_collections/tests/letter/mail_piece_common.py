"""What the stories about letters in the post are told with."""

import io
import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tools.pdf import PdfFileReader
from reportlab.pdfgen.canvas import Canvas

from ..common import MONDAY, CollectionCommon, days_ago

#: What a page with an address says of its letter.
REFERENCE = re.compile(r"CL/\d+/\d+(-\d+)?")


def pages_that_say(texts):
    """A PDF with a page for each of these texts."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for text in texts:
        canvas.drawString(72, 720, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class MailPieceCommon(CollectionCommon):
    """Customers who owe 500.00 for 32 days; the second call was made a week before Monday, so the final notice is due."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Piece = cls.env["collection.mail.piece"]
        cls.ladder = {step.name: step for step in cls.standard.step_ids}

    def _begin(self):
        super()._begin()
        self.enterContext(self._printing())

    def setUp(self):
        super().setUp()
        self.enterContext(self._printing())

    def _printing(self):
        """Documents are real PDFs of one page that says whose they are; what they say has tests of its own."""
        reports = self.env.registry["ir.actions.report"]
        render = reports._render_qweb_pdf

        def draw(report, report_ref, res_ids=None, data=None):
            action = report._get_report(report_ref)
            if not action.report_name.startswith("grey_hat_collections."):
                return render(report, report_ref, res_ids=res_ids, data=data)
            if action.model == "collection.mail.piece":
                report = report.with_context(force_report_rendering=True)
                return render(report, report_ref, res_ids=res_ids, data=data)
            return pages_that_say(f"Letter {record.name}" for record in report.env[action.model].browse(res_ids)), "pdf"

        def draw_addresses(_report, bodies, **_options):
            return pages_that_say(f"Address {REFERENCE.search(str(body))[0]}" for body in bodies)

        @contextmanager
        def drawing():
            with (
                patch.object(reports, "_render_qweb_pdf", draw),
                patch.object(reports, "_run_wkhtmltopdf", draw_addresses),
            ):
                yield

        return drawing()

    @staticmethod
    def _read(content):
        """What the pages of a PDF say."""
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        return [reader.getPage(number).extract_text().strip() for number in range(reader.getNumPages())]

    def _called_twice(self, name="Acme", **values):
        """The case of a customer whose final notice is due on Monday."""
        case = self._overdue_customer(name, days=32, **values)
        with self._on(MONDAY):
            self._named_by_step(case, self.ladder["Second call"], days_ago(7))
        return case

    def _warned(self, name="Acme", **values):
        """The case of a customer to whom the final notice was sent on Monday by e-mail; the paper waits."""
        case = self._called_twice(name, **values)
        self._daily_run(MONDAY)
        self._send(MONDAY)
        self.assertEqual(case.letter_ids.mapped("kind"), ["final_notice"])
        return case

    def _posted(self, name="Acme", day=None, **values):
        """The same, and the paper was mailed on the day after, or on ``day``."""
        case = self._warned(name, **values)
        self._post(case.letter_ids.piece_ids, day or self._day(1))
        return case

    def _post(self, pieces, day, user=None, **numbers):
        with self._on(day, "16:00"):
            pieces.with_user(user or self.collector)._mark_mailed(day, numbers or None)
        self.env.invalidate_all()

    def _on_paper(self, name="Paper", **values):
        """The mail piece of a customer's friendly reminder on paper, which waits since Monday."""
        case, letter = self._reminded_customer(name, collection_no_email=True, **values)
        self._send(MONDAY)
        return case, letter, letter.piece_ids

    def _tell(self, case, day, clock="10:00", outcome="reached", **values):
        """The collector writes down a contact."""
        notes = self.env["collection.note"].with_user(self.collector)
        with self._on(day, clock):
            note = notes.create({"case_id": case.id, "outcome": outcome, **values})
        self.env.invalidate_all()
        return note

    def _asked(self, case, name):
        kind = self.env.ref(f"grey_hat_collections.mail_activity_type_{name}")
        return case.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
