from lxml import html
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..common import MONDAY, SecurityCommon, TwoCompaniesCommon
from .dispute_common import DisputeCommon


@tagged("post_install", "-at_install")
class TestDisputeRights(DisputeCommon, SecurityCommon):
    """Whoever answers a dispute sees it, collector or not; nobody else does without a reason."""

    def _begin(self):
        super()._begin()
        self.case = self._overdue_customer(amount=1000, days=20)
        self.case.sudo().user_id = self.collector
        self._freeze()
        self.item = self._items(self.case.partner_id.invoice_ids)
        self.dispute = self._raise(self.case, {self.item: 300}, user_id=self.stranger.id)
        self.env.invalidate_all()

    def setUp(self):
        super().setUp()
        self._freeze()

    def _as(self, user):
        self.env.invalidate_all()
        return self.dispute.with_user(user)

    def test_who_only_reads_a_dispute_is_offered_no_answer(self):
        for user, may in ((self.stranger, True), (self.collector, True), (self.auditor, False)):
            with self.subTest(user.login):
                self.assertEqual(self._as(user).may_work, may)
                self.assertEqual(self._as(user).has_access("write"), may)

    def test_a_colleague_from_the_warehouse_reads_and_answers_what_is_theirs(self):
        dispute = self._as(self.stranger)
        self.assertEqual(dispute.line_ids.mapped("number"), [self.item.move_name])
        shown = html.fromstring(dispute.get_view(view_type="form")["arch"])
        self.assertTrue(shown.xpath("//field[@name='number'][not(@column_invisible)]"), "the invoice that it is about")
        with Form(dispute) as form:
            self.assertEqual(form.amount, 300)
            form.commitment = "We count again"
            form.commitment_date = self._day(1)
        self._answer(dispute, "partly_upheld", user=self.stranger, credit=[100])
        self.assertEqual((self.dispute.state, self.dispute.amount_upheld), ("partly_upheld", 100))
        self.assertFalse(self.dispute.credit_note_ids, "no right to invoices: accounting is asked")
        self.assertIn(self.accountant, self.dispute.activity_ids.user_id)
        with self.assertRaises(AccessError):
            self.case.with_user(self.stranger).read(["balance"])

    def test_a_menu_of_their_own_for_those_who_only_answer(self):
        root = self.env.ref("grey_hat_collections.collection_menu_my_disputes_root")
        idle = new_test_user(self.env, "idle", "base.group_user", company_id=self.company.id)
        menus = self.env["ir.ui.menu"]
        for user, shown in ((self.stranger, True), (idle, False), (self.collector, False), (self.accountant, False)):
            with self.subTest(user.login):
                self.assertEqual(root.id in menus.with_user(user).load_menus(False), shown)
        ours = self.env.ref("grey_hat_collections.collection_menu_my_disputes")
        self.assertIn(ours.id, menus.with_user(self.collector).load_menus(False))
        self.dispute.sudo(False).with_user(self.collector).user_id = idle
        self.assertIn(root.id, menus.with_user(idle).load_menus(False), "From the first dispute on")

    def test_the_number_leads_to_the_invoice(self):
        action = self.dispute.line_ids.with_user(self.collector).action_open_invoice()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", self.item.move_id.id))

    def test_nobody_else_of_the_house_sees_it(self):
        for user in (new_test_user(self.env, "other", "base.group_user", company_id=self.company.id), self.guest):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self._as(user).read(["description"])
                with self.assertRaises(AccessError):
                    self.env["collection.dispute.line"].with_user(user).browse(self.dispute.line_ids.ids).read(
                        ["amount"]
                    )

    def test_a_colleague_sees_disputes_of_own_and_unassigned_cases(self):
        with self.assertRaises(AccessError):
            self._as(self.colleague).read(["description"])
        self.case.sudo().user_id = False
        self.assertTrue(self._as(self.colleague).read(["description"]))

    def test_accountants_work_on_all_and_auditors_read_all(self):
        self.assertTrue(self._as(self.auditor).read(["description"]))
        with self.assertRaises(AccessError):
            self._as(self.auditor).write({"description": "x"})
        self._as(self.accountant).write({"description": "Two boxes"})
        self.assertTrue(self._raise(self.case, {self.item: 50}, user=self.accountant))

    def test_a_stranger_raises_none_and_hands_none_to_themselves(self):
        with self.assertRaises(AccessError):
            self._raise(self.case, {self.item: 50}, user=self.stranger)
        other = self._raise(self.case, {self.item: 50})
        with self.assertRaises(AccessError):
            other.with_user(self.stranger).write({"user_id": self.stranger.id})

    def test_the_dialog_opens_only_for_those_who_see_the_dispute(self):
        other = self._raise(self.case, {self.item: 50})
        with self.assertRaises(AccessError):
            self.env["collection.dispute.resolution"].with_user(self.stranger).create(
                {"dispute_id": other.id, "resolution": "upheld", "finding": "x"}
            )
        with self.assertRaises(AccessError):
            Form(
                self.env["collection.dispute.resolution"]
                .with_user(self.stranger)
                .with_context(default_dispute_id=other.id)
            )

    def test_the_dialog_of_an_own_dispute_shows_no_other(self):
        other = self._raise(self.case, {self.item: 50}, user_id=self.accountant.id)
        dialogs = self.env["collection.dispute.resolution"].with_user(self.stranger)
        dialog = dialogs.create({"dispute_id": self.dispute.id, "resolution": "upheld", "finding": "x"})
        with self.assertRaises(AccessError):
            dialog.line_ids.write({"line_id": other.line_ids.id})
        with self.assertRaises(AccessError):
            dialog.write({"dispute_id": other.id})

    def test_buttons_are_for_those_who_may_write(self):
        for button in ("action_start", "action_withdraw", "action_reopen", "action_commitment_done", "action_answer"):
            for user in (self.auditor, self.colleague):
                with self.subTest(button, user=user.login), self.assertRaises(AccessError):
                    getattr(self._as(user), button)()

    def test_evidence_attached_while_raising_is_seen_by_whoever_answers(self):
        photo = (
            self.env["ir.attachment"]
            .with_user(self.collector)
            .create({"name": "photo.png", "raw": b"boxes", "res_model": "collection.dispute", "res_id": 0})
        )
        with self.assertRaises(AccessError):
            photo.with_user(self.stranger).read(["name"])
        dispute = self._raise(
            self.case, {self.item: 50}, user_id=self.stranger.id, attachment_ids=[Command.link(photo.id)]
        )
        self.assertEqual(photo.res_id, dispute.id)
        self.env.invalidate_all()
        self.assertEqual(photo.with_user(self.stranger).name, "photo.png")
        with self.assertRaises(AccessError):
            photo.with_user(self.colleague).read(["name"])

    def test_only_accounting_or_a_manager_says_that_it_is_credited(self):
        self._answer(self.dispute, "upheld", user=self.stranger)
        with self.assertRaisesRegex(AccessError, "Ask one of them"):
            self._as(self.stranger).action_mark_credited()
        self._as(self.manager).action_mark_credited()
        self.assertTrue(self.dispute.is_credited)

    def test_what_the_customer_said_is_shown_as_text(self):
        self._raise(self.case, {self.item: 50}, description="<script>alert(1)</script>")
        self.assertIn("&lt;script&gt;", self.case.message_ids[0].body)

    def test_service_levels_are_kept_by_managers(self):
        levels = self.env["collection.service.level"]
        with self.assertRaises(AccessError):
            levels.with_user(self.collector).create({"kind": "price", "answer_days": 1})
        with self.assertRaises(AccessError):
            levels.with_user(self.stranger).search([]).read(["answer_days"])


@tagged("post_install", "-at_install")
class TestDisputesOfCompanies(DisputeCommon, TwoCompaniesCommon):
    """One customer, two companies: each answers its own."""

    def test_a_dispute_in_one_company_leaves_the_other_alone(self):
        self._freeze()
        partner = self._customer()
        mine = self._invoice(partner, 500, MONDAY.replace(day=1))
        theirs = self._invoice_of_the_other(partner, 500, MONDAY.replace(day=1))
        self._settle_transaction()
        cases = self.Case.search([("partner_id", "=", partner.id)])
        own = cases.filtered(lambda case: case.company_id == self.company)
        dispute = self._raise(own, [self._items(mine)])
        self.env.invalidate_all()
        self.assertEqual((own.amount_chased, (cases - own).amount_chased), (0, 500))
        with self.assertRaises(AccessError):
            self._raise(own, [self._items(theirs)])
        outsider = new_test_user(
            self.env,
            "outsider",
            "base.group_user,grey_hat_collections.group_manager",
            company_id=self.other.id,
            company_ids=[(6, 0, self.other.ids)],
        )
        with self.assertRaises(AccessError):
            dispute.with_user(outsider).read(["description"])
