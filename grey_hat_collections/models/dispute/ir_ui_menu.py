from odoo import models

MENU = "grey_hat_collections.collection_menu_my_disputes_root"


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """*My Disputes* is an app for those who answer disputes and do nothing else here; the others have it in ours."""
        hidden = super()._load_menus_blacklist()
        user = self.env.user
        if user._collection_answers_only() and user._collection_has_disputes():
            return hidden
        menu = self.env.ref(MENU, raise_if_not_found=False)
        return [*hidden, *menu.ids] if menu else hidden
