from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What a change of the settings does to letters that wait."""

    _inherit = "res.config.settings"

    collection_letters_waiting = fields.Integer(
        string="Letters Waiting Now",
        compute="_compute_collection_letters_waiting",
        help="Letters of this company that wait for approval.",
    )

    def _compute_collection_letters_waiting(self):
        for settings in self:
            settings.collection_letters_waiting = self.env["collection.letter"].search_count(
                [("company_id", "=", settings.company_id.id), ("to_approve", "=", True), ("state", "=", "queued")]
            )
