from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Whether the quick key that finds a case is of any use to this user: asked here, it costs no request of its own."""
        session = super().session_info()
        if session.get("is_internal_user"):
            session["collection_finds_cases"] = self.env["collection.case"].has_access("read")
        return session
