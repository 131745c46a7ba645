from unittest.mock import patch

import psycopg2
from odoo import Command, models
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from ...models.case import refresh as collection_refresh
from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestRefreshAgain(CollectionCommon):
    """What somebody had in use when something was booked is made good at once. Acme owes 500.00; with real processes this is
    told by tests/e2e/test_faults_figures.py.
    """

    def _begin(self):
        super()._begin()
        self.case = self._warned_customer()
        self.acme = self.case.partner_id

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY, "14:00")

    def _in_use(self, *cases):
        """Somebody works on these cases."""
        try_lock = type(self.Case).try_lock_for_update
        held = self.Case.union(*cases)
        return patch.object(
            type(self.Case), "try_lock_for_update", lambda some, **options: try_lock(some, **options) - held
        )

    def _noted(self):
        return [(note.partner_key, note.company_key) for note in self._notes()]

    def _dispute(self, amount):
        """Acme disputes a part of what it owes."""
        self.env["collection.dispute"].create(
            {
                "case_id": self.case.id,
                "kind": "quantity",
                "description": "Some of the boxes were missing.",
                "line_ids": [Command.create({"item_id": self.case.open_item_ids.id, "amount": amount})],
            }
        )

    def _notes(self):
        return self.env["collection.refresh"].sudo().search([])

    def _called(self):
        cron = self.env.ref("grey_hat_collections.ir_cron_refresh_again")
        return self.env["ir.cron.trigger"].sudo().search_count([("cron_id", "=", cron.id)])

    def _refresh_again(self, clock="14:00"):
        with self._on(MONDAY, clock), patch.object(collection_refresh, "TURN_SECONDS", 0):
            self._trigger("ir_cron_refresh_again")

    def test_a_payment_beside_somebody_at_work_counts_as_soon_as_that_is_over(self):
        """The run of the morning has decided on the case; that it did so today is no reason to leave it at that."""
        self.assertEqual(self.case.run_date, MONDAY)
        self._dispute(200)
        with self._in_use(self.case):
            self._customer_pays(self.case, 300)
            self.assertEqual(self.case.amount_chased, 300, "somebody had it in use")
        self.assertEqual((self._noted(), self._called()), ([(self.acme.id, self.company.id)], 1))
        self.assertNotEqual(self.case.decision_code, "disputed")
        self._refresh_again()
        self.assertEqual((self.case.amount_chased, self.case.decision_code, self._noted()), (0, "disputed", []))

    def test_an_account_that_is_settled_beside_somebody_at_work_is_closed(self):
        with self._in_use(self.case):
            self._customer_pays(self.case)
            self.assertEqual(self.case.state, "open")
        self._refresh_again()
        self.assertEqual((self.case.state, self.case.decision_code), ("closed", "settled"))

    def test_who_is_still_at_work_is_waited_for_every_other_second_then_once_a_minute(self):
        with self._in_use(self.case):
            self._customer_pays(self.case, 300)
            self._refresh_again()
            note = self._notes()
            self.assertEqual((note.attempts, str(note.next_at)), (1, "2026-03-02 14:00:02"))
            note.attempts = collection_refresh.QUICK_ATTEMPTS
            self._refresh_again("14:01")
            note = self._notes()
            self.assertEqual((note.attempts, str(note.next_at)), (31, "2026-03-02 14:02:00"))
        self._refresh_again("14:02")
        self.assertEqual((self.case.amount_chased, self._noted()), (200, []))

    def test_what_a_second_run_of_the_day_finds_changed_is_decided_on_too(self):
        self._dispute(200)
        self._pay(self.case.open_item_ids.move_id, 300)
        self.env.flush_all()
        self.env.cr.precommit.clear()  # as if the server had died in between
        self._daily_run(MONDAY)
        self.assertEqual(self._noted(), [(self.acme.id, self.company.id)])
        self._refresh_again()
        self.assertEqual((self.case.amount_chased, self.case.decision_code, self._noted()), (0, "disputed", []))

    def test_two_who_book_at_once_are_both_counted(self):
        """The database tells the second that the first was quicker; the second's payment is booked all the same."""
        stepped_in = psycopg2.errors.SerializationFailure("could not serialize access due to concurrent update")
        with patch.object(type(self.Case), "_update_figures", side_effect=stepped_in):
            self._customer_pays(self.case, 300)
        self.assertEqual(self.case.open_item_ids.amount_residual, 200)
        self.assertEqual(self._noted(), [(self.acme.id, self.company.id)])
        self._refresh_again()
        self.assertEqual(self.case.amount_chased, 200)

    def test_the_night_notes_what_somebody_has_in_use(self):
        other = self._overdue_customer("Other")
        self.env.cr.precommit.clear()
        for case in self.case | other:
            self._pay(case.partner_id.invoice_ids, 100)
        self.env.flush_all()
        self.env.cr.precommit.clear()  # as if the server had died in between
        self.env.cr.execute("UPDATE collection_case SET amount_chased = amount_chased")
        with patch.object(type(self.Case), "_do_part", lambda _cases, work: work() or True), self._in_use(self.case):
            self.Case.sudo()._refresh(self.company)
        self.env.invalidate_all()
        self.assertEqual((other.amount_chased, self.case.amount_chased), (400, 400), "nobody holds the rows themselves")

    @mute_logger("odoo.addons.grey_hat_collections.models.case.case_books")
    @mute_logger("odoo.addons.grey_hat_collections.models.base.batch")
    def test_what_fails_is_tried_again_and_told_in_the_end_and_harms_no_other(self):
        other = self._overdue_customer("Other")
        refresh = type(self.Case)._refresh

        def failing(cases, companies, partners=None, *rest):
            if partners and self.acme in partners:
                raise ValueError("Something is odd about Acme")
            return refresh(cases, companies, partners, *rest)

        with patch.object(type(self.Case), "_refresh", failing):
            self._customer_pays(self.case, 300)
            with self._in_use(other):
                self._customer_pays(other, 300)
            for clock in ("14:00", "14:15", "14:30"):
                self._refresh_again(clock)
                self.assertEqual((other.amount_chased, self.case.amount_chased), (200, 500))
                self.assertEqual(self._noted(), [(self.acme.id, self.company.id)])
                self.assertFalse(self.case.last_error)
            self._refresh_again("14:45")
        self.assertEqual((self._noted(), self.case.last_error), ([], "Something is odd about Acme"))
        self.assertEqual(self.case.activity_ids.user_id, self.collector)

    def test_a_customer_who_is_gone_is_no_trouble(self):
        self.env["collection.refresh"].sudo()._note([(10**9, self.company.id), (self.acme.id, 10**9)])
        self._refresh_again()
        self.assertEqual(self._noted(), [])

    def test_a_case_that_is_being_opened_elsewhere_is_looked_at_again(self):
        new = self._customer("New")
        with self._on(MONDAY, "13:00"):
            self._invoice(new, 90, self._day(-5))
        with patch.object(type(self.Case), "_bulk_create", side_effect=psycopg2.errors.UniqueViolation("there is one")):
            self._settle_transaction()
        self.assertFalse(self._case(new))
        self.assertEqual(self._noted(), [(new.id, self.company.id)])
        self._refresh_again()
        self.assertEqual(self._case(new).amount_chased, 90)


