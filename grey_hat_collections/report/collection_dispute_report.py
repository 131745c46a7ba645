from odoo import fields, models
from odoo.tools import SQL

from ..models.dispute.dispute import KINDS
from ..models.dispute.dispute_states import STATES


class CollectionDisputeReport(models.Model):
    """Where our own errors come from: disputes by kind, days to our answer, share upheld, our word kept.

    What is not known yet is empty, so that an average is one of answers that were given and of commitments that fell due.
    """

    _name = "collection.dispute.report"
    _description = "Dispute Analysis"
    _auto = False
    _rec_name = "dispute_id"
    _order = "date_raised desc"

    dispute_id = fields.Many2one("collection.dispute", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", string="Answered By", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    state = fields.Selection(STATES, string="Status", readonly=True)
    date_raised = fields.Date(string="Raised", readonly=True)
    amount = fields.Monetary(string="Disputed", readonly=True)
    amount_upheld = fields.Monetary(string="Upheld", readonly=True)
    days_to_answer = fields.Float(
        readonly=True, aggregator="avg", digits=(16, 1), help="Days from the dispute to our answer, on average."
    )
    answered_in_time = fields.Float(
        readonly=True,
        aggregator="avg",
        string="On Time %",
        help="Answers given by the day that was set ÷ answers × 100.",
    )
    upheld_share = fields.Float(
        readonly=True,
        aggregator="avg",
        string="Upheld %",
        help="Upheld amount ÷ disputed amount of answered disputes × 100: how often the error was ours.",
    )
    commitment_kept = fields.Float(
        readonly=True,
        aggregator="avg",
        string="Commitments Kept %",
        help="Commitments kept on time ÷ commitments kept or past due × 100.",
    )

    @property
    def _table_query(self):
        # the day of a commitment is over when it is over at the server's own date; a report may round by hours
        return SQL(
            """
            SELECT dispute.id, dispute.id AS dispute_id, dispute.partner_id, dispute.company_id, company.currency_id,
                   dispute.user_id, dispute.kind, dispute.state, dispute.date_raised, dispute.amount,
                   dispute.amount_upheld,
                   CASE WHEN answered THEN dispute.date_decided - dispute.date_raised END AS days_to_answer,
                   CASE WHEN answered THEN 100.0 * (dispute.date_decided <= dispute.date_answer_due)::int END
                       AS answered_in_time,
                   CASE WHEN answered THEN 100.0 * dispute.amount_upheld / NULLIF(dispute.amount, 0) END AS upheld_share,
                   CASE WHEN dispute.commitment_state = 'kept' THEN 100.0
                        WHEN dispute.state = 'withdrawn' THEN NULL
                        WHEN dispute.commitment_state = 'late'
                             OR dispute.commitment_state = 'open' AND dispute.commitment_date < CURRENT_DATE THEN 0
                        END AS commitment_kept
              FROM collection_dispute dispute
              JOIN res_company company ON company.id = dispute.company_id
        CROSS JOIN LATERAL (SELECT dispute.state IN ('upheld', 'partly_upheld', 'rejected') AS answered) answer"""
        )

    def _read_group_select(self, aggregate_spec, query):
        """The share upheld of several disputes is one of their amounts, not the average of their shares."""
        if aggregate_spec != "upheld_share:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "100.0 * SUM(%(upheld)s) FILTER (WHERE %(share)s IS NOT NULL)"
            " / NULLIF(SUM(%(amount)s) FILTER (WHERE %(share)s IS NOT NULL), 0)",
            upheld=self._field_to_sql(self._table, "amount_upheld", query),
            amount=self._field_to_sql(self._table, "amount", query),
            share=self._field_to_sql(self._table, "upheld_share", query),
        )
