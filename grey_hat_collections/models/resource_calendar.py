from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        """The days of a company are counted on the clock of its working hours."""
        result = super().write(vals)
        if "tz" in vals:
            self.env.registry.clear_cache()  # see res.company._collection_zone_name
        return result
