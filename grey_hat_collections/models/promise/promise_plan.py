from odoo import models
from odoo.exceptions import UserError


class CollectionPromise(models.Model):
    """An instalment: a promise whose fate is that of its plan."""

    _inherit = "collection.promise"

    def _check_against_account(self):
        """The plan was checked as a whole; its instalments are not held against each other."""
        return super(CollectionPromise, self.filtered(lambda promise: not promise.plan_id))._check_against_account()

    def action_withdraw(self):
        """An instalment is not withdrawn alone: the customer holds a letter about all of them."""
        for promise in self.filtered(lambda promise: promise.plan_id.state == "active"):
            raise UserError(
                self.env._(
                    "%(promise)s is an instalment of %(plan)s. Cancel the plan, and make another one if need be.",
                    promise=promise.display_name,
                    plan=promise.plan_id.name,
                )
            )
        return super().action_withdraw()
