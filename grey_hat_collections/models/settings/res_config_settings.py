from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_others_warning = fields.Html(
        string="Other Systems Warning",
        compute="_compute_collection_others_warning",
        help="Shown when another add-on writes to the same customers.",
    )
    collection_min_amount = fields.Monetary(related="company_id.collection_min_amount", readonly=False)
    collection_policy_id = fields.Many2one(related="company_id.collection_policy_id", readonly=False)
    collection_first_policy_id = fields.Many2one(related="company_id.collection_first_policy_id", readonly=False)
    collection_courtesy_days = fields.Integer(related="company_id.collection_courtesy_days", readonly=False)
    collection_wait_days = fields.Integer(related="company_id.collection_wait_days", readonly=False)
    collection_discount_days = fields.Integer(related="company_id.collection_discount_days", readonly=False)
    collection_user_id = fields.Many2one(related="company_id.collection_user_id", readonly=False)
    collection_manager_id = fields.Many2one(related="company_id.collection_manager_id", readonly=False)
    collection_hour_from = fields.Float(related="company_id.collection_hour_from", readonly=False)
    collection_hour_to = fields.Float(related="company_id.collection_hour_to", readonly=False)
    collection_max_contacts = fields.Integer(related="company_id.collection_max_contacts", readonly=False)
    collection_contact_days = fields.Integer(related="company_id.collection_contact_days", readonly=False)
    collection_rest_days = fields.Integer(related="company_id.collection_rest_days", readonly=False)
    collection_hold_longest_days = fields.Integer(related="company_id.collection_hold_longest_days", readonly=False)
    collection_step_back_share = fields.Integer(related="company_id.collection_step_back_share", readonly=False)
    collection_new_items = fields.Selection(related="company_id.collection_new_items", readonly=False)
    collection_thank_settled = fields.Boolean(related="company_id.collection_thank_settled", readonly=False)
    collection_letters_wait = fields.Boolean(related="company_id.collection_letters_wait", readonly=False)
    collection_post_final_notice = fields.Boolean(related="company_id.collection_post_final_notice", readonly=False)
    collection_envelope = fields.Selection(related="company_id.collection_envelope", readonly=False, required=True)
    collection_reply_stops = fields.Boolean(related="company_id.collection_reply_stops", readonly=False)
    collection_retry_days = fields.Integer(related="company_id.collection_retry_days", readonly=False)
    collection_silent_attempts = fields.Integer(related="company_id.collection_silent_attempts", readonly=False)
    collection_silent_days = fields.Integer(related="company_id.collection_silent_days", readonly=False)
    collection_promise_tolerance_days = fields.Integer(
        related="company_id.collection_promise_tolerance_days", readonly=False
    )
    collection_promise_tolerance_amount = fields.Monetary(
        related="company_id.collection_promise_tolerance_amount", readonly=False
    )
    collection_broken_limit = fields.Integer(related="company_id.collection_broken_limit", readonly=False)
    collection_confirm_promises = fields.Boolean(related="company_id.collection_confirm_promises", readonly=False)
    collection_thank_kept = fields.Boolean(related="company_id.collection_thank_kept", readonly=False)
    collection_plan_minimum = fields.Monetary(related="company_id.collection_plan_minimum", readonly=False)
    collection_plan_longest_days = fields.Integer(related="company_id.collection_plan_longest_days", readonly=False)
    collection_plan_grace_days = fields.Integer(related="company_id.collection_plan_grace_days", readonly=False)
    collection_instalment_reminder_days = fields.Integer(
        related="company_id.collection_instalment_reminder_days", readonly=False
    )
    collection_gate_not_sent = fields.Selection(related="company_id.collection_gate_not_sent", readonly=False)
    collection_gate_dispute_open = fields.Selection(related="company_id.collection_gate_dispute_open", readonly=False)
    collection_gate_credit_draft = fields.Selection(related="company_id.collection_gate_credit_draft", readonly=False)
    collection_gate_unapplied_payment = fields.Selection(
        related="company_id.collection_gate_unapplied_payment", readonly=False
    )
    collection_gate_bank_stale = fields.Selection(related="company_id.collection_gate_bank_stale", readonly=False)
    collection_gate_no_bank = fields.Selection(related="company_id.collection_gate_no_bank", readonly=False)
    collection_gate_commitment_overdue = fields.Selection(
        related="company_id.collection_gate_commitment_overdue", readonly=False
    )
    collection_sent_since = fields.Date(related="company_id.collection_sent_since", readonly=False)
    collection_bank_days = fields.Integer(related="company_id.collection_bank_days", readonly=False)
    collection_accountant_id = fields.Many2one(
        related="company_id.collection_accountant_id", string="Accounting Contact", readonly=False
    )

    @api.depends("company_id")
    def _compute_collection_others_warning(self):
        self.collection_others_warning = self.env["res.company"]._collection_others_warning()
