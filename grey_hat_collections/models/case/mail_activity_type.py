from odoo import api, models
from odoo.exceptions import UserError


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_the_rules(self):
        """The rules ask people by these types: without one of them no case could be decided on."""
        for kind in self & self._of_collections():
            raise UserError(
                self.env._(
                    "Collections assigns work with the activity type “%s”. Rename it, or archive it so that nobody selects it "
                    "manually.",
                    kind.name,
                )
            )

    @api.model
    def _of_collections(self):
        """The types that came with the add-on."""
        names = self.env["ir.model.data"].sudo()  # which record came with which module is for administrators only
        found = names.search([("module", "=", "grey_hat_collections"), ("model", "=", self._name)])
        return self.browse(found.mapped("res_id"))
