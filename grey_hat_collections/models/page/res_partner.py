from odoo import fields, models

from ..base.internal import INTERNAL


class ResPartner(models.Model):
    """The personal links to the page of a customer."""

    _inherit = "res.partner"

    collection_page_link_ids = fields.One2many(
        "collection.page.link",
        "partner_id",
        string="Links to the Customer's Page",
        readonly=True,
        **INTERNAL,
        help="Who has one of them sees the account of this customer, until it expires or is revoked.",
    )
