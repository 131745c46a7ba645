from odoo import fields, models


class CollectionReferralLine(models.Model):
    """One item of a referral, in its own currency. Referred = recovered + returned + written off + open, always."""

    _name = "collection.referral.line"
    _description = "Item of a Referral"
    _order = "referral_id, date_due, id"

    referral_id = fields.Many2one("collection.referral", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="referral_id.company_id", store=True, index=True)
    state = fields.Selection(related="referral_id.state", store=True)
    item_id = fields.Many2one("account.move.line", required=True, ondelete="restrict", index=True, readonly=True)
    move_id = fields.Many2one(related="item_id.move_id", store=True, index=True)
    currency_id = fields.Many2one(related="item_id.currency_id", store=True)
    date_due = fields.Date(string="Due", readonly=True)
    days_overdue = fields.Integer(readonly=True, help="When it was referred; the commission goes by it.")
    commission_percent = fields.Float(string="Commission %", readonly=True)

    amount_referred = fields.Monetary(string="Referred", readonly=True)
    amount_recovered = fields.Monetary(string="Recovered", readonly=True)
    amount_returned = fields.Monetary(string="Returned", readonly=True)
    amount_written_off = fields.Monetary(string="Written Off", readonly=True)
    amount_open = fields.Monetary(string="Open", readonly=True)
    commission = fields.Monetary(readonly=True)
