from odoo import api, models

from ..ledger.account_key import owner_key


class CollectionCase(models.Model):
    """One customer, one case: items have moved to another customer, who became the company of the first, was merged with it, or
    was named by the books.

    Whoever owes nothing more has its case closed, without thanks; its history stays there. What is still open about the items
    goes with them: disputes, promises that run or were missed just now, plans.
    """

    _inherit = "collection.case"

    @api.model
    def _customers_changed(self, partner_ids, items, companies=None):
        """Items went from one of these customers to another: refresh both before this transaction is committed.

        :param partner_ids: the customers, before and after
        :param items: the journal items that moved
        :param companies: where (None: in all that there are)
        """
        if companies is None:
            companies = self.env["res.company"].sudo().search([])  # the books of all of them moved
        self._refresh_before_commit(partner_ids, companies.ids)
        data = self.env.cr.precommit.data
        partners, lines = data.setdefault("collection.case.moved", (set(), set()))
        partners.update(partner_ids)
        lines.update(items.ids)

    @api.model
    def _open_lines_of(self, contacts):
        """The open receivables that are booked on these contacts themselves. Needs superuser mode."""
        return self.env["account.move.line"].search(
            [
                ("partner_id", "in", contacts.ids),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )

    def _strays(self):
        """Those of these cases whose customer has become part of another: the ledger has the items there."""
        self.partner_id.fetch(["commercial_partner_id"])
        return self.filtered(lambda case: case.partner_id.commercial_partner_id != case.partner_id)

    def _has_moved(self):
        """Whether this case ends because its items went to another customer, rather than by money."""
        self.ensure_one()
        return bool(self._strays()) or self.partner_id.id in self.env.context.get("collection_moved", ())

    def _closing_reason(self):
        """Why what waits in this case is given up as it closes."""
        self.ensure_one()
        if self._strays():
            return self.env._(
                "The chased amount is now owed by %s.", self.partner_id.commercial_partner_id.display_name
            )
        if self._has_moved():
            return self.env._("The chased amount is now owed by another customer.")
        if self.amount_net_overdue > 0:
            return self.env._("The remaining amount is too small to chase.")
        return self.env._("The account was settled.")

    def _hand_on(self):
        """What is still open of these closed strays goes to the open case of whoever owes the items now, where there is one."""
        cases = self._open_cases_of(self.partner_id, self.company_id) if self else {}
        for stray in self:
            case = cases.get(owner_key(stray))
            if case:
                case._take_over(stray)

    @api.model
    def _take_up_strays(self, partners, companies):
        """The cases of these customers have just begun: they take over what is open of customers that are part of them."""
        parts = [
            ("partner_id.commercial_partner_id", "in", partners.ids),
            ("partner_id", "not in", partners.ids),
            ("company_id", "in", companies.ids),
            ("state", "=", "closed"),
        ]
        self.search(parts)._hand_on()

    # -- Merging customers ---------------------------------------------------------------------------------------

    @api.model
    def _join_for_merge(self, sources, target):
        """Customers are about to become one: of their open cases in a company one stays, that of ``target`` where it has one,
        else the oldest. The others close and hand over what is open.

        :param sources: the contacts that will be gone
        :param target: the contact that takes their place
        """
        owner = self._owner_after_merge(sources, target)
        cases = self.search([("partner_id", "in", (sources | owner).ids), ("state", "!=", "closed")], order="id")
        for of_company in cases.grouped("company_id").values():
            own = of_company.filtered(lambda case: case.partner_id == owner)
            stays = own or (of_company[:1] if owner == target else own)
            leaving = of_company - stays
            leaving.with_context(collection_moved=leaving.partner_id.ids)._close()
            if stays and leaving:
                stays._take_over(leaving)
        self._make_room_for_merge(sources | target, target)
        self.env.flush_all()  # the merge is made in SQL

    @api.model
    def _owner_after_merge(self, sources, target):
        """The customer whom the items belong to after a merge: Odoo gives ``target`` what is set on any of the contacts, so it is
        a company if one of them is, and has their parent.
        """
        contacts = [*sources, target]
        parents = [contact.parent_id for contact in contacts if contact.parent_id]
        if not parents or any(contact.is_company for contact in contacts):
            return target
        return parents[-1].commercial_partner_id
