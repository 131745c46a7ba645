from odoo import api, fields, models


class CollectionStage(models.Model):
    """A column of the board. What a stage means to the rules is its ``kind``; its name is free."""

    _name = "collection.stage"
    _description = "Collection Stage"
    _inherit = ["collection.door"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The order of the columns, from the mildest to the last.")
    fold = fields.Boolean(string="Folded on Board", help="Show this column folded when the board opens.")
    kind = fields.Selection(
        [
            ("normal", "Friendly follow-up"),
            ("final_notice", "Final notice"),
            ("last_call", "Last call"),
            ("referred", "With agency"),
            ("settled", "Settled"),
        ],
        required=True,
        default="normal",
        help="How the rules treat this stage. A case reaches 'With agency' only through a referral and 'Settled' only when the "
        "ledger says so.",
    )
    tone = fields.Selection(
        [("friendly", "Friendly"), ("clear", "Clear"), ("formal", "Formal")],
        required=True,
        default="friendly",
        help="The tone of the letters in this stage.",
    )
    guide = fields.Html(
        string="Introduction",
        translate=True,
        help="What helps in a conversation at this stage, in a sentence or two; shown above the call guide.",
    )
    rotting_threshold_days = fields.Integer(
        string="Days to Stale",
        help="A card that stays longer than this many days in the stage is marked as stale. 0 never marks it.",
    )
    company_id = fields.Many2one("res.company", help="Leave empty to share the stage among all companies.")

    @api.constrains("kind")
    def _check_ladders(self):
        """A stage that becomes the last call asks the ladders that lead to it for a final notice."""
        steps = self.env["collection.policy.step"].search([("stage_id", "in", self.ids)])
        steps.policy_id._check_ladder()

    def write(self, vals):
        """A ladder is remembered with what its stages are for."""
        result = super().write(vals)
        if "kind" in vals:
            self.env.registry.clear_cache()
        return result
