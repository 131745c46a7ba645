import logging
from collections import Counter

import psycopg2
from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.escalation import Reason
from ..engine.priority import score
from .collection_ledger import DATE_FIELDS, FIGURE_FIELDS
from .exact import exact

_logger = logging.getLogger(__name__)

#: What a priority counts in, when a company opens cases for any amount.
REFERENCE_AMOUNT = 100


class CollectionCase(models.Model):
    """The case as a cache of the ledger: figures, opening, closing."""

    _inherit = "collection.case"

    def action_refresh(self):
        """Read the ledger again for these customers, now."""
        self.check_access("read")
        cases = self.sudo()  # figures are written by the rules only
        cases._refresh(self.company_id, self.partner_id)
        waiting = cases._waiting_for_us(self.company_id, self.partner_id)
        waiting._decide()
        waiting._ask_our_side()
        return True

    # -- Refresh -------------------------------------------------------------------------------------------------

    @api.model
    def _refresh(self, companies, partners=None):
        """Bring cases into line with the ledger: update figures where they changed, open new cases, close settled ones.

        One statement reads the ledger and updates all cases; rows that somebody else has locked are left for the next
        time. Needs superuser mode: figures are written by the rules only.

        :param companies: the companies to look at
        :param partners: limit to these customers (None: all)
        :return: cases whose figures changed, that were opened or closed
        :rtype: collection.case
        """
        if not companies or (partners is not None and not partners):
            return self.browse()
        # what was posted in this transaction has its own refresh waiting; in the middle of this one it would open twice
        self.env.cr.flush()
        partners = partners.commercial_partner_id if partners is not None else None
        self.env["collection.promise"]._judge(companies, partners)
        changed, candidates = self._update_figures(companies, partners)
        opened = self._open(candidates)
        if opened:
            changed += self._update_figures(companies, opened.partner_id)[0]
        cases = self.browse(set(changed))
        cases._set_priority()
        settled = self.search(
            [("state", "!=", "closed"), ("amount_net_overdue", "<=", 0), *self._scope(companies, partners)]
        )
        # one of which somebody holds a letter or an activity is closed by the next refresh
        settled.try_lock_for_update()._work_on_each(lambda some: some._close())
        if opened:
            self._follow_referrals(opened.company_id, opened.partner_id)
        return cases | settled | opened

    @api.model
    def _scope(self, companies, partners):
        domain = [("company_id", "in", companies.ids)]
        return domain + [("partner_id", "in", partners.ids)] if partners is not None else domain

    @api.model
    def _update_figures(self, companies, partners):
        """Write the ledger's figures to the open cases where they differ.

        :return: ids of the changed cases, and (partner id, company id) of each customer who needs a new case
        """
        ledger = self.env["collection.ledger"]
        ledger._flush_sources()
        self.flush_model([*FIGURE_FIELDS, "partner_id", "company_id", "state"])
        names = {field: SQL.identifier(field) for field in FIGURE_FIELDS}
        columns = SQL(", ").join(names.values())
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
                       FOR UPDATE SKIP LOCKED
                ),
                changed AS (
                    UPDATE collection_case SET (%(columns)s) = ROW(%(from_news)s)
                      FROM news
                     WHERE news.case_id = collection_case.id AND news.case_id IN (SELECT id FROM free)
                 RETURNING news.case_id
                )
                SELECT changed.case_id, news.partner_id, news.company_id
                  FROM news
             LEFT JOIN changed USING (case_id)
             LEFT JOIN minimum USING (company_id)
                 WHERE changed.case_id IS NOT NULL OR (news.case_id IS NULL AND amount_chased > minimum.amount)
                """,
                figures=ledger._query_figures(companies, partners),
                minimum=minimum,
                companies=companies.ids,
                of_partners=SQL("AND partner_id = ANY(%s)", partners.ids) if partners is not None else SQL(),
                old=SQL(", ").join(SQL("kase.%s", name) for name in names.values()),
                new=SQL(", ").join(SQL("%s AS %s", self._figure_or_nothing(field), names[field]) for field in names),
                new_values=SQL(", ").join(self._figure_or_nothing(field) for field in names),
                columns=columns,
                from_news=SQL(", ").join(SQL("news.%s", name) for name in names.values()),
            )
        )
        self.invalidate_model(FIGURE_FIELDS)
        changed = [case_id for case_id, _partner_id, _company_id in rows if case_id]
        candidates = [(partner_id, company_id) for case_id, partner_id, company_id in rows if not case_id]
        return changed, candidates

    @api.model
    def _figure_or_nothing(self, field):
        """SQL of a figure of the ledger; where the ledger holds nothing, nothing is owed and nothing is due."""
        name = SQL.identifier(field)
        return SQL("figures.%s", name) if field in DATE_FIELDS else SQL("COALESCE(figures.%s, 0)", name)

    def _set_priority(self):
        """Give points for amount, age and silence, and to what comes back from a pause today; written only where they
        changed.
        """
        by_score = {}
        today = {company: company._collection_today() for company in self.company_id}
        for case in self.filtered(lambda case: case.state != "closed"):
            reference = case.company_id.collection_min_amount or REFERENCE_AMOUNT
            points = score(
                exact(case.amount_chased),
                exact(reference),
                case.days_overdue,
                case.unanswered_count,
                look=case.decision_code == Reason.RELEASED and case.released_on == today[case.company_id],
            )
            if points != case.priority_score:
                by_score.setdefault(points, []).append(case.id)
        for points, case_ids in by_score.items():
            self.browse(case_ids).write({"priority_score": points})

    # -- Opening -------------------------------------------------------------------------------------------------

    @api.model
    def _open(self, candidates):
        """Open a case for each candidate (partner id, company id), or reopen the last one. Figures come after.

        A case comes back when what is overdue now was overdue already when it closed: a payment was taken back, the
        episode is the same. Anything else is a new episode.
        """
        candidates = self._not_held(candidates)
        if not candidates:
            return self.browse()
        reopened = self._reopen(candidates)
        done = {(case.partner_id.id, case.company_id.id) for case in reopened}
        candidates = [candidate for candidate in candidates if candidate not in done]
        by_company = {}
        for partner_id, company_id in candidates:
            by_company.setdefault(company_id, []).append(partner_id)
        opened = self.browse()
        for company_id, partner_ids in by_company.items():
            company = self.env["res.company"].browse(company_id)
            partners = self.env["res.partner"].with_company(company).browse(partner_ids)
            opened |= self._create_cases(company, partners)
        return reopened | opened

    @api.model
    def _create_cases(self, company, partners):
        """Create a case for each of these customers, without noise in their chatter.

        :param partners: customers as seen from ``company``
        """
        today = company._collection_today()
        stage = self._stage_of_kind("normal")
        collectors = self._assign_collectors(company, partners)
        former = self._read_group([("partner_id", "in", partners.ids), ("company_id", "=", company.id)], ["partner_id"])
        known = {partner.id for (partner,) in former}
        quiet = self.with_context(tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True)
        try:
            with self.env.cr.savepoint():
                cases = quiet.create(
                    [
                        {
                            "partner_id": partner.id,
                            "company_id": company.id,
                            "user_id": collectors[partner.id].id,
                            "policy_id": self._choose_policy(partner, company, first=partner.id not in known).id,
                            "stage_id": stage.id,
                            "date_opened": today,
                            "next_action_date": today,
                            "is_first_case": partner.id not in known,
                        }
                        for partner in partners
                    ]
                )
                cases.flush_recordset()
        except psycopg2.errors.UniqueViolation:
            _logger.info("Cases of company %s are being opened elsewhere; left for the next run", company.id)
            return self.browse()
        cases._take_up_disputes()
        return cases.with_env(self.env)

    @api.model
    def _reopen(self, candidates):
        """Take up the last case again where all of this was overdue already when it closed."""
        closed = self.search(
            [
                ("state", "=", "closed"),
                ("partner_id", "in", [partner_id for partner_id, _company_id in candidates]),
                ("company_id", "in", [company_id for _partner_id, company_id in candidates]),
            ],
            order="id desc",
        )
        last = {}
        for case in closed:
            last.setdefault((case.partner_id.id, case.company_id.id), case)
        wanted = set(candidates)
        cases = self.browse([case.id for key, case in last.items() if key in wanted])
        items = self.env["collection.ledger"]._open_items(cases.partner_id, cases.company_id)
        lines = self.env["account.move.line"].browse([item.id for item in items if item.chased])
        known_since = {line.id: line.create_date for line in lines}
        same_episode = {
            (item.partner_id, item.company_id)
            for item in items
            if item.chased
            and (case := last.get((item.partner_id, item.company_id)))
            and item.due < case.date_closed
            and known_since[item.id] <= case.date_last_stage_update
        }
        cases = cases.filtered(lambda case: (case.partner_id.id, case.company_id.id) in same_episode)
        cases._come_back()
        return cases

    def _come_back(self):
        """Take up closed cases again, with a day for a look."""
        for case in self:
            stage = case.step_id.stage_id or self._stage_of_kind("normal")
            today = case.company_id._collection_today()
            case.write(
                {
                    "state": "open",
                    "stage_id": stage.id,
                    "date_last_stage_update": fields.Datetime.now(),
                    "date_closed": False,
                    "thanks_due": False,
                    "next_action_date": today,
                    "released_on": today,
                    "run_date": False,
                }
            )

    @api.model
    def _choose_policy(self, partner, company, first):
        """The customer's own ladder in the company (``partner`` is read in it), else the one for first cases, else the
        company's.
        """
        return (
            partner.collection_policy_id
            or (first and company.collection_first_policy_id)
            or company.collection_policy_id
        )

    @api.model
    def _assign_collectors(self, company, partners):
        """Who looks after each customer: its salesperson, else the company's default, else the collector with least cases.

        :return: user (or none at all) by partner id
        """
        collectors = company._collection_people("grey_hat_collections.group_collector")
        load = Counter({user: 0 for user in collectors})
        for user, count in self._read_group(
            [("company_id", "=", company.id), ("state", "!=", "closed"), ("user_id", "in", collectors.ids)],
            ["user_id"],
            ["__count"],
        ):
            load[user] = count
        assigned = {}
        for partner in partners:
            preferred = (partner.user_id, company.collection_user_id)
            user = next((user for user in preferred if user in collectors), collectors.browse())
            if not user and load:
                user = min(load, key=lambda candidate: (load[candidate], candidate.id))
            if user in load:
                load[user] += 1
            assigned[partner.id] = user
        return assigned

    @api.model
    def _stage_of_kind(self, kind):
        """The first stage of a kind; the first of all when the kind was deleted."""
        stages = self.env["collection.stage"]
        return stages.search([("kind", "=", kind)], limit=1) or stages.search([], limit=1)

    # -- Closing -------------------------------------------------------------------------------------------------

    def _close(self):
        """The ledger says that nothing is overdue any more: the episode ends, its history stays."""
        if not self:
            return
        self._abandon_step(self.env._("The account was settled."))
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

    def _withdraw_asked(self):
        """Withdraw what the rules have asked people to do about these cases."""
        asked = self.activity_ids.filtered(
            lambda activity: activity.automated and activity.activity_type_id.res_model == self._name
        )
        asked |= self._asked_of_our_side()
        asked.sudo().unlink()  # asked for by the rules, withdrawn by the rules

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
        partners = lines_or_payments.partner_id.commercial_partner_id
        companies = lines_or_payments.company_id
        if not partners or not companies:
            return
        data = self.env.cr.precommit.data
        if "collection.case.changed" not in data:
            data["collection.case.changed"] = (set(), set())
            self.env.cr.precommit.add(self.sudo()._refresh_changed)  # accountants need no right on cases
        seen_partners, seen_companies = data["collection.case.changed"]
        seen_partners.update(partners.ids)
        seen_companies.update(companies.ids)

    @api.model
    def _refresh_changed(self):
        """Refresh what was collected in this transaction. Collections never stand in the way of accounting: whatever
        goes wrong here is logged, undone, and made good by the daily run, which looks again soon.
        """
        partner_ids, company_ids = self.env.cr.precommit.data.pop("collection.case.changed", ((), ()))
        partners = self.env["res.partner"].browse(partner_ids).exists()
        companies = self.env["res.company"].browse(company_ids)
        try:
            with self.env.cr.savepoint():
                self._wait_briefly()
                cases = self._refresh(companies, partners) | self._waiting_for_us(companies, partners)
                cases._decide()
                cases._ask_our_side()
                self.env.cr.execute("SET LOCAL lock_timeout TO DEFAULT")
        except Exception:
            _logger.warning("Could not refresh the cases of partners %s", partner_ids, exc_info=True)
            self._retry_daily_run(len(partner_ids))
