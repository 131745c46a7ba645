from contextlib import contextmanager
from decimal import Decimal
from html import unescape
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY, TwoCompaniesCommon, days_ago
from .referral_common import ReferralCommon


@tagged("post_install", "-at_install")
class TestKeepOrCollect(TwoCompaniesCommon, ReferralCommon):
    """Figures with their formula, no verdict. Acme owes 500.00 since 45 days on Monday."""

    def _begin(self):
        super()._begin()
        self.case = self._account()
        self.acme = self.case.partner_id
        self.crate = (
            self.env["product.product"].sudo().create({"name": "Crate", "standard_price": 60, "list_price": 100})
        )

    def setUp(self):
        super().setUp()
        self._freeze(MONDAY)

    @contextmanager
    def _agency_recovers(self, recovery, from_record=False, commission=20):
        agency = type(self.agency)
        with (
            patch.object(agency, "_expected_recovery", lambda agency: (Decimal(recovery), from_record)),
            patch.object(
                agency,
                "_commission_percent",
                lambda agency, days: Decimal(commission if days <= 60 else commission + 10),
            ),
        ):
            yield

    def _sell(self, quantity, price=100, day=20, move_type="out_invoice", product=None, **values):
        """Crates, taxed, sold so many days before Monday and paid since."""
        line = {"product_id": (product or self.crate).id, "quantity": quantity, "price_unit": price}
        return self._create_invoice(
            move_type=move_type,
            partner_id=self.acme,
            invoice_date=days_ago(day),
            invoice_date_due=MONDAY,
            invoice_line_ids=[Command.create(line | values)],
            post=True,
        )

    def _figures_of(self, case=None):
        self.env.flush_all()
        case = case or self.case
        return case._keep_figures()[case.id]

    def _sheet(self, case=None):
        case = (case or self.case).with_user(self.manager)
        case.invalidate_recordset(["keep_sheet"])
        return unescape(self._plain(case.keep_sheet))

    def _promised(self, *ends, case=None):
        """Promises of the past: how each ended, its amount, what came of it."""
        values = {"case_id": (case or self.case).id, "date_promised": self._day(1)}
        promises = self.env["collection.promise"].with_user(self.collector)
        made = [promises.create({**values, "amount": amount}) for _end, amount, _came in ends]
        for promise, (end, _amount, came) in zip(made, ends, strict=True):
            promise.sudo().write({"state": end, "amount_received": came})
        self.env.flush_all()

    # -- What the customer buys ----------------------------------------------------------------------------------

    def test_sales_are_untaxed_and_less_credit_notes(self):
        self._sell(10)
        self._sell(2, move_type="out_refund")
        self._sell(1, price=9999, day=366)
        business = self._figures_of()["business"]
        # the open invoice over 500.00, 10 crates at 100.00, less 2
        self.assertEqual(business.sold, Decimal(1300))
        self.assertEqual((business.known, business.margin), (Decimal(800), Decimal(320)))
        sheet = self._sheet()
        self.assertIn("$ 1,300.00", sheet)
        self.assertIn("$ 320.00 · 40 %", sheet)
        self.assertIn("known for $ 800.00 of $ 1,300.00 sold", sheet)

    def test_drafts_and_other_customers_are_nobody_s_sales(self):
        self._create_invoice(
            partner_id=self.acme, invoice_date=MONDAY, invoice_line_ids=[Command.create({"name": "X", "price_unit": 7})]
        )
        self._overdue_customer("Bolt", amount=900)
        self.assertEqual(self._figures_of()["business"].sold, Decimal(500))

    def test_a_dozen_costs_twelve_times_as_much(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._sell(1, price=1200, product_uom_id=dozen.id)
        self.assertEqual(self._figures_of()["business"].margin, Decimal(1200 - 12 * 60))

    def test_without_costs_no_margin_is_made_up(self):
        self.assertIsNone(self._figures_of()["business"].margin)
        self.assertIn("no product on these invoices has a cost", self._sheet())

    # -- Their word ----------------------------------------------------------------------------------------------

    def test_promises_are_counted_by_how_they_ended(self):
        self._promised(
            ("kept", 100, 100), ("late", 50, 50), ("light", 200, 80), ("broken", 70, 0), ("withdrawn", 10, 0)
        )
        words = self._figures_of()["words"]
        self.assertEqual(
            {end: (word.count, word.promised, word.came) for end, word in words.items()},
            {"kept": (1, 100, 100), "late": (1, 50, 50), "light": (1, 200, 80), "broken": (1, 70, 0)},
        )
        sheet = self._sheet()
        self.assertIn("1 · $ 200.00", sheet)
        self.assertIn("$ 80.00 of $ 200.00 received", sheet)

    def test_a_plan_brings_what_this_customer_s_word_is_worth(self):
        """300.00 are asked for: until the ledger is read again, 200.00 count as promised."""
        self._promised(("kept", 100, 100), ("broken", 100, 0))
        figures = self._figures_of()
        self.assertEqual((figures["share"], figures["whose"], figures["plan"]), (Decimal(50), "own", Decimal(150)))
        self.assertIn("$ 300.00 × 50 %, the share of this customer's promises that was paid", self._sheet())
        self.assertIn("six instalments of $ 50.00", self._sheet())

    def test_without_a_word_of_its_own_the_house_s_is_taken(self):
        other = self._overdue_customer("Bolt", amount=900)
        self._promised(("kept", 300, 300), ("broken", 100, 0), case=other)
        figures = self._figures_of()
        self.assertEqual((figures["share"], figures["whose"], figures["plan"]), (Decimal(75), "company", Decimal(375)))
        self.assertIn("all customers' promises", self._sheet())

    def test_where_nobody_promised_anything_there_is_no_figure(self):
        self.assertIsNone(self._figures_of()["plan"])
        self.assertIn("there is nothing to go by", self._sheet())

    # -- An agency -----------------------------------------------------------------------------------------------

    def test_what_the_agency_would_take(self):
        with self._agency_recovers(60):
            offer = self._figures_of()["offer"]
            sheet = self._sheet()
        self.assertEqual((offer.expected, offer.commission, offer.net), (Decimal(300), Decimal(60), Decimal(240)))
        self.assertIn("$ 500.00 × 60 %, the recovery rate stated by Northwind", sheet)
        self.assertIn("$ 300.00 × 20 %, by the age of each item", sheet)
        self.assertIn("$ 300.00 − $ 60.00", sheet)

    def test_each_item_pays_for_its_age(self):
        with self._on(days_ago(70)):
            self._invoice(self.acme, 300, days_ago(70))
        with self._on(MONDAY, "01:00"):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.company, self.acme)
        self.env.invalidate_all()
        with self._agency_recovers(50, from_record=True):
            offer = self._figures_of()["offer"]
            sheet = self._sheet()
        # 500.00 at 20 % and 300.00 at 30 %, half of each
        self.assertEqual((offer.amount, offer.expected, offer.commission), (Decimal(800), Decimal(400), Decimal(95)))
        self.assertIn("the recovery rate of Northwind for us so far", sheet)

    def test_without_an_agency_nothing_is_made_up(self):
        self.agency.active = False
        self.assertIsNone(self._figures_of()["offer"])
        self.assertIn("no agency is on file", self._sheet())

    def test_no_verdict(self):
        self._promised(("kept", 100, 100))
        with self._agency_recovers(60):
            sheet = self._sheet().lower()
        for word in ("recommend", "should", "better", "advise"):
            self.assertNotIn(word, sheet)

    def test_names_are_shown_as_text(self):
        self.agency.partner_id.name = "<img src=x>"
        self.assertIn("&lt;img src=x&gt;", self.case.with_user(self.manager).keep_sheet)

    # -- Two companies -------------------------------------------------------------------------------------------

    def test_each_company_counts_its_own_sales_in_its_own_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.other.sudo().currency_id = euro
        with self._on(days_ago(45)):
            self._invoice_of_the_other(self.acme, 40, days_ago(45))
        with self._on(MONDAY, "02:00"):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.company | self.other, self.acme)
        cases = self.Case.sudo().search([("partner_id", "=", self.acme.id)])
        there = cases.filtered(lambda case: case.company_id == self.other)
        figures = cases._keep_figures()
        self.assertEqual({case: figures[case.id]["business"].sold for case in cases}, {self.case: 500, there: 40})
        self.assertIn("€", there._keep_page(figures[there.id]))
        self.assertNotIn("€", self.case._keep_page(figures[self.case.id]))
