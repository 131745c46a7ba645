from odoo import api, fields, models
from odoo.exceptions import ValidationError

COMPLAINT_XMLID = "grey_hat_collections.mail_activity_type_complaint"


class CollectionAgencyFeedback(models.Model):
    """What a customer says about an agency: a complaint or praise, and what we did about it."""

    _name = "collection.agency.feedback"
    _description = "Feedback on an Agency"
    _inherit = ["collection.door", "mail.thread", "mail.activity.mixin", "collection.activity.mixin"]
    _kept_by_rules = frozenset({"user_id"})
    _order = "date desc, id desc"
    _check_company_auto = True

    agency_id = fields.Many2one(
        "collection.agency", required=True, ondelete="restrict", index=True, check_company=True, help="Who it is about."
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, help="Whose customer it is."
    )
    kind = fields.Selection(
        [("complaint", "Complaint"), ("praise", "Praise")],
        required=True,
        default="complaint",
        tracking=True,
        help="A manager investigates each complaint; both kinds count in the scorecard.",
    )
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._collection_today(),
        tracking=True,
        help="The day on which the customer said it.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="restrict", index=True, help="Who said it."
    )
    referral_id = fields.Many2one(
        "collection.referral",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('agency_id', '=', agency_id), ('partner_id', '=', partner_id)]",
        help="The handover it refers to.",
    )
    case_id = fields.Many2one(
        "collection.case",
        compute="_compute_case_id",
        store=True,
        index=True,
        help="The customer's latest case; its collector sees this.",
    )
    said = fields.Text(string="What Was Said", required=True, tracking=True, help="In the customer's words.")
    user_id = fields.Many2one(
        "res.users",
        string="Recorded By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        help="Who recorded it.",
    )
    answer = fields.Text(string="Our Response", tracking=True, help="The outcome for the customer and for the agency.")
    answered_on = fields.Date(tracking=True, help="The day on which the customer had our answer.")

    @api.depends("partner_id", "company_id", "referral_id")
    def _compute_case_id(self):
        partners = self.partner_id.commercial_partner_id
        # sudo: the rules for readers go by this case, so it must not depend on the reader
        cases = (
            self.env["collection.case"]
            .sudo()
            .search([("partner_id", "in", partners.ids), ("company_id", "in", self.company_id.ids)], order="id")
        )
        latest = {(case.partner_id, case.company_id): case for case in cases}
        for feedback in self:
            key = (feedback.partner_id.commercial_partner_id, feedback.company_id)
            feedback.case_id = feedback.referral_id.sudo().case_id or latest.get(key, cases.browse())  # sudo: as above

    @api.depends("kind", "partner_id", "agency_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for feedback in self:
            feedback.display_name = f"{labels.get(feedback.kind, '')}: {feedback.partner_id.display_name or ''}"

    @api.constrains("user_id")
    def _check_user(self):
        for feedback in self:
            feedback.user_id._check_answers_for(feedback.company_id)

    @api.constrains("date", "answered_on")
    def _check_days(self):
        for feedback in self.filtered("answered_on"):
            if feedback.answered_on < feedback.date:
                raise ValidationError(
                    self.env._(
                        "%s has an answer dated before the feedback. Correct one of the dates.", feedback.display_name
                    )
                )

    @api.constrains("referral_id", "agency_id", "partner_id")
    def _check_referral(self):
        for feedback in self.filtered("referral_id"):
            referral = feedback.referral_id
            same = referral.partner_id == feedback.partner_id.commercial_partner_id
            if referral.agency_id != feedback.agency_id or not same:
                raise ValidationError(
                    self.env._(
                        "%(referral)s is not a referral of %(customer)s to %(agency)s. Choose another one, or leave it empty.",
                        referral=referral.name,
                        customer=feedback.partner_id.name,
                        agency=feedback.agency_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        feedback = super().create(vals_list)
        feedback._ask_about_complaints()
        return feedback

    def write(self, vals):
        result = super().write(vals)
        if {"answered_on", "kind"} & vals.keys():
            settled = self.filtered(lambda one: one.answered_on or one.kind == "praise")
            settled._withdraw_asked_by(COMPLAINT_XMLID)  # the question is the manager's, who is answered by it
            (self - settled)._ask_about_complaints()
        return result

    def _ask_about_complaints(self):
        """A manager looks into each complaint that was not answered yet."""
        waiting = self.filtered(lambda one: one.kind == "complaint" and not one.answered_on)
        waiting = waiting.sudo()  # whoever hears of a complaint asks the manager, through the rules
        asked = set(waiting._asked(COMPLAINT_XMLID).mapped("res_id"))
        waiting = waiting.filtered(lambda one: one.id not in asked)
        waiting.filtered(lambda one: one._manager())._ask(lambda one: one._question())

    def _question(self):
        manager = self._manager()
        return {
            "activity_type_id": self.env.ref(COMPLAINT_XMLID).id,
            "summary": self._in_language_of(manager).env._(
                "%(customer)s has complained about %(agency)s: investigate and answer",
                customer=self.partner_id.name,
                agency=self.agency_id.name,
            ),
            "user_id": manager.id,
        }

    def _manager(self):
        return self.agency_id._manager(self.company_id)
