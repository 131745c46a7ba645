from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from ...engine.promises import Settlement
from ..base.to_decimal import to_decimal
from .receivables import OF_CUSTOMERS, OPEN

#: Journals whose entries are money; an entry of any other journal is money when it touches an account for bank and cash.
MONEY_JOURNALS = ("bank", "cash", "credit")
MONEY_ACCOUNTS = frozenset({"asset_cash", "liability_credit_card"})

#: What the statements of this file read beyond the sources of the open items.
SOURCES = {
    "account.move": ["journal_id"],
    "account.move.line": ["balance", "journal_id"],
    "account.partial.reconcile": ["amount", "credit_move_id", "debit_amount_currency", "debit_move_id"],
    "account.payment": ["amount", "currency_id", "date"],
}


class Row(NamedTuple):
    """A row of :meth:`CollectionLedger._query_settlements`: amounts in company currency, and in the item's own."""

    partner_id: int
    company_id: int
    partial_id: int | None
    line_id: int
    item_id: int | None
    move_id: int
    money: bool
    paid: float | None
    settled: float
    day: date
    booked: datetime
    applied: datetime | None
    currency_id: int
    amount: float
    own_currency_id: int
    amount_currency: float


class CollectionLedger(models.AbstractModel):
    """What settled open items, for the judging of promises.

    An entry is *money* when its journal is one for bank, cash or cards, or when it touches such an account. Credit notes,
    write-offs and exchange differences are not. A payment that was booked with a write-off is money up to what was paid.
    """

    _inherit = "collection.ledger"

    def _settlements(self, partners, companies, since):
        """What settled items of ``partners`` in ``companies``, or may, as far as it came after ``since``.

        Four kinds: what is reconciled with an item (one entry for each item), money and credit notes that are not applied
        yet, and payments that have no entry yet. Money returned to the customer is none of them.

        :param datetime.date since: nothing dated or booked before is of interest
        :return: lists of :class:`engine.promises.Settlement` by (commercial partner id, company id)
        """
        self._flush_settlement_sources()
        settlements = {}
        paid = {}  # what is left of the money of an entry that was booked with a write-off
        rows = list(map(Row._make, self.env.execute_query(self._query_settlements(partners, companies, since))))
        for row in self._without_refunds(rows, partners, companies):
            settlements.setdefault((row.partner_id, row.company_id), []).extend(_settlements_of(row, paid))
        for partner_id, company_id, payment_id, day, booked, amounts, item_ids in self._payments_under_way(
            partners, companies
        ):
            settlements.setdefault((partner_id, company_id), []).append(
                Settlement(("payment", payment_id), day, booked, amounts, frozenset(item_ids))
            )
        return settlements

    def _without_refunds(self, rows, partners, companies):
        """These rows, of credits that are not applied only what has not been paid out."""
        if all(row.item_id for row in rows):
            return rows
        items = self._open_items(partners, companies._collection_branches())
        spent = {item.id: to_decimal(item.spent) for item in items if item.spent}
        return [left for row in rows if (left := row if row.item_id else _less(row, spent.get(row.line_id, 0)))]

    def _flush_settlement_sources(self):
        self._flush_sources()
        for model, names in SOURCES.items():
            self.env[model].flush_model(names)

    def _query_credits(self, companies, since):
        """SQL of every credit on receivables of ``companies`` that was booked after ``since``, money or not: ``partner_id`` (the
        commercial entity that has it, or whose item it is applied to), ``company_id``, ``booked``. One that is applied to
        nothing is a credit with each branch of a company.
        """
        return SQL(
            """
            WITH house (company_id, branch_id) AS (VALUES %(branches)s),
            credit AS (
                SELECT line.id, line.partner_id, line.company_id, line.create_date
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                 WHERE %(of_customers)s
                   AND line.parent_state = 'posted'
                   AND line.balance < 0
                   AND line.company_id IN (SELECT branch_id FROM house)
                   AND line.create_date > %(since)s
            ),
            credited AS (
                SELECT credit.partner_id, house.company_id, credit.create_date
                  FROM credit
                  JOIN house ON house.branch_id = credit.company_id
             UNION ALL
                SELECT debit.partner_id, debit.company_id, credit.create_date
                  FROM credit
                  JOIN account_partial_reconcile partial ON partial.credit_move_id = credit.id
                  JOIN account_move_line debit ON debit.id = partial.debit_move_id
            )
            SELECT partner.commercial_partner_id AS partner_id, credited.company_id, credited.create_date AS booked
              FROM credited
              JOIN res_partner partner ON partner.id = credited.partner_id""",
            branches=self._branches_of(companies),
            since=since,
            of_customers=OF_CUSTOMERS,
        )

    def _branches_of(self, companies):
        """SQL of the rows (company, branch) of each of these companies, itself among the latter."""
        return SQL(", ").join(
            SQL("(%s, %s)", company.id, branch_id)
            for company in companies
            for branch_id in company._collection_branch_ids()
        )

    def _query_settlements(self, partners, companies, since):
        """SQL of what is reconciled and of what is not applied: the columns of :class:`Row`. Money that came in for one branch
        of a company and is not applied may be meant for any of them.
        """
        return SQL(
            """
            WITH house (company_id, branch_id) AS (VALUES %(branches)s),
            applied AS (
                SELECT partial.id AS partial_id, partial.create_date AS applied_at, partial.amount,
                       debit.id AS item_id, debit.currency_id, partial.debit_amount_currency AS amount_currency,
                       partner.commercial_partner_id AS partner_id, debit.company_id, credit.id AS line_id
                  FROM account_partial_reconcile partial
                  JOIN account_move_line debit ON debit.id = partial.debit_move_id
                  JOIN account_move_line credit ON credit.id = partial.credit_move_id
                  JOIN account_account account ON account.id = debit.account_id
                  JOIN account_journal journal ON journal.id = debit.journal_id
                  JOIN res_company company ON company.id = debit.company_id
                  JOIN res_partner partner ON partner.id = debit.partner_id
                 WHERE partner.commercial_partner_id = ANY(%(partners)s)
                   AND debit.company_id = ANY(%(companies)s)
                   AND %(of_customers)s
                   AND journal.type != ALL(%(money_journals)s)
                   AND journal.id IS DISTINCT FROM company.currency_exchange_journal_id
                   AND (credit.date >= %(since)s OR partial.create_date >= %(since)s)
            ),
            not_applied AS (
                SELECT NULL::int AS partial_id, NULL::timestamp AS applied_at, -line.amount_residual AS amount,
                       NULL::int AS item_id, line.currency_id, -line.amount_residual_currency AS amount_currency,
                       partner.commercial_partner_id AS partner_id, house.company_id, line.id AS line_id
                  FROM account_move_line line
                  JOIN house ON house.branch_id = line.company_id
                  JOIN account_account account ON account.id = line.account_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE partner.commercial_partner_id = ANY(%(partners)s)
                   AND %(open)s
                   AND line.amount_residual < 0
                   AND line.no_followup IS NOT TRUE
                   AND (line.date >= %(since)s OR line.create_date >= %(since)s)
            ),
            settlement AS (SELECT * FROM applied UNION ALL SELECT * FROM not_applied),
            entry AS ( -- of each entry that settles: whether it is money, how much of it, and how much it settles in all
                SELECT line.move_id,
                       BOOL_OR(journal.type = ANY(%(money_journals)s)
                               OR account.account_type IN ('asset_cash', 'liability_credit_card')) AS money,
                       SUM(line.balance) FILTER (
                           WHERE account.account_type IN ('asset_cash', 'liability_credit_card')) AS cash,
                       -SUM(line.balance) FILTER (WHERE %(of_customers)s) AS settled
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                  JOIN account_journal journal ON journal.id = line.journal_id
                 WHERE line.move_id IN (SELECT move_id FROM account_move_line
                                         WHERE id IN (SELECT line_id FROM settlement))
              GROUP BY line.move_id
            )
            SELECT settlement.partner_id, settlement.company_id, settlement.partial_id, line.id, settlement.item_id,
                   line.move_id, entry.money, COALESCE(payment.amount_company_currency_signed, entry.cash),
                   entry.settled, line.date, line.create_date, settlement.applied_at,
                   company.currency_id, settlement.amount, settlement.currency_id, settlement.amount_currency
              FROM settlement
              JOIN account_move_line line ON line.id = settlement.line_id
              JOIN res_company company ON company.id = settlement.company_id
              JOIN entry ON entry.move_id = line.move_id
         LEFT JOIN account_payment payment ON payment.move_id = line.move_id
          ORDER BY line.move_id, settlement.partial_id NULLS LAST, line.id, settlement.company_id""",
            partners=partners.commercial_partner_id.ids,
            companies=companies.ids,
            branches=self._branches_of(companies),
            since=since,
            money_journals=list(MONEY_JOURNALS),
            of_customers=OF_CUSTOMERS,
            open=OPEN,
        )

    def _payments_under_way(self, partners, companies):
        """Payments that have no entry yet, with the open items of the invoices that they were registered for.

        :return: rows of partner id, company id, payment id, date, moment of booking, amounts by currency id, item ids
        """
        found = {}
        currency_of = {company.id: company.currency_id.id for company in companies}
        for row in self._registered(companies, partners):
            if row.value > 0:
                amounts = {row.paid_in_id: row.paid, currency_of[row.company_id]: row.paid_value}
                account = row.partner_id, row.company_id, row.payment_id
                found.setdefault(account, (*account, row.day, row.booked, amounts, []))[-1].append(row.item_id)
        return list(found.values())


