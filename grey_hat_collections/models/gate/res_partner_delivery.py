from odoo import fields, models
from odoo.tools.misc import format_date

from ..base.internal import INTERNAL
from ..settings.res_partner import emails_of


class ResPartner(models.Model):
    """Where invoices go, and who at the customer's has confirmed that."""

    _inherit = "res.partner"

    collection_delivery_address = fields.Char(
        string="Confirmed Address",
        readonly=True,
        copy=False,
        **INTERNAL,
        help="The address for invoices that somebody at the customer's has confirmed.",
    )
    collection_delivery_contact_id = fields.Many2one(
        "res.partner",
        string="Confirmed By",
        readonly=True,
        copy=False,
        ondelete="set null",
        **INTERNAL,
        help="Who at the customer's has confirmed it.",
    )
    collection_delivery_confirmed_on = fields.Date(string="Confirmed On", readonly=True, copy=False, **INTERNAL)
    collection_delivery_confirmed_by_id = fields.Many2one(
        "res.users",
        string="Asked By",
        readonly=True,
        copy=False,
        ondelete="set null",
        **INTERNAL,
        help="The colleague who asked and recorded it.",
    )

    def _collection_invoice_delivery(self):
        """Where the invoices of each of these customers go.

        :return: (contact, address) by customer: the e-mail addresses on file, else a postal one in one line, else an empty text
        """
        delivery = {}
        for partner in self:
            contact = self.browse(partner.address_get(["invoice"])["invoice"])
            emails = ", ".join(emails_of(contact.email))
            delivery[partner] = contact, emails or contact._collection_postal_address()
        return delivery

    def _collection_delivery_note(self):
        """Who confirmed which address when, and which colleague asked, as a sentence; nothing before anybody did."""
        self.ensure_one()
        if not self.collection_delivery_address:
            return False
        return self.env._(
            "%(contact)s confirmed %(address)s on %(date)s to %(user)s.",
            contact=self.collection_delivery_contact_id.name or self.env._("Somebody"),
            address=self.collection_delivery_address,
            date=format_date(self.env, self.collection_delivery_confirmed_on, date_format="long"),
            user=self.collection_delivery_confirmed_by_id.name or self.env._("a colleague"),
        )

    def _collection_confirm_delivery(self, address, contact):
        """``contact`` has confirmed that invoices reach the customer at ``address``."""
        self.ensure_one()
        self.write(
            {
                "collection_delivery_address": address,
                "collection_delivery_contact_id": contact.id,
                "collection_delivery_confirmed_on": fields.Date.context_today(self),
                "collection_delivery_confirmed_by_id": self.env.user.id,
            }
        )
        self.message_post(
            body=self.env._(
                "%(contact)s has confirmed that our invoices arrive at %(address)s.",
                contact=contact.display_name,
                address=address,
            )
        )
