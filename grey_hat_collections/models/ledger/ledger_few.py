from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from ...engine import aging
from ...engine.disputes import Question, due_date, not_asked
from ..base.to_decimal import to_decimal
from .ledger import FIGURE_FIELDS
from .receivables import BLOCKED, DISCOUNT_LEFT, IN_TIME, OPEN, REFUND

#: Of how many customers at the most the items are read plainly.
SMALL_SCOPE = 10


class Row(NamedTuple):
    """A row of :meth:`CollectionLedger._query_plain_items`; see there."""

    partner_id: int
    company_id: int
    id: int
    move_id: int
    abroad: int | None
    matures: object
    residual: float
    own: float
    excluded: bool
    discount_left: bool
    refund: bool
    covered: float
    waiting: float
    granted: float
    new_due: object
    registered: bool
    with_agency: bool


class Asked(NamedTuple):
    """What is asked for of an open item today, in company currency: what of :class:`OpenItem` a decision reads."""

    id: int
    due: date
    chased: Decimal


class Account(NamedTuple):
    """What is open of one customer in one company: the rows by the id of their item, the items, the oldest first, the day there,
    the digits of its currency, and the items and the day of each other branch.
    """

    rows: dict[int, Row]
    items: list[aging.Item]
    today: date
    digits: int
    branches: list[tuple[list[aging.Item], date]]


class CollectionLedger(models.AbstractModel):
    """The figures of a few customers, as every payment in the books asks for them.

    The statement for everybody takes the database many times longer to plan than to run for one customer. So the items of
    a few are read plainly, and :func:`engine.aging.figures`, which that statement follows, says what they come to.
    """

    _inherit = "collection.ledger"

    def _figures_of_few(self, companies, partners):
        """The figures of ``partners`` in ``companies``, in the order of ``FIGURE_FIELDS``, and what they ask for, the oldest
        first, by (commercial partner id, company id); those of whom nothing is open are left out.

        :rtype: dict[tuple[int, int], tuple[tuple[Decimal | date | None], list[Asked]]]
        """
        self._flush_sources()
        figures = {}
        for key, account in self._items_of_few(companies, partners).items():
            told = aging.figures(account.items, account.today, quantum_of(account.digits), account.branches)
            asked = [
                Asked(item.number, item.due, chased)
                for item, chased in zip(account.items, told.asked, strict=True)
                if chased
            ]
            figures[key] = _in_order(told), asked
        return figures

    def _items_of_few(self, companies, partners):
        """The open items of a few customers as the engine knows them, by (commercial partner id, company id); those of whom
        nothing is open are left out.

        :rtype: dict[tuple[int, int], Account]
        """
        branches = companies._collection_branches()
        rows_of = self._accounts_of_few(branches, partners)
        under_way = self._under_way_of_few(companies, partners, rows_of)
        today = {company.id: company._collection_today() for company in branches}
        digits = {company.id: company.currency_id.decimal_places for company in branches}
        items_of = {}
        for (partner_id, company_id), rows in rows_of.items():
            items = [
                as_item(row, under_way.get(row.id, aging.ZERO), today[company_id], digits[company_id]) for row in rows
            ]
            items_of[partner_id, company_id] = sorted(items, key=lambda item: (item.due, item.number))
        accounts = {}
        for company in companies:
            others = [branch_id for branch_id in company._collection_branch_ids() if branch_id != company.id]
            for key, rows in rows_of.items():
                if key[1] == company.id:
                    beside = [
                        (items_of[key[0], other], today[other]) for other in others if (key[0], other) in items_of
                    ]
                    by_id = {row.id: row for row in rows}
                    accounts[key] = Account(by_id, items_of[key], today[company.id], digits[company.id], beside)
        return accounts

    def _under_way_of_few(self, companies, partners, accounts):
        """What is on its way for each item (:meth:`_under_way`); looked up where anything was ever registered.

        :param accounts: the rows of each account
        """
        if any(row.registered for rows in accounts.values() for row in rows):
            return self._under_way(companies, partners)
        return {}

    def _accounts_of_few(self, companies, partners):
        """The open items of a few customers, the oldest first, by (commercial partner id, company id).

        :rtype: dict[tuple[int, int], list[Row]]
        """
        rows = list(map(Row._make, self.env.execute_query(self._query_plain_items(companies, partners))))
        # asked about the few items that have a discount: in the statement about all, it would cost each payment
        in_time = self._paid_in_time([row.id for row in rows if row.discount_left and not row.excluded])
        accounts = {}
        for row in rows:
            row = row._replace(excluded=True) if row.id in in_time else row
            accounts.setdefault((row.partner_id, row.company_id), []).append(row)
        return accounts

    def _paid_in_time(self, item_ids):
        """The ids of those of these items, of which the discount is left, whose money came in time for it."""
        if not item_ids:
            return set()
        query = SQL("SELECT line.id FROM account_move_line line WHERE line.id = ANY(%s) AND %s", item_ids, IN_TIME)
        return {item_id for (item_id,) in self.env.execute_query(query)}

    def _query_plain_items(self, companies, partners):
        """SQL of the open items of a few customers, the oldest first: the columns of :class:`Row`. ``own`` is what is left in
        the item's currency, ``abroad`` that currency where it is not the company's; ``excluded`` leaves open whether the money
        for a discount came in time; ``covered`` is what promises that run cover in company currency; ``waiting``, ``granted``
        and ``new_due`` are what disputes say; ``registered``, whether anything may be on its way.
        """
        return SQL(
            """
            SELECT partner.commercial_partner_id, line.company_id, line.id, line.move_id,
                   NULLIF(line.currency_id, line.company_currency_id),
                   COALESCE(line.date_maturity, line.date) AS matures, line.amount_residual,
                   line.amount_residual_currency,
                   %(blocked)s, %(discount_left)s, %(refund)s,
                   COALESCE((SELECT amount FROM (%(covered)s) covered), 0),
                   COALESCE(question.waiting, 0), COALESCE(question.granted, 0), question.new_due,
                   %(registered)s,
                   line.amount_residual > 0 AND %(with_agency)s
              FROM res_partner partner
              JOIN account_move_line line ON line.partner_id = partner.id
              JOIN account_account account ON account.id = line.account_id
              JOIN account_move move ON move.id = line.move_id
         LEFT JOIN LATERAL (%(questions)s) question ON TRUE
             WHERE partner.commercial_partner_id = ANY(%(partners)s)
               AND line.company_id = ANY(%(companies)s)
               AND %(open)s
          ORDER BY matures, line.id""",
            blocked=BLOCKED,
            discount_left=DISCOUNT_LEFT,
            refund=REFUND,
            covered=self._query_covered(SQL("item_id = line.id")),
            questions=self._query_questions(SQL("item_id = line.id")),
            registered=self._is_registered(),
            with_agency=self._held_apart(),
            partners=partners.ids,
            companies=companies.ids,
            open=OPEN,
        )