def _less(row, spent):
    """The row of a credit of which this much in company currency is spent; None where nothing is left."""
    amount = to_decimal(row.amount)
    if not spent or spent >= amount:
        return None if spent else row
    left = amount - spent
    return row._replace(amount=left, amount_currency=to_decimal(row.amount_currency) * left / amount)


def _settlements_of(row, paid):
    """One row of the statement as settlements: two where an entry holds both money and a write-off.

    :param paid: what is left of the money, by id of an entry; kept up to date from row to row
    """
    amount = to_decimal(row.amount)
    amounts = {row.own_currency_id: to_decimal(row.amount_currency), row.currency_id: amount}
    as_money = amount if row.money else Decimal(0)
    if row.money and row.paid is not None and to_decimal(row.paid) < to_decimal(row.settled):
        left = paid.setdefault(row.move_id, max(Decimal(0), to_decimal(row.paid)))
        as_money = min(left, amount)
        paid[row.move_id] = left - as_money
    key = ("applied", row.partial_id) if row.partial_id else ("open", row.line_id)
    items = frozenset([row.item_id] if row.item_id else ())
    parts = [(as_money, True), (amount - as_money, False)]
    if as_money in (0, amount):
        parts = [(amount, row.money and as_money == amount)]
    for part, is_money in parts:
        share = amounts if part == amount else {name: value * part / amount for name, value in amounts.items()}
        yield Settlement((*key, is_money), row.day, row.booked, share, items, money=is_money, applied=row.applied)
