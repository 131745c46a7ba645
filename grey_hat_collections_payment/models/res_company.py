from odoo import fields, models

from odoo.addons.grey_hat_collections.models.base.internal import INTERNAL


class ResCompany(models.Model):
    """What a house lets its customers pay online."""

    _inherit = "res.company"

    collection_pay_pending_days = fields.Integer(
        string="Pending Payments Count For",
        default=7,
        **INTERNAL,
        help="What is paid online and not confirmed yet is not chased for so many days. After that it is asked for again.",
    )
    collection_pay_referred = fields.Boolean(
        string="Pay Referred Items",
        **INTERNAL,
        help="Customers may pay online what an agency has as well. Otherwise they are asked to talk to the agency.",
    )

    _check_collection_pay_pending_days = models.Constraint(
        "CHECK(collection_pay_pending_days BETWEEN 1 AND 60)",
        "Pending payments count for 1 to 60 days. Choose a number of these.",
    )
