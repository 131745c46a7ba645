import errno
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_actions_report

from ...models.base.passing import FileNotWhole, PdfNotMade, is_passing
from ...models.letter import ir_attachment
from ..common import MONDAY, CollectionCommon

OUTGOING = "odoo.addons.grey_hat_collections.models.base.outgoing"
REPORT = "odoo.addons.base.models.ir_actions_report"
WHOLE = b"%PDF-1.7 a letter %%EOF\n"


@tagged("post_install", "-at_install")
class TestLetterNotMade(CollectionCommon):
    """A full disk or a PDF program that was ended says nothing about the letter or its address: it is made later. The letter
    is due on Monday at noon.
    """

    def _begin(self):
        super()._begin()
        self.case, self.letter = self._reminded_customer()

    def setUp(self):
        super().setUp()
        self.program = self._printing(WHOLE)
        self.startPatcher(patch.object(ir_actions_report, "_run_wkhtmltopdf", self._run_program))
        letters = self.env.registry["collection.letter"]
        store = letters._store_pdf
        forced = {"force_report_rendering": True}
        self.startPatcher(patch.object(letters, "_store_pdf", lambda letter: store(letter.with_context(**forced))))

    def _run_program(self, words):
        return self.program(words)

    def _printing(self, content, status=0):
        """The PDF program leaves this file and ends with this status."""

        def program(words):
            Path(words[-1]).write_bytes(content)
            return SimpleNamespace(returncode=status, stderr="Killed" if status else "")

        return program

    def _without_room(self, _words):
        raise OSError(errno.ENOSPC, "No space left on device")

    def _asked(self):
        return self.case.activity_ids.mapped("activity_type_id.name")

    @mute_logger(OUTGOING, REPORT)
    def _send_in_vain(self, day=MONDAY, clock="12:00"):
        self._send(day, clock)
        self.assertEqual(self._sent_to(), [])

    def test_what_passes_by_itself_means_later(self):
        for told, program in (
            ("No space left on device", self._without_room),
            ("not produce a complete document", self._printing(b"%PDF-1.7 half of a letter")),
            ("not produce a complete document", self._printing(b"")),
            ("Killed", self._printing(b"", -9)),
            ("Killed", self._printing(WHOLE, 2)),
        ):
            with self.subTest(told=told), self.cr.savepoint(flush=True) as savepoint:
                self.program = program
                self._send_in_vain()
                self.assertEqual((self.letter.state, self.letter.attempts), ("queued", 1))
                self.assertEqual(str(self.letter.send_after), "2026-03-02 12:05:00")
                self.assertIn(told, self.letter.failure_reason)
                self.assertEqual(self._asked(), [], "nobody has to look for an address")
                self.program = self._printing(WHOLE)
                self._send(MONDAY, "12:05")
                self.assertEqual((len(self._mails), self.letter.state), (1, "sent"))
                self.assertEqual((self.letter.failure_reason, self.letter.attachment_id.raw), (False, WHOLE))
                self.assertEqual(self.case.step_id.name, "Friendly reminder")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_what_does_not_pass_in_a_day_is_told_and_is_no_matter_of_the_address(self):
        self.program = self._without_room
        for day, clock in ((0, "12:00"), (0, "12:05"), (0, "12:20"), (0, "13:20")):
            self._send_in_vain(self._day(day), clock)
            self.assertEqual(self.letter.state, "queued")
        self._send_in_vain(MONDAY, "17:20")
        self.assertEqual((self.letter.state, self._asked()), ("failed", ["Letter not made"]))
        self.assertIn("could not be created: [Errno 28] No space left on device", self.case.activity_ids.summary)
        self.assertEqual(self.case.decision_code, "letter_failed")
        self.program = self._printing(WHOLE)
        with self._on(self._day(1), "09:00"):
            self.letter.with_user(self.collector).action_retry()
        self._send(self._day(1))
        self.assertEqual((self.letter.state, self._asked()), ("sent", []))

    def test_what_is_wrong_with_the_letter_is_told_at_once(self):
        broken = patch.object(type(self.letter), "_mail_template", side_effect=UserError("It has no template."))
        with broken:
            self._send_in_vain()
        self.assertEqual((self.letter.state, self.letter.attempts), ("failed", 0))
        self.assertEqual(self._asked(), ["Letter not made"])

    def test_who_prints_a_statement_is_told(self):
        reports = self.env["ir.actions.report"].sudo().with_context(force_report_rendering=True)
        self.program = self._printing(b"%PDF-1.7 half of a statement")
        with self.assertRaisesRegex(PdfNotMade, "not produce a complete document"):
            reports._render_qweb_pdf("grey_hat_collections.report_statement_case", self.case.ids)

    def test_a_file_that_somebody_else_is_still_writing_is_waited_for(self):
        files = self.env["ir.attachment"]
        there = self._file_of(WHOLE)
        there.write_bytes(WHOLE[:9])
        with patch.object(ir_attachment.time, "sleep", lambda _seconds: there.write_bytes(WHOLE)):
            self.assertEqual(files.create({"name": "Terms", "raw": WHOLE}).raw, WHOLE)
        there.write_bytes(WHOLE[:9])
        with patch.object(ir_attachment.time, "sleep"), self.assertRaises(FileNotWhole) as left:
            files.create({"name": "Terms", "raw": WHOLE})
        self.assertTrue(is_passing(left.exception), "who was writing it may have been ended")
        there.write_bytes(b"Something else")
        with self.assertRaises(UserError) as other:
            files.create({"name": "Terms", "raw": WHOLE})
        self.assertFalse(is_passing(other.exception))

    def _file_of(self, content):
        """Where the content of an attachment is kept."""
        checksum = self.env["ir.attachment"]._compute_checksum(content)
        there = Path(self.env["ir.attachment"]._full_path(f"{checksum[:2]}/{checksum}"))
        there.parent.mkdir(parents=True, exist_ok=True)
        self.addCleanup(there.unlink, missing_ok=True)
        return there
