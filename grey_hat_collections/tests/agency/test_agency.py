from decimal import Decimal

import psycopg2
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MONDAY, SecurityCommon, TwoCompaniesCommon
from .agency_common import AgencyCommon


@tagged("post_install", "-at_install")
class TestAgency(AgencyCommon):
    """Whom an agency takes, what it costs, and until when it may."""

    # -- What it costs -------------------------------------------------------------------------------------------

    def test_the_commission_goes_by_the_age_of_the_item(self):
        for days, percent in ((0, "10"), (60, "10"), (61, "17.5"), (90, "17.5"), (91, "25"), (400, "25")):
            self.assertEqual(self.agency._commission_percent(days), Decimal(percent), days)

    def test_one_commission_for_a_day(self):
        with self.assertRaises(psycopg2.IntegrityError), self.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.agency.commission_ids = [Command.create({"days_from": 61, "percent": 20})]
        self.assertEqual(len(self.agency.commission_ids), 3)

    # -- Whom it takes -------------------------------------------------------------------------------------------

    def _offered(self, *cases):
        offers = self.env["collection.agency"]._offers(self.Case.union(*cases))
        return [[(agency.name, sentences) for agency, sentences in offers[case]] for case in cases]

    def test_an_agency_without_limits_takes_everybody(self):
        case = self._overdue_customer(country_id=self.env.ref("base.de").id)
        with self._on(MONDAY):
            self.assertEqual(self._offered(case), [[("Harbour Receivables", [])]])
            self.assertEqual(self.agency._unfit(case), [])

    def test_it_fits_by_country_language_and_amount(self):
        us, de = self.env.ref("base.us"), self.env.ref("base.de")
        self.env["res.lang"]._activate_lang("de_DE")
        self.agency.write(
            {
                "country_ids": us,
                "lang_ids": self.env.ref("base.lang_en"),
                "amount_least": 500,
                "amount_most": 1000,
            }
        )
        fits = self._overdue_customer("Fits", 500, country_id=us.id)
        abroad = self._overdue_customer("Abroad", 1000.01, country_id=de.id, lang="de_DE")
        nowhere = self._overdue_customer("Nowhere", 499.99)
        with self._on(MONDAY):
            (good,), (bad,), (unknown,) = self._offered(fits, abroad, nowhere)
        self.assertEqual(good, ("Harbour Receivables", []))
        self.assertEqual(
            bad[1],
            [
                "Harbour Receivables does not work in Germany. Choose another agency.",
                "Harbour Receivables does not speak the language of Abroad. Choose another agency.",
                (
                    "Harbour Receivables accepts accounts up to $\xa01,000.00; the amount to refer is $\xa01,000.01. "
                    "Choose another agency."
                ),
            ],
        )
        self.assertEqual(
            unknown[1],
            [
                (
                    "Nowhere has no country on file, and Harbour Receivables works in certain countries only. Enter the "
                    "customer's country."
                ),
                (
                    "Harbour Receivables accepts accounts from $\xa0500.00; the amount to refer is $\xa0499.99. "
                    "Choose another agency."
                ),
            ],
        )

    def test_amounts_are_compared_in_the_agency_s_currency(self):
        """One dollar is two gold coins: 500.00 are 1,000 coins."""
        coins = self.setup_other_currency("EUR", rates=[("2026-01-01", 2)])
        self.agency.write({"currency_id": coins.id, "amount_least": 1000, "amount_most": 1000})
        case = self._overdue_customer()
        with self._on(MONDAY):
            self.assertEqual(self.agency._unfit(case), [])
            self.agency.write({"amount_least": 1000.01, "amount_most": 0})
            self.assertEqual(len(self.agency._unfit(case)), 1)

    def test_the_last_day_of_an_accreditation_is_a_valid_one(self):
        case = self._overdue_customer()
        self.agency.accreditation_until = MONDAY
        with self._on(MONDAY):
            self.assertEqual(self.agency._unfit(case), [])
            self.assertEqual(self.agency.accreditation_state, "ending")
        self.env.invalidate_all()
        with self._on(self._day(1)):
            self.assertEqual(
                self.agency._unfit(case),
                [
                    (
                        "The accreditation of Harbour Receivables expired on 03/02/2026. Enter the new date, or choose another "
                        "agency."
                    )
                ],
            )
            self.assertEqual(self.agency.accreditation_state, "expired")

    def test_agencies_are_offered_in_the_order_of_preference(self):
        self._agency("Second Choice", sequence=20)
        self._agency("First Choice", sequence=1)
        self._agency("Archived", sequence=0, active=False)
        case = self._overdue_customer()
        with self._on(MONDAY):
            names = [name for name, _sentences in self._offered(case)[0]]
        self.assertEqual(names, ["First Choice", "Harbour Receivables", "Second Choice"])

    def test_an_archived_agency_does_not_fit(self):
        case = self._overdue_customer()
        self.agency.active = False
        with self._on(MONDAY):
            self.assertIn("is archived", self.agency._unfit(case)[0])

    def test_offers_take_as_many_queries_for_twenty_customers_as_for_two(self):
        self.agency.country_ids = self.env.ref("base.us")
        self._agency("Another", lang_ids=[Command.set(self.env.ref("base.lang_en").ids)])
        cases = self._overdue_customers(20)

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            with self._on(MONDAY):
                before = self.cr.sql_log_count
                offers = self.env["collection.agency"]._offers(some)
                self.assertTrue(all(len(offered) == 2 for offered in offers.values()))
                return self.cr.sql_log_count - before

        count(cases[:2])
        self.assertEqual(count(cases), count(cases[:2]))

    # -- Accreditation -------------------------------------------------------------------------------------------

    def _warned(self, day):
        with self._on(day):
            self.env["collection.agency"].sudo()._warn_of_accreditations()
        return self.agency.activity_ids.mapped("summary")

    def test_a_manager_is_warned_thirty_days_before_once(self):
        self.agency.accreditation_until = self._day(31)
        self.assertEqual(self._warned(MONDAY), [])
        told = ["Accredited until 04/02/2026: ask for the renewal"]
        self.assertEqual(self._warned(self._day(1)), told)
        self.assertEqual(self.agency.activity_ids.user_id, self.manager)
        self.assertEqual(self._warned(self._day(2)), told)
        with self._on(self._day(2)):
            self.agency.activity_ids.action_done()
        self.assertEqual(self._warned(self._day(3)), [], "It was said once")

    def test_the_e_mail_to_the_manager_names_the_agency_once(self):
        """Odoo's subject begins with the name of the record."""
        for day in (self._day(10), self._day(-1)):
            self.agency.accreditation_until = day
            before = self.env["mail.message"].search([])
            self._warned(MONDAY)
            subjects = (self.env["mail.message"].search([]) - before).mapped("subject")
            [subject] = [one for one in subjects if one and "assigned to you" in one]
            self.assertEqual(subject.count("Harbour Receivables"), 1, subject)

    def test_a_renewal_withdraws_the_warning_and_is_warned_of_in_its_time(self):
        self.agency.accreditation_until = self._day(10)
        self._warned(MONDAY)
        with self._on(self._day(1)):
            self.agency.accreditation_until = self._day(100)
        self.assertFalse(self.agency.activity_ids)
        self.assertEqual(self._warned(self._day(69)), [])
        self.assertEqual(len(self._warned(self._day(70))), 1)

    def test_the_scheduled_action_warns(self):
        self.agency.accreditation_until = self._day(10)
        with self._on(MONDAY):
            self._trigger("ir_cron_warn_of_accreditations")
        self.assertEqual(len(self.agency.activity_ids), 1)

    # -- What may be entered -------------------------------------------------------------------------------------

    def test_what_makes_no_sense_is_refused(self):
        for values in (
            {"amount_least": -1},
            {"amount_least": 10, "amount_most": 5},
            {"stated_recovery_percent": 101},
            {"url": "http://agency.example/"},
            {"url": "https://me:secret@agency.example/"},
            {"ca_certificate": "my certificate"},
            {"handover_email": "somewhere"},
        ):
            with self.subTest(values), self.assertRaises(ValidationError), self.cr.savepoint():
                self.agency.write(values)

    def test_the_form_of_a_manager(self):
        form = Form(self.env["collection.agency"].with_user(self.manager))
        form.partner_id = self._customer("Quay Collections")
        with form.commission_ids.new() as line:
            line.days_from, line.percent = 0, 12
        agency = form.save()
        self.assertEqual((agency.name, agency._commission_percent(40)), ("Quay Collections", Decimal(12)))


