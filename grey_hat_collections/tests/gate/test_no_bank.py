from odoo.tests import tagged

from ..common import MONDAY, TwoCompaniesCommon
from .gate_common import GateCommon


@tagged("post_install", "-at_install")
class TestNoBank(TwoCompaniesCommon, GateCommon):
    """A letter that asks for money says where to pay, or does not leave. Today is Monday, 2 March 2026; three customers owe
    500.00 each, and no bank account is on file.
    """

    def _begin(self):
        super()._begin()
        self.company.collection_gate_no_bank = "stop"
        self.company.partner_id.bank_ids.active = False
        self.cases = self._overdue_customers(3)
        self.cases.partner_id.invoice_ids.is_move_sent = True
        self.case = self.cases[0]
        self._settle_transaction()

    def _bank_account(self, partner=None):
        return self.env["res.partner.bank"].create(
            {"acc_number": "0047110815", "partner_id": (partner or self.company.partner_id).id}
        )

    def test_a_letter_waits_for_a_bank_account_and_says_so(self):
        self._daily_run(MONDAY)
        self.assertFalse(self.cases.letter_ids)
        self.assertEqual(
            self.case.decision,
            f"“Friendly reminder” is on hold: {self.company.name} has no bank account on file, so the letter could not say where "
            "to pay. A manager adds it under Configuration, Bank Accounts.",
        )
        self.assertEqual(self.case.gate_mark, "stop")

    def test_one_manager_is_asked_once_for_all_customers(self):
        for day in range(3):
            self._daily_run(self._day(day))
        asked = self.cases._asked_of_our_side()
        self.assertEqual((len(asked), asked.user_id, asked.collection_check), (1, self.manager, "no_bank"))
        self.assertIn("has no bank account on file", asked.summary)

    def test_the_question_passes_to_another_customer_when_the_first_has_paid(self):
        self._daily_run(MONDAY)
        asked = self.cases._asked_of_our_side().collection_case_id
        self._customer_pays(asked, day=MONDAY)
        self._daily_run(self._day(1))
        again = self.cases._asked_of_our_side().collection_case_id
        self.assertEqual(len(again), 1)
        self.assertNotEqual(again, asked)

    def test_a_bank_account_releases_the_letters(self):
        self._daily_run(MONDAY)
        with self._on(MONDAY, "10:00"):
            self._bank_account()
            self._settle_transaction()
            self._trigger("ir_cron_refresh_again")
        self.assertEqual(set(self.cases.mapped("decision_code")), {"step_due"}, "It is said within a minute")
        self.assertFalse(self.cases._asked_of_our_side())
        self._daily_run(self._day(1))
        self._send(self._day(1))
        self.assertEqual(self.cases.letter_ids.mapped("state"), ["sent"] * 3)
        self.assertIn(
            "0047110815", str(self.cases[0].letter_ids._to_pay()), "what the letter says is what was asked for"
        )

    def test_an_archived_account_is_none_until_it_is_back(self):
        bank = self._bank_account()
        bank.active = False
        self._daily_run(MONDAY)
        self.assertEqual(self._found(self.case), {"no_bank": [self.company.name]})
        with self._on(MONDAY, "10:00"):
            bank.active = True
            self._settle_transaction()
            self._trigger("ir_cron_refresh_again")
        self.assertEqual(self.case.decision_code, "step_due")

    def test_a_letter_that_waits_is_withdrawn_when_the_account_goes(self):
        bank = self._bank_account()
        self._daily_run(MONDAY)
        self.assertEqual(self.cases.letter_ids.mapped("state"), ["queued"] * 3)
        bank.active = False
        self.env.flush_all()
        self._send(MONDAY)
        self.assertEqual(self.cases.letter_ids.mapped("state"), ["cancelled"] * 3)
        self.assertIn("has no bank account on file", self.case.letter_ids.cancel_reason)

    def test_a_house_that_is_paid_otherwise_only_warns_or_does_not_look(self):
        for mode, mark in (("warn", "warn"), ("off", "fine")):
            with self.subTest(mode):
                self.company.collection_gate_no_bank = mode
                self.env.invalidate_all()
                self.assertEqual(self.case.gate_mark, mark)
        self._daily_run(MONDAY)
        self.assertEqual(self.cases.letter_ids.mapped("state"), ["queued"] * 3)

    def test_the_account_of_another_company_is_not_ours(self):
        self._daily_run(MONDAY)
        self._bank_account(self.other.partner_id)
        self._settle_transaction()
        self._trigger("ir_cron_refresh_again")
        self.assertEqual(set(self.cases.mapped("decision_code")), {"our_side"})

    def test_a_branch_is_paid_through_the_company_above_it(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.assertFalse(branch._collection_bank_accounts())
        bank = self._bank_account()
        self.assertEqual(branch._collection_bank_accounts(), bank)
        own = self._bank_account(branch.partner_id)
        self.assertEqual(branch._collection_bank_accounts(), own)

    def test_a_new_company_does_not_let_letters_leave_without(self):
        self.assertEqual(self.env["res.company"].create({"name": "Third House"}).collection_gate_no_bank, "stop")

    def test_a_call_needs_no_bank_account(self):
        call = self.standard.step_ids.filtered(lambda step: not step.letter_kind)[:1]
        before = self.standard.step_ids.filtered(lambda step: step.sequence < call.sequence)[-1:]
        self._named_by_step(self.case, before, self._day(-20))
        self._daily_run(MONDAY)
        self.assertEqual(self.case.pending_step_id, call)

    def test_the_cost_does_not_grow_with_the_customers(self):
        self._daily_run(MONDAY)
        counts = []
        for cases in (self.cases[:1], self.cases):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.gate._look([(case.partner_id.id, case.company_id.id) for case in cases], codes=["no_bank"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)

    def test_the_menu_opens_what_is_missing(self):
        action = self.company.with_user(self.manager)._collection_open_bank_accounts()
        self.assertEqual(action["view_mode"].split(",")[0], "form")
        bank = self._bank_account()
        action = self.company.with_user(self.manager)._collection_open_bank_accounts()
        self.assertEqual(action["view_mode"].split(",")[0], "list")
        self.assertIn(bank, self.env["res.partner.bank"].with_user(self.manager).search(action["domain"]))
