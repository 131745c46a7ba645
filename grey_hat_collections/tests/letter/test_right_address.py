from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.settings.res_partner import emails_of
from ..common import MONDAY, CollectionCommon, days_ago


@tagged("post_install", "-at_install")
class TestRightAddress(CollectionCommon):
    """A reminder goes where the invoice went, to all who read there, at an hour that is decent there. The story begins on Monday,
    2 March 2026.
    """

    def _invoiced(self, *contacts, days=10, **values):
        """A customer with these contacts, to each of whom an invoice is made out, the first one's the oldest; and its letter."""
        customer = self._customer("Letterbox", **values)
        for number, (name, email) in enumerate(contacts):
            contact = self._customer(name, is_company=False, parent_id=customer.id, email=email) if name else customer
            with self._on(days_ago(days - number)):
                self._invoice(contact, 100, days_ago(days - number))
        self._daily_run(MONDAY)
        return self.env["collection.letter"].search([("partner_id", "=", customer.id)])

    # -- Who was invoiced ----------------------------------------------------------------------------------------

    def test_what_is_set_apart_in_a_field_is_an_address_and_what_is_smuggled_in_is_none(self):
        for typed, found in (
            ("a@customer.example; B <b@customer.example>", ["a@customer.example", "b@customer.example"]),
            ('"Payable, Ada" <a@customer.example>', ["a@customer.example"]),
            ("a@customer.example\r\nBcc: b@elsewhere.example", ["a@customer.example"]),
            ("a@customer.example Bcc: b@elsewhere.example", ["a@customer.example"]),
            (False, []),
        ):
            self.assertEqual(emails_of(typed), found, typed)

    def test_to_whom_a_reminder_goes(self):
        ina, bob = ("Ina", "ina@letterbox.example"), ("Bob", "bob@letterbox.example")
        house = (None, None)
        for name, (contacts, values, address) in {
            "the company has no address, its contact has": ([ina], {"email": False}, "ina@letterbox.example"),
            "nor a street": ([ina], {"email": False, "street": False}, "ina@letterbox.example"),
            "all was invoiced to one contact": ([ina, ina], {}, "letterbox@customer.example"),
            "one contact, and the company has an address": ([ina], {}, "ina@letterbox.example"),
            "several contacts": ([ina, bob], {}, "letterbox@customer.example"),
            "several contacts, the company has no address": ([ina, bob], {"email": False}, "ina@letterbox.example"),
            "the oldest has none": ([("Ida", False), bob], {"email": False}, "bob@letterbox.example"),
            "some to the company itself": ([ina, house], {}, "letterbox@customer.example"),
            "whoever looks after paying goes first": ([ina], self._payable_contact(), "ada@customer.example"),
            "without an address that is the company's": (
                [ina],
                self._payable_contact(email=False),
                "letterbox@customer.example",
            ),
            "and there is none": (
                [ina],
                {"email": False, **self._payable_contact(email=False)},
                "ina@letterbox.example",
            ),
        }.items():
            with self.subTest(name), self.cr.savepoint() as savepoint:
                letter = self._invoiced(*contacts, **values)
                self._send(MONDAY)
                self.assertRecordValues(letter, [{"channel": "email", "state": "sent", "address_used": address}])
                self.assertEqual(self._sent_to(), [address])
                savepoint.rollback()
            self.env.invalidate_all()

    def test_whoever_was_invoiced_wants_no_emails(self):
        letter = self._invoiced(("Ina", "ina@letterbox.example"), email=False)
        letter.contact_id.collection_no_email = True
        self._send(MONDAY)
        self.assertEqual((letter.channel, letter.delivery_note), ("post", "opted_out"))

    # -- Two addresses -------------------------------------------------------------------------------------------

    def test_two_addresses_in_one_field_are_two(self):
        for name, field in {
            "semicolon": "ap@two.example; cfo@two.example",
            "names": '"A P" <AP@two.example>, cfo@two.example',
        }.items():
            with self.subTest(name):
                case, letter = self._reminded_customer(f"Two {name}", email=field)
                self.assertEqual(case.partner_id.email_formatted.count("@"), 2, "So Odoo writes to two")
                self._send(MONDAY)
                self.assertEqual(self._sent_to(), ["ap@two.example", "cfo@two.example"])
                self.assertEqual(letter.address_used, "ap@two.example, cfo@two.example")

    def test_one_of_them_is_on_the_blacklist(self):
        self.env["mail.blacklist"]._add("ap@two.example")
        _case, letter = self._reminded_customer(email="ap@two.example, cfo@two.example")
        self._send(MONDAY)
        self.assertEqual((self._sent_to(), letter.delivery_note), (["cfo@two.example"], False))

    def test_both_are(self):
        for address in ("ap@two.example", "cfo@two.example"):
            self.env["mail.blacklist"]._add(address)
        _case, letter = self._reminded_customer(email="ap@two.example, cfo@two.example")
        self._send(MONDAY)
        self.assertEqual((letter.channel, letter.delivery_note), ("post", "blacklisted"))

    def test_whoever_confirms_where_invoices_arrive_confirms_both(self):
        acme = self._customer("Two", email="ap@two.example; cfo@two.example")
        self.assertEqual(acme._collection_invoice_delivery()[acme], (acme, "ap@two.example, cfo@two.example"))

    def test_the_second_address_is_found_and_cleared(self):
        case = self._warned_customer(email="ap@two.example; cfo@two.example")
        self._customer_pays(case, day=MONDAY, clock="14:00")
        person = self.env["collection.privacy"]._person("Nobody of that name", "cfo@two.example")
        self.assertIn(case.partner_id.id, person.partner_ids)
        self.assertEqual(person.redact("Sent to AP@two.example", "-"), "Sent to -")

    # -- The hour ------------------------------------------------------------------------------------------------

    def _leaves_at(self, clock, code, tz=False, hours=(8, 21)):
        """Whether a letter to a customer in this country leaves at ``clock`` in UTC."""
        self.company.write({"collection_hour_from": hours[0], "collection_hour_to": hours[1]})
        country = self.env.ref(f"base.{code}")
        case = self._overdue_customer(f"Somebody in {code} at {clock}", country_id=country.id, tz=tz)
        self._daily_run(MONDAY)
        case.letter_ids.sudo().send_after = f"{MONDAY} 00:00:00"
        self._send(MONDAY, clock)
        return case.letter_ids.state == "sent"

    def test_without_a_zone_the_country_says_the_hour(self):
        self.company.resource_calendar_id.tz = "Europe/Brussels"
        for code, tz, clock, leaves in (
            ("nz", False, "10:00", False),  # 23:00 in Auckland
            ("nz", "Europe/Brussels", "10:00", False),  # that of whoever typed the contact
            ("nz", False, "05:30", True),
            ("nz", "Pacific/Auckland", "05:30", True),
            ("fr", "Europe/Brussels", "19:30", True),  # the clock of Paris shows the same
            ("in", "Asia/Calcutta", "05:00", True),  # the older name of the zone
            ("us", False, "14:00", False),  # before eight in California and Hawaii
            ("us", False, "20:00", True),
            ("us", "America/New_York", "14:00", True),
            ("us", "Europe/Brussels", "14:00", False),
            ("nz", "UTC", "10:00", True),  # chosen by a person: it is nobody's own
        ):
            with self.subTest(code=code, tz=tz, clock=clock), self.cr.savepoint() as savepoint:
                self.assertEqual(self._leaves_at(clock, code, tz), leaves)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_hours_too_short_for_all_zones_of_a_country(self):
        """From nine to ten it is never in all of Russia at once: the zone in the middle decides."""
        for clock, leaves in (("02:30", True), ("12:00", False)):
            with self.subTest(clock), self.cr.savepoint() as savepoint:
                self.assertEqual(self._leaves_at(clock, "ru", hours=(9, 10)), leaves)
                savepoint.rollback()
            self.env.invalidate_all()

    # -- Marked as sent ------------------------------------------------------------------------------------------

    def test_an_email_that_never_left_is_not_marked_as_sent(self):
        case, letter = self._reminded_customer()
        with self.assertRaisesRegex(UserError, "has not been sent: it is queued for e-mail"):
            letter.with_user(self.collector).action_mark_sent()
        self.assertEqual((letter.state, case.step_id.id), ("queued", False))

    def test_nor_one_that_was_refused_or_came_back(self):
        case = self._warned_customer()
        with self._on(MONDAY, "13:00"):
            case._message_receive_bounce("acme@customer.example", case.partner_id)
        with self.assertRaisesRegex(UserError, "did not reach the customer by e-mail"):
            case.letter_ids.with_user(self.collector).action_mark_sent()

    def test_nor_one_without_an_address(self):
        _case, letter = self._reminded_customer(email=False, street=False)
        self._send(MONDAY)
        with self.assertRaisesRegex(UserError, "did not reach the customer by e-mail"):
            letter.with_user(self.collector).action_mark_sent()
