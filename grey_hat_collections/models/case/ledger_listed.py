from datetime import date
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...engine import aging
from ..ledger.ledger_few import quantum_of, unanswered
from ..ledger.open_item import chase_state
from ..ledger.receivables import LEFT_OUT, OPEN, REFUND

#: Of several items of one invoice, the state that is shown: the first of these that any of them is in.
PRECEDENCE = ("chased", "disputed", "promised", "under_way", "referred", "excluded", "none")
#: Of so many customers the items are read plainly; of more, the statement for everybody is the faster one.
PAGE = 100


class Listed(NamedTuple):
    """What a list shows of an invoice: ``state`` is one of ``PRECEDENCE``, the case is the open one of the customer."""

    state: str = "none"
    promised_for: date | None = None
    case_id: int | None = None
    case_state: str | None = None


class Line(NamedTuple):
    """A row of :meth:`CollectionLedger._query_listed`; see there."""

    id: int
    move_id: int
    customer_id: int
    company_id: int
    owed: bool
    excluded: bool
    overdue: bool
    intricate: bool
    with_agency: bool
    promised_for: date | None
    case_id: int | None
    case_state: str | None


class CollectionLedger(models.AbstractModel):
    """What a list of invoices shows of each.

    Where nothing of an item is promised, disputed or under way, and there is no credit that what is overdue would be reduced
    by, the item speaks for itself. Of the others, few on any page, all that is open is looked at.
    """

    _inherit = "collection.ledger"

    def _listed(self, moves):
        """What is to be shown of each of these entries, by its id; of those that are left out nothing is open.

        :rtype: dict[int, Listed]
        """
        companies = moves.company_id
        if not companies:
            return {}
        self._flush_sources()
        self.env["collection.case"].flush_model(["company_id", "partner_id", "state"])
        lines = [Line._make(row) for row in self.env.execute_query(self._query_listed(moves, companies))]
        intricate = self.env["res.partner"].browse({line.customer_id for line in lines if line.intricate})
        states = self._states_of_items(intricate, companies)
        of_moves = {}
        for line in lines:
            of_moves.setdefault(line.move_id, []).append(line)
        return {
            move_id: Listed(
                min((states.get(line.id) or _plain_state(line) for line in of_move), key=PRECEDENCE.index),
                min((line.promised_for for line in of_move if line.promised_for), default=None),
                of_move[0].case_id,
                of_move[0].case_state,
            )
            for move_id, of_move in of_moves.items()
        }

    def _states_of_items(self, partners, companies):
        """Why each open item of these customers is asked for or not, by its id: :attr:`OpenItem.chase_state`."""
        if not partners:
            return {}
        if len(partners) > PAGE:
            return {item.id: item.chase_state for item in self._open_items(partners, companies)}
        states = {}
        for account in self._items_of_few(companies, partners).values():
            asked = aging.asked_of_each(account.items, account.today, quantum_of(account.digits), account.branches)
            for item, chased in zip(account.items, asked, strict=True):
                states[item.number] = chase_state(
                    item.residual,
                    item.excluded or item.refund,
                    min(item.disputed, unanswered(account.rows[item.number], account.digits)),
                    item.promised,
                    item.under_way,
                    chased,
                    item.with_agency,
                )
        return states

    @api.model
    def _query_promised_for(self, condition):
        """SQL of the first day for which something of items is promised: ``item_id``, ``date``; one row for an item.

        :param condition: SQL of which items, by ``item_id``
        """
        return SQL("SELECT NULL::int AS item_id, NULL::date AS date WHERE FALSE")

    def _query_listed(self, moves, companies):
        """SQL of the open items of these entries: the columns of :class:`Line`. ``customer_id`` is whose items they are,
        ``intricate`` says that the item does not speak for itself.
        """
        days = SQL(", ").join(
            SQL("(%s, %s, %s::date)", company.id, company._collection_branch_ids()[0], company._collection_today())
            for company in companies._collection_branches()
        )
        return SQL(
            """
            WITH day (company_id, house_id, today) AS (VALUES %(days)s),
            item AS MATERIALIZED (
                SELECT line.id, line.move_id, line.company_id, day.house_id, partner.commercial_partner_id AS customer_id,
                       move.commercial_partner_id AS billed_id, line.amount_residual > 0 AS owed,
                       %(left_out)s OR %(refund)s AS excluded,
                       line.amount_residual > 0 AND %(with_agency)s AS with_agency,
                       COALESCE(line.date_maturity, line.date) < day.today AS overdue
                  FROM account_move move
                  JOIN account_move_line line ON line.move_id = move.id
                  JOIN day ON day.company_id = line.company_id
                  JOIN account_account account ON account.id = line.account_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE move.id = ANY(%(moves)s) AND %(open)s
            ),
            creditor AS (
                SELECT DISTINCT customer.customer_id, day.house_id
                  FROM (SELECT DISTINCT customer_id FROM item WHERE owed AND overdue AND NOT excluded) customer
                 CROSS JOIN LATERAL (
                           SELECT id FROM res_partner WHERE commercial_partner_id = customer.customer_id OFFSET 0
                       ) contact
                 CROSS JOIN LATERAL (
                           SELECT company_id, account_id, parent_state, reconciled, amount_residual, amount_residual_currency
                             FROM account_move_line
                            WHERE partner_id = contact.id AND reconciled IS NOT TRUE AND parent_state = 'posted'
                           OFFSET 0
                       ) line
                  JOIN day ON day.company_id = line.company_id
                  JOIN account_account account ON account.id = line.account_id
                 WHERE %(open)s AND line.amount_residual < 0
            ),
            promised AS (%(promised)s)
            SELECT item.id, item.move_id, item.customer_id, item.company_id, item.owed, item.excluded, item.overdue,
                   creditor.customer_id IS NOT NULL
                   OR promised.item_id IS NOT NULL
                   OR item.id IN (SELECT item_id FROM (%(questions)s) question)
                   OR item.move_id IN (SELECT link.invoice_id
                                         FROM account_move__account_payment link
                                         JOIN account_payment payment ON payment.id = link.payment_id
                                        WHERE payment.move_id IS NULL AND link.invoice_id IN (SELECT move_id FROM item)),
                   item.with_agency, promised.date, kase.id, kase.state
              FROM item
         LEFT JOIN creditor USING (customer_id, house_id)
         LEFT JOIN promised ON promised.item_id = item.id
         LEFT JOIN collection_case kase
                ON kase.partner_id = item.billed_id AND kase.company_id = item.company_id AND kase.state != 'closed'
          ORDER BY item.id""",
            days=days,
            left_out=LEFT_OUT,
            refund=REFUND,
            with_agency=self._held_apart(),
            promised=self._query_promised_for(SQL("item_id IN (SELECT id FROM item)")),
            questions=self._query_questions(SQL("item_id IN (SELECT id FROM item)")),
            open=OPEN,
            moves=moves.ids,
        )


def _plain_state(line):
    """The state of an item that speaks for itself."""
    if not line.owed:
        return "none"
    if line.with_agency:
        return "referred"
    if line.excluded:
        return "excluded"
    return "chased" if line.overdue else "none"
