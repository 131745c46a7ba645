from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount, format_date

from ...engine.agency import Customer, Misfit, Terms, commission_percent, misfits
from ..base.to_decimal import to_decimal


class CollectionAgencyCommission(models.Model):
    """What an agency keeps of money for items of an age."""

    _name = "collection.agency.commission"
    _description = "Commission of an Agency"
    _inherit = ["collection.door"]
    _order = "agency_id, days_from"

    agency_id = fields.Many2one(
        "collection.agency", required=True, ondelete="cascade", index=True, help="Whose commission it is."
    )
    company_id = fields.Many2one(related="agency_id.company_id", store=True, index=True, help="The agency's company.")
    days_from = fields.Integer(
        string="From Day Past Due",
        required=True,
        help="Applies to items at least this many days past due when they are referred, until the next line begins.",
    )
    percent = fields.Float(
        string="Commission %", required=True, digits=(16, 2), help="The percentage the agency keeps of each payment."
    )

    _unique_days = models.Constraint(
        "UNIQUE(agency_id, days_from)", "There is already a commission from this day on. Change that line."
    )
    _check_days = models.Constraint("CHECK(days_from >= 0)", "A commission begins at day 0 or later.")
    _check_percent = models.Constraint(
        "CHECK(percent BETWEEN 0 AND 100)", "A commission must be between 0 and 100 percent."
    )


