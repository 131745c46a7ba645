from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import format_amount

from ...engine import plans as engine
from ..base.limits import FARTHEST
from ..base.to_decimal import to_decimal

RHYTHMS = [("weekly", "Weekly"), ("fortnightly", "Every two weeks"), ("monthly", "Monthly")]

#: What makes the terms of a plan.
TERMS = frozenset(
    {
        "amount",
        "case_id",
        "count",
        "currency_id",
        "date_agreed",
        "date_first",
        "instalment",
        "rhythm",
        "sized_by",
    }
)


class CollectionPlanTerms(models.AbstractModel):
    """The terms of a payment plan, its schedule, and what of it a manager must agree to.

    Plans and the dialog that makes them share this, so that what is shown before saving is what is saved.
    """

    _name = "collection.plan.terms"
    _description = "Terms of a Payment Plan"

    case_id = fields.Many2one("collection.case", required=True)
    partner_id = fields.Many2one("res.partner", string="Customer")
    company_id = fields.Many2one("res.company")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        help="The company's currency, or that of the open items which the plan is made for.",
    )
    amount = fields.Monetary(required=True, help="The total paid in instalments.")
    date_agreed = fields.Date(string="Agreed On", required=True, help="The day on which the customer agreed.")
    date_first = fields.Date(string="First Instalment", required=True, help="The day of the first instalment.")
    rhythm = fields.Selection(
        RHYTHMS, string="Frequency", required=True, default="monthly", help="How often the customer pays."
    )
    sized_by = fields.Selection(
        [("count", "Number of instalments"), ("size", "Size of an instalment")],
        string="Based On",
        required=True,
        default="count",
    )
    count = fields.Integer(string="Number of Instalments", help="How many instalments there are.")
    instalment = fields.Monetary(
        string="Instalment Amount", help="The amount of each instalment; the last one covers the rest."
    )

    # -- Schedule ------------------------------------------------------------------------------------------------

    def _schedule(self):
        """The instalments of these terms.

        :rtype: tuple[engine.plans.Instalment]
        :raises ValidationError: with what is wrong and the way out
        """
        self.ensure_one()
        problem = self._problem_of_terms()
        if problem:
            raise ValidationError(problem)
        size = {"count": self.count} if self.sized_by == "count" else {"instalment": self._exact(self.instalment)}
        return engine.schedule(
            self._exact(self.amount), self.date_first, engine.Rhythm(self.rhythm), **size, **self._calendar()
        )

    def _problem_of_terms(self):
        """Why these terms make no schedule, with the way out; None when they do."""
        self.ensure_one()
        names = {
            "customer": self.partner_id.display_name,
            "amount": format_amount(self.env, self.amount, self.currency_id),
            "most": engine.MOST_INSTALMENTS,
        }
        if self.currency_id.compare_amounts(self.amount, 0) <= 0:
            return self.env._(
                "%(customer)s: the amount of a plan must be greater than zero. Enter its amount.", **names
            )
        if not self.date_first or self.date_first < self.date_agreed:
            return self.env._(
                "%(customer)s: the first instalment cannot be before the agreement date. Choose a later date.",
                **names,
            )
        if self.date_first > self.date_agreed + FARTHEST:
            return self.env._(
                "%(customer)s: the first instalment is more than ten years away. Choose an earlier day.", **names
            )
        if self.sized_by == "count":
            number = self.count
            if number < 1:
                return self.env._(
                    "%(customer)s: a plan needs at least one instalment. Enter the number of instalments.", **names
                )
            if number * self.currency_id.rounding > self.amount:
                return self.env._("%(amount)s is too small for that many instalments. Choose fewer.", **names)
        else:
            if self.currency_id.compare_amounts(self.instalment, 0) <= 0:
                return self.env._("%(customer)s: an instalment must be greater than zero. Enter its amount.", **names)
            number = self.amount / self.instalment
        if number > engine.MOST_INSTALMENTS:
            return self.env._(
                "A plan can have at most %(most)s instalments. Choose larger ones, or a lower frequency.", **names
            )
        return None

    def _proposals(self):
        """Plans that may be offered for this amount from this day on, the shortest first.

        :rtype: tuple[engine.plans.Proposal]
        """
        self.ensure_one()
        if self.currency_id.compare_amounts(self.amount, 0) <= 0 or not self.date_first:
            return ()
        return engine.proposals(
            self._exact(self.amount), self.date_first, self._limits(), self.date_agreed, **self._calendar()
        )

    def _beyond(self, instalments):
        """What of a schedule is beyond what a collector may agree to alone.

        :rtype: tuple[engine.plans.Breach]
        """
        return engine.breaches(instalments, self._limits(), self.date_agreed)

    def _limits(self):
        """The limits of the company, in the currency of the plan."""
        company = self.company_id
        minimum = company.currency_id._convert(
            company.collection_plan_minimum, self.currency_id, company, self.date_agreed
        )
        return engine.Limits(self._exact(minimum), company.collection_plan_longest_days)

    def _calendar(self):
        rules = self.company_id._collection_contact_rules()
        unit = to_decimal(self.currency_id.rounding)
        return {"unit": unit, "weekdays": rules.weekdays, "closed_days": rules.closed_days}

    def _exact(self, amount):
        return to_decimal(self.currency_id.round(amount))

    def _sentence_of_limits(self, beyond):
        """Why a manager must agree, in a sentence; an empty string when nobody has to."""
        self.ensure_one()
        company = self.company_id
        parts = {
            engine.Breach.TOO_SMALL: self.env._(
                "Instalments are smaller than %(minimum)s.",
                minimum=format_amount(self.env, company.collection_plan_minimum, company.currency_id),
            ),
            engine.Breach.TOO_LONG: self.env._(
                "The plan takes longer than %(days)s days.", days=company.collection_plan_longest_days
            ),
        }
        return " ".join(parts[breach] for breach in beyond)

    # -- Account -------------------------------------------------------------------------------------------------

    @api.model
    def _owed_items(self, partner, company):
        """The open items of a customer that a plan can be about."""
        # sudo: only the customer's own items are read, by whoever may read the case
        items = self.env["collection.ledger"].sudo()._open_items(partner, company)
        return [item for item in items if item.residual > 0]

    def _owed(self, items):
        """What ``items`` come to in the currency of the plan, as far as they may be paid in it."""
        self.ensure_one()
        if self.currency_id == self.company_id.currency_id:
            return self.currency_id.round(sum(item.residual for item in items))
        own = [item.residual_currency for item in items if item.currency_id == self.currency_id.id]
        return self.currency_id.round(sum(own))
