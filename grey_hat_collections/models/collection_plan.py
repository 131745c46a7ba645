from odoo import api, fields, models


class CollectionPlan(models.Model):
    """A payment arrangement: an amount in instalments, each of them a promise."""

    _name = "collection.plan"
    _description = "Payment Plan"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="restrict", index=True, readonly=True, check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="restrict", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True)
    promise_ids = fields.One2many("collection.promise", "plan_id", string="Instalments", readonly=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("completed", "Completed"),
            ("breached", "Breached"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        index=True,
        readonly=True,
        tracking=True,
    )

    @api.model
    def _judge(self, plans):
        """See what became of active plans after their instalments were judged."""

    @api.model
    def _breach_elapsed(self, companies):
        """Scheduled: end the plans whose missed instalment was not made good within the days of grace."""
