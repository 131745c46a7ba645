from odoo import models
from odoo.tools import SQL


class ResPartner(models.Model):
    """What the books know of a customer."""

    _inherit = "res.partner"

    def _collection_invoiced(self):
        """To whom the open invoices of each of these customers are made out, the oldest first, where that is not the customer
        alone: Odoo has sent them there.
        """
        invoiced = super()._collection_invoiced()
        if not self.ids:
            return invoiced
        self.flush_model(["active", "commercial_partner_id"])
        self.env["account.move"].flush_model(["invoice_date_due", "move_type", "partner_id", "payment_state", "state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT contact.commercial_partner_id, contact.id
                     FROM res_partner contact
                     JOIN account_move move ON move.partner_id = contact.id
                    WHERE contact.commercial_partner_id = ANY(%s)
                      AND contact.active
                      AND move.state = 'posted'
                      AND move.move_type IN ('out_invoice', 'out_receipt')
                      AND move.payment_state NOT IN ('paid', 'reversed', 'invoicing_legacy')
                 GROUP BY contact.commercial_partner_id, contact.id
                 ORDER BY MIN(move.invoice_date_due), contact.id""",
                self.ids,
            )
        )
        contacts = {}
        for customer_id, contact_id in rows:
            contacts.setdefault(self.browse(customer_id), []).append(contact_id)
        return invoiced | {partner: self.browse(ids) for partner, ids in contacts.items() if ids != [partner.id]}
