from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY
from .mail_piece_common import MailPieceCommon


@tagged("post_install", "-at_install")
class TestMailPiecePrint(MailPieceCommon):
    """The pile of paper: one PDF in mailing order, made of the letters that are kept."""

    def _pile_of_three(self):
        """Letters to Berlin, to Albany and to Springfield."""
        germany = self.env.ref("base.de")
        _case, _letter, berlin = self._on_paper("Berlin", zip="10115", city="Berlin", country_id=germany.id)
        _case, _letter, albany = self._on_paper("Zed of Albany", zip="12207", city="Albany")
        _case, _letter, springfield = self._on_paper("Acme")
        return berlin, albany, springfield

    def _print(self, pieces=None, user=None):
        return (self.Piece if pieces is None else pieces).with_user(user or self.collector).action_print()

    def _pages(self, action):
        report = action.get("params", {}).get("next", action)
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(self.collector)
            ._render_qweb_pdf(report["report_name"], report["context"]["active_ids"])
        )
        self.assertEqual(kind, "pdf")
        return self._read(content)

    def test_all_in_one_pdf_in_the_order_of_mailing(self):
        berlin, albany, springfield = self._pile_of_three()
        with self._on(MONDAY, "15:00"):
            pages = self._pages(self._print())
        self.assertEqual(pages, [f"Letter {one.name}" for one in (berlin, albany, springfield)])
        self.assertTrue(all((berlin | albany | springfield).mapped("printed_at")))

    def test_only_those_that_are_chosen(self):
        _berlin, albany, springfield = self._pile_of_three()
        with self._on(MONDAY, "15:00"):
            pages = self._pages(self._print(springfield | albany))
        self.assertEqual(pages, [f"Letter {albany.name}", f"Letter {springfield.name}"])

    def test_what_is_printed_is_what_is_kept(self):
        _case, letter, piece = self._on_paper()
        kept = letter.attachment_id.raw
        case_fingerprint = letter.sha256
        with self._on(self._day(2), "15:00"):
            pages = self._pages(self._print(piece))
        self.assertEqual(pages, self._read(kept))
        self.assertEqual(letter.sha256, case_fingerprint)

    def test_envelopes_without_a_window_get_a_page_with_the_address(self):
        self.company.collection_envelope = "page"
        _berlin, albany, springfield = self._pile_of_three()
        with self._on(MONDAY, "15:00"):
            pages = self._pages(self._print(albany | springfield))
        self.assertEqual(
            pages,
            [f"{kind} {name}" for name in (albany.name, springfield.name) for kind in ("Address", "Letter")],
        )

    def test_posted_again_the_new_address_goes_before_the_letter(self):
        case = self._posted()
        piece = case.letter_ids.piece_ids
        case.partner_id.street = "7 New Road"
        with self._on(self._day(6), "09:00"):
            piece.with_user(self.collector)._mark_returned(self._day(6), "moved")
            again = self.Piece.browse(piece.with_user(self.collector).action_mail_again()["res_id"])
            pages = self._pages(self._print(again))
        self.assertEqual(pages, [f"Address {piece.name}-2", f"Letter {piece.name}"])

    def test_what_must_not_leave_is_left_out_and_named(self):
        _berlin, albany, springfield = self._pile_of_three()
        albany.partner_id.collection_do_not_contact = True
        with self._on(MONDAY, "15:00"):
            action = self._print(albany | springfield)
            self.assertEqual(action["params"]["title"], "1 printed, 1 skipped")
            self.assertEqual(
                action["params"]["message"],
                f"{albany.name} Zed of Albany must not be sent: The customer asked us not to make contact.",
            )
            self.assertEqual(self._pages(action), [f"Letter {springfield.name}"])
        self.assertFalse(albany.printed_at)

    def test_nothing_is_printed_where_nothing_may_leave(self):
        _case, _letter, piece = self._on_paper()
        piece.partner_id.collection_do_not_contact = True
        with self._on(MONDAY, "15:00"), self.assertRaisesRegex(UserError, "must not be sent: The customer asked us"):
            self._print(piece)

    def test_an_empty_pile_says_so(self):
        with self.assertRaisesRegex(UserError, "No letter is waiting to be mailed"):
            self._print()

    def test_the_paper_of_a_notice_that_was_mailed_stays_here_once_it_is_paid(self):
        case = self._warned()
        piece = case.letter_ids.piece_ids
        payment = self._customer_pays(case, day=self._day(1))
        self.assertRecordValues(piece, [{"state": "cancelled", "cancel_reason": "The account was settled."}])
        self.assertEqual(case.letter_ids.state, "sent")
        with self._on(self._day(3)):
            payment.action_cancel()  # it bounced, and the case comes back
            self._settle_transaction()
        with self._on(self._day(3), "15:00"):
            again = self.Piece.browse(piece.with_user(self.collector).action_mail_again()["res_id"])
        self.assertEqual((case.state, again.state, again.address), ("open", "to_mail", piece.address))

    def test_on_hold_the_paper_of_a_notice_waits(self):
        case = self._warned()
        with self._on(MONDAY, "15:00"):
            case.with_user(self.collector)._hold(self._day(10), "Their bank is on strike")
            with self.assertRaisesRegex(UserError, "The case is on hold until 03/12/2026"):
                self._print(case.letter_ids.piece_ids)
        self.assertEqual(case.letter_ids.piece_ids.state, "to_mail")

    def test_marked_as_posted_in_one_go(self):
        pieces = self.Piece.union(*self._pile_of_three())
        with self._on(self._day(1), "15:00"):
            self._print()
            action = self.Piece.with_user(self.collector).action_mark_mailed()
            dialog = self.env[action["res_model"]].with_user(self.collector).browse(action["res_id"])
            self.assertEqual(dialog.line_ids.mapped("recipient"), ["Berlin", "Zed of Albany", "Acme"])
            dialog.line_ids[0].certified_number = "RR1"
            dialog.action_post()
            dialog.action_post()  # pressed twice
        self.env.invalidate_all()
        self.assertEqual(pieces.mapped("state"), ["mailed"] * 3)
        self.assertEqual(pieces[0].certified_number, "RR1")
        self.assertEqual(pieces.case_id.mapped("step_id.name"), ["Friendly reminder"])
        self.assertEqual(pieces.case_id.mapped("unanswered_count"), [1, 1, 1])

    def test_what_was_never_printed_is_not_marked_by_itself(self):
        self._on_paper()
        with self._on(MONDAY), self.assertRaisesRegex(UserError, "Print the letters first"):
            self.Piece.with_user(self.collector).action_mark_mailed()

    def test_printing_and_marking_take_as_many_queries_for_many_as_for_few(self):
        def pile(number):
            return self.Piece.union(*(self._on_paper(f"Heap {number} {one}")[2] for one in range(number)))

        few, many = pile(3), pile(12)
        counts = []
        for heap in (pile(1), few, many):
            with self._on(MONDAY, "15:00"):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                heap.with_user(self.collector).action_print()
                self.env.flush_all()
                printed = self.cr.sql_log_count
                self.env.invalidate_all()
                heap.with_user(self.collector)._mark_mailed(MONDAY)
                self.env.flush_all()
                counts.append((printed - before, self.cr.sql_log_count - printed))
        self.assertLessEqual(counts[2][0], counts[1][0] + 2, counts)
        self.assertLessEqual(counts[2][1], counts[1][1] + 20, counts)  # a step of a case is written for itself
