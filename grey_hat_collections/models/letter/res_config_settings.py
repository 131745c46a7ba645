from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What a change of the settings does to letters that wait, and the way back to the first steps."""

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

    # -- First steps ---------------------------------------------------------------------------------------------

    collection_first_steps_closed = fields.Boolean(compute="_compute_collection_first_steps_closed")

    def _compute_collection_first_steps_closed(self):
        for settings in self:
            cases = self.env["collection.case"].with_company(settings.company_id)
            settings.collection_first_steps_closed = cases._first_steps().is_onboarding_closed

    def action_show_first_steps(self):
        """Show the first steps of the company on the board again."""
        self.ensure_one()
        self.check_access("write")
        cases = self.env["collection.case"].with_company(self.company_id)
        cases._first_steps().current_progress_id.is_onboarding_closed = False
        return self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_case_action") | {
            "target": "main"
        }
