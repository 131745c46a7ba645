from math import ceil

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..models.collection_case_note import CALL_AGAIN_XMLID, CALLBACK_XMLID, NUMBER_XMLID
from ..models.collection_case_step import REVIEW_XMLID
from ..models.collection_note import CHANNELS, MOODS, OUTCOMES

#: Working days until we call again when the customer wishes for it, or needs it.
CALLBACK_DAYS = {"asks_copies": 3, "asks_time": 5, "upset": 5}
#: Outcomes after which the customer is called on a day that was agreed; no letter gets in between.
CALLED_BACK = ("asks_copies", "asks_time", "callback", "reached", "upset")
#: Outcomes after which we try again by ourselves.
TRIED_AGAIN = ("left_message", "no_answer", "wrong_number")
#: Of those, outcomes that leave nothing open without a day.
NEEDS_NEXT_DATE = ("asks_time", "callback", "left_message", "no_answer", "upset")
#: Working days that are proposed for a promise, and for finding out what a dispute is about.
PROMISE_DAYS = 5
DISPUTE_DAYS = 10


class CollectionLogContact(models.TransientModel):
    """Record one contact and all that follows from it: the activity that is done, the note, and by its outcome a promise,
    a callback, invoice copies, a hold, another attempt or a question to the manager.
    """

    _name = "collection.log.contact"
    _description = "Log Contact"
    _inherit = ["collection.case.dialog"]

    customer_id = fields.Many2one(related="case_id.partner_id")
    company_id = fields.Many2one(related="case_id.company_id")
    case_state = fields.Selection(related="case_id.state")
    activity_id = fields.Many2one("mail.activity", help="The activity from which the dialog was opened.")
    activity_ids = fields.Many2many(
        "mail.activity",
        string="Finishes",
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
    outcome = fields.Selection(OUTCOMES, required=True)
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
        help="Whom you spoke with. Type a new name to add the person to the customer.",
    )
    contact_is_person = fields.Boolean(compute="_compute_contact_is_person")
    contact_payable = fields.Boolean(
        string="Accounts Payable",
        compute="_compute_contact",
        store=True,
        precompute=True,
        readonly=False,
        help="This person looks after paying: calls and letters go to them from now on.",
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
    measured = fields.Integer(default=1, help="The minutes that were measured; what differs from them was typed.")
    opened_at = fields.Datetime(default=fields.Datetime.now)
    invoice_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        domain="[('commercial_partner_id', '=', customer_id), ('company_id', '=', company_id), ('state', '=', 'posted'),"
        " ('move_type', 'in', ('out_invoice', 'out_refund', 'out_receipt'))]",
        help="The invoices that the contact was about.",
    )

    # A promise
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True, readonly=False
    )
    open_item_ids = fields.Many2many(related="case_id.open_item_ids")
    item_ids = fields.Many2many(
        "account.move.line",
        "collection_log_contact_item_rel",
        string="Given For",
        domain="[('id', 'in', open_item_ids), ('amount_residual', '>', 0)]",
        help="The open items that the promise is given for. None: the oldest of the account.",
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        precompute=True,
        readonly=False,
        help="What the customer promised; what you asked for is proposed.",
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
        help="Earlier promises that are withdrawn, because there is no room for the new one beside them.",
    )
    promises_pause = fields.Boolean(related="case_id.promises_pause")
    broken_count = fields.Integer(related="case_id.broken_count")

    # Copies
    copies_to_id = fields.Many2one(
        "res.partner",
        string="Send Copies To",
        compute="_compute_copies",
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
        compute="_compute_copies",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('commercial_partner_id', '=', customer_id), ('company_id', '=', company_id), ('state', '=', 'posted'),"
        " ('move_type', 'in', ('out_invoice', 'out_refund'))]",
    )

    # What comes next
    dispute = fields.Char(string="What Is Wrong", help="Becomes the reason of the hold, for everybody to read.")
    hold_until = fields.Date(
        compute="_compute_dates",
        store=True,
        precompute=True,
        readonly=False,
        help="Until then nothing is asked for, so that we can find an answer.",
    )
    next_date = fields.Date(string="Next Call", compute="_compute_dates", store=True, precompute=True, readonly=False)

    # -- Proposals -----------------------------------------------------------------------------------------------

    @api.depends("case_id", "activity_id")
    def _compute_activity_ids(self):
        for dialog in self:
            dialog.activity_ids = dialog.case_id._activities_of_contact() | dialog.activity_id

    @api.depends("case_id")
    def _compute_contact_id(self):
        for dialog in self:
            dialog.contact_id = dialog.case_id.contact_id

    @api.depends("contact_id", "customer_id")
    def _compute_contact_is_person(self):
        for dialog in self:
            dialog.contact_is_person = bool(dialog.contact_id) and dialog.contact_id != dialog.customer_id

    @api.depends("contact_id")
    def _compute_contact(self):
        for dialog in self:
            # computed in superuser mode, but for whoever opens the dialog
            contact = dialog.contact_id._origin.sudo(False)._filtered_access("read")
            dialog.contact_payable = contact.type == "accounts_payable"
            dialog.contact_phone = contact.phone

    @api.depends("case_id")
    def _compute_currency_id(self):
        for dialog in self:
            dialog.currency_id = dialog.company_id.currency_id

    @api.depends("case_id", "currency_id", "item_ids", "open_promise_ids", "outcome")
    def _compute_amount(self):
        """Propose the chosen items, else what is asked for today, else what was promised before."""
        for dialog in self:
            if dialog.outcome != "promised":
                dialog.amount = 0
            elif dialog.item_ids:
                dialog.amount = dialog._residual(dialog.item_ids._origin)
            elif dialog.currency_id != dialog.company_id.currency_id:
                overdue = dialog.case_id.open_item_ids.filtered(lambda line: line.collection_days_overdue > 0)
                dialog.amount = dialog._residual(overdue)
            else:
                promised = sum(dialog.open_promise_ids.mapped("amount_outstanding"))
                dialog.amount = dialog.case_id.amount_chased or promised

    @api.depends("case_id")
    def _compute_open_promise_ids(self):
        for dialog in self:
            dialog.open_promise_ids = dialog.case_id.promise_ids.filtered(
                lambda promise: promise.state == "open" and not promise.plan_id
            )

    @api.depends("amount", "currency_id", "item_ids", "outcome")
    def _compute_replaced_ids(self):
        """Earlier promises are in the way when there is no room for the new one beside them."""
        for dialog in self:
            rivals = dialog._rivals()
            owed = dialog._residual(dialog.item_ids._origin or dialog.case_id.open_item_ids)
            room = owed - sum(rivals.mapped("amount_outstanding"))
            in_the_way = dialog.outcome == "promised" and dialog.currency_id.compare_amounts(dialog.amount, room) > 0
            # an instalment takes room as well, but its plan is another agreement and is not replaced here
            dialog.replaced_ids = rivals.filtered(lambda promise: not promise.plan_id) if in_the_way else False

    @api.depends("contact_id", "case_id", "outcome")
    def _compute_copies(self):
        for dialog in self:
            contact = dialog.contact_id
            dialog.copies_to_id = contact if contact.email else dialog.case_id.contact_id
            overdue = dialog.case_id.open_item_ids.filtered(lambda line: line.collection_days_overdue > 0)
            asked = dialog.outcome == "asks_copies"
            dialog.copy_ids = overdue.move_id.filtered(lambda move: move.is_sale_document()) if asked else False

    @api.depends("case_id", "outcome")
    def _compute_dates(self):
        for dialog in self:
            company = dialog.company_id
            outcome = dialog.outcome
            days = CALLBACK_DAYS.get(outcome)
            if outcome in TRIED_AGAIN:
                days = company.collection_retry_days
            working_day = company._collection_working_day if company else lambda _days: False
            dialog.next_date = days is not None and working_day(days)
            dialog.date_promised = outcome == "promised" and working_day(PROMISE_DAYS)
            dialog.hold_until = outcome == "disputes" and working_day(DISPUTE_DAYS)

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
        items = self.item_ids._origin
        return self.case_id.promise_ids.filtered(
            lambda promise: (
                promise.state == "open"
                and promise.currency_id == self.currency_id
                and not (items and promise.item_ids and not items & promise.item_ids)
            )
        )

    # -- Saving --------------------------------------------------------------------------------------------------

    def action_log(self):
        """Record the contact and what follows from it, all or nothing."""
        self.ensure_one()
        case = self.case_id
        case.check_access("write")
        if not self.note_id:  # the button was pressed twice
            self._check()
            self._measure()
            self._keep_contact()
            self.note_id = self.env["collection.note"].create(self._note_values())
            self._finish_activities()
            self._follow_up()
            case.sudo()._decide()  # the reason and the next date are written by the rules
        return {"type": "ir.actions.act_window_close"}

    def action_log_and_plan(self):
        """Record that the customer asks for time, and go on to a payment plan instead of a day for the next call."""
        self.next_date = False
        self.with_context(collection_plan_follows=True).action_log()
        action = self.case_id.action_propose_plan()
        return action | {"context": action["context"] | {"default_note_id": self.note_id.id}}

    def _check(self):
        """Say what is missing before anything is recorded."""
        today = self.company_id._collection_today()
        if self.case_state == "closed":
            if self.outcome == "promised":
                raise UserError(
                    self.env._(
                        "%s: the case is settled, so there is nothing to promise.", self.customer_id.display_name
                    )
                )
            return
        if self.outcome == "promised" and not (self.amount and self.date_promised):
            raise UserError(self.env._("Enter how much was promised, and for which day."))
        if self.outcome == "promised" and self.date_promised < today:
            raise UserError(
                self.env._("A promise looks ahead. Choose today or a later day on which the money will come.")
            )
        if self.outcome == "disputes" and not (self.dispute and self.hold_until):
            raise UserError(self.env._("Enter what is wrong, and by when we want to have an answer."))
        plan_follows = self.env.context.get("collection_plan_follows")
        if self.outcome in NEEDS_NEXT_DATE and not self.next_date and not plan_follows:
            raise UserError(self.env._("Enter the day of the next call, so that nobody is forgotten."))
        if self.outcome in (*TRIED_AGAIN, *CALLED_BACK) and self.next_date and self.next_date < today:
            raise UserError(self.env._("The next call lies in the past. Choose today or a later day."))

    def _keep_contact(self):
        """Write down what was learned about the person: the number, and whether they look after paying."""
        contact = self.contact_id
        if not contact:
            return
        if contact.commercial_partner_id != self.customer_id:
            raise UserError(
                self.env._(
                    "%(contact)s does not belong to %(customer)s. Choose one of its contacts, or add a new one.",
                    contact=contact.display_name,
                    customer=self.customer_id.display_name,
                )
            )
        values = {}
        if self.contact_phone != contact.phone:
            values["phone"] = self.contact_phone
        if contact.parent_id and self.contact_payable != (contact.type == "accounts_payable"):
            values["type"] = "accounts_payable" if self.contact_payable else "contact"
        if values:
            contact.write(values)

    def _note_values(self):
        text = self.note
        if self.outcome == "disputes":
            text = "\n".join(filter(None, (self.dispute, self.note)))
        return {
            "case_id": self.case_id.id,
            "contact_id": self.contact_id.id,
            "duration": self.duration,
            "channel": self.channel,
            "direction": self.direction,
            "outcome": self.outcome,
            "mood": self.mood or ("angry" if self.outcome == "upset" else False),
            "note": text,
            "invoice_ids": (self.invoice_ids | self.copy_ids | self.item_ids.move_id).ids,
        }

    def _finish_activities(self):
        """The call was made: complete what asked for it. With a wrong number it was not, and remains to be made."""
        own = self.activity_ids.filtered(
            lambda activity: activity.res_model == "collection.case" and activity.res_id == self.case_id.id
        )
        if self.outcome == "wrong_number":
            own = own.filtered(lambda activity: activity.activity_category != "phonecall")
        if own:
            own.collection_note_id = self.note_id
            own._action_done(feedback=self._feedback())

    def _feedback(self):
        """What the chatter of the case says about the contact."""
        outcome = dict(self._fields["outcome"]._description_selection(self.env))[self.outcome]
        head = " · ".join(filter(None, (outcome, self.contact_id.name)))
        return "\n".join(filter(None, (head, self.note_id.note)))

    def _follow_up(self):
        """Do what the outcome asks for. A settled case needs nothing more than copies."""
        if self.outcome == "asks_copies":
            self._send_copies()
        if self.case_state == "closed":
            return
        if self.outcome == "promised":
            self._promise()
        elif self.outcome == "disputes" and self.case_state != "referred":
            self.case_id._hold(self.hold_until, self.dispute)
        elif self.outcome == "refuses":
            self._ask_manager()
        elif self.outcome == "wrong_number":
            self._ask_for_number()
        elif self.next_date and self.outcome in (*TRIED_AGAIN, *CALLED_BACK):
            self._plan_call(CALL_AGAIN_XMLID if self.outcome in TRIED_AGAIN else CALLBACK_XMLID)

    def _promise(self):
        # an instalment stays: its plan is another agreement
        replaced = self.replaced_ids & self.case_id.promise_ids.filtered(lambda promise: not promise.plan_id)
        if replaced:
            replaced._withdraw(self.env._("Replaced by a promise of %s.", fields.Date.to_string(self.date_promised)))
        self.env["collection.promise"].create(
            {
                "case_id": self.case_id.id,
                "contact_id": self.contact_id.id,
                "note_id": self.note_id.id,
                "amount": self.amount,
                "currency_id": self.currency_id.id,
                "date_promised": self.date_promised,
                "item_ids": self.item_ids.ids,
            }
        )

    def _send_copies(self):
        copies = self.env["collection.invoice.copies"].create(
            {"case_id": self.case_id.id, "contact_id": self.copies_to_id.id, "move_ids": self.copy_ids.ids}
        )
        copies.action_send()

    def _ask_manager(self):
        """A refusal is decided on by a person; asked once until that person has decided."""
        company = self.company_id
        manager = company.collection_manager_id or self._caller()
        case = self.case_id.sudo()  # activities of the rules are asked for by the rules
        review = self.env.ref(REVIEW_XMLID)
        if case.activity_ids.filtered(lambda one: one.activity_type_id == review and one.user_id == manager):
            return
        summary = case._in_language_of(manager).env._("The customer refuses to pay. Decide how to go on")
        case._ask(
            lambda case: {
                "activity_type_id": review.id,
                "summary": summary,
                "note": plaintext2html(self._feedback()),
                "user_id": manager.id,
            }
        )

    def _ask_for_number(self):
        """Find out the right number; the call remains to be made."""
        case = self.case_id.sudo()  # activities of the rules are asked for by the rules
        caller = self._caller()
        number = self.contact_phone or self.case_id.contact_phone or ""
        summary = case._in_language_of(caller).env._("Wrong number: %s. Find the right one", number)
        search = self.env.ref(NUMBER_XMLID)
        case.activity_ids.filtered(lambda one: one.activity_type_id == search).unlink()  # asked once
        case._ask(lambda case: {"activity_type_id": search.id, "summary": summary, "user_id": caller.id})
        if not case._activities_of_contact() and self.next_date:
            self._plan_call(CALL_AGAIN_XMLID)

    def _plan_call(self, xmlid):
        """One call on the day of the dialog takes the place of earlier ones of its kind."""
        case = self.case_id.sudo()  # activities of the rules are asked for by the rules
        kind = self.env.ref(xmlid)
        case.activity_ids.filtered(lambda one: one.activity_type_id == kind and one.automated).unlink()
        caller = self._caller()
        day = self.next_date
        contact = self.contact_id if self.contact_id != self.customer_id else self.contact_id.browse()
        summary = ": ".join(filter(None, (kind.with_context(lang=caller.lang).summary, contact.name)))
        case._ask(
            lambda case: {
                "activity_type_id": kind.id,
                "summary": summary,
                "date_deadline": day,
                "user_id": caller.id,
            }
        )

    def _caller(self):
        """Who talks to the customer next."""
        return self.case_id.user_id or self.env.user
