from odoo import api, models


class IrAttachment(models.Model):
    """What an agency has got stays as it is."""

    _inherit = "ir.attachment"

    @api.model
    def _proofs(self):
        return super()._proofs() | {
            "collection.agency.message": "attachment_id",
            "collection.referral": "packet_id",
        }

    def _of_what_left(self):
        if self[:1].res_model == "collection.agency.message":
            return self  # the archives of its e-mails
        return super()._of_what_left()
