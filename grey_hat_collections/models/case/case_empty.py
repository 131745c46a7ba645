from odoo import api, models
from odoo.tools import SQL

#: What the ledger may say of customers without a case (:meth:`CollectionCase._overdue_without_case`): when it does, and which
#: amount is told.
WITHOUT_CASE = {
    "waiting": ("amount_chased > minimum.amount", "amount_chased"),
    "small": ("amount_chased > 0 AND amount_chased <= minimum.amount", "amount_chased"),
    "covered": ("amount_chased <= 0 AND amount_net_overdue > 0", "amount_net_overdue"),
    "left_out": ("amount_net_overdue <= 0 AND amount_overdue > 0", "amount_overdue"),
}


class CollectionCase(models.Model):
    """What an empty list of cases says: never that nobody owes anything while the ledger says otherwise."""

    _inherit = "collection.case"

    @api.model
    @api.readonly
    def why_empty(self):
        """Why nobody has a case that is shown here, as ``title`` and ``lines`` of text; nothing where there are cases, and only
        the view's own filters hide them. ``may_run``: whether the reader could have the cases opened now;
        ``all_well``: that nobody owes anything overdue.

        The ledger is read once, and only where no case is open: a board that has cards never asks.

        :rtype: dict
        """
        self.check_access("read")
        companies = self.env.companies
        is_open = [("state", "!=", "closed"), ("company_id", "in", companies.ids)]
        if self.search_count(is_open, limit=1):
            return {}
        _ = self.env._
        # sudo: how many cases colleagues have is no secret among colleagues, whose they are is
        if others := self.sudo().search_count(is_open):
            title = (
                _("1 case is open, and it is not yours")
                if others == 1
                else _("%s cases are open, none of them yours", others)
            )
            return {
                "title": title,
                "lines": [_("You see your own cases, and those that nobody has yet.")],
                "may_run": False,
            }
        found = self._overdue_without_case(companies)
        if not any(count for of_company in found.values() for count, _amount in of_company.values()):
            return {
                "title": _("No overdue amounts"),
                "lines": [
                    _(
                        "A customer whose invoices fall overdue gets a case in the next run: it says what happens next, and why."
                    )
                ],
                "may_run": False,
                "all_well": True,
            }
        return self._empty_in_words(found)

    @api.model
    def _empty_in_words(self, found):
        """See :meth:`why_empty`.

        :param found: see :meth:`_overdue_without_case`
        """
        _ = self.env._
        said = {name: self._customers_owe(found, name) for name in WITHOUT_CASE}
        sentences = {
            "waiting": _("%(they_owe)s %(amount)s overdue"),
            "small": _("%(they_owe)s %(amount)s overdue, below the minimum for a case"),
            "covered": _("%(they_owe)s %(amount)s overdue, promised, disputed or under way"),
            "left_out": _("%(they_owe)s %(amount)s overdue, covered by credits or left out of follow-up"),
        }
        told = [sentences[name] % words for name, words in said.items() if words]
        is_manager = self.env.user.has_group("grey_hat_collections.group_manager")
        lines = told[1:]
        if said["waiting"]:
            lines.insert(0, self._what_opens_cases(is_manager))
        return {"title": told[0], "lines": lines, "may_run": bool(said["waiting"]) and is_manager}

    @api.model
    def _what_opens_cases(self, is_manager):
        """When the customers who wait for a case get one, and who can see to it."""
        _ = self.env._
        # sudo: whether there has ever been a case, whoever's it was
        begun = self.sudo().search_count([("company_id", "in", self.env.companies.ids)], limit=1)
        if is_manager:
            return _("Their cases open with the next daily run, or now: Run Now.")
        if begun:
            return _("Their cases open with the next daily run; a manager can run it now.")
        return _("Nobody has started collections yet: ask a manager.")

    @api.model
    def _customers_owe(self, found, name):
        """How many customers ``name`` is said of, and how much it is, in words; nothing where there are none."""
        of_companies = {self.env["res.company"].browse(key): values[name] for key, values in found.items()}
        count = sum(number for number, _amount in of_companies.values())
        if not count:
            return None
        amounts = {}
        for company, (_number, amount) in of_companies.items():
            amounts[company.currency_id] = amounts.get(company.currency_id, 0) + amount
        return {
            "they_owe": self.env._("1 customer owes") if count == 1 else self.env._("%s customers owe", count),
            "amount": ", ".join(currency.format(amount) for currency, amount in amounts.items() if amount),
        }

    @api.model
    def _overdue_without_case(self, companies):
        """What the ledger says of customers who have no open case, in company currency: those who wait for one (``waiting``),
        those who owe too little (``small``), those whose overdue items are promised, disputed or under way (``covered``), those
        of whom nothing overdue is asked for (``left_out``).

        :return: (customers, amount) by these names, by company id; one query
        """
        # sudo: the books of the whole house are summed up; nobody is named
        ledger = self.env["collection.ledger"].sudo()
        ledger._flush_sources()
        self.flush_model(["company_id", "partner_id", "state"])
        minimum = SQL(", ").join(
            SQL("(%s, %s::numeric)", company.id, company.collection_min_amount) for company in companies.sudo()
        )
        columns = SQL(", ").join(
            SQL(
                "COUNT(*) FILTER (WHERE %(kind)s), COALESCE(SUM(%(amount)s) FILTER (WHERE %(kind)s), 0)",
                kind=SQL(kind),
                amount=SQL.identifier(amount),
            )
            for kind, amount in WITHOUT_CASE.values()
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH figures AS (%(figures)s), minimum (company_id, amount) AS (VALUES %(minimum)s)
                SELECT figures.company_id, %(columns)s
                  FROM figures
                  JOIN minimum ON minimum.company_id = figures.company_id
                 WHERE NOT EXISTS (SELECT FROM collection_case kase
                                    WHERE kase.partner_id = figures.partner_id
                                      AND kase.company_id = figures.company_id
                                      AND kase.state != 'closed')
              GROUP BY figures.company_id
              ORDER BY figures.company_id""",
                figures=ledger._query_figures(companies),
                minimum=minimum,
                columns=columns,
            )
        )
        return {
            company_id: {name: tuple(values[2 * place : 2 * place + 2]) for place, name in enumerate(WITHOUT_CASE)}
            for company_id, *values in rows
        }
