import logging

from odoo import api, models
from odoo.tools import SQL

from ..base.batch import SOMEBODY_ELSE
from ..base.to_decimal import to_decimal
from ..ledger.account_key import account_key
from ..ledger.receivables import OPEN

_logger = logging.getLogger(__name__)


class CollectionCase(models.Model):
    """What happens in the books is told to the cases once, just before the transaction of whoever keeps them is committed."""

    _inherit = "collection.case"

    @api.model
    def _ledger_changed(self, lines_or_payments):
        """Refresh the customers of these records once, just before the transaction is committed."""
        # whose contacts they are is looked up once, in the end: here it would read each partner's whole row
        self._refresh_before_commit(lines_or_payments.partner_id.ids, lines_or_payments.company_id.ids)

    @api.model
    def _refresh_before_commit(self, partner_ids, company_ids):
        """Refresh these customers, or those whose contacts they are, just before the transaction is committed."""
        if not partner_ids or not company_ids:
            return
        data = self.env.cr.precommit.data
        if "collection.case.changed" not in data:
            data["collection.case.changed"] = (set(), set())
            self.env.cr.precommit.add(self.sudo()._refresh_changed)  # accountants need no right on cases
        seen_partners, seen_companies = data["collection.case.changed"]
        seen_partners.update(partner_ids)
        seen_companies.update(company_ids)

    @api.model
    def _refresh_changed(self):
        """Refresh what was collected in this transaction. Collections never stand in the way of accounting: whatever
        goes wrong here is logged, undone, and made good in a transaction of its own (``case/refresh.py``).
        """
        undecided = self._take_undecided()  # what is decided on with its new figures needs no second decision
        decided = self._refresh_collected()
        (undecided.exists() - decided)._decide_later()

    @api.model
    def _refresh_collected(self):
        """See :meth:`_refresh_changed`.

        :return: the cases that were decided on
        """
        partner_ids, company_ids = self.env.cr.precommit.data.pop("collection.case.changed", ((), ()))
        moved = self.env.cr.precommit.data.pop("collection.case.moved", None)
        companies = self.env["res.company"].browse(company_ids)._collection_branches()
        partners = self.env["res.partner"].browse(partner_ids)
        try:
            partners, promisers = self._concerned(partner_ids, companies)
            if not partners:
                return self.browse()
            with self.env.cr.savepoint():
                self._wait_briefly()
                cases = self
                if moved:
                    moved_from, items = map(tuple, moved)
                    cases = self.with_context(collection_moved=moved_from, collection_moved_items=items)
                decided = cases._refresh_and_decide(companies, partners, promisers)
                if moved:
                    cases._accounts_opened(companies, partners)
                self.env.cr.execute("SET LOCAL lock_timeout TO DEFAULT")
            return decided
        except SOMEBODY_ELSE:
            _logger.info("Somebody else works on the cases of partners %s", partner_ids)
            self._refresh_accounts_later(partners, companies)
        except Exception:
            _logger.warning("Could not refresh the cases of partners %s", partner_ids, exc_info=True)
            self._refresh_accounts_later(partners, companies)
        return self.browse()

    @api.model
    def _refresh_accounts_later(self, partners, companies):
        self.env["collection.refresh"]._note(
            (partner.id, company.id) for partner in partners.exists().commercial_partner_id for company in companies
        )

    @api.model
    def _concerned(self, partner_ids, companies):
        """Those of the customers of these partners about whom collections have anything to say: there is an open case, a promise,
        or something overdue. Of most customers there is not, and two queries are all that their documents cost. The first is
        short: where there is a case, the database need not think about how to look for all the rest.

        :param partner_ids: any contacts
        :return: the customers, and those of them who have promised something
        """
        nobody = self.env["res.partner"]
        if not partner_ids or not companies:
            return nobody, nobody
        self.env.flush_all()
        known = SQL(
            """SELECT person.id, person.commercial_partner_id,
                      BOOL_OR(%(promised)s) AS promised,
                      BOOL_OR(EXISTS (SELECT FROM collection_case kase
                                       WHERE kase.partner_id = contact.id
                                         AND kase.company_id = ANY(%(companies)s)
                                         AND kase.state != 'closed')) AS has_case
                 FROM res_partner person
                 JOIN res_partner contact ON contact.commercial_partner_id = person.commercial_partner_id
                WHERE person.id = ANY(%(partners)s)
             GROUP BY person.id""",
            companies=companies.ids,
            partners=list(partner_ids),
            promised=self._has_promised(companies),
        )
        concerned, promisers, left = set(), set(), []
        for partner_id, customer_id, promised, has_case in self.env.execute_query(known):
            if promised or has_case:
                concerned.add(customer_id)
            else:
                left.append(partner_id)
            if promised:
                promisers.add(customer_id)
        if left:
            concerned.update(self._overdue_among(left, companies))
        partners = nobody.browse(sorted(concerned))
        # known now, so that nobody reads their whole rows to learn it
        partners._fields["commercial_partner_id"]._insert_cache(partners, partners.ids)
        return partners, nobody.browse(sorted(promisers))

    @api.model
    def _overdue_among(self, partner_ids, companies):
        """The ids of the customers of these partners of whom something is overdue."""
        overdue = SQL(
            """SELECT DISTINCT person.commercial_partner_id
                 FROM res_partner person
                WHERE id = ANY(%s)
                  AND EXISTS (SELECT FROM res_partner contact
                                JOIN account_move_line line ON line.partner_id = contact.id
                                JOIN account_account account ON account.id = line.account_id
                               WHERE contact.commercial_partner_id = person.commercial_partner_id
                                 AND line.company_id = ANY(%s)
                                 AND %s
                                 AND line.amount_residual > 0
                                 AND COALESCE(line.date_maturity, line.date) < %s)""",
            partner_ids,
            companies.ids,
            OPEN,
            max(company._collection_today() for company in companies),
        )
        return [customer_id for (customer_id,) in self.env.execute_query(overdue)]

    def _money_received(self, since):
        """The money that came for what was overdue when it came, in company currency, by case. What was paid in time does not
        count later either; credit notes are no money, and payments that the books do not know yet are not here yet.

        :param since: for each case the moment after which money counts
        :rtype: dict[collection.case, Decimal]
        """
        received = dict.fromkeys(self, to_decimal(0))
        if not self:
            return received
        ledger = self.env["collection.ledger"]
        settlements = ledger._settlements(self.partner_id, self.company_id, min(since.values()))
        money = {
            case: [
                one
                for one in settlements.get(account_key(case), ())
                if one.money and one.key[0] != "payment" and one.booked > since[case]
            ]
            for case in self
        }
        settled = {item for found in money.values() for one in found for item in one.items}
        due = {line.id: line.date_maturity for line in self.env["account.move.line"].browse(settled)}
        for case, found in money.items():
            day_of = case.company_id._collection_date
            received[case] = sum(
                (
                    one.amounts[case.currency_id.id]
                    for one in found
                    if all(due[item] and due[item] < day_of(one.booked) for item in one.items)
                ),
                to_decimal(0),
            )
        return received
