from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestManyCases(CollectionCommon):
    """What a team lead does with many cases at once, from the list or the board."""

    def _begin(self):
        super()._begin()
        self.cases = (
            self._overdue_customer("Acme", 500)
            | self._overdue_customer("Beta", 300)
            | self._overdue_customer("Cora", 80)
        )
        self._daily_run(MONDAY)

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY, "10:00")

    def _dialog(self, model, action, cases=None, user=None, **values):
        screen = (cases or self.cases).with_user(user or self.manager)
        context = getattr(screen, action)()["context"]
        return self.env[model].with_user(user or self.manager).with_context(**context).create(values)

    def _change(self, cases=None, user=None, **values):
        return self._dialog("collection.change.cases", "action_change", cases, user, **values).action_change()

    def _send_documents(self, cases=None, **values):
        return self._dialog("collection.send.documents", "action_send_documents", cases, **values).action_send()

    # -- Changing --------------------------------------------------------------------------------------------------

    def test_assigned_together(self):
        policies = self.cases.policy_id
        told = self._change(user_id=self.collector.id)
        self.assertEqual(self.cases.user_id, self.collector)
        self.assertEqual(self.cases.policy_id, policies, "What is left empty stays as it is")
        self.assertEqual(told["params"]["message"], "3 cases were changed.")

    def test_the_reason_is_set_on_all_that_have_another(self):
        reason = self.env.ref("grey_hat_collections.reason_insolvency")
        self._change(reason_id=reason.id)
        self.assertEqual(self.cases.reason_id, reason)

    def test_a_note_stands_on_each(self):
        self._change(note="Their bank was down\non Friday")
        for case in self.cases:
            self.assertIn("Their bank was down", case.message_ids[:1].body)
            self.assertIn("Friday", case.message_ids[:1].body)

    def test_nothing_filled_in_is_said(self):
        with self.assertRaisesRegex(UserError, "Fill in what is to change"):
            self._change(note="  ")

    def test_a_collector_changes_no_case_of_others(self):
        self.cases.sudo().user_id = self.manager
        with self.assertRaises(AccessError):
            self._change(user=self.collector, note="Mine now")

    def test_changing_many_asks_no_more_of_each(self):
        self._change(user_id=self.collector.id)
        self.env.invalidate_all()
        few = self._count_queries(lambda: self._change(self.cases[:1], user_id=self.manager.id))
        self.env.invalidate_all()
        many = self._count_queries(lambda: self._change(self.cases, user_id=self.manager.id))
        self.assertLessEqual(many - few, 6, "Not one query more for each case and field")

    def _count_queries(self, work):
        self.env.flush_all()
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    # -- Sending ---------------------------------------------------------------------------------------------------

    def test_each_customer_gets_the_own_statement(self):
        self.cases[2].partner_id.email = False
        dialog = self._dialog("collection.send.documents", "action_send_documents")
        self.assertEqual(dialog.unreachable, "Cora")
        with self.mock_mail_gateway():
            told = dialog.action_send()
        self.assertEqual(told["params"]["message"], "Sent to 2 customers.")
        for case in self.cases[:2]:
            message = case.message_ids[:1]
            self.assertEqual(message.subject, "Your statement of account")
            self.assertEqual(message.partner_ids, case.partner_id)
            self.assertEqual(len(message.attachment_ids), 1)
        self.assertNotIn("statement", self.cases[2].message_ids[:1].body or "")

    def test_copies_of_what_is_overdue(self):
        with self.mock_mail_gateway():
            self._send_documents(with_statement=False, with_copies=True)
        for case in self.cases:
            self.assertIn(case.open_item_ids.move_id.name, case.message_ids[:1].body)

    def test_nothing_chosen_and_nobody_to_be_reached(self):
        with self.assertRaisesRegex(UserError, "Choose what to send"):
            self._send_documents(with_statement=False)
        self.cases.partner_id.email = False
        with self.assertRaisesRegex(UserError, "None of these customers"):
            self._send_documents()

    def test_one_customer_gets_the_dialog_with_the_look(self):
        action = self.cases[:1].with_user(self.collector).action_send_documents()
        self.assertEqual(action["res_model"], "collection.invoice.copies")
