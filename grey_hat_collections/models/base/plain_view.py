from odoo import api, models


class CollectionPlainView(models.AbstractModel):
    """Documents of the books as collectors see them. Odoo's own views are made for those who keep the books: they and whatever
    other applications add to them read bank statements, orders and matchings, and fail for whoever may not.
    """

    _name = "collection.plain.view"
    _description = "Plain View for Collectors"

    #: The external id of our view by type.
    _collection_views = {}

    @api.model
    def _collection_plain_view(self, view_type):
        """Our view of this type, or nothing where it is not for this user: whoever keeps or audits the books, or writes such
        documents in other work, has Odoo's.
        """
        name = self._collection_views.get(view_type)
        user = self.env.user
        if not name or self.env.su or not user.has_group("grey_hat_collections.group_collector"):
            return None
        if user.has_group("account.group_account_readonly") or user.has_group("account.group_account_invoice"):
            return None
        return None if self.browse().has_access("create") else self.env.ref(f"grey_hat_collections.{name}").id

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        return super()._get_view(self._collection_plain_view(view_type) or view_id, view_type, **options)

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._collection_plain_view(view_type))
