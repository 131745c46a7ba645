from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ...engine.search_key import last_digits
from ...models.contact import res_partner
from ..case.find_common import FindCommon
from ..common import TwoCompaniesCommon

#: The same number in the ways people write it.
WRITTEN = (
    "+1 (207) 555-0164",
    "207.555.0164",
    "2075550164",
    "001 207 555 0164",
    "+12075550164",
    "1-207-555-0164",
    "(207) 555-0164 ext. 12",
    "207 555 0164 x12",
    "+1 207 555 0164; +1 207 555 0999",
    "\u202a+1\u00a0207\u2011555\u20110164",
)


@tagged("post_install", "-at_install")
class TestFindPeople(FindCommon, TwoCompaniesCommon):
    """Acme is called by its own number, Bolt's payments are Petra Bergmann's: +1 (207) 555-0164."""

    def _begin(self):
        super()._begin()
        self.acme = self._overdue_customer("Acme", phone="+49 (0)69 1234-567")
        petra = {"name": "Petra Bergmann", "email": "petra@bolt.example", "phone": "+1 (207) 555-0164"}
        self.bolt = self._overdue_customer("Bolt", child_ids=[Command.create(petra)])
        self.petra = self.bolt.partner_id.child_ids

    def setUp(self):
        super().setUp()
        self._freeze()

    # -- Phone numbers -------------------------------------------------------------------------------------------

    def test_a_number_is_found_however_it_is_written(self):
        """On file, and as it is typed."""
        for on_file in WRITTEN:
            self.petra.phone = on_file
            for typed in WRITTEN[:6]:
                with self.subTest(on_file=on_file, typed=typed):
                    self.assertFound(typed, Bolt="Phone of Petra Bergmann")

    def test_the_zero_that_is_left_out_from_abroad(self):
        for typed in ("+49 69 1234567", "069 1234567", "069/1234-567", "0049691234567"):
            self.assertFound(typed, Acme="Phone of Acme")

    def test_the_end_of_a_number_tells_nothing(self):
        for typed in ("0164", "55-0164", "164"):
            self.assertEqual(self._found(typed), {}, typed)

    def test_a_number_without_its_area_code(self):
        self.assertFound("555-0164", Bolt="Phone of Petra Bergmann")
        self.petra.phone = "555 0164"
        self.assertFound("+1 207 555 0164", Bolt="Phone of Petra Bergmann")
        self.assertFound("555 0164", Bolt="Phone of Petra Bergmann")
        self.petra.phone = "0164"
        self.assertEqual(self._found("+1 207 555 0164"), {})

    def test_two_customers_with_one_number(self):
        self.acme.partner_id.phone = "1 207 555 0164"
        self.assertFound("+1 207 555 0164", Acme="Phone of Acme", Bolt="Phone of Petra Bergmann")

    def test_another_number_is_not_found(self):
        for typed in ("+1 207 555 0165", "+1 207 556 0164", "207 555 01640"):
            self.assertEqual(self._found(typed), {}, typed)
        self.assertFound("+1 303 755 0164".replace("303 755", "303 207 555"), Bolt="Phone of Petra Bergmann")

    def test_who_has_left_may_still_have_the_number(self):
        self.petra.active = False
        self.assertFound("+1 207 555 0164", Bolt="Phone of Petra Bergmann")

    def test_a_mobile_number_where_another_add_on_keeps_one(self):
        """Odoo has one field for numbers; where there are more, they are searched as well."""
        self.assertIn("mobile", res_partner.PHONE_FIELDS)
        self.petra.function = "+1 617 555 0123"
        self.assertEqual(self._found("+1 617 555 0123"), {})
        with patch.object(res_partner, "PHONE_FIELDS", ("phone", "no_such_field", "function")):
            self.assertFound("+1 617 555 0123", Bolt="Phone of Petra Bergmann")
            self.assertFound("+1 207 555 0164", Bolt="Phone of Petra Bergmann")

    def test_the_database_reads_numbers_as_the_rules_do(self):
        odd = (
            "",
            "none",
            "12",
            "ext. 5",
            "tel 0207 1",
            "5x5",
            "#31#0171 5551234",
            "+49(0)171(0)5551234",
            "1,2",
            "٣٤٥٦٧٨٩٠",
        )
        for number in (*WRITTEN, *odd):
            query = SQL("SELECT %s", SQL(res_partner.DIGITS_BACKWARDS, SQL("%s::varchar", number)))
            self.assertEqual(self.env.execute_query(query), [(last_digits(number)[::-1],)], number)

    def test_an_index_finds_numbers(self):
        """So a hundred thousand contacts are not read for one call."""
        partners = self.env["res.partner"].sudo()
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for digits in ("75550164", "5550164"):
            query = partners.with_context(active_test=False)._search(partners._collection_domain_phone(digits))
            plan = str(self.env.execute_query(SQL("EXPLAIN %s", query.select())))
            self.assertIn("res_partner_collection_phone_index", plan, digits)

    # -- People --------------------------------------------------------------------------------------------------

    def test_a_contact_by_name_and_by_address(self):
        for typed in ("bergmann", "Bergmann, Petra", "petra bergmann"):
            self.assertFound(typed, Bolt="Contact Petra Bergmann")
        self.assertFound("petra@bolt.example", Bolt="E-mail of Petra Bergmann")
        self.assertFound("PETRA@BOLT", Bolt="E-mail of Petra Bergmann")
        self.assertFound("acme@customer.example", Acme="E-mail of Acme")
        self.assertEqual(self._found("petra_bolt.example"), {}, "a sign stands for itself")

    def test_a_contact_and_a_customer_of_the_same_name(self):
        self._overdue_customer("Bergmann Werkzeuge")
        self.assertEqual(
            self._found("bergmann"),
            {
                "Bergmann Werkzeuge": "Customer Bergmann Werkzeuge",
                "Bolt": "Contact Petra Bergmann",
            },
        )

    def test_a_contact_of_another_company_is_not_found(self):
        self.petra.company_id = self.other
        for typed in ("+1 207 555 0164", "bergmann", "petra@bolt.example"):
            self.assertEqual(self._found(typed), {}, typed)
