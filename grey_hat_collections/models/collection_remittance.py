from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .exact import exact


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
        string="Booked As",
        domain="[('company_id', '=', company_id), ('state', '=', 'posted')]",
        copy=False,
        tracking=True,
        check_company=True,
        help="The entries with which the money was booked against the customers' invoices.",
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
        help="Matched: the books have settled as much of the referred items as the agency says it collected.",
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
            items = remittance.line_ids.referral_id.line_ids.item_id
            # sudo: who records the remittance may know what its entries have settled
            partials = remittance.sudo().move_ids.line_ids.matched_debit_ids.filtered(
                lambda partial, items=items: partial.debit_move_id in items
            )
            own = remittance.currency_id == remittance.company_id.currency_id
            if not own:
                partials = partials.filtered(lambda one, it=remittance: one.debit_currency_id == it.currency_id)
            booked = sum(partials.mapped("amount" if own else "debit_amount_currency"))
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
                    "%s is matched with the books. Remove its entries first, if it was recorded by mistake.",
                    remittance.display_name,
                )
            )

    def action_propose_entries(self):
        """Take the entries of about that day that have settled items of these referrals and that no remittance names."""
        for remittance in self:
            items = remittance.line_ids.referral_id.line_ids.item_id
            # sudo: see _compute_booked; the entries themselves are read with the rights of who asks
            partials = items.sudo().matched_credit_ids
            since = min(remittance.line_ids.referral_id.mapped("date_sent"), default=remittance.date)
            moves = partials.credit_move_id.move_id.filtered(
                lambda move, since=since: move.move_type == "entry" and move.date >= since
            )
            named = self.search([("move_ids", "in", moves.ids)]).move_ids
            found = (moves - named).sudo(False)._filtered_access("read")
            if not found:
                raise UserError(
                    self.env._(
                        "No entry has settled items of these referrals yet. Book the money of %s against the customers' "
                        "invoices first.",
                        remittance.display_name,
                    )
                )
            remittance.move_ids |= found
        return True


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
        "An agency collects more than nothing, and keeps no more of it than it has collected.",
    )

    @api.constrains("referral_id", "remittance_id")
    def _check_agency(self):
        self.remittance_id._check_referrals()

    @api.depends("amount_gross", "referral_id")
    def _compute_commission(self):
        for line in self:
            referred = line.referral_id.line_ids
            total = sum(exact(one.company_referred) for one in referred)
            weighted = sum(exact(one.company_referred) * exact(one.commission_percent) for one in referred)
            percent = weighted / total if total else 0
            line.commission = line.currency_id.round(float(exact(line.amount_gross) * percent / 100))

    @api.depends("amount_gross", "commission")
    def _compute_net(self):
        for line in self:
            line.amount_net = line.amount_gross - line.commission
