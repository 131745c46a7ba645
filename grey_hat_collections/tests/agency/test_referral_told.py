from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY
from .handover_common import HandOverCommon


@tagged("post_install", "-at_install")
class TestReferralTold(HandOverCommon):
    """Whatever accounting does with an invoice that is with an agency: it is not in the way, and the agency hears of it."""

    def _notices(self, referral):
        """What the agency was told about money and about what was taken back: kind, entry, amount and what is open."""
        messages = referral.message_to_agency_ids.filtered(lambda message: message.kind in ("payment", "credit"))
        return [
            (one.kind, one.payload["entry"], one.payload["amount"], one.payload["open"]["USD"])
            for one in messages.sorted("id")
        ]

    def _write_off(self, referral, amount, day):
        with self._on(day):
            item = self._items(referral.line_ids.move_id)
            sides = [
                {"account_id": item.account_id.id, "partner_id": referral.partner_id.id, "credit": amount},
                {"account_id": self.company_data["default_account_expense"].id, "debit": amount},
            ]
            entry = self.env["account.move"].create(
                {
                    "move_type": "entry",
                    "date": fields.Date.today(),
                    "journal_id": self.company_data["default_journal_misc"].id,
                    "line_ids": [Command.create({"name": "Write-off", **side}) for side in sides],
                }
            )
            entry.action_post()
            (self._items(entry) | item).reconcile()
            self._settle_transaction()
        return entry

    def test_the_invoice_is_cancelled(self):
        referral = self._with_agency()
        invoice = referral.line_ids.move_id
        with self._on(self._day(1)):
            invoice.button_draft()
            invoice.button_cancel()
            self._settle_transaction()
        self._morning(self._day(2))
        self._morning(self._day(3))
        self.assertEqual((referral.state, referral.amount_returned), ("returned", 500))
        self.assertEqual(self._notices(referral), [("credit", invoice.name, "500.00", "0.00")])
        self.assertFalse(referral.first_money_on)
        self.assertCloses(referral)

    def test_it_is_posted_again(self):
        referral = self._with_agency()
        invoice = referral.line_ids.move_id
        with self._on(self._day(1)):
            invoice.button_draft()
            self._settle_transaction()
        self._morning(self._day(2))
        with self._on(self._day(3)):
            invoice.action_post()
            self._settle_transaction()
        self._morning(self._day(4))
        told = [("credit", invoice.name, "500.00", "0.00"), ("credit", invoice.name, "-500.00", "500.00")]
        self.assertEqual(self._notices(referral), told)
        self.assertEqual((referral.state, referral.case_id.state), ("collecting", "referred"))
        self.assertCloses(referral)

    def test_the_invoice_is_lowered(self):
        referral = self._with_agency()
        invoice = referral.line_ids.move_id
        with self._on(self._day(1)):
            invoice.button_draft()
            invoice.invoice_line_ids.price_unit = 400
            invoice.action_post()
            self._settle_transaction()
        self._morning(self._day(2))
        self._morning(self._day(3))
        self.assertEqual(self._notices(referral), [("credit", invoice.name, "100.00", "400.00")])
        self.assertEqual((referral.amount_open, referral.amount_returned), (400, 100))
        self.assertCloses(referral)

    def test_the_invoice_is_deleted(self):
        referral = self._with_agency()
        invoice = referral.line_ids.move_id
        number = invoice.name
        with self._on(self._day(1)):
            invoice.button_draft()
            invoice.with_context(force_delete=True).unlink()
            self._settle_transaction()
        self._morning(self._day(2))
        self._morning(self._day(3))
        self.assertEqual((referral.line_ids.number, referral.line_ids.currency_id.name), (number, "USD"))
        self.assertEqual(self._notices(referral), [("credit", number, "500.00", "0.00")])
        self.assertEqual(referral.state, "returned")
        self.assertCloses(referral)

    def test_it_is_written_anew_in_two_instalments(self):
        """The item of the invoice gives way to two others; the referral keeps what it was about."""
        referral = self._with_agency()
        invoice = referral.line_ids.move_id
        term = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (0, 30)
                ],
            }
        )
        with self._on(self._day(1)):
            invoice.button_draft()
            invoice.invoice_payment_term_id = term
            invoice.action_post()
            self._settle_transaction()
        self._morning(self._day(2))
        self.assertEqual(referral.line_ids.number, invoice.name)
        self.assertCloses(referral)

    def test_written_off_by_accounting(self):
        referral = self._with_agency()
        entry = self._write_off(referral, 500, self._day(1))
        self._morning(self._day(2))
        self.assertEqual(referral.state, "written_off")
        self.assertEqual(self._notices(referral), [("credit", entry.name, "500.00", "0.00")])
        self.assertFalse(referral.first_money_on)
        self.assertCloses(referral)

    def test_some_paid_and_the_rest_written_off_is_not_recovered_in_full(self):
        referral = self._with_agency()
        self._customer_pays(referral.case_id, 10, day=self._day(3))
        self._write_off(referral, 490, self._day(4))
        self._morning(self._day(5))
        self.env.flush_all()
        report = self.env["collection.agency.report"].search([("referral_id", "=", referral.id)])
        self.assertEqual((report.recovery_rate, report.recovery_count_rate), (2, 0))

    def test_paid_and_paid_on_account_the_same_day(self):
        """Of 500.00, 300.00 are applied and 300.00 are not: the agency has 200.00 left to hear of, and hears it once."""
        referral = self._with_agency()
        with self._on(self._day(1)):
            self._pay(referral.line_ids.move_id, 300)
            self._receive(referral.partner_id, 300)
            self._settle_transaction()
        self._morning(self._day(2))
        self._morning(self._day(3))
        self.assertEqual(sorted(one[2] for one in self._notices(referral)), ["200.00", "300.00"])

    def test_the_agencys_own_money_was_told_before_it_was_named(self):
        referral = self._with_agency()
        payment = self._customer_pays(referral.case_id, 200, day=self._day(3))
        self._morning(self._day(4))
        self.env["collection.remittance"].with_user(self.accountant).create(
            {
                "name": "R-1",
                "agency_id": self.agency.id,
                "line_ids": [Command.create({"referral_id": referral.id, "amount_gross": 200})],
                "move_ids": payment.move_id.ids,
            }
        )
        self._morning(self._day(5))
        self.assertEqual([one[2] for one in self._notices(referral)], ["200.00", "-200.00"])
        self.assertEqual(referral.amount_recovered, 200)

    def test_a_payment_taken_back_leaves_nothing_recovered(self):
        referral = self._with_agency()
        payment = self._customer_pays(referral.case_id, 100, day=self._day(3))
        self._morning(self._day(4))
        self.assertEqual(referral.state, "partly_recovered")
        with self._on(self._day(5)):
            payment.action_draft()
            payment.action_cancel()
            self._settle_transaction()
        self._morning(self._day(6))
        self.assertEqual((referral.state, referral.amount_recovered), ("collecting", 0))

    def test_what_comes_back_is_what_was_still_open(self):
        """100.00 of 500.00 were credited: 400.00 come back, and 400.00 are proposed to be written off."""
        self.company.collection_accountant_id = self.accountant
        referral = self._with_agency()
        with self._on(self._day(1)):
            note = self._credit_note(referral.partner_id, 100, MONDAY)
            (self._items(note) | self._items(referral.line_ids.move_id)).reconcile()
            self._settle_transaction()
        self._morning(self._day(2))
        with self._on(self._day(3), "09:00"):
            referral.with_user(self.manager)._give_back("returned", "Nobody at home", propose_write_off=True)
        self.assertIn("400.00", referral.activity_ids.summary)
        self.assertIn("400.00", referral.case_id.activity_ids.filtered(lambda one: one.user_id == self.manager).summary)
        self.assertEqual(referral.amount_returned, 500)
        self.assertCloses(referral)

    def test_and_the_agency_hears_the_same_of_a_recall(self):
        referral = self._with_agency()
        with self._on(self._day(1)):
            note = self._credit_note(referral.partner_id, 100, MONDAY)
            (self._items(note) | self._items(referral.line_ids.move_id)).reconcile()
            self._settle_transaction()
        with self._on(self._day(3), "09:00"):
            referral.with_user(self.manager)._give_back("recalled", "A plan")
        self.assertEqual(self._told(referral, "recall")[0]["totals_open"], {"USD": "400.00"})

    def test_told_on_the_phone_before_it_was_sent(self):
        """A payment notice waits; the manager has told the agency already, so it does not leave any more."""
        referral = self._with_agency()
        self._customer_pays(referral.case_id, 100, day=self._day(2))
        self._morning(self._day(3))
        notice = referral.message_to_agency_ids.filtered(lambda message: message.kind == "payment")
        with self._on(self._day(3), "08:00"):
            notice.with_user(self.manager).action_mark_sent()
        self._hand_over(self._day(3))
        self.assertEqual(notice.state, "sent")
        self.assertFalse(self._mails)

    def test_one_referral_that_breaks_harms_no_other(self):
        bad, good = self._with_agency("Bad"), self._with_agency("Good")
        reminded = self._overdue_customer("Other", days=10)
        self._customer_pays(good.case_id, 100, day=self._day(2))
        write_totals = type(self.Referral)._write_totals

        def break_one(referral, entries):
            if referral == bad:
                raise ValueError("These books are odd.")
            return write_totals(referral, entries)

        with (
            patch.object(type(self.Referral), "_write_totals", break_one),
            self.assertLogs("odoo.addons.grey_hat_collections.models.base.batch") as logs,
        ):
            self._daily_run(self._day(3))
        self.assertIn("These books are odd.", "".join(logs.output))
        self.assertEqual(good.amount_recovered, 100)
        self.assertEqual(reminded.letter_ids.mapped("state"), ["queued"])

    def test_the_agency_is_archived_before_the_packet_leaves(self):
        with self._on(MONDAY, "09:00"):
            referral = self._refer(self._final_case())
        self.agency.active = False
        self._hand_over(MONDAY)
        self.assertEqual(referral.state, "draft")
        self.assertIn("Northwind Recovery is archived", referral.activity_ids.summary)

    def test_recalled_by_a_colleague_meanwhile(self):
        referral = self._with_agency()
        with self._on(self._day(3), "09:00"):
            referral.with_user(self.manager)._give_back("recalled", "A plan")
        with self.assertRaisesRegex(UserError, "is not with an agency any more"):
            referral.case_id.with_user(self.manager).action_recall()
