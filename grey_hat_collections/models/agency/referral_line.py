from odoo import api, fields, models

from ...engine.referral_sums import commission, sums
from ..base.to_decimal import to_decimal


class CollectionReferralLine(models.Model):
    """One item of a referral, in its own currency. Referred = recovered + returned + written off + open, always.

    What is on it is written by the rules: from the ledger when the referral is made, from the books afterwards.
    """

    _name = "collection.referral.line"
    _description = "Item of a Referral"
    _inherit = ["collection.door"]
    _order = "referral_id, date_due, id"
    _rec_name = "number"

    referral_id = fields.Many2one("collection.referral", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="referral_id.company_id", store=True, index=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    partner_id = fields.Many2one(related="referral_id.partner_id", store=True)
    state = fields.Selection(related="referral_id.state", store=True, string="Status")
    item_id = fields.Many2one(
        "account.move.line",
        string="Open Item",
        ondelete="set null",  # accounting may take an invoice back and write it anew; what was referred stays on record
        index=True,
        readonly=True,
    )
    move_id = fields.Many2one(
        "account.move", compute="_compute_item", store=True, precompute=True, index=True, string="Invoice"
    )
    number = fields.Char(
        compute="_compute_item",
        store=True,
        precompute=True,
        compute_sudo=True,  # who reads the referral may know what it is about
        help="The invoice, as the customer knows it.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_item", store=True, precompute=True)
    date_due = fields.Date(string="Due", readonly=True)
    days_overdue = fields.Integer(
        readonly=True, help="Days past due when it was referred; the agency's commission goes by it."
    )
    commission_percent = fields.Float(
        string="Commission %", readonly=True, digits=(5, 2), help="Agreed for items of this age, in percent."
    )

    apart = fields.Boolean(
        string="Chased Separately",
        readonly=True,
        help="The agency has it, and we chase the rest of what the customer owes ourselves.",
    )
    settled_before = fields.Json(
        readonly=True,
        help="The reconciliations that had settled part of the item when it was referred; later ones count.",
    )

    # In the currency of the item
    amount_referred = fields.Monetary(string="Referred", readonly=True, help="The amount of this item that was chased.")
    amount_aside = fields.Monetary(
        string="Stayed With Us", readonly=True, help="What else was open on the item, because a credit covered it."
    )
    amount_recovered = fields.Monetary(string="Recovered", readonly=True, help="Payments for this item since then.")
    amount_returned = fields.Monetary(
        string="Returned", readonly=True, help="Returned by the agency, recalled by us, or credited."
    )
    amount_written_off = fields.Monetary(string="Written Off", readonly=True, help="Written off in accounting.")
    amount_open = fields.Monetary(string="Open", readonly=True, help="What the agency still collects.")
    commission = fields.Monetary(readonly=True, help="Commission on what was recovered since the item was referred.")

    # The same in company currency, at the rate of the books when it was referred
    company_referred = fields.Monetary(
        string="Referred (Company)", currency_field="company_currency_id", readonly=True, help="In company currency."
    )

    _apart_index = models.Index("(item_id) WHERE apart")
    _one_item_once = models.Constraint("UNIQUE(referral_id, item_id)", "An item can be in a referral only once.")

    @api.depends("item_id")
    def _compute_item(self):
        """What the item was when it was referred; kept should the item be gone."""
        for line in self:
            item = line.item_id
            line.move_id = item.move_id or line.move_id
            line.number = item._collection_number() if item else line.number
            line.currency_id = item.currency_id or line.currency_id

    def _sums(self, booked):
        """Where the amount of this item is by what is booked: :class:`engine.referral_sums.Sums`."""
        self.ensure_one()
        referred, aside = to_decimal(self.amount_referred), to_decimal(self.amount_aside)
        return sums(referred, aside, booked, ended=self.referral_id._is_over())

    def _in_company_currency(self, amount):
        """A part of this item's referred amount in company currency, at the rate at which it was referred."""
        self.ensure_one()
        if not self.amount_referred:
            return 0.0
        return self.company_currency_id.round(amount * self.company_referred / self.amount_referred)

    def _write_sums(self, booked, earned):
        """Store where the amount of each item is now, where that has changed.

        :param booked: :class:`engine.referral_sums.Booked` by line
        :param earned: the money on which commission is due, as Decimal by line
        """
        for line in self:
            found = line._sums(booked[line])
            due = commission(min(earned[line], found.recovered), to_decimal(line.commission_percent))
            values = {
                "amount_recovered": float(found.recovered),
                "amount_returned": float(found.returned),
                "amount_written_off": float(found.written_off),
                "amount_open": float(found.open),
                "commission": line.currency_id.round(float(due)),
            }
            if any(line.currency_id.compare_amounts(line[name], value) for name, value in values.items()):
                line.write(values)
