from odoo import api, models
from odoo.tools.misc import format_amount, format_date

from ..gate.gate import Check, Found
from .answer import PAGE_XMLID


class CollectionGate(models.AbstractModel):
    """What the customer says on the page that it has paid, and nobody has looked for yet."""

    _inherit = "collection.gate"

    @api.model
    def _checks(self):
        _ = self.env._
        return super()._checks() | {
            "told_paid": Check(
                _("Told payments"),
                self._find_told_paid,
                one=_("The customer says it has paid: %(subject)s. Nobody has looked for it yet."),
                many=_("The customer says it has paid: %(subject)s and %(more)s more. Nobody has looked for them yet."),
                fine=_("Every payment that the customer told us of was looked for."),
            )
        }

    @api.model
    def _find_told_paid(self, accounts):
        keys = {account.key for account in accounts}
        asked = self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", self.env["ir.model.data"]._xmlid_to_res_id(PAGE_XMLID)),
                ("collection_planned_by_id.partner_id", "in", [partner_id for partner_id, _company_id in keys]),
            ]
        )
        answers = self.env["collection.page.answer"].search(
            [("kind", "=", "paid"), ("note_id", "in", asked.collection_planned_by_id.ids), ("state", "!=", "undone")],
            order="id",
        )
        found = {}
        for answer in answers:
            key = (answer.partner_id.id, answer.company_id.id)
            if key in keys:
                told = " · ".join(
                    (
                        format_amount(self.env, answer.paid_amount, answer.paid_currency_id),
                        format_date(self.env, answer.paid_on),
                    )
                )
                found[key] = (*found.get(key, ()), Found(told, answer))
        return found
