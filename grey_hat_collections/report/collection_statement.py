import re
from functools import cached_property

from odoo import models
from odoo.exceptions import AccessError
from odoo.tools.misc import babel_locale_parse, format_amount, format_date, get_lang, posix_to_ldml

from ..engine.aging import BUCKET_COUNT, bucket
from ..models.base.printed import printed, printed_address
from ..models.ledger.account_key import account_key, by_account
from .address_window import as_window

#: Who may print statements and letters.
PRINTING_GROUPS = (
    "grey_hat_collections.group_collector",
    "account.group_account_invoice",
    "account.group_account_readonly",
)
#: With more references than this, the documents ask for "the numbers of the invoices that you pay".
REFERENCES_SHOWN = 3


class CollectionStatement(models.AbstractModel):
    """What statements and letters say, as plain dictionaries for the templates.

    Everything is read for all documents at once; the number of queries does not depend on how many there are, and the
    templates read no record of their own. Figures come from the ledger and from nowhere else.
    """

    _name = "collection.statement"
    _description = "Contents of Statements and Letters"

    # -- Who may, and for which companies ------------------------------------------------------------------------

    def _check_printing(self):
        """Refuse users who are neither collectors nor accountants; record rules do the rest."""
        if not self.env.su and not any(self.env.user.has_group(group) for group in PRINTING_GROUPS):
            raise AccessError(
                self.env._(
                    "Statements and letters are printed by collectors and accountants. Ask one of them, or ask an "
                    "administrator for the right."
                )
            )

    def _accounts_of_partners(self, partners):
        """The accounts to print for these customers: one for each active company in which something is open.

        :return: list of (customer, company); a customer with nothing open gets one for the current company
        """
        partners = partners.commercial_partner_id
        items = self.env["collection.ledger"]._open_items(partners, self.env.companies)
        present = {(item.partner_id, item.company_id) for item in items}
        accounts = []
        for partner in partners:
            companies = self.env.companies.filtered(
                lambda company, partner=partner: (partner.id, company.id) in present
            )
            accounts += [(partner, company) for company in companies or self.env.company]
        return accounts, items

    # -- Statements ----------------------------------------------------------------------------------------------

    def _statements(self, accounts, items=None, langs=None):
        """The statement of each (customer, company).

        :param items: the open items, when they have been read already
        :param langs: the language of each, where the reader does not choose it; one inside a letter speaks that of the letter
        :rtype: list[dict]
        """
        partners = self.env["res.partner"].union(*(partner for partner, _company in accounts))
        companies = self.env["res.company"].union(*(company for _partner, company in accounts))
        if items is None:
            items = self.env["collection.ledger"]._open_items(partners, companies)
        items_of = by_account(items)
        self._fetch_items(items)
        people = self._people(partners, companies)
        banks = {company: self._banks(company) for company in companies}
        readers = {partner: self._reader(partner) for partner in partners}
        phrasing = {}
        statements = []
        for (partner, company), chosen in zip(accounts, langs or [None] * len(accounts), strict=True):
            reader = readers[partner]
            lang = chosen or reader._collection_lang() or partner._collection_lang() or self.env.lang
            words = phrasing.get(lang) or phrasing.setdefault(lang, self._phrasing(lang))
            statements.append(
                {
                    **self._letterhead(partner, reader, company, lang),
                    "date": words.date(company._collection_today()),
                    "person": people.get((partner.id, company.id)) or self._person(company=company),
                    **self._account(items_of.get((partner.id, company.id), []), company, banks[company], words),
                }
            )
        return statements

    def _account(self, items, company, banks, words):
        """The sections of one statement, one for each currency, and how to pay."""
        by_currency = {}
        for item in items:
            by_currency.setdefault(item.currency_id, []).append(item)
        currencies = self.env["res.currency"].browse(by_currency)
        sections = [self._section(currency, by_currency[currency.id], words) for currency in currencies]
        sections = [section for section in sections if section["rows"]]
        states = {row["state"] for section in sections for row in section["rows"]}
        return {
            "sections": sections,
            "totals": [section["total_text"] for section in sections] or [words.money(0.0, company.currency_id)],
            "has_excluded": "excluded" in states,
            "has_waiting": bool(states & {"under_way", "promised", "disputed"}),
            "has_credits": any(section["credit"] for section in sections),
            "pay": self._how_to_pay([item for item in items if item.residual > 0], banks),
        }

    def _section(self, currency, items, words):
        """What is open in one currency: rows, aging and total, all in that currency."""
        debits = [item for item in items if item.residual_currency > 0]
        in_favour = [item for item in items if item.residual_currency < 0]
        aging = [0.0] * BUCKET_COUNT
        for item in debits:
            aging[bucket(item.days_overdue)] += item.residual_currency
        credit = sum(item.residual_currency for item in in_favour)
        total = currency.round(sum(item.residual_currency for item in items))
        return {
            "currency": currency.name,
            "rows": self._rows(debits + in_favour, currency, words),
            "aging": [words.number(amount, currency) for amount in aging],
            "credit": words.number(credit, currency) if in_favour else "",
            "total": words.number(total, currency),
            "total_amount": total,
            "total_text": words.money(total, currency),
        }

    def _row(self, item, currency, words):
        line = self.env["account.move.line"].browse(item.id)
        move = line.move_id
        state = item.chase_state
        waiting = {"disputed": item.disputed, "promised": item.promised, "under_way": item.under_way}
        parts = [
            {
                "state": name,
                "amount": words.number(_in_own_currency(item, part), currency) if part != item.residual else "",
            }
            for name, part in waiting.items()
            if part and state in waiting
        ]
        return {
            "id": item.id,
            "number": printed(line._collection_number()),
            "details": list(map(printed, _details(line, move))),
            "date": words.date(move.invoice_date or line.date),
            "due": words.date(item.due),
            "original": words.number(line.amount_currency, currency),
            "remaining": words.number(item.residual_currency, currency),
            "days": item.days_overdue if item.residual > 0 and item.days_overdue else "",
            "state": state if not item.excluded or item.with_agency else "excluded",
            "parts": parts,
            "credit": _kind_of_credit(item, line, move),
        }

    def _rows(self, items, currency, words):
        """The rows of ``items``, each with what is left of it and of those before it, in case a page ends there."""
        carried, rows = 0.0, []
        for item in items:
            carried = currency.round(carried + item.residual_currency)
            rows.append({**self._row(item, currency, words), "carried": words.number(carried, currency)})
        return rows

    def _how_to_pay(self, items, banks):
        """The bank accounts and what to quote with a payment for ``items``."""
        lines = self.env["account.move.line"].browse([item.id for item in items])
        references = dict.fromkeys(line.move_id.payment_reference or line._collection_number() for line in lines)
        currencies = {item.currency_id for item in items}
        suitable = [bank for bank in banks if not bank["currency_id"] or bank["currency_id"] in currencies]
        return {
            "banks": suitable or banks,
            "references": list(map(printed, references)) if len(references) <= REFERENCES_SHOWN else [],
        }

    # -- Letters -------------------------------------------------------------------------------------------------

    def _letters(self, letters):
        """What each letter says, in the order of ``letters``.

        :rtype: list[dict]
        """
        pages = {}
        for day, of_day in letters.grouped(lambda letter: letter._day_sent()).items():
            accounts = [(letter.partner_id, letter.company_id) for letter in of_day]
            items = self.env["collection.ledger"]._open_items(of_day.partner_id, of_day.company_id, day)
            items_of = by_account(items)
            mine = {letter.id: items_of.get(account_key(letter), []) for letter in of_day}
            chased = {letter.id: [item for item in mine[letter.id] if letter._asks(item)] for letter in of_day}
            named = of_day._named(chased)
            statements = self._statements(accounts, items, of_day.mapped("lang"))
            for letter, account in zip(of_day, statements, strict=True):
                pages[letter] = {**account, **self._letter(letter, mine[letter.id], named[letter.id])}
        return [pages[letter] for letter in letters]

    def _letter(self, letter, items, named):
        """What a letter says beyond a statement of the same account.

        :param named: what it asks for, and for which step; see ``collection.letter._named``
        """
        reader = letter.contact_id or self._reader(letter.partner_id)
        words = self._phrasing(letter.lang)
        listed = [item for item in items if self._is_listed(letter, item)]
        own, riding, also_open = self._parts(letter, listed, named)
        asked = [item for item in listed if item.id in named]
        return {
            **self._letterhead(letter.partner_id, reader, letter.company_id, letter.lang),
            "date": words.date(letter._day_sent() or letter.company_id._collection_today()),
            "kind": letter.kind,
            "tone": letter.tone or "friendly",
            "name": letter.name,
            "person": self._person(letter.user_id, letter.company_id),
            "pay_by": words.date(letter._pay_by()) if letter.kind == "final_notice" else "",
            "due_since": self._due_since(letter, asked, words),
            "oldest_due": words.date(min((item.due for item in asked), default=None)),
            "requested": self._amounts(letter, asked, words),
            "deadline": words.date(letter._pay_by()) if letter.kind == "final_notice" else "",
            "after_notice": letter._after_notice(own) if letter.kind == "final_notice" else "",
            "mail_piece": letter._mail_piece_printed(),
            "requests": self._requests(letter, own, words),
            "riding": [
                {**self._words_of_step(step), "requests": self._requests(letter, of_step, words)}
                for step, of_step in riding.items()
            ],
            "also_open": self._requests(letter, also_open, words),
            "several_currencies": len({item.currency_id for item in listed}) > 1,
            "amounts": self._amounts(letter, own if letter.kind == "final_notice" else asked, words),
            "amounts_in_total": self._amounts(letter, asked, words),
            "pay": self._how_to_pay(
                [item for item in asked if letter._asked(item)] or listed, self._banks(letter.company_id)
            ),
            "with_statement": letter.kind == "statement"
            or (letter.step_id.with_statement and self._says_more(items, listed)),
        }

    def _says_more(self, items, listed):
        """Whether a statement of all ``items`` says more than a letter that lists these: not of a single invoice."""
        return len(items) > 1 or len(items) != len(listed)

    def _due_since(self, letter, asked, words):
        """The day on which what is asked for falls due, or did: of several items the first one."""
        due = min((item.due for item in asked), default=None)
        return words.date(due) if due and not letter.plan_id and letter.kind != "final_notice" else ""

    def _rows_to_pay(self, letter, items):
        """What an e-mail says of each of these items: number, due date, and what is asked for of it."""
        words = self._phrasing(letter.lang)
        self._fetch_items(items)
        rows = []
        for item in items:
            currency = self.env["res.currency"].browse(item.currency_id)
            _waiting, asked = self._parts_in_own_currency(letter, item, currency)
            number = self.env["account.move.line"].browse(item.id)._collection_number()
            rows.append({"number": printed(number), "due": words.date(item.due), "asked": words.money(asked, currency)})
        return rows

    def _is_listed(self, letter, item):
        """Whether a letter shows an item: it is asked for, or would be if credits did not cover it.

        What credits cover is shown together with the credits, so that the customer finds every payment again.
        """
        if item.residual <= 0 or item.excluded:
            return False
        if letter.kind == "courtesy":
            return item.due == letter.reference_date
        return item.days_overdue > 0 and item.residual > letter._waiting(item)

    def _parts(self, letter, items, named):
        """The parts of a letter: the items that it was written for, with what credits cover, as nothing is asked for of it; what
        rides along, by step, the furthest step first; and what it only lists.
        """
        own, also_open, by_step = [], [], {}
        for item in items:
            if not letter._names_items() or not letter._asked(item) or named.get(item.id) == letter.step_id.id:
                own.append(item)
            elif item.id in named:
                by_step.setdefault(named[item.id], []).append(item)
            else:
                also_open.append(item)
        steps = self.env["collection.policy.step"].sudo().browse(by_step)  # their words, whoever prints the letter
        return own, {step: by_step[step.id] for step in steps.sorted("sequence", reverse=True)}, also_open

    def _words_of_step(self, step):
        """What chooses the words about items that ride along for this step: its kind, and whether a letter comes before it."""
        before = step.policy_id.step_ids.filtered(lambda one: one.sequence < step.sequence)
        return {"kind": step.letter_kind, "again": any(before.mapped("letter_kind"))}

    def _requests(self, letter, items, words):
        """What a letter says about these items, by currency."""
        by_currency = {}
        for item in items:
            by_currency.setdefault(item.currency_id, []).append(item)
        currencies = self.env["res.currency"].browse(by_currency)
        return [self._request(letter, currency, by_currency[currency.id], words) for currency in currencies]

    def _request(self, letter, currency, items, words):
        """What is asked for of these items of one currency: the rows, what is taken off, and the sum."""
        remaining = currency.round(sum(item.residual_currency for item in items))
        parts = [self._parts_in_own_currency(letter, item, currency) for item in items]
        waiting, asked = (currency.round(sum(amounts)) for amounts in zip(*parts, strict=True))
        credit = currency.round(remaining - waiting - asked)
        return {
            "currency": currency.name,
            "rows": self._rows(items, currency, words),
            "remaining": words.number(remaining, currency),
            "credit": words.number(-credit, currency) if credit else "",
            "waiting": words.number(-waiting, currency) if waiting else "",
            "asked": words.number(asked, currency),
            "asked_text": words.money(asked, currency),
        }

    def _amounts(self, letter, items, words):
        """What ``letter`` asks for of ``items``, in words, by currency."""
        asked = [item for item in items if letter._asked(item)]
        return [words.money(amount, currency) for currency, amount in self._sums_asked(letter, asked).items()]

    def _sums_asked(self, letter, items):
        """What ``letter`` asks for of ``items``, by currency, each in itself."""
        sums = {}
        for item in items:
            currency = self.env["res.currency"].browse(item.currency_id)
            _waiting, asked = self._parts_in_own_currency(letter, item, currency)
            sums[currency] = currency.round(sums.get(currency, 0.0) + asked)
        return sums

    def _parts_in_own_currency(self, letter, item, currency):
        """What ``letter`` does not ask for of an item because it is under way, promised or disputed, and what it asks for, both
        in the item's own currency. Together with what credits cover they make up what is left of it, to the cent: a part is
        worked out from company currency only where no other is known.
        """
        asked, waiting = letter._asked(item), letter._waiting(item)
        waiting_own = currency.round(_in_own_currency(item, waiting))
        if not letter.currency_id.compare_amounts(asked + waiting, item.residual):
            return waiting_own, currency.round(item.residual_currency - waiting_own)
        if asked == item.chased:
            return waiting_own, currency.round(item.chased_currency)
        return waiting_own, currency.round(_in_own_currency(item, asked))

    # -- Reading for all documents at once -----------------------------------------------------------------------

    def _fetch_items(self, items):
        """Bring what the rows show into the cache, with the rights of the user."""
        lines = self.env["account.move.line"].browse([item.id for item in items])
        lines.fetch(["move_id", "partner_id", "date", "amount_currency", "journal_id", "name", "ref", "payment_id"])
        lines.move_id.fetch(["name", "move_type", "invoice_date", "payment_reference", "ref", "partner_id"])
        (lines.partner_id | lines.move_id.partner_id).fetch(["name"])

    def _reader(self, partner):
        """The contact to whom documents of this customer are addressed."""
        return self.env["res.partner"].browse(partner.address_get(["accounts_payable"])["accounts_payable"])

    def _people(self, partners, companies):
        """Whom the customer can call, by (customer id, company id): the collector of the case, as far as there is one."""
        # sudo: who is in charge is on every letter, also on a statement that a colleague prints
        cases = self.env["collection.case"].sudo()._open_cases_of(partners, companies)
        return {account: self._person(case.user_id, case.company_id) for account, case in cases.items()}

    def _person(self, user=None, company=None):
        """Name, phone and e-mail of ``user``, or of the company's default collector, or of the company."""
        company = company.sudo()  # a user of another company may sign; only the name and how to reach it are read
        user = user.sudo() if user else company.collection_user_id
        return {
            "name": printed(user.name or company.name),
            "phone": printed(user.phone or company.phone),
            "email": printed(user.email or company.email),
        }

    def _banks(self, company):
        """The bank accounts into which the company is paid, its preferred one first."""
        return [
            {
                "bank": printed(bank.bank_name),
                "number": printed(bank.acc_number),
                "is_iban": is_iban(bank.acc_number),
                "bic": printed(bank.bank_bic),
                "holder": printed(bank.acc_holder_name or company.name),
                "currency_id": bank.currency_id.id,
                "currency": bank.currency_id.name or "",
            }
            for bank in company._collection_bank_accounts()
        ]

    def _phrasing(self, lang):
        """How dates and amounts are written in a language, or in the user's when there is none."""
        return Phrasing(self.env, lang or self.env.lang)

    def _letterhead(self, partner, reader, company, lang):
        """What the company layout needs, and the name of the reader for the greeting."""
        names = [partner.name or "", reader.name if reader != partner else ""]
        has_own_address = reader.street and (reader.city or reader.zip)
        addressee = (reader if has_own_address else partner).with_context(lang=lang)
        address = addressee._display_address(without_company=True)
        names = [printed(name) for name in dict.fromkeys(names) if name]
        lines = printed_address(address.splitlines())
        return {
            "partner_id": partner.id,
            "company": company.sudo().with_context(lang=lang),  # as the layout does: its logo, address and footer
            "lang": lang,
            "names": names,
            "address": lines,
            "window": _window(names, lines, addressee, company),
            "customer_number": self._number_of(partner),
            "greeting": self._greeted(reader),
        }

    def _number_of(self, partner):
        """The number by which a customer is known here."""
        return printed(partner.ref)

    def _greeted(self, reader):
        """The name with which a reader is greeted; an empty string where it is no person's."""
        return "" if reader.is_company else printed(reader.name)


