from odoo import fields, models


class CollectionReferralPayment(models.Model):
    """What an entry in the books has brought for a referral, and what the agency was told of it. A cache of the ledger."""

    _name = "collection.referral.payment"
    _description = "Payment for a Referral"
    _inherit = ["collection.door"]
    _order = "date desc, id desc"
    _rec_name = "entry"

    referral_id = fields.Many2one("collection.referral", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="referral_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    move_id = fields.Many2one(
        "account.move", string="Entry", ondelete="set null", index="btree_not_null", readonly=True
    )
    entry = fields.Char(
        string="Number", readonly=True, help="The number of the entry, kept even if the entry is deleted."
    )
    kind = fields.Selection(
        [
            ("payment", "Paid to us"),
            ("remittance", "Paid to the agency"),
            ("credit", "Credit note"),
            ("written_off", "Written off"),
            ("withdrawn", "Invoice withdrawn"),
        ],
        required=True,
        readonly=True,
        help="Where the payment was received, or why the agency should collect less.",
    )
    date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True, help="What it paid on the referred items, in company currency.")
    on_account = fields.Monetary(
        readonly=True,
        help="The part not applied to any item yet. The agency is informed, so that it does not chase more than is due.",
    )
    amount_told = fields.Monetary(string="Reported to Agency", readonly=True)
    commission = fields.Monetary(readonly=True, help="The agency's commission on it, in company currency.")

    _one_entry_once = models.UniqueIndex(
        "(referral_id, move_id) WHERE move_id IS NOT NULL", "This entry is noted for the referral already."
    )
