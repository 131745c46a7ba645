from odoo import api, fields, models

from ...engine.agency import expected_recovery
from ..base.to_decimal import to_decimal
from .referral_states import ENDED

#: What is read of the referrals of each agency, by the name of the field on its scorecard.
MEASURES = {
    "referral_count": "__count",
    "amount_referred": "amount_referred:sum",
    "amount_recovered": "amount_recovered:sum",
    "score_net": "net:sum",
    "recovery_rate": "recovery_rate:avg",
    "recovery_count_rate": "recovery_count_rate:avg",
    "days_to_first_money": "days_to_first_money:avg",
    "bought_again_rate": "bought_again_rate:avg",
}
#: Figures that are not known until something has happened: said so instead of zero.
UNKNOWN = ("recovery_rate", "recovery_count_rate", "days_to_first_money", "bought_again_rate", "complaints_per_100")


class CollectionAgency(models.Model):
    """Scorecard: what referring to this agency was worth to the company that is open."""

    _inherit = "collection.agency"

    feedback_ids = fields.One2many(
        "collection.agency.feedback", "agency_id", help="What customers say about the agency."
    )
    score_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_score",
        help="The currency of the company that is open; the scorecard is in it.",
    )
    referral_count = fields.Integer(string="Referrals", compute="_compute_score", help="Handovers to this agency.")
    amount_referred = fields.Monetary(
        string="Referred",
        compute="_compute_score",
        currency_field="score_currency_id",
        help="The total amount handed over.",
    )
    amount_recovered = fields.Monetary(
        string="Recovered",
        compute="_compute_score",
        currency_field="score_currency_id",
        help="The total of the payments found in the ledger for it, gross.",
    )
    score_net = fields.Monetary(
        string="Net After Commission",
        compute="_compute_score",
        currency_field="score_currency_id",
        help="Recovered − commission.",
    )
    recovery_rate = fields.Float(
        string="Recovered %",
        compute="_compute_score",
        digits=(16, 1),
        help="Recovered ÷ referred × 100, of referrals that have ended.",
    )
    recovery_count_rate = fields.Float(
        string="Recovered in Full %",
        compute="_compute_score",
        digits=(16, 1),
        help="Referrals recovered in full ÷ ended referrals × 100.",
    )
    days_to_first_money = fields.Float(
        string="Days to First Payment",
        compute="_compute_score",
        digits=(16, 1),
        help="First payment date − date referred, averaged over the referrals that brought a payment.",
    )
    complaint_count = fields.Integer(string="Complaints", compute="_compute_score", help="Complaints recorded so far.")
    complaints_per_100 = fields.Float(
        string="Complaints per 100",
        compute="_compute_score",
        digits=(16, 1),
        help="Complaints ÷ referrals × 100.",
    )
    bought_again_rate = fields.Float(
        string="Repeat Purchase %",
        compute="_compute_score",
        digits=(16, 1),
        help="Referrals whose customer was invoiced within 180 days after the end ÷ referrals whose 180 days have passed × 100.",
    )
    score_unknown = fields.Json(
        compute="_compute_score",
        help="Figures that nothing is known for yet; they are left out instead of shown as zero.",
    )

    @api.depends_context("company")
    def _compute_score(self):
        scores = self._origin._scores()
        for agency in self:
            score = scores.get(agency._origin.id) or self._no_score()
            agency.score_currency_id = self.env.company.currency_id
            agency.score_unknown = [name for name in UNKNOWN if score[name] is None]
            for name, value in score.items():
                agency[name] = value or 0

    def _scores(self):
        """The figures of the scorecard by agency, for the company that is open; None is not known yet. Two queries.

        :rtype: dict[int, dict[str, float | int | None]]
        """
        # sudo: sums that name nobody are the same for all readers, whichever cases are theirs
        report, feedback = self.env["collection.agency.report"].sudo(), self.env["collection.agency.feedback"].sudo()
        domain = [("agency_id", "in", self.ids), ("company_id", "=", self.env.company.id)]
        rows = report._read_group(domain, ["agency_id"], list(MEASURES.values()))
        # an average of nothing is False, not zero
        known = {
            agency.id: {name: None if value is False else value for name, value in zip(MEASURES, row, strict=True)}
            for agency, *row in rows
        }
        complaints = feedback._read_group([*domain, ("kind", "=", "complaint")], ["agency_id"], ["__count"])
        counted = {agency.id: count for agency, count in complaints}
        scores = {}
        for agency_id in self.ids:
            score = self._no_score() | known.get(agency_id, {}) | {"complaint_count": counted.get(agency_id, 0)}
            if referrals := score["referral_count"]:
                score["complaints_per_100"] = 100 * score["complaint_count"] / referrals
            scores[agency_id] = score
        return scores

    @api.model
    def _no_score(self):
        return dict.fromkeys([*MEASURES, "complaint_count", "complaints_per_100"])

    def _expected_recovery(self):
        """The percent of what is referred that one may expect back, and whether that is the agency's own record with the
        company that is open (five referrals that are over), not what it states.

        :rtype: tuple[decimal.Decimal, bool]
        """
        self.ensure_one()
        # sudo: as for the scorecard
        referrals = self.env["collection.referral"].sudo()
        ((count, referred, recovered),) = referrals._read_group(
            [
                ("agency_id", "=", self.id),
                ("company_id", "=", self.env.company.id),
                ("state", "in", ENDED),
                ("date_sent", "!=", False),
            ],
            [],
            ["__count", "amount_referred:sum", "amount_recovered:sum"],
        )
        return expected_recovery(
            count, to_decimal(referred or 0), to_decimal(recovered or 0), to_decimal(self.stated_recovery_percent)
        )

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_open_referrals(self):
        """Show what was handed over to this agency, as figures."""
        return self._open("collection_agency_report_action")

    def action_open_feedback(self):
        """Show what customers say about this agency."""
        return self._open("collection_agency_feedback_action")

    def action_open_messages(self):
        """Show what this agency was told."""
        return self._open("collection_agency_message_action")

    def _open(self, name):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"grey_hat_collections.{name}")
        return action | {"domain": [("agency_id", "=", self.id)], "context": {"default_agency_id": self.id}}
