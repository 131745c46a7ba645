"""Every screen that a case leads to, opened as the web client does, by each kind of person: nothing fails."""

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .access_common import AccessCommon, models_of_ours, public_methods
from .common import days_ago
from .web_client_common import Walker

COLLECTOR = "base.group_user,grey_hat_collections.group_collector"
#: People who are more than one thing, by what they are called here; those whose application is not there are left out.
MIXED = {
    "both": f"{COLLECTOR},account.group_account_invoice",
    "reader": f"{COLLECTOR},account.group_account_readonly",
    "bookkeeper": f"{COLLECTOR},account.group_account_user",
    "seller": f"{COLLECTOR},sales_team.group_sale_salesman",
    "shopkeeper": f"{COLLECTOR},point_of_sale.group_pos_user",
}
#: Models of Odoo whose screens we answer for where collectors see them.
JUDGED = ("account.move", "account.move.line", "account.payment", "res.partner")
QUIET = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models", "odoo.sql_db")


class ScreensCommon(AccessCommon):
    """A customer with all that a case may lead to, and people who open it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, groups in MIXED.items():
            if all(cls.env.ref(group, raise_if_not_found=False) for group in groups.split(",")):
                setattr(cls, name, new_test_user(cls.env, name, groups, company_id=cls.company.id))

    def _begin(self):
        super()._begin()
        case = self.cases["o"]
        customer = case.partner_id
        invoice = self.records["o"]["account.move"]
        self.payment = self._pay(invoice, 10)
        self._bank_pays(invoice, 20)
        self._receive(customer, 7)
        self._opening_balance(customer, 40, days_ago(3))
        self._credit_note(customer, 5, days_ago(1))
        self._credit_note(customer, 6, days_ago(1), post=False)
        self._invoice_of_an_order(customer)
        self._settle_transaction()
        case._refresh(self.company)

    def _invoice_of_an_order(self, customer):
        """An invoice that refers to what another application knows."""
        if "sale.order" not in self.env:
            return
        service = (
            self.env["product.product"].sudo().create({"name": "Advice", "type": "service", "invoice_policy": "order"})
        )
        line = {"product_id": service.id, "product_uom_qty": 1, "price_unit": 90, "tax_ids": False}
        orders = self.env["sale.order"].sudo().with_company(self.company)
        order = orders.create({"partner_id": customer.id, "order_line": [Command.create(line)]})
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.invoice_date = invoice.invoice_date_due = days_ago(2)
        invoice.action_post()

    def assertNothingFailsFor(self, person):
        with mute_logger(*QUIET):
            walker = self._walk(person)
        told = "\n".join(f"{way}:\n    {error}" for error, way in walker.complaints.items())
        self.assertFalse(walker.complaints, f"{person} meets:\n{told}")
        self.assertGreater(walker.screens, 100)

    def _walk(self, person):
        user = self._user(person)
        if user.has_group("grey_hat_collections.group_collector"):
            self.cases["o"].user_id = user
        self.env.flush_all()
        self.env.invalidate_all()
        env = self.env(user=user, context={"allowed_company_ids": self.company.ids, "lang": "en_US", "tz": "UTC"})
        walker = Walker(env, self.cr.savepoint, self._is_to_be_judged)
        for menu in self._menus(env):
            walker.start(menu.action._get_action_dict(), menu.complete_name)
        for name in (*models_of_ours(env), "account.move", "account.move.line", "res.partner", "mail.activity"):
            record = self.records["o"].get(name)
            if record and record.with_env(env).has_access("read"):
                walker.start_at(record)
        for record in (self.payment, self.payment.move_id, *self.cases["o"].partner_id.invoice_ids):
            if record.with_env(env).has_access("read"):
                walker.start_at(record)
        walker.walk()
        return walker

    def _is_to_be_judged(self, model, name):
        """Whether we answer for a screen, or for a button on it: ours, and Odoo's where collectors see our plain form."""
        if name and model._name.startswith("collection.") and not name.startswith("action_open"):
            return model.has_access("write")  # Odoo refuses what others may do with a record that is only read
        if model._name.startswith("collection.") or name in public_methods(model):
            return True
        is_plain = model.env["account.payment"]._collection_plain_view("form")
        return bool(is_plain) and model._name in JUDGED

    def _menus(self, env):
        """Our menus that this person sees and that lead somewhere."""
        root = env.ref("grey_hat_collections.collection_menu_root")
        visible = env["ir.ui.menu"]._visible_menu_ids()
        menus = env["ir.ui.menu"].sudo().search([("id", "child_of", root.id), ("id", "in", list(visible))])
        return menus.filtered(lambda menu: menu.action and menu.action._name == "ir.actions.act_window")


@tagged("post_install", "-at_install")
class TestWhatACaseLeadsTo(ScreensCommon):
    """Those who work with it every day, with accounting alone or whatever is installed beside."""

    def test_a_collector(self):
        self.assertNothingFailsFor("collector")

    def test_a_manager(self):
        self.assertNothingFailsFor("manager")

    def test_an_auditor(self):
        self.assertNothingFailsFor("auditor")

    def test_a_collector_who_keeps_the_books(self):
        self.assertNothingFailsFor("both")


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestWhatElseOneMayBe(ScreensCommon):
    """Everybody else, where the applications of many houses are installed beside: see tests/soak."""

    def test_who_sees_all_cases(self):
        self.assertNothingFailsFor("lead")

    def test_an_accountant(self):
        self.assertNothingFailsFor("accountant")

    def test_an_adviser(self):
        self.assertNothingFailsFor("adviser")

    def test_a_collector_who_reads_the_books(self):
        self.assertNothingFailsFor("reader")

    def test_a_collector_with_full_accounting(self):
        self.assertNothingFailsFor("bookkeeper")

    def test_a_collector_who_sells(self):
        self.assertNothingFailsFor("seller")

    def test_a_collector_who_keeps_a_shop(self):
        self.assertNothingFailsFor("shopkeeper")
