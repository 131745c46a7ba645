from functools import wraps

from odoo import fields, models

from ...models.base.batch import take_turn


def once(action):
    """Decorates the action of a button that saves a dialog. Whoever clicks twice is told that it is saved, also where both
    clicks arrive at the same moment: the second waits for the first, and then begins anew.
    """

    @wraps(action)
    def press(self):
        self.ensure_one()
        take_turn(self)
        if self.saved_at:
            return self._already_saved()
        with self.env.cr.savepoint():  # what is refused may be clicked again, once it is right
            self.saved_at = fields.Datetime.now()
            return action(self)

    return press


class CollectionOnce(models.AbstractModel):
    """A dialog whose buttons do what they do once, however often they are clicked."""

    _name = "collection.once"
    _description = "Save-Once Dialog"

    saved_at = fields.Datetime(
        readonly=True, copy=False, help="When a button of the dialog was clicked and did its work."
    )

    def _already_saved(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("This has just been saved."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
