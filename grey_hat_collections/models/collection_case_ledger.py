import logging
from decimal import Decimal
from functools import cache, partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every
from odoo.tools.misc import format_amount

from ..engine.aging import days_past_due
from ..engine.escalation import Reason
from ..engine.priority import score
from .abstract_batch import SOMEBODY_ELSE
from .activity_types import REMNANT_XMLID
from .collection_case_look import READ_TO_DECIDE, UNKNOWN
from .collection_ledger import DATE_FIELDS, FIGURE_FIELDS
from .collection_ledger_few import FEW
from .exact import exact
from .receivables import OPEN

_logger = logging.getLogger(__name__)

#: Cases that are opened, or decided and acted on, together, and committed.
BATCH = 500
#: What a priority counts in, when a company opens cases for any amount.
REFERENCE_AMOUNT = 100
#: The figures that decisions and points are made of. The others tell people how much there is, and no rule reads them.
DECISIVE_FIELDS = (
    "amount_chased",
    "amount_credit",
    "amount_disputed",
    "amount_net_overdue",
    "amount_promised",
    "amount_under_way",
    "oldest_due_date",
)
#: The figures of an account without an open item.
NOTHING_OPEN = tuple(None if name in DATE_FIELDS else Decimal(0) for name in FIGURE_FIELDS)


