import hashlib
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import MONDAY, TwoCompaniesCommon
from .handover_common import HandOverCommon


@tagged("post_install", "-at_install")
class TestReferral(HandOverCommon):
    """An account is referred through the checklist, and from then on the agency speaks for us."""

    def test_all_met_and_the_packet_goes(self):
        referral = self._with_agency()
        case = referral.case_id
        self.assertEqual((case.state, case.stage_id.kind), ("referred", "referred"))
        self.assertEqual(case.agency_id, self.agency)
        self.assertEqual(case.referred_on, MONDAY)
        self.assertEqual(referral.amount_referred, 500)
        self.assertFalse(referral.override_ids)
        self.assertIn("With Northwind Recovery since", case.decision)
        self.assertCloses(referral)

    def test_what_is_in_the_packet(self):
        case = self._final_case(ref="C-100")
        with self._on(MONDAY, "09:00"):
            dialog = self._dialog(case).with_context(force_report_rendering=True)
            referral = self.Referral.browse(dialog.action_refer()["res_id"])
        files = self._packet(referral)
        facts = json.loads(files["referral.json"])
        self.assertEqual(facts["customer"]["number"], "C-100")
        self.assertEqual(facts["totals"], {"USD": "500.00"})
        self.assertEqual(facts["items"][0]["amount"], "500.00")
        self.assertEqual(facts["items"][0]["days_overdue"], 45)
        notice = referral.case_id._final_notice()
        self.assertEqual(facts["final_notice"]["posting_number"], f"RR {notice.name}")
        self.assertTrue([name for name in files if name.startswith("invoices/") and files[name][:4] == b"%PDF"])
        self.assertIn("Refer complaints to us", files["rules.txt"].decode())

    def test_the_manifest_is_true(self):
        referral = self._with_agency()
        files = self._packet(referral)
        listed = dict(line.split("  ", 1)[::-1] for line in files.pop("MANIFEST.sha256").decode().splitlines())
        self.assertEqual(listed, {name: hashlib.sha256(content).hexdigest() for name, content in files.items()})
        self.assertEqual(referral.packet_sha256, hashlib.sha256(referral.packet_id.raw).hexdigest())

    def test_no_remark_of_ours_leaves_the_house(self):
        referral = self._with_agency()
        for name, content in self._packet(referral).items():
            self.assertNotIn(b"shouted", content, name)
            self.assertNotIn(b"angry", content, name)

    def test_everything_automatic_stops(self):
        case = self._final_case()
        letter = (
            self.env["collection.letter"]
            .sudo()
            .create(
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": case.company_id.id,
                    "kind": "promise",
                }
            )
        )
        with self._on(MONDAY):
            case.sudo()._ask_for_review()
            self._refer(case)
        self._hand_over(MONDAY)
        self.assertEqual(letter.state, "cancelled")
        self.assertEqual(letter.cancel_reason, "The account is with Northwind Recovery now.")
        self.assertFalse(case.activity_ids)
        for number in range(1, 12):
            self._daily_run(self._day(number))
            self._send(self._day(number))
            self.assertFalse(self._sent_to(), f"day {number}")
        self.assertEqual(case.state, "referred")

    def test_banner_on_invoice_customer_and_case(self):
        referral = self._with_agency()
        told = (
            "With Northwind Recovery since March 2, 2026: please refer the customer to Northwind Recovery, +1 555 0100."
        )
        self.assertEqual(referral.case_id.agency_notice, told)
        self.assertEqual(referral.partner_id.with_user(self.stranger).collection_agency_notice, told)
        invoice = referral.partner_id.invoice_ids
        self.assertEqual(invoice.with_user(self.accountant).collection_agency_notice, told)
        self.assertEqual(invoice.chase_state, "referred")

    def test_an_item_in_dispute_stays_with_us(self):
        case = self._final_case()
        with self._on(MONDAY):
            other = self._invoice(case.partner_id, 80, "2026-01-10")
            self.env["collection.dispute"].sudo().create(
                {
                    "case_id": case.id,
                    "kind": "price",
                    "description": "Too dear",
                    "line_ids": [(0, 0, {"item_id": self._items(other).id, "amount": 30})],
                }
            )
            self._settle_transaction()
            referral = self._refer(case)
        self.assertEqual(referral.line_ids.move_id, case.partner_id.invoice_ids - other)
        self.assertIn("dispute", referral.override_ids.mapped("point"))

    def test_something_unmet_needs_a_reason_that_is_kept(self):
        with self._on(MONDAY):
            case = self._overdue_customer(days=45)
            dialog = self._dialog(case)
            self.assertIn("final_notice", dialog.point_ids.mapped("point"))
            dialog.point_ids[0].reason = "  "
            with self.assertRaisesRegex(UserError, "Or enter why you are referring the account anyway"):
                dialog.action_refer()

    def test_the_reason_is_kept_with_name_and_sentence(self):
        with self._on(MONDAY):
            referral = self._refer(self._overdue_customer(days=45))
        override = referral.override_ids.filtered(lambda one: one.point == "final_notice")
        self.assertEqual(override.reason, "Agreed with the sales director")
        self.assertEqual(override.user_id, self.manager)
        self.assertTrue(override.sentence)

    def test_an_agency_without_accreditation_gets_nothing(self):
        with self._on(MONDAY):
            case = self._final_case()
            self.agency.accreditation_until = "2026-03-01"
            dialog = self._dialog(case, agency_id=self.agency.id)
            with self.assertRaisesRegex(UserError, "Northwind Recovery"):
                dialog.action_refer()

    def test_pressed_twice_it_is_one(self):
        with self._on(MONDAY):
            case = self._final_case()
            dialog = self._dialog(case)
            dialog.action_refer()
            self.assertEqual(dialog.action_refer()["params"]["message"], "This has just been saved.")
        self.assertEqual(len(case.referral_ids), 1)
        self.assertEqual(len(case.referral_ids.message_to_agency_ids), 1)

    def test_another_dialog_meanwhile(self):
        with self._on(MONDAY):
            case = self._final_case()
            first, second = self._dialog(case), self._dialog(case)
            first.action_refer()
            with self.assertRaisesRegex(UserError, "is waiting for handover"):
                second.action_refer()

    def test_money_comes_before_it_leaves(self):
        with self._on(MONDAY):
            case = self._final_case()
            referral = self._refer(case)
            self._pay(case.partner_id.invoice_ids, 200)
            self._settle_transaction()
        self._hand_over(MONDAY)
        self.assertEqual(referral.state, "draft")
        self.assertEqual(case.state, "open")
        self.assertFalse(self._mails)
        self.assertIn("500.00", referral.activity_ids.summary)
        self.assertIn("300.00", referral.activity_ids.summary)

    def test_and_then_the_rest_is_referred(self):
        self.test_money_comes_before_it_leaves()
        referral = self.Referral.search([])
        with self._on(MONDAY, "11:00"):
            self._refer(referral.case_id, referral_id=referral.id)
        self._hand_over(MONDAY, "12:00")
        self.assertEqual((referral.state, referral.amount_referred), ("sent", 300))

    def test_a_dispute_comes_before_it_leaves(self):
        with self._on(MONDAY):
            case = self._final_case()
            referral = self._refer(case)
            self.env["collection.dispute"].sudo().create(
                {
                    "case_id": case.id,
                    "kind": "price",
                    "description": "Too dear",
                    "line_ids": [(0, 0, {"item_id": self._items(case.partner_id.invoice_ids).id, "amount": 100})],
                }
            )
            self._settle_transaction()
        self._hand_over(MONDAY)
        self.assertEqual(referral.state, "draft")
        self.assertFalse(self._mails)

    def test_back_to_draft(self):
        with self._on(MONDAY):
            referral = self._refer(self._final_case())
            referral.with_user(self.manager).action_back_to_draft()
        self._hand_over(MONDAY)
        self.assertEqual(referral.state, "draft")
        self.assertFalse(self._mails)

    def test_a_draft_may_go_what_was_sent_stays(self):
        referral = self._with_agency()
        with self.assertRaisesRegex(UserError, "must be kept"):
            referral.with_user(self.manager).unlink()

    def test_new_items_open_no_reminder_and_the_manager_is_asked_once(self):
        referral = self._with_agency()
        case = referral.case_id
        with self._on(self._day(1)):
            new = self._invoice(case.partner_id, 70, MONDAY)
            self._settle_transaction()
        for number in range(2, 9):
            self._daily_run(self._day(number))
        self.assertFalse(case.letter_ids.filtered(lambda letter: letter.state == "queued"))
        self.assertEqual(new.chase_state, "hold")
        asked = case.activity_ids.filtered(lambda one: one.user_id == self.manager)
        self.assertEqual(len(asked), 1)
        self.assertIn("70.00", asked.summary)
        with self._on(self._day(9)):
            asked.with_user(self.manager).action_done()
        self._daily_run(self._day(10))
        self.assertFalse(case.activity_ids.filtered(lambda one: one.user_id == self.manager))

    def test_the_agency_is_told_of_a_dispute(self):
        referral = self._with_agency()
        invoice = referral.partner_id.invoice_ids
        with self._on(self._day(3)):
            self.env["collection.dispute"].sudo().create(
                {
                    "case_id": referral.case_id.id,
                    "kind": "price",
                    "description": "Too dear",
                    "line_ids": [(0, 0, {"item_id": self._items(invoice).id, "amount": 100})],
                }
            )
        (told,) = self._told(referral, "contact")
        self.assertTrue(told["disputes"])
        self.assertEqual(told["items"], [invoice.name])
        self.assertNotIn("dear", str(told))
        self.assertEqual(referral.case_id.state, "referred")

    def test_new_items_may_wait_in_silence(self):
        self.company.collection_new_items = "wait"
        referral = self._with_agency()
        with self._on(self._day(1)):
            self._invoice(referral.partner_id, 70, MONDAY)
            self._settle_transaction()
        self._daily_run(self._day(2))
        self.assertFalse(referral.case_id.activity_ids.filtered(lambda one: one.user_id == self.manager))

    def test_new_items_follow_in_a_referral_of_their_own(self):
        referral = self._with_agency()
        case = referral.case_id
        with self._on(self._day(1)):
            new = self._invoice(case.partner_id, 70, MONDAY)
            self._settle_transaction()
        with self._on(self._day(40), "09:00"):
            second = self._refer(case)
        self._hand_over(self._day(40))
        self.assertEqual(second.line_ids.move_id, new)
        self.assertEqual(second.state, "sent")
        self.assertEqual(case.referred_on, MONDAY)

    def test_only_managers_refer(self):
        case = self._final_case()
        with self.assertRaisesRegex(AccessError, "Only a collections manager"):
            case.with_user(self.collector).action_refer()

    def test_nobody_types_what_a_referral_says(self):
        referral = self._with_agency()
        with self.assertRaises(AccessError):
            referral.with_user(self.manager).write({"amount_recovered": 500})

    def test_dragging_the_card_says_why_not(self):
        referral = self._with_agency()
        stage = self.env.ref("grey_hat_collections.stage_call")
        with self.assertRaisesRegex(UserError, "recall the referral"):
            referral.case_id.with_user(self.manager).stage_id = stage

    def test_the_password_is_shown_to_managers_and_that_is_noted(self):
        referral = self._with_agency()
        shown = referral.with_user(self.manager).action_show_password()
        self.assertIn(referral.sudo()._zip_password(), shown["params"]["message"])
        self.assertIn("was shown to", referral.message_ids[0].body)
        with self.assertRaises(AccessError):
            referral.with_user(self.collector).action_show_password()

    def test_nobody_reads_the_password(self):
        referral = self._with_agency()
        for user in (self.collector, self.manager, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                referral.with_user(user).read(["packet_password"])


@tagged("post_install", "-at_install")
class TestRecall(HandOverCommon):
    """The way back."""

    def _give_back(self, referral, state, **values):
        dialog = (
            self.env["collection.give.back"]
            .with_user(self.manager)
            .create({"referral_id": referral.id, "state": state, "reason": "They came to us with a plan", **values})
        )
        dialog.action_give_back()
        self.env.flush_all()

    def test_recalled_at_a_milder_stage_and_the_agency_is_told(self):
        referral = self._with_agency()
        case = referral.case_id
        with self._on(self._day(3), "09:00"):
            self._give_back(referral, "recalled")
        self.assertEqual(referral.state, "recalled")
        self.assertEqual((case.state, case.stage_id.kind, case.stage_id.name), ("open", "normal", "Call"))
        self.assertEqual(case.round, 2)
        self.assertFalse(case.agency_notice)
        self.assertEqual(self._told(referral, "recall")[0]["totals_open"], {"USD": "500.00"})
        self.assertEqual(referral.amount_returned, 500)
        self.assertCloses(referral)

    def test_nothing_goes_out_on_that_day(self):
        referral = self._with_agency()
        with self._on(self._day(3), "09:00"):
            self._give_back(referral, "recalled")
        self._daily_run(self._day(3))
        self.assertEqual(referral.case_id.decision_code, "released")

    def test_returned_for_a_decision_with_a_write_off_proposed(self):
        self.company.collection_accountant_id = self.accountant
        referral = self._with_agency()
        case = referral.case_id
        with self._on(self._day(30), "09:00"):
            self._give_back(referral, "returned", propose_write_off=True)
        self.assertEqual(referral.state, "returned")
        self.assertEqual((case.state, case.stage_id.kind), ("open", "last_call"))
        self.assertIn("has returned", case.activity_ids.filtered(lambda one: one.user_id == self.manager).summary)
        asked = referral.activity_ids.filtered(lambda one: one.user_id == self.accountant)
        self.assertIn("Write off $ 500.00", asked.summary.replace("\N{NO-BREAK SPACE}", " "))
        self.assertEqual(case.balance, 500)

    def test_an_account_is_given_back_once(self):
        referral = self._with_agency()
        with self._on(self._day(3), "09:00"):
            self._give_back(referral, "recalled")
            with self.assertRaisesRegex(UserError, "is not with an agency any more: Recalled"):
                self._give_back(referral, "recalled")

    def test_a_collector_recalls_nothing(self):
        referral = self._with_agency()
        with self.assertRaises(AccessError):
            referral.with_user(self.collector).action_recall()

    def test_referred_again_after_a_recall(self):
        referral = self._with_agency()
        with self._on(self._day(3), "09:00"):
            self._give_back(referral, "recalled")
        with self._on(self._day(5), "09:00"):
            second = self._refer(referral.case_id)
        self._hand_over(self._day(5))
        self.assertEqual(second.state, "sent")
        self.assertEqual(referral.state, "recalled")
        self.assertCloses(referral | second)


@tagged("post_install", "-at_install")
class TestReferralOfCompanies(TwoCompaniesCommon, HandOverCommon):
    """Another company sees nothing of it."""

    def test_another_company(self):
        referral = self._with_agency()
        other = self.env["res.users"].create(
            {
                "name": "Other",
                "login": "other_manager",
                "company_id": self.other.id,
                "company_ids": self.other.ids,
                "group_ids": [(4, self.env.ref("grey_hat_collections.group_manager").id)],
            }
        )
        for records in (referral, referral.line_ids, referral.message_to_agency_ids):
            self.assertFalse(records.with_user(other).search([]), records._name)
            with self.assertRaises(AccessError):
                records.with_user(other).read(["id", "display_name"])
        self.assertFalse(referral.partner_id.with_user(other).collection_agency_notice)
