from odoo import fields, models

from ..base.internal import INTERNAL


class ResCompany(models.Model):
    """What a house shows to its customers on their page."""

    _inherit = "res.company"

    collection_page = fields.Boolean(
        string="Customer's Page",
        default=True,
        **INTERNAL,
        help="Letters and e-mails carry a personal link to a page with the customer's account. Switched off, no link works.",
    )
    collection_page_days = fields.Integer(
        string="Links Valid For", default=90, **INTERNAL, help="Days after which a personal link stops working."
    )

    _check_collection_page_days = models.Constraint(
        "CHECK(collection_page_days BETWEEN 1 AND 730)",
        "Personal links are valid for 1 to 730 days. Choose a number of these.",
    )
