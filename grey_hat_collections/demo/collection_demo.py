import base64
from datetime import timedelta

from odoo import Command, api, models
from odoo.fields import Domain
from odoo.tools.misc import file_open

from . import stories

COMPANIES = {
    "main": {"name": "Lantern Bay Trading", "country": "US", "currency": "USD"},
    "europe": {"name": "Lantern Bay Europe", "country": "DE", "currency": "EUR"},
}
#: Of both: a lantern by a bay.
LOGO = "grey_hat_collections/demo/lantern_bay.png"
#: Units of a currency for one US dollar.
RATES = {"EUR": 0.92, "GBP": 0.79}
LANGUAGES = ("de_DE", "fr_FR")
TRANSLATED = ("base", "web", "mail", "account", "grey_hat_collections")
USERS = {
    "collector": ("Cora Lopez", "group_collector", "+1 207 555 0133"),
    "sam": ("Sam Okafor", "group_collector", "+1 207 555 0134"),
    "manager": ("Maren Whitfield", "group_manager", "+1 207 555 0130"),
    "theo": ("Theo Marsh", "", "+1 207 555 0135"),  # of the warehouse: answers disputes, collects nothing
}
TOWNS = (
    ("Portland", "04101"),
    ("Burlington", "05401"),
    ("Concord", "03301"),
    ("Albany", "12207"),
    ("Springfield", "01103"),
)
#: Letters of so many days are printed, which take most of the time; final notices always.
SHOWN_DAYS = 24
#: Whose letters of the day nobody has approved yet.
LEFT_WAITING = ("Kowhai Design Studio", "Summit Trail Outfitters")
#: The customers' references; the first one tells whether the stories were told already.
REFERENCE = "DEMO-%02d"


class CollectionDemo(models.AbstractModel):
    """Customers with a story each, made by posting real invoices and payments with dates relative to today.

    The scene is set here; what happened to whom is told in ``collection_demo_story.py``, the customer's side of it in
    ``collection_demo_customer_side.py``, what comes after the final notice in ``collection_demo_road.py``.
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
        quiet._agree_on_service_levels(users["theo"])
        quiet._add_agencies()
        customers = {}
        for story in stories.STORIES:
            if story.name not in customers:
                customers[story.name] = quiet._create_customer(story, len(customers) + 1, users)
            quiet._tell(story, customers[story.name], companies[story.company])
        for company in companies.values():
            quiet._work_all_week(company)
        quiet.env["collection.letter"].search([("state", "=", "queued")])._set_send_after()
        quiet.env["collection.promise"].search([("state", "=", "kept")]).rewarded = True  # long ago
        quiet._thank_for_the_latest_only(companies)
        quiet.env["collection.case"].search([("state", "!=", "closed")])._decide()
        quiet._look_at_windows(companies)
        # from here on letters wait, as in any new house
        quiet.env["res.company"].union(*companies.values()).collection_letters_wait = True
        return True

    @api.model
    def _approve_letters(self):
        """The manager approves the letters of the day, but for two, so that one sees what waits looks like."""
        letters = self.env["collection.letter"].sudo()  # a demonstration
        waiting = letters.search([("to_approve", "=", True), ("state", "=", "queued")])
        waiting.filtered(lambda letter: letter.partner_id.name not in LEFT_WAITING).action_approve()

    @api.model
    def _print_letters(self):
        """Make the PDFs of the letters of the past, and the packets that agencies have. What the letters of settled cases asked
        for is paid, and reminders of long ago were followed by others; they stay without.
        """
        letters = self.env["collection.letter"].sudo()  # the rules write the PDF of a letter
        unprinted = Domain([("state", "=", "sent"), ("attachment_id", "=", False), ("case_id.state", "!=", "closed")])
        shown = Domain("kind", "=", "final_notice") | Domain("sent_at", ">=", self._day(-SHOWN_DAYS))
        for letter in letters.search(unprinted & shown):
            letter._store_pdf()
        self._store_packets()

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
            **self._look_of_house(),
            "collection_min_amount": 20,
            # all of these customers are new to us; the stories show the usual ladder all the same
            "collection_policy_id": self.env.ref("grey_hat_collections.policy_standard").id,
            "collection_first_policy_id": False,
            # what was sent is known of all invoices of the stories
            "collection_sent_since": self._day(-400),
            # the letters of the past have left
            "collection_letters_wait": False,
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

    def _look_of_house(self):
        """The logo and the colours on letters and e-mails."""
        with file_open(LOGO, "rb") as picture:
            logo = base64.b64encode(picture.read())
        return {"logo": logo, "primary_color": "#163a5c", "secondary_color": "#3a86a0"}

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
                    "group_ids": [
                        Command.link(self.env.ref(f"grey_hat_collections.{group}" if group else "base.group_user").id)
                    ],
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
