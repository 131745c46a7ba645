from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.misc import format_date

from ..base.actions import open_form

CHANNELS = [
    ("call", "Call"),
    ("email", "E-mail"),
    ("text", "Text message"),
    ("visit", "Visit"),
    ("letter", "Letter"),
    ("portal", "Portal"),
]
OUTCOMES = [
    ("reached", "Reached"),
    ("left_message", "Left a message"),
    ("no_answer", "No answer"),
    ("wrong_number", "Wrong number"),
    ("promised", "Promised"),
    ("disputes", "Disputes"),
    ("asks_copies", "Asks for copies"),
    ("asks_time", "Asks for time"),
    ("callback", "Wants a callback"),
    ("refuses", "Refuses"),
    ("upset", "Upset"),
]
MOODS = [("friendly", "Friendly"), ("neutral", "Neutral"), ("worried", "Worried"), ("angry", "Angry")]

#: The customer was not spoken to.
UNANSWERED = ("left_message", "no_answer")
#: For so long may whoever wrote a note correct it.
CORRECTION = timedelta(days=1)
#: Whose note it is and on which case: that is never corrected. Archive the note and write another one.
FIXED = frozenset({"answered", "case_id", "company_id", "partner_id"})
#: What may be corrected; each alteration is tracked.
CORRECTABLE = (
    "active",
    "channel",
    "contact_id",
    "date",
    "direction",
    "duration",
    "invoice_ids",
    "mood",
    "note",
    "outcome",
    "user_id",
)
#: A correction of these changes what the contact meant to its case.
COUNTED = frozenset({"active", "date", "direction", "outcome"})


