"""What the stories are told with: people, cases and days, which are frozen."""

from contextlib import ExitStack, contextmanager, nullcontext
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from unittest.mock import Mock, patch

from freezegun import freeze_time
from odoo.modules import get_module_path
from odoo.tests import HttpCase, new_test_user
from odoo.tools import SQL

from odoo.addons.mail.tests.common import MailCase

from ..models.case.case_ledger import NOTHING
from ..models.ledger.ledger import AMOUNT_FIELDS, FIGURE_FIELDS
from .accounting_common import AccountingCommon

#: A Monday, the day on which the stories begin.
MONDAY = date(2026, 3, 2)


def days_ago(days):
    """That many days before the stories begin."""
    return MONDAY - timedelta(days=days)


@cache
def start_the_clock():
    """Let freezegun take over the clocks once and for good; they tick on as they are.

    Its first start looks through all that was ever imported, and takes a tenth of a second; to freeze clocks that it has
    already taken over costs nothing.
    """
    freeze_time(tick=True).start()


class CollectionCommon(AccountingCommon, MailCase):
    """One company in US dollars whose day is counted in UTC, a collector, a manager, an accountant, a stranger."""

    @classmethod
    def setUpClass(cls):
        start_the_clock()
        super().setUpClass()

    @classmethod
    def _make_world(cls):
        super()._make_world()
        cls.company = cls.company_data["company"]
        cls.company.resource_calendar_id.tz = "UTC"
        cls.company.partner_id.tz = "UTC"
        # the manners have tests of their own; here a letter may go out at any hour
        cls.company.write({"collection_hour_from": 0, "collection_hour_to": 24})
        # so has approval; here letters leave by themselves, and those of companies that are made later as well
        cls.env["res.company"].search([]).collection_letters_wait = False
        cls.env["ir.default"].set("res.company", "collection_letters_wait", False)
        # where to pay has tests of its own; here a letter may leave without
        cls.company.collection_gate_no_bank = "off"
        # as everybody here is overdue for the first time, the ladder for first cases would be everybody's
        cls.company.collection_first_policy_id = False
        groups = "base.group_user,grey_hat_collections."
        cls.collector = new_test_user(
            cls.env,
            "coll",
            groups + "group_collector",
            company_id=cls.company.id,
            name="Cora Lector",
            email="cora@us.example",
        )
        cls.manager = new_test_user(cls.env, "boss", groups + "group_manager", company_id=cls.company.id)
        cls.accountant = new_test_user(
            cls.env, "acct", "base.group_user,account.group_account_invoice", company_id=cls.company.id
        )
        cls.stranger = new_test_user(cls.env, "nobody", "base.group_user", company_id=cls.company.id)
        cls.company.write({"collection_user_id": cls.collector.id, "collection_manager_id": cls.manager.id})
        cls.standard = cls.env.ref("grey_hat_collections.policy_standard")
        cls.gentle = cls.env.ref("grey_hat_collections.policy_gentle")
        cls.ledger = cls.env["collection.ledger"]
        cls.Case = cls.env["collection.case"]

    # -- Beginning -----------------------------------------------------------------------------------------------

    def setUp(self):
        type(self)._begin_once()
        super().setUp()

    def _begin(self):
        """What all stories of the class begin with. It is told once: attributes that it sets become those of the class.

        What lasts no longer than a test belongs into ``setUp``: a frozen day, something patched.
        """

    @classmethod
    def _begin_once(cls):
        if "_has_begun" in vars(cls):
            return
        story = cls()
        with ExitStack() as stack, cls.cr.savepoint():
            story.enterContext, story.addCleanup = stack.enter_context, stack.callback
            own = set(vars(story))
            story._begin()
            # stories in the browser are of today
            with story._on(None if issubclass(cls, HttpCase) else MONDAY, "01:00"):
                story._settle_transaction()
        for name in vars(story).keys() - own:
            setattr(cls, name, getattr(story, name))
        cls.env.invalidate_all()
        cls._has_begun = True

    # -- Given ---------------------------------------------------------------------------------------------------

    def _overdue_customer(self, name="Acme", amount=500, days=10, **values):
        """A customer whose invoice is ``days`` past due on Monday, and the case of it before its first daily run."""
        partner = self._customer(name, **values)
        with self._on(days_ago(days)):
            self._invoice(partner, amount, days_ago(days))
        with self._on(MONDAY, "01:00"):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.company, partner)
        return self._case(partner)

    def _overdue_customers(self, count, amount=500, days=10):
        """So many customers with an invoice each that is ``days`` past due on Monday, and the cases of them."""
        names = [f"Customer {number}" for number in range(count)]
        with self._on(days_ago(days)):
            partners = self.env["res.partner"].union(*map(self._customer, names))
            invoices = [self._invoice(partner, amount, days_ago(days), post=False) for partner in partners]
            self.env["account.move"].union(*invoices).action_post()
        with self._on(MONDAY, "01:00"):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.company, partners)
        self.env.invalidate_all()
        return self.Case.search([("partner_id", "in", partners.ids)], order="id")

    def _warned_customers(self, count):
        """So many customers to whom the friendly reminder went out on Monday, and the cases of them."""
        cases = self._overdue_customers(count)
        self._daily_run(MONDAY)
        self._send(MONDAY)
        return cases

    def _reminded_customer(self, name="Acme", **values):
        """A customer who owes 500.00 and whose friendly reminder waits in the queue on Monday."""
        case = self._overdue_customer(name, **values)
        self._daily_run(MONDAY)
        return case, case.letter_ids

    def _warned_customer(self, name="Acme", **values):
        """An overdue customer to whom the friendly reminder went out on Monday, and the case of it."""
        case, _letter = self._reminded_customer(name, **values)
        self._send(MONDAY)
        return case

    def _named_by_step(self, case, step, day):
        """What is asked for of a case was named by this step of its ladder last, on ``day``; the case stands there, too."""
        case = case.sudo()
        case.write({"step_id": step.id, "step_date": day})
        items = [item.id for item in case._asked_items()[case.id]]
        marks = self.env["collection.mark"].sudo()
        known = marks.search([("item_id", "in", items), ("step_id", "=", step.id)]).mapped("item_id")
        marks.create(
            [
                {"item_id": item_id, "case_id": case.id, "step_id": step.id, "date": day}
                for item_id in items
                if item_id not in known
            ]
        )

    # -- When ----------------------------------------------------------------------------------------------------

    def _daily_run(self, day=None):
        """The daily run, on ``day`` at five in the morning if one is given."""
        with self._on(day):
            self._trigger("ir_cron_daily_run")

    def _send(self, day=None, clock="12:00", *, refused=None, unreachable=None):
        """Send the queued letters, on ``day`` at noon if one is given; what went out is in ``_mails``.

        :param refused: what the mail server answers to a message instead of taking it
        :param unreachable: what happens instead of a connection to the mail server
        """
        with self._on(day, clock), self._mail_server(refused, unreachable):
            self._trigger("ir_cron_send_queued")

    @contextmanager
    def _mail_server(self, refused=None, unreachable=None):
        """The mail server takes what comes, unless it answers otherwise (see :meth:`_send`)."""
        with self.mock_mail_gateway():
            if refused:
                self.testing_smtp_session.send_message = Mock(side_effect=refused)
            connect = patch.object(type(self.env["ir.mail_server"]), "_connect__", side_effect=unreachable)
            with connect if unreachable else nullcontext():
                yield

    def _sent_to(self):
        """The addresses that the last sending wrote to."""
        return [address for mail in self._mails for address in mail["email_to"]]

    def _trigger(self, name):
        with self.enter_registry_test_mode():
            answer = self.env.ref(f"grey_hat_collections.{name}").method_direct_trigger()
        self.assertIs(answer, True, f"{name} failed")
        self.env.invalidate_all()

    @contextmanager
    def _on(self, day, clock="05:00"):
        """It is ``day``, also to the database; nothing changes without one. What changes is decided on before it is over."""
        if day is None:
            yield
            return
        with freeze_time(f"{day} {clock}:00") as frozen, patch.object(type(self.env.cr), "now", lambda cr: frozen()):
            yield
            self.Case.sudo()._decide_undecided()

    def _freeze(self, day=MONDAY, clock="09:00"):
        """It is ``day`` to the end of the test."""
        self.enterContext(self._on(day, clock))

    def _day(self, days):
        return MONDAY + timedelta(days=days)

    def _customer_pays(self, case, amount=None, *, day=None, clock="09:00"):
        """The customer pays the invoices, or ``amount`` of them, and the case hears of it."""
        with self._on(day, clock):
            payment = self._pay(case.partner_id.invoice_ids, amount)
            self._settle_transaction()
        self.env.invalidate_all()
        return payment

    def _plan_by_hand(self, case, activity_type, **values):
        """The collector plans an activity that the rules did not ask for."""
        return (
            self.env["mail.activity"]
            .with_user(self.collector)
            .create(
                {
                    "res_model_id": self.env["ir.model"]._get_id(case._name),
                    "res_id": case.id,
                    "activity_type_id": self.env.ref(activity_type).id,
                    "user_id": self.collector.id,
                    **values,
                }
            )
        )

    def _live(self, case, first, last, *others):
        """Days lived through: the run at five, letters at noon, activities of the case done when asked for.

        :param others: cases that live along
        """
        taken = []
        for number in range(first, last + 1):
            day = self._day(number)
            self._daily_run(day)
            self._send(day)
            with self._on(day, "15:00"):
                for one in (case, *others):
                    self._do_activities(one)
                self.env.invalidate_all()
            if case.step_id.name and (not taken or taken[-1][1] != case.step_id.name):
                taken.append((number, case.step_id.name))
        return taken

    def _do_activities(self, case):
        """The collector does what is asked for; of the last call a note is written."""
        if case.pending_step_id and case.pending_step_id._is_last_call():
            notes = self.env["collection.note"].with_user(self.collector)
            notes.create({"case_id": case.id, "outcome": "left_message"})
        case.activity_ids.with_user(self.collector).action_done()
        self._settle_transaction()

    def _case(self, partner):
        """The open case of a customer, with the figures that are in the database."""
        self.env.invalidate_all()
        return self.Case.search([("partner_id", "=", partner.id), ("state", "!=", "closed")])

    def _upgrade(self, version, name, before):
        """What a script of the upgrade to ``version`` does with an installation of ``before``."""
        path = f"{get_module_path('grey_hat_collections')}/migrations/{version}/{name}.py"
        spec = spec_from_file_location(name.replace("-", "_"), path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        script.migrate(self.cr, before)
        self.env.invalidate_all()

    def _settle_transaction(self):
        """Do what happens just before a commit."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    # -- Then ----------------------------------------------------------------------------------------------------

    def _figures(self, partner, company=None, today=None):
        """What the ledger says about a customer, whether it has a case or not; zeros when nothing is open.

        :rtype: dict[str, object]
        """
        query = self.ledger._query_figures(company or self.company, partner, today)
        columns = SQL(", ").join(map(SQL.identifier, FIGURE_FIELDS))
        self.ledger._flush_sources()
        rows = self.env.execute_query(SQL("SELECT %s FROM (%s) figures", columns, query))
        row = rows[0] if rows else [0] * len(AMOUNT_FIELDS) + [None]
        return {name: _comparable(value) for name, value in zip(FIGURE_FIELDS, row, strict=True)}

    def _plain_figures(self, partner):
        """The same as the reader of a few customers says it."""
        few, _asked = self.ledger._figures_of_few(self.company, partner).get((partner.id, self.company.id), NOTHING)
        return dict(zip(FIGURE_FIELDS, few, strict=True))

    def assertFigures(self, partner, *, company=None, today=None, **expected):
        """The named figures of a customer; dates as dates, amounts to the cent."""
        figures = self._figures(partner, company, today)
        told = {name: _comparable(value) for name, value in expected.items()}
        self.assertEqual({name: figures[name] for name in told}, told)

    def assertTies(self, partners=None):
        """The first law: the balance of each open case is what the ledger says, to the cent: of the accounts of customers, and of
        items of which anything is left in their own currency.
        """
        self.env.flush_all()
        self.env.invalidate_all()
        domain = [("state", "!=", "closed")]
        if partners:
            domain.append(("partner_id", "in", partners.ids))
        for case in self.Case.search(domain):
            lines = self.env["account.move.line"].search(
                [
                    ("partner_id.commercial_partner_id", "=", case.partner_id.id),
                    ("company_id", "=", case.company_id.id),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("account_id.non_trade", "=", False),
                    ("parent_state", "=", "posted"),
                    ("amount_residual_currency", "!=", 0),
                ]
            )
            owed = case.currency_id.round(sum(lines.mapped("amount_residual")))
            self.assertEqual(case.balance, owed, f"{case.display_name}: balance and ledger differ")
            self.assertEqual(case.balance, case.currency_id.round(case.amount_open - case.amount_credit))
            buckets = sum(case[f"bucket_{number}"] for number in range(5))
            self.assertEqual(case.amount_open, case.currency_id.round(buckets))


class SecurityCommon(CollectionCommon):
    """The same with a colleague of the collector, one who sees all cases, an auditor and a guest of the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "base.group_user,grey_hat_collections.group_"
        cls.colleague = new_test_user(cls.env, "coll2", group + "collector", company_id=cls.company.id)
        cls.lead = new_test_user(cls.env, "lead", group + "all_cases", company_id=cls.company.id)
        cls.auditor = new_test_user(
            cls.env, "audit", "base.group_user,account.group_account_readonly", company_id=cls.company.id
        )
        cls.guest = new_test_user(cls.env, "guest", "base.group_portal", company_id=cls.company.id)


class TwoCompaniesCommon(CollectionCommon):
    """The same with a second company, in UTC too, that sells to the same customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not hasattr(cls, "other"):
            cls._make_second_house()
        cls.other.active = True
        cls.env.user.company_ids |= cls.other

    @classmethod
    def _make_second_house(cls):
        cls.other_data = cls.setup_other_company(name="Second House")
        cls.other = cls.other_data["company"]
        cls.other.resource_calendar_id.tz = "UTC"
        cls.other.collection_gate_no_bank = "off"  # see _make_world
        cls.other.partner_id.tz = "UTC"
        cls.other.collection_gate_no_bank = "off"

    @classmethod
    def _before_keeping(cls):
        """In the prepared world the second company rests, unknown to all, until a story is about two."""
        super()._before_keeping()
        cls.env.user.company_ids -= cls.other
        cls.other.active = False

    @classmethod
    def _invoice_of_the_other(cls, partner, amount, due):
        """An invoice of the second company."""
        journal = cls.other_data["default_journal_sale"]
        return cls._invoice(partner, amount, due, company_id=cls.other.id, journal_id=journal.id)


def _comparable(value):
    """Amounts as decimals, which 0.1 + 0.2 does not surprise."""
    return Decimal(str(value)) if isinstance(value, (int, float, str)) else value
