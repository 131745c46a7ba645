from odoo import api, models
from odoo.exceptions import UserError


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_the_rules(self):
        """The rules ask people by these types: without one of them no case could be decided on."""
        for kind in self:
            module = kind.get_external_id()[kind.id].partition(".")[0]
            if module == "grey_hat_collections":
                raise UserError(
                    self.env._(
                        "Collections ask people by the activity type “%s”. Give it another name, or archive it, so that nobody "
                        "chooses it by hand.",
                        kind.name,
                    )
                )
