import random

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import days_ago
from .handover_common import HandOverCommon


@tagged("post_install", "-at_install")
class TestReferralMoney(HandOverCommon):
    """What reaches us directly is found in the books the next morning and told to the agency."""

    def test_a_payment_is_found_and_told(self):
        referral = self._with_agency()
        self._customer_pays(referral.case_id, 200, day=self._day(5))
        self._morning(self._day(6))
        self.assertEqual(referral.state, "partly_recovered")
        self.assertEqual((referral.amount_recovered, referral.amount_open), (200, 300))
        self.assertEqual(referral.commission, 20)
        self.assertEqual(referral.first_money_on, self._day(5))
        told = self._told(referral, "payment")
        self.assertEqual([one["amount"] for one in told], ["200.00"])
        self.assertEqual(told[0]["commission"], "20.00")
        self.assertEqual(told[0]["open"], {"USD": "300.00"})
        self.assertCloses(referral)

    def test_it_is_told_once(self):
        referral = self._with_agency()
        self._customer_pays(referral.case_id, 200, day=self._day(5))
        for number in range(6, 10):
            self._morning(self._day(number))
        referral.with_user(self.collector).action_refresh_money()
        self.assertEqual(len(self._told(referral, "payment")), 1)

    def test_all_is_paid(self):
        referral = self._with_agency()
        case = referral.case_id
        self._customer_pays(case, day=self._day(5))
        self._morning(self._day(6))
        self.assertEqual(referral.state, "recovered")
        self.assertEqual(referral.date_ended, self._day(6))
        self.assertEqual(case.state, "closed")
        self.assertFalse(case.agency_notice)
        self.assertEqual(referral.commission, 50)
        self.assertFalse(case.letter_ids.filtered(lambda letter: letter.kind == "settled"))

    def test_a_payment_on_account_is_told_before_it_is_applied(self):
        referral = self._with_agency()
        with self._on(self._day(5)):
            payment = self._receive(referral.partner_id, 150)
            self._settle_transaction()
        self._morning(self._day(6))
        told = self._told(referral, "payment")
        self.assertEqual((told[0]["amount"], told[0]["on_account"]), ("150.00", "150.00"))
        self.assertEqual(referral.amount_recovered, 0)
        with self._on(self._day(7)):
            (self._items(payment.move_id) | self._items(referral.partner_id.invoice_ids)).reconcile()
            self._settle_transaction()
        self._morning(self._day(8))
        self.assertEqual(len(self._told(referral, "payment")), 1)
        self.assertEqual(referral.amount_recovered, 150)
        self.assertCloses(referral)

    def test_a_payment_is_taken_back(self):
        referral = self._with_agency()
        payment = self._customer_pays(referral.case_id, 200, day=self._day(5))
        self._morning(self._day(6))
        with self._on(self._day(7)):
            payment.action_draft()
            payment.action_cancel()
            self._settle_transaction()
        self._morning(self._day(8))
        told = self._told(referral, "payment")
        self.assertEqual([one["amount"] for one in told], ["200.00", "-200.00"])
        self.assertTrue(told[1]["taken_back"])
        self.assertEqual((referral.amount_recovered, referral.amount_open), (0, 500))
        self.assertCloses(referral)

    def test_the_last_payment_is_taken_back_and_the_agency_goes_on(self):
        referral = self._with_agency()
        case = referral.case_id
        payment = self._customer_pays(case, day=self._day(5))
        self._morning(self._day(6))
        with self._on(self._day(7)):
            payment.action_draft()
            payment.action_cancel()
            self._settle_transaction()
        self._morning(self._day(8))
        self.assertEqual(referral.state, "collecting")
        self.assertEqual((case.state, case.agency_id), ("referred", self.agency))
        self.assertFalse(referral.date_ended)
        self.assertCloses(referral)

    def test_a_credit_note_takes_back_without_commission(self):
        referral = self._with_agency()
        with self._on(self._day(5)):
            note = self._credit_note(referral.partner_id, 120, self._day(5))
            (self._items(note) | self._items(referral.partner_id.invoice_ids - note)).reconcile()
            self._settle_transaction()
        self._morning(self._day(6))
        self.assertEqual((referral.amount_returned, referral.amount_open, referral.commission), (120, 380, 0))
        self.assertEqual(self._told(referral, "credit")[0]["amount"], "120.00")
        self.assertFalse(self._told(referral, "payment"))
        self.assertCloses(referral)

    def test_money_from_before_the_hand_over_earns_no_commission(self):
        referral = self._with_agency()
        self._customer_pays(referral.case_id, 200, day=self._day(1))
        payment = referral.partner_id.invoice_ids.matched_payment_ids
        self.assertEqual(payment.date, self._day(1))
        with self._on(self._day(2)):
            early = self._receive(referral.partner_id, 100, day=days_ago(2))
            (self._items(early.move_id) | self._items(referral.partner_id.invoice_ids)).reconcile()
            self._settle_transaction()
        self._morning(self._day(3))
        self.assertEqual(referral.amount_recovered, 300)
        self.assertEqual(referral.commission, 20)

    def test_no_commission_on_what_is_paid_to_us_where_that_was_agreed(self):
        self.agency.commission_on_direct = False
        referral = self._with_agency()
        self._customer_pays(referral.case_id, 200, day=self._day(5))
        self._morning(self._day(6))
        self.assertEqual((referral.amount_recovered, referral.commission), (200, 0))
        self.assertEqual(self._told(referral, "payment")[0]["commission"], "0.00")

    def test_commission_by_age(self):
        case = self._final_case(amount=500, days=70)
        with self._on(self._day(0), "08:00"):
            self._invoice(case.partner_id, 300, days_ago(40))
            self._settle_transaction()
        with self._on(self._day(0), "09:00"):
            referral = self._refer(case)
        self._hand_over(self._day(0))
        self.assertEqual(referral.line_ids.mapped("commission_percent"), [20, 10])
        self._customer_pays(case, day=self._day(5))
        self._morning(self._day(6))
        self.assertEqual(referral.commission, 100 + 30)

    def test_written_off_after_it_came_back(self):
        referral = self._with_agency()
        with self._on(self._day(30), "09:00"):
            referral.with_user(self.manager)._give_back("returned", "Nothing to be had")
        self._write_off(referral, self._day(31))
        self._morning(self._day(32))
        self.assertEqual(referral.state, "written_off")
        self.assertEqual((referral.amount_written_off, referral.amount_returned), (500, 0))
        self.assertCloses(referral)

    def test_paid_after_it_came_back_is_not_the_agencys(self):
        referral = self._with_agency()
        with self._on(self._day(30), "09:00"):
            referral.with_user(self.manager)._give_back("recalled", "A plan")
        self._customer_pays(referral.case_id, 200, day=self._day(35))
        self._morning(self._day(36))
        self.assertEqual((referral.amount_recovered, referral.commission, referral.amount_returned), (0, 0, 500))
        self.assertFalse(self._told(referral, "payment"))
        self.assertCloses(referral)

    def test_a_foreign_currency_closes_in_both(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "company_id": self.company.id, "name": "2026-01-01", "rate": 0.7}
        )
        case = self._final_case(amount=500, days=45)
        with self._on(self._day(0), "08:00"):
            foreign = self._invoice(case.partner_id, 333.33, days_ago(50), currency_id=euro)
            self._settle_transaction()
        with self._on(self._day(0), "09:00"):
            referral = self._refer(case)
        self._hand_over(self._day(0))
        line = referral.line_ids.filtered(lambda line: line.move_id == foreign)
        self.assertEqual((line.currency_id, line.amount_referred), (euro, 333.33))
        with self._on(self._day(3)):
            self._pay(foreign, 111.11, currency_id=euro.id)
            self._settle_transaction()
        self._morning(self._day(4))
        self.assertEqual((line.amount_recovered, line.amount_open), (111.11, 222.22))
        self.assertCloses(referral)

    def test_hundreds_of_referrals_take_as_many_queries_as_five(self):
        few = [self._with_agency(f"Few {number}") for number in range(2)]
        self._customer_pays(few[0].case_id, 100, day=self._day(3))
        with self._on(self._day(4)):
            self.env.invalidate_all()
            self.Referral.browse([one.id for one in few])._refresh_money()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Referral.browse([one.id for one in few])._refresh_money()
            self.env.flush_all()
            taken = self.env.cr.sql_log_count - before
        many = few + [self._with_agency(f"Many {number}") for number in range(6)]
        with self._on(self._day(4)):
            self.env.invalidate_all()
            with self.assertQueryCount(taken):
                self.Referral.browse([one.id for one in many])._refresh_money()
                self.env.flush_all()

    def test_random_months_close(self):
        """Payments, credit notes, write-offs, taken-back payments and the way back, in any order: the sum always closes."""
        for seed in range(4):
            dice = random.Random(seed)
            referral = self._with_agency(f"Random {seed}", amount=dice.randint(10_000, 90_000) / 100)
            invoice = referral.partner_id.invoice_ids
            payments = []
            for number in range(1, 9):
                day = self._day(number)
                event = dice.choice(["pay", "credit", "write_off", "take_back", "on_account", "nothing"])
                left = invoice.amount_residual
                part = round(min(left, dice.randint(1, 20_000) / 100), 2)
                with self._on(day):
                    if event == "pay" and part:
                        payments.append(self._pay(invoice, part))
                    elif event == "credit" and part:
                        note = self._credit_note(referral.partner_id, part, day)
                        (self._items(note) | self._items(invoice)).reconcile()
                    elif event == "write_off" and part:
                        self._write_off(referral, day, part)
                    elif event == "take_back" and payments:
                        payment = payments.pop()
                        payment.action_draft()
                        payment.action_cancel()
                    elif event == "on_account":
                        self._receive(referral.partner_id, 10)
                    self._settle_transaction()
                if number == 6 and dice.random() < 0.5 and referral.state in ("sent", "partly_recovered", "collecting"):
                    with self._on(day, "11:00"):
                        referral.with_user(self.manager)._give_back("recalled", "Why not")
                self._morning(self._day(number + 1))
                self.assertCloses(referral)
                told = sum(
                    float(one["amount"]) for one in self._told(referral, "payment") + self._told(referral, "credit")
                )
                if not referral._is_over():
                    noted = referral.payment_ids
                    self.assertAlmostEqual(
                        told, sum(noted.mapped("amount")) + sum(noted.mapped("on_account")), 2, event
                    )

    def _write_off(self, referral, day, amount=None):
        """Accounting writes off what is open, as an entry of its own."""
        with self._on(day):
            item = self._items(referral.line_ids.move_id).filtered(lambda line: not line.reconciled)
            amount = amount or item.amount_residual
            entry = self.env["account.move"].create(
                {
                    "move_type": "entry",
                    "date": fields.Date.today(),
                    "journal_id": self.company_data["default_journal_misc"].id,
                    "line_ids": [
                        Command.create(
                            {
                                "name": "Write-off",
                                "partner_id": referral.partner_id.id,
                                "account_id": item.account_id.id,
                                "credit": amount,
                            }
                        ),
                        Command.create(
                            {
                                "name": "Write-off",
                                "account_id": self.company_data["default_account_expense"].id,
                                "debit": amount,
                            }
                        ),
                    ],
                }
            )
            entry.action_post()
            (self._items(entry) | item).reconcile()
            self._settle_transaction()
        return entry


