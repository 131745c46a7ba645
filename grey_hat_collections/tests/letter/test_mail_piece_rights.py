from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import MONDAY, SecurityCommon, TwoCompaniesCommon
from .mail_piece_common import MailPieceCommon


@tagged("post_install", "-at_install")
class TestMailPieceRights(SecurityCommon, MailPieceCommon):
    """Who may see and work on letters in the post: as with the letters. Three waits: the collector's, the colleague's,
    nobody's.
    """

    def _begin(self):
        super()._begin()
        self.mine = self._on_paper("Mine")[2]
        self.theirs = self._on_paper("Theirs")[2]
        self.nobodys = self._on_paper("Nobodys")[2]
        self.theirs.case_id.sudo().user_id = self.colleague
        self.nobodys.case_id.sudo().user_id = False

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY, "15:00")

    def test_who_sees_which(self):
        every = {"Mine", "Theirs", "Nobodys"}
        for user, expected in (
            (self.collector, {"Mine", "Nobodys"}),
            (self.colleague, {"Theirs", "Nobodys"}),
            (self.lead, every),
            (self.manager, every),
            (self.accountant, every),
            (self.auditor, every),
        ):
            with self.subTest(user.login):
                self.assertEqual(set(self.Piece.with_user(user).search([]).mapped("recipient")), expected)

    def test_people_without_a_role_see_nothing(self):
        for user in (self.stranger, self.guest):
            for model in ("collection.mail.piece", "collection.mark.mailed", "collection.returned.mail"):
                with self.subTest(user=user.login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_a_collector_posts_the_letters_of_own_cases_only(self):
        theirs = self.theirs.with_user(self.collector)
        reports = self.env["ir.actions.report"].with_user(self.collector).with_context(force_report_rendering=True)
        for number, work in enumerate(
            (
                theirs.action_print,
                theirs.action_mark_mailed,
                theirs.action_cancel,
                theirs.action_mail_again,
                theirs.action_mark_delivered,
                lambda: theirs._mark_mailed(MONDAY),
                lambda: theirs.write({"certified_number": "RR1"}),
                lambda: reports._render_qweb_pdf("grey_hat_collections.report_mail_piece", theirs.ids),
            )
        ):
            with self.subTest(number), self.assertRaises(AccessError), self.cr.savepoint():
                work()
        self.env.invalidate_all()
        self.assertEqual(self.theirs.state, "to_mail")
        self.mine.with_user(self.collector)._mark_mailed(MONDAY)
        self.assertEqual(self.mine.state, "mailed")

    def test_a_dialog_does_not_reach_further_than_its_user(self):
        dialog = self.env["collection.mark.mailed"].with_user(self.collector)
        values = {"line_ids": [(0, 0, {"piece_id": self.theirs.id})]}
        with self.assertRaises(AccessError), self.cr.savepoint():
            dialog.create(values).action_post()
        self.env.invalidate_all()
        self.assertEqual(self.theirs.state, "to_mail")

    def test_without_a_choice_only_own_letters_are_printed(self):
        action = self.Piece.with_user(self.collector).action_print()
        self.assertEqual(set(action["context"]["active_ids"]), set((self.mine | self.nobodys).ids))

    def test_returned_mail_of_a_colleague_is_not_found(self):
        self.theirs.sudo()._mark_mailed(MONDAY)
        self.assertFalse(self.Piece.with_user(self.collector)._find(self.theirs.name))
        self.assertEqual(self.Piece.with_user(self.lead)._find(self.theirs.name), self.theirs)

    def test_nor_read_by_whoever_guesses_its_reference(self):
        """The address alone is asked for, which the dialog reads in superuser mode."""
        self.theirs.sudo()._mark_mailed(MONDAY)
        dialog = self.env["collection.returned.mail"].with_user(self.collector).create({"reference": self.theirs.name})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(dialog.read(["address"])[0]["address"])

    def test_the_pile_of_a_dialog_tells_no_name_either(self):
        dialog = self.env["collection.mark.mailed"].with_user(self.collector).create({})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            dialog.write({"line_ids": [(0, 0, {"piece_id": self.theirs.id})]})

    def test_accountants_and_auditors_read_and_change_nothing(self):
        for user in (self.accountant, self.auditor):
            piece = self.mine.with_user(user)
            self.assertEqual(piece.state, "to_mail")
            for number, work in enumerate(
                (
                    piece.action_print,
                    piece.action_mark_mailed,
                    piece.action_cancel,
                    lambda piece=piece: piece._mark_mailed(MONDAY),
                    lambda piece=piece: piece.write({"certified_number": "RR1"}),
                )
            ):
                with self.subTest(user=user.login, work=number), self.assertRaises(AccessError), self.cr.savepoint():
                    work()

    def test_nobody_makes_mail_pieces_by_hand(self):
        for user in (self.collector, self.lead, self.manager, self.accountant):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.Piece.with_user(user).create({"letter_id": self.mine.letter_id.id, "address": "x"})


@tagged("post_install", "-at_install")
class TestMailPieceOfCompanies(TwoCompaniesCommon, MailPieceCommon):
    """Two companies; the collector works for the first one only."""

    def test_another_company_sees_nothing(self):
        piece = self._on_paper()[2]
        lead = self.manager.copy(
            {"login": "lead2", "company_id": self.other.id, "company_ids": [(6, 0, self.other.ids)]}
        )
        seen = self.Piece.with_user(lead).with_company(self.other).search([])
        self.assertFalse(seen)
        with self.assertRaises(AccessError):
            piece.with_user(lead).with_company(self.other).read(["address"])
