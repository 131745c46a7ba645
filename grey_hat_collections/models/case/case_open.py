import logging
from collections import Counter

import psycopg2
from odoo import api, fields, models

from ..base.to_decimal import to_decimal
from ..ledger.account_key import account_key
from ..ledger.ledger import FIGURE_FIELDS

_logger = logging.getLogger(__name__)


class CollectionCase(models.Model):
    """How a case begins: opened for a new episode, or taken up again; whose it is, and by which ladder."""

    _inherit = "collection.case"

    @api.model
    def _open(self, candidates):
        """Open a case for each candidate, or reopen the last one.

        A case comes back when what is overdue now was overdue already when it closed, or is the money itself that went back: a
        payment was taken back, the episode is the same. Anything else is a new episode.

        :param candidates: figures by (partner id, company id), as :meth:`_update_figures` returns them
        """
        free = self._not_held(candidates)
        self.env["collection.refresh"]._note(candidates.keys() - set(free))
        candidates = {account: candidates[account] for account in free}
        if not candidates:
            return self.browse()
        reopened = self._reopen(candidates)
        done = {account_key(case) for case in reopened}
        new = {}
        for (partner_id, company_id), figures in candidates.items():
            if (partner_id, company_id) not in done:
                new.setdefault(company_id, {})[partner_id] = figures
        opened = reopened.concat(
            *(self._create_cases(self.env["res.company"].browse(company_id), new[company_id]) for company_id in new)
        )
        reopened._store_figures(candidates)
        reopened._set_priority()
        if opened:
            partner_ids, company_ids = zip(*candidates, strict=True)
            partners = self.env["res.partner"].browse(dict.fromkeys(partner_ids))
            self._accounts_opened(self.env["res.company"].browse(dict.fromkeys(company_ids)), partners)
        return opened

    @api.model
    def _open_alone(self, account, figures):
        """Open a case for one candidate of :meth:`_open`; where that fails, a manager is asked to look at the customer.

        :return: whether it was done
        """
        if self._do_part(lambda: self._open({account: figures})):
            return True
        partner_id, company_id = account
        partner = self.env["res.partner"].browse(partner_id)
        self._do_part(lambda: partner._collection_ask_to_look(self.env["res.company"].browse(company_id)))
        return False

    def _store_figures(self, candidates):
        """Write the figures that were read to these cases.

        :param candidates: see :meth:`_open`
        """
        for company, cases in self.grouped("company_id").items():
            rows = {case.id: candidates[case.partner_id.id, company.id] for case in cases}
            cases._bulk_write(FIGURE_FIELDS, rows, company.currency_id)

    @api.model
    def _create_cases(self, company, candidates):
        """Create a case for each of these customers, without noise in their chatter.

        :param candidates: the figures of each customer, in the order of ``FIGURE_FIELDS``, by its id
        """
        partners = self.env["res.partner"].with_company(company).browse(candidates)
        partners.fetch(["collection_policy_id", "commercial_partner_id", "user_id"])
        today = company._collection_today()
        stage = self._stage_of_kind("normal")
        collectors = self._assign_collectors(company, partners)
        former = self._read_group([("partner_id", "in", partners.ids), ("company_id", "=", company.id)], ["partner_id"])
        known = {partner.id for (partner,) in former}
        values = []
        for partner in partners:
            figures = dict(zip(FIGURE_FIELDS, candidates[partner.id], strict=True))
            first = partner.id not in known
            values.append(
                {
                    **figures,
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "user_id": collectors[partner.id].id,
                    "policy_id": self._choose_policy(partner, company, first=first).id,
                    "stage_id": stage.id,
                    "date_opened": today,
                    "next_action_date": today,
                    "is_first_case": first,
                    "priority_score": self._points(company, figures, today),
                }
            )
        try:
            with self.env.cr.savepoint():
                cases = self._bulk_create(values, company.currency_id)
        except psycopg2.errors.UniqueViolation:
            _logger.info("Cases of company %s are being opened elsewhere", company.id)
            self.env["collection.refresh"]._note((partner_id, company.id) for partner_id in candidates)
            return self.browse()
        cases._track_discard()
        cases._begun()
        self._take_up_strays(partners, company)
        return cases

    @api.model
    def _reopen(self, candidates):
        """Take up the last case of each candidate again where more than a case opens for was overdue already when it closed. What
        another customer owed until this moment is no part of that episode.
        """
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
            last.setdefault(account_key(case), case)
        cases = self.browse([case.id for key, case in last.items() if key in candidates])
        moved = self.env.context.get("collection_moved_items", ())
        items = self.env["collection.ledger"]._open_items(cases.partner_id, cases.company_id)
        items = [item for item in items if item.id not in moved]
        lines = self.env["account.move.line"].browse([item.id for item in items if item.chased])
        known_since = {line.id: line.create_date for line in lines}
        of_old = dict.fromkeys(last, to_decimal(0))
        for item in items:
            case = last.get((item.partner_id, item.company_id)) if item.chased else None
            if case and item.due < case.date_closed and known_since[item.id] <= case.date_last_stage_update:
                of_old[item.partner_id, item.company_id] += to_decimal(item.chased)
        same = cases.filtered(
            lambda case: of_old[account_key(case)] > to_decimal(case.company_id.collection_min_amount)
        )
        back = (cases - same)._whose_money_went_back(items)
        same |= back
        same._come_back()
        back._mark_in_place_of_paid(items)
        return same

    def _whose_money_went_back(self, items):
        """Those of these closed cases whose money was taken back by an entry of its own while their invoices stay paid: a
        negative line of the bank, the reversal of a payment, an entry against the bank; as far as it is no more than what came.

        :param items: the open items of their customers
        """
        if not self:
            return self
        lines = {item.id: self.env["account.move.line"].browse(item.id) for item in items if item.chased}
        money = self.env["account.move.line"].union(*lines.values()).move_id._collection_money()
        closed = {account_key(case): case for case in self}
        back = {}
        for item in items:
            case, line = closed.get((item.partner_id, item.company_id)), lines.get(item.id)
            if case and line and line.move_id in money and line.create_date >= case.date_last_stage_update:
                back[case] = back.get(case, 0) + to_decimal(item.chased)
        cases = self.browse([case.id for case in back])
        received = cases._money_received({case: case.create_date for case in cases})
        return cases.filtered(lambda case: back[case] <= received[case])

    def _come_back(self):
        """Take up closed cases again, with a working day for a look. Whoever has their figures at hand stores them."""
        for case in self:
            stage = case.step_id.stage_id or self._stage_of_kind("normal")
            today = case.company_id._collection_today()
            case.write(
                {
                    "state": "open",
                    "stage_id": stage.id,
                    "date_last_stage_update": fields.Datetime.now(),
                    "date_closed": False,
                    "next_action_date": today,
                    "released_on": case.company_id._collection_review_day(),
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
