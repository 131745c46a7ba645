from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..common import MONDAY, days_ago
from .gate_common import SentCustomerCommon


@tagged("post_install", "-at_install")
class TestCreditsInSight(SentCustomerCommon):
    """Before a call the case shows what speaks for the customer. Today is Monday, 2 March 2026; Acme owes 500.00."""

    def _begin(self):
        super()._begin()
        self.seen = self.case.with_user(self.collector)

    # -- Complaint 5: credits not listed, unapplied payments ignored -----------------------------------------------

    def test_credits_are_listed_with_their_reasons(self):
        self._credit_note(self.acme, 40, days_ago(4), ref="Broken pane")
        payment = self._receive(self.acme, 70, memo="Transfer 4711")
        draft = self._draft_credit_note(self.case, 30, ref="Bonus of February")
        self.env.invalidate_all()
        booked = self.seen.credit_item_ids
        self.assertEqual(booked.mapped("amount_residual"), [-40, -70], "The oldest first")
        self.assertEqual(booked[0].collection_credit_reason, "Broken pane")
        self.assertEqual(booked[1].move_id, payment.move_id)
        self.assertIn("Transfer 4711", booked[1].collection_credit_reason)
        self.assertEqual(self.seen.credit_draft_ids, draft)

    def _dialog(self, credit, user=None):
        user = user or self.accountant
        line = self._items(credit).with_user(user)
        action = line.with_context(collection_case_id=self.case.id).action_collection_match()
        return self.env[action["res_model"]].with_user(user).with_context(**action["context"]).create({})

    def test_an_accountant_matches_a_payment_with_the_oldest_items(self):
        older = self._invoice(self.acme, 120, days_ago(40))
        payment = self._receive(self.acme, 300)
        self.env.invalidate_all()
        dialog = self._dialog(payment.move_id)
        self.assertEqual(
            dialog.proposal.splitlines(),
            [
                f"{older.name}: $\xa0120.00, paid in full",
                f"{self.invoice.name}: $\xa0180.00, $\xa0320.00 stays open",
            ],
        )
        answer = dialog.action_match()
        self.assertIn(
            f"{payment.move_id.name} is matched with {older.name}, {self.invoice.name}", answer["params"]["message"]
        )
        self.assertIn("Unreconcile", answer["params"]["message"])
        self._settle_transaction()
        self.assertEqual((older.amount_residual, self.invoice.amount_residual), (0, 320))
        self.assertEqual(self._case(self.acme).amount_chased, 320)
        self.assertFalse(self._case(self.acme).credit_item_ids)

    def test_a_payment_in_euros_is_matched_by_odoo(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        bill = self._invoice(self.acme, 400, days_ago(60), currency_id=euro.id)
        payment = self._receive(self.acme, 400, currency_id=euro.id)
        self.env.invalidate_all()
        self._dialog(payment.move_id).action_match()
        self.assertEqual((bill.amount_residual, self.invoice.amount_residual), (0, 500))

    def test_what_is_paid_in_its_currency_is_paid_at_any_rate(self):
        """Two euros were a dollar, now one is: the payment is worth twice the bill, and pays it and nothing else."""
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0), (days_ago(5), 1.0)])
        bill = self._invoice(self.acme, 400, days_ago(60), currency_id=euro.id)
        payment = self._receive(self.acme, 400, currency_id=euro.id)
        self.env.invalidate_all()
        dialog = self._dialog(payment.move_id)
        self.assertEqual(dialog.proposal, f"{bill.name}: $\xa0200.00, paid in full")
        dialog.action_match()
        self.assertEqual((bill.amount_residual, self.invoice.amount_residual), (0, 500))

    def test_a_collector_sees_it_and_cannot_match(self):
        payment = self._receive(self.acme, 300)
        self.env.invalidate_all()
        self.assertEqual(self.seen.credit_item_ids.move_id, payment.move_id)
        with self.assertRaises(AccessError):
            self._dialog(payment.move_id, self.collector)
        form = self.seen.get_view(view_type="form")["arch"]
        self.assertNotIn("action_collection_match", form)
        self.assertIn(
            "action_collection_match", self.case.with_user(self.accountant).get_view(view_type="form")["arch"]
        )

    def test_what_changed_while_the_dialog_was_open_is_not_matched_blindly(self):
        payment = self._receive(self.acme, 300)
        self.env.invalidate_all()
        dialog = self._dialog(payment.move_id)
        self.assertEqual(dialog.item_ids.move_id, self.invoice)
        self._invoice(self.acme, 50, days_ago(50))
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "have changed"):
            dialog.action_match()

    def test_what_is_applied_already_offers_nothing(self):
        payment = self._pay(self.invoice)
        dialog = self._dialog(payment.move_id)
        self.assertFalse(dialog.proposal)
        with self.assertRaises(UserError):
            dialog.action_match()

    # -- Complaint 13: does it arrive? ---------------------------------------------------------------------------

    def test_invoices_that_never_arrived_are_listed(self):
        self.assertFalse(self.seen.unsent_move_ids)
        self._mailed(self.invoice, "bounce")
        self.env.invalidate_all()
        self.assertEqual(self.seen.unsent_move_ids, self.invoice)

    def _confirm(self, user=None, **values):
        dialogs = self.env["collection.confirm.delivery"].with_user(user or self.collector)
        with Form(dialogs.with_context(default_case_id=self.case.id)) as form:
            for name, value in values.items():
                form[name] = value
        form.record.action_confirm()
        self.env.invalidate_all()

    def test_who_confirmed_which_address_when(self):
        ada = self._customer("Ada", is_company=False, parent_id=self.acme.id, email="ada@customer.example")
        self.assertEqual((self.seen.delivery_state, self.seen.invoice_address), ("never", "acme@customer.example"))
        self._confirm(contact_id=ada)
        self.assertRecordValues(
            self.acme,
            [
                {
                    "collection_delivery_address": "acme@customer.example",
                    "collection_delivery_contact_id": ada.id,
                    "collection_delivery_confirmed_on": MONDAY,
                    "collection_delivery_confirmed_by_id": self.collector.id,
                }
            ],
        )
        self.assertEqual(self.seen.delivery_state, "confirmed")
        self.assertEqual(
            self.seen.delivery_confirmation, "Ada confirmed acme@customer.example on March 2, 2026 to Cora Lector."
        )
        message = self.acme.message_ids[:1]
        self.assertIn("arrive at acme@customer.example", message.body)
        self.assertEqual(message.author_id, self.collector.partner_id)

    def test_another_address_is_not_confirmed_any_more(self):
        self._confirm()
        self._customer(
            "Invoices", is_company=False, parent_id=self.acme.id, type="invoice", email="invoices@customer.example"
        )
        self.env.invalidate_all()
        self.assertEqual(
            (self.seen.delivery_state, self.seen.invoice_address), ("changed", "invoices@customer.example")
        )
        self._confirm()
        self.assertEqual(self.seen.delivery_state, "confirmed")

    def test_without_an_email_it_is_the_postal_address_and_without_any_it_says_so(self):
        self.acme.email = False
        self.env.invalidate_all()
        self.assertIn("1 Main Street", self.seen.invoice_address)
        self.acme.street = False
        self.env.invalidate_all()
        self.assertEqual((self.seen.delivery_state, self.seen.invoice_address), ("missing", ""))
        dialog = self.env["collection.confirm.delivery"].with_user(self.collector).create({"case_id": self.case.id})
        with self.assertRaisesRegex(UserError, "Enter an e-mail address or a street for Acme"):
            dialog.action_confirm()

    def test_delivery_is_confirmed_by_somebody_of_the_customer_and_noted_by_who_works_on_the_case(self):
        stranger = self._customer("Stranger")
        dialogs = self.env["collection.confirm.delivery"]
        dialog = dialogs.with_user(self.collector).create({"case_id": self.case.id, "contact_id": stranger.id})
        with self.assertRaisesRegex(UserError, "does not belong to Acme"):
            dialog.action_confirm()
        colleague = new_test_user(
            self.env, "coll9", "base.group_user,grey_hat_collections.group_collector", company_id=self.company.id
        )
        for user in (colleague, self.accountant, self.stranger):
            with self.subTest(user.login), self.assertRaises(AccessError), self.cr.savepoint():
                dialogs.with_user(user).create({"case_id": self.case.id}).action_confirm()
