from odoo import models

#: Whoever has one of these sees the disputes in the menu of collections.
GROUPS = (
    "grey_hat_collections.group_collector",
    "account.group_account_invoice",
    "account.group_account_readonly",
)


class ResUsers(models.Model):
    """Those who answer disputes and do nothing else here have a menu of their own."""

    _inherit = "res.users"

    def _collection_answers_only(self):
        """Those of these users who see disputes in no other menu."""
        return self.filtered(lambda user: not any(user.has_group(group) for group in GROUPS))

    def _collection_has_disputes(self):
        """Those of these users whom a dispute was given to answer, whatever has become of it."""
        # sudo: that somebody was asked, not what about
        groups = self.env["collection.dispute"].sudo()._read_group([("user_id", "in", self.ids)], ["user_id"])
        return self.browse([user.id for (user,) in groups])

    def _collection_show_disputes(self):
        """The menu is read again: it may be the first dispute of one of these users."""
        if self._collection_answers_only():
            self.env.registry.clear_cache()
