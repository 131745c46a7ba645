from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..common import MONDAY, CollectionCommon, TwoCompaniesCommon


class ReasonCommon(CollectionCommon):
    """A customer who was reminded and waits for our call, and the reasons that we ship."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("cash_flow", "insolvency", "approval", "refuses"):
            setattr(cls, name, cls.env.ref(f"grey_hat_collections.reason_{name}"))
        cls.review = cls.env.ref("grey_hat_collections.mail_activity_type_review")

    def _called_customer(self, name="Acme", **values):
        """A customer reminded on Monday whose call is asked for since the Monday after, which is today."""
        case = self._warned_customer(name, **values)
        self._daily_run(self._day(7))
        self._freeze(self._day(7))
        self.assertEqual(case.pending_step_id.name, "Call")
        return case

    def _set(self, case, reason, user=None, **values):
        dialog = self.env["collection.set.reason"].with_user(user or self.collector)
        dialog.create({"case_id": case.id, "reason_id": reason.id, **values}).action_save()
        self.env.invalidate_all()

    def _reviews(self, case):
        return case.activity_ids.filtered(lambda activity: activity.activity_type_id == self.review)


@tagged("post_install", "-at_install")
class TestReasons(ReasonCommon):
    """Why a customer has not paid changes how we go on."""

    def test_a_temporary_difficulty_makes_the_ladder_gentle(self):
        case = self._called_customer(days=1)
        self._set(case, self.cash_flow)
        self.assertRecordValues(
            case, [{"reason_id": self.cash_flow.id, "reason_since": self._day(7), "policy_id": self.gentle.id}]
        )
        self.assertEqual((case.step_id.policy_id, case.step_id.name), (self.gentle, "Friendly reminder"))
        self.assertFalse(case.pending_step_id, "The call of the old ladder is given up")
        self.assertEqual(case.decision, "Waiting: “Call” is due on March 15, 2026.")

    def test_a_dialog_opened_before_a_colleague_noted_insolvency_does_not_lift_it(self):
        case = self._called_customer(days=1)
        insolvency = self.env.ref("grey_hat_collections.reason_insolvency")
        dialogs = self.env["collection.set.reason"].with_user(self.collector)
        old = dialogs.create({"case_id": case.id, "reason_id": self.cash_flow.id})
        log = (
            self.env["collection.log.contact"]
            .with_user(self.collector)
            .create({"case_id": case.id, "outcome": "reached"})
        )
        self._set(case, insolvency)
        with self.assertRaisesRegex(UserError, "someone has set “Insolvency” in the meantime"):
            old.action_save()
        log.action_log()
        self.assertEqual(case.reason_id, insolvency, "a contact that says nothing about the reason leaves it")

    def test_the_dialog_says_beforehand_what_will_be(self):
        case = self._called_customer(days=1)
        with Form(
            self.env["collection.set.reason"].with_user(self.collector).with_context(default_case_id=case.id)
        ) as dialog:
            self.assertEqual(dialog.effect, "The case continues as before.")
            dialog.reason_id = self.cash_flow
            self.assertTrue(dialog.change_policy)
            self.assertEqual(
                dialog.effect.splitlines(),
                [
                    "The case follows “Gentle” instead of “Standard”.",
                    "The next step is “Call”, on March 15, 2026 at the earliest.",
                    "A payment plan is offered first.",
                ],
            )
            dialog.change_policy = False
            self.assertEqual(dialog.effect, "A payment plan is offered first.")
            dialog.reason_id = self.approval
            self.assertEqual(dialog.effect, "The case continues as before.")
            dialog.reason_id = self.insolvency
            self.assertEqual(
                dialog.effect.splitlines(),
                [
                    "Letters and calls no longer go out automatically.",
                    f"{self.manager.name} is asked to decide how to proceed.",
                ],
            )
            dialog.reason_id = self.cash_flow
        wizard = dialog.record
        wizard.action_save()
        self.env.invalidate_all()
        self.assertEqual(
            (case.next_step_id.name, case.next_action_date), ("Call", self._day(13)), "What it said is what it is"
        )

    def test_the_policy_may_be_kept(self):
        case = self._called_customer()
        self._set(case, self.cash_flow, change_policy=False)
        self.assertEqual((case.policy_id, case.pending_step_id.name), (self.standard, "Call"))
        self.assertTrue(case.plan_first)

    def test_a_ladder_that_was_archived_is_proposed_no_more(self):
        case = self._called_customer(days=1)
        policy = case.policy_id
        reason = self.cash_flow.with_user(self.manager)
        reason.policy_id = reason.policy_id.copy({"name": "Old ladder"})
        reason.policy_id.active = False
        self._set(case, self.cash_flow)
        self.assertEqual((case.reason_id, case.policy_id), (self.cash_flow, policy))

    def test_insolvency_stops_letters_and_calls_and_asks_a_manager_once(self):
        case = self._called_customer()
        self._set(case, self.insolvency)
        self.assertFalse(case.pending_step_id)
        self.assertEqual(
            case.decision, "No automatic letters or calls since March 9, 2026: Insolvency. A person decides."
        )
        self.assertRecordValues(
            case.activity_ids,
            [
                {
                    "activity_type_id": self.review.id,
                    "user_id": self.manager.id,
                    "summary": "Insolvency: nothing is sent automatically any longer. Decide how to proceed",
                }
            ],
        )
        for days in range(7, 12):
            self._daily_run(self._day(days))
            self._send(self._day(days))
        self.assertEqual((self._sent_to(), len(self._reviews(case)), case.step_id.name), ([], 1, "Friendly reminder"))

    def test_after_a_manager_has_looked_the_case_is_shown_again_later(self):
        case = self._called_customer()
        self._set(case, self.insolvency)
        self._reviews(case).with_user(self.manager).action_done()
        self._settle_transaction()
        self.env.invalidate_all()
        self.assertEqual((case.decision_code, case.next_action_date), ("stopped", self._day(21)))
        self._daily_run(self._day(21))
        self.assertEqual(len(self._reviews(case)), 1)

    def test_insolvency_takes_back_the_letter_in_the_queue(self):
        case, letter = self._reminded_customer()
        with self._on(MONDAY, "09:00"):
            self._set(case, self.insolvency)
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), letter.state), ([], "cancelled"))
        self.assertEqual(letter.cancel_reason, "Insolvency: nothing is sent automatically any longer.")

    def test_insolvency_holds_up_letters_beside_the_ladder_as_well(self):
        case = self._overdue_customer()
        with self._on(MONDAY, "08:00"):
            case.env["collection.promise"].with_user(self.collector).create(
                {"case_id": case.id, "amount": 500, "date_promised": self._day(4)}
            )
            self._set(case, self.insolvency)
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), case.letter_ids.mapped("state")), ([], ["cancelled"]))

    def test_another_reason_is_the_way_back_with_a_day_for_a_look(self):
        case = self._called_customer()
        self._set(case, self.insolvency)
        with self._on(self._day(8), "10:00"):
            self._set(case, self.approval)
        self.assertFalse(self._reviews(case), "The manager need not decide any more")
        self.assertRecordValues(
            case, [{"decision_code": "released", "released_on": self._day(8), "next_action_date": self._day(8)}]
        )
        self._daily_run(self._day(8))
        self.assertFalse(case.pending_step_id)
        self._daily_run(self._day(9))
        self.assertEqual(case.pending_step_id.name, "Call")

    def test_no_reason_is_the_way_back_too(self):
        case = self._called_customer()
        self._set(case, self.insolvency)
        self._set(case, self.insolvency.browse())
        self.assertRecordValues(case, [{"reason_id": False, "reason_since": False, "decision_code": "released"}])

    def test_a_stopped_case_is_not_moved_forward_by_hand(self):
        case = self._called_customer()
        self._set(case, self.insolvency)
        with self.assertRaisesRegex(UserError, "“Insolvency” stops automatic letters and calls. Change the customer's"):
            case.with_user(self.collector).stage_id = self.env.ref("grey_hat_collections.stage_final_notice")

    def test_a_missed_promise_of_an_insolvent_customer_is_looked_at_not_called_about(self):
        case = self._overdue_customer()
        with self._on(MONDAY, "08:00"):
            case.env["collection.promise"].with_user(self.collector).create(
                {"case_id": case.id, "amount": 500, "date_promised": self._day(2)}
            )
            self._set(case, self.insolvency)
        for days in (1, 2, 3, 4):
            self._daily_run(self._day(days))
        self.assertEqual(set(case.activity_ids.activity_type_id.mapped("name")), {"Case review"})
        self.assertEqual(case.decision_code, "stopped")

    def test_a_settled_case_needs_no_reason(self):
        case = self._overdue_customer()
        self._customer_pays(case, day=MONDAY)
        with self.assertRaisesRegex(UserError, "Acme is settled"):
            self._set(case, self.cash_flow)

    def test_the_next_episode_begins_without_a_reason(self):
        case = self._overdue_customer()
        with self._on(MONDAY):
            self._set(case, self.cash_flow)
        self._customer_pays(case, day=MONDAY)
        with self._on(self._day(20)):
            self._invoice(case.partner_id, 90, self._day(15))
            self._settle_transaction()
        later = self._case(case.partner_id)
        self.assertNotEqual(later, case)
        self.assertEqual((later.reason_id.id, later.policy_id), (False, self.standard))

    # -- In the conversation -------------------------------------------------------------------------------------

    def test_the_reason_opens_the_call_guide(self):
        case = self._called_customer()
        self._set(case, self.cash_flow)
        guide = case.with_user(self.collector).call_guide
        self.assertIn("Cash-flow gap", guide)
        self.assertIn("Ask when their own customers pay", guide)
        self.assertIn("Offer a payment plan first: choose Make a Plan.", guide)
        self.assertLess(guide.index("Cash-flow gap"), guide.index("Opening"))

    def test_nobody_is_asked_for_money_when_the_reason_leaves_it_to_people(self):
        case = self._called_customer()
        self.assertIn("500.00", case.with_user(self.collector).call_guide)
        self._set(case, self.insolvency)
        guide = case.with_user(self.collector).call_guide
        self.assertIn("Do not ask for money.", guide)
        self.assertNotIn("500.00", guide)
        self.assertNotIn("Questions", guide)

    def test_the_dialog_proposes_nothing_again_that_was_decided(self):
        case = self._called_customer()
        self._set(case, self.cash_flow, change_policy=False)
        dialog = self.env["collection.set.reason"].with_user(self.collector)
        with Form(dialog.with_context(default_case_id=case.id)) as form:
            self.assertEqual((form.reason_id, form.change_policy), (self.cash_flow, False))
            self.assertEqual(form.effect, "The case continues as before.")
            form.change_policy = True
            self.assertIn("The case follows “Gentle” instead of “Standard”.", form.effect)
        form.record.action_save()
        self.env.invalidate_all()
        self.assertRecordValues(case, [{"policy_id": self.gentle.id, "reason_since": self._day(7)}])

    def test_hostile_words_stay_words(self):
        reason = self.env["collection.reason"].sudo().create({"name": "<b>x</b>", "guide": "<script>alert(1)</script>"})
        case = self._called_customer()
        self._set(case, reason)
        guide = case.with_user(self.collector).call_guide
        self.assertNotIn("<script>", guide)
        self.assertIn("&lt;script&gt;", guide)

    def test_the_reason_is_noted_with_the_contact(self):
        case = self._called_customer(days=1)
        dialog = self.env["collection.log.contact"].with_user(self.collector)
        with Form(dialog.with_context(default_case_id=case.id)) as form:
            form.outcome = "reached"
            self.assertFalse(form.reason_effect)
            form.reason_id = self.cash_flow
            self.assertIn("The case follows “Gentle” instead of “Standard”.", form.reason_effect)
        form.record.action_log()
        self.env.invalidate_all()
        self.assertEqual((case.reason_id, case.policy_id), (self.cash_flow, self.gentle))
        self.assertEqual(case.step_id.name, "Call", "The call was made before the ladder changed")
        self.assertEqual(len(case.note_ids), 1)

    def test_a_contact_leaves_the_reason_alone_when_nobody_touches_it(self):
        case = self._called_customer()
        self._set(case, self.cash_flow, change_policy=False)
        with self._on(self._day(8), "10:00"):
            self.env["collection.log.contact"].with_user(self.collector).create(
                {"case_id": case.id, "outcome": "reached"}
            ).action_log()
        self.env.invalidate_all()
        self.assertRecordValues(
            case, [{"reason_id": self.cash_flow.id, "reason_since": self._day(7), "policy_id": self.standard.id}]
        )

    # -- What we ship --------------------------------------------------------------------------------------------

    def test_the_shipped_reasons(self):
        reasons = self.env["collection.reason"].search([("company_id", "=", False)])
        xmlids = reasons.get_external_id()
        shipped = reasons.filtered(lambda one: xmlids[one.id].startswith("grey_hat_collections."))
        self.assertEqual(len(shipped), 11)
        self.assertEqual(shipped.filtered("stops_contact"), self.insolvency)
        self.assertTrue(all(shipped.mapped("guide")), "Each helps in the conversation")
        temporary = shipped.filtered(lambda one: one.kind == "temporary")
        self.assertEqual((temporary.policy_id, set(temporary.mapped("plan_first"))), (self.gentle, {True}))
        self.assertEqual(self.refuses.kind, "unwilling")


@tagged("post_install", "-at_install")
class TestReasonRights(ReasonCommon):
    def test_the_reason_is_not_typed_past_the_dialog(self):
        case = self._overdue_customer()
        for user in (self.collector, self.manager):
            with self.subTest(user.login), self.assertRaisesRegex(AccessError, "cannot be edited"):
                case.with_user(user).reason_id = self.cash_flow

    def test_managers_keep_the_list_and_collectors_read_it(self):
        self.cash_flow.with_user(self.manager).guide = "Ask about next month."
        self.assertEqual(self.cash_flow.with_user(self.collector).guide, "Ask about next month.")
        with self.assertRaises(AccessError):
            self.cash_flow.with_user(self.collector).guide = "Mine"
        with self.assertRaises(AccessError):
            self.env["collection.reason"].with_user(self.collector).create({"name": "Mine"})

    def test_a_colleague_s_case_keeps_its_reason(self):
        case = self._overdue_customer()
        colleague = new_test_user(
            self.env, "coll9", "base.group_user,grey_hat_collections.group_collector", company_id=self.company.id
        )
        for user in (colleague, self.accountant, self.stranger):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._set(case, self.cash_flow, user=user)
        self.assertFalse(case.reason_id)

    def test_an_accountant_reads_the_reason(self):
        case = self._overdue_customer()
        with self._on(MONDAY):
            self._set(case, self.insolvency)
        seen = case.with_user(self.accountant)
        self.assertEqual(seen.reason_id.name, "Insolvency")
        self.assertIn("Insolvency", seen.decision)

    def test_a_reason_in_use_is_archived_not_deleted(self):
        reason = self.env["collection.reason"].sudo().create({"name": "Flood"})
        case = self._overdue_customer()
        self._set(case, reason)
        reason.with_user(self.manager).active = False
        self.assertEqual(case.reason_id, reason)


@tagged("post_install", "-at_install")
class TestReasonsOfCompanies(TwoCompaniesCommon):
    def test_a_reason_of_another_company_is_neither_seen_nor_set(self):
        theirs = self.env["collection.reason"].sudo().create({"name": "Theirs", "company_id": self.other.id})
        shared = self.env["collection.reason"].sudo().create({"name": "Shared"})
        seen = self.env["collection.reason"].with_user(self.collector).search([])
        self.assertIn(shared, seen)
        self.assertNotIn(theirs, seen)
        case = self._overdue_customer()
        with self.assertRaises(UserError):
            case.with_user(self.collector)._set_reason(theirs.sudo())

    def test_a_reason_of_one_company_does_not_propose_the_policy_of_another(self):
        policy = self.gentle.sudo().copy({"company_id": self.other.id, "name": "Theirs"})
        with self.assertRaises(UserError):
            self.env["collection.reason"].sudo().create(
                {"name": "Ours", "company_id": self.company.id, "policy_id": policy.id}
            )
        self.env["collection.reason"].sudo().create(
            {"name": "Theirs", "company_id": self.other.id, "policy_id": policy.id}
        )


@tagged("post_install", "-at_install")
class TestReasonQueries(ReasonCommon):
    def test_many_stopped_cases_take_as_many_queries_as_few(self):
        cases = self.Case.union(*(self._overdue_customer(f"Customer {number}") for number in range(13)))
        self._freeze(MONDAY)
        cases.sudo()._set_reason(self.insolvency)

        def count(chosen):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            chosen.sudo()._decide_and_act()
            chosen.with_user(self.manager).mapped("decision")
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(cases[:1])
        few, many = count(cases[1:3]), count(cases[3:])
        self.assertLessEqual(many, few)
        self.assertEqual(set(cases.mapped("decision_code")), {"stopped"})
