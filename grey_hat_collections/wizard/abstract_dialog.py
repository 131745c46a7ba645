from odoo import api, models


class CollectionDialog(models.AbstractModel):
    """A dialog, or a line of one, about a record: what it shows of it is read in superuser mode, so it is made and changed
    only by those who may read that record.
    """

    _name = "collection.dialog"
    _description = "Dialog About a Record"
    _inherit = ["collection.once"]

    #: The field that names the record.
    _about = None

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs[self._about].check_access("read")
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        self[self._about].check_access("read")
        return result
