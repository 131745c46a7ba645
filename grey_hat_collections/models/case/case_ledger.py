from decimal import Decimal
from functools import cache, partial
from itertools import chain

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ...engine.aging import days_past_due
from ...engine.decision import Reason
from ...engine.priority import score
from ..base.batch import BATCH
from ..base.to_decimal import to_decimal
from ..ledger.account_key import account_key
from ..ledger.ledger import DATE_FIELDS, FIGURE_FIELDS
from ..ledger.ledger_few import SMALL_SCOPE
from .case_due import READ_TO_DECIDE

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
#: The figures that tell that what a step has named may be paid.
OUTGROWN_FIELDS = ("amount_disputed", "amount_promised", "amount_under_way", "oldest_due_date")
#: Where figures stand among ``FIGURE_FIELDS``.
CHASED, NET_OVERDUE, OLDEST_DUE = map(FIGURE_FIELDS.index, ("amount_chased", "amount_net_overdue", "oldest_due_date"))
#: The figures of an account without an open item.
NOTHING_OPEN = tuple(None if name in DATE_FIELDS else Decimal(0) for name in FIGURE_FIELDS)
#: The same, and what it asks for.
NOTHING = (NOTHING_OPEN, ())


class CollectionCase(models.Model):
    """The case as a cache of the ledger; what opens and closes it is in ``case/case_open.py`` and ``_close.py``."""

    _inherit = "collection.case"

    def action_refresh(self):
        """Read the ledger again for these customers, now."""
        self.check_access("read")
        self.sudo()._refresh_and_decide(self.company_id, self.partner_id)  # figures are written by the rules only
        return True

    # -- Refresh -------------------------------------------------------------------------------------------------

    @api.model
    def _refresh(self, companies, partners=None, promisers=None, asked=None):
        """Bring cases into line with the ledger: update figures where they changed, open new cases, close settled ones.

        One statement reads the ledger and updates all cases. What one branch of a company has of named customers concerns the
        others: they are looked at as well. Whoever refers to a case, by a note or a promise, does not keep
        its figures from being written. What somebody else works on is noted, and refreshed as soon as that is over
        (``case/refresh.py``). Needs superuser mode: figures are written by the rules only.

        :param companies: the companies to look at
        :param partners: limit to these customers (None: all)
        :param promisers: those of them who have promised something (None: it may be any)
        :param dict asked: gets what is asked for, by case id, where the items were read (:meth:`_asked_items`)
        :return: cases about which there may be something new to decide: figures changed, they were opened or closed; where
            ``partners`` are named, also those that wait for our side, whatever the figures say
        :rtype: collection.case
        """
        if not companies or (partners is not None and not partners):
            return self.browse()
        if partners is not None:
            companies = companies._collection_branches()
        with self._decisions_waiting():  # for their figures
            known, candidates = self._refresh_known(companies, partners, promisers, asked)
            return known | self._open(candidates)

    @api.model
    def _refresh_known(self, companies, partners=None, promisers=None, asked=None):
        """The first half of :meth:`_refresh`, about the cases that there are.

        :return: the cases of :meth:`_refresh` but the new ones, and who needs a new case (see :meth:`_open`)
        """
        # what was posted in this transaction has its own refresh waiting; in the middle of this one it would open twice
        self.env.cr.flush()
        partners = partners.commercial_partner_id if partners is not None else None
        if promisers is None or promisers:
            self._before_figures(companies, partners if promisers is None else promisers)
        cases, candidates = self._update_figures(companies, partners, asked)
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
        self.env["collection.refresh"]._note(account_key(case) for case in self)

    @api.model
    def _refresh_and_decide(self, companies, partners, promisers=None, *, all_cases=False):
        """Refresh these customers and decide on what has changed. Needs superuser mode.

        :param promisers: those of them who have promised something (None: it may be any)
        :param all_cases: decide on their open cases whether or not anything has changed
        :return: the cases that were decided on
        """
        asked = {}
        cases = self._refresh(companies, partners, promisers, asked)
        if all_cases:
            cases |= self.union(*self._open_cases_of(partners, companies._collection_branches()).values())
        if not cases:
            return cases
        before = {case.id: case.decision_code for case in cases}
        cases._decide(asked=asked)
        cases._after_decisions(before)
        return cases

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
    def _update_figures(self, companies, partners, asked=None):
        """Write the ledger's figures to the open cases where they differ.

        :param asked: as for :meth:`_refresh`
        :return: the cases of :meth:`_refresh`, and the figures of each customer who needs a new case, in the order of
            ``FIGURE_FIELDS``, by (partner id, company id)
        """
        if partners is not None and len(partners) <= SMALL_SCOPE:
            return self._update_figures_of_few(companies, partners, asked)
        ledger = self.env["collection.ledger"]
        ledger._flush_sources()
        forgotten = list(self._forgotten(window=True))
        self.flush_model([*FIGURE_FIELDS, *forgotten, "partner_id", "company_id", "state"])
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
                       SET (%(columns)s, %(forgotten)s) = ROW(%(of_news)s, %(unknown)s)
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
                forgotten=SQL(", ").join(map(SQL.identifier, forgotten)),
                unknown=SQL(", ").join([SQL("NULL::date")] * len(forgotten)),
                **_columns(),
            )
        )
        self.invalidate_model([*FIGURE_FIELDS, *forgotten])
        self.browse(case_id for case_id, held, *_rest in rows if case_id and held)._refresh_later()
        cases = self.browse(case_id for case_id, held, *_rest in rows if case_id and not held)
        candidates = {tuple(account): figures for case_id, *account, figures in map(_split, rows) if not case_id}
        return cases if partners is None else cases | self._also_concerned(companies, partners), candidates

    def _update_figures_of_few(self, companies, partners, asked=None):
        """The same for a few customers."""
        known = self._read_figures(companies, partners)
        figures = self.env["collection.ledger"]._figures_of_few(companies, partners)
        if asked is not None:
            asked.update((case.id, figures.get(account, NOTHING)[1]) for account, (case, *_rest) in known.items())
        news, telling, moved, waiting = {}, self.browse(), self.browse(), self.browse()
        for account, (case, before, decision) in known.items():
            after, _items = figures.get(account, NOTHING)
            changed = {name for name, old, new in zip(FIGURE_FIELDS, before, after, strict=True) if old != new}
            if decision == Reason.OUR_SIDE:
                waiting |= case
            if not changed:
                continue
            news.setdefault(account[1], {})[case] = after
            # what is not due yet adds to what is owed, and to nothing that a decision reads
            if after[NET_OVERDUE] <= 0 or not changed.isdisjoint(DECISIVE_FIELDS):
                telling |= case
            # what its step has named may be paid: the oldest items are, or such as were not asked for. Else nobody needs to
            # look before the next run, which asks about all
            if after[OLDEST_DUE] and not changed.isdisjoint(OUTGROWN_FIELDS):
                moved |= case
        written = decided_anew = telling.try_lock_for_update(allow_referencing=True)
        decided_anew.fetch((*READ_TO_DECIDE, *self._read_to_decide()))
        forgotten = self._forgotten(window=True)
        warned = forgotten.keys() - {
            "next_decision_date"
        }  # what we ask does not hang on them, how well we have warned does
        for company_id, of_company in news.items():
            currency = companies.browse(company_id).currency_id
            anew = {
                case.id: (*after, *forgotten.values()) for case, after in of_company.items() if case in decided_anew
            }
            self._bulk_write((*FIGURE_FIELDS, *forgotten), anew, currency)
            # what moves no decision leaves the last one as it is
            unknown = [False] * len(warned)
            quiet = {case.id: (*after, *unknown) for case, after in of_company.items() if case not in telling}
            written |= self._bulk_write_of_free((*FIGURE_FIELDS, *warned), quiet, currency)
        (self.browse().union(*chain.from_iterable(news.values())) - written)._refresh_later()
        (moved & decided_anew)._stand_with_items()
        candidates = {
            account: after
            for account, (after, _items) in figures.items()
            if account not in known and after[CHASED] > companies.browse(account[1])._collection_house().min_amount
        }
        return decided_anew | waiting, candidates

    @api.model
    def _read_figures(self, companies, partners):
        """What the open cases of a few customers say, read plainly: with every payment, the ORM would take longer to ask for it
        than the database to answer.

        :return: the case, its figures in the order of ``FIGURE_FIELDS`` and the code of its last decision, by (partner id,
            company id)
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, company_id, id, decision_code, %(figures)s
                     FROM collection_case
                    WHERE state != 'closed' AND company_id = ANY(%(companies)s) %(of_partners)s
                 ORDER BY id""",
                figures=_columns()["columns"],
                companies=companies.ids,
                of_partners=_of_partners(partners),
            )
        )
        return {
            (partner_id, company_id): (
                self.browse(case_id),
                tuple(
                    value if name in DATE_FIELDS else to_decimal(value or 0)
                    for name, value in zip(FIGURE_FIELDS, figures, strict=True)
                ),
                decision,
            )
            for partner_id, company_id, case_id, decision, *figures in rows
        }

    def _set_priority(self):
        """Give points for amount, age and silence, and to what comes back from a pause, until somebody had a working day to look
        at it; written only where they changed.
        """
        by_score = {}
        today = {company: company._collection_today() for company in self.company_id}
        for case in self.filtered(lambda case: case.state != "closed"):
            day = today[case.company_id]
            points = case._own_points(case.decision_code, day)
            if points != case.priority_score:
                by_score.setdefault(points, []).append(case.id)
        for points, case_ids in by_score.items():
            self.browse(case_ids).write({"priority_score": points})

    def _own_points(self, reason, day):
        """The points of this case on ``day``, decided for this reason; what comes back from a pause has more."""
        self.ensure_one()
        look = reason == Reason.RELEASED and bool(self.released_on) and self.released_on >= day
        return self._points(self.company_id, self, day, self.unanswered_count, look=look)

    @api.model
    def _points(self, company, figures, today, unanswered=0, *, look=False):
        """The points of a case with these ``figures``, a case or its values; see :func:`engine.priority.score`."""
        oldest = figures["oldest_due_date"]
        return score(
            to_decimal(figures["amount_chased"]),
            company._collection_house().min_amount or Decimal(REFERENCE_AMOUNT),
            days_past_due(oldest, today) if oldest else 0,
            unanswered,
            look=look,
        )

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
        return {account_key(case): case for case in cases}


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
