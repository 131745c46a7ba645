from odoo import models


class CollectionDialog(models.AbstractModel):
    """A dialog, or a line of one, about a record: what it shows of it is read in superuser mode, so it is made and changed
    only by those who may read that record.
    """

    _name = "collection.dialog"
    _description = "Record Dialog"
    _inherit = ["collection.door", "collection.once"]

    #: The field that names the record.
    _about = None

    def _check_incoming(self, vals_list):
        result = super()._check_incoming(vals_list)
        self[self._about].check_access("read")
        return result
