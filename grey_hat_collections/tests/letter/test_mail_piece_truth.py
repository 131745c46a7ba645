from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY, days_ago
from ..dispute.dispute_common import DisputeCommon
from .mail_piece_common import MailPieceCommon, pages_that_say


@tagged("post_install", "-at_install")
class TestMailPieceTruth(MailPieceCommon, DisputeCommon):
    """What leaves on paper is as true as what leaves by e-mail. The letters were made on Monday, 2 March 2026."""

    def _printing(self):
        """Each page says what the document asks for, as its template is told."""
        reports = self.env.registry["ir.actions.report"]
        render = reports._render_qweb_pdf

        def draw(report, report_ref, res_ids=None, data=None):
            action = report._get_report(report_ref)
            if action.model != "collection.letter":
                return render(report, report_ref, res_ids=res_ids, data=data)
            values = report.env[f"report.{action.report_name}"]._get_report_values(res_ids)
            texts = (
                f"{letter['name']} {letter['date']} {letter['amounts']} {(letter['mail_piece'] or {}).get('reference')}"
                for letter in values["letters"]
            )
            return pages_that_say(texts), "pdf"

        return patch.object(reports, "_render_qweb_pdf", draw)

    def _print(self, pieces, day=1):
        """What the pages of the pile say that the collector prints."""
        with self._on(self._day(day), "15:00"):
            action = pieces.with_user(self.collector).action_print()
            report = action.get("params", {}).get("next", action)
            content, _kind = (
                self.env["ir.actions.report"]
                .with_user(self.collector)
                .with_context(force_report_rendering=True)
                ._render_qweb_pdf(report["report_name"], report["context"]["active_ids"])
            )
        self.env.invalidate_all()
        return self._read(content)

    def _credited(self, case, amount, day=1):
        with self._on(self._day(day), "09:00"):
            self._invoice(case.partner_id, amount, self._day(day), move_type="out_refund")
            self._settle_transaction()
        self.env.invalidate_all()

    def _disputed(self, case, amount, day=1):
        with self._on(self._day(day), "09:00"):
            item = self._items(case.partner_id.invoice_ids)
            self._raise(case, {item: amount})
            self._settle_transaction()
        self.env.invalidate_all()

    # -- Printing ------------------------------------------------------------------------------------------------

    def test_paid_in_part_the_paper_asks_for_the_rest(self):
        case, letter, piece = self._on_paper()
        before = letter.sha256
        self._customer_pays(case, 200, day=self._day(1))
        pages = self._print(piece)
        self.assertEqual(len(pages), 1)
        self.assertIn("300.00", pages[0])
        self.assertIn(letter.name, pages[0])
        self.assertNotEqual(letter.sha256, before)
        self.assertRecordValues(letter, [{"amount": 300, "state": "queued"}])
        self.assertRecordValues(piece, [{"state": "to_mail", "attachment_id": False, "print_again": False}])
        self.assertTrue(piece.printed_at)
        self._post(piece, self._day(1))
        self.assertEqual((letter.state, letter.amount), ("sent", 300))

    def test_credited_in_part_the_paper_asks_for_the_rest(self):
        case, letter, piece = self._on_paper()
        self._credited(case, 120)
        self.assertIn("380.00", self._print(piece)[0])
        self.assertEqual(letter.amount, 380)

    def test_another_item_of_the_same_amount_is_another_letter(self):
        case, letter, piece = self._on_paper()
        before = letter.sha256
        self._customer_pays(case, day=self._day(1), amount=500 - 0.01)
        with self._on(self._day(1), "09:30"):
            self._invoice(case.partner_id, 499.99, days_ago(1))
            self._settle_transaction()
        self._print(piece)
        self.assertNotEqual(letter.sha256, before)
        self.assertEqual(letter.amount, 500)

    def test_unchanged_it_is_the_very_file(self):
        _case, letter, piece = self._on_paper()
        before = letter.sha256
        self._print(piece, 1)
        self._print(piece, 3)
        self.assertEqual(letter.sha256, before)

    def test_a_customer_who_has_moved_gets_it_at_the_new_address(self):
        case, letter, piece = self._on_paper()
        before = letter.sha256
        case.partner_id.street = "7 New Road"
        self._print(piece)
        self.assertIn("7 New Road", piece.address)
        self.assertNotEqual(letter.sha256, before)
        case.partner_id.write({"street": False, "city": False, "zip": False})
        with self.assertRaisesRegex(UserError, "could not be recreated: There is no postal address on file for Paper"):
            self._print(piece)

    def test_what_was_noted_by_a_mistake_is_no_obstacle(self):
        case, letter, piece = self._on_paper()
        for odd in (["x"], {"x": "y"}, "x"):
            piece.sudo().asked = odd
            self._print(piece)
            self.assertEqual(piece.asked, {str(self._items(case.partner_id.invoice_ids).id): 500})
        self.assertEqual(letter.amount, 500)

    def test_the_button_of_the_letter_looks_again_too(self):
        case, letter, piece = self._on_paper()
        before = letter.sha256
        self._print(piece, 0)
        self._customer_pays(case, 200, day=self._day(1))
        with self._on(self._day(1), "15:00"):
            letter.with_user(self.collector).action_print()
        self.assertNotEqual(letter.sha256, before)
        self.assertEqual(letter.amount, 300)
        self.assertRecordValues(piece, [{"printed_at": False, "print_again": True}])
        with self.assertRaisesRegex(
            UserError, "has changed since it was printed. Print it again and mail the new version."
        ):
            self._post(piece, self._day(1))
        self._print(piece)
        self._post(piece, self._day(1))
        self.assertEqual(piece.state, "mailed")

    def test_disputed_in_part_the_paper_asks_for_the_rest(self):
        case, letter, piece = self._on_paper()
        self._disputed(case, 60)
        self.assertIn("440.00", self._print(piece)[0])
        self.assertEqual(letter.amount, 440)

    # -- The paper of a notice whose e-mail has left -------------------------------------------------------------

    def test_the_paper_of_a_notice_has_its_own_file(self):
        case = self._warned()
        letter, piece = case.letter_ids, case.letter_ids.piece_ids
        evidence, fingerprint = letter.attachment_id, letter.sha256
        self._customer_pays(case, 200, day=self._day(1))
        pages = self._print(piece)
        self.assertIn("300.00", pages[0])
        self.assertIn(letter.name, pages[0])
        self.assertRecordValues(letter, [{"amount": 500, "sha256": fingerprint, "attachment_id": evidence.id}])
        self.assertIn("500.00", self._read(evidence.raw)[0])
        self.assertEqual(piece.amount, 300)
        self.assertNotIn(piece.sha256, (False, fingerprint))
        self.assertEqual(piece.attachment_id.raw, piece._paper().raw)
        self._post(piece, self._day(1))
        self.assertEqual(piece.state, "mailed")
        self.assertEqual(letter.sha256, fingerprint)

    def test_a_promise_of_a_part_is_no_part_of_the_paper(self):
        case = self._warned()
        piece = case.letter_ids.piece_ids
        with self._on(self._day(1), "09:00"):
            self.env["collection.promise"].with_user(self.collector).create(
                {"case_id": case.id, "amount": 150, "date_promised": self._day(5)}
            )
            self._settle_transaction()
        self.assertIn("350.00", self._print(piece)[0])

    def test_posted_again_it_says_the_amount_of_its_day_under_its_own_code(self):
        case = self._posted()
        first = case.letter_ids.piece_ids
        with self._on(self._day(6), "09:00"):
            first.with_user(self.collector)._mark_returned(self._day(6), "refused")
            again = self.Piece.browse(first.with_user(self.collector).action_mail_again()["res_id"])
        self._customer_pays(case, 200, day=self._day(7))
        pages = self._print(again, 7)
        self.assertEqual(len(pages), 1, "It shows the address itself")
        self.assertIn("300.00", pages[0])
        self.assertIn(again.name, pages[0])
        self.assertEqual((again.amount, case.letter_ids.amount), (300, 500))

    def test_the_paper_that_was_posted_goes_to_the_agency_with_the_evidence(self):
        case = self._warned()
        piece = case.letter_ids.piece_ids
        self._customer_pays(case, 200, day=self._day(1))
        self._print(piece)
        self._post(piece, self._day(1))
        items = self._items(case.partner_id.invoice_ids)
        referral = self.env["collection.referral"].new(
            {
                "case_id": case.id,
                "company_id": self.company.id,
                "line_ids": [Command.create({"item_id": item.id}) for item in items],
            }
        )
        (told,) = referral._notices_told(items)
        self.assertEqual((told["sha256"], told["posted_sha256"]), (case.letter_ids.sha256, piece.sha256))
        with patch.object(type(referral), "_packet_facts", lambda referral: {}):
            files = referral._packet_files()
        notices = {
            f"final-notice/{name}": one.raw
            for one in (case.letter_ids.attachment_id, piece.attachment_id)
            for name in [one.name.replace("/", "-")]
        }
        self.assertEqual({name: files[name] for name in notices}, notices)
        self.assertLessEqual(set(notices), set(referral._file_names(items)))

    def test_nobody_changes_the_paper_that_was_posted(self):
        case = self._warned()
        piece = case.letter_ids.piece_ids
        self._customer_pays(case, 200, day=self._day(1))
        self._print(piece)
        with self.assertRaisesRegex(UserError, "is the record of what was sent"):
            piece.attachment_id.with_user(self.manager).write({"raw": b"%PDF something else"})

    # -- Held back -----------------------------------------------------------------------------------------------

    def test_what_must_not_leave_is_held_back_with_its_reason(self):
        reasons = {
            "hold": "The case is on hold until 03/12/2026",
            "disputed": "What is open is disputed",
            "promised": "What is open is promised",
        }
        for name, sentence in reasons.items():
            for kind, piece in (
                ("notice", self._warned(name).letter_ids.piece_ids),
                ("paper", self._on_paper(f"{name} 2")[2]),
            ):
                case = piece.case_id
                with self._on(self._day(1), "09:00"):
                    if name == "hold":
                        case.with_user(self.collector)._hold(self._day(10), "Strike")
                    elif name == "promised":
                        self.env["collection.promise"].with_user(self.collector).create(
                            {"case_id": case.id, "amount": 500, "date_promised": self._day(5)}
                        )
                if name == "disputed":
                    self._disputed(case, 500)
                with self.subTest(name=name, kind=kind):
                    if piece.state == "to_mail":
                        with self.assertRaisesRegex(UserError, sentence):
                            self._print(piece)
                        with self.assertRaisesRegex(UserError, sentence):
                            self._post(piece, self._day(1))
                    else:
                        self.assertEqual(piece.state, "cancelled")

    # -- Marking as mailed ---------------------------------------------------------------------------------------

    def test_what_changed_since_printing_is_not_marked_as_posted(self):
        case, letter, piece = self._on_paper()
        self._print(piece, 0)
        self._customer_pays(case, 200, day=self._day(1))
        told = r"Paper asks for \$.500.00, but only \$.300.00 is chased now. Print it again and mail the new version."
        with self.assertRaisesRegex(UserError, told):
            self._post(piece, self._day(1))
        with self._on(self._day(1), "16:00"), self.assertRaisesRegex(UserError, told):
            letter.with_user(self.collector).action_mark_sent()
        self.assertEqual((piece.state, letter.state, case.step_id.id), ("to_mail", "queued", False))
        self._print(piece, 1)
        self._post(piece, self._day(1))
        self.assertEqual((piece.state, letter.state), ("mailed", "sent"))

    def test_those_that_are_right_are_marked_and_the_others_named(self):
        paid, _letter, wrong = self._on_paper("Wrong")
        _case, _letter, right = self._on_paper("Right")
        self._print(wrong | right, 0)
        self._customer_pays(paid, 200, day=self._day(1))
        with self._on(self._day(1), "16:00"):
            action = self.Piece.with_user(self.collector).action_mark_mailed()
            dialog = self.env[action["res_model"]].with_user(self.collector).browse(action["res_id"])
            told = dialog.action_post()["params"]
        self.env.invalidate_all()
        self.assertEqual((right.state, wrong.state), ("mailed", "to_mail"))
        self.assertEqual(told["title"], "1 marked as mailed, 1 not")
        self.assertIn(f"{wrong.name} Wrong asks for", told["message"])

    def test_the_list_of_letters_marks_those_that_are_right(self):
        paid, wrong, _piece = self._on_paper("Wrong")
        _case, right, _piece = self._on_paper("Right")
        self._customer_pays(paid, 200, day=self._day(1))
        with self._on(self._day(1), "16:00"):
            told = (wrong | right).with_user(self.collector).action_mark_sent()["params"]
        self.env.invalidate_all()
        self.assertEqual((right.state, wrong.state, told["title"]), ("sent", "queued", "1 marked as mailed, 1 not"))

    def test_withdrawn_letters_keep_no_others_back(self):
        paid, _letter, settled = self._on_paper("Settled")
        _case, _letter, right = self._on_paper("Right")
        self._print(settled | right, 0)
        self._customer_pays(paid, day=self._day(1))
        with self._on(self._day(1), "16:00"):
            told = (settled | right).with_user(self.collector)._mark_mailed(self._day(1))
        self.assertEqual((right.state, settled.state, len(told)), ("mailed", "cancelled", 1))
        self.assertIn("was withdrawn", told[0])

    def test_what_left_yesterday_has_left(self):
        case, letter, piece = self._on_paper()
        self._print(piece, 0)
        self._customer_pays(case, 200, day=self._day(1))
        with self._on(self._day(1), "16:00"):
            piece.with_user(self.collector)._mark_mailed(MONDAY)
        self.assertEqual((piece.date_mailed, letter.sent_at.date()), (MONDAY, MONDAY))

    def test_what_became_due_since_makes_nothing_untrue(self):
        case, letter, piece = self._on_paper()
        self._print(piece, 0)
        with self._on(self._day(1), "09:00"):
            self._invoice(case.partner_id, 80, MONDAY - timedelta(days=1))
            self._settle_transaction()
        self._post(piece, self._day(1))
        self.assertEqual((piece.state, letter.amount), ("mailed", 500))

    def _with_another(self, name="Paper"):
        """On paper, a second reminder that names 500.00 and lists 80.00 as also open, whose first reminder left last week."""
        case = self._overdue_customer(name, days=15, collection_no_email=True)
        with self._on(days_ago(9), "09:00"):
            other = self._items(self._invoice(case.partner_id, 80, days_ago(9)))
        with self._on(MONDAY, "01:00"):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.company, case.partner_id)
            self._named_by_step(case, self.ladder["Friendly reminder"], days_ago(4))
            named = self._items(case.partner_id.invoice_ids) - other
            marks = {"case_id": case.id, "item_id": named.id, "step_id": self.ladder["Call"].id, "date": days_ago(7)}
            self.env["collection.mark"].sudo().create(marks)
            case.sudo().write({"step_id": self.ladder["Call"].id, "step_date": days_ago(7)})
        self._daily_run(MONDAY)
        self._send(MONDAY)
        piece = case.letter_ids.piece_ids
        self.assertEqual((piece.asked, piece.listed), ({str(named.id): 500}, {str(other.id): 80}))
        return case, case.letter_ids, piece, other

    def test_what_is_only_listed_is_as_true_as_what_is_asked_for(self):
        _case, letter, piece, other = self._with_another()
        self._print(piece, 0)
        before = letter.sha256
        with self._on(self._day(1), "09:00"):
            self._pay(other.move_id, 80)
            self._settle_transaction()
        with self.assertRaisesRegex(
            UserError, "lists items as open that have been settled, at least in part, since then"
        ):
            self._post(piece, self._day(1))
        self._print(piece, 1)
        self.assertNotEqual(letter.sha256, before)
        self.assertEqual((letter.amount, piece.listed), (500, False))
        self._post(piece, self._day(1))
        self.assertEqual((piece.state, letter.state), ("mailed", "sent"))

    def test_with_what_it_names_paid_the_paper_stays_though_another_item_is_open(self):
        case, letter, piece, other = self._with_another()
        self._print(piece, 0)
        with self._on(self._day(1), "09:00"):
            self._pay((self._items(case.partner_id.invoice_ids) - other).move_id, 500)
            self._settle_transaction()
        with self.assertRaises(UserError):
            self._post(piece, self._day(1))
        self.assertEqual((piece.state, letter.state, case.amount_chased), ("cancelled", "cancelled", 80))

    def test_a_letter_made_before_this_was_noted_goes_by_its_sum(self):
        case, letter, piece = self._on_paper()
        piece.sudo().asked = False
        before = letter.sha256
        self._print(piece, 1)
        self.assertEqual(letter.sha256, before)
        self._customer_pays(case, 200, day=self._day(2))
        with self.assertRaisesRegex(UserError, "Print it again"):
            self._post(piece, self._day(2))
        self._print(piece, 2)
        self.assertEqual(letter.amount, 300)

    def test_sent_again_a_letter_says_what_is_so_that_day(self):
        case = self._warned()
        letter = case.letter_ids
        letter.sudo()._fail("It bounced")
        with self._on(self._day(1), "09:00"):
            letter.with_user(self.collector).action_retry()
        self.assertFalse(letter.sent_at)