class Phrasing:
    """Dates and amounts as readers of one language write them."""

    def __init__(self, env, lang):
        self.env = env
        self.lang = env["res.lang"].browse(get_lang(env, lang).id)
        self.code = self.lang.code
        self._dates = {}

    @cached_property
    def _pattern(self):
        return posix_to_ldml(self.lang.date_format, locale=babel_locale_parse(self.code))

    @cached_property
    def _separators(self):
        """What stands for comma and point in an English number; None where digits are not grouped by three.

        Odoo's own way reads the grouping from text for each number, which takes a fifth of the time of a statement.
        """
        if self.lang.grouping != "[3,0]":
            return None
        return str.maketrans({",": self.lang.thousands_sep or "", ".": self.lang.decimal_point})

    def date(self, day):
        """The day as the language writes it; an empty string for none."""
        if day not in self._dates:
            self._dates[day] = format_date(self.env, day, lang_code=self.code, date_format=self._pattern)
        return self._dates[day]

    def number(self, amount, currency):
        """An amount without its symbol, for the columns of a table."""
        amount = currency.round(amount) + 0.0  # the addition turns a negative zero into zero
        if self._separators is None:
            return self.lang.format(f"%.{currency.decimal_places}f", amount, grouping=True)
        return f"{amount:,.{currency.decimal_places}f}".translate(self._separators)

    def money(self, amount, currency):
        """An amount with its symbol."""
        return format_amount(self.env, currency.round(amount) + 0.0, currency, lang_code=self.code)


