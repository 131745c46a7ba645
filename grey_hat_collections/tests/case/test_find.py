from ast import literal_eval

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .. import hostile
from ..common import MONDAY, SecurityCommon, TwoCompaniesCommon, days_ago
from .find_common import FindCommon


@tagged("post_install", "-at_install")
class TestFind(FindCommon):
    """A call comes in: whoever calls has a number, an amount or a name at hand. Acme owes 1,260.00, Bolt 500.00 and 760.00."""

    def _begin(self):
        super()._begin()
        self.acme = self._overdue_customer("Acme", 1260, 10, ref="K-10077")
        self.invoice = self.acme.partner_id.invoice_ids
        self.bolt = self._overdue_customer("Bolt & Nut", 500, 20)
        with self._on(MONDAY):
            self.second = self._invoice(self.bolt.partner_id, 760, days_ago(5), ref="PO 4500012345")
            self._settle_transaction()

    def setUp(self):
        super().setUp()
        self._freeze()

    # -- Numbers -------------------------------------------------------------------------------------------------

    def test_an_invoice_is_found_however_its_number_is_written(self):
        name = self.invoice.name
        self.assertRegex(name, r"^INV/2026/\d{5}$")
        for text in (name, name.lower(), name.replace("/", " "), name.replace("/", "-"), f"  {name}\n", name[-5:]):
            self.assertFound(text, Acme=f"Invoice {name}")

    def test_a_paid_invoice_still_says_whose_it_is(self):
        paid = self._invoice(self.acme.partner_id, 80, days_ago(40))
        self._pay(paid)
        self.assertFound(paid.name, Acme=f"Invoice {paid.name}")

    def test_the_customers_own_reference(self):
        reason = f"Customer's reference of {self.second.name}"
        for text in ("PO 4500012345", "po4500012345"[2:], "4500012345", "12345"):
            self.assertEqual(self._found(text), {"Bolt & Nut": reason}, text)
        self.invoice.payment_reference = "RF18 5390 0754"
        self.assertFound("RF18 5390 0754", Acme=f"Customer's reference of {self.invoice.name}")

    def test_a_customer_number(self):
        for text in ("K-10077", "k10077"[1:], "10077"):
            self.assertFound(text, Acme="Customer number K-10077")
        self.acme.partner_id.ref = "A7"
        self.assertFound("a7", Acme="Customer number A7")
        self.acme.partner_id.ref = "A70"
        self.assertEqual(self._found("a7"), {}, "Of two signs, all must be right")

    def test_an_invoice_of_the_older_system(self):
        entry = self._opening_balance(self.acme.partner_id, 300, days_ago(90))
        self._items(entry).name = "RE-2019-118"
        self.assertFound("re 2019 118", Acme="Open item RE-2019-118")
        self.assertFound("300.00", Acme="Amount of RE-2019-118")

    # -- Amounts -------------------------------------------------------------------------------------------------

    def test_two_customers_with_the_same_amount(self):
        """The list says of each by what it was found."""
        for text in ("1,260.00", "1260", "1.260,00", "1 260,00", "$1,260.00", "USD 1260.00", "1'260.–"):
            self.assertEqual(
                self._found(text),
                {
                    "Acme": f"Amount of {self.invoice.name} · Amount to chase",
                    "Bolt & Nut": "Amount to chase",
                },
                text,
            )
        for text in ("1260.01", "126", "12600", "1.26", "1,26,0"):
            self.assertEqual(self._found(text), {}, text)

    def test_an_invoice_paid_in_part_has_two_amounts(self):
        self._customer_pays(self.acme, 260)
        reason = f"Amount of {self.invoice.name}"
        self.assertFound("1,000", Acme=f"{reason} · Amount to chase")
        self.assertIn(reason, self._found("1,260")["Acme"])

    def test_an_instalment_and_the_whole_invoice(self):
        invoice = self._invoice_in_instalments(self.acme.partner_id, 3000, days_ago(3), [(50, 0), (50, 30)])
        for text in ("1,500", "3,000"):
            self.assertFound(text, Acme=f"Amount of {invoice.name}")

    def test_what_is_overdue_in_all_is_found_while_only_a_part_is_chased(self):
        self._receive(self.bolt.partner_id, 60)
        self._settle_transaction()
        self.assertEqual((self.bolt.amount_overdue, self.bolt.amount_chased), (1260, 1200))
        self.assertEqual(self._found("1260")["Bolt & Nut"], "Amount overdue")
        self.assertEqual(self._found("1200")["Bolt & Nut"], "Amount to chase")

    def test_an_amount_in_another_currency(self):
        euro = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        invoice = self._invoice(self.acme.partner_id, 333, days_ago(3), currency_id=euro.id)
        for text in ("333.00", "€ 333", "666"):
            self.assertFound(text, Acme=f"Amount of {invoice.name}")

    def test_who_writes_in_german_means_thousands_by_a_point(self):
        small = self._invoice(self.acme.partner_id, 1.26, days_ago(3))
        self.assertIn(f"Amount of {small.name}", self._found("1.260")["Acme"], "in English a point parts cents")
        self.env["res.lang"]._activate_lang("de_DE")
        self.collector.lang = "de_DE"
        found = self._found("1.260")
        self.assertEqual(set(found), {"Acme", "Bolt & Nut"})
        self.assertNotIn(small.name, found["Acme"])
        self.assertIn(small.name, self._found("1,26")["Acme"])

    def test_one_digit_is_no_amount(self):
        self._invoice(self.acme.partner_id, 7, days_ago(3))
        self.assertEqual(self._found("7"), {})
        self.assertEqual(set(self._found("7.00")), {"Acme"})

    # -- Names ---------------------------------------------------------------------------------------------------

    def test_the_words_of_a_name_in_any_order(self):
        for text in ("nut bolt", "Nut, Bolt", "BOLT"):
            self.assertEqual(self._found(text), {"Bolt & Nut": "Customer Bolt & Nut"}, text)
        self.assertEqual(self._found("bolt screw"), {})

    def test_signs_stand_for_themselves(self):
        self.acme.partner_id.write({"name": "100% Cotton_Wool", "ref": False})
        for text in ("%", "_", "%%%", "100_", "1__% Cotton", "Cotton%Wool"):
            self.assertEqual(self._found(text), {}, text)
        for text in ("100%", "Cotton_Wool"):
            self.assertEqual(set(self._found(text)), {"100% Cotton_Wool"}, text)

    def test_whatever_is_typed_breaks_nothing(self):
        """Nor is it carried out: what it finds it finds by its letters."""
        texts = (
            *hostile.FRAGMENTS,
            "\x00",
            "a\x00b",
            "9" * 5000,
            "% _ " * 5000,
            "((((",
            "+" * 99,
            "1,2.3,4.5",
            "٣٤٥٦٧٨٩٠",
        )
        for text in texts:
            with self.subTest(text):
                self.assertLessEqual(len(self._found(text)), 10)
        for text in (None, False, 1260, {}, [], ["Acme"]):
            with self.subTest(text):
                self.assertEqual(self._found(text), {})

    # -- What is told --------------------------------------------------------------------------------------------

    def test_open_cases_first_then_settled_ones(self):
        early = self._overdue_customer("Bolt Early", 90, 80)
        self._customer_pays(early)
        self.assertEqual(early.state, "closed")
        found = self.Case.with_user(self.collector).find("bolt")
        self.assertEqual(
            [(one["name"], one["amount"].replace("\xa0", " "), one["days"], one["closed_on"]) for one in found],
            [("Bolt & Nut", "$ 1,260.00", 20, ""), ("Bolt Early", "", 0, "03/02/2026")],
        )
        self.assertEqual(found[0]["id"], self.bolt.id)
        self.assertEqual(found[0]["company"], "", "There is one only")

    def test_ten_cases_at_most_and_three_reasons_for_each(self):
        self._overdue_customers(12)
        self.assertEqual(len(self._found("customer")), 10)
        for day in range(3):
            self._invoice(self.bolt.partner_id, 10, days_ago(day))
        said = self._found("INV/2026")["Bolt & Nut"].split(" · ")
        self.assertEqual(len(said), 4)
        self.assertEqual(said[-1], "2 more")
        seen = self.Case.with_user(self.collector)
        self.assertEqual(seen.search_count([("found_by", "ilike", "INV/2026")]), 14, "A list shows them all")

    # -- The search of lists -------------------------------------------------------------------------------------

    def test_the_first_field_of_the_search_finds(self):
        for action in ("action", "action_my_day", "action_all"):
            window = self.env.ref(f"grey_hat_collections.collection_case_{action}")
            arch = self.Case.with_user(self.collector).get_view(window.search_view_id.id, "search")["arch"]
            self.assertRegex(arch, r"^<search[^>]*>\s*<field name=\"found_by\"")

    def test_a_list_says_by_what_it_has_found(self):
        cases = self.Case.with_user(self.collector).with_context(collection_find=["1260"])
        found = cases.search([("found_by", "ilike", "1260")], order="id")
        self.assertEqual(
            found.mapped("found_by"), [f"Amount of {self.invoice.name} · Amount to chase", "Amount to chase"]
        )
        self.assertEqual(found.with_context(collection_find=False).mapped("found_by"), [False, False])
        many = [f"nobody {number}" for number in range(5000)] + ["1260"]
        self.assertEqual(cases.with_context(collection_find=many).browse(found.ids).mapped("found_by"), [False, False])
        self.assertFalse(cases.search([("found_by", "in", many)]), "Nobody searches for so much")
        two = cases.with_context(collection_find=["k-10077", "nut"])
        self.assertEqual(two.browse(found.ids).mapped("found_by"), ["Customer number K-10077", "Customer Bolt & Nut"])

    def test_what_a_search_does_not_find(self):
        cases = self.Case.with_user(self.collector)
        self.assertEqual(cases.search([("found_by", "not ilike", "acme")]), self.bolt)
        self.assertFalse(cases.search([("found_by", "ilike", "%")]))
        self.assertEqual(cases.search([("found_by", "in", ["acme", "nut"])], order="id"), self.acme | self.bolt)

    def test_my_day_finds_who_calls_on_another_day(self):
        self._daily_run(MONDAY)
        self.acme.sudo().next_action_date = self._day(3)
        action = self.env.ref("grey_hat_collections.collection_case_action_my_day")
        my_day = literal_eval(action.domain)
        cases = self.Case.with_user(self.collector)
        self.assertEqual(cases.search(my_day), self.bolt)
        self.assertEqual((self.acme | self.bolt).with_user(self.collector).mapped("in_my_day"), [False, True])
        search = cases.with_context(collection_find=["acme"])
        self.assertEqual(search.search([*my_day, ("found_by", "ilike", "acme")]), self.acme)


