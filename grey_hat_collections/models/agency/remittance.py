from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import format_amount, format_date

from ..base.to_decimal import to_decimal

#: So many days before or after its statement the money of an agency is booked.
NEAR_DAYS = 14


class CollectionRemittance(models.Model):
    """What an agency has paid us, as it says so: gross, its commission, net. Whether it is true, the books say.

    Accounting books the money in Odoo as usual, against the customers' invoices, and names the entries here.
    """

    _name = "collection.remittance"
    _description = "Remittance of an Agency"
    _inherit = ["collection.door", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Reference", required=True, copy=False, tracking=True, help="The number on the agency's statement."
    )
    agency_id = fields.Many2one(
        "collection.agency", required=True, ondelete="restrict", index=True, check_company=True, tracking=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, readonly=True
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id, tracking=True
    )
    date = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    line_ids = fields.One2many("collection.remittance.line", "remittance_id", string="Referrals", copy=True)
    move_ids = fields.Many2many(
        "account.move",
        "collection_remittance_move_rel",
        string="Journal Entries",
        domain="[('company_id', '=', company_id), ('state', '=', 'posted')]",
        copy=False,
        tracking=True,
        check_company=True,
        help="The journal entries that book the payments against the customers' invoices.",
    )
    proposed_move_ids = fields.Many2many(
        "account.move",
        "collection_remittance_proposal_rel",
        string="Proposed Entries",
        domain="[('company_id', '=', company_id), ('state', '=', 'posted')]",
        copy=False,
        check_company=True,
        help="What was found in the ledger. It has no effect until someone confirms it.",
    )
    amount_gross = fields.Monetary(compute="_compute_amounts", store=True, string="Collected")
    commission = fields.Monetary(compute="_compute_amounts", store=True)
    amount_net = fields.Monetary(
        compute="_compute_amounts", store=True, string="Paid to Us", help="Collected less commission."
    )
    amount_booked = fields.Monetary(
        compute="_compute_booked", string="Matched", help="What its entries have settled of the referred items."
    )
    difference = fields.Monetary(compute="_compute_booked", help="Collected less matched.")
    state = fields.Selection(
        [("open", "To Match"), ("different", "Differs"), ("matched", "Matched")],
        string="Status",
        compute="_compute_booked",
        help="Matched: the ledger shows as much of the referred items settled as the agency says it collected.",
    )

    _unique_name = models.UniqueIndex(
        "(agency_id, company_id, name)", "This remittance of the agency is recorded already."
    )

    @api.depends("line_ids.amount_gross", "line_ids.commission")
    def _compute_amounts(self):
        for remittance in self:
            remittance.amount_gross = sum(remittance.line_ids.mapped("amount_gross"))
            remittance.commission = sum(remittance.line_ids.mapped("commission"))
            remittance.amount_net = remittance.amount_gross - remittance.commission

    @api.depends("line_ids.amount_gross", "line_ids.referral_id", "move_ids", "currency_id")
    def _compute_booked(self):
        for remittance in self:
            # sudo: who records the remittance may know what its entries have settled
            booked = remittance.sudo()._settled_by(remittance.sudo().move_ids)
            remittance.amount_booked = booked
            remittance.difference = remittance.currency_id.round(remittance.amount_gross - booked)
            if not remittance.move_ids:
                remittance.state = "open"
            else:
                remittance.state = "different" if remittance.difference else "matched"

    @api.constrains("line_ids", "agency_id")
    def _check_referrals(self):
        for remittance in self:
            strange = remittance.line_ids.referral_id.filtered(lambda one, it=remittance: one.agency_id != it.agency_id)
            if strange:
                raise ValidationError(
                    self.env._(
                        "%(referral)s is not with %(agency)s. Choose a referral of this agency.",
                        referral=strange[0].display_name,
                        agency=remittance.agency_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        remittances = super().create(vals_list)
        remittances.line_ids.referral_id.sudo()._refresh_money()  # figures are written by the rules only
        return remittances

    def write(self, vals):
        before = self.line_ids.referral_id
        result = super().write(vals)
        if {"line_ids", "move_ids"} & set(vals):
            (before | self.line_ids.referral_id).sudo()._refresh_money()  # figures are written by the rules only
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_matched(self):
        for remittance in self.filtered("move_ids"):
            raise UserError(
                self.env._(
                    "%s is matched with journal entries. Remove the entries first if it was recorded by mistake.",
                    remittance.display_name,
                )
            )

    # -- Finding its entries -------------------------------------------------------------------------------------

    def action_propose_entries(self):
        """Look for the money of the agency in the books: its own entries of about that day that have settled items of these
        referrals with the amount of the remittance, or of one of its lines. Somebody confirms them.
        """
        for remittance in self:
            found = remittance._own_entries()
            if not found:
                raise UserError(remittance._nothing_found())
            remittance.proposed_move_ids = found
        return True

    def action_confirm_entries(self):
        """The proposed entries are the money of the agency."""
        for remittance in self.filtered("proposed_move_ids"):
            remittance.write(
                {"move_ids": remittance.move_ids | remittance.proposed_move_ids, "proposed_move_ids": False}
            )
        return True

    def _own_entries(self):
        """The entries to propose, as far as who asks may read them: never one that another remittance names, or of which the
        agency was told that it was paid to us.
        """
        self.ensure_one()
        referrals = self.line_ids.referral_id
        # sudo: see _compute_booked; the entries themselves are read with the rights of who asks
        moves = referrals.line_ids.item_id.sudo().matched_credit_ids.credit_move_id.move_id
        near = moves.filtered(
            lambda move: move.move_type == "entry" and abs(move.date - self.date) <= timedelta(days=NEAR_DAYS)
        )
        named = self.sudo().search([("move_ids", "in", near.ids)]).move_ids
        told = referrals.sudo().payment_ids.filtered("amount_told").move_id
        own = self.agency_id.sudo()._own_entries(near - named - told)
        return own.filtered(self.sudo()._has_its_amount).sudo(False)._filtered_access("read")

    def _has_its_amount(self, move):
        """Whether an entry brings what the remittance, or one of its lines, says: gross or net. Needs superuser mode."""
        said = [amount for one in (self, *self.line_ids) for amount in (one.amount_gross, one.amount_net)]
        lines = move.line_ids
        cash = lines.filtered(lambda line: line.account_id.account_type in ("asset_cash", "liability_credit_card"))
        own = self.currency_id == self.company_id.currency_id
        brought = [sum(cash.mapped("balance" if own else "amount_currency")), self._settled_by(move)]
        return any(amount and not self.currency_id.compare_amounts(amount, one) for amount in brought for one in said)

    def _settled_by(self, moves):
        """What these entries have settled of the referred items, in the currency of the remittance. Needs superuser mode."""
        items = self.line_ids.referral_id.line_ids.item_id
        partials = moves.line_ids.matched_debit_ids.filtered(lambda partial: partial.debit_move_id in items)
        own = self.currency_id == self.company_id.currency_id
        if not own:
            partials = partials.filtered(lambda one: one.debit_currency_id == self.currency_id)
        return sum(partials.mapped("amount" if own else "debit_amount_currency"))

    def _nothing_found(self):
        """That no entry fits, and what to do, in a sentence."""
        return self.env._(
            "No entry of %(agency)s around %(day)s has settled items of these referrals with %(gross)s, or %(net)s net. First "
            "book the payment against the customers' invoices, with %(agency)s as the payer, or select the entries manually.",
            agency=self.agency_id.name,
            day=format_date(self.env, self.date),
            gross=format_amount(self.env, self.amount_gross, self.currency_id),
            net=format_amount(self.env, self.amount_net, self.currency_id),
        )


class CollectionRemittanceLine(models.Model):
    """What an agency says about one referral in a remittance."""

    _name = "collection.remittance.line"
    _description = "Line of an Agency's Remittance"
    _inherit = ["collection.door"]
    _order = "remittance_id, id"
    _check_company_auto = True

    remittance_id = fields.Many2one("collection.remittance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="remittance_id.company_id", store=True)
    agency_id = fields.Many2one(related="remittance_id.agency_id")
    currency_id = fields.Many2one(related="remittance_id.currency_id")
    referral_id = fields.Many2one(
        "collection.referral",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('agency_id', '=', agency_id), ('company_id', '=', company_id), ('date_sent', '!=', False)]",
    )
    amount_gross = fields.Monetary(string="Collected", help="What the customer has paid to the agency.")
    commission = fields.Monetary(
        compute="_compute_commission",
        store=True,
        readonly=False,
        help="What the agency keeps; what was agreed for the age of the items is proposed.",
    )
    amount_net = fields.Monetary(compute="_compute_net", string="Paid to Us")

    _check_amounts = models.Constraint(
        "CHECK(amount_gross > 0 AND commission >= 0 AND commission <= amount_gross)",
        "The collected amount must be greater than zero, and the commission cannot exceed it.",
    )

    @api.constrains("referral_id", "remittance_id")
    def _check_agency(self):
        self.remittance_id._check_referrals()

    @api.depends("amount_gross", "referral_id")
    def _compute_commission(self):
        for line in self:
            referred = line.referral_id.line_ids
            total = sum(to_decimal(one.company_referred) for one in referred)
            weighted = sum(to_decimal(one.company_referred) * to_decimal(one.commission_percent) for one in referred)
            percent = weighted / total if total else 0
            line.commission = line.currency_id.round(float(to_decimal(line.amount_gross) * percent / 100))

    @api.depends("amount_gross", "commission")
    def _compute_net(self):
        for line in self:
            line.amount_net = line.amount_gross - line.commission
