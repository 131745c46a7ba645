from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.grey_hat_collections.models.ledger.ledger_sql import lines_of
from odoo.addons.grey_hat_collections.models.ledger.receivables import OPEN

#: What the statements here read.
SOURCES = {
    "collection.page.selection.line": ["amount", "item_id", "selection_id"],
    "payment.transaction": [
        "collection_selection_id",
        "currency_id",
        "last_state_change",
        "operation",
        "payment_id",
        "source_transaction_id",
        "state",
    ],
    "res.company": ["collection_pay_pending_days"],
}


class CollectionLedger(models.AbstractModel):
    """What customers pay online is on its way until it is in the books: from the moment when the provider has it, never while the
    customer only looks at the form. What nobody confirms is asked for again after some days.
    """

    _inherit = "collection.ledger"

    def _flush_sources(self):
        result = super()._flush_sources()
        for model, names in SOURCES.items():
            self.env[model].flush_model(names)
        return result

    @api.model
    def _is_registered(self):
        paid = SQL(
            """EXISTS (SELECT FROM collection_page_selection_line chosen
                         JOIN payment_transaction tx ON tx.collection_selection_id = chosen.selection_id
                        WHERE chosen.item_id = line.id
                          AND (tx.state IN ('authorized', 'pending') OR tx.state = 'done' AND tx.payment_id IS NULL))"""
        )
        return SQL("(%s OR %s)", super()._is_registered(), paid)

    def _query_registered(self, companies, partners):
        """Each chosen item is a payment for itself alone; its id is that of the line, below zero, where no payment has any."""
        return SQL(
            "%s UNION ALL %s",
            super()._query_registered(companies, partners),
            self._query_paid_online(companies, partners),
        )

    def _query_paid_online(self, companies, partners):
        """SQL of what was paid online and has no payment yet: the columns of :meth:`_query_registered`."""
        return SQL(
            """
            SELECT partner.commercial_partner_id, line.company_id, -chosen.id, tx.last_state_change::date, tx.create_date,
                   line.currency_id, LEAST(chosen.amount, line.amount_residual_currency),
                   LEAST(chosen.amount, line.amount_residual_currency) * line.amount_residual / line.amount_residual_currency,
                   line.id, line.currency_id, COALESCE(line.date_maturity, line.date),
                   line.amount_residual_currency, line.amount_residual, NULL::numeric
              FROM %(lines)s
              JOIN account_account account ON account.id = line.account_id
              JOIN collection_page_selection_line chosen ON chosen.item_id = line.id
              JOIN payment_transaction tx ON tx.collection_selection_id = chosen.selection_id
              JOIN res_company company ON company.id = line.company_id
             WHERE line.company_id = ANY(%(companies)s)
               AND %(open)s
               AND line.amount_residual > 0
               AND tx.operation != 'refund'
               AND (tx.state = 'authorized'
                    OR tx.state = 'pending'
                       AND tx.last_state_change > %(now)s::timestamp - company.collection_pay_pending_days * INTERVAL '1 day'
                    OR tx.state = 'done' AND tx.payment_id IS NULL
                       AND NOT EXISTS (SELECT FROM payment_transaction part
                                        WHERE part.source_transaction_id = tx.id AND part.state IN ('done', 'cancel')))""",
            lines=lines_of(partners),
            companies=companies.ids,
            open=OPEN,
            now=fields.Datetime.now(),
        )

    def _payments_under_way(self, partners, companies):
        """A promise is kept by money: what is confirmed counts, what is pending or only authorised does not yet."""
        rows = super()._payments_under_way(partners, companies)
        ids = [-row[2] for row in rows if row[2] < 0]
        if not ids:
            return rows
        # sudo: what counts as money is no secret to whoever may judge
        lines = self.env["collection.page.selection.line"].sudo().browse(ids)
        confirmed = {-line.id for line in lines if line.selection_id._transaction().state == "done"}
        return [row for row in rows if row[2] > 0 or row[2] in confirmed]
