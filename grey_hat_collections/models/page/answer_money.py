from datetime import timedelta

from odoo import fields, models

from ...engine.days import later
from .said import Refused

#: How a customer may have paid.
WAYS = [
    ("transfer", "Bank transfer"),
    ("card", "Card"),
    ("cash", "Cash"),
    ("check", "Check"),
    ("other", "Another way"),
]
#: A payment longer ago than this is in the books, or never arrived.
LONGEST_AGO = 90
#: A plan begins within so many days, and has so many instalments.
FIRST_WITHIN, MOST_INSTALMENTS = 62, 60


class CollectionPageAnswer(models.Model):
    """What customers say about money: a promise, a plan, “I have paid”."""

    _inherit = "collection.page.answer"

    # -- Promise -------------------------------------------------------------------------------------------------

    def _do_promise(self, said, files):
        company, case, words = self.company_id, self.case_id, self._phrases()
        today = company._collection_today()
        currency, owed = self._read_currency(said)
        amount = said.amount("amount", self.env._("Amount"), currency)
        if currency.compare_amounts(amount, owed) > 0:
            raise Refused(self.env._("No more than %s is open. Please lower the amount.", words.money(owed, currency)))
        latest = later(today, company.collection_page_promise_days)
        day = said.day("day", self.env._("Day"), today, latest, words)
        before = self.search_count(
            [("case_id", "=", case.id), ("kind", "=", "promise"), ("id", "!=", self.id), ("state", "!=", "undone")]
        )
        self._write_note("promised", words=said.words("words", self.env._("Message")))
        earlier = case.promise_ids.filtered(lambda promise: promise.state == "open" and not promise.plan_id)
        if earlier:
            earlier._withdraw(self.env._("Replaced by a promise of %s.", fields.Date.to_string(day)))
        self.promise_id = promise = self.env["collection.promise"].create(
            {
                "case_id": case.id,
                "amount": amount,
                "currency_id": currency.id,
                "date_promised": day,
                "note_id": self.note_id.id,
                "user_id": self._speaker().id,
            }
        )
        if before >= company.collection_page_promise_times and promise.pauses:
            promise.pauses = False
            promise._account_changed()
        said_so = {"amount": words.money(amount, currency), "day": words.date(day)}
        if promise.pauses:
            self.told = self.env._(
                "Thank you. You promised %(amount)s for %(day)s. Until then we do not remind you of it.", **said_so
            )
            return
        self.state = "waits"
        self.told = self.env._(
            "Thank you. You promised %(amount)s for %(day)s. As this is not the first promise, one of us looks at it before we "
            "pause our reminders.",
            **said_so,
        )
        self._ask_person(
            lambda env: env._("Another promise on the page: approve the pause, or call the customer"),
            user=company._collection_reviewer() or None,
        )

    def _read_currency(self, said):
        """The currency in which is paid, and what is open in it: the company's, or that of open items."""
        owed = self.env["collection.page"]._owed_by_currency(self.partner_id, self.company_id)
        chosen = said.choice("currency", self.env._("Currency"), {currency.name for currency in owed})
        return next((currency, amount) for currency, amount in owed.items() if currency.name == chosen)

    # -- Plan ----------------------------------------------------------------------------------------------------

    def _do_plan(self, said, files):
        terms = self.env["collection.page"]._plan_terms(self.partner_id, self.company_id, self.case_id)
        chosen = said._text("offer")
        if chosen != "own":
            offers = {f"{offer.rhythm.value}-{offer.count}": offer for offer in terms._proposals()}
            said.choice("offer", self.env._("Plan"), set(offers))
            rhythm, count, first = offers[chosen].rhythm.value, offers[chosen].count, terms.date_first
        else:
            words, today = self._phrases(), self.company_id._collection_today()
            rhythm = said.choice("rhythm", self.env._("How often"), {"weekly", "fortnightly", "monthly"})
            count = said.number("count", self.env._("Number of instalments"), 2, MOST_INSTALMENTS)
            latest = today + timedelta(days=FIRST_WITHIN)
            first = said.day("first", self.env._("First instalment"), today, latest, words)
        self._write_note("asks_time", words=said.words("words", self.env._("Message")))
        self.plan_id = plan = self.env["collection.plan"].create(
            {
                "case_id": self.case_id.id,
                "amount": terms.amount,
                "currency_id": terms.currency_id.id,
                "date_first": first,
                "rhythm": rhythm,
                "sized_by": "count",
                "count": count,
                "note_id": self.note_id.id,
                "user_id": self._speaker().id,
            }
        )
        if plan.needs_approval or not self.company_id.collection_page_plan_at_once:
            self.state = "waits"
            plan._ask_for_approval()
            self.told = self.env._(
                "Thank you for your proposal of %(plan)s. One of us looks at it and answers you. Nothing is agreed until then.",
                plan=self._plan_in_words(plan),
            )
            return
        plan.with_context(collection_page_agreed=True)._activate()
        self.told = self.env._(
            "Thank you. We have agreed on %(plan)s. While you keep to it, we do not remind you of what it covers. The agreement "
            "comes as a letter of its own.",
            plan=self._plan_in_words(plan),
        )

    def _plan_in_words(self, plan):
        """The instalments of a plan in a few words."""
        words, schedule = self._phrases(), plan._agreed_schedule()
        return self.env._(
            "%(count)s instalments of %(amount)s, from %(first)s to %(last)s",
            count=len(schedule),
            amount=words.money(schedule[0][1], plan.currency_id),
            first=words.date(schedule[0][0]),
            last=words.date(schedule[-1][0]),
        )

    # -- I have paid ---------------------------------------------------------------------------------------------

    def _do_paid(self, said, files):
        company, case, words = self.company_id, self._open_case(), self._phrases()
        today = company._collection_today()
        currency, owed = self._read_currency(said)
        amount = said.amount("amount", self.env._("Amount"), currency)
        if currency.compare_amounts(amount, owed) > 0:
            raise Refused(self.env._("No more than %s is open. Please lower the amount.", words.money(owed, currency)))
        day = said.day("day", self.env._("Day"), later(today, -LONGEST_AGO), today, words)
        way = said.choice("way", self.env._("How"), {code for code, _label in WAYS})
        again = self._is_again()
        self.write({"paid_on": day, "paid_amount": amount, "paid_currency_id": currency.id})
        told = self._ways(self._speaker().lang)[way]
        more = said.words("words", self.env._("Message"))
        sentence = " · ".join((words.money(amount, currency), fields.Date.to_string(day), told))
        self._write_note("reached", words="\n".join(filter(None, (sentence, more))), is_aside=again)
        self._show_files(files)
        self.state = "waits"
        self._ask_person(
            lambda env: env._(
                "Says it has paid %(amount)s: find the payment and match it", amount=words.money(amount, currency)
            ),
            note=sentence,
        )
        thanks = {"amount": words.money(amount, currency), "day": words.date(day)}
        until = later(today, company.collection_page_paid_days)
        if again or not case:
            self.told = self.env._(
                "Thank you. We look for %(amount)s of %(day)s. You have told us of a payment before, so our reminders do not "
                "pause again for this one.",
                **thanks,
            )
            return
        if not (case.state == "hold" and case.hold_until and case.hold_until >= until):
            reason = self.env(context={"lang": self._speaker().lang})._(
                "The customer says it has paid; we look for it."
            )
            case._hold(until, reason)
            self.hold_until = until
        self.told = self.env._(
            "Thank you. We look for %(amount)s of %(day)s, and do not remind you until %(until)s.",
            until=words.date(until),
            **thanks,
        )

    def _ways(self, lang=None):
        """How one may have paid, in words."""
        _ = self.env(context={"lang": lang or self.env.lang})._
        return {
            "transfer": _("Bank transfer"),
            "card": _("Card"),
            "cash": _("Cash"),
            "check": _("Check"),
            "other": _("Another way"),
        }
