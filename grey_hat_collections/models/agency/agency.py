from odoo import api, fields, models
from odoo.tools import format_date, plaintext2html

from ...engine.agency import WARNING_DAYS, is_accredited
from ..base.error_summary import error_summary

ACCREDITATION_XMLID = "grey_hat_collections.mail_activity_type_accreditation"


class CollectionAgency(models.Model):
    """An accredited agency that collects in our name: whom it takes, what it costs, how it is reached."""

    _name = "collection.agency"
    _description = "Collection Agency"
    _inherit = [
        "collection.door",
        "mail.thread",
        "mail.activity.mixin",
        "collection.activity.mixin",
        "collection.batch",
    ]
    _kept_by_rules = frozenset({"accreditation_warned"})
    _order = "sequence, name, id"
    _check_company_auto = True

    # Who
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
        help="The agency in your address book: its address, and the language we write to it in.",
    )
    name = fields.Char(
        related="partner_id.name",
        store=True,
        string="Agency",
        help="The name of the agency on banners and in answers.",
    )
    sequence = fields.Integer(default=10, help="Put the agency you prefer first.")
    active = fields.Boolean(
        default=True, help="An archived agency is not offered for new referrals; it keeps what it has."
    )
    company_id = fields.Many2one("res.company", help="Leave empty to share the agency among all companies.")
    phone = fields.Char(
        string="Phone for Customers",
        tracking=True,
        help="The number we give to customers, on banners and in answers.",
    )
    contact_ids = fields.Many2many(
        "res.partner",
        "collection_agency_contact_rel",
        string="Contacts",
        help="Whom to contact at the agency about a referral.",
    )

    # Accreditation
    accreditation_body = fields.Char(tracking=True, help="Who has accredited it.")
    accreditation_number = fields.Char(tracking=True, help="The number to look it up by in the register.")
    accreditation_until = fields.Date(
        string="Accredited Until",
        tracking=True,
        help="The last valid day. After it nothing is handed over; a manager is warned 30 days before.",
    )
    accreditation_warned = fields.Date(
        readonly=True, copy=False, help="The expiry date of which a manager was warned; each is reported once."
    )
    accreditation_state = fields.Selection(
        [("none", "Not accredited"), ("valid", "Accredited"), ("ending", "Expires soon"), ("expired", "Expired")],
        string="Accreditation",
        compute="_compute_accreditation_state",
        help="Whether something may be handed over today.",
    )

    # What was agreed
    rules = fields.Html(
        string="Service and Brand Rules",
        help="How the agency treats our customers. The rules are sent with each packet, so that the agency's callers know them.",
    )
    rules_date = fields.Date(string="Agreed On", tracking=True, help="The day from which the rules hold.")
    rules_file = fields.Binary(
        string="Signed Copy", attachment=True, copy=False, help="The proof, should there ever be a question."
    )
    rules_filename = fields.Char(help="The name of the signed copy.")
    speaks_as = fields.Text(
        string="Introduction to Customers",
        help="How the agency introduces itself to our customers, so that they know whom they are talking to.",
    )
    complaint_handling = fields.Text(
        help="Who is informed of a complaint, by when the customer gets an answer, and from whom.",
    )

    # -- Computes ------------------------------------------------------------------------------------------------

    @api.depends("accreditation_until", "company_id")
    @api.depends_context("company")
    def _compute_accreditation_state(self):
        for agency in self:
            until = agency.accreditation_until
            today = agency._today()
            if not until:
                agency.accreditation_state = "none"
            elif not is_accredited(until, today):
                agency.accreditation_state = "expired"
            else:
                agency.accreditation_state = "ending" if (until - today).days <= WARNING_DAYS else "valid"

    def _today(self):
        """The date at the agency's company; for one that is shared, at the company that is open."""
        return (self.company_id or self.env.company)._collection_today()

    # -- Accreditation -------------------------------------------------------------------------------------------

    @api.model
    def _warn_of_accreditations(self):
        """Scheduled action: ask a manager to see to accreditations that end within 30 days, once for each end."""
        companies = self.env["res.company"].search([])
        last = max(company._collection_today() for company in companies)
        limit = fields.Date.add(last, days=WARNING_DAYS)
        ending = self.search([("accreditation_until", "!=", False), ("accreditation_until", "<=", limit)])
        untold = ending.filtered(lambda agency: agency.accreditation_warned != agency.accreditation_until)
        untold._work_on_each(lambda agencies: agencies._warn_where_due())

    def _warn_where_due(self):
        for agency in self:
            if (agency.accreditation_until - agency._today()).days <= WARNING_DAYS:
                agency._warn_of_accreditation()

    def _tell_of_failure(self, error):
        """The manager looks after agencies."""
        summary = self.env._("The accreditation could not be checked. See the error")
        user = self._manager()
        if user and summary not in self._asked(ACCREDITATION_XMLID).mapped("summary"):
            self.activity_schedule(
                ACCREDITATION_XMLID,
                summary=summary,
                note=plaintext2html(error_summary(error)),
                user_id=user.id,
                date_deadline=self._today(),
                collection_asked=True,
            )

    def _warn_of_accreditation(self):
        until = self.accreditation_until
        self.accreditation_warned = until
        user = self._manager()
        if not user:
            return  # nobody is a manager in here; the list still shows it
        told = self.with_context(lang=user.lang or self.env.lang)
        day = format_date(told.env, until)
        if is_accredited(until, self._today()):
            summary = told.env._("Accredited until %s: ask for the renewal", day)
        else:
            summary = told.env._("The accreditation expired on %s", day)
        self._withdraw_asked_by(ACCREDITATION_XMLID)
        self.activity_schedule(
            ACCREDITATION_XMLID,
            summary=summary,
            user_id=user.id,
            date_deadline=self._today(),
            collection_asked=True,
        )

    def _manager(self, company=None):
        """Who is asked about this agency: the reviewing manager, else a manager of the company; empty where there is none."""
        company = company or self.company_id or self.env.company
        return company._collection_reviewer()

    def _phone_for_customers(self):
        """The number that customers are told; empty where there is none."""
        self.ensure_one()
        return self.phone or self.partner_id.phone or ""

    def _is_accredited(self, company):
        """Whether something may be handed over today, as days are counted at ``company``."""
        self.ensure_one()
        return is_accredited(self.accreditation_until or None, company._collection_today())

    # -- Write ---------------------------------------------------------------------------------------------------

    def write(self, vals):
        """A renewed accreditation needs no renewal."""
        result = super().write(vals)
        if vals.get("accreditation_until"):
            limit = WARNING_DAYS
            renewed = self.filtered(lambda agency: (agency.accreditation_until - agency._today()).days > limit)
            renewed._withdraw_asked_by(ACCREDITATION_XMLID)
        return result

    def _note(self, text):
        """Write down in the chatter what was done to agencies that their fields do not show."""
        for agency in self:
            agency.message_post(body=text)
