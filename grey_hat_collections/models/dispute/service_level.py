from odoo import api, fields, models

from .dispute import ANSWER_DAYS, KINDS


class CollectionServiceLevel(models.Model):
    """What a company expects of itself when a customer says that something is wrong: who answers, and by when."""

    _name = "collection.service.level"
    _description = "Service Level for Disputes"
    _inherit = ["collection.door"]
    _order = "sequence, id"
    _rec_name = "kind"

    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True, help="What the customer says is wrong.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty for all companies; a company's own line takes precedence."
    )
    answer_days = fields.Integer(
        string="Answer Within",
        default=ANSWER_DAYS,
        required=True,
        help="Working days until the customer has our answer.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Answered By",
        domain=[("share", "=", False)],
        help="Who investigates and answers; need not be a collector. If empty: the collector of the case.",
    )
    manager_id = fields.Many2one(
        "res.users",
        string="Notified When Late",
        domain=[("share", "=", False)],
        help="The manager of whoever answers: is asked to help when our answer is late. Left empty: the reviewing manager.",
    )

    _unique_kind = models.UniqueIndex(
        "(kind, COALESCE(company_id, 0))", "There is a service level for this kind of dispute already. Change that one."
    )
    _check_days = models.Constraint(
        "CHECK(answer_days >= 0)", "The answer time cannot be negative: enter 0 days or more."
    )

    @api.constrains("company_id", "manager_id", "user_id")
    def _check_people(self):
        for level in self:
            (level.user_id | level.manager_id)._check_answers_for(level.company_id)

    @api.model
    def _levels_of(self, companies):
        """The service level for each kind of dispute in each of ``companies``, by (kind, company): its own, else the shared
        one; empty where there is none.
        """
        levels = self.search([("company_id", "in", [False, *companies.ids])]).grouped(
            lambda level: (level.kind, level.company_id)
        )
        shared = self.env["res.company"]
        return {
            (kind, company): levels.get((kind, company)) or levels.get((kind, shared)) or self.browse()
            for kind, _label in KINDS
            for company in companies
        }
