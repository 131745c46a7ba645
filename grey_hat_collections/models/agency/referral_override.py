from odoo import fields, models


class CollectionReferralOverride(models.Model):
    """A point of the checklist that was not met, and why a manager referred all the same. It is kept."""

    _name = "collection.referral.override"
    _description = "Override of a Referral's Checklist"
    _inherit = ["collection.door"]
    _order = "id"

    referral_id = fields.Many2one("collection.referral", required=True, ondelete="cascade", index=True, readonly=True)
    point = fields.Char(required=True, readonly=True, help="The point of the checklist.")
    sentence = fields.Char(string="Not Met", required=True, readonly=True, help="What the checklist said.")
    reason = fields.Text(string="Reason for Override", required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, default=lambda self: self.env.user)
