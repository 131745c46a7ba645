from datetime import timedelta
from unittest.mock import patch

import psycopg2
from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.base.activity_types import REMNANT_XMLID
from ..common import MONDAY, CollectionCommon

CASE_BOOKS = "odoo.addons.grey_hat_collections.models.case.case_books"


@tagged("post_install", "-at_install")
class TestCase(CollectionCommon):
    """Opening, closing, reopening; who gets it and which ladder it climbs. Today is Monday, 2 March 2026."""

    def _begin(self):
        super()._begin()
        self._freeze(MONDAY)
        self.acme = self._customer()
        self.yesterday = MONDAY - timedelta(days=1)

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _cases(self, partner):
        self._settle_transaction()
        self.env.invalidate_all()
        return self.Case.search([("partner_id", "=", partner.id)], order="id")

    # -- Opening -------------------------------------------------------------------------------------------------

    def test_a_case_opens_above_the_minimum_and_not_at_it(self):
        self.company.collection_min_amount = 100
        self._invoice(self.acme, 100, self.yesterday)
        self.assertFalse(self._cases(self.acme), "100.00 is not more than 100.00")
        self._invoice(self.acme, 0.01, self.yesterday)
        self.assertRecordValues(self._cases(self.acme), [{"amount_chased": 100.01, "state": "open"}])

    def test_credits_count_towards_the_minimum(self):
        self.company.collection_min_amount = 100
        self._receive(self.acme, 60)
        self._invoice(self.acme, 150, self.yesterday)
        self.assertFalse(self._cases(self.acme), "Only 90.00 of the 150.00 are left after the credit")

    def test_what_is_not_due_yet_opens_no_case(self):
        self._invoice(self.acme, 500, MONDAY)
        self.assertFalse(self._cases(self.acme))
        self._daily_run(MONDAY + timedelta(days=1))
        self.assertRecordValues(self._cases(self.acme), [{"date_opened": MONDAY + timedelta(days=1)}])

    # -- Little is left ------------------------------------------------------------------------------------------

    def _told(self, case):
        """What accounting was told of a case, done or not."""
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search([("res_id", "=", case.id), ("activity_type_id", "=", self.env.ref(REMNANT_XMLID).id)])
        )

    def test_a_case_of_which_no_more_is_left_than_it_opens_for_closes(self):
        self.company.collection_min_amount = 5
        invoice = self._invoice(self.acme, 500, self.yesterday)
        self._daily_run(MONDAY + timedelta(days=3))
        case = self._case(self.acme)
        self._pay(invoice, 494.99)
        self.assertRecordValues(self._cases(self.acme), [{"state": "open", "amount_chased": 5.01}])
        self._pay(invoice, 0.01)
        self.assertRecordValues(
            self._cases(self.acme), [{"state": "closed", "amount_net_overdue": 5, "thanks_due": False}]
        )
        self.assertEqual(case.decision, "Closed: the remaining amount is too small to chase.")
        self.assertFalse(case.letter_ids.filtered(lambda letter: letter.state == "queued"))
        for day in (4, 5):
            self._daily_run(MONDAY + timedelta(days=day))
        self.assertFalse(case.letter_ids.filtered(lambda letter: letter.kind == "settled"), "No thanks for it")

    def test_accounting_is_told_once(self):
        self.company.collection_min_amount = 5
        invoice = self._invoice(self.acme, 500, self.yesterday)
        self._settle_transaction()
        case = self._case(self.acme)
        payment = self._pay(invoice, 499.99)
        self._settle_transaction()
        told = self._told(case)
        self.assertRegex(told.summary, r"Acme still has .*0\.01.* open: write it off, or match it")
        self.assertEqual(told.user_id, self.company._collection_accountant() or case.user_id)
        told.action_done()
        payment.action_cancel()
        self.assertRecordValues(self._cases(self.acme), [{"id": case.id, "state": "open"}])
        self._pay(invoice, 499.99)
        self.assertRecordValues(self._cases(self.acme), [{"id": case.id, "state": "closed"}])
        self.assertEqual(self._told(case), told)

    def test_what_is_in_hand_stays_open(self):
        self.company.collection_min_amount = 5
        for what in ("hold", "promise", "dispute"):
            with self.subTest(what):
                customer = self._customer(what)
                invoice = self._invoice(customer, 500, self.yesterday)
                self._settle_transaction()
                case = self._case(customer)
                if what == "hold":
                    case._hold(MONDAY + timedelta(days=2), "We look into it")
                elif what == "promise":
                    self.env["collection.promise"].with_user(self.collector).create(
                        {"case_id": case.id, "amount": 500, "date_promised": MONDAY + timedelta(days=2)}
                    )
                else:
                    self.env["collection.dispute"].with_user(self.collector).create(
                        {
                            "partner_id": customer.id,
                            "company_id": self.company.id,
                            "kind": "other",
                            "description": "Wrong",
                            "line_ids": [Command.create({"item_id": self._items(invoice).id, "amount": 500})],
                        }
                    )
                self._settle_transaction()
                self._pay(invoice, 496)
                self._settle_transaction()
                self.env.invalidate_all()
                self.assertEqual((case.state != "closed", case.amount_net_overdue), (True, 4))
                self.assertFalse(self._told(case))

    def test_the_night_closes_what_an_ended_hold_has_left(self):
        self.company.collection_min_amount = 5
        invoice = self._invoice(self.acme, 500, self.yesterday)
        self._settle_transaction()
        case = self._case(self.acme)
        case._hold(MONDAY + timedelta(days=1), "We look into it")
        self._pay(invoice, 496)
        self._settle_transaction()
        self.assertEqual(case.state, "hold")
        for day in (2, 3):
            self._daily_run(MONDAY + timedelta(days=day))
        self.assertEqual((case.state, len(self._told(case))), ("closed", 1))

    def test_a_little_of_old_does_not_bring_the_old_case_back(self):
        self.company.collection_min_amount = 5
        invoice = self._invoice(self.acme, 500, self.yesterday)
        self._settle_transaction()
        old = self._case(self.acme)
        self._pay(invoice, 499.99)
        self._settle_transaction()
        with self._on(MONDAY, "12:00"):
            self._invoice(self.acme, 80, self.yesterday)
            self._settle_transaction()
        self.assertNotEqual(self._case(self.acme), old)
        self.assertEqual((old.state, self._case(self.acme).amount_chased), ("closed", 80.01))

    def test_two_open_cases_of_one_customer_are_impossible(self):
        self._invoice(self.acme, 500, self.yesterday)
        case = self._cases(self.acme)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation), self.cr.savepoint():
            case.sudo().copy({"next_action_date": MONDAY}).flush_recordset()

    def test_an_open_case_without_next_action_is_impossible(self):
        self._invoice(self.acme, 500, self.yesterday)
        case = self._cases(self.acme)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.CheckViolation), self.cr.savepoint():
            case.sudo().next_action_date = False
            case.flush_recordset()

    def test_opening_makes_no_noise(self):
        self._invoice(self.acme, 500, self.yesterday)
        case = self._cases(self.acme)
        self.assertFalse(case.message_ids)
        self.assertFalse(case.message_follower_ids)

    # -- Closing and coming back ---------------------------------------------------------------------------------

    def test_a_settled_case_closes_and_its_history_remains(self):
        invoice = self._invoice(self.acme, 500, self.yesterday)
        self._settle_transaction()
        self._daily_run(MONDAY)
        case = self._case(self.acme)
        letter = case.letter_ids
        self._send(MONDAY)
        self._pay(invoice)
        case = self._cases(self.acme)
        self.assertRecordValues(
            case,
            [
                {
                    "state": "closed",
                    "date_closed": MONDAY,
                    "next_action_date": False,
                    "next_action": False,
                    "decision": "Settled: nothing is overdue.",
                    "priority_score": 0,
                }
            ],
        )
        self.assertEqual(case.stage_id.kind, "settled")
        self.assertEqual(case.step_id.name, "Friendly reminder", "What was done stays on record")
        self.assertEqual((case.letter_ids, letter.state), (letter, "sent"))

    def test_closing_withdraws_what_the_rules_had_asked_for(self):
        invoice = self._invoice(self.acme, 500, MONDAY - timedelta(days=10))
        self._settle_transaction()
        self._daily_run(MONDAY)
        self._send(MONDAY)
        self._daily_run(MONDAY + timedelta(days=7))
        case = self._case(self.acme)
        own = self._plan_by_hand(case, "mail.mail_activity_data_todo", summary="Say thank you")
        self.assertEqual(len(case.activity_ids), 2)
        self._pay(invoice)
        self._settle_transaction()
        self.assertEqual(case.activity_ids, own, "A person's own activity is left to that person")

    def test_a_payment_taken_back_brings_the_same_case_back_to_its_step(self):
        invoice = self._invoice(self.acme, 500, MONDAY - timedelta(days=10))
        self._settle_transaction()
        self._daily_run(MONDAY)
        self._send(MONDAY)
        case = self._case(self.acme)
        payment = self._pay(invoice)
        self._settle_transaction()
        self.assertEqual(case.state, "closed")
        later = MONDAY + timedelta(days=9)
        with self._on(later):
            payment.action_cancel()
            self._settle_transaction()
            self.env.invalidate_all()
            self.assertEqual(self._cases(self.acme), case)
            self.assertRecordValues(
                case,
                [
                    {
                        "state": "open",
                        "balance": 500,
                        "date_closed": False,
                        "next_action_date": later,
                    }
                ],
            )
            self.assertEqual(case.step_id.name, "Friendly reminder")
            self.assertEqual(case.stage_id.name, "Reminder")
        self._daily_run(later)
        self.assertFalse(self._case(self.acme).pending_step_id, "A day is left for a look")
        self._daily_run(later + timedelta(days=1))
        self.assertEqual(self._case(self.acme).pending_step_id.name, "Call")

    def test_a_payment_bounced_on_the_day_it_came_brings_the_same_case_back(self):
        invoice = self._invoice(self.acme, 500, MONDAY - timedelta(days=10))
        case = self._cases(self.acme)
        payment = self._pay(invoice)
        self._settle_transaction()
        self.assertEqual(case.state, "closed")
        payment.action_cancel()
        self.assertRecordValues(self._cases(self.acme), [{"id": case.id, "state": "open"}])

    def test_a_later_overdue_item_opens_a_new_case(self):
        self._pay(self._invoice(self.acme, 500, MONDAY - timedelta(days=10)))
        self.assertFalse(self._cases(self.acme), "Paid before anybody looked")
        invoice = self._invoice(self.acme, 500, MONDAY - timedelta(days=10))
        self._settle_transaction()
        self._pay(invoice)
        self._settle_transaction()
        later = MONDAY + timedelta(days=30)
        with self._on(later):
            self._invoice(self.acme, 80, later - timedelta(days=1))
            cases = self._cases(self.acme)
            self.assertRecordValues(
                cases,
                [
                    {"state": "closed", "is_first_case": True, "balance": 0},
                    {"state": "open", "is_first_case": False, "balance": 80},
                ],
            )
            self.assertFalse(cases[1].step_id)

    # -- Collector and policy ------------------------------------------------------------------------------------

    def test_the_salesperson_gets_the_case_when_a_collector(self):
        seller = new_test_user(
            self.env, "sell", "base.group_user,grey_hat_collections.group_collector", company_id=self.company.id
        )
        theirs = self._customer("Theirs", user_id=seller.id)
        strange = self._customer("Strange", user_id=self.stranger.id)
        for partner in (theirs, strange):
            self._invoice(partner, 500, self.yesterday)
        self.assertEqual(self._cases(theirs).user_id, seller)
        self.assertEqual(self._cases(strange).user_id, self.collector, "That salesperson could not even see the case")

    def test_collectors_take_turns_without_a_default(self):
        self.company.collection_user_id = False
        collectors = self.env.ref("grey_hat_collections.group_collector").all_user_ids
        (collectors - self.collector - self.manager).company_ids -= self.company
        for number in range(4):
            self._invoice(self._customer(f"Customer {number}"), 500, self.yesterday)
        self._settle_transaction()
        cases = self.Case.search([("company_id", "=", self.company.id)])
        self.assertEqual(sorted(case.user_id.login for case in cases), ["boss", "boss", "coll", "coll"])

    def test_a_collector_who_left_is_not_given_new_cases(self):
        self.acme.user_id = self.collector
        self.company.collection_user_id = False
        self.collector.active = False
        self._invoice(self.acme, 500, self.yesterday)
        self.assertNotEqual(self._cases(self.acme).user_id, self.collector)

    def test_a_default_collector_who_left_is_not_given_new_cases(self):
        self.collector.active = False
        self._invoice(self.acme, 500, self.yesterday)
        self.assertNotEqual(self._cases(self.acme).user_id, self.collector)

    def test_policy_of_the_customer_else_for_first_cases_else_of_the_company(self):
        self._invoice(self.acme, 500, self.yesterday)
        self.assertEqual(self._cases(self.acme).policy_id, self.standard)

        self.company.collection_first_policy_id = self.gentle
        first = self._customer("First")
        paid = self._invoice(first, 500, self.yesterday)
        self.assertEqual(self._cases(first).policy_id, self.gentle)
        self._pay(paid)
        self._settle_transaction()
        with self._on(MONDAY + timedelta(days=30)):
            self._invoice(first, 80, MONDAY + timedelta(days=20))
            self.assertEqual(self._cases(first)[1].policy_id, self.standard, "The second time it is no first case")

        own = self._customer("Own")
        own.with_company(self.company).collection_policy_id = self.standard
        self._invoice(own, 500, self.yesterday)
        self.assertEqual(self._cases(own).policy_id, self.standard)

    # -- Refresh at once -----------------------------------------------------------------------------------------

    def test_every_change_in_the_books_is_on_the_case_at_once(self):
        invoice = self._invoice(self.acme, 500, self.yesterday)
        case = self._cases(self.acme)
        self.assertEqual(case.balance, 500)
        lines = self._items(invoice)

        other = self._invoice(self.acme, 70, self.yesterday)
        self._assert_case(case, balance=570, amount_chased=570)
        later = self._invoice(self.acme, 200, self.yesterday)
        self._assert_case(case, balance=770, amount_chased=770)
        payment = self._pay(invoice, 100)
        self._assert_case(case, balance=670, amount_chased=670)
        payment.move_id.line_ids.remove_move_reconcile()
        self._assert_case(case, balance=670, amount_credit=100, amount_chased=670)
        lines.no_followup = True
        self._assert_case(case, balance=670, amount_excluded=500, amount_chased=170)
        lines.no_followup = False
        self._assert_case(case, amount_excluded=0, amount_chased=670)
        other.action_toggle_block_payment()
        self._assert_case(case, amount_excluded=70, amount_chased=600)
        other.action_toggle_block_payment()
        other.button_draft()
        self._assert_case(case, balance=600)
        other.action_post()
        self._assert_case(case, balance=670)
        other.button_draft()
        other.button_cancel()
        self._assert_case(case, balance=600)
        lines.date_maturity = MONDAY - timedelta(days=40)
        self._assert_case(case, bucket_1=200, bucket_2=500, amount_chased=600, days_overdue=40)
        later.button_draft()
        later.button_cancel()
        self._credit_note(self.acme, 400, MONDAY)
        self._assert_case(case, balance=0, state="closed")

    def _assert_case(self, case, **expected):
        self._settle_transaction()
        self.env.invalidate_all()
        self.assertRecordValues(case, [expected])

    def test_a_payment_under_way_is_on_the_case_at_once(self):
        with self._payments_without_entry():
            invoice = self._invoice(self.acme, 500, self.yesterday)
            case = self._cases(self.acme)
            payment = self._pay(invoice)
            self._assert_case(
                case,
                state="open",
                amount_under_way=500,
                amount_chased=0,
                decision="Waiting: a payment of $\xa0500.00 is under way.",
            )
            payment.action_cancel()
            self._assert_case(case, amount_under_way=0, amount_chased=500)

    def test_one_refresh_for_all_that_happens_in_a_transaction(self):
        others = [self._customer(f"Customer {number}") for number in range(4)]
        self._settle_transaction()
        with patch.object(type(self.Case), "_refresh", autospec=True, side_effect=type(self.Case)._refresh) as refresh:
            for partner in [self.acme, *others]:
                invoice = self._invoice(partner, 500, self.yesterday)
                self._pay(invoice, 100)
            self._settle_transaction()
            self.assertEqual(refresh.call_count, 1)
            partners = refresh.call_args.args[2]
            self.assertEqual(set(partners.ids), {partner.id for partner in [self.acme, *others]})
            self._invoice(self.acme, 500, self.yesterday)
            self._settle_transaction()
            self.assertEqual(refresh.call_count, 2, "and again for the next transaction")

    def test_collections_never_stand_in_the_way_of_accounting(self):
        with (
            patch.object(type(self.Case), "_refresh", side_effect=ZeroDivisionError),
            self.assertLogs(CASE_BOOKS, "WARNING"),
        ):
            invoice = self._invoice(self.acme, 500, self.yesterday)
            self._settle_transaction()
        self.assertEqual(invoice.state, "posted")
        self.assertFalse(self._case(self.acme))
        self._daily_run(MONDAY)
        self.assertEqual(self._case(self.acme).balance, 500, "The next daily run makes it good")

    def test_an_error_of_the_database_does_not_stand_in_the_way_either(self):
        def broken(case, *_args):
            case.env.cr.execute("SELECT nothing FROM nowhere")

        with (
            patch.object(type(self.Case), "_refresh", broken),
            self.assertLogs(CASE_BOOKS, "WARNING"),
            mute_logger("odoo.sql_db"),
        ):
            invoice = self._invoice(self.acme, 500, self.yesterday)
            self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual(invoice.state, "posted")

    def test_an_accountant_without_rights_on_cases_keeps_them_up_to_date(self):
        draft = self._invoice(self.acme, 500, self.yesterday, post=False)
        invoice = draft.with_user(self.accountant)
        invoice.action_post()
        self._settle_transaction()
        self.assertEqual(self._case(self.acme).balance, 500)
        self._pay(invoice, 200)
        self._settle_transaction()
        self.assertEqual(self._case(self.acme).balance, 300)

    def test_the_button_reads_the_ledger_again(self):
        invoice = self._invoice(self.acme, 500, self.yesterday)
        case = self._cases(self.acme)
        self._pay(invoice, 200)
        self.env.flush_all()
        self.env.cr.precommit.clear()  # as if the server had died in between
        case.with_user(self.collector).action_refresh()
        self.env.invalidate_all()
        self.assertEqual(case.balance, 300)

    def test_days_overdue_are_found_by_their_number(self):
        for days in (29, 30, 31):
            self._invoice(self._customer(f"Since {days}"), 10, MONDAY - timedelta(days=days))
        self._settle_transaction()
        cases = self.Case.with_company(self.company)
        mine = [("company_id", "=", self.company.id)]
        for operator, expected in ((">", [31]), (">=", [30, 31]), ("<", [29]), ("<=", [29, 30])):
            found = cases.search([*mine, ("days_overdue", operator, 30)])
            self.assertEqual(sorted(found.mapped("days_overdue")), expected, operator)

    def test_an_item_given_to_another_customer_takes_its_case_along(self):
        with self._on(MONDAY):
            acme, wrong = self._customer(), self._customer("Wrong")
            entry = self._opening_balance(wrong, 400, MONDAY - timedelta(days=20))
            item = entry.line_ids.filtered("partner_id")
            item.no_followup = False
            self._settle_transaction()
            self.assertEqual(self._case(wrong).balance, 400)
            item.partner_id = acme
            self._settle_transaction()
            self.assertFalse(self._case(wrong), "Nothing is left of it")
            self.assertEqual(self._case(acme).balance, 400)

    def test_what_a_colleague_planned_stays_when_the_account_is_settled(self):
        with self._on(MONDAY):
            acme = self._customer()
            invoice = self._invoice(acme, 400, MONDAY - timedelta(days=20))
            self._settle_transaction()
            case = self._case(acme)
            todo = "mail.mail_activity_data_todo"
            visit = case.with_user(self.manager).activity_schedule(todo, summary="Bring the new catalogue")
            case.sudo()._ask_for_review()
            self._pay(invoice)
            self._settle_transaction()
            self.env.invalidate_all()
            self.assertEqual(case.state, "closed")
            self.assertEqual(case.activity_ids.ids, visit.ids)
