from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .log_contact_common import CALL_DAY, LogContactCommon


@tagged("post_install", "-at_install")
class TestLogContactRights(LogContactCommon):
    """Who may log a contact, and what the dialog tells to whom."""

    # -- Rights --------------------------------------------------------------------------------------------------

    def test_who_may_log_a_contact(self):
        colleague = new_test_user(
            self.env,
            "colleague",
            "base.group_user,grey_hat_collections.group_collector",
            company_id=self.company.id,
        )
        with self.assertRaises(AccessError):
            self._log("reached", user=colleague)
        with self.assertRaises(AccessError):
            self._log("reached", user=self.accountant)
        record = self.env["collection.log.contact"].with_user(self.collector)
        record = record.create({"case_id": self.case.id, "outcome": "reached"})
        self.case.sudo().user_id = colleague
        with self.assertRaises(AccessError):
            record.action_log()
        self._log("reached", user=colleague)
        self.assertEqual(self.case.note_ids.user_id, colleague)
        self.case.sudo().user_id = False
        self._log("no_answer")
        self.assertEqual(self._asked("call_again").user_id, self.collector, "Whoever called an unassigned case")
        self._log("reached", user=self.manager)

    def test_two_people_log_two_contacts(self):
        first, second = self._dialog(), self._dialog(user=self.manager)
        first.outcome = second.outcome = "left_message"
        first, second = first.save(), second.save()
        first.action_log()
        second.action_log()
        self.env.invalidate_all()
        self.assertEqual(self.case.note_ids.user_id, self.collector | self.manager)
        self.assertEqual(self.case.unanswered_count, 3)
        self.assertEqual(len(self._asked("call_again")), 1)

    def test_a_case_of_another_company_is_out_of_reach(self):
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env,
            "abroad",
            "base.group_user,grey_hat_collections.group_all_cases",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            self._log("reached", user=stranger)

    def test_no_dialog_tells_about_a_case_that_is_out_of_reach(self):
        self.case.sudo().user_id = self.manager
        for name, values in (
            ("collection.log.contact", {"outcome": "promised"}),
            ("collection.plan.wizard", {}),
            ("collection.invoice.copies", {}),
        ):
            dialogs = self.env[name].with_user(self.collector)
            with self.subTest(name, by="create"), self.assertRaises(AccessError):
                dialogs.create({"case_id": self.case.id, **values})
            with self.subTest(name, by="default"), self.assertRaises(AccessError):
                dialogs.with_context(default_case_id=self.case.id).onchange(values, [], {"case_id": {}})
            with self.subTest(name, by="onchange"), self.assertRaises(AccessError):
                dialogs.onchange({"case_id": self.case.id, **values}, ["case_id"], {"case_id": {}})
            own = self._overdue_customer(f"Own of {name}")
            dialog = dialogs.create({"case_id": own.id, **values})
            with self.subTest(name, by="write"), self.assertRaises(AccessError):
                dialog.case_id = self.case

    def test_only_promises_of_this_case_are_replaced(self):
        other = self._overdue_customer("Other")
        promises = self.env["collection.promise"].with_user(self.collector)
        promise = promises.create({"case_id": other.id, "amount": 500, "date_promised": CALL_DAY})
        dialog = self.env["collection.log.contact"].with_user(self.collector)
        dialog = dialog.create(
            {
                "case_id": self.case.id,
                "outcome": "promised",
                "amount": 100,
                "date_promised": CALL_DAY,
                "replaced_ids": [Command.set(promise.ids)],
            }
        )
        dialog.action_log()
        self.assertEqual(promise.state, "open")
        self.assertEqual(self.case.promise_ids.amount, 100)

    def test_no_dialog_tells_the_number_of_a_contact_that_is_out_of_reach(self):
        other = self.setup_other_company()["company"]
        secret = self.env["res.partner"].create({"name": "Secret", "phone": "+1 555 0999", "company_id": other.id})
        dialogs = self.env["collection.log.contact"].with_user(self.collector)
        values = {"case_id": self.case.id, "outcome": "reached", "contact_id": secret.id}
        with self.assertRaises(AccessError):
            dialogs.create(values)
        with self.assertRaises(AccessError):
            dialogs.onchange(values, ["contact_id"], {"contact_phone": {}})
        self.assertEqual(dialogs.create(values | {"contact_id": self.acme.id}).contact_phone, "+1 555 0100")
