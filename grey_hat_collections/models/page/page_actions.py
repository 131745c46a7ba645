from datetime import timedelta

from odoo import api, models

from ..dispute.dispute import KINDS as PROBLEMS
from ..dispute.dispute_states import OPEN

#: The switch of the company for each kind of action.
SWITCHES = {
    "promise": "collection_page_promise",
    "plan": "collection_page_plan",
    "paid": "collection_page_paid",
    "dispute": "collection_page_dispute",
    "addition": "collection_page_dispute",
    "withdrawal": "collection_page_dispute",
    "ask": "collection_page_ask",
    "callback": "collection_page_callback",
    "copies": "collection_page_copies",
    "contact": "collection_page_details",
    "wishes": "collection_page_details",
}
#: What is asked about one's dispute, from there.
OF_DISPUTE = ("addition", "withdrawal")
#: Invoices that copies are offered of, and working days ahead in which we call.
MOST_OFFERED, CALL_DAYS = 40, 10
#: Hours in which we call where the house sets no hours.
DAY = (8, 18)


class CollectionPage(models.AbstractModel):
    """What a customer can do on the page, and what the form of each action offers."""

    _inherit = "collection.page"

    @api.model
    def _content(self, partner, company):
        content = super()._content(partner, company)
        offered = self._offered(partner, company)
        words = self._action_words()
        disputes = self._open_disputes(partner, company) if "addition" in offered else []
        return content | {
            "actions": [{"kind": kind, **words[kind]} for kind in offered if kind not in OF_DISPUTE],
            "open_disputes": [
                {
                    "id": dispute.id,
                    "text": self.env._("You questioned %s", self._disputed_items(dispute)),
                }
                for dispute in disputes
            ],
        }

    # -- What is possible ----------------------------------------------------------------------------------------

    @api.model
    def _offered(self, partner, company):
        """The kinds of actions that are possible for this account today, in the order in which they are shown. While an agency
        has something of it, paying is agreed on there.
        """
        partner = partner.commercial_partner_id
        on = [kind for kind, switch in SWITCHES.items() if company[switch]]
        case = self._open_case(partner, company)
        with_agency = bool(case and (case.state == "referred" or case._referrals_with_agency()))
        possible = {
            "promise": bool(case) and not with_agency and case.plan_id.state != "active",
            "plan": bool(case) and not with_agency and case.plan_id.state not in ("active", "draft"),
            "paid": bool(case) and not with_agency,
            "callback": not with_agency,
        }
        if bool(case) and not with_agency and not any(self._owed_by_currency(partner, company).values()):
            possible |= {"promise": False, "plan": False, "paid": False}
        if "plan" in on and possible["plan"] and not self._plan_terms(partner, company, case).amount:
            possible["plan"] = False
        if "dispute" in on:
            possible["dispute"] = bool(self._disputable(partner, company))
        if "copies" in on:
            possible["copies"] = bool(self._invoices(partner, company))
        return [kind for kind in on if possible.get(kind, True)]

    @api.model
    def _action_words(self):
        """How each action is called, what it is for, and its button."""
        _ = self.env._
        return {
            "promise": {
                "icon": "fa-handshake-o",
                "title": _("Tell us when you pay"),
                "intro": _("Name a day and an amount. Until then we do not remind you of it."),
                "button": _("Promise this payment"),
            },
            "plan": {
                "icon": "fa-calendar",
                "title": _("Pay in instalments"),
                "intro": _("Choose one of our proposals, or tell us what would suit you."),
                "button": _("Ask for this plan"),
            },
            "paid": {
                "icon": "fa-check",
                "title": _("I have paid"),
                "intro": _("Tell us what you paid and when, and we look for it. A receipt helps."),
                "button": _("Tell us"),
            },
            "dispute": {
                "icon": "fa-exclamation-circle",
                "title": _("Something is wrong"),
                "intro": _("Tell us what is wrong with which item. We do not ask for it until we have answered."),
                "button": _("Tell us"),
            },
            "ask": {
                "icon": "fa-comment-o",
                "title": _("Ask a question"),
                "intro": _("We read it and answer you."),
                "button": _("Send"),
            },
            "callback": {
                "icon": "fa-phone",
                "title": _("Call me back"),
                "intro": _("Choose a day and an hour, and we call you."),
                "button": _("Ask for the call"),
            },
            "copies": {
                "icon": "fa-files-o",
                "title": _("Copies of invoices"),
                "intro": _("We send them to the e-mail address that we know of you."),
                "button": _("Send copies"),
            },
            "contact": {
                "icon": "fa-user-plus",
                "title": _("Another contact or address"),
                "intro": _("Tell us who looks after invoices or payments. We check it before we use it."),
                "button": _("Propose this contact"),
            },
            "wishes": {
                "icon": "fa-sliders",
                "title": _("Language, e-mail or paper"),
                "intro": _("How would you like us to write to you?"),
                "button": _("Save"),
            },
            "addition": {
                "icon": "fa-plus",
                "title": _("Add something"),
                "intro": _("Words or photos that help us to look into it."),
                "button": _("Add"),
            },
            "withdrawal": {
                "icon": "fa-undo",
                "title": _("Take it back"),
                "intro": _("Nothing is wrong after all: the amount is open again."),
                "button": _("Take it back"),
            },
        }

    # -- What is there to choose ---------------------------------------------------------------------------------

    @api.model
    def _owed_items(self, partner, company):
        """What is open and ours to ask for."""
        items = self.env["collection.ledger"]._open_items(partner.commercial_partner_id, company)
        return [item for item in items if item.residual > 0 and not item.with_agency]

    @api.model
    def _owed_by_currency(self, partner, company):
        """What is open, in the company's currency and in those of the items, the most likely one first.

        :rtype: dict[res.currency, float]
        """
        items = self._owed_items(partner, company)
        own = company.currency_id
        owed = {own: own.round(sum(item.residual for item in items))}
        foreign = {}
        for item in items:
            if item.currency_id != own.id:
                currency = self.env["res.currency"].browse(item.currency_id)
                foreign[currency] = foreign.get(currency, 0) + item.residual_currency
        rounded = {currency: currency.round(amount) for currency, amount in foreign.items()}
        alone = bool(items) and all(item.currency_id != own.id for item in items)
        return {**rounded, **owed} if alone else {**owed, **rounded}

    @api.model
    def _asked_for(self, partner, company, currency):
        """What is asked for today in ``currency``, as a proposal."""
        items = [item for item in self._owed_items(partner, company) if item.chased > 0]
        if currency == company.currency_id:
            return currency.round(sum(item.chased for item in items))
        return currency.round(sum(item.chased_currency for item in items if item.currency_id == currency.id))

    @api.model
    def _plan_terms(self, partner, company, case):
        """A plan for what is overdue, promised or not, that is not made yet: it can say what may be offered."""
        items = [item for item in self._owed_items(partner, company) if item.days_overdue]
        currencies = {item.currency_id for item in items}
        currency = self.env["res.currency"].browse(currencies) if len(currencies) == 1 else company.currency_id
        amount = 0.0
        for item in items:
            part = item.residual if currency == company.currency_id else item.residual_currency
            amount += min(item.residual, item.chased + item.promised) / item.residual * part
        return self.env["collection.plan"].new(
            {
                "case_id": case.id,
                "partner_id": partner.commercial_partner_id.id,
                "company_id": company.id,
                "currency_id": currency.id,
                "amount": currency.round(amount),
                "date_agreed": company._collection_today(),
                "date_first": company._collection_working_day(1) + timedelta(days=7),
                "rhythm": "monthly",
                "sized_by": "count",
            }
        )

    @api.model
    def _disputable(self, partner, company):
        """The open items with what of each may be questioned, in its currency."""
        items = self.env["collection.ledger"]._open_items(partner.commercial_partner_id, company)
        lines = self.env["account.move.line"].browse([item.id for item in items if item.residual > 0])
        return [(line, left) for line in lines if (left := line._collection_disputable())]

    @api.model
    def _problems(self):
        """What may be wrong, in words. Who has paid says so elsewhere."""
        words = dict(self.env["collection.dispute"]._fields["kind"]._description_selection(self.env))
        return {code: words[code] for code, _label in PROBLEMS if code not in ("already_paid", "copy_needed")}

    @api.model
    def _open_disputes(self, partner, company):
        return self.env["collection.dispute"].search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("state", "in", OPEN),
            ]
        )

    @api.model
    def _invoices(self, partner, company):
        """Invoices of which one may have copies, the latest first."""
        return self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ],
            order="invoice_date desc, id desc",
            limit=MOST_OFFERED,
        )

    @api.model
    def _callback_days(self, company):
        """The first and the last day on which we call."""
        return company._collection_today(), company._collection_working_day(CALL_DAYS)

    @api.model
    def _callback_hours(self, company):
        """Half hours at which we call, on the customer's clock."""
        first, last = company.collection_hour_from, company.collection_hour_to
        if last - first > DAY[1] - DAY[0] + 4:
            first, last = DAY
        halves = range(round(first * 2), round(last * 2))
        return [f"{half // 2:02d}:{half % 2 * 30:02d}" for half in halves]

    @api.model
    def _languages(self):
        return dict(self.env["res.lang"].get_installed())

    @api.model
    def _channels(self, lang=None):
        _ = self.env(context={"lang": lang or self.env.lang})._
        return {"email": _("By e-mail"), "paper": _("On paper, no e-mails")}

    # -- Forms ---------------------------------------------------------------------------------------------------

    @api.model
    def _form(self, kind, partner, company):
        """What the form of an action shows, besides what was typed before.

        :rtype: dict
        """
        partner = partner.commercial_partner_id
        today = company._collection_today()
        common = {
            "kind": kind,
            "partner": partner,
            "company": company,
            "nonce": self.env["collection.page.answer"]._new_nonce(),
            "today": today,
            **self._action_words()[kind],
        }
        return common | getattr(self, f"_form_{kind}", lambda *_account: {})(partner, company)

    @api.model
    def _typed(self, amount, currency):
        """An amount as one would type it."""
        point = self.env["res.lang"]._get_data(code=self.env.lang).decimal_point or "."
        return f"{amount:.{currency.decimal_places}f}".replace(".", point)

    @api.model
    def _form_money(self, partner, company):
        owed = self._owed_by_currency(partner, company)
        first = next(iter(owed))
        asked = self._asked_for(partner, company, first) or owed[first]
        return {"currencies": list(owed), "amount": self._typed(asked, first)}

    @api.model
    def _form_promise(self, partner, company):
        today = company._collection_today()
        return {
            **self._form_money(partner, company),
            "first_day": today,
            "last_day": today + timedelta(days=company.collection_page_promise_days),
        }

    @api.model
    def _form_paid(self, partner, company):
        today = company._collection_today()
        return {
            **self._form_money(partner, company),
            "first_day": today - timedelta(days=90),
            "last_day": today,
            "ways": self.env["collection.page.answer"]._ways(),
        }

    @api.model
    def _form_plan(self, partner, company):
        words = self.env["collection.statement"]._phrasing(self.env.lang)
        terms = self._plan_terms(partner, company, self._open_case(partner, company))
        rhythms = dict(terms._fields["rhythm"]._description_selection(self.env))
        return {
            "plan_title": self.env._("Instalments for %s", words.money(terms.amount, terms.currency_id)),
            "rhythms": rhythms,
            "first_day": company._collection_today(),
            "last_day": company._collection_today() + timedelta(days=62),
            "first_instalment": terms.date_first,
            "offers": [
                {
                    "value": f"{offer.rhythm.value}-{offer.count}",
                    "text": self.env._(
                        "%(count)s × %(amount)s, %(rhythm)s, from %(first)s to %(last)s",
                        count=offer.count,
                        amount=words.money(float(offer.instalments[0].amount), terms.currency_id),
                        rhythm=rhythms[offer.rhythm.value].lower(),
                        first=words.date(offer.instalments[0].due),
                        last=words.date(offer.instalments[-1].due),
                    ),
                }
                for offer in terms._proposals()
            ],
        }

    @api.model
    def _form_dispute(self, partner, company):
        words = self.env["collection.statement"]._phrasing(self.env.lang)
        return {
            "problems": self._problems(),
            "items": [
                {
                    "id": line.id,
                    "number": line._collection_number(),
                    "text": self.env._(
                        "%(number)s, due %(day)s: %(left)s",
                        number=line._collection_number(),
                        day=words.date(line.date_maturity),
                        left=words.money(left, line.currency_id),
                    ),
                }
                for line, left in self._disputable(partner, company)
            ],
        }

    @api.model
    def _form_callback(self, partner, company):
        first, last = self._callback_days(company)
        return {
            "first_day": first,
            "last_day": last,
            "hours": self._callback_hours(company),
            "phone": partner._collection_contacts()[partner].phone or partner.phone or "",
        }

    @api.model
    def _form_copies(self, partner, company):
        words = self.env["collection.statement"]._phrasing(self.env.lang)
        return {
            "invoices": [
                {
                    "id": move.id,
                    "number": move.name,
                    "date": words.date(move.invoice_date),
                    "amount": words.money(move.amount_total, move.currency_id),
                }
                for move in self._invoices(partner, company)
            ]
        }

    @api.model
    def _form_contact(self, partner, company):
        return {
            "types": {
                "invoice": self.env._("Gets our invoices"),
                "accounts_payable": self.env._("Looks after payments: gets reminders and statements"),
            }
        }

    @api.model
    def _form_wishes(self, partner, company):
        return {
            "languages": self._languages(),
            "lang": self._language(partner),
            "channels": self._channels(),
            "channel": "paper" if partner.collection_no_email else "email",
        }
