from odoo.tests import tagged

from ..case.find_common import FindCommon
from ..common import MONDAY, TwoCompaniesCommon, days_ago
from .mail_piece_common import MailPieceCommon


@tagged("post_install", "-at_install")
class TestFindLetter(FindCommon, MailPieceCommon, TwoCompaniesCommon):
    """The customer holds our letter, or its envelope, and reads out a number."""

    def _begin(self):
        super()._begin()
        self.case = self._posted()
        self.letter = self.case.letter_ids
        self.piece = self.letter.piece_ids

    def test_the_number_of_a_letter(self):
        name = self.letter.name
        for typed in (name, name.replace("/", " "), name.lower()):
            self.assertFound(typed, Acme=f"Letter {name}")

    def test_the_number_of_the_post_in_groups_or_without(self):
        for on_file in ("9407 1000 0000 0000 0001 23", "9407100000000000000123", "9407-1000-0000-0000-0001-23"):
            self.piece.sudo().certified_number = on_file
            for typed in ("9407100000000000000123", "9407 1000 0000 0000 0001 23", "0000000123", on_file):
                self.assertFound(typed, Acme=f"Certified mail {on_file}")
        self.assertEqual(self._found("9407 1000 0000 0000 0001 24"), {})

    def test_the_number_under_which_a_letter_is_tracked(self):
        self.letter.sudo().tracking_ref = "<2026.55@house.example>"
        self.assertFound("2026.55@house.example", Acme=f"Tracking of letter {self.letter.name}")

    def test_a_letter_of_another_company_is_not_found(self):
        partner = self._customer("Abroad")
        with self._on(days_ago(10)):
            self._invoice_of_the_other(partner, 700, days_ago(10))
        with self._on(MONDAY):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.other, partner)
            theirs = self.Case.sudo().search([("partner_id", "=", partner.id)])
            letter = self.env["collection.letter"].sudo()
            letter = letter.create(
                {
                    "name": "CL/2026/99077",
                    "case_id": theirs.id,
                    "partner_id": partner.id,
                    "company_id": self.other.id,
                    "kind": "statement",
                }
            )
        self.assertEqual(self._found("CL/2026/99077"), {})
        self.manager.company_ids |= self.other
        both = self.Case.with_user(self.manager).with_context(allowed_company_ids=(self.company | self.other).ids)
        self.assertEqual([one["found_by"] for one in both.find("CL/2026/99077")], [f"Letter {letter.name}"])
