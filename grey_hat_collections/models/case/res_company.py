from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        """Decisions on cases depend on how the company collects."""
        result = super().write(vals)
        if any(name.startswith("collection_") for name in vals):
            self.env["collection.case"]._holding([("company_id", "in", self.ids)])._look_again()
        return result
