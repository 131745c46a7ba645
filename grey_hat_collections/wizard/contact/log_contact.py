from math import ceil

from odoo import api, fields, models

from ...models.contact.note import CHANNELS, MOODS, OUTCOMES

#: Working days until we call again when the customer wishes for it, or needs it.
CALLBACK_DAYS = {"asks_copies": 3, "asks_time": 5, "callback": 1, "upset": 5}
#: Outcomes after which we try again by ourselves.
TRIED_AGAIN = ("left_message", "no_answer", "wrong_number")
#: Working days that are proposed for a promise.
PROMISE_DAYS = 5


class CollectionLogContact(models.TransientModel):
    """The dialog that records one contact: what is asked, and what is proposed.

    What follows from saving it is in ``contact/log_contact_save.py``.
    """

    _name = "collection.log.contact"
    _description = "Log Contact"
    _inherit = ["collection.reason.dialog"]

    customer_id = fields.Many2one(related="case_id.partner_id")
    company_id = fields.Many2one(related="case_id.company_id")
    case_state = fields.Selection(related="case_id.state")
    activity_id = fields.Many2one("mail.activity", help="The activity from which the dialog was opened.")
    activity_ids = fields.Many2many(
        "mail.activity",
        string="Completes",
        compute="_compute_activity_ids",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('res_model', '=', 'collection.case'), ('res_id', '=', case_id)]",
        help="Activities that this contact completes. Remove those that remain to be done.",
    )
    note_id = fields.Many2one(
        "collection.note", string="Recorded", readonly=True, help="What was recorded; a second save records nothing."
    )

    # The contact
    outcome = fields.Selection(OUTCOMES, required=True, help="What came of it; where several things did, the main one.")
    also_promised = fields.Boolean(string="Promises a payment")
    also_copies = fields.Boolean(string="Asks for copies")
    has_promise = fields.Boolean(compute="_compute_has_promise")
    has_copies = fields.Boolean(compute="_compute_has_copies")
    channel = fields.Selection(CHANNELS, required=True, default="call")
    direction = fields.Selection([("out", "Outgoing"), ("in", "Incoming")], required=True, default="out")
    contact_id = fields.Many2one(
        "res.partner",
        string="With",
        compute="_compute_contact_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('id', 'child_of', customer_id)]",
        help="Whom you spoke with.",
    )
    adds_person = fields.Boolean(string="Someone New", help="The person is not among the customer's contacts yet.")
    new_person = fields.Char(
        string="Name", size=120, help="Saved as a contact of the customer when you save, and not before."
    )
    contact_is_person = fields.Boolean(compute="_compute_contact_is_person")
    contact_payable = fields.Boolean(
        string="Accounts Payable",
        compute="_compute_contact",
        store=True,
        precompute=True,
        readonly=False,
        help="This person handles payments: calls and letters go to them from now on.",
    )
    contact_phone = fields.Char(
        string="Number",
        compute="_compute_contact",
        store=True,
        precompute=True,
        readonly=False,
        help="Correct the number here; it is kept on the contact.",
    )
    mood = fields.Selection(MOODS)
    note = fields.Text(help="What was said, and what was agreed.")
    duration = fields.Integer(
        string="Minutes",
        default=1,
        help="How long it took: measured since the dialog was opened, unless you say otherwise.",
    )
    measured = fields.Integer(default=1, help="The measured minutes; a different value was entered by hand.")
    opened_at = fields.Datetime(default=fields.Datetime.now)
    invoice_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_invoice_ids",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('commercial_partner_id', '=', customer_id), ('company_id', '=', company_id), ('state', '=', 'posted'),"
        " ('move_type', 'in', ('out_invoice', 'out_refund', 'out_receipt'))]",
        help="The invoices that the contact was about.",
    )

    # What it was about
    open_item_ids = fields.Many2many(related="case_id.open_item_ids")
    about_ids = fields.Many2many(
        "account.move.line",
        "collection_log_contact_about_rel",
        domain="[('id', 'in', open_item_ids)]",
        help="The open items that the contact is about: ticked in the list of the case.",
    )

    # A promise
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True, readonly=False
    )
    item_ids = fields.Many2many(
        "account.move.line",
        "collection_log_contact_item_rel",
        string="For Items",
        compute="_compute_item_ids",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('id', 'in', open_item_ids), ('amount_residual', '>', 0)]",
        help="The open items the promise is for. None: the oldest of the account.",
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        precompute=True,
        readonly=False,
        help="What the customer promised; the chased amount is proposed.",
    )
    date_promised = fields.Date(
        string="Will Pay By", compute="_compute_dates", store=True, precompute=True, readonly=False
    )
    open_promise_ids = fields.Many2many("collection.promise", compute="_compute_open_promise_ids")
    replaced_ids = fields.Many2many(
        "collection.promise",
        "collection_log_contact_replaced_rel",
        string="Replaces",
        compute="_compute_replaced_ids",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('id', 'in', open_promise_ids)]",
        help="Earlier promises that are withdrawn, because together with the new one they would exceed what is open.",
    )
    promises_pause = fields.Boolean(related="case_id.promises_pause")
    broken_count = fields.Integer(related="case_id.broken_count")

    # Copies
    copies_to_id = fields.Many2one(
        "res.partner",
        string="Send Copies To",
        compute="_compute_copies_to_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('id', 'child_of', customer_id)]",
        context={"show_email": True},
    )
    copy_ids = fields.Many2many(
        "account.move",
        "collection_log_contact_copy_rel",
        string="Copies Of",
        compute="_compute_copy_ids",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('commercial_partner_id', '=', customer_id), ('company_id', '=', company_id), ('state', '=', 'posted'),"
        " ('move_type', 'in', ('out_invoice', 'out_refund'))]",
    )

    # Why it was not paid
    reason_id = fields.Many2one(
        string="Customer's Reason",
        help="The closest reason, if you have learned one. It changes how we proceed. Keep details about health or family out of "
        "the note as well.",
    )
    reason_effect = fields.Text(compute="_compute_reason_effect", help="What the reason changes when you save.")

    # What comes next
    next_date = fields.Date(string="Next Call", compute="_compute_dates", store=True, precompute=True, readonly=False)
    next_time = fields.Float(
        string="At",
        help="The hour agreed on, in your own time: you are reminded when it comes. Empty: any time of that day.",
    )

    # -- Proposals -----------------------------------------------------------------------------------------------

    @api.depends("outcome", "also_promised")
    def _compute_has_promise(self):
        """One contact may bring several things: the outcome says the main one, the rest is ticked."""
        for dialog in self:
            dialog.has_promise = dialog.outcome == "promised" or dialog.also_promised

    @api.depends("outcome", "also_copies")
    def _compute_has_copies(self):
        for dialog in self:
            dialog.has_copies = dialog.outcome == "asks_copies" or dialog.also_copies

    @api.depends("about_ids")
    def _compute_invoice_ids(self):
        for dialog in self:
            dialog.invoice_ids = dialog.about_ids.move_id.filtered(lambda move: move.is_sale_document(True))

    @api.depends("about_ids", "has_promise")
    def _compute_item_ids(self):
        for dialog in self:
            about = dialog.about_ids.filtered(lambda line: line.amount_residual > 0)
            dialog.item_ids = about if dialog.has_promise else False

    @api.depends("case_id", "activity_id")
    def _compute_activity_ids(self):
        for dialog in self:
            dialog.activity_ids = dialog.case_id._activities_of_contact() | dialog.activity_id

    @api.depends("case_id")
    def _compute_contact_id(self):
        for dialog in self:
            dialog.contact_id = dialog.case_id.contact_id

    @api.depends("case_id", "reason_id")
    def _compute_reason_effect(self):
        for dialog in self:
            case, reason = dialog.case_id._origin, dialog.reason_id._origin
            changed = case and case.state != "closed" and reason != case.reason_id
            told = case._reason_effects(reason, reason._proposed_policy() or case.policy_id) if changed else []
            dialog.reason_effect = "\n".join(told)

    @api.depends("contact_id", "customer_id")
    def _compute_contact_is_person(self):
        for dialog in self:
            dialog.contact_is_person = bool(dialog.contact_id) and dialog.contact_id != dialog.customer_id

    @api.depends("contact_id", "adds_person")
    def _compute_contact(self):
        for dialog in self:
            if dialog.adds_person:
                dialog.contact_payable = dialog.contact_phone = False
                continue
            # computed in superuser mode, but for whoever opens the dialog
            contact = dialog.contact_id._origin.sudo(False)._filtered_access("read")
            dialog.contact_payable = contact.type == "accounts_payable"
            dialog.contact_phone = contact.phone

    @api.depends("case_id")
    def _compute_currency_id(self):
        for dialog in self:
            dialog.currency_id = dialog.company_id.currency_id

    @api.depends("case_id", "currency_id", "item_ids", "open_promise_ids", "has_promise")
    def _compute_amount(self):
        """Propose the chosen items, else what is asked for today, else what was promised before."""
        for dialog in self:
            if not dialog.has_promise:
                dialog.amount = 0
            elif dialog.item_ids:
                dialog.amount = dialog._residual(dialog.item_ids._origin)
            elif dialog.currency_id != dialog.company_id.currency_id:
                dialog.amount = dialog._residual(dialog.case_id._overdue_items())
            else:
                promised = sum(dialog.open_promise_ids.mapped("amount_outstanding"))
                dialog.amount = dialog.case_id.amount_chased or promised

    @api.depends("case_id")
    def _compute_open_promise_ids(self):
        for dialog in self:
            dialog.open_promise_ids = dialog.case_id.promise_ids.filtered(
                lambda promise: promise.state == "open" and not promise.plan_id
            )

    @api.depends("amount", "currency_id", "item_ids", "has_promise")
    def _compute_replaced_ids(self):
        """Earlier promises are in the way when there is no room for the new one beside them."""
        for dialog in self:
            rivals = dialog._rivals()
            owed = dialog._residual(dialog.item_ids._origin or dialog.case_id.open_item_ids)
            room = owed - sum(rivals.mapped("amount_outstanding"))
            in_the_way = dialog.has_promise and dialog.currency_id.compare_amounts(dialog.amount, room) > 0
            # an instalment takes room as well, but its plan is another agreement and is not replaced here
            dialog.replaced_ids = rivals.filtered(lambda promise: not promise.plan_id) if in_the_way else False

    @api.depends("contact_id", "case_id", "has_copies")
    def _compute_copies_to_id(self):
        for dialog in self:
            contact = dialog.contact_id
            dialog.copies_to_id = contact if contact.email else dialog.case_id.contact_id

    @api.depends("about_ids", "has_copies")
    def _compute_copy_ids(self):
        """What was ticked; where one invoice is overdue, that one."""
        for dialog in self:
            items = dialog.case_id._items_meant(dialog.about_ids)
            dialog.copy_ids = (
                items.move_id.filtered(lambda move: move.is_sale_document()) if dialog.has_copies else False
            )

    @api.depends("case_id", "outcome", "has_promise")
    def _compute_dates(self):
        for dialog in self:
            company = dialog.company_id
            outcome = dialog.outcome
            days = CALLBACK_DAYS.get(outcome)
            if outcome in TRIED_AGAIN:
                days = company.collection_retry_days
            working_day = company._collection_working_day if company else lambda _days: False
            dialog.next_date = days is not None and working_day(days)
            dialog.date_promised = dialog.has_promise and working_day(PROMISE_DAYS)

    @api.onchange("outcome", "note", "contact_id", "amount", "next_date")
    def _onchange_measure(self):
        """Show how long the contact has taken so far."""
        self._measure()

    def _measure(self):
        """Write the minutes since the dialog was opened, unless a person has typed others."""
        minutes = max(1, ceil((fields.Datetime.now() - self.opened_at).total_seconds() / 60)) if self.opened_at else 1
        if self.duration == self.measured:
            self.duration = minutes
        self.measured = minutes

    def _residual(self, lines):
        """What is left to pay of ``lines`` in the currency of the promise; credits do not count."""
        if self.currency_id == self.company_id.currency_id:
            return sum(lines.filtered(lambda line: line.amount_residual > 0).mapped("amount_residual"))
        lines = lines.filtered(lambda line: line.currency_id == self.currency_id and line.amount_residual > 0)
        return sum(lines.mapped("amount_residual_currency"))

    def _rivals(self):
        """Open promises that may be about the same items."""
        items = set(self.item_ids._origin.ids)
        given_for = self.case_id.promise_ids._items_by_promise()
        return self.case_id.promise_ids.filtered(
            lambda promise: (
                promise.state == "open"
                and promise.currency_id == self.currency_id
                and not (items and given_for[promise.id] and items.isdisjoint(given_for[promise.id]))
            )
        )
