from odoo import fields, models

STATES = [
    ("draft", "Draft"),
    ("approved", "Approved"),
    ("sent", "Sent"),
    ("acknowledged", "Acknowledged"),
    ("collecting", "Collecting"),
    ("partly_recovered", "Partly Recovered"),
    ("recovered", "Recovered"),
    ("returned", "Returned"),
    ("recalled", "Recalled"),
    ("written_off", "Written Off"),
]
#: The agency speaks for us.
WITH_AGENCY = ("sent", "acknowledged", "collecting", "partly_recovered")
#: It is over; what becomes of it in the books is still found.
ENDED = ("recovered", "returned", "recalled", "written_off")


class CollectionReferral(models.Model):
    """One hand-over of a customer's items to an agency."""

    _name = "collection.referral"
    _description = "Referral to an Agency"
    _inherit = ["mail.thread", "mail.activity.mixin", "collection.asker"]
    _order = "id desc"
    _check_company_auto = True

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
        "collection.agency", required=True, ondelete="restrict", index=True, readonly=True, tracking=True
    )
    user_id = fields.Many2one(
        "res.users", string="Decided By", required=True, readonly=True, default=lambda self: self.env.user
    )
    state = fields.Selection(STATES, required=True, default="draft", index=True, readonly=True, tracking=True)
    line_ids = fields.One2many("collection.referral.line", "referral_id", string="Items", readonly=True)
    override_ids = fields.One2many("collection.referral.override", "referral_id", string="Overrides", readonly=True)
    message_to_agency_ids = fields.One2many(
        "collection.agency.message", "referral_id", string="Messages to the Agency", readonly=True
    )
    date_sent = fields.Date(string="With the Agency Since", readonly=True, tracking=True)
    date_ended = fields.Date(readonly=True, tracking=True)

    # Money in company currency, at the rate of the books; the items hold it in their own
    amount_referred = fields.Monetary(string="Referred", readonly=True)
    amount_recovered = fields.Monetary(string="Recovered", readonly=True)
    amount_returned = fields.Monetary(string="Returned", readonly=True)
    amount_written_off = fields.Monetary(string="Written Off", readonly=True)
    amount_open = fields.Monetary(string="Still With the Agency", readonly=True)
    commission = fields.Monetary(
        readonly=True, help="Of what was recovered, by the age of each item when it was referred."
    )
    first_money_on = fields.Date(string="First Money", readonly=True)

    # -- Stand-ins -----------------------------------------------------------------------------------------------

    def _packet_obstacle(self):
        return False

    def _packet_withdrawn(self, sentence):
        self.state = "draft"

    def _packet_sent(self, message):
        self.write({"state": "sent", "date_sent": self.company_id._collection_today()})

    def _packet_failed(self, message):
        pass

    def _zip_password(self):
        return "AC34-FH79-KLMN"
