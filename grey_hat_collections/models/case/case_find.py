from itertools import islice
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql
from odoo.tools.misc import format_date, get_lang

from ...engine.search_key import read_search_key
from ..ledger.receivables import OPEN

#: Of so many cases the quick key tells: with more, somebody asks one more question.
MOST_FOUND = 10
#: Of all that a case was found by, so much is said.
MOST_REASONS = 3
#: Texts that one search asks for together; those beyond are left out.
MOST_TEXTS = 5
#: Characters of what a record is called.
LONGEST_NAME = 80


class Finder(NamedTuple):
    """One way to find a case.

    :param words: what is said of a case that was found by it; ``%s`` is what the record found is called
    :param query: SQL of ``case_id`` and ``called``
    """

    words: str
    query: SQL


class CollectionCase(models.Model):
    """A call comes in: the case of whoever calls is found by whatever they can say.

    What that may be, each room knows of its own records: it adds to :meth:`_found_by`. Who is found by a number of theirs in one
    company has their cases there found, the open one first.
    """

    _inherit = "collection.case"

    found_by = fields.Char(
        compute="_compute_found_by",
        search="_search_found_by",
        help="By what the search has found this case: a number, an amount, a phone, a name, a reference.",
    )
    in_my_day = fields.Boolean(
        compute="_compute_in_my_day",
        search="_search_in_my_day",
        help="Yours or nobody's, and to be done today. Whoever searches finds all cases.",
    )

    # -- What each room adds to ----------------------------------------------------------------------------------

    @api.model
    def _found_by(self, key):
        """The ways by which a typed text may find a case, the most telling first.

        :param engine.search_key.SearchKey key: what the text may be; not empty
        :rtype: list[Finder]
        """
        moves = self.env["account.move"]
        invoices = Domain("move_type", "in", moves.get_sale_types(include_receipts=True)) & Domain(
            "state", "=", "posted"
        )
        number = invoices & self._like_number(key, "name")
        reference = invoices & self._like_number(key, "ref", "payment_reference")
        customer = self._like_name(key) & self._domain_customers()
        people = {"model": "res.partner", "partner": "id", "company": None}
        return [
            *self._find_in(self.env._("Invoice %s"), "account.move", number, "name"),
            *self._find_in(self.env._("Customer's reference of %s"), "account.move", reference, "name"),
            *self._found_by_item(key),
            *self._found_by_figure(key),
            *self._find_in(
                self.env._("Customer number %s"), domain=self._like_number(key, "ref"), called="ref", **people
            ),
            *self._find_in(self.env._("Customer %s"), domain=customer, called="name", **people),
        ]

    @api.model
    def _found_by_item(self, key):
        """By open items: the label of one that was carried over from another system, an amount of any."""
        items = "account.move.line"
        carried_over = Domain("move_id.move_type", "=", "entry")
        label = carried_over & self._like_number(key, "name", "move_name") & self._domain_open_items()
        finders = self._find_in(self.env._("Open item %s"), items, label, "move_name", or_label="name")
        if key.amounts:
            amounts = self._domain_open_items(key.amounts)
            finders += self._find_in(self.env._("Amount of %s"), items, amounts, "move_name", or_label="name")
        return finders

    @api.model
    def _found_by_figure(self, key):
        """By the sums of a case."""
        if not key.amounts:
            return []

        def within(name, company):
            def to_sql(model, alias, query):
                figure = model._field_to_sql(alias, name, query)
                return _is_one_of(figure, key.amounts, SQL("%s", company.currency_id.rounding))

            return Domain("company_id", "=", company.id) & Domain.custom(to_sql=to_sql)

        figures = {
            "amount_chased": self.env._("Amount to chase"),
            "amount_overdue": self.env._("Amount overdue"),
            "balance": self.env._("Balance"),
        }
        return [
            finder
            for name, words in figures.items()
            for finder in self._find_in(
                words,
                self._name,
                Domain("state", "!=", "closed") & Domain.OR(within(name, company) for company in self.env.companies),
                partner=None,
            )
        ]

    # -- With which they find ------------------------------------------------------------------------------------

    @api.model
    def _find_in(self, words, model, domain, called=None, *, partner="partner_id", company="company_id", or_label=None):
        """The cases of the customers whom records of ``model`` are about, among those that the user may read; none where the user
        may read no such record at all.

        :param called: the field by whose value the record is called
        :param or_label: the field by which an item is called that no invoice has: it was carried over, one to a line
        :param partner: the field with the customer or a contact; None where the records are cases themselves
        :param company: the field with the company; None where the records belong to all
        :rtype: list[Finder]
        """
        records = self.env[model].with_context(active_test=False)
        if not records.has_access("read"):
            return []
        query = records._search(domain)

        def column(name):
            return records._field_to_sql(query.table, name, query)

        name = column(called) if called else SQL("''")
        if or_label:
            name = SQL(
                "CASE WHEN %s = 'entry' THEN COALESCE(%s, %s) ELSE %s END",
                column("move_type"),
                column(or_label),
                name,
                name,
            )
        name = SQL("COALESCE(LEFT(%s, %s), '')", name, LONGEST_NAME)
        if partner is None:
            found = query.subselect(column("id"), name)
            return [Finder(words, SQL("SELECT case_id, called FROM %s found(case_id, called)", found))]
        found = SQL(
            """SELECT kase.id AS case_id, found.called
                 FROM %s found(called, partner_id, company_id)
                 JOIN res_partner person ON person.id = found.partner_id
                 JOIN collection_case kase ON %s = %s AND %s = COALESCE(found.company_id, %s)""",
            query.subselect(name, column(partner), column(company) if company else SQL("NULL::int")),
            self._field_to_sql("kase", "partner_id"),
            self.env["res.partner"]._field_to_sql("person", "commercial_partner_id"),
            self._field_to_sql("kase", "company_id"),
            self._field_to_sql("kase", "company_id"),
        )
        return [Finder(words, found)]

    @api.model
    def _like_number(self, key, *names):
        """That one of these fields is the number or reference that was typed; from three letters and digits on, that it has them
        in it, whatever parts them.
        """
        pattern = f"%{'%'.join(key.runs)}%" if key.is_part else escape_psql(key.text)
        return Domain.OR(Domain(name, "=ilike", pattern) for name in names)

    @api.model
    def _like_code(self, key, name):
        """That the field ``name`` is the long number that was typed or scanned, or has a part of it, whatever groups either is
        written in.
        """
        if not key.is_part:
            return Domain.FALSE

        def to_sql(model, alias, query):
            code = SQL("REGEXP_REPLACE(%s, '[^[:alnum:]]', '', 'g')", model._field_to_sql(alias, name, query))
            return SQL("%s ILIKE %s", code, f"%{''.join(key.runs)}%")

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _like_name(self, key):
        """That a contact has all the words that were typed in its name, in whatever order."""
        return Domain.AND(Domain("name", "ilike", escape_psql(word)) for word in key.words)

    @api.model
    def _domain_customers(self):
        """The contacts that are customers themselves, not people who work there."""

        def to_sql(model, alias, query):
            customer = model._field_to_sql(alias, "commercial_partner_id", query)
            return SQL("%s = %s", customer, SQL.identifier(alias, "id"))

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _domain_open_items(self, amounts=()):
        """The journal items of customers of which something is left; with ``amounts``, those that have one of them, less what was
        paid or before, for themselves or for their invoice, in their own currency or the company's.
        """
        asked = SQL("TRUE")
        if amounts:
            asked = SQL(
                "(%s OR %s OR %s OR %s)",
                _is_one_of(SQL("line.amount_residual_currency"), amounts, SQL("currency.rounding")),
                _is_one_of(SQL("line.amount_currency"), amounts, SQL("currency.rounding")),
                _is_one_of(SQL("move.amount_total"), amounts, SQL("currency.rounding")),
                _is_one_of(SQL("line.amount_residual"), amounts, SQL("own.rounding")),
            )
        self.env["collection.ledger"]._flush_sources()

        def to_sql(_model, alias, _query):
            return SQL(
                """%s IN (WITH item AS MATERIALIZED (  -- first of all: the planner would look at each item by itself
                              SELECT line.id
                                FROM account_move_line line
                                JOIN account_move move ON move.id = line.move_id
                                JOIN account_account account ON account.id = line.account_id
                                JOIN res_currency currency ON currency.id = line.currency_id
                                JOIN res_currency own ON own.id = line.company_currency_id
                               WHERE %s AND %s)
                          SELECT id FROM item)""",
                SQL.identifier(alias, "id"),
                OPEN,
                asked,
            )

        return Domain.custom(to_sql=to_sql)

    # -- What was found ------------------------------------------------------------------------------------------

    @api.model
    def _search_keys(self, texts):
        """What typed texts may be, in the language of the user, without those that are nothing."""
        point = get_lang(self.env).decimal_point
        return [key for text in islice(texts, MOST_TEXTS) if (key := read_search_key(text, point))]

    @api.model
    def _query_found(self, finders):
        """SQL of all that these find: ``case_id``, ``place`` of the finder in the list, ``called``."""
        return SQL(" UNION ALL ").join(
            SQL("(SELECT case_id, %s AS place, called FROM (%s) found)", place, finder.query)
            for place, finder in enumerate(finders)
        )

    @api.model
    def _search_found_by(self, operator, value):
        """Whatever is typed is found as it is read by :meth:`_found_by`: a part of it or the whole makes no difference."""
        if operator not in ("=ilike", "=like", "ilike", "in", "like"):
            return NotImplemented
        keys = self._search_keys(value if operator == "in" else [value])
        queries = [self._query_found(finders) for key in keys if (finders := self._found_by(key))]
        if not queries:
            return Domain.FALSE
        found = SQL(" UNION ALL ").join(queries)

        def to_sql(_model, alias, _query):
            return SQL("%s IN (SELECT case_id FROM (%s) found)", SQL.identifier(alias, "id"), found)

        return Domain.custom(to_sql=to_sql)

    @api.depends_context("collection_find", "lang", "uid")
    def _compute_found_by(self):
        """Of the last search: the search field puts what was typed into the context."""
        typed = self.env.context.get("collection_find")
        reasons = {}
        for key in self._search_keys(typed if isinstance(typed, (list, tuple)) else [typed]):
            for case_id, said in self._reasons(key).items():
                reasons.setdefault(case_id, []).append(said)
        for case in self:
            case.found_by = " · ".join(reasons.get(case.id, ())) or False

    @api.model
    def _domain_my_day(self):
        return Domain(
            [("state", "!=", "closed"), ("user_id", "in", [self.env.uid, False]), ("next_action_date", "<=", "today")]
        )

    @api.depends_context("uid")
    @api.depends("next_action_date", "state", "user_id")
    def _compute_in_my_day(self):
        due = self.filtered_domain(self._domain_my_day())
        for case in self:
            case.in_my_day = case in due

    @api.model
    def _search_in_my_day(self, operator, value):
        """Who works on the list of the day looks there for whoever calls, too: a search is not about today alone."""
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return Domain.TRUE if self.env.context.get("collection_find") else self._domain_my_day()

    def _reasons(self, key):
        """By what each of these cases is found, in words, by its id."""
        finders = self._found_by(key) if self.ids else []
        return self._told(finders, SQL("SELECT id, 0 FROM UNNEST(%s) wanted(id)", self.ids), self) if finders else {}

    @api.model
    def _told(self, finders, wanted, among=None):
        """By what cases are found, in words, by their ids in the order that is wanted. A record to which several ways lead is
        named once.

        :param wanted: SQL of ids and places of cases, which may read ``found``
        :param among: the cases that are wanted, where they are known: the others need not be found
        :rtype: dict[int, str]
        """
        rows = self.env.execute_query(
            SQL(
                """WITH found AS MATERIALIZED (SELECT * FROM (%s) found WHERE %s),
                        wanted (case_id, rank) AS (%s)
                   SELECT case_id, place, called, count
                     FROM (SELECT case_id, rank, called, MIN(place) AS place, COUNT(*) OVER (PARTITION BY case_id),
                                  ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY MIN(place), called) AS number
                             FROM found
                             JOIN wanted USING (case_id)
                         GROUP BY case_id, rank, called) reason
                    WHERE number <= %s
                 ORDER BY rank, case_id, number""",
                self._query_found(finders),
                SQL("TRUE") if among is None else SQL("case_id = ANY(%s)", among.ids),
                wanted,
                MOST_REASONS,
            )
        )
        reasons = {}
        for case_id, place, called, count in rows:
            said = reasons.setdefault(case_id, [])
            said.append(finders[place].words.replace("%s", called))
            if len(said) == MOST_REASONS < count:
                said.append(self.env._("%s more", count - MOST_REASONS))
        return {case_id: " · ".join(said) for case_id, said in reasons.items()}

    @api.model
    @api.readonly
    def find(self, text):
        """The cases that a typed text finds among those that the user may read: open ones first, then by what tells most.

        :rtype: list[dict]
        """
        self.check_access("read")
        finders = [finder for key in self._search_keys([text]) for finder in self._found_by(key)]
        if not finders:
            return []
        columns = ("state", "priority_score", "oldest_due_date")
        state, priority, due = (self._field_to_sql("kase", name) for name in columns)
        wanted = SQL(
            """SELECT kase.id, ROW_NUMBER() OVER (ORDER BY %(state)s = 'closed', MIN(found.place), %(priority)s DESC, %(due)s,
                                                           kase.id DESC)
                 FROM collection_case kase
                 JOIN found ON found.case_id = kase.id
                WHERE kase.id IN %(within_reach)s
             GROUP BY kase.id
             ORDER BY 2
                LIMIT %(most)s""",
            state=state,
            priority=priority,
            due=due,
            within_reach=self._search(Domain.TRUE).subselect(),
            most=MOST_FOUND,
        )
        told = self._told(finders, wanted)
        several = len(self.env.companies) > 1
        return [
            {
                "id": case.id,
                "name": case.display_name,
                "found_by": told[case.id],
                "amount": "" if case.state == "closed" else case.currency_id.format(case.amount_chased),
                "days": case.days_overdue,
                "closed_on": format_date(self.env, case.date_closed) if case.state == "closed" else "",
                "company": case.company_id.name if several else "",
            }
            for case in self.browse(told)
        ]


def _is_one_of(figure, amounts, rounding):
    """SQL of whether a figure, owed or owing, is one of these amounts, in a currency that is rounded so."""
    return SQL(
        "(%s)", SQL(" OR ").join(SQL("ABS(ABS(%s) - %s) * 2 < %s", figure, amount, rounding) for amount in amounts)
    )