class CollectionAgency(models.Model):
    """Terms: whom the agency takes, and what it costs."""

    _inherit = "collection.agency"

    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="The currency of the minimum and maximum amount.",
    )
    amount_least = fields.Monetary(
        string="Minimum Amount",
        tracking=True,
        help="Customers who owe less are not offered to this agency. 0 sets no limit.",
    )
    amount_most = fields.Monetary(
        string="Maximum Amount",
        tracking=True,
        help="Customers who owe more are not offered to this agency. 0 sets no limit.",
    )
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Where it may collect. Leave empty if it does so everywhere."
    )
    lang_ids = fields.Many2many(
        "res.lang",
        string="Languages",
        help="The languages it uses with customers. Leave empty if this does not matter.",
    )
    commission_ids = fields.One2many(
        "collection.agency.commission",
        "agency_id",
        copy=True,
        help="What the agency keeps, by the age of an item when it is referred.",
    )
    commission_on_direct = fields.Boolean(
        string="Also on Direct Payments",
        default=True,
        help="The commission is also due on payments that customers make directly to us while the agency collects.",
    )
    stated_recovery_percent = fields.Float(
        string="Stated Recovery %",
        digits=(16, 2),
        help="The recovery rate stated by the agency. Used for “keep or collect” until five referrals have ended; then its own "
        "record is used.",
    )

    @api.constrains("amount_least", "amount_most")
    def _check_amounts(self):
        for agency in self:
            least, most = agency.amount_least, agency.amount_most
            if least < 0 or most < 0 or 0 < most < least:
                raise ValidationError(
                    self.env._("%s: enter amounts of 0 or more, with the maximum above the minimum.", agency.name)
                )

    @api.constrains("stated_recovery_percent")
    def _check_stated_recovery(self):
        for agency in self:
            if not 0 <= agency.stated_recovery_percent <= 100:
                raise ValidationError(self.env._("%s: enter a stated recovery from 0 to 100 percent.", agency.name))

    # -- What it costs -------------------------------------------------------------------------------------------

    def _commission_percent(self, days_overdue):
        """What the agency keeps of money for an item so many days past due.

        :rtype: decimal.Decimal
        """
        self.ensure_one()
        bands = [(line.days_from, to_decimal(line.percent)) for line in self.commission_ids]
        return commission_percent(bands, days_overdue)

    # -- Whom it takes -------------------------------------------------------------------------------------------

    @api.model
    def _offers(self, cases, amounts=None):
        """For each case the agencies of its company in the order of preference, each with the sentences that say why it does
        not fit; no sentence, it fits.

        :param amounts: what would go, by case id; by default all that is asked for
        :rtype: dict[CollectionCase, list[tuple[CollectionAgency, list[str]]]]
        """
        agencies = self.search([("company_id", "in", [False, *cases.company_id.ids])])
        rates = agencies._rates(cases.company_id)
        today = {company: company._collection_today() for company in cases.company_id}
        offers = {}
        for case in cases:
            own = agencies.filtered(
                lambda agency, case=case: agency.company_id in (case.company_id, case.company_id[:0])
            )
            day = today[case.company_id]
            offers[case] = [(agency, agency._sentences(case, day, rates, amounts)) for agency in own]
        return offers

    def _unfit(self, case, amounts=None):
        """Why this agency does not fit the case, as sentences that say what to do; empty where it fits. See :meth:`_offers`."""
        self.ensure_one()
        company = case.company_id
        if self.company_id and self.company_id != company:
            return [
                self.env._("%(agency)s works for %(company)s only.", agency=self.name, company=self.company_id.name)
            ]
        if not self.active:
            return [self.env._("%s is archived. Choose another agency, or unarchive it.", self.name)]
        return self._sentences(case, company._collection_today(), self._rates(company), amounts)

    def _rates(self, companies):
        """What one unit of a company's money is in the money of an agency, by (company, currency): one look-up for each pair,
        however many customers are asked about.
        """
        rate = self.env["res.currency"]._get_conversion_rate
        return {
            (company, currency): to_decimal(rate(company.currency_id, currency, company, company._collection_today()))
            for company in companies
            for currency in self.currency_id
        }

    def _sentences(self, case, today, rates, amounts=None):
        asked = amounts[case.id] if amounts else to_decimal(case.amount_chased)
        amount = asked * rates[case.company_id, self.currency_id]
        customer = Customer(
            country=case.partner_id.country_id.code or None,
            language=_spoken(case.partner_id.lang),
            amount=to_decimal(self.currency_id.round(float(amount))),
        )
        found = misfits(self._terms(), customer, today)
        return [self._sentence(misfit, case, customer) for misfit in found]

    def _terms(self):
        return Terms(
            accredited_until=self.accreditation_until or None,
            countries=frozenset(self.country_ids.mapped("code")),
            languages=frozenset(_spoken(code) for code in self.lang_ids.mapped("code")),
            least=to_decimal(self.amount_least),
            most=to_decimal(self.amount_most),
        )

    def _sentence(self, misfit, case, customer):
        _ = self.env._
        agency, partner = self.name, case.partner_id
        if misfit is Misfit.NOT_ACCREDITED:
            return _("%s has no accreditation on file. Enter it on the agency, or choose another one.", agency)
        if misfit is Misfit.EXPIRED:
            return _(
                "The accreditation of %(agency)s expired on %(day)s. Enter the new date, or choose another agency.",
                agency=agency,
                day=format_date(self.env, self.accreditation_until),
            )
        if misfit is Misfit.NO_COUNTRY:
            return _(
                "%(customer)s has no country on file, and %(agency)s works in certain countries only. Enter the customer's "
                "country.",
                customer=partner.name,
                agency=agency,
            )
        if misfit is Misfit.COUNTRY:
            return _(
                "%(agency)s does not work in %(country)s. Choose another agency.",
                agency=agency,
                country=partner.country_id.name,
            )
        if misfit is Misfit.LANGUAGE:
            return _(
                "%(agency)s does not speak the language of %(customer)s. Choose another agency.",
                agency=agency,
                customer=partner.name,
            )
        return self._sentence_of_amount(misfit, customer)

    def _sentence_of_amount(self, misfit, customer):
        little = misfit is Misfit.TOO_LITTLE
        values = {
            "agency": self.name,
            "limit": format_amount(self.env, self.amount_least if little else self.amount_most, self.currency_id),
            "amount": format_amount(self.env, float(customer.amount), self.currency_id),
        }
        if little:
            return self.env._(
                "%(agency)s accepts accounts from %(limit)s; the amount to refer is %(amount)s. Choose another agency.",
                **values,
            )
        return self.env._(
            "%(agency)s accepts accounts up to %(limit)s; the amount to refer is %(amount)s. Choose another agency.",
            **values,
        )


def _spoken(code):
    """The language without its country: who speaks the English of one country speaks to those of all."""
    return code.partition("_")[0] if code else None
