from uuid import uuid4

from odoo import api, models

from ..base.undone import is_rehearsal


class CollectionLetter(models.Model):
    _inherit = "collection.letter"

    @api.model
    def _next_names(self, count):
        """A letter that is only tried out takes no number: what a sequence has given, no rollback takes back."""
        if is_rehearsal(self.env):
            return [uuid4().hex for _number in range(count)]
        return super()._next_names(count)
