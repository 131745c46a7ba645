import smtplib

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY
from .mail_piece_common import MailPieceCommon

SEND = "odoo.addons.grey_hat_collections.models.letter.letter_send"
MAIL = "odoo.addons.mail.models.mail_mail"


@tagged("post_install", "-at_install")
class TestMailPiece(MailPieceCommon):
    """From the pile into the post, and back. The story begins on Monday, 2 March 2026."""

    # -- Which letters are mailed --------------------------------------------------------------------------------

    def test_a_letter_on_paper_waits_to_be_posted(self):
        case, letter, piece = self._on_paper()
        self.assertRecordValues(
            piece,
            [
                {
                    "name": letter.name,
                    "state": "to_mail",
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": self.company.id,
                    "address": "Paper\n1 Main Street\nSpringfield 12345",
                    "recipient": "Paper",
                    "zip": "12345",
                    "country_code": "US",
                    "date_mailed": False,
                }
            ],
        )

    def test_a_final_notice_goes_both_ways(self):
        case = self._warned()
        letter = case.letter_ids
        self.assertEqual((self._sent_to(), letter.state, letter.channel), (["acme@customer.example"], "sent", "email"))
        self.assertEqual(letter.piece_ids.state, "to_mail")
        self.assertEqual((case.step_id.name, case.step_date), ("Final notice", MONDAY), "The first of both has left")
        self._post(letter.piece_ids, self._day(2))
        self.assertRecordValues(letter.piece_ids, [{"state": "mailed", "date_mailed": self._day(2)}])
        self.assertRecordValues(case, [{"step_date": MONDAY, "unanswered_count": 1}])

    def test_a_reminder_by_email_is_not_posted(self):
        _case, letter = self._reminded_customer()
        self._send(MONDAY)
        self.assertFalse(letter.piece_ids)

    def test_who_wants_no_paper_gets_none_and_so_does_the_company(self):
        for name, values in (("Nopaper", {"collection_no_post": True}), ("Nowhere", {"street": False})):
            with self.subTest(name):
                self.assertFalse(self._warned(name, **values).letter_ids.piece_ids)
        self.company.collection_post_final_notice = False
        self.assertFalse(self._warned("Thrifty").letter_ids.piece_ids)

    def test_the_contact_for_accounts_payable_may_refuse_paper_too(self):
        values = self._payable_contact(collection_no_post=True)
        self.assertFalse(self._warned(**values).letter_ids.piece_ids)

    def test_the_envelope_bears_the_address_of_who_looks_after_paying(self):
        values = self._payable_contact(street="2 Side Street", city="Shelbyville", zip="54321")
        case = self._warned(**values)
        self.assertRecordValues(
            case.letter_ids.piece_ids,
            [
                {
                    "address": "Acme\nAda Payable\n2 Side Street\nShelbyville 54321",
                    "recipient": "Acme",
                    "zip": "54321",
                }
            ],
        )

    def test_a_look_at_a_letter_before_it_leaves_makes_no_second_mail_piece(self):
        case = self._called_twice()
        self._daily_run(MONDAY)
        with self._on(MONDAY, "09:00"):
            case.letter_ids.with_user(self.collector).action_print()
        case.partner_id.street = "9 New Street"
        self._send(MONDAY)
        self.assertEqual(len(case.letter_ids.piece_ids), 1)
        self.assertIn("9 New Street", case.letter_ids.piece_ids.address)

    # -- Mailed --------------------------------------------------------------------------------------------------

    def test_mailing_a_letter_on_paper_sends_it(self):
        case, letter, piece = self._on_paper()
        self._post(piece, self._day(1))
        self.assertRecordValues(letter, [{"state": "sent", "channel": "post"}])
        self.assertEqual(letter.sent_at.date(), self._day(1))
        self.assertEqual((case.step_id.name, case.step_date), ("Friendly reminder", self._day(1)))

    def test_marking_the_letter_as_sent_posts_it(self):
        _case, letter, piece = self._on_paper()
        with self._on(self._day(1), "16:00"):
            letter.with_user(self.collector).action_mark_sent()
        self.assertRecordValues(piece, [{"state": "mailed", "date_mailed": self._day(1)}])

    def test_posted_the_evening_before(self):
        _case, letter, piece = self._on_paper()
        with self._on(self._day(1), "08:00"):
            piece.with_user(self.collector)._mark_mailed(MONDAY)
        self.assertEqual((piece.date_mailed, letter.sent_at.date()), (MONDAY, MONDAY))

    def test_the_number_of_the_post_is_that_of_the_letter(self):
        _case, letter, piece = self._on_paper()
        with self._on(self._day(1), "16:00"):
            piece.with_user(self.collector)._mark_mailed(self._day(1), {piece.id: " RR123456785US "})
        self.assertEqual((piece.certified_number, letter.tracking_ref), ("RR123456785US", "RR123456785US"))
        piece.with_user(self.collector).certified_number = "RR2"
        self.assertEqual(letter.tracking_ref, "RR2")
        letter.with_user(self.collector).tracking_ref = "RR3"
        self.assertEqual(piece.certified_number, "RR3")

    def test_the_number_of_an_email_stays_its_own(self):
        case = self._warned()
        letter = case.letter_ids
        message = letter.tracking_ref
        with self._on(self._day(1), "16:00"):
            letter.piece_ids.with_user(self.collector)._mark_mailed(self._day(1), {letter.piece_ids.id: "RR1"})
        self.assertEqual((letter.tracking_ref, letter.piece_ids.certified_number), (message, "RR1"))

    def test_two_letters_never_have_the_same_number(self):
        _case, _letter, one = self._on_paper("One")
        _case, _letter, two = self._on_paper("Two")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(Exception, "unique_certified_number"),
            self.cr.savepoint(),
        ):
            (one | two).sudo()._mark_mailed(MONDAY, {one.id: "RR1", two.id: "RR1"})
            self.env.flush_all()

    def test_pressed_twice_is_posted_once(self):
        case, _letter, piece = self._on_paper()
        self._post(piece, self._day(1))
        self._post(piece, self._day(2))
        self.assertEqual((piece.date_mailed, case.unanswered_count), (self._day(1), 1))

    def test_not_before_it_was_written_and_not_in_the_future(self):
        _case, _letter, piece = self._on_paper()
        piece.sudo().flush_recordset()
        self.cr.execute(
            "UPDATE collection_mail_piece SET create_date = %s WHERE id = %s", (f"{MONDAY} 12:00:00", piece.id)
        )
        self.env.invalidate_all()
        with self._on(self._day(1), "16:00"):
            for day, sentence in ((self._day(2), "Choose today or an earlier date"), (self._day(-1), "was written on")):
                with self.subTest(day), self.assertRaisesRegex(UserError, sentence), self.cr.savepoint():
                    piece.with_user(self.collector)._mark_mailed(day)

    def test_a_letter_taken_back_is_not_posted(self):
        _case, letter, piece = self._on_paper()
        with self._on(MONDAY, "15:00"):
            letter.with_user(self.collector).action_cancel()
        self.assertRecordValues(piece, [{"state": "cancelled", "cancel_reason": "Cancelled by Cora Lector."}])
        with self.assertRaisesRegex(UserError, "was withdrawn: Cancelled by Cora Lector. Remove it from the batch."):
            piece.with_user(self.collector)._mark_mailed(MONDAY)

    def test_a_mail_piece_taken_out_cancels_the_letter_that_goes_no_other_way(self):
        _case, letter, piece = self._on_paper()
        with self._on(MONDAY, "15:00"):
            piece.with_user(self.collector).action_cancel()
        self.assertEqual((piece.state, letter.state), ("cancelled", "cancelled"))
        case = self._warned("Mailed")
        with self._on(MONDAY, "15:00"):
            case.letter_ids.piece_ids.with_user(self.collector).action_cancel()
        self.assertEqual((case.letter_ids.piece_ids.state, case.letter_ids.state), ("cancelled", "sent"))

    def test_a_letter_taken_back_and_made_again_has_its_own_mail_piece(self):
        case, letter, _piece = self._on_paper()
        with self._on(MONDAY, "15:00"):
            letter.with_user(self.collector).action_cancel()
        self._daily_run(self._day(1))
        self._send(self._day(1))
        self.assertEqual(case.letter_ids.piece_ids.mapped("state"), ["to_mail", "cancelled"])

    # -- When the e-mail does not arrive -------------------------------------------------------------------------

    def test_paper_follows_the_email(self):
        case = self._called_twice()
        self._daily_run(MONDAY)
        with mute_logger(SEND):
            self._send(MONDAY, unreachable=ConnectionRefusedError())
        letter = case.letter_ids
        self.assertEqual((letter.state, letter.piece_ids.state), ("queued", "to_mail"))
        with self._on(MONDAY, "12:02"), self.assertRaisesRegex(UserError, "goes by e-mail first"):
            letter.piece_ids.with_user(self.collector)._mark_mailed(MONDAY)
        with self._on(MONDAY, "12:02"), self.assertRaisesRegex(UserError, "goes by e-mail first"):
            letter.piece_ids.with_user(self.collector).action_print()

    def test_where_the_email_is_refused_the_paper_is_the_warning(self):
        case = self._called_twice()
        self._daily_run(MONDAY)
        with mute_logger(MAIL, SEND):
            self._send(MONDAY, refused=smtplib.SMTPRecipientsRefused({"acme@customer.example": (550, b"unknown")}))
        letter = case.letter_ids
        self.assertEqual(
            (letter.state, letter.piece_ids.state, case.step_id.name), ("failed", "to_mail", "Second call")
        )
        self._post(letter.piece_ids, self._day(1))
        self.assertRecordValues(
            letter,
            [
                {
                    "state": "sent",
                    "channel": "post",
                    "address_used": "Acme, 1 Main Street, Springfield 12345",
                    "failure_reason": False,
                }
            ],
        )
        self.assertEqual((case.step_id.name, case.step_date), ("Final notice", self._day(1)))
        self.assertTrue(case._is_noticed())

    def test_an_email_that_comes_back_takes_no_step_back_while_the_paper_is_in_the_post(self):
        case = self._posted()
        self._bounce(case)
        self.assertEqual((case.letter_ids.state, case.step_id.name), ("sent", "Final notice"))
        self.assertIn("The e-mail to acme@customer.example bounced.", self._asked(case, "address").summary)

    def test_an_email_that_comes_back_before_the_paper_was_posted_brings_the_step_back(self):
        case = self._warned()
        self._bounce(case)
        self.assertEqual((case.letter_ids.state, case.step_id.name), ("failed", "Second call"))
        self.assertFalse(case._is_noticed())
        self._post(case.letter_ids.piece_ids, self._day(1))
        self.assertEqual((case.letter_ids.state, case.step_id.name), ("sent", "Final notice"))
        self.assertTrue(case._is_noticed())

    def _bounce(self, case):
        with self._on(self._day(1), "18:00"):
            case._message_receive_bounce("acme@customer.example", case.partner_id)
        self.env.invalidate_all()

    # -- Arrived, or come back -----------------------------------------------------------------------------------

    def test_delivered(self):
        _case, letter, piece = self._on_paper()
        with self._on(MONDAY, "15:00"), self.assertRaisesRegex(UserError, "is not in the mail"):
            piece.with_user(self.collector)._mark_delivered(MONDAY)
        self._post(piece, self._day(1))
        with self._on(self._day(3), "09:00"):
            dialog = self._open(piece.with_user(self.collector).action_mark_delivered())
            dialog.write({"receipt": b"UERG", "receipt_name": "receipt.pdf"})
            dialog.action_deliver()
        self.assertRecordValues(
            piece, [{"state": "delivered", "date_delivered": self._day(3), "receipt_name": "receipt.pdf"}]
        )
        self.assertEqual((piece.receipt, letter.delivered_on), (b"UERG", self._day(3)))

    def test_nothing_arrives_before_it_was_posted(self):
        _case, _letter, piece = self._on_paper()
        self._post(piece, self._day(1))
        for day in (MONDAY, self._day(9)):
            with self._on(self._day(3)), self.assertRaisesRegex(UserError, "was mailed on"), self.cr.savepoint():
                piece.with_user(self.collector)._mark_delivered(day)

    def test_returned_mail_is_found_by_its_bar_code_and_the_address_is_to_be_checked(self):
        case = self._posted()
        letter = case.letter_ids
        with self._on(self._day(6), "09:00"):
            dialog = self._open(self.Piece.with_user(self.collector).action_mark_returned())
            dialog.reference = letter.name.lower()  # typed
            self.assertEqual((dialog.piece_id, dialog.partner_id), (letter.piece_ids, case.partner_id))
            dialog.reason = "moved"
            dialog.action_return()
        self.env.invalidate_all()
        self.assertRecordValues(
            letter.piece_ids, [{"state": "returned", "date_returned": self._day(6), "return_reason": "moved"}]
        )
        self.assertEqual(
            self._asked(case, "address").summary,
            f"{letter.name} was returned by the postal service: Moved. Check the address, then mail it again",
        )
        self.assertEqual((case.step_id.name, letter.state), ("Final notice", "sent"), "An e-mail may have arrived")

    def test_scanned_what_nobody_has_sent(self):
        with self._on(MONDAY):
            dialog = self._open(self.Piece.with_user(self.collector).action_mark_returned())
            for reference in ("CL/1999/00001", "%", "CL"):
                dialog.reference = reference
                self.assertFalse(dialog.piece_id)
                self.assertIn(f"has the reference or number “{reference}”", dialog.hint)
                with self.assertRaisesRegex(UserError, "No letter that you may see has the reference"):
                    dialog.action_return()

    def test_a_pile_of_returned_mail_one_after_the_other(self):
        cases = self._posted("One") | self._posted("Two")
        with self._on(self._day(6), "09:00"):
            dialog = self._open(self.Piece.with_user(self.collector).action_mark_returned())
            for letter in cases.letter_ids:
                dialog.write({"reference": letter.name, "reason": "unknown"})
                dialog = self._open(dialog.action_return_and_next())
            self.assertFalse(dialog.reference)
        self.assertEqual(cases.letter_ids.piece_ids.mapped("state"), ["returned", "returned"])

    def test_post_again_needs_another_address_where_the_old_one_is_wrong(self):
        case = self._posted()
        piece = self._return(case, "unknown")
        with self._on(self._day(7)), self.assertRaisesRegex(UserError, "still the one from which .* was returned"):
            piece.with_user(self.collector).action_mail_again()

    def test_post_again_to_the_address_on_file_now(self):
        case = self._posted()
        piece = self._return(case, "moved")
        case.partner_id.street = "7 New Road"
        with self._on(self._day(7), "09:00"):
            again = self.Piece.browse(piece.with_user(self.collector).action_mail_again()["res_id"])
            twice = piece.with_user(self.collector).action_mail_again()["res_id"]
        self.assertEqual((again.name, again.state, twice), (f"{piece.name}-2", "to_mail", again.id))
        self.assertEqual(again.address, "Acme\n7 New Road\nSpringfield 12345")
        self._post(again, self._day(7))
        self.assertFalse(self._asked(case, "address"), "The address needs no checking any more")
        self.assertEqual(self.Piece._find(piece.name), again, "The letter in the envelope has the first bar code")
        self.assertEqual(case._notice_facts()[case.id]["notice_posted_on"], self._day(7))

    def test_not_collected_may_go_to_the_same_address_again(self):
        case = self._posted()
        piece = self._return(case, "not_collected")
        with self._on(self._day(7)):
            again = self.Piece.browse(piece.with_user(self.collector).action_mail_again()["res_id"])
        self.assertEqual(again.address, piece.address)

    def test_post_again_where_no_address_is_left(self):
        case = self._posted()
        piece = self._return(case, "moved")
        case.partner_id.street = False
        with (
            self._on(self._day(7)),
            self.assertRaisesRegex(UserError, "no postal address on file for Acme that may be used"),
        ):
            piece.with_user(self.collector).action_mail_again()

    def _return(self, case, reason):
        with self._on(self._day(6), "09:00"):
            piece = case.letter_ids.piece_ids
            piece.with_user(self.collector)._mark_returned(self._day(6), reason)
        self.env.invalidate_all()
        return piece

    def _open(self, action):
        return self.env[action["res_model"]].with_user(self.collector).browse(action["res_id"])

    # -- A record ------------------------------------------------------------------------------------------------

    def test_what_the_rules_write_is_not_typed_and_nothing_is_deleted(self):
        case = self._posted()
        piece = case.letter_ids.piece_ids.with_user(self.manager)
        for values in ({"state": "delivered"}, {"date_mailed": MONDAY}, {"address": "x"}, {"name": "x"}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "cannot be edited. Use the buttons."):
                piece.write(values)
        with self.assertRaisesRegex(UserError, "is a record of what was mailed and must be kept"):
            piece.sudo().unlink()
