from ast import literal_eval

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestHolds(CollectionCommon):
    """A pause has an end, a reason and a limit; its end is somebody's first look of the day. Today is Monday."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer()

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _dialog(self, cases, user=None, **values):
        dialogs = self.env["collection.hold"].with_user(user or self.collector)
        return dialogs.create({"case_ids": [Command.set(cases.ids)], "reason": "Their audit", **values})

    # -- The limit -----------------------------------------------------------------------------------------------

    def test_thirty_days_are_a_collector_s(self):
        self._dialog(self.case, until=self._day(30)).action_hold()
        self.assertEqual(self.case.hold_until, self._day(30))

    def test_a_longer_hold_needs_a_manager(self):
        with self.assertRaisesRegex(
            UserError,
            "Acme: without a collections manager a hold lasts 30 days at the most. Choose April 1, 2026 or an earlier day, "
            "or ask a manager to put the case on hold.",
        ):
            self._dialog(self.case, until=self._day(31)).action_hold()
        with self.assertRaises(UserError):
            self.case.with_user(self.collector)._hold(self._day(31), "Past the dialog")
        self.assertEqual(self.case.state, "open")
        self._dialog(self.case, user=self.manager, until=self._day(200)).action_hold()
        self.assertEqual((self.case.state, self.case.hold_until), ("hold", self._day(200)))

    def test_zero_sets_no_limit(self):
        self.company.collection_hold_longest_days = 0
        dialog = self._dialog(self.case, until=self._day(500))
        self.assertFalse(dialog.latest)
        dialog.action_hold()
        self.assertEqual(self.case.state, "hold")

    def test_the_dialog_proposes_two_weeks_or_what_is_allowed(self):
        for longest, expected in ((30, 14), (7, 7), (0, 14)):
            self.company.collection_hold_longest_days = longest
            with self.subTest(longest):
                self.assertEqual(self._dialog(self.case).until, self._day(expected))

    def test_the_dialog_says_how_many_and_until_when(self):
        other = self._overdue_customer("Other")
        action = (self.case | other).with_user(self.collector).action_hold()
        dialogs = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"])
        with Form(dialogs) as form:
            self.assertEqual((form.case_count, form.latest, form.until), (2, self._day(30), self._day(14)))
            form.reason = "Company holidays"
        form.record.action_hold()
        self.assertEqual(set((self.case | other).mapped("hold_reason")), {"Company holidays"})
        managed = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"])
        with Form(managed) as form:
            self.assertFalse(form.latest, "A manager has no limit")
            form.reason = "Longer"

    # -- The end -------------------------------------------------------------------------------------------------

    def test_the_end_of_a_hold_is_the_first_look_of_the_day(self):
        large = self._overdue_customer("Large", amount=90_000, days=100)
        self._dialog(self.case, until=self._day(1)).action_hold()
        self._daily_run(self._day(2))
        with self._on(self._day(2)):
            self.assertEqual(
                self.case.decision,
                "Hold ended, please review: from tomorrow the next step is “Friendly reminder”.",
            )
        self.assertEqual((self.case.next_action, self.case.next_action_date), ("Review case", self._day(2)))
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_case_action_my_day")
        with self._on(self._day(2)):
            my_day = self.Case.with_user(self.collector).search(literal_eval(action["domain"]))
        self.assertEqual(my_day[0], self.case, "It comes before the largest debt")
        self._daily_run(self._day(3))
        self.assertLess(self.case.priority_score, large.priority_score, "for one day")
        self.assertEqual(self.case.pending_step_id.name, "Friendly reminder")

    def test_many_cases_are_released_together(self):
        others = self.Case.union(*(self._overdue_customer(f"Other {number}") for number in range(2)))
        cases = self.case | others
        self._dialog(cases, until=self._day(10)).action_hold()
        self.assertEqual(set(cases.mapped("state")), {"hold"})
        release = self.env.ref("grey_hat_collections.collection_case_action_release").with_user(self.collector)
        with self._on(self._day(1), "10:00"):
            release.with_context(active_model="collection.case", active_ids=cases.ids).run()
            self._trigger("ir_cron_daily_run")
        self._send(self._day(1), "15:00")
        self.assertEqual(set(cases.mapped("state")), {"open"})
        self.assertEqual(set(cases.mapped("decision_code")), {"released"})
        self.assertFalse(self._sent_to(), "Nothing is sent at once")
        self.assertFalse(cases.letter_ids)

    def test_some_of_many_may_be_open_already(self):
        other = self._overdue_customer("Other")
        self._dialog(self.case, until=self._day(10)).action_hold()
        (self.case | other).with_user(self.collector).action_release()
        self.assertEqual(self.case.state, "open")
        self.assertFalse(other.released_on, "Who was not paused gets no day of rest")

    def test_nothing_to_release_is_said(self):
        other = self._overdue_customer("Other")
        with self.assertRaisesRegex(UserError, "Acme is not on hold"):
            self.case.with_user(self.collector).action_release()
        with self.assertRaisesRegex(UserError, "None of these 2 cases is on hold"):
            (self.case | other).with_user(self.collector).action_release()

    def test_only_those_who_may_change_a_case_hold_and_release_it(self):
        for user in (self.accountant, self.stranger):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._dialog(self.case, user=user, until=self._day(3)).action_hold()
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.case.with_user(user).action_release()