class CollectionCase(models.Model):
    """The case as a cache of the ledger: figures and closing; opening is in ``collection_case_open.py``."""

    _inherit = "collection.case"

    def action_refresh(self):
        """Read the ledger again for these customers, now."""
        self.check_access("read")
        self.sudo()._refresh_and_decide(self.company_id, self.partner_id)  # figures are written by the rules only
        return True

    # -- Refresh -------------------------------------------------------------------------------------------------

    @api.model
    def _refresh(self, companies, partners=None, promisers=None):
        """Bring cases into line with the ledger: update figures where they changed, open new cases, close settled ones.

        One statement reads the ledger and updates all cases. Whoever refers to a case, by a note or a promise, does not keep
        its figures from being written. What somebody else works on is noted, and refreshed as soon as that is over
        (``collection_refresh.py``). Needs superuser mode: figures are written by the rules only.

        :param companies: the companies to look at
        :param partners: limit to these customers (None: all)
        :param promisers: those of them who have promised something (None: it may be any)
        :return: cases about which there may be something new to decide: figures changed, they were opened or closed; where
            ``partners`` are named, also those that wait for our side, whatever the figures say
        :rtype: collection.case
        """
        if not companies or (partners is not None and not partners):
            return self.browse()
        known, candidates = self._refresh_known(companies, partners, promisers)
        return known | self._open(candidates)

    @api.model
    def _refresh_known(self, companies, partners=None, promisers=None):
        """The first half of :meth:`_refresh`, about the cases that there are.

        :return: the cases of :meth:`_refresh` but the new ones, and who needs a new case (see :meth:`_open`)
        """
        # what was posted in this transaction has its own refresh waiting; in the middle of this one it would open twice
        self.env.cr.flush()
        partners = partners.commercial_partner_id if partners is not None else None
        if promisers is None or promisers:
            self.env["collection.promise"]._judge(companies, partners if promisers is None else promisers)
        cases, candidates = self._update_figures(companies, partners)
        cases._set_priority()
        if partners is None:  # also those whose figures said so before, should anything have gone wrong then
            settled = self.search(Domain.OR(self._domain_over(company) for company in companies))
        else:
            settled = cases.filtered(lambda case: case._is_over())
        # one of which somebody holds a letter or an activity is closed by a later refresh
        free = settled.try_lock_for_update()
        left = (settled - free) | free._work_on_each(lambda some: some._close())
        left._refresh_later()
        return cases | settled, candidates

    def _refresh_later(self):
        """Have these cases refreshed again as soon as whoever works on them is done."""
        self.env["collection.refresh"]._note((case.partner_id.id, case.company_id.id) for case in self)

    @api.model
    def _refresh_and_decide(self, companies, partners, promisers=None, *, all_cases=False):
        """Refresh these customers and decide on what has changed. Needs superuser mode.

        :param promisers: those of them who have promised something (None: it may be any)
        :param all_cases: decide on their open cases whether or not anything has changed
        """
        cases = self._refresh(companies, partners, promisers)
        if all_cases:
            cases |= self.union(*self._open_cases_of(partners, companies).values())
        if not cases:
            return
        waiting = cases.filtered(lambda case: case.decision_code == Reason.OUR_SIDE)
        cases._decide()
        (waiting | cases.filtered(lambda case: case.decision_code == Reason.OUR_SIDE))._ask_our_side()

    @api.model
    def _refresh_everybody(self, companies):
        """Refresh all cases of these companies and commit; new cases are opened in batches, each committed by itself.

        :return: how many parts of it had to be left
        """
        left = 0
        for company in companies:
            candidates = {}

            def look(company=company, candidates=candidates):
                candidates.clear()  # it may be tried again
                changed, new = self._refresh_known(company)
                changed._decided_today(company)._refresh_later()  # the run decides on others only
                candidates.update(new)

            left += not self._do_part(look)
            for batch in split_every(BATCH, candidates.items()):
                if not self._do_part(partial(self._open, dict(batch))):  # one of them may be in the way of all
                    left += sum(not self._open_alone(*one) for one in batch)
                self.env.invalidate_all()  # the cache of one batch is of no use to the next
        return left

    def _decided_today(self, company):
        """Those of these cases of ``company`` that a run of today has decided on already."""
        domain = [("id", "in", self.ids), ("state", "!=", "closed"), ("run_date", ">=", company._collection_today())]
        return self.search(domain)

    @api.model
    def _scope(self, companies, partners):
        """The cases of ``partners`` (None: all), and of whoever has become part of them and does not own a thing any more."""
        domain = [("company_id", "in", companies.ids)]
        return domain + [("partner_id.commercial_partner_id", "in", partners.ids)] if partners is not None else domain

    @api.model
    def _update_figures(self, companies, partners):
        """Write the ledger's figures to the open cases where they differ.

        :return: the cases of :meth:`_refresh`, and the figures of each customer who needs a new case, in the order of
            ``FIGURE_FIELDS``, by (partner id, company id)
        """
        if partners is not None and len(partners) <= FEW:
            return self._update_figures_of_few(companies, partners)
        ledger = self.env["collection.ledger"]
        ledger._flush_sources()
        self.flush_model([*FIGURE_FIELDS, *UNKNOWN, "partner_id", "company_id", "state"])
        minimum = SQL(", ").join(
            SQL("(%s, %s::numeric)", company.id, company.collection_min_amount) for company in companies
        )
        # a full join, because it is hashed or merged whatever the planner believes about the number of rows
        rows = self.env.execute_query(
            SQL(
                """
                WITH figures AS (%(figures)s),
                minimum (company_id, amount) AS (VALUES %(minimum)s),
                kase AS (
                    SELECT * FROM collection_case
                     WHERE state != 'closed' AND company_id = ANY(%(companies)s) %(of_partners)s
                ),
                news AS MATERIALIZED (
                    SELECT kase.id AS case_id, partner_id, company_id, %(new)s
                      FROM figures FULL JOIN kase USING (partner_id, company_id)
                     WHERE kase.id IS NULL OR (%(old)s) IS DISTINCT FROM (%(new_values)s)
                ),
                free AS MATERIALIZED (
                    SELECT id FROM collection_case
                     WHERE id IN (SELECT case_id FROM news)
                       FOR NO KEY UPDATE SKIP LOCKED
                ),
                changed AS (
                    UPDATE collection_case
                       SET (%(columns)s, look_date, referral_look_date) = ROW(%(of_news)s, NULL::date, NULL::date)
                      FROM news
                     WHERE news.case_id = collection_case.id AND news.case_id IN (SELECT id FROM free)
                 RETURNING news.case_id
                )
                SELECT news.case_id, changed.case_id IS NULL, news.partner_id, news.company_id, %(of_news)s
                  FROM news
             LEFT JOIN changed USING (case_id)
             LEFT JOIN minimum USING (company_id)
                 WHERE news.case_id IS NOT NULL OR amount_chased > minimum.amount
                """,
                figures=ledger._query_figures(companies, partners),
                minimum=minimum,
                companies=companies.ids,
                of_partners=_of_partners(partners),
                **_columns(),
            )
        )
        self.invalidate_model([*FIGURE_FIELDS, *UNKNOWN])
        self.browse(case_id for case_id, held, *_rest in rows if case_id and held)._refresh_later()
        cases = self.browse(case_id for case_id, held, *_rest in rows if case_id and not held)
        candidates = {tuple(account): figures for case_id, *account, figures in map(_split, rows) if not case_id}
        return cases if partners is None else cases | self._waiting_for_us(companies, partners), candidates

    def _update_figures_of_few(self, companies, partners):
        """The same for a few customers."""
        cases = self.search_fetch(
            [("state", "!=", "closed"), *self._scope(companies, partners)], {*FIGURE_FIELDS, *READ_TO_DECIDE}
        )
        known = {(case.partner_id.id, case.company_id.id): case for case in cases}
        figures = self.env["collection.ledger"]._figures_of_few(companies, partners)
        news = {case.id: figures.get(account, NOTHING_OPEN) for account, case in known.items()}
        stale = cases.filtered(lambda case: case._figures() != news[case.id])
        telling = stale.filtered(lambda case: case._moves_a_decision(news[case.id]))
        decided_anew = telling.try_lock_for_update(allow_referencing=True)
        written = decided_anew
        moved = decided_anew.filtered(lambda case: case._may_have_outgrown(news[case.id]))
        for company, of_company in stale.grouped("company_id").items():
            anew, currency = of_company & decided_anew, company.currency_id
            self._store(
                (*FIGURE_FIELDS, *UNKNOWN), {case.id: (*news[case.id], False, False) for case in anew}, currency
            )
            # what moves no decision leaves the last one as it is
            quiet = {case.id: (*news[case.id], False) for case in of_company - telling}
            written |= self._store_of_free((*FIGURE_FIELDS, "referral_look_date"), quiet, currency)
        (stale - written)._refresh_later()
        moved._stand_with_items()
        chased = FIGURE_FIELDS.index("amount_chased")
        candidates = {
            account: news
            for account, news in figures.items()
            if account not in known and news[chased] > exact(companies.browse(account[1]).collection_min_amount)
        }
        return decided_anew | cases.filtered(lambda case: case.decision_code == Reason.OUR_SIDE), candidates

    def _may_have_outgrown(self, news):
        """Whether what its step has named may be paid by now: the oldest items are, or such as were not asked for. Else nobody
        needs to look before the next run, which asks about all.

        :param news: in the order of ``FIGURE_FIELDS``
        """
        after = dict(zip(FIGURE_FIELDS, news, strict=True))
        if not after["oldest_due_date"]:
            return False
        covered = ("amount_disputed", "amount_promised", "amount_under_way")
        return after["oldest_due_date"] != self.oldest_due_date or any(
            after[name] != exact(self[name]) for name in covered
        )

    def _moves_a_decision(self, news):
        """Whether a decision on this case reads one of the figures that ``news`` change. What is not due yet adds to what is
        owed, and to nothing that is asked for.

        :param news: in the order of ``FIGURE_FIELDS``
        """
        self.ensure_one()
        before = dict(zip(FIGURE_FIELDS, self._figures(), strict=True))
        after = dict(zip(FIGURE_FIELDS, news, strict=True))
        return after["amount_net_overdue"] <= 0 or any(before[name] != after[name] for name in DECISIVE_FIELDS)

    def _figures(self):
        """The figures of this case, exact, in the order of ``FIGURE_FIELDS``."""
        self.ensure_one()
        return tuple((self[name] or None) if name in DATE_FIELDS else exact(self[name]) for name in FIGURE_FIELDS)

    def _set_priority(self):
        """Give points for amount, age and silence, and to what comes back from a pause, until somebody had a working day to look
        at it; written only where they changed.
        """
        by_score = {}
        today = {company: company._collection_today() for company in self.company_id}
        for case in self.filtered(lambda case: case.state != "closed"):
            day = today[case.company_id]
            look = case.decision_code == Reason.RELEASED and bool(case.released_on) and case.released_on >= day
            points = self._points(case.company_id, case, day, case.unanswered_count, look=look)
            if points != case.priority_score:
                by_score.setdefault(points, []).append(case.id)
        for points, case_ids in by_score.items():
            self.browse(case_ids).write({"priority_score": points})

    @api.model
    def _points(self, company, figures, today, unanswered=0, *, look=False):
        """The points of a case with these ``figures``, a case or its values; see :func:`engine.priority.score`."""
        oldest = figures["oldest_due_date"]
        return score(
            exact(figures["amount_chased"]),
            exact(company.collection_min_amount or REFERENCE_AMOUNT),
            days_past_due(oldest, today) if oldest else 0,
            unanswered,
            look=look,
        )

    # -- Closing -------------------------------------------------------------------------------------------------

    @api.model
    def _domain_over(self, company):
        """The cases of a company whose episode is over; see :meth:`_is_over`."""
        over = Domain("amount_net_overdue", "<=", 0)
        in_nobody_s_hands = (
            Domain("state", "=", "open") & Domain("amount_promised", "=", 0) & Domain("amount_disputed", "=", 0)
        )
        over |= in_nobody_s_hands & Domain("amount_net_overdue", "<=", company.collection_min_amount)
        return Domain("company_id", "=", company.id) & Domain("state", "!=", "closed") & over

    def _is_over(self):
        """Whether the episode is over: nothing is overdue any more, or no more than a case opens for. The latter only where
        nobody has anything in hand: a hold, a promise, a dispute, an agency.
        """
        self.ensure_one()
        left = self.amount_net_overdue
        if self.state == "closed" or left <= 0:
            return self.state != "closed"
        in_hand = self.state != "open" or self.amount_promised or self.amount_disputed
        return not in_hand and left <= self.company_id.collection_min_amount

    def _close(self):
        """The ledger says that nothing is overdue any more, too little to ask for, or nothing of this customer: the episode ends,
        its history stays.
        """
        if not self:
            return
        remnants = self.filtered(lambda case: case.amount_net_overdue > 0)
        for reason, cases in self.grouped(lambda case: case._closing_reason()).items():
            cases._abandon_step(reason)
        self._withdraw_asked()
        settled = self._stage_of_kind("settled")
        for company, cases in self.grouped("company_id").items():
            cases.write(
                {
                    "state": "closed",
                    "stage_id": settled.id,
                    "date_last_stage_update": fields.Datetime.now(),
                    "date_closed": company._collection_today(),
                    "next_action_date": False,
                    "next_step_id": False,
                    "hold_until": False,
                    "hold_reason": False,
                    "agency_id": False,
                    "referred_on": False,
                    "last_error": False,
                    "decision_code": "settled",
                    "decision_details": {},
                    "priority_score": 0,
                    "thanks_due": True,
                }
            )
        remnants.write({"thanks_due": False, "decision_details": {"remnant": True}})
        remnants._tell_of_remnants()
        self.filtered(lambda case: case._has_moved()).thanks_due = False
        self._strays()._hand_on()

    def _tell_of_remnants(self):
        """Ask whoever keeps the books, once for a case, to see to the little that is left of these."""
        told = (
            self.env["mail.activity"].sudo().with_context(active_test=False)
        )  # what the rules have asked, done or not
        known = told.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", self._activity_type(REMNANT_XMLID).id),
            ]
        )
        asking = self - self.browse(known.mapped("res_id"))
        accounting = {
            company: company._collection_accountant() | company.collection_manager_id for company in asking.company_id
        }
        asking._ask(lambda case: case._remnant_activity(accounting[case.company_id]))

    def _remnant_activity(self, accounting):
        """What is asked about the little that is left, and of whom: the first who may read the case, else its collector."""
        user = next((user for user in accounting if self._may_be_read_by(user)), self.user_id)
        reader = self._in_language_of(user).env
        return {
            "activity_type_id": self._activity_type(REMNANT_XMLID).id,
            "user_id": user.id,
            "summary": reader._(
                "%(amount)s is left of %(customer)s: write it off, or match it",
                amount=format_amount(reader, self.amount_net_overdue, self.currency_id),
                customer=self.partner_id.name or "",
            ),
        }

    def _withdraw_asked(self):
        """Withdraw what the rules have asked people to do about these cases."""
        asked = self._asked().filtered(lambda activity: activity.activity_type_id.res_model == self._name)
        (asked | self._asked_of_our_side()).unlink()

    # -- Finding -------------------------------------------------------------------------------------------------

    @api.model
    def _open_cases_of(self, partners, companies):
        """The open cases of these customers, by (commercial partner id, company id)."""
        cases = self.search(
            [
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("company_id", "in", companies.ids),
                ("state", "!=", "closed"),
            ]
        )
        return {(case.partner_id.id, case.company_id.id): case for case in cases}

    # -- Events in the ledger ------------------------------------------------------------------------------------

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
        goes wrong here is logged, undone, and made good in a transaction of its own (``collection_refresh.py``).
        """
        partner_ids, company_ids = self.env.cr.precommit.data.pop("collection.case.changed", ((), ()))
        moved = self.env.cr.precommit.data.pop("collection.case.moved", None)
        companies = self.env["res.company"].browse(company_ids)
        partners = self.env["res.partner"].browse(partner_ids)
        try:
            partners, promisers = self._concerned(partner_ids, companies)
            if not partners:
                return
            with self.env.cr.savepoint():
                self._wait_briefly()
                cases = self
                if moved:
                    moved_from, items = map(tuple, moved)
                    cases = self.with_context(collection_moved=moved_from, collection_moved_items=items)
                cases._refresh_and_decide(companies, partners, promisers)
                if moved:
                    cases._follow_referrals(companies, partners)
                self.env.cr.execute("SET LOCAL lock_timeout TO DEFAULT")
        except SOMEBODY_ELSE:
            _logger.info("Somebody else works on the cases of partners %s", partner_ids)
            self._refresh_accounts_later(partners, companies)
        except Exception:
            _logger.warning("Could not refresh the cases of partners %s", partner_ids, exc_info=True)
            self._refresh_accounts_later(partners, companies)

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
        promised = SQL(
            """EXISTS (SELECT FROM res_partner contact
                         JOIN collection_promise promise ON promise.partner_id = contact.id
                        WHERE contact.commercial_partner_id = person.commercial_partner_id
                          AND promise.company_id = ANY(%s)
                          AND promise.withdrawn_on IS NULL)""",
            companies.ids,
        )
        has_case = SQL(
            """EXISTS (SELECT FROM collection_case
                        WHERE partner_id IN (SELECT id FROM res_partner contact
                                              WHERE contact.commercial_partner_id = person.commercial_partner_id)
                          AND company_id = ANY(%s) AND state != 'closed')""",
            companies.ids,
        )
        overdue = SQL(
            """EXISTS (SELECT FROM res_partner contact
                         JOIN account_move_line line ON line.partner_id = contact.id
                         JOIN account_account account ON account.id = line.account_id
                        WHERE contact.commercial_partner_id = person.commercial_partner_id
                          AND line.company_id = ANY(%s)
                          AND %s
                          AND line.amount_residual > 0
                          AND COALESCE(line.date_maturity, line.date) < %s)""",
            companies.ids,
            OPEN,
            max(company._collection_today() for company in companies),
        )
        found = []
        for condition, has_promised in ((SQL("(%s OR %s)", has_case, promised), promised), (overdue, SQL("FALSE"))):
            if left := set(partner_ids).difference(partner_id for partner_id, *_rest in found):
                found += self.env.execute_query(
                    SQL(
                        "SELECT id, commercial_partner_id, %s FROM res_partner person WHERE id = ANY(%s) AND %s",
                        has_promised,
                        list(left),
                        condition,
                    )
                )
        partners = nobody.browse(sorted({customer_id for _id, customer_id, _promised in found}))
        # known now, so that nobody reads their whole rows to learn it
        partners._fields["commercial_partner_id"]._insert_cache(partners, partners.ids)
        return partners, nobody.browse(sorted({customer_id for _id, customer_id, promised in found if promised}))


@cache
def _columns():
    """The lists of columns of the statement that updates figures, put together once: it runs with every payment.

    :rtype: dict[str, SQL]
    """
    names = {field: SQL.identifier(field) for field in FIGURE_FIELDS}
    figures = {field: _figure_or_nothing(field) for field in names}
    listed = SQL(", ").join
    return {
        "columns": listed(names.values()),
        "old": listed(SQL("kase.%s", name) for name in names.values()),
        "new": listed(SQL("%s AS %s", figures[field], name) for field, name in names.items()),
        "new_values": listed(figures.values()),
        "of_news": listed(SQL("news.%s", name) for name in names.values()),
    }


def _of_partners(partners):
    """SQL that limits cases to :meth:`CollectionCase._scope`."""
    if partners is None:
        return SQL()
    return SQL("AND partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s))", partners.ids)


def _figure_or_nothing(field):
    """SQL of a figure of the ledger; where the ledger holds nothing, nothing is owed and nothing is due."""
    name = SQL.identifier(field)
    return SQL("figures.%s", name) if field in DATE_FIELDS else SQL("COALESCE(figures.%s, 0)", name)


def _split(row):
    """A row of figures as: case id, partner id, company id, the figures."""
    return row[0], *row[2:4], row[4:]
