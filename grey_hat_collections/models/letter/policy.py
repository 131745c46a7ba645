from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionPolicyStep(models.Model):
    """With which e-mail the letter of a step leaves."""

    _inherit = "collection.policy.step"

    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail",
        domain=[("model", "=", "collection.letter")],
        ondelete="restrict",
        help="The e-mail to which the letter is attached.",
    )

    wording_ids = fields.One2many(
        "collection.wording", "step_id", copy=True, help="What was edited in the letter of this step."
    )

    def action_preview(self):
        """See the letter of this step on a customer, before it goes to anybody."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_letter_preview_action")
        return {**action, "context": {"default_step_id": self.id, "dialog_size": "extra-large"}}

    @api.constrains("letter_kind", "mail_template_id")
    def _check_mail_template(self):
        for step in self:
            if step.letter_kind and not step.mail_template_id:
                raise ValidationError(
                    self.env._("Step “%s” sends a letter: choose the e-mail to which it is attached.", step.name)
                )
