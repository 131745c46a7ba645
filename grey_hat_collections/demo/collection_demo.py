from datetime import datetime, time, timedelta

from odoo import Command, api, models

from . import stories

COMPANIES = {
    "main": {"name": "Lantern Bay Trading", "country": "US", "currency": "USD"},
    "europe": {"name": "Lantern Bay Europe", "country": "DE", "currency": "EUR"},
}
#: Units of a currency for one US dollar.
RATES = {"EUR": 0.92, "GBP": 0.79}
LANGUAGES = ("de_DE", "fr_FR")
TRANSLATED = ("base", "web", "mail", "account", "grey_hat_collections")
USERS = {
    "collector": ("Cora Lopez", "group_collector", "+1 207 555 0133"),
    "sam": ("Sam Okafor", "group_collector", "+1 207 555 0134"),
    "manager": ("Maren Whitfield", "group_manager", "+1 207 555 0130"),
}
TOWNS = (
    ("Portland", "04101"),
    ("Burlington", "05401"),
    ("Concord", "03301"),
    ("Albany", "12207"),
    ("Springfield", "01103"),
)
#: The customers' references; the first one tells whether the stories were told already.
REFERENCE = "DEMO-%02d"


class CollectionDemo(models.AbstractModel):
    """Customers with a story each, made by posting real invoices and payments with dates relative to today.

    The steps of the past are taken by the methods that take them every day, and then moved to the day on which the
    rules would have taken them.
    """

    _name = "collection.demo"
    _description = "Demonstration Data of Collections"

    @api.model
    def _load(self):
        """Tell the stories, once: where they were told before, nothing happens.

        The PDFs of past letters are left to :meth:`_print_letters`, or to whoever prints one.

        :return: whether they were told now
        """
        if self.env["res.partner"].search_count([("ref", "=", REFERENCE % 1)], limit=1):
            return False
        quiet = self.sudo().with_context(
            lang="en_US", tracking_disable=True, mail_auto_subscribe_no_notify=True, no_reset_password=True
        )
        quiet._install_languages()
        quiet._add_rates()
        companies = {name: quiet._prepare_company(name) for name in COMPANIES}
        users = quiet._create_users(companies)
        customers = {}
        for story in stories.STORIES:
            if story.name not in customers:
                customers[story.name] = quiet._create_customer(story, len(customers) + 1, users)
            quiet._tell(story, customers[story.name], companies[story.company])
        for company in companies.values():
            quiet._work_all_week(company)
        quiet.env["collection.letter"].search([("state", "=", "queued")])._set_send_after()
        quiet.env["collection.promise"].search([("state", "=", "kept")]).rewarded = True  # long ago
        quiet.env["collection.case"].search([("state", "!=", "closed")])._decide()
        return True

    @api.model
    def _print_letters(self):
        """Make the PDFs of the letters of the past. They take their styles from the server at ``report.url``, which must
        not have to wait for this transaction: commit what :meth:`_load` did first. What the letters of settled cases
        asked for is paid; they stay without.
        """
        letters = self.env["collection.letter"].sudo()  # the rules write the PDF of a letter
        unprinted = [("state", "=", "sent"), ("attachment_id", "=", False), ("case_id.state", "!=", "closed")]
        for letter in letters.search(unprinted):
            letter._store_pdf()

    # -- The scene -----------------------------------------------------------------------------------------------

    def _install_languages(self):
        """The languages of our customers, with the words that letters need; the rest would take half a minute."""
        languages = self.env["res.lang"].with_context(active_test=False).search([("code", "in", LANGUAGES)])
        missing = languages.filtered(lambda lang: not lang.active)
        if missing:
            missing.active = True
            modules = self.env["ir.module.module"].search([("name", "in", TRANSLATED)])
            modules._update_translations(missing.mapped("code"))

    def _add_rates(self):
        day = self.env.company._collection_today() - timedelta(days=400)
        for code, rate in RATES.items():
            currency = self.env.ref(f"base.{code}")
            currency.active = True
            if not currency.rate_ids:
                self.env["res.currency.rate"].create(
                    {"currency_id": currency.id, "name": day, "rate": rate, "company_id": False}
                )

    def _prepare_company(self, key):
        profile = COMPANIES[key]
        domain = profile["name"].lower().replace(" ", "-") + ".example"
        values = {
            "name": profile["name"],
            "country_id": self.env.ref(f"base.{profile['country'].lower()}").id,
            "email": f"office@{domain}",
            "phone": "+1 207 555 0100" if key == "main" else "+49 40 5550 100",
            "website": f"https://{domain}",
            "street": "12 Lighthouse Road" if key == "main" else "Speicherufer 12",
            "city": "Portland" if key == "main" else "Hamburg",
            "zip": "04101" if key == "main" else "20457",
            "collection_min_amount": 20,
            # a demonstration is looked at on any day and at any hour
            "collection_hour_from": 0,
            "collection_hour_to": 24,
        }
        if key == "main":
            company = self.env.ref("base.main_company")
        else:
            company = self.env["res.company"].create({"name": profile["name"]})
            self.env.ref("base.user_admin").company_ids += company
        # with this context the country's own accounting modules are not installed on the way
        company.with_context(install_mode=True).write(values)
        if not company.chart_template:
            # with a registry that is still being loaded the public method would say that it is too early
            self.env["account.chart.template"]._load("generic_coa", company, install_demo=False)
            company.currency_id = self.env.ref(f"base.{profile['currency']}")
        self._open_bank_account(company)
        return company

    def _work_all_week(self, company):
        """From now on contact customers at weekends too: the day of a demonstration is to show something."""
        calendar = company.resource_calendar_id
        missing = {"0", "1", "2", "3", "4", "5", "6"} - set(calendar.attendance_ids.mapped("dayofweek"))
        calendar.attendance_ids = [
            Command.create(
                {"name": "Weekend", "dayofweek": day, "hour_from": 9, "hour_to": 12, "day_period": "morning"}
            )
            for day in sorted(missing)
        ]

    def _open_bank_account(self, company):
        """The account that statements and letters ask to pay into."""
        journal = self._journal(company, "bank")
        if not journal.bank_account_id:
            account = self.env["res.partner.bank"].create(
                {
                    "acc_number": f"00{company.id:02} 4711 0815",
                    "partner_id": company.partner_id.id,
                    "bank_id": self.env["res.bank"].create({"name": "First Bank of Lantern Bay", "bic": "LBAYUS00"}).id,
                    "company_id": company.id,
                    "allow_out_payment": True,
                }
            )
            journal.bank_account_id = account

    def _create_users(self, companies):
        """The people of the office: the password of each is the login."""
        users = {}
        company_ids = [company.id for company in companies.values()]
        for login, (name, group, phone) in USERS.items():
            user = self.env["res.users"].search([("login", "=", login)], limit=1) or self.env["res.users"].create(
                {
                    "name": name,
                    "login": login,
                    "password": login,
                    "email": f"{name.split()[0].lower()}@lantern-bay-trading.example",
                    "phone": phone,
                    "tz": "UTC",
                    "company_id": companies["main"].id,
                    "company_ids": [Command.set(company_ids)],
                    "group_ids": [Command.link(self.env.ref(f"grey_hat_collections.{group}").id)],
                }
            )
            users[login] = user
        for company in companies.values():
            company.write({"collection_user_id": users["collector"].id, "collection_manager_id": users["manager"].id})
        return users

    def _create_customer(self, story, number, users):
        town, code = TOWNS[number % len(TOWNS)]
        customer = self.env["res.partner"].create(
            {
                "name": story.name,
                "ref": REFERENCE % number,
                "comment": story.about,
                "is_company": True,
                "email": story.email,
                "phone": f"+1 207 555 01{number + 40:02}",
                "street": f"{number * 7} Market Street",
                "city": town,
                "zip": code,
                "country_id": self.env.ref(f"base.{'uk' if story.country == 'GB' else story.country.lower()}").id,
                "lang": "en_US",
                "tz": "UTC",
                "user_id": users[story.salesperson].id if story.salesperson else False,
                "child_ids": [Command.create({"lang": "en_US", **contact}) for contact in story.contacts],
                **story.values,
            }
        )
        if story.gentle:
            customer.collection_policy_id = self.env.ref("grey_hat_collections.policy_gentle")
        if story.opted_out:
            self.env["mail.blacklist"]._add(customer.email)
        return customer

    # -- What happened -------------------------------------------------------------------------------------------

    def _tell(self, story, customer, company):
        """Make the events of a story happen, one after the other."""
        told = self.with_company(company)
        handlers = {
            stories.Invoice: told._bill,
            stories.Instalments: told._bill_in_instalments,
            stories.CreditNote: told._credit,
            stories.Payment: told._pay,
            stories.OpeningBalance: told._carry_over,
            stories.Steps: told._take_steps,
            stories.Hold: told._put_on_hold,
            stories.Note: told._write_down,
            stories.Promise: told._take_promise,
            stories.Plan: told._agree_on_plan,
        }
        for event in story.events:
            handlers[type(event)](event, story, customer)
            told._refresh_case(customer)

    def _day(self, days):
        return self.env.company._collection_today() + timedelta(days=days)

    def _journal(self, company, kind):
        return self.env["account.journal"].search([("company_id", "=", company.id), ("type", "=", kind)], limit=1)

    def _currency(self, story):
        return self.env.ref(f"base.{story.currency}")

    def _bill(self, event, story, customer):
        contact = customer.child_ids.filtered(lambda child: child.name == event.contact) or customer
        dues = [event.due - 7 * copy for copy in reversed(range(event.copies))]
        moves = self.env["account.move"].create(
            [
                self._document(story, contact, "out_invoice", event.amount, due - event.terms)
                | {"invoice_date_due": self._day(due), "invoice_payment_term_id": False}
                for due in dues
            ]
        )
        moves.action_post()
        if event.blocked:
            moves.action_toggle_block_payment()

    def _bill_in_instalments(self, event, story, customer):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Three monthly instalments",
                "company_id": self.env.company.id,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": percent, "nb_days": days})
                    for percent, days in ((30, 30), (30, 60), (40, 90))
                ],
            }
        )
        document = self._document(story, customer, "out_invoice", event.amount, event.due - 30)
        self.env["account.move"].create({**document, "invoice_payment_term_id": terms.id}).action_post()

    def _credit(self, event, story, customer):
        document = self._document(story, customer, "out_refund", event.amount, event.day)
        self.env["account.move"].create(document).action_post()

    def _document(self, story, partner, kind, amount, day):
        return {
            "move_type": kind,
            "partner_id": partner.id,
            "invoice_date": self._day(day),
            "currency_id": self._currency(story).id,
            "invoice_line_ids": [Command.create({"name": "Goods and services", "price_unit": amount, "tax_ids": []})],
        }

    def _pay(self, event, story, customer):
        journal = self._journal(self.env.company, "bank")
        values = {"amount": event.amount, "currency_id": self._currency(story).id, "journal_id": journal.id}
        if event.applied:
            open_invoices = self._open_invoices(customer)
            wizard = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=open_invoices.ids
            )
            wizard.create({**values, "payment_date": self._day(event.day), "group_payment": True})._create_payments()
        else:
            values |= {"payment_type": "inbound", "partner_type": "customer", "partner_id": customer.id}
            self.env["account.payment"].create({**values, "date": self._day(event.day)}).action_post()

    def _open_invoices(self, customer):
        """The invoices that a payment is for: all that fell due with the oldest, or that are alike."""
        invoices = self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", customer.id),
                ("company_id", "=", self.env.company.id),
                ("move_type", "=", "out_invoice"),
                ("payment_state", "in", ("not_paid", "partial")),
            ],
            order="invoice_date_due",
        )
        return invoices.filtered(lambda move: move.amount_total == invoices[0].amount_total)

    def _carry_over(self, event, _story, customer):
        company = self.env.company
        receivable = customer.with_company(company).property_account_receivable_id
        equity = self.env["account.account"].search(
            [("company_ids", "in", company.id), ("account_type", "=", "equity_unaffected")], limit=1
        )
        day = self._day(event.day)
        lines = [
            {"account_id": receivable.id, "partner_id": customer.id, "balance": event.amount, "date_maturity": day},
            {"account_id": equity.id, "balance": -event.amount},
        ]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "journal_id": self._journal(company, "general").id,
                "line_ids": [Command.create({"name": "Opening balance", **line}) for line in lines],
            }
        )
        entry.action_post()

    # -- What we did about it ------------------------------------------------------------------------------------

    def _refresh_case(self, customer):
        """Let the case follow the ledger, on the day that it would have."""
        cases = self.env["collection.case"]
        cases._refresh(self.env.company, customer)
        case = cases.search(
            [("partner_id", "=", customer.id), ("company_id", "=", self.env.company.id)], order="id desc", limit=1
        )
        if case.state == "closed" and case.date_closed == self._day(0):
            case.date_closed = self._last_payment_date(customer)
        elif case.state != "closed" and not case.step_id and case.oldest_due_date:
            case.date_opened = case.oldest_due_date + timedelta(days=1)
        if case:
            case.date_last_stage_update = _noon(case.date_closed or case.step_date or case.date_opened)

    def _last_payment_date(self, customer):
        payments = self.env["account.payment"].search(
            [("partner_id", "=", customer.id), ("company_id", "=", self.env.company.id)], order="date desc", limit=1
        )
        return payments.date or self._day(0)

    def _take_steps(self, event, _story, customer):
        case = self._open_case(customer)
        said = iter(event.said)
        for _number in range(event.count):
            step = case._following_step()
            day = self._day_of_step(case, step)
            case.next_step_id = step
            case._begin_steps()
            answer = next(said, "") if step.activity_type_id else ""
            attempts, since = case.unanswered_count, case.unanswered_since
            self._send_letter(case._pending_letters(), day)
            self._make_call(case._pending_activities(), day, answer)
            case._complete_steps()
            case.write({"step_date": day, "last_contact_date": day, "date_last_stage_update": _noon(day)})
            if not answer:
                case.write({"unanswered_count": attempts + 1, "unanswered_since": since or day})

    def _day_of_step(self, case, step):
        """The first working day on which the rules would have taken ``step``."""
        day = case.oldest_due_date + timedelta(days=step.days_overdue)
        if case.step_date:
            day = max(day, case.step_date + timedelta(days=step.days_since_previous))
        rules = case.company_id._collection_contact_rules()
        while not rules.is_open(day):
            day += timedelta(days=1)
        return day

    def _send_letter(self, letters, day):
        """The letter went out on that day; the mail server is not asked to send it again."""
        for letter in letters:
            letter.write({"state": "sent", "send_after": _noon(day), "sent_at": _noon(day)})

    def _make_call(self, activities, day, said):
        for activity in activities:
            if said:
                case = self.env["collection.case"].browse(activity.res_id)
                activity.collection_note_id = self._note(case, day, "reached", said, user_id=activity.user_id.id)
            messages, _next = activity.with_user(activity.user_id)._action_done()
            activity.write({"date_deadline": day, "date_done": day})
            messages.sudo().write({"date": _noon(day)})  # the chatter of the past

    def _write_down(self, event, _story, customer):
        values = {"channel": event.channel, "mood": event.mood or False, "duration": event.minutes}
        self._note(self._open_case(customer), self._day(event.day), event.outcome, event.said, **values)

    def _take_promise(self, event, _story, customer):
        case = self._open_case(customer)
        made = self._day(event.made)
        note = self._note(case, made, "promised", event.said, mood=event.mood)
        self.env["collection.promise"].create(
            {
                "case_id": case.id,
                "note_id": note.id,
                "contact_id": note.contact_id.id,
                "user_id": note.user_id.id,
                "amount": event.amount,
                "date_made": made,
                "date_promised": self._day(event.due),
            }
        )

    def _agree_on_plan(self, event, _story, customer):
        case = self._open_case(customer)
        agreed = self._day(event.agreed)
        note = self._note(case, agreed, "asks_time", event.said, mood="worried", duration=14)
        self.env["collection.plan"].create(
            {
                "case_id": case.id,
                "note_id": note.id,
                "contact_id": note.contact_id.id,
                "user_id": note.user_id.id,
                "amount": event.amount,
                "date_agreed": agreed,
                "date_first": self._day(event.first),
                "count": event.count,
            }
        ).action_start()

    def _note(self, case, day, outcome, said, **values):
        return self.env["collection.note"].create(
            {
                "case_id": case.id,
                "user_id": case.user_id.id,
                "contact_id": case.contact_id.id,
                "date": _noon(day),
                "outcome": outcome,
                "note": said,
                "duration": 5,
                **values,
            }
        )

    def _open_case(self, customer):
        company = self.env.company
        return self.env["collection.case"]._open_cases_of(customer, company)[customer.id, company.id]

    def _put_on_hold(self, event, _story, customer):
        self._open_case(customer)._hold(self._day(event.days), event.reason)


def _noon(day):
    return datetime.combine(day, time(12))
