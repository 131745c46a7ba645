from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...engine import under_way
from ..base.to_decimal import to_decimal
from .ledger_sql import lines_of
from .receivables import DISCOUNT_DAYS, OPEN


class Row(NamedTuple):
    """A row of :meth:`CollectionLedger._query_registered`; see there."""

    partner_id: int
    company_id: int
    payment_id: int
    day: date
    booked: datetime
    paid_in_id: int
    paid: Decimal
    paid_value: Decimal
    item_id: int
    currency_id: int
    matures: date
    left: Decimal
    value: Decimal
    discounted: Decimal | None


class CollectionLedger(models.AbstractModel):
    """What is on its way; :func:`engine.under_way.under_way` says how it is spread over the items."""

    _inherit = "collection.ledger"

    def _under_way(self, companies, partners=None):
        """What is on its way for open items of ``partners`` (None: of all) in ``companies`` and their branches, by the id of the
        item: payments for what they owe, refunds of their credits. A payment may be for invoices of several branches.

        :rtype: dict[int, Decimal]
        """
        accounts = {}
        companies = companies._collection_branches()
        house_of = companies._collection_house_ids()
        for row in self._registered(companies, partners):
            accounts.setdefault((row.partner_id, house_of[row.company_id], row.value < 0), []).append(row)
        quanta = {company.id: Decimal(1).scaleb(-company.currency_id.decimal_places) for company in companies}
        parts = {}
        for (_partner_id, house_id, _refund), rows in accounts.items():
            rooms = {
                row.item_id: under_way.Room(row.item_id, row.matures, row.currency_id, abs(row.left), abs(row.value))
                for row in rows
            }
            parts |= under_way.under_way(_payments(rows), list(rooms.values()), quanta[house_id])
        return parts

    def _registered(self, companies, partners=None):
        """The payments that have no entry yet, one row for each open item that they were registered for.

        :rtype: list[Row]
        """
        if not companies:
            return []
        self._flush_sources()
        rows = self.env.execute_query(self._query_registered(companies, partners))
        return [
            Row(*row[:6], *map(to_decimal, row[6:8]), *row[8:11], *map(to_decimal, row[11:13]), row[13]) for row in rows
        ]

    @api.model
    def _is_registered(self):
        """SQL of whether anything may be on its way for the item ``line``; false spares :meth:`_query_registered`."""
        return SQL(
            """EXISTS (SELECT FROM account_move__account_payment link
                         JOIN account_payment payment ON payment.id = link.payment_id
                        WHERE link.invoice_id = line.move_id AND payment.move_id IS NULL)"""
        )

    def _query_registered(self, companies, partners):
        """SQL of the payments that have no entry yet, and of the open items that they were registered for: the columns of
        :class:`Row`. Received payments go to what is owed, our own to credits. ``left`` and ``value`` are what is left of the
        item, in its currency and the company's; ``discounted`` is what was enough for it on the day of the payment.

        What is paid in another way adds its rows, and says so in :meth:`_is_registered`: each with an id that no payment has.
        """
        return SQL(
            """
            SELECT partner.commercial_partner_id, line.company_id, payment.id, payment.date, payment.create_date,
                   payment.currency_id, payment.amount, ABS(payment.amount_company_currency_signed),
                   line.id, line.currency_id, COALESCE(line.date_maturity, line.date),
                   line.amount_residual_currency, line.amount_residual,
                   CASE WHEN line.amount_residual_currency = line.amount_currency
                         AND payment.date <= line.discount_date + %(discount_days)s
                        THEN NULLIF(line.discount_amount_currency, 0) END
              FROM %(lines)s
              JOIN account_account account ON account.id = line.account_id
              JOIN account_move__account_payment link ON link.invoice_id = line.move_id
              JOIN account_payment payment ON payment.id = link.payment_id
             WHERE line.company_id = ANY(%(companies)s)
               AND %(open)s
               AND payment.move_id IS NULL
               AND (payment.state = 'in_process'
                    OR payment.state = 'paid'
                       AND (SELECT amount_residual = amount_total FROM account_move WHERE id = line.move_id))
               AND payment.payment_type = CASE WHEN line.amount_residual > 0 THEN 'inbound' ELSE 'outbound' END""",
            lines=lines_of(partners),
            companies=companies.ids,
            open=OPEN,
            discount_days=DISCOUNT_DAYS,
        )


def _payments(rows):
    """The payments of these rows as the engine knows them."""
    by_payment = {}
    for row in rows:
        by_payment.setdefault(row.payment_id, []).append(row)
    return [
        under_way.Payment(
            key=payment_id,
            currency=of_payment[0].paid_in_id,
            amount=of_payment[0].paid,
            value=of_payment[0].paid_value,
            items=frozenset(row.item_id for row in of_payment),
            discounted={row.item_id: to_decimal(row.discounted) for row in of_payment if row.discounted is not None},
        )
        for payment_id, of_payment in by_payment.items()
    ]
