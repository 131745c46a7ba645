from odoo import api, fields, models
from odoo.exceptions import UserError

from .referral_states import STATES


class CollectionReferral(models.Model):
    """One hand-over of a customer's items to an agency.

    Written by the rules and by its buttons only. What leaves the house is in ``agency/referral_packet.py``, what happens
    to it in ``_life.py``, what the books say in ``_money.py``.
    """

    _name = "collection.referral"
    _description = "Referral to an Agency"
    _inherit = [
        "collection.door",
        "mail.thread",
        "mail.activity.mixin",
        "collection.activity.mixin",
        "collection.batch",
        "collection.numbered",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id"]
    _check_company_auto = True
    _mail_post_access = "read"

    # Who
    name = fields.Char(string="Reference", required=True, readonly=True, default="/", copy=False)
    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="restrict", index=True, readonly=True, check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="restrict", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    agency_id = fields.Many2one(
        "collection.agency",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
        tracking=True,
        check_company=True,
    )
    agency_transport = fields.Selection(related="agency_id.transport")
    user_id = fields.Many2one(
        "res.users",
        string="Decided By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        help="The manager who referred the account; asked when something is to be decided about it.",
    )

    # Where it stands
    state = fields.Selection(
        STATES, string="Status", required=True, default="draft", index=True, readonly=True, tracking=True
    )
    date_sent = fields.Date(string="With the Agency Since", readonly=True, tracking=True)
    sent_at = fields.Datetime(readonly=True, help="The time of the handover.", for_rules=True)
    date_ended = fields.Date(string="Ended On", readonly=True, tracking=True)
    given_back_at = fields.Datetime(
        string="Returned At",
        readonly=True,
        help="The moment at which it was returned or recalled.",
        for_rules=True,
    )
    end_reason = fields.Text(readonly=True, help="Why it was recalled or returned.")

    # What it is about
    line_ids = fields.One2many("collection.referral.line", "referral_id", string="Items", readonly=True)
    override_ids = fields.One2many("collection.referral.override", "referral_id", string="Overrides", readonly=True)
    payment_ids = fields.One2many("collection.referral.payment", "referral_id", string="Payments", readonly=True)
    message_to_agency_ids = fields.One2many(
        "collection.agency.message", "referral_id", string="Messages to the Agency", readonly=True
    )

    # Money in company currency, at the rate of the books when it was referred; the items hold it in their own
    amount_referred = fields.Monetary(string="Referred", readonly=True)
    amount_recovered = fields.Monetary(
        string="Recovered", readonly=True, help="Payments for its items since the handover."
    )
    amount_returned = fields.Monetary(
        string="Returned", readonly=True, help="Returned by the agency, recalled by us, or credited."
    )
    amount_written_off = fields.Monetary(string="Written Off", readonly=True)
    amount_open = fields.Monetary(string="Still With the Agency", readonly=True)
    commission = fields.Monetary(
        readonly=True, help="Of what was recovered since the handover, by the age of each item at that time."
    )
    first_money_on = fields.Date(string="First Payment", readonly=True)
    recovered_share = fields.Float(
        string="Recovered %", compute="_compute_recovered_share", help="Recovered ÷ referred, in percent."
    )

    # The packet
    packet_id = fields.Many2one("ir.attachment", readonly=True, ondelete="restrict", copy=False)
    packet_sha256 = fields.Char(string="SHA-256", readonly=True, copy=False, help="Fingerprint of the packet.")

    @api.depends("amount_recovered", "amount_referred")
    def _compute_recovered_share(self):
        for referral in self:
            share = referral.amount_referred and referral.amount_recovered / referral.amount_referred
            referral.recovered_share = 100 * share

    @api.model_create_multi
    def create(self, vals_list):
        sequence = self.env.ref(
            "grey_hat_collections.sequence_collection_referral"
        ).sudo()  # numbers are drawn, not read
        return super().create([{"name": sequence.next_by_id(), **vals} for vals in vals_list])

    @api.constrains("user_id")
    def _check_user(self):
        for referral in self:
            referral.user_id._check_answers_for(referral.company_id)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for referral in self.filtered(lambda referral: referral.state != "draft" or referral.message_to_agency_ids):
            raise UserError(
                self.env._(
                    "%s is part of the record of decisions about the customer and must be kept. A draft that was never approved "
                    "can be deleted.",
                    referral.display_name,
                )
            )

    def _is_over(self):
        """Whether it was returned or recalled: the agency collects nothing of it any more, whatever the books say."""
        self.ensure_one()
        return bool(self.given_back_at)

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_open_case(self):
        """Show the case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_case_action")
        return action | {"views": [(False, "form")], "view_mode": "form", "res_id": self.case_id.id}

    def action_continue(self):
        """Go on with a draft: the dialog shows the packet again, made from today's ledger."""
        self.ensure_one()
        return self.case_id.action_refer() | {
            "context": {"default_case_id": self.case_id.id, "default_referral_id": self.id}
        }

    def action_download_packet(self):
        """Open the packet as it was stored."""
        self.ensure_one()
        self.check_access("read")
        if not self.packet_id:
            raise UserError(
                self.env._(
                    "%s has no packet yet. It is created when a manager approves the referral.", self.display_name
                )
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.packet_id.id}?download=true",
            "target": "new",
        }