def as_item(row, under_way, today, digits):
    """An item as the engine knows it, of which ``under_way`` is on its way to us, or of a credit to the customer; ``digits`` are
    those of company currency.
    """
    residual, own = to_decimal(row.residual), to_decimal(row.own)
    question = Question(to_decimal(row.waiting), to_decimal(row.granted), row.new_due)
    disputed = promised = aging.ZERO
    if residual > 0 and not (row.excluded or row.refund or row.with_agency):
        share = not_asked(own, question, today) / own
        disputed = max(aging.ZERO, min(residual - under_way, _in_company_currency(row, share, digits)))
        promised = max(aging.ZERO, min(residual - under_way - disputed, to_decimal(row.covered)))
    return aging.Item(
        due=due_date(row.matures, own, question) if residual > 0 else row.matures,
        due_before=row.matures,
        residual=residual,
        excluded=row.excluded,
        refund=row.refund,
        under_way=under_way if residual > 0 else aging.ZERO,
        spent=under_way if residual < 0 else aging.ZERO,
        currency=row.abroad,
        own=own,
        promised=promised,
        disputed=disputed,
        number=row.id,
        with_agency=row.with_agency,
    )


def unanswered(row, digits):
    """What of a row waits for an answer of ours, in company currency; no more than is left of it."""
    waiting, own = to_decimal(row.waiting), to_decimal(row.own)
    if not waiting or row.residual <= 0:
        return aging.ZERO
    return _in_company_currency(row, min(Decimal(1), waiting / own), digits)


def quantum_of(digits):
    """The smallest amount in a currency with so many digits."""
    return Decimal(1).scaleb(-digits)


def _in_company_currency(row, share, digits):
    """This share of what is left of a row, rounded."""
    return (to_decimal(row.residual) * share).quantize(quantum_of(digits), ROUND_HALF_UP)


def _in_order(figures):
    """What the engine says, in the order of ``FIGURE_FIELDS``."""
    told = {f"bucket_{number}": amount for number, amount in enumerate(figures.buckets)}
    return tuple(told[name] if name in told else getattr(figures, name) for name in FIGURE_FIELDS)
