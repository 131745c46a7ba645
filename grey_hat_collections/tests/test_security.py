from lxml import etree
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import MONDAY, SecurityCommon

HOSTILE = "<script>alert('Bobby')</script>"


@tagged("post_install", "-at_install")
class TestSecurity(SecurityCommon):
    """Who may see and do what. Three cases: the collector's, the colleague's, nobody's."""

    def _begin(self):
        super()._begin()
        self.mine = self._overdue_customer("Mine")
        self.theirs = self._overdue_customer("Theirs")
        self.nobodys = self._overdue_customer("Nobodys")
        self.theirs.sudo().user_id = self.colleague
        self.nobodys.sudo().user_id = False
        self.cases = self.mine | self.theirs | self.nobodys
        self._daily_run(MONDAY)

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    def _seen_by(self, user, model="collection.case"):
        records = self.env[model].with_user(user).search([("partner_id", "in", self.cases.partner_id.ids)])
        return set(records.mapped("partner_id.name"))

    # -- Cases and letters ---------------------------------------------------------------------------------------

    def test_who_sees_which_cases_and_letters(self):
        every = {"Mine", "Theirs", "Nobodys"}
        for user, expected in (
            (self.collector, {"Mine", "Nobodys"}),
            (self.colleague, {"Theirs", "Nobodys"}),
            (self.lead, every),
            (self.manager, every),
            (self.accountant, every),
            (self.auditor, every),
        ):
            for model in ("collection.case", "collection.letter"):
                with self.subTest(user=user.login, model=model):
                    self.assertEqual(self._seen_by(user, model), expected)

    def test_users_without_a_role_see_nothing(self):
        for user in (self.stranger, self.guest):
            for model in ("collection.case", "collection.letter", "collection.hold", "collection.invoice.copies"):
                with self.subTest(user=user.login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.mine.with_user(user).read(["balance"])

    def test_guests_see_no_policy_and_no_stage(self):
        for model in ("collection.policy", "collection.policy.step", "collection.stage"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.guest).search([])

    def test_the_customer_card_of_a_stranger_shows_no_figures(self):
        partner = self.mine.partner_id.with_user(self.stranger).with_company(self.company)
        self.assertFalse(partner.collection_case_id)
        self.assertFalse(partner.collection_amount_overdue)
        seen = self.mine.partner_id.with_user(self.collector).with_company(self.company)
        self.assertEqual(seen.collection_amount_overdue, 500)

    def test_a_colleague_s_case_can_be_neither_read_nor_worked_on(self):
        case = self.theirs.with_user(self.collector)
        letter = self.theirs.letter_ids.with_user(self.collector)
        for number, work in enumerate(
            (
                lambda: case.read(["balance"]),
                lambda: case.write({"user_id": self.collector.id}),
                case.action_refresh,
                case.action_release,
                case.action_include_excluded,
                lambda: case.message_post(body="Hello"),
                lambda: self._hold_dialog(case, self.collector),
                lambda: self._copies_dialog(case, self.collector),
                lambda: letter.read(["amount"]),
                letter.action_cancel,
                letter.action_retry,
                letter.action_mark_sent,
                letter.action_print,
            )
        ):
            with self.subTest(number), self.assertRaises(AccessError), self.cr.savepoint():
                work()
        self.env.invalidate_all()
        self.assertEqual((self.theirs.state, self.theirs.letter_ids.state), ("open", "queued"))

    def test_accountants_and_auditors_read_and_change_nothing(self):
        for user in (self.accountant, self.auditor):
            case = self.mine.with_user(user)
            self.assertEqual(case.balance, 500)
            for number, work in enumerate(
                (
                    lambda case=case: case.write({"user_id": False}),
                    lambda case=case: case.action_release(),
                    lambda case=case: case.letter_ids.action_cancel(),
                    lambda case=case: case.unlink(),
                    lambda case=case, user=user: self._hold_dialog(case, user),
                )
            ):
                with self.subTest(user=user.login, work=number), self.assertRaises(AccessError), self.cr.savepoint():
                    work()

    def test_nobody_creates_or_deletes_cases_and_letters(self):
        for user in (self.collector, self.lead, self.manager, self.accountant):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self.env["collection.case"].with_user(user).create(
                        {"partner_id": self.mine.partner_id.id, "company_id": self.company.id}
                    )
                with self.assertRaises(AccessError):
                    self.mine.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    self.env["collection.letter"].with_user(user).create(
                        {"partner_id": self.mine.partner_id.id, "company_id": self.company.id, "kind": "reminder"}
                    )

    def test_policies_and_stages_are_the_manager_s(self):
        for user in (self.collector, self.lead, self.accountant):
            for record in (self.standard, self.standard.step_ids[0], self.mine.stage_id):
                with self.subTest(user=user.login, model=record._name), self.assertRaises(AccessError):
                    record.with_user(user).write({"name": "Harsh"})
        self.standard.with_user(self.manager).name = "House rules"
        self.standard.step_ids[0].with_user(self.manager).days_overdue = 2

    # -- Every model of the add-on -------------------------------------------------------------------------------

    def test_every_model_has_rights_and_a_company_rule(self):
        models = [model for name, model in self.env.items() if name.startswith("collection.") and not model._abstract]
        self.assertGreater(len(models), 5)
        for model in models:
            with self.subTest(model._name):
                access = self.env["ir.model.access"].sudo().search([("model_id.model", "=", model._name)])
                self.assertTrue(access, "No access right at all")
                self.assertFalse(access.filtered(lambda right: not right.group_id), "A right for everybody, guests too")
                if "company_id" in model._fields and not model._transient:
                    rules = self.env["ir.rule"].sudo().search([("model_id.model", "=", model._name)])
                    of_company = rules.filtered(
                        lambda rule: not rule.groups and "company_ids" in (rule.domain_force or "")
                    )
                    self.assertTrue(of_company, "No company rule that holds for everybody")

    # -- The collector's work ------------------------------------------------------------------------------------

    def test_a_collector_reads_all_screens_without_accounting_rights(self):
        self.assertFalse(self.collector.has_group("account.group_account_readonly"))
        case = self.mine.with_user(self.collector).with_company(self.company)
        partner = case.partner_id
        for records, view_types in (
            (case, ("form", "list", "kanban")),
            (case.letter_ids, ("form", "list")),
            (partner, ("form", "list")),
            (case.policy_id, ("form", "list")),
            (case.open_item_ids.move_id, ("form", "list")),
        ):
            for view_type in view_types:
                with self.subTest(model=records._name, view=view_type):
                    self.assertTrue(self._screen(records, view_type))

    def _screen(self, records, view_type):
        """Read what the view of this type shows, with the rights of the records' user, as the web client does."""
        arch = etree.fromstring(records.get_view(view_type=view_type)["arch"])
        return records.web_read(self._specification(records, arch))

    def _specification(self, records, arch):
        specification = {}
        for node in arch.xpath(".//field[not(ancestor::field)]"):
            name = node.get("name")
            field = records._fields.get(name)
            if field is None:
                continue
            specification[name] = {}
            inner = next((child for child in node if child.tag in ("list", "kanban")), None)
            if field.type in ("one2many", "many2many") and inner is not None:
                root = etree.fromstring(etree.tostring(inner))
                specification[name] = {"fields": self._specification(records.env[field.comodel_name], root)}
            elif field.type == "many2one":
                specification[name] = {"fields": {"display_name": {}}}
        return specification

    def test_the_case_form_shows_what_a_call_needs(self):
        self.mine.partner_id.phone = "+1 555 0101"
        case = self.mine.with_user(self.collector)
        (shown,) = self._screen(case, "form")
        self.assertEqual(shown["balance"], 500)
        self.assertEqual([item["amount_residual"] for item in shown["open_item_ids"]], [500])
        self.assertEqual(len(shown["letter_ids"]), 1)
        self.assertEqual((case.contact_phone, case.contact_id), ("+1 555 0101", case.partner_id))

    def test_a_collector_does_a_collector_s_work_without_accounting_rights(self):
        case = self.mine.with_user(self.collector)
        case.action_refresh()
        self._hold_dialog(case, self.collector)
        self.assertEqual(case.state, "hold")
        case.action_release()
        self.assertEqual(case.state, "open")
        case.message_post(body="They call back tomorrow.")
        case.action_include_excluded()
        with self.mock_mail_gateway():
            self._copies_dialog(case, self.collector)
        self.assertIn("invoice", case.message_ids[0].attachment_ids[0].name.lower() + "invoice")
        self.assertEqual(len(case.message_ids[0].attachment_ids), 1)
        self._daily_run(self._day(1))
        case.invalidate_recordset()
        letter = case.letter_ids[0].with_user(self.collector)
        self.assertTrue(letter.action_print()["url"])
        letter.action_cancel()
        self.assertEqual(letter.state, "cancelled")
        self._daily_run(self._day(3))
        self._send(self._day(3))
        self._daily_run(self._day(10))
        with self._on(self._day(10)):
            case.invalidate_recordset()
            case.activity_ids.action_feedback(feedback="Friday")
            self.assertEqual(case.step_id.name, "Call")

    def test_collectors_and_accountants_print_statements(self):
        report = self.env.ref("grey_hat_collections.action_report_statement")
        for user in (self.collector, self.accountant, self.auditor):
            with self.subTest(user.login):
                content, _type = (
                    self.env["ir.actions.report"].with_user(user)._render_qweb_html(report, self.mine.partner_id.ids)
                )
                self.assertIn(b"500.00", content)
        for user in (self.stranger, self.guest):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["ir.actions.report"].with_user(user)._render_qweb_html(report, self.mine.partner_id.ids)

    def _hold_dialog(self, case, user):
        dialog = (
            self.env["collection.hold"]
            .with_user(user)
            .create({"case_ids": [Command.set(case.ids)], "until": self._day(5), "reason": "They move house"})
        )
        return dialog.action_hold()

    def _copies_dialog(self, case, user):
        invoices = case.sudo().open_item_ids.move_id.filtered(lambda move: move.is_sale_document())
        copies = self.env["collection.invoice.copies"].with_user(user)
        return copies.create({"case_id": case.id, "move_ids": invoices.ids}).action_send()

    # -- Accounting ----------------------------------------------------------------------------------------------

    def test_a_collector_reads_the_books_of_customers_and_changes_none(self):
        invoice = self.mine.partner_id.invoice_ids
        payment = self._pay(invoice, 10)
        for record in (invoice, invoice.line_ids, payment, payment.move_id, invoice.journal_id):
            with self.subTest(record._name):
                seen = record.with_user(self.collector)
                seen.read(["display_name"])
                for work in (
                    lambda seen=seen: seen.write({"name": "Changed"}),
                    lambda seen=seen: seen.unlink(),
                    lambda seen=seen: seen.copy(),
                ):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        work()
        with self.assertRaises(AccessError):
            invoice.with_user(self.collector).button_draft()
        with self.assertRaises(AccessError):
            invoice.with_user(self.collector).action_toggle_block_payment()

    def test_a_collector_reads_no_bills_salaries_or_payments_to_others(self):
        bill = self._invoice(self._customer("Supplier"), 900, MONDAY, move_type="in_invoice")
        salaries = self._salaries(4000, MONDAY)
        payment = self._pay(bill)
        groups = "base.group_user,account.group_account_invoice,grey_hat_collections.group_collector"
        both = new_test_user(self.env, "both", groups, company_id=self.company.id)
        bank = self.company_data["default_journal_bank"]
        for record in (bill, bill.line_ids, salaries, salaries.line_ids, payment, payment.move_id, bank):
            with self.subTest(record.mapped("display_name")), self.assertRaises(AccessError):
                record.with_user(self.collector).read(["display_name"])
            for user in (self.accountant, both):
                self.assertTrue(record.with_user(user).read(["display_name"]), "Accountants read on")

    def test_a_collector_sees_opening_balances_of_customers(self):
        entry = self._opening_balance(self.mine.partner_id, 400, MONDAY)
        case = self.mine.with_user(self.collector)
        case.invalidate_recordset()
        self.assertIn(entry, case.open_item_ids.move_id)
        self.assertTrue(entry.with_user(self.collector).read(["name"]))

    def test_an_accountant_sees_the_chase_state_of_invoices(self):
        invoice = self.mine.partner_id.invoice_ids
        for user in (self.collector, self.accountant, self.auditor):
            with self.subTest(user.login):
                seen = invoice.with_user(user)
                seen.invalidate_recordset()
                self.assertEqual((seen.chase_state, seen.collection_case_id), ("chased", self.mine))

    def test_whose_case_it_is_does_not_change_the_chase_state(self):
        """The colleague's case is on hold: the collector may not see the case, but sees that the invoice waits."""
        self.theirs.sudo()._hold(self._day(5), "Their bank is on strike")
        invoice = self.theirs.partner_id.invoice_ids.with_user(self.collector)
        invoice.invalidate_recordset()
        self.assertEqual(invoice.chase_state, "hold")
        self.assertFalse(invoice.collection_case_id)

    # -- Hostile text --------------------------------------------------------------------------------------------

    def test_hostile_text_stays_text(self):
        partner = self._customer("Evil", email="evil@customer.example")
        partner.name = HOSTILE
        with self._on(self._day(-10)):
            self._invoice(partner, 500, self._day(-10), ref=HOSTILE)
            self._opening_balance(partner, 60, self._day(-10))
        self._settle_transaction()
        case = self._case(partner)
        self.collector.name = HOSTILE
        case.sudo().user_id = self.collector
        card = case.with_user(self.collector)
        card._hold(self._day(3), HOSTILE)
        card.action_release()
        card.action_include_excluded()
        with self.mock_mail_gateway():
            self._copies_dialog(card, self.collector)
            self._assert_harmless("copies", *[mail["body"] for mail in self._mails])
        self._daily_run(self._day(1))
        self._send(self._day(1))
        self._assert_harmless("reminder", *[mail["body"] for mail in self._mails])
        self.assertTrue(self._mails)
        self._assert_harmless(
            "letter", *[content.decode() for mail in self._mails for _n, content, _t in mail["attachments"]]
        )
        self._daily_run(self._day(8))
        self._assert_harmless("chatter", *case.message_ids.mapped("body"))
        self._assert_harmless("activities", *[note for note in case.activity_ids.mapped("note") if note])
        with mute_logger("odoo.addons.grey_hat_collections.models.base.outgoing"):
            case.letter_ids[:1].sudo()._fail(HOSTILE)
        self._assert_harmless("activities", *[note for note in case.activity_ids.mapped("note") if note])

    def _assert_harmless(self, where, *texts):
        for text in texts:
            self.assertNotIn("<script>alert", text, where)
            self.assertNotIn("<script >alert", text, where)
