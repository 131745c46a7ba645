from odoo import api, models

#: While a payment is applied: the journal item with the money, and how much of it each item gets, in its own currency.
SHARES = "collection_shares"


class AccountMoveLine(models.Model):
    """A payment from the customer's page settles of each item what was chosen. Odoo gives each as much as it can take: what is
    left over by an item that was settled meanwhile would go to the one that was to be paid in part.
    """

    _inherit = "account.move.line"

    @api.model
    def _prepare_reconciliation_plan(self, plan, amls_values_map, shadowed_aml_values=None):
        money_id, shares = self.env.context.get(SHARES) or (None, {})
        lines = plan["amls"]
        if (
            money_id in lines.ids and len(lines) > 1
        ):  # what follows, such as differences of exchange, is not of the payment
            for item in lines.filtered(lambda line: line.id in shares):
                _limit(amls_values_map[item], shares[item.id])
        return super()._prepare_reconciliation_plan(plan, amls_values_map, shadowed_aml_values)


def _limit(values, most):
    """Let no more than ``most`` of an item be settled: what Odoo takes for its residual is that part of it."""
    item = values["aml"]
    left = values["amount_residual_currency"]
    if item.currency_id.compare_amounts(most, left) < 0:
        values["amount_residual"] = item.company_currency_id.round(values["amount_residual"] * most / left)
        values["amount_residual_currency"] = most
