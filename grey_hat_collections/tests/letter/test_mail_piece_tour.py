from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged

from .mail_piece_common import MailPieceCommon


@tagged("post_install", "-at_install")
class TestMailPieceTour(MailPieceCommon, HttpCase):
    """What people click. The browser's clock cannot be frozen, so the story happens in these days."""

    def _begin(self):
        super()._begin()
        today = fields.Date.today()
        acme = self._customer()
        self.company.collection_sent_since = today + timedelta(days=1)
        self._invoice(acme, 500, today - timedelta(days=32))
        self._settle_transaction()
        self.case = self._case(acme)
        self._named_by_step(self.case, self.ladder["Second call"], today - timedelta(days=7))
        self.case.sudo().next_step_id = self.ladder["Final notice"]
        self.case.sudo()._begin_steps()
        letter = self.case.letter_ids.sudo()
        letter._store_pdf()
        with self.mock_mail_gateway(), patch.object(type(self.env["ir.mail_server"]), "_connect__"):
            letter._fail("Sending was interrupted.", arrival_unknown=True)
            letter.action_mark_sent()  # the e-mail arrived
        self.env.flush_all()

    def test_final_notice_printed_and_posted(self):
        self.assertEqual((self.case.step_id.name, self.case.letter_ids.piece_ids.state), ("Final notice", "to_mail"))
        self.start_tour("/odoo/collections-to-post", "collections_mail_piece", login=self.collector.login)
        self.env.invalidate_all()
        piece = self.case.letter_ids.piece_ids
        self.assertTrue(piece.printed_at)
        self.assertRecordValues(
            piece,
            [
                {
                    "state": "returned",
                    "certified_number": "RR123456785US",
                    "date_mailed": fields.Date.today(),
                    "return_reason": "not_collected",
                }
            ],
        )
        self.assertTrue(self._asked(self.case, "address"))
