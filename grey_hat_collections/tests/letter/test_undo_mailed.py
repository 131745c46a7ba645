from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import MONDAY
from .mail_piece_common import MailPieceCommon

#: What of a letter and its mail piece tells whether it was mailed.
LETTER = ("state", "sent_at", "channel", "address_used", "amount", "tracking_ref", "attachment_id", "delivered_on")
PIECE = ("state", "date_mailed", "certified_number", "attachment_id", "printed_at", "address")
CASE = (
    "step_id",
    "step_date",
    "pending_step_id",
    "pending_letter_id",
    "stage_id",
    "decision_code",
    "decision_details",
    "next_step_id",
    "next_action_date",
    "unanswered_count",
    "last_contact_date",
    "notice_round",
    "noticed_at",
    "released_on",
)


@tagged("post_install", "-at_install")
class TestUndoMailed(MailPieceCommon):
    """*Marked as mailed* by mistake. Today is Monday, 2 March 2026; the friendly reminder of Paper, about 500.00, was printed."""

    def _begin(self):
        super()._begin()
        self.case, self.letter, self.piece = self._on_paper()
        with self._on(MONDAY, "13:00"):
            self.piece.with_user(self.collector).action_print()
        self.env.invalidate_all()

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY, "14:00")
        self.Undo = self.env["collection.undo"].with_user(self.collector)

    def _as_it_is(self):
        self.env.flush_all()
        self.env.invalidate_all()
        case, letter, piece = self.case.sudo(), self.letter.sudo(), self.piece.sudo()
        marks = self.env["collection.mark"].search([("case_id", "=", case.id)])
        return (
            case.read(CASE, load=None),
            letter.read(LETTER, load=None),
            piece.read(PIECE, load=None),
            sorted(marks.mapped(lambda one: (one.item_id, one.step_id.id))),
            sorted(case.activity_ids.filtered("collection_asked").mapped("summary")),
        )

    def _mark(self, number=False):
        action = self.piece.with_user(self.collector).action_mark_mailed()
        dialog = self.env["collection.mark.mailed"].with_user(self.collector).browse(action["res_id"])
        dialog.line_ids.certified_number = number
        done = dialog.action_post()
        self.env.flush_all()
        self.env.invalidate_all()
        return done

    def test_piece_letter_step_and_marks_come_back(self):
        before = self._as_it_is()
        done = self._mark("RR123456785US")
        self.assertEqual((done["tag"], done["params"]["message"]), ("collection_undo", "Letters mailed: 1"))
        self.assertEqual((self.piece.state, self.letter.state), ("mailed", "sent"))
        self.assertEqual(self.case.step_id, self.standard.step_ids[0])
        self.assertTrue(self.piece.may_undo_mailed)
        self.piece.with_user(self.collector).action_undo_mailed()
        self.assertEqual(self._as_it_is(), before)
        self.assertFalse(self.piece.may_undo_mailed)
        log = " ".join(self.case.message_ids.mapped("body"))
        self.assertIn(f"Undone by Cora Lector: {self.piece.name} marked as mailed", log)

    def test_it_can_be_mailed_afterwards(self):
        self.Undo.undo(self._mark()["params"]["ids"])
        self._mark("RR123456785US")
        self.assertEqual(
            (self.piece.state, self.letter.state, self.piece.certified_number), ("mailed", "sent", "RR123456785US")
        )
        self.assertEqual(self.case.step_id, self.standard.step_ids[0])

    def test_a_final_notice_by_email_and_on_paper(self):
        case = self._warned("Warned")
        self._freeze(self._day(1), "14:00")
        self.case, self.letter, self.piece = case, case.letter_ids, case.letter_ids.piece_ids
        before = self._as_it_is()
        self._mark()
        self.assertEqual(self.piece.state, "mailed")
        self.piece.with_user(self.collector).action_undo_mailed()
        self.assertEqual(self._as_it_is(), before)
        self.assertEqual((self.letter.state, self.letter.channel), ("sent", "email"), "the e-mail has left, and stays")

    def test_what_was_delivered_or_came_back_was_mailed(self):
        for call, sentence in (
            (lambda: self.piece.with_user(self.collector)._mark_delivered(MONDAY), "was not marked as mailed today"),
            (
                lambda: self.piece.with_user(self.collector)._mark_returned(MONDAY, "moved"),
                "was not marked as mailed today",
            ),
        ):
            with self.subTest(sentence), self.cr.savepoint() as savepoint:
                ids = self._mark()["params"]["ids"]
                call()
                with self.assertRaisesRegex(UserError, sentence):
                    self.piece.with_user(self.collector).action_undo_mailed()
                with self.assertRaisesRegex(UserError, "so it was mailed"):
                    self.Undo.undo(ids)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_the_next_day_it_stays(self):
        ids = self._mark()["params"]["ids"]
        with self._on(self._day(1), "09:00"):
            self.env.invalidate_all()
            self.assertFalse(self.piece.may_undo_mailed)
            with self.assertRaisesRegex(UserError, "was done on an earlier day"):
                self.Undo.undo(ids)

    def test_a_later_step_keeps_it(self):
        ids = self._mark()["params"]["ids"]
        self.case.sudo().next_step_id = self.standard.step_ids[1]
        self.case.sudo()._begin_steps()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self.piece.may_undo_mailed)
        with self.assertRaisesRegex(UserError, "Paper has changed since"):
            self.Undo.undo(ids)

    def test_two_at_once(self):
        ids = self._mark()["params"]["ids"]
        self.Undo.undo(ids)
        with self.assertRaisesRegex(UserError, "was undone already"):
            self.Undo.with_user(self.manager).undo(ids)
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            self.piece.with_user(self.manager).action_undo_mailed()

    def test_only_who_works_on_it(self):
        ids = self._mark()["params"]["ids"]
        with self.assertRaises(AccessError):
            self.piece.with_user(self.accountant).action_undo_mailed()
        with self.assertRaises(AccessError):
            self.Undo.with_user(self.accountant).undo(ids)
        self.assertEqual(self.piece.state, "mailed")
