from odoo import api, models
from odoo.tools import SQL

from .account_key import by_account
from .ledger_sql import CHASE, CHASE_ABROAD, CHASED_ABROAD, bucket_columns, lines_of
from .open_item import OpenItem
from .receivables import LEFT_OUT, OPEN, REFUND

#: The figures of a case that are a cache of the ledger; the columns of :meth:`CollectionLedger._query_figures`.
AMOUNT_FIELDS = (
    "balance",
    "amount_open",
    "amount_overdue",
    "amount_credit",
    "amount_under_way",
    "amount_excluded",
    "amount_disputed",
    "amount_promised",
    "amount_chased",
    "amount_net_overdue",
    "bucket_0",
    "bucket_1",
    "bucket_2",
    "bucket_3",
    "bucket_4",
)
DATE_FIELDS = ("oldest_due_date",)
FIGURE_FIELDS = (*AMOUNT_FIELDS, *DATE_FIELDS)

#: What the statements read, model by model.
SOURCES = {
    "account.account": ["account_type", "non_trade"],
    "account.move": ["amount_residual", "amount_total", "payment_state"],
    "account.move.line": [
        "account_id",
        "amount_currency",
        "amount_residual",
        "amount_residual_currency",
        "company_currency_id",
        "company_id",
        "currency_id",
        "date",
        "date_maturity",
        "discount_amount_currency",
        "discount_date",
        "move_id",
        "no_followup",
        "parent_state",
        "partner_id",
        "payment_id",
        "reconciled",
        "statement_line_id",
    ],
    "account.partial.reconcile": ["credit_move_id", "debit_amount_currency", "debit_move_id", "max_date"],
    "account.payment": [
        "amount",
        "amount_company_currency_signed",
        "currency_id",
        "date",
        "invoice_ids",
        "move_id",
        "payment_type",
        "state",
    ],
    "res.company": ["collection_discount_days"],
    "res.partner": ["commercial_partner_id"],
}