@tagged("post_install", "-at_install")
class TestFindRights(FindCommon, SecurityCommon):
    """Nobody finds what they may not read."""

    def _begin(self):
        super()._begin()
        self.own, self.theirs, self.free = (
            self._overdue_customer(f"Acme {name}") for name in ("Own", "Theirs", "Free")
        )
        self.theirs.sudo().user_id = self.colleague
        self.free.sudo().user_id = False

    def test_a_collector_finds_own_and_unassigned_cases(self):
        self.assertEqual(set(self._found("acme")), {"Acme Own", "Acme Free"})
        self.assertEqual(set(self._found("500.00")), {"Acme Own", "Acme Free"})
        self.assertEqual(self._found(self.theirs.partner_id.invoice_ids.name), {})
        self.assertEqual(set(self._found("acme", self.colleague)), {"Acme Theirs", "Acme Free"})
        self.assertFalse(self.Case.with_user(self.collector).search([("found_by", "ilike", "theirs")]))

    def test_who_reads_all_cases_finds_all(self):
        for user in (self.lead, self.manager, self.accountant, self.auditor):
            self.assertEqual(len(self._found("acme", user)), 3, user.login)

    def test_nobody_else_may_ask(self):
        for user in (self.stranger, self.guest):
            with self.assertRaises(AccessError):
                self._found("acme", user)


