from odoo import models


class CollectionStatement(models.AbstractModel):
    """Letters show a code that opens the page of their customer."""

    _inherit = "collection.statement"

    def _letter(self, letter, items, named):
        return super()._letter(letter, items, named) | {"page_code": letter._page_code()}