class CollectionLedger(models.AbstractModel):
    """The only reader of open items.

    Everything is one set-based statement over the receivable items that are posted and not reconciled, grouped by
    commercial partner and company; the number of queries does not depend on the number of customers. The statement
    follows :func:`engine.aging.figures`, which says in words what each figure is; a test compares the two. The branches of a
    company are one creditor, as they are to Odoo's reconciliation: credits of all of them are spent once, on the oldest item of
    all (``house_id`` is the company that they are branches of).

    *A payment under way* is one that was registered without a journal entry (possible where an accounting app replaces
    the outstanding account): the invoice says *in payment* while its receivable item stays open. It covers the items
    of the invoices that it was registered for, the oldest first (``ledger/ledger_under_way.py``). A payment that is
    already *paid* counts only while nothing was reconciled with the invoice, for after that the bank statement has taken
    its place in the books. A refund on its way spends the credit that it pays out, and so does one in the books that is
    matched with nothing; the latter is an open item that nobody owes.
    """

    _name = "collection.ledger"
    _description = "Open Receivables Reader"

    def _open_items(self, partners, companies, today=None):
        """All open items of ``partners`` (of any contact of their commercial entity) in ``companies``, oldest first.

        :param today: the day to judge by; by default each company's own
        :rtype: list[OpenItem]
        """
        if not partners or not companies:
            return []
        query = SQL(
            """%(items)s
            SELECT id, move_id, partner_id, company_id, currency_id, due, GREATEST(0, today - due) AS days_overdue,
                   residual, residual_currency, excluded, under_way, promised, disputed,
                   disputed - LEAST(disputed, unanswered) AS answered, chased, chased_currency, spent, with_agency
              FROM chase
          ORDER BY partner_id, company_id, due, id""",
            items=self._query_items(companies, partners, today),
        )
        return list(map(OpenItem._make, self.env.execute_query(query)))

    def _open_items_by_account(self, partners, companies, today=None):
        """The same, by (commercial partner id, company id)."""
        return by_account(self._open_items(partners, companies, today))

    def _moves_with_open_items(self, companies):
        """Ids of the entries that have an open item in these companies."""
        query = SQL("%s SELECT DISTINCT move_id FROM chase", self._query_items(companies))
        return [move_id for (move_id,) in self.env.execute_query(query)]

    def _falling_due(self, company, days):
        """What falls due within ``days`` days from tomorrow and is not promised, under way or covered by credits.

        :return: (commercial partner id, due date, amount in company currency) for each customer and due date
        """
        query = SQL(
            """%(items)s
            SELECT partner_id, due, SUM(residual - under_way - promised - disputed)
              FROM chase
             WHERE residual > 0 AND NOT excluded AND due > today AND due <= today + %(days)s AND credit = 0
          GROUP BY partner_id, due
            HAVING SUM(residual - under_way - promised - disputed) > 0
          ORDER BY partner_id, due""",
            items=self._query_items(company),
            days=days,
        )
        return self.env.execute_query(query)

    def _chased_by_currency(self, company):
        """What is asked for of the customers who get a case, in the currency of the items.

        :return: (currency id, amount, number of customers) for each currency
        """
        query = SQL(
            """%(items)s,
            account AS (SELECT partner_id AS owner_id FROM chase GROUP BY partner_id HAVING SUM(chased) > %(minimum)s)
            SELECT currency_id, SUM(chased_currency), COUNT(DISTINCT partner_id)
              FROM chase
              JOIN account ON owner_id = partner_id
             WHERE chased > 0
          GROUP BY currency_id
          ORDER BY 3 DESC, 1""",
            items=self._query_items(company),
            minimum=company.collection_min_amount,
        )
        return self.env.execute_query(query)

    def _query_figures(self, companies, partners=None, today=None):
        """SQL of a SELECT with one row per (``partner_id``, ``company_id``) and the columns of ``FIGURE_FIELDS``."""
        return SQL(
            """%(items)s
            SELECT partner_id, company_id,
                   SUM(residual) AS balance,
                   COALESCE(SUM(residual) FILTER (WHERE residual > 0), 0) AS amount_open,
                   COALESCE(SUM(residual) FILTER (WHERE residual > 0 AND due < today), 0) AS amount_overdue,
                   COALESCE(-SUM(residual) FILTER (WHERE residual < 0), 0) AS amount_credit,
                   SUM(under_way) AS amount_under_way,
                   COALESCE(SUM(residual) FILTER (WHERE residual > 0 AND excluded AND NOT with_agency), 0) AS amount_excluded,
                   SUM(disputed) AS amount_disputed,
                   SUM(promised) AS amount_promised,
                   SUM(chased) AS amount_chased,
                   SUM(net) AS amount_net_overdue,
                   %(buckets)s,
                   COALESCE(MIN(due) FILTER (WHERE chased > 0), MIN(due) FILTER (WHERE net > 0)) AS oldest_due_date
              FROM chase
          GROUP BY partner_id, company_id""",
            items=self._query_items(companies, partners, today),
            buckets=bucket_columns(),
        )

    def _query_items(self, companies, partners=None, today=None):
        """SQL of the common table expressions that end in ``chase``: one row per open item with all its parts. What is on its way
        is read here, and with it all that is still in memory has been written.
        """
        on_its_way, way = self._on_their_way(companies, partners)
        branches = companies._collection_branches()
        abroad = len(self.env["res.currency"].get_all_currencies()) > 1
        # what is known of the companies is said here: each table less halves the time in which the statement is planned
        days = SQL(", ").join(
            SQL(
                "(%s, %s, %s::date, %s)",
                company.id,
                company._collection_branch_ids()[0],
                today or company._collection_today(),
                company.currency_id.decimal_places,
            )
            for company in branches
        )
        return SQL(
            """
            WITH day (company_id, house_id, today, decimal_places) AS (VALUES %(days)s),
            covered AS (%(covered)s),
            question AS (%(questions)s),
            item AS (
                SELECT line.id, line.move_id, line.company_id, day.house_id, line.currency_id, day.today,
                       day.decimal_places,
                       line.currency_id != line.company_currency_id AS abroad,
                       partner.commercial_partner_id AS partner_id,
                       COALESCE(line.date_maturity, line.date) AS matures,
                       CASE WHEN question.granted > 0 AND waiting + granted >= line.amount_residual_currency
                            THEN GREATEST(new_due, line.date_maturity, line.date)
                            ELSE COALESCE(line.date_maturity, line.date) END AS due,
                       line.amount_residual AS residual,
                       line.amount_residual_currency AS residual_currency,
                       %(left_out)s AS left_out,
                       %(refund)s AS refund,
                       line.amount_residual > 0 AND %(with_agency)s AS with_agency,
                       %(on_its_way)s AS on_its_way,
                       COALESCE(covered.amount, 0) AS covered,
                       CASE WHEN question.item_id IS NULL OR line.amount_residual <= 0 THEN 0
                            ELSE ROUND(line.amount_residual * LEAST(1,
                                (waiting + CASE WHEN today <= new_due THEN granted ELSE 0 END)
                                / line.amount_residual_currency), day.decimal_places)
                            END AS questioned,
                       CASE WHEN question.item_id IS NULL OR line.amount_residual <= 0 THEN 0
                            ELSE ROUND(line.amount_residual * LEAST(1,
                                waiting / line.amount_residual_currency), day.decimal_places)
                            END AS unanswered
                  FROM %(lines)s
                  JOIN day ON day.company_id = line.company_id
                  JOIN account_account account ON account.id = line.account_id
                  JOIN account_move move ON move.id = line.move_id
             LEFT JOIN covered ON covered.item_id = line.id
             LEFT JOIN question ON question.item_id = line.id
                       %(way)s
                 WHERE %(open)s
            ),
            account_of_customer AS ( -- "helps": what of a credit has not been paid out
                SELECT *,
                       CASE WHEN residual < 0 THEN -residual - on_its_way ELSE 0 END AS helps,
                       COALESCE(SUM(residual) FILTER (WHERE refund) OVER customer, 0) AS refunded,
                       COALESCE(SUM(-residual - on_its_way) FILTER (WHERE residual < 0 AND NOT left_out) OVER by_age, 0)
                           AS credit_up_to,
                       GREATEST(0,
                           COALESCE(SUM(-residual - on_its_way) FILTER (WHERE residual < 0 AND NOT left_out) OVER customer, 0)
                           + GREATEST(0, COALESCE(SUM(CASE WHEN residual < 0 THEN -residual - on_its_way ELSE -residual END)
                                                  FILTER (WHERE left_out AND NOT refund) OVER customer, 0))
                           - COALESCE(SUM(residual) FILTER (WHERE refund) OVER customer, 0)) AS credit
                  FROM item
                WINDOW customer AS (PARTITION BY partner_id, house_id),
                       by_age AS (customer ORDER BY matures, id)
            ),
            claim AS (
                SELECT *,
                       left_out OR refund OR with_agency AS excluded,
                       CASE WHEN residual > 0 THEN on_its_way ELSE 0 END AS under_way,
                       CASE WHEN residual > 0 THEN 0
                            WHEN left_out THEN on_its_way
                            ELSE on_its_way + GREATEST(0, LEAST(helps, refunded - credit_up_to + helps)) END AS spent,
                       residual > 0 AND NOT left_out AND NOT refund AND NOT with_agency AND matures < today AS followed
                  FROM account_of_customer
            ),
            dispute AS (
                SELECT *,
                       CASE WHEN excluded THEN 0 ELSE GREATEST(0, LEAST(residual - under_way, questioned)) END AS disputed
                  FROM claim
            ),
            promise AS (
                SELECT *,
                       CASE WHEN excluded THEN 0 ELSE GREATEST(0, LEAST(residual - under_way - disputed, covered)) END
                           AS promised
                  FROM dispute
            ),
            part AS (
                SELECT *,
                       CASE WHEN followed THEN residual ELSE 0 END AS whole,
                       CASE WHEN followed
                            THEN GREATEST(0, residual - under_way - promised - disputed)
                            ELSE 0 END AS rest
                  FROM promise
            ),
            %(chase)s,
            chase AS (
                SELECT *, %(chased_currency)s AS chased_currency
                  FROM chase_of_branches
                 WHERE company_id = ANY(%(companies)s)
            )""",
            days=days,
            covered=self._query_covered(SQL("company_id IN (SELECT company_id FROM day)")),
            questions=self._query_questions(SQL("company_id IN (SELECT company_id FROM day)")),
            on_its_way=on_its_way,
            way=way,
            left_out=LEFT_OUT,
            refund=REFUND,
            with_agency=self._held_apart(),
            open=OPEN,
            lines=lines_of(partners),
            chase=CHASE_ABROAD if abroad else CHASE,
            chased_currency=CHASED_ABROAD if abroad else SQL("chased"),
            companies=companies.ids,
        )

    def _on_their_way(self, companies, partners):
        """SQL of what is on its way for the item ``line``, and of the join that it is read from; where nothing is, there is none,
        for one table less.
        """
        parts = self._under_way(companies, partners)
        if not parts:
            return SQL("0"), SQL()
        join = "LEFT JOIN unnest(%s::int[], %s::numeric[]) way (item_id, amount) ON way.item_id = line.id"
        return SQL("COALESCE(way.amount, 0)"), SQL(join, list(parts), list(parts.values()))

    @api.model
    def _changed(self, lines_or_payments):
        """The books of these records have changed: whoever keeps figures of them looks again, once for a transaction."""

    @api.model
    def _moved(self, partner_ids, items, companies):
        """Items went from one of these customers to another, before this transaction is committed.

        :param partner_ids: the customers, before and after
        :param items: the journal items that moved
        """

    @api.model
    def _query_covered(self, condition):
        """SQL of what of items is not asked for because somebody waits for it: ``item_id``, ``amount`` in company currency; one
        row for an item.

        :param condition: SQL of which items, by ``item_id`` or ``company_id``
        """
        return SQL("SELECT NULL::int AS item_id, NULL::numeric AS amount WHERE FALSE")

    @api.model
    def _query_questions(self, condition):
        """SQL of what is in question about items, in their currency; see :class:`engine.disputes.Question`: ``item_id``,
        ``waiting``, ``granted``, ``new_due``; one row for an item.

        :param condition: as for :meth:`_query_covered`
        """
        return SQL(
            "SELECT NULL::int AS item_id, NULL::numeric AS waiting, NULL::numeric AS granted, NULL::date AS new_due WHERE FALSE"
        )

    @api.model
    def _held_apart(self):
        """SQL of whether somebody else asks for the item ``line``, while we ask for the rest ourselves."""
        return SQL("FALSE")

    def _flush_sources(self):
        """Write what is still in memory to the tables that the statements read."""
        for model, names in SOURCES.items():
            self.env[model].flush_model(names)
