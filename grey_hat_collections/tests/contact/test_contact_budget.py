from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestContactBudget(CollectionCommon):
    """How often we were in touch, all of us together, and the first moment at which we may be again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"collection_hour_from": 8, "collection_hour_to": 21, "collection_rest_days": 0})

    def _shown(self, case, day, clock, user=None):
        with self._on(day, clock):
            self.env.invalidate_all()
            case = case.with_user(user or self.collector)
            return case.contact_budget, case.contact_moment

    def _attempt(self, case, user, day, clock):
        with self._on(day, clock):
            self.env["collection.note"].with_user(user).create(
                {"case_id": case.id, "outcome": "no_answer", "channel": "call"}
            )

    def test_letters_and_calls_of_everybody_are_counted(self):
        case = self._warned_customer()
        self._attempt(case, self.manager, MONDAY, "15:00")
        self.assertEqual(self._shown(case, MONDAY, "16:00"), ("2 of 7 contacts in 7 days", "Now"))
        self.assertEqual(self._shown(case, self._day(7), "10:00")[0], "0 of 7 contacts in 7 days")

    def test_the_words_follow_the_settings(self):
        case = self._warned_customer()
        self.company.write({"collection_max_contacts": 3, "collection_contact_days": 10})
        self.assertEqual(self._shown(case, MONDAY, "16:00")[0], "1 of 3 contacts in 10 days")
        self.company.collection_max_contacts = 0
        self.assertEqual(self._shown(case, MONDAY, "16:00"), ("1 in 10 days, no limit is set", "Now"))

    def test_a_budget_that_is_used_up_names_the_day(self):
        self.company.write({"collection_max_contacts": 2, "collection_contact_days": 3})
        case = self._warned_customer()
        self._attempt(case, self.collector, self._day(1), "10:00")
        self.assertEqual(
            self._shown(case, self._day(1), "11:00"),
            ("2 of 2 contacts in 3 days", "Thu, Mar 5, 8:00 AM"),
        )

    def test_the_hour_is_the_customer_s(self):
        case = self._overdue_customer(tz="Pacific/Honolulu")
        self.assertEqual(self._shown(case, MONDAY, "12:00")[1], "Mon, Mar 2, 8:00 AM (customer's time)")
        self.assertEqual(self._shown(case, MONDAY, "19:00")[1], "Now")

    def test_public_holidays_and_weekends_are_kept(self):
        friday, monday = self._day(4), self._day(7)
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": "Founders' day",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": f"{monday} 00:00:00",
                "date_to": f"{monday} 23:59:59",
            }
        )
        case = self._overdue_customer()
        self.assertEqual(self._shown(case, friday, "21:30")[1], "Tue, Mar 10, 8:00 AM")

    def test_rest_after_an_answer_counts(self):
        self.company.collection_rest_days = 7
        case = self._warned_customer()
        with self._on(MONDAY, "15:00"):
            case.sudo()._note_reply()
        self.assertEqual(self._shown(case, MONDAY, "16:00")[1], "Mon, Mar 9, 8:00 AM")

    def test_who_is_not_to_be_contacted_says_so(self):
        asked = self._overdue_customer("Asked", collection_do_not_contact=True)
        self.assertEqual(self._shown(asked, MONDAY, "10:00")[1], "Never automatically: the customer asked us not to")
        insolvent = self._overdue_customer("Insolvent")
        insolvent.sudo()._set_reason(self.env.ref("grey_hat_collections.reason_insolvency"))
        self.assertEqual(self._shown(insolvent, MONDAY, "10:00")[1], "Never automatically: Insolvency")
        settled = self._overdue_customer("Settled")
        self._customer_pays(settled, day=MONDAY)
        self.assertFalse(self._shown(settled, MONDAY, "10:00")[1])

    def test_a_limit_that_never_frees_a_day_says_so(self):
        self.company.write({"collection_max_contacts": 1, "collection_contact_days": 900})
        case = self._warned_customer()
        self.assertEqual(self._shown(case, MONDAY, "16:00")[1], "Not within a year")

    def test_many_cases_take_as_many_queries_as_few(self):
        cases = self._warned_customers(13)

        def count(chosen):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            chosen.with_user(self.manager).mapped("contact_budget")
            chosen.with_user(self.manager).mapped("delivery_note")
            return self.env.cr.sql_log_count - before

        count(cases[:1])
        few, many = count(cases[1:3]), count(cases[3:])
        self.assertLessEqual(many, few)
