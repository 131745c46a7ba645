from odoo import api, fields, models


class CollectionCase(models.Model):
    """What is left out of follow-up, and might be asked for."""

    _inherit = "collection.case"

    excluded_notice = fields.Boolean(
        compute="_compute_excluded_notice", help="Some overdue items are excluded from follow-up."
    )

    @api.depends("amount_excluded")
    def _compute_excluded_notice(self):
        for case in self:
            case.excluded_notice = bool(case.amount_excluded and case._items_to_follow())

    def action_include_excluded(self):
        """Follow the items that were left out, such as opening balances after a migration.

        Invoices that accounting has blocked stay blocked.
        """
        self.ensure_one()
        self.check_access("write")
        lines = self.partner_id._collection_followable(self.company_id)
        # sudo: whether an item is followed is the collector's business; nothing else of the entry is touched
        lines.sudo().no_followup = False
        self.sudo()._refresh_and_decide(self.company_id, self.partner_id)
        self.message_post(
            body=self.env._(
                "Items that were excluded are now included in follow-up: %(items)s",
                items=", ".join(lines.mapped("display_name")),
            )
        )
        return True

    def _items_to_follow(self):
        """What is left out and might be followed, by us or in Accounting."""
        return self.partner_id._collection_items_left_out(self.company_id)
