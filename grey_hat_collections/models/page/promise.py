from odoo import models


class CollectionPromise(models.Model):
    """A promise that was given on the page is confirmed by the page, with a way to undo it."""

    _inherit = "collection.promise"

    def _queue_confirmation(self):
        elsewhere = self.filtered(lambda promise: promise.note_id.channel != "portal")
        return super(CollectionPromise, elsewhere)._queue_confirmation()