@tagged("post_install", "-at_install")
class TestSavedOnce(CollectionCommon):
    """Whoever clicks twice is told that it is saved, and nothing is done twice."""

    def _begin(self):
        super()._begin()
        self.case = self._warned_customer(email="acme@customer.example")

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY, "14:00")

    def _dialog(self, model, **values):
        dialogs = self.env[model].with_user(self.manager).with_context(default_case_id=self.case.id)
        return dialogs.create({name: value for name, value in values.items() if value is not None})

    def test_every_dialog_with_a_button_that_saves_does_so_once(self):
        """A new dialog must say so, too: what it does is done by an action that is decorated with ``once``."""
        for name in self.env:
            model = self.env[name]
            if not (model._transient and name.startswith("collection.")):
                continue
            for method in dir(type(model)):
                # it changes nothing; or what it starts is done once a day, however often it is asked for
                is_look = method.startswith("action_preview") or (name, method) == (
                    "collection.first.run",
                    "action_start",
                )
                if method.startswith("action_") and not is_look and not hasattr(models.BaseModel, method):
                    with self.subTest(model=name, method=method):
                        self.assertTrue(hasattr(getattr(type(model), method), "__wrapped__"), "it is no @once")
                        self.assertIn("saved_at", model._fields)

    def test_a_promise_a_hold_a_plan_and_copies(self):
        later = self._day(5)
        for model, action, values, records in (
            (
                "collection.log.contact",
                "action_log",
                {"outcome": "promised", "amount": 100, "date_promised": later},
                "collection.promise",
            ),
            (
                "collection.hold",
                "action_hold",
                {"case_ids": [self.case.id], "until": later, "reason": "They look"},
                None,
            ),
            ("collection.set.reason", "action_save", {}, None),
        ):
            with self.subTest(model=model):
                dialog = self._dialog(model, **values)
                before = records and self.env[records].search_count([])
                done = getattr(dialog, action)()
                following = done.get("params", {}).get("next", done)  # a hold can be undone
                self.assertEqual(following["type"], "ir.actions.act_window_close")
                again = getattr(dialog, action)()
                self.assertEqual(again["params"]["message"], "This has just been saved.")
                if records:
                    self.assertEqual(self.env[records].search_count([]), before + 1)

    @users("coll")
    def test_what_was_refused_may_be_saved_once_it_is_right(self):
        dialog = self.env["collection.hold"].create(
            {"case_ids": [self.case.id], "until": self._day(-1), "reason": "They look"}
        )
        with self.assertRaisesRegex(Exception, "must end in the future"), self.env.cr.savepoint():
            dialog.action_hold()
        dialog.until = self._day(3)
        dialog.action_hold()
        self.assertEqual(self.case.state, "hold")