@tagged("post_install", "-at_install")
class TestFindInCompanies(FindCommon, TwoCompaniesCommon):
    """Acme owes 500.00 to us and 700.00 to the Second House."""

    def _begin(self):
        super()._begin()
        self.acme = self._overdue_customer("Acme")
        with self._on(days_ago(10)):
            self.theirs = self._invoice_of_the_other(self.acme.partner_id, 700, days_ago(10))
            self.theirs.ref = "PO-77001"
        with self._on(MONDAY, "01:00"):
            self._settle_transaction()
            self.Case.sudo()._refresh(self.other, self.acme.partner_id)
        self.both = new_test_user(
            self.env,
            "both",
            "base.group_user,grey_hat_collections.group_manager",
            company_id=self.company.id,
            company_ids=[Command.set((self.company | self.other).ids)],
        )

    def test_of_another_company_nothing_is_found(self):
        self.assertEqual(self.theirs.state, "posted")
        for text in ("PO-77001", "700.00"):
            self.assertEqual(self._found(text), {})
        ours = self.acme.partner_id.invoice_ids.filtered(lambda invoice: invoice.company_id == self.company)
        self.assertFound("500.00", Acme=f"Amount of {ours.name} · Amount to chase")

    def test_who_works_for_both_reads_whose_case_it_is(self):
        cases = self.Case.with_user(self.both)
        one = cases.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(len(one.find("acme")), 1, "One company is chosen")
        self.assertFalse(one.find("PO-77001"))
        both = cases.with_context(allowed_company_ids=(self.company | self.other).ids)
        self.assertEqual({one["company"] for one in both.find("acme")}, {self.company.name, "Second House"})
        [found] = both.find("PO-77001")
        self.assertEqual(
            (found["company"], found["found_by"]), ("Second House", f"Customer's reference of {self.theirs.name}")
        )


@tagged("post_install", "-at_install")
class TestFindQueries(FindCommon):
    """However many customers there are."""

    def _begin(self):
        super()._begin()
        self._overdue_customers(5)

    def test_as_many_queries_for_fifty_customers_as_for_five(self):
        seen = self.Case.with_user(self.collector)
        for text in ("Customer", "500.00", "INV/2026", "+1 207 555 0164", "customer.example"):
            self._found(text)  # what is read once in the life of a server
        counts = {text: self._count(lambda text=text: seen.find(text)) for text in ("Customer", "500.00", "INV/2026")}
        listed = self._count(lambda: self._list(seen))
        self._overdue_customers(45)
        for text, count in counts.items():
            self.env.invalidate_all()
            with self.subTest(text), self.assertQueryCount(count):
                self.assertEqual(len(seen.find(text)), 10)
        self.assertLess(max(counts.values()), 12)
        self.env.invalidate_all()
        with self.assertQueryCount(listed):
            self.assertEqual(len(self._list(seen)), 50)

    def _list(self, cases):
        cases = cases.with_context(collection_find=["500"])
        return cases.search([("found_by", "ilike", "500")]).mapped("found_by")

    def _count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        return self.env.cr.sql_log_count - before
