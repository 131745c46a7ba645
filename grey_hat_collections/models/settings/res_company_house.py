from decimal import Decimal
from typing import NamedTuple

from odoo import models
from odoo.tools import ormcache

from ..base.to_decimal import to_decimal


class House(NamedTuple):
    """What of a company's settings each payment of a customer with a case asks for; see the fields of the same names."""

    min_amount: Decimal
    wait_days: int
    silent_attempts: int
    silent_days: int


class ResCompany(models.Model):
    """What of a company the rules ask for all the time."""

    _inherit = "res.company"

    def _collection_branches(self):
        """These companies and all that are branches of the same ones, archived or not: to a customer, one creditor.

        :rtype: res.company
        """
        return self.browse(
            dict.fromkeys(branch_id for company in self for branch_id in company._collection_branch_ids())
        )

    def _collection_bank_accounts(self):
        """The bank accounts into which customers of this company pay, its preferred one first: its own, else those of the nearest
        company that it is a branch of.

        :rtype: res.partner.bank
        """
        self.ensure_one()
        company = (
            self.sudo()
        )  # where to pay is on every invoice; who writes letters may not see bank accounts otherwise
        while not company.partner_id.bank_ids and company.parent_id:
            company = company.parent_id
        return company.partner_id.bank_ids

    def _collection_house_ids(self):
        """The company that each of these is a branch of, or is itself: what credits are spent over.

        :rtype: dict[int, int]
        """
        return {company.id: company._collection_branch_ids()[0] for company in self}

    @ormcache("self.id")
    def _collection_branch_ids(self):
        """The ids of the company that this one is a branch of and of all its branches, the former first. Remembered: each payment
        asks, and most companies have none.

        :rtype: tuple[int]
        """
        root = self.sudo().root_id.with_context(active_test=False)  # what the books hold together, whoever keeps them
        return (root.id, *root.search([("id", "child_of", root.id), ("id", "!=", root.id)], order="id").ids)

    @ormcache("self.id")
    def _collection_house(self):
        """These settings, remembered until somebody changes one: read for each payment, all forty of them would come along.

        :rtype: House
        """
        self.ensure_one()
        company = self.sudo()  # what the rules go by; whoever keeps the books need not see the settings
        return House(
            to_decimal(company.collection_min_amount),
            company.collection_wait_days,
            company.collection_silent_attempts,
            company.collection_silent_days,
        )
