from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Whether the board has to ask for first steps: known here, a house that has begun never asks."""
        session = super().session_info()
        if session.get("is_internal_user"):
            session["collection_first_steps"] = self.env["collection.case"]._may_have_first_steps()
        return session