@tagged("post_install", "-at_install")
class TestAgencyRights(AgencyCommon, SecurityCommon):
    """Agencies are the managers' to choose, and everybody's to know who works on cases."""

    def test_collectors_read_and_change_nothing(self):
        line = self.agency.commission_ids[0]
        for user in (self.collector, self.lead, self.accountant, self.auditor):
            with self.subTest(user.login):
                self.assertEqual(self.agency.with_user(user).phone, "+1 555 0199")
                for record, values in (
                    (self.agency, {"phone": "1"}),
                    (line, {"percent": 1}),
                    (self.agency, {"new_secret": "x" * 20}),
                ):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        record.with_user(user).write(values)
                with self.assertRaises(AccessError), self.cr.savepoint():
                    self.agency.with_user(user).action_test_connection()

    def test_strangers_and_guests_see_none(self):
        for user in (self.stranger, self.guest):
            for model in ("collection.agency", "collection.agency.message", "collection.agency.feedback"):
                with self.subTest(user=user.login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_an_address_in_the_house_is_the_administrator_s_decision(self):
        with self.assertRaisesRegex(AccessError, "Ask an administrator"):
            self.agency.with_user(self.manager).allow_private_address = True

    def test_nor_may_a_manager_create_one_with_it(self):
        with self.assertRaisesRegex(AccessError, "Ask an administrator"):
            self.env["collection.agency"].with_user(self.manager).create(
                {"partner_id": self._customer("House").id, "allow_private_address": True}
            )

    def test_the_administrator_may(self):
        admin = new_test_user(
            self.env, "sys", "base.group_system,grey_hat_collections.group_manager", company_id=self.company.id
        )
        self.agency.with_user(admin).allow_private_address = True
        self.assertTrue(self.agency.allow_private_address)
        self.agency.with_user(self.manager).write({"allow_private_address": True, "phone": "2"})
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.agency.with_user(self.manager).allow_private_address = False

    def test_a_copy_begins_without_trust(self):
        self.agency.write(
            {"new_secret": "a secret of twenty", "allow_private_address": True, "url": "https://a.example/"}
        )
        copy = self.agency.copy({"new_secret": "smuggled in by a copy"})
        self.assertEqual((copy.has_secret, copy.allow_private_address, copy.url), (False, False, False))
        self.assertEqual(len(copy.commission_ids), 3)

    def test_only_a_manager_touches_messages(self):
        message = self._packet(self._referred())
        for user in (self.collector, self.lead, self.accountant):
            for name in ("action_retry", "action_mark_sent", "action_cancel"):
                with self.subTest(user=user.login, button=name), self.assertRaises(AccessError), self.cr.savepoint():
                    getattr(message.with_user(user), name)()
            with self.assertRaises(AccessError), self.cr.savepoint():
                message.with_user(user).write({"state": "sent"})
        with self.assertRaises(AccessError), self.cr.savepoint():
            message.with_user(self.manager).write({"state": "sent"})
        message.with_user(self.manager).action_cancel()
        self.assertEqual((message.state, message.cancel_reason), ("cancelled", f"Cancelled by {self.manager.name}."))

    def test_what_a_colleague_s_agency_was_told_is_not_mine_to_read(self):
        referral = self._referred()
        message = self._packet(referral)
        referral.case_id.sudo().user_id = self.colleague
        self.env.invalidate_all()
        self.assertEqual(message.with_user(self.colleague).content, "Amount: 500.00\nCustomer: Acme")
        with self.assertRaises(AccessError):
            message.with_user(self.collector).read(["content"])


@tagged("post_install", "-at_install")
class TestAgencyOfCompanies(AgencyCommon, TwoCompaniesCommon):
    """An agency of one company is none of the other's business."""

    def test_each_company_is_offered_its_own_and_the_shared_ones(self):
        self.agency.company_id = self.company
        self._agency("Shared", sequence=20)
        self._agency("Theirs", company_id=self.other.id, sequence=30)
        case = self._overdue_customer()
        with self._on(self._day(-10)):
            self._invoice_of_the_other(case.partner_id, 40, self._day(-10))
        self._daily_run(MONDAY)
        there = self.Case.sudo().search([("partner_id", "=", case.partner_id.id), ("company_id", "=", self.other.id)])
        with self._on(MONDAY):
            offers = self.env["collection.agency"].sudo()._offers(case | there)
            self.assertEqual([agency.name for agency, _why in offers[case]], ["Harbour Receivables", "Shared"])
            self.assertEqual([agency.name for agency, _why in offers[there]], ["Shared", "Theirs"])
            self.assertIn("works for", self.agency._unfit(there)[0])

    def test_nobody_reads_the_other_company_s(self):
        self.agency.company_id = self.other
        for user in (self.collector, self.manager, self.accountant):
            self.assertFalse(self.env["collection.agency"].with_user(user).search([("id", "=", self.agency.id)]))
            self.assertFalse(
                self.env["collection.agency.commission"].with_user(user).search([("agency_id", "=", self.agency.id)])
            )


@tagged("post_install", "-at_install")
class TestAgencySecret(AgencyCommon):
    """A secret is set by managers and read by nobody."""

    SECRET = "correct-horse-battery-staple"

    def _begin(self):
        super()._begin()
        self.admin = new_test_user(
            self.env,
            "sys",
            "base.group_system,base.group_no_one,grey_hat_collections.group_manager",
            company_id=self.company.id,
        )
        (self.collector | self.manager | self.admin).write(
            {"group_ids": [Command.link(self.env.ref("base.group_allow_export").id)]}
        )
        self.agency.with_user(self.manager).new_secret = self.SECRET
        self.env.flush_all()
        self.env.invalidate_all()

    def test_it_is_set_and_used(self):
        self.assertTrue(self.agency.with_user(self.manager).has_secret)
        self.assertEqual(self.agency._secret(), self.SECRET)
        self.agency.with_user(self.manager).new_secret = "another-secret-of-ours"
        self.assertEqual(self.agency._secret(), "another-secret-of-ours")
        self.agency.with_user(self.manager).write({"new_secret": False, "phone": "1"})
        self.assertEqual(self.agency._secret(), "another-secret-of-ours", "Saved without one, it stays")

    def test_it_comes_with_a_new_agency(self):
        agency = (
            self.env["collection.agency"]
            .with_user(self.manager)
            .create({"partner_id": self._customer("Quay").id, "new_secret": self.SECRET})
        )
        self.assertFalse(agency.new_secret)
        self.assertEqual(agency.sudo()._secret(), self.SECRET)

    def test_nobody_reads_it_on_the_agency(self):
        for user in (self.collector, self.manager, self.admin):
            agency = self.agency.with_user(user)
            with self.subTest(user.login):
                told = [
                    agency.read(),
                    agency.export_data(
                        [name for name in agency._fields if "." not in name and name != "activity_state"]
                    ),
                    agency.web_read(
                        {name: {} for name in agency._fields if agency._has_field_access(agency._fields[name], "read")}
                    ),
                    agency.message_ids.mapped("body"),
                    agency.message_ids.sudo().tracking_value_ids.mapped("new_value_char"),
                ]
                self.assertNotIn(self.SECRET, str(told))
                self.assertFalse(agency.new_secret)
                with self.assertRaises(ValueError):
                    agency.search([("new_secret", "=like", "correct%")])

    def test_it_is_not_told_to_who_has_just_typed_it(self):
        agency = self.agency.with_user(self.manager)
        (saved,) = agency.web_save({"new_secret": "typed-this-very-moment"}, {"new_secret": {}, "has_secret": {}})
        self.assertEqual((saved["new_secret"], saved["has_secret"]), (False, True))
        agency.transport = "https"
        form = Form(agency)
        form.url = "https://harbour.example/inbox"
        form.new_secret = "typed-into-the-form-now"
        agency = form.save()
        self.assertFalse(form.new_secret)
        self.assertEqual(agency.sudo()._secret(), "typed-into-the-form-now")

    def test_nobody_reads_where_it_is_kept(self):
        for user in (self.collector, self.manager, self.admin):
            secrets = self.env["collection.agency.secret"].with_user(user)
            kept = secrets.sudo().search([("agency_id", "=", self.agency.id)]).with_user(user)
            for number, work in enumerate(
                (
                    lambda kept=kept: kept.read(["value"]),
                    lambda kept=kept: kept.value,
                    lambda kept=kept: kept.export_data(["value"]),
                    lambda secrets=secrets: secrets.search([("value", "=", self.SECRET)]),
                    lambda secrets=secrets: secrets.search([]),
                    lambda secrets=secrets: secrets._read_group([], ["value"]),
                    lambda secrets=secrets: secrets.create({"agency_id": self.agency.id}),
                    lambda kept=kept: kept.unlink(),
                    lambda kept=kept: kept.copy(),
                )
            ):
                with self.subTest(user=user.login, work=number), self.assertRaises(AccessError), self.cr.savepoint():
                    work()

    def test_even_with_the_right_to_the_table_the_value_stays_closed(self):
        self.env.ref("grey_hat_collections.access_agency_secret_nobody").sudo().perm_read = True
        self.env.registry.clear_cache()
        kept = self.env["collection.agency.secret"].sudo().search([("agency_id", "=", self.agency.id)])
        with self.assertRaises(AccessError):
            kept.with_user(self.admin).read(["value"])

    def test_a_short_secret_is_refused_without_repeating_it(self):
        with self.assertRaises(ValidationError) as refusal:
            self.agency.with_user(self.manager).new_secret = "too short"
        self.assertNotIn("too short", str(refusal.exception))

    def test_a_statement_that_fails_is_not_logged_with_it(self):
        with self.assertLogs("odoo.sql_db", "ERROR") as logged:
            with self.assertRaises(psycopg2.IntegrityError), self.cr.savepoint():
                self.env.cr.execute("UPDATE collection_agency SET currency_id = NULL WHERE id = %s", [self.agency.id])
            with self.assertRaises(psycopg2.IntegrityError), self.cr.savepoint():
                self.agency.browse(10**9)._set_secret("never-seen-in-any-log")
        self.assertNotIn(self.SECRET, str(logged.output))
        self.assertNotIn("never-seen-in-any-log", str(logged.output))

    def test_that_it_was_changed_is_noted(self):
        self.assertIn("A new secret was set.", str(self.agency.message_ids.mapped("body")))

    def test_the_connection_is_tested_with_address_and_secret_only(self):
        with self.assertRaisesRegex(UserError, "enter its address and the secret first"):
            self.agency.with_user(self.manager).action_test_connection()