class CollectionNote(models.Model):
    """One contact with a customer: who spoke with whom, how, and what came of it.

    Writing one down counts the attempt or the answer on its case. Afterwards it is a record: whoever wrote it may correct
    it for a day, a manager at any time, and every alteration is tracked.
    """

    _name = "collection.note"
    _description = "Note of a Contact"
    _inherit = ["collection.door", "mail.thread"]
    _order = "date desc, id desc"
    _rec_name = "note"
    _rec_names_search = ["note", "partner_id", "contact_id"]
    _check_company_auto = True
    _mail_post_access = "read"

    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="restrict", index=True, readonly=True, check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="restrict", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        index=True,
        readonly=True,
        tracking=True,
        default=lambda self: self.env.user,
        help="The colleague who wrote, called or was called.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="With",
        index="btree_not_null",
        tracking=True,
        domain="[('id', 'child_of', partner_id)]",
        help="The person at the customer.",
    )
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now, index=True, tracking=True)
    duration = fields.Integer(string="Minutes", tracking=True, help="How long it took, in minutes.")
    channel = fields.Selection(CHANNELS, required=True, default="call", tracking=True)
    direction = fields.Selection(
        [("out", "Outgoing"), ("in", "Incoming")],
        required=True,
        default="out",
        tracking=True,
        help="Incoming: the customer contacted us.",
    )
    outcome = fields.Selection(OUTCOMES, required=True, tracking=True)
    mood = fields.Selection(MOODS, tracking=True, help="How the customer seemed; the call guide takes it into account.")
    note = fields.Text(tracking=True, help="What was said, and what was agreed.")
    invoice_ids = fields.Many2many(
        "account.move",
        "collection_note_move_rel",
        string="Invoices",
        tracking=True,
        domain="[('commercial_partner_id', '=', partner_id), ('company_id', '=', company_id), ('state', '=', 'posted'),"
        " ('move_type', 'in', ('out_invoice', 'out_refund', 'out_receipt'))]",
        help="The invoices that the contact was about.",
    )
    can_correct = fields.Boolean(compute="_compute_can_correct", help="You may correct this note.")
    answered = fields.Boolean(
        compute="_compute_answered", store=True, help="Someone at the customer was reached, or contacted us."
    )
    active = fields.Boolean(default=True, tracking=True)

    _check_duration = models.Constraint("CHECK(duration >= 0)", "Minutes cannot be negative.")

    @api.depends("direction", "outcome")
    def _compute_answered(self):
        for note in self:
            note.answered = note.direction == "in" or note.outcome not in (*UNANSWERED, "wrong_number")

    @api.depends("user_id", "create_date")
    @api.depends_context("uid")
    def _compute_can_correct(self):
        manager = self.env.user.has_group("grey_hat_collections.group_manager")
        collector = self.env.user.has_group("grey_hat_collections.group_collector")
        oldest = fields.Datetime.now() - CORRECTION
        for note in self:
            own = note.user_id == self.env.user and (not note.create_date or note.create_date >= oldest)
            note.can_correct = manager or (collector and own)

    @api.depends("outcome", "contact_id", "date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        for note in self:
            day = format_date(self.env, fields.Datetime.context_timestamp(note, note.date)) if note.date else ""
            note.display_name = " · ".join(filter(None, (day, outcomes.get(note.outcome), note.contact_id.name)))

    # -- Writing down --------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        by_default = self.env.context.get("default_case_id")
        cases = self.env["collection.case"].browse([vals.get("case_id") or by_default for vals in vals_list])
        cases.check_access("read")
        notes = super().create(
            [
                vals | {"case_id": case.id, "partner_id": case.partner_id.id, "company_id": case.company_id.id}
                for case, vals in zip(cases, vals_list, strict=True)
            ]
        )
        notes._check_author()
        notes.sudo()._count()  # what a contact means to its case is written by the rules
        return notes

    def _check_author(self):
        """Nobody but a manager writes down what somebody else said."""
        if self.env.su or self.env.user.has_group("grey_hat_collections.group_manager"):
            return
        for note in self.filtered(lambda note: note.user_id != self.env.user):
            raise AccessError(
                self.env._(
                    "%(customer)s: a note is recorded by the person who made the contact. Leave “Who” set to yourself, or ask a "
                    "collections manager.",
                    customer=note.partner_id.display_name,
                )
            )

    @api.constrains("user_id")
    def _check_user(self):
        for note in self:
            note.user_id._check_answers_for(note.company_id)

    @api.constrains("date")
    def _check_moment(self):
        later = fields.Datetime.add(fields.Datetime.now(), minutes=5)
        for note in self.filtered(lambda note: note.date > later):
            raise UserError(
                self.env._(
                    "%s: a contact cannot be logged in the future. Schedule a call instead.",
                    note.partner_id.display_name,
                )
            )

    @api.constrains("invoice_ids")
    def _check_invoices(self):
        """What was said about a customer's invoices is not shown on those of another."""
        for note in self:
            invoices = note.invoice_ids
            if invoices.commercial_partner_id - note.partner_id or invoices.company_id - note.company_id:
                raise ValidationError(
                    self.env._(
                        "Some invoices do not belong to %s. Remove them from the note.", note.partner_id.display_name
                    )
                )

    @api.constrains("contact_id")
    def _check_contact(self):
        """A note is about a person of its customer."""
        for note in self.filtered(lambda note: note.contact_id.commercial_partner_id - note.partner_id):
            raise ValidationError(
                self.env._(
                    "%(contact)s does not belong to %(customer)s. Choose one of its contacts.",
                    contact=note.contact_id.display_name,
                    customer=note.partner_id.display_name,
                )
            )

    def _count(self):
        """Tell the cases of these contacts: an answer ends the silence, an attempt without one adds to it."""
        for note in self:
            case = note.case_id
            day = note.company_id._collection_date(note.date)
            if day < note.company_id._collection_today():
                case._recount_contacts()  # what was written down later may lie before what is counted already
            elif note.answered:
                case._note_reply(day=day)
            elif note.outcome in UNANSWERED:
                case._note_attempt(day=day)
        self.case_id._set_priority()
        self.case_id._decide_later()

    # -- Correcting ----------------------------------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su:
            self._check_correction(vals)
        result = super().write(vals)
        if COUNTED & set(vals):
            cases = self.sudo().case_id  # what a contact means to its case is written by the rules
            cases._recount_contacts()
            cases._set_priority()
            cases._decide_later()
        return result

    @api.model
    def _fixed_fields(self):
        """What of a note is never corrected.

        :rtype: frozenset[str]
        """
        return FIXED

    def _check_correction(self, vals):
        """Whether this person may write ``vals`` to these notes."""
        fixed = self._fixed_fields().intersection(vals)
        if fixed:
            raise AccessError(
                self.env._(
                    "“%s” of a note cannot be changed. Archive the note and write another one.",
                    self._fields[min(fixed)]._description_string(self.env),
                )
            )
        if not set(vals) & set(CORRECTABLE) or self.env.user.has_group("grey_hat_collections.group_manager"):
            return
        oldest = fields.Datetime.now() - CORRECTION
        for note in self:
            if note.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%(note)s was written by %(author)s; only the author or a collections manager can correct it.",
                        note=note.display_name,
                        author=note.user_id.name,
                    )
                )
            if note.create_date < oldest:
                raise AccessError(
                    self.env._(
                        "%s is more than a day old and can no longer be changed. Add a new note, or ask a collections manager.",
                        note.display_name,
                    )
                )
        if "user_id" in vals:
            raise AccessError(self.env._("Only a collections manager can record a contact made by a colleague."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        for note in self:
            raise UserError(
                self.env._(
                    "%s is a record of what was said and must be kept. Archive it if it is wrong.", note.display_name
                )
            )

    # -- Taking back ---------------------------------------------------------------------------------------------

    def action_take_back(self):
        """A contact was logged wrongly: what follows from it and is still open is withdrawn, and the note is archived."""
        self.ensure_one()
        self.check_access("write")
        self._check_correction({"active": False})
        self._take_back()
        self.active = False
        return True

    def _take_back(self):
        """Withdraw what follows from this note and is still open: calls and questions here, other things in other rooms."""
        self._followed_by().unlink()
        self.case_id.sudo()._decide_later()  # written by the rules

    def _followed_by(self):
        """The activities that were planned because of this contact and are still to be done."""
        activities = self.env["mail.activity"].sudo()  # what the rules have asked is theirs
        return activities.search([("collection_planned_by_id", "in", self.ids)])

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_open(self):
        """Show this note."""
        self.ensure_one()
        return open_form(self)

    @api.model
    def _action_list(self, domain):
        """The action that shows the notes of ``domain``, without narrowing the search further."""
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_note_action")
        return action | {"domain": domain, "context": {}}