@tagged("post_install", "-at_install")
class TestRemittance(HandOverCommon):
    """The agency pays what it has collected, less its commission; accounting books it, and the books say whether it matches."""

    def _booked(self, referral, gross, commission, day, payer=None):
        """Accounting books the money of the agency against the customer's invoice: net in the bank, the rest as a cost."""
        with self._on(day):
            item = self._items(referral.line_ids.move_id).filtered(lambda line: not line.reconciled)
            entry = self.env["account.move"].create(
                {
                    "move_type": "entry",
                    "date": day,
                    "journal_id": self.company_data["default_journal_misc"].id,
                    "line_ids": [
                        Command.create(
                            {
                                "name": "Agency",
                                "partner_id": referral.partner_id.id,
                                "account_id": item.account_id.id,
                                "credit": gross,
                            }
                        ),
                        Command.create(
                            {
                                "name": "Commission",
                                "account_id": self.company_data["default_account_expense"].id,
                                "debit": commission,
                            }
                        ),
                        Command.create(
                            {
                                "name": "Net",
                                "partner_id": (payer or self.agency.partner_id).id,
                                "account_id": self.company_data["default_journal_bank"].default_account_id.id,
                                "debit": gross - commission,
                            }
                        ),
                    ],
                }
            )
            entry.action_post()
            (self._items(entry) | item).reconcile()
            self._settle_transaction()
        return entry

    def _remittance(self, referral, gross, **values):
        return (
            self.env["collection.remittance"]
            .with_user(self.accountant)
            .create(
                {
                    "name": "R-1",
                    "agency_id": self.agency.id,
                    "date": self._day(20),
                    "line_ids": [Command.create({"referral_id": referral.id, "amount_gross": gross})],
                    **values,
                }
            )
        )

    def test_recorded_booked_matched(self):
        referral = self._with_agency()
        remittance = self._remittance(referral, 200)
        self.assertEqual((remittance.amount_gross, remittance.commission, remittance.amount_net), (200, 20, 180))
        self.assertEqual(remittance.state, "open")
        entry = self._booked(referral, 200, 20, self._day(20))
        with self._on(self._day(21)):
            remittance.action_propose_entries()
            self.assertFalse(remittance.move_ids, "Somebody confirms it first")
            self.assertEqual(remittance.proposed_move_ids, entry)
            remittance.action_confirm_entries()
            self.env.flush_all()
        self.assertFalse(remittance.proposed_move_ids)
        self.assertEqual(remittance.move_ids, entry)
        self.assertEqual(remittance.state, "matched")
        self.assertEqual((referral.amount_recovered, referral.amount_written_off, referral.commission), (200, 0, 20))
        self.assertEqual(referral.payment_ids.kind, "remittance")
        self.assertCloses(referral)

    def test_the_agency_is_not_told_of_its_own_money(self):
        referral = self._with_agency()
        entry = self._booked(referral, 200, 20, self._day(20))
        self._remittance(referral, 200, move_ids=entry.ids)
        self._morning(self._day(21))
        self.assertFalse(self._told(referral, "payment"))

    def _proposed(self, remittance, day=21):
        with self._on(self._day(day)):
            remittance.action_propose_entries()
            self.env.flush_all()
        return remittance.proposed_move_ids

    def assertNothingProposed(self, remittance, day=21):
        with (
            self._on(self._day(day)),
            self.assertRaisesRegex(UserError, "No entry of Northwind Recovery around 03/22/2026"),
        ):
            remittance.action_propose_entries()

    def test_the_customer_s_own_payment_is_never_proposed(self):
        referral = self._with_agency()
        self._customer_pays(referral.case_id, 200, day=self._day(19))
        self._morning(self._day(20))
        self.assertNothingProposed(self._remittance(referral, 200))
        self._morning(self._day(22))
        self.assertEqual([one["amount"] for one in self._told(referral, "payment")], ["200.00"], "never taken back")

    def test_of_two_entries_only_the_agency_s_is_proposed(self):
        referral = self._with_agency()
        self._customer_pays(referral.case_id, 200, day=self._day(18))
        entry = self._booked(referral, 200, 20, self._day(20))
        self.assertEqual(self._proposed(self._remittance(referral, 200)), entry)

    def test_an_entry_far_from_its_day_is_not_proposed(self):
        referral = self._with_agency()
        self._booked(referral, 200, 20, self._day(5))
        self.assertNothingProposed(self._remittance(referral, 200))

    def test_an_entry_with_another_amount_is_not_proposed(self):
        referral = self._with_agency()
        self._booked(referral, 150, 15, self._day(20))
        self.assertNothingProposed(self._remittance(referral, 200))

    def test_what_another_remittance_names_is_not_proposed(self):
        referral = self._with_agency()
        entry = self._booked(referral, 200, 20, self._day(20))
        self._remittance(referral, 200, move_ids=entry.ids)
        self.assertNothingProposed(self._remittance(referral, 200, name="R-2"))

    def test_what_was_told_as_paid_to_us_is_not_proposed(self):
        referral = self._with_agency()
        entry = self._booked(referral, 200, 20, self._day(20), payer=referral.partner_id)
        self._morning(self._day(21))
        self.assertEqual(len(self._told(referral, "payment")), 1)
        entry.line_ids.filtered(lambda line: line.name == "Net").sudo().partner_id = self.agency.partner_id
        self.assertNothingProposed(self._remittance(referral, 200), 22)

    def test_the_payer_of_the_bank_line_is_the_agency(self):
        """By partner, by name, by account; the net amount came, and was applied to the customer's invoice."""
        bank = self.env["res.partner.bank"].create(
            {"partner_id": self.agency.partner_id.id, "acc_number": "US12 3456 7890"}
        )
        for number, payer in enumerate(
            (
                {"partner_id": self.agency.partner_id.id},
                {"partner_name": " northwind  RECOVERY"},
                {"account_number": bank.acc_number.replace(" ", "-")},
            )
        ):
            with self.subTest(payer=payer):
                referral = self._with_agency(f"Payer {number}")
                entry = self._bank_line(referral, 180, self._day(20), **payer)
                remittance = self._remittance(referral, 200, name=f"R-{number}")
                self.assertEqual(self._proposed(remittance), entry)
        referral = self._with_agency("Somebody")
        self._bank_line(referral, 180, self._day(20), partner_name="Somebody Else")
        self.assertNothingProposed(self._remittance(referral, 200, name="R-9"))

    def test_nothing_is_told_from_a_proposal(self):
        referral = self._with_agency()
        self._booked(referral, 200, 20, self._day(20))
        remittance = self._remittance(referral, 200)
        self._proposed(remittance)
        self._morning(self._day(22))
        self.assertFalse(self._told(referral, "payment"))
        self.assertEqual(remittance.state, "open")
        self.assertEqual(referral.payment_ids.kind, "payment")

    def test_money_of_the_agency_is_not_told_as_ours_while_it_waits_for_its_remittance(self):
        referral = self._with_agency()
        self._booked(referral, 200, 20, self._day(5))
        self._morning(self._day(6))
        self._morning(self._day(7))
        self.assertFalse(self._told(referral, "payment"))
        self.assertEqual(referral.amount_recovered, 180, "The cash of it; with its remittance it is what was collected")
        self.assertCloses(referral)

    def _bank_line(self, referral, amount, day, **payer):
        """A line of the bank statement that accounting has applied to the customer's invoice."""
        with self._on(day):
            line = self.env["account.bank.statement.line"].create(
                {
                    "journal_id": self.company_data["default_journal_bank"].id,
                    "date": day,
                    "payment_ref": "Collected",
                    "amount": amount,
                    **payer,
                }
            )
            item = self._items(referral.line_ids.move_id).filtered(lambda one: not one.reconciled)
            _liquidity, suspense, _other = line.with_context(skip_account_move_synchronization=True)._seek_for_lines()
            suspense.write({"account_id": item.account_id.id, "partner_id": referral.partner_id.id})
            (suspense | item).reconcile()
            self._settle_transaction()
        return line.move_id

    def test_less_was_booked_than_the_agency_says(self):
        referral = self._with_agency()
        entry = self._booked(referral, 150, 20, self._day(20))
        remittance = self._remittance(referral, 200, move_ids=entry.ids)
        self.assertEqual((remittance.state, remittance.difference), ("different", 50))

    def test_not_recorded_twice(self):
        referral = self._with_agency()
        self._remittance(referral, 200)
        with self.assertRaisesRegex(Exception, "recorded already|collection_remittance"), self.cr.savepoint():
            self._remittance(referral, 100)
