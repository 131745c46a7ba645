from decimal import Decimal
from typing import NamedTuple

from odoo import models
from odoo.tools import ormcache

from .exact import exact


class House(NamedTuple):
    """What of a company's settings each payment of a customer with a case asks for; see the fields of the same names."""

    min_amount: Decimal
    wait_days: int
    silent_attempts: int
    silent_days: int


class ResCompany(models.Model):
    _inherit = "res.company"

    @ormcache("self.id")
    def _collection_house(self):
        """These settings, remembered until somebody changes one: read for each payment, all forty of them would come along.

        :rtype: House
        """
        self.ensure_one()
        company = self.sudo()  # what the rules go by; whoever keeps the books need not see the settings
        return House(
            exact(company.collection_min_amount),
            company.collection_wait_days,
            company.collection_silent_attempts,
            company.collection_silent_days,
        )
