from odoo import fields, models
from odoo.tools import SQL

from ..models.agency.referral_states import ENDED, STATES, WITH_AGENCY

#: Days after the end of a referral within which a customer who buys again has stayed one.
BOUGHT_AGAIN_DAYS = 180


class CollectionAgencyReport(models.Model):
    """What referring was worth: one line for each referral that went to an agency.

    What is not known yet is empty, so that a rate is one of referrals that are over.
    """

    _name = "collection.agency.report"
    _description = "Agency Analysis"
    _auto = False
    _rec_name = "referral_id"
    _order = "date_sent desc"

    referral_id = fields.Many2one("collection.referral", readonly=True, help="The handover.")
    agency_id = fields.Many2one("collection.agency", readonly=True, help="Who collected in our name.")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True, help="Whose items were referred.")
    company_id = fields.Many2one("res.company", readonly=True, help="Whose customer it is.")
    currency_id = fields.Many2one("res.currency", readonly=True, help="The company's currency; amounts are in it.")
    user_id = fields.Many2one("res.users", string="Decided By", readonly=True, help="Who referred.")
    state = fields.Selection(STATES, string="Status", readonly=True, help="The outcome.")
    date_sent = fields.Date(string="Referred On", readonly=True, help="Since when the agency had it.")
    date_ended = fields.Date(string="Ended On", readonly=True, help="When it ended.")
    amount_referred = fields.Monetary(string="Referred", readonly=True, help="What was handed over.")
    amount_recovered = fields.Monetary(
        string="Recovered", readonly=True, help="Payments found in the ledger for it, gross."
    )
    commission = fields.Monetary(readonly=True, help="What the agency keeps of it.")
    net = fields.Monetary(string="Net After Commission", readonly=True, help="Recovered − commission.")
    days_to_first_money = fields.Float(
        string="Days to First Payment",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="First payment date − date referred, averaged over the referrals that brought a payment.",
    )
    recovery_rate = fields.Float(
        string="Recovered %",
        readonly=True,
        aggregator="avg",
        help="Recovered ÷ referred × 100, of referrals that have ended.",
    )
    recovery_count_rate = fields.Float(
        string="Recovered in Full %",
        readonly=True,
        aggregator="avg",
        help="Referrals recovered in full ÷ ended referrals × 100.",
    )
    bought_again_rate = fields.Float(
        string="Repeat Purchase %",
        readonly=True,
        aggregator="avg",
        help="Referrals whose customer was invoiced within 180 days after the end ÷ referrals whose 180 days have passed × 100: "
        "whether the customer was retained.",
    )
    complaint_count = fields.Integer(
        string="Complaints", readonly=True, help="Complaints recorded about this referral."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT referral.id, referral.id AS referral_id, referral.agency_id, referral.partner_id, referral.company_id,
                   company.currency_id, referral.user_id, referral.state, referral.date_sent, referral.date_ended,
                   referral.amount_referred, money.recovered AS amount_recovered, money.commission,
                   money.recovered - money.commission AS net,
                   referral.first_money_on - referral.date_sent AS days_to_first_money,
                   CASE WHEN ended THEN 100.0 * money.recovered / NULLIF(referral.amount_referred, 0) END
                       AS recovery_rate,
                   CASE WHEN ended
                        THEN 100.0 * (referral.state = 'recovered' AND COALESCE(referral.amount_written_off, 0) = 0)::int
                       END AS recovery_count_rate,
                   CASE WHEN ended AND referral.date_ended + %(days)s < %(today)s
                        THEN 100.0 * EXISTS (
                            SELECT FROM account_move move
                             WHERE move.commercial_partner_id = referral.partner_id
                               AND move.company_id = referral.company_id
                               AND move.move_type IN ('out_invoice', 'out_receipt')
                               AND move.state = 'posted'
                               AND move.invoice_date > referral.date_ended
                               AND move.invoice_date <= referral.date_ended + %(days)s
                        )::int END AS bought_again_rate,
                   (SELECT COUNT(*) FROM collection_agency_feedback feedback
                     WHERE feedback.referral_id = referral.id AND feedback.kind = 'complaint') AS complaint_count
              FROM collection_referral referral
              JOIN res_company company ON company.id = referral.company_id
        CROSS JOIN LATERAL (SELECT referral.state IN %(ended)s AND referral.date_ended IS NOT NULL AS ended) facts
        CROSS JOIN LATERAL ( -- what was never written is nothing, and counts as such in a rate
                SELECT COALESCE(referral.amount_recovered, 0) AS recovered, COALESCE(referral.commission, 0) AS commission
            ) money
             WHERE referral.date_sent IS NOT NULL AND referral.state IN %(left)s""",
            days=BOUGHT_AGAIN_DAYS,
            today=fields.Date.today(),
            ended=ENDED,
            left=WITH_AGENCY + ENDED,
        )

    def _read_group_select(self, aggregate_spec, query):
        """The rate of several referrals is one of their amounts, not the average of their rates."""
        if aggregate_spec != "recovery_rate:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "100.0 * SUM(%(recovered)s) FILTER (WHERE %(rate)s IS NOT NULL)"
            " / NULLIF(SUM(%(referred)s) FILTER (WHERE %(rate)s IS NOT NULL), 0)",
            recovered=self._field_to_sql(self._table, "amount_recovered", query),
            referred=self._field_to_sql(self._table, "amount_referred", query),
            rate=self._field_to_sql(self._table, "recovery_rate", query),
        )
