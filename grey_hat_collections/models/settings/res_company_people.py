from odoo import api, models

from ...engine.days import later


class ResCompany(models.Model):
    """Who of a company is asked for what."""

    _inherit = "res.company"

    @api.constrains("collection_user_id", "collection_manager_id", "collection_accountant_id")
    def _check_collection_people(self):
        for company in self:
            people = company.collection_user_id | company.collection_manager_id | company.collection_accountant_id
            people._check_answers_for(company)

    def _collection_people(self, group):
        """The colleagues of this company who are in a group.

        :param str group: its full name, such as ``grey_hat_collections.group_collector``
        """
        self.ensure_one()
        users = self.env.ref(group).sudo().all_user_ids  # whoever asks need not see who is in a group
        return users.filtered(lambda user: user.active and not user.share and self in user.company_ids).sudo(False)

    def _collection_reviewer(self):
        """Who decides where the rules do not: the reviewing manager of this company, else the first of its managers; empty where
        there is none. Nobody who has left is asked.
        """
        return self._collection_first(self.collection_manager_id, "grey_hat_collections.group_manager")

    def _collection_accountant(self):
        """Who is asked for what only accounting can do; empty where nobody keeps the books in here."""
        return self._collection_first(self.collection_accountant_id, "account.group_account_invoice")

    def _collection_first(self, chosen, group):
        """Whoever was ``chosen``, if still here, else the first of a group; see :meth:`_collection_people`."""
        return chosen.filtered("active") or self._collection_people(group).sorted("id")[:1]

    def _collection_longest_hold(self):
        """The last day up to which the user may put a case of this company on hold; None without a limit, as for managers
        and for the rules themselves.
        """
        self.ensure_one()
        days = self.collection_hold_longest_days
        if not days or self.env.su or self.env.user.has_group("grey_hat_collections.group_manager"):
            return None
        return later(self._collection_today(), days)
