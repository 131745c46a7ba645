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

    def _collection_has_disputes(self, besides=()):
        """Those of these users whom a dispute was given to answer, whatever has become of it; ``besides`` do not count."""
        # sudo: that somebody was asked, not what about
        disputes = self.env["collection.dispute"].sudo()
        groups = disputes._read_group([("user_id", "in", self.ids), ("id", "not in", list(besides))], ["user_id"])
        return self.browse([user.id for (user,) in groups])

    def _collection_show_disputes(self, disputes):
        """These users were given ``disputes``. Where they are the first of one of them, the menu is read again."""
        answering = self._collection_answers_only()
        if answering - answering._collection_has_disputes(besides=disputes.ids):
            self.env.registry.clear_cache()