def _window(names, lines, addressee, company):
    """The address as the window of an envelope shows it; the country only where the letter goes abroad."""
    country = printed(addressee.country_id.name)
    abroad = addressee.country_id and addressee.country_id != company.country_id
    rest = [line for line in lines if line not in (printed(addressee.street), country)]
    more = [printed(addressee.street2)] if addressee.street2 and printed(addressee.street2) in rest else []
    town = [line for line in rest if line not in more]
    return as_window(names, printed(addressee.street), more, town, country if abroad else "")


def _in_own_currency(item, amount):
    """A part of an item, given in company currency, in the item's own."""
    if amount == item.residual:
        return item.residual_currency
    return amount * item.residual_currency / item.residual


def _details(line, move):
    """What helps the customer to recognise an item: the branch, its own reference, the words of the entry."""
    branch = move.partner_id
    details = []
    if branch != line.partner_id and branch.name:  # the items of an invoice carry the customer, the invoice its contact
        details.append(branch.name)
    number = line._collection_number()
    reference = move.ref if move.move_type != "entry" else line.ref or line.name
    details += [one for one in dict.fromkeys((reference, move.name)) if one and one != number]
    if move.payment_reference and move.payment_reference not in (move.name, reference):
        details.append(move.payment_reference)
    return details


def is_iban(number):
    """Whether this is an IBAN, by its form and its check digits. An installation may lack what tells Odoo.

    >>> is_iban("DE89 3704 0044 0532 0130 00"), is_iban("DE88 3704 0044 0532 0130 00"), is_iban("026-009593")
    (True, False, False)
    """
    number = re.sub(r"[\s.-]", "", number or "").upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", number):
        return False
    return int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97 == 1


def _kind_of_credit(item, line, move):
    if item.residual_currency >= 0:
        return ""
    if move.move_type == "out_refund":
        return "credit_note"
    return "payment" if line.payment_id else "credit"
