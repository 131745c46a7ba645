import pytz
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..ledger.account_key import owner_key
from ..settings.clocks import first_moment
from ..settings.res_partner import DELIVERY_NOTES

LETTER_KINDS = [
    ("courtesy", "Courtesy reminder"),
    ("reminder", "Reminder"),
    ("statement", "Statement"),
    ("final_notice", "Final notice"),
    ("promise", "Confirmation of a promise"),
    ("thanks", "Thank-you"),
    ("plan", "Payment plan"),
    ("instalment", "Instalment reminder"),
    ("resolution", "Answer to a dispute"),
    ("settled", "Thank-you: all settled"),
]
#: Kinds that are an e-mail and nothing else: no PDF, and not for customers who get paper.
PAPERLESS = ("promise", "thanks", "instalment", "settled")
#: Kinds that the customer agreed to or expects: neither the rest after a reply nor the budget of contacts holds them up.
EXPECTED = ("promise", "thanks", "plan", "instalment", "resolution", "settled")


class CollectionLetter(models.Model):
    """One outgoing letter, on paper or by e-mail, kept with the exact PDF that left the house."""

    _name = "collection.letter"
    _description = "Collection Letter"
    _inherit = [
        "collection.outgoing",
        "collection.case.fact",
        "collection.bulk",
        "collection.numbered",
        "collection.workable",
    ]
    _facts_of_case = frozenset({"case_id", "round", "send_after", "state", "step_id", "to_approve"})
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Reference", required=True, readonly=True, default="/", copy=False)
    case_id = fields.Many2one("collection.case", ondelete="restrict", index=True, readonly=True, check_company=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="restrict", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", string="Signed By", readonly=True, help="The person whom the customer can call."
    )

    # What it says
    kind = fields.Selection(LETTER_KINDS, required=True, readonly=True)
    step_id = fields.Many2one("collection.policy.step", ondelete="restrict", readonly=True)
    round = fields.Integer(string="Cycle", default=1, readonly=True)
    promise_id = fields.Many2one("collection.promise", ondelete="restrict", index="btree_not_null", readonly=True)
    plan_id = fields.Many2one("collection.plan", ondelete="restrict", index="btree_not_null", readonly=True)
    dispute_id = fields.Many2one("collection.dispute", ondelete="restrict", index="btree_not_null", readonly=True)
    reference_date = fields.Date(
        readonly=True,
        help="For letters outside the policy: the due date, or the end of the period.",
        for_rules=True,
    )
    tone = fields.Selection(related="step_id.stage_id.tone")
    lang = fields.Char(compute="_compute_lang", help="The language of the reader.")
    amount = fields.Monetary(readonly=True, help="What this letter asks for.")

    # How it goes out
    channel = fields.Selection([("email", "E-mail"), ("post", "Postal Mail")], required=True, readonly=True)
    contact_id = fields.Many2one("res.partner", string="Addressed To", readonly=True)
    delivery_note = fields.Selection(
        DELIVERY_NOTES, readonly=True, help="Why it is not sent by e-mail, so that nobody wonders."
    )
    address_used = fields.Char(readonly=True, help="The e-mail or postal address it went to.")
    arrival_unknown = fields.Boolean(
        readonly=True,
        copy=False,
        help="Sending was interrupted, so it is unknown whether it reached the customer.",
        for_rules=True,
    )
    addresses_returned = fields.Char(
        readonly=True,
        help="The e-mail addresses from which it bounced. It has failed when all of its addresses are listed here.",
        for_rules=True,
    )
    send_after = fields.Datetime(readonly=True, help="The earliest time at which it may go out.", for_rules=True)
    sent_at = fields.Datetime(index=True)
    tracking_ref = fields.Char(
        string="Tracking Reference", help="Message ID of the e-mail, or number of the mail piece."
    )
    delivered_on = fields.Date(help="The day on which it reached the customer, as far as known.")

    # Proof
    attachment_id = fields.Many2one("ir.attachment", string="PDF", readonly=True, ondelete="restrict")
    sha256 = fields.Char(string="SHA-256", readonly=True, help="Fingerprint of the PDF, to prove that it is the same.")
    _unique_waiting = models.UniqueIndex(
        "(case_id) WHERE step_id IS NOT NULL AND state = 'queued'",
        "Another policy letter is already queued for this customer.",
    )
    _unique_reference = models.UniqueIndex(
        "(partner_id, company_id, kind, reference_date) WHERE reference_date IS NOT NULL AND state != 'cancelled'",
        "This letter already exists for the customer.",
    )
    _unique_promise = models.UniqueIndex(
        "(promise_id, kind) WHERE promise_id IS NOT NULL AND state != 'cancelled'",
        "This e-mail about the promise already exists for the customer.",
    )
    _queue_index = models.Index("(send_after) WHERE state = 'queued'")

    @api.depends("partner_id", "contact_id")
    def _compute_lang(self):
        for letter in self:
            letter.lang = letter.contact_id._collection_lang() or letter.partner_id._collection_lang() or self.env.lang

    @api.model_create_multi
    def create(self, vals_list):
        partners = self.env["res.partner"].browse({vals["partner_id"] for vals in vals_list})
        return super().create(self._completed(vals_list, partners._collection_delivery()))

    @api.model
    def _queue(self, vals_list, delivery, currency):
        """Write many letters of one kind and company, all in one statement. Needs superuser mode.

        :param vals_list: as for ``create``
        :param delivery: how they reach each customer; see ``res.partner._collection_delivery``
        """
        letters = self._bulk_create(self._completed(vals_list, delivery), currency)
        letters._facts_changed(self.env["collection.case"].browse(vals["case_id"] for vals in vals_list))
        return letters

    @api.model
    def _completed(self, vals_list, delivery):
        """The values of new letters with all that can be said of them: number, who signs, how and when they go out."""
        subjects = [self._subject(vals) for vals in vals_list]
        names, moments = self._next_names(len(vals_list)), self._first_moments(subjects)
        return [
            {
                "name": name,
                "user_id": (case.user_id or company.collection_user_id).id,
                "send_after": moment,
                **self._of_delivery(delivery[vals["partner_id"]]),
                **vals,
            }
            for name, moment, (_kind, case, _partner, company), vals in zip(
                names, moments, subjects, vals_list, strict=True
            )
        ]

    @api.model
    def _of_delivery(self, delivery):
        """The values of a letter that reaches its customer this way; see ``res.partner._collection_delivery``."""
        return {("address_used" if name == "address" else name): value for name, value in delivery.items()}

    @api.model
    def _subject(self, vals):
        """What a letter with these values is about: kind, case, customer, company."""
        return (
            vals["kind"],
            self.env["collection.case"].browse(vals.get("case_id")),
            self.env["res.partner"].browse(vals["partner_id"]),
            self.env["res.company"].browse(vals["company_id"]),
        )

    @api.model
    def _next_names(self, count):
        """References for ``count`` letters from the sequence, all in one query where the sequence allows it."""
        sequence = self.env.ref("grey_hat_collections.sequence_collection_letter").sudo()  # numbers are drawn, not read
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _number in range(count)]
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{sequence.id:03d}", count)
        )
        prefix, suffix = sequence._get_prefix_suffix()
        return [f"{prefix}{number:0{sequence.padding}d}{suffix}" for (number,) in rows]

    def _set_send_after(self):
        """These letters wait for the first permitted moment from now on."""
        subjects = [(letter.kind, letter.case_id, letter.partner_id, letter.company_id) for letter in self]
        for letter, moment in zip(self, self._first_moments(subjects), strict=True):
            letter.send_after = moment

    @api.model
    def _first_moments(self, subjects):
        """The first permitted moment from now on, on every clock that may be the customer's, for a letter about each of
        ``subjects`` (:meth:`_subject`), in their order.
        """
        moments = []
        now = pytz.utc.localize(fields.Datetime.now())
        rules = {}
        for _kind, _case, _partner, company in subjects:
            if company not in rules:
                rules[company] = company._collection_contact_rules()
        contacts = self.env["collection.case"].union(*(case for _kind, case, *_rest in subjects))._recent_contacts()
        for kind, case, partner, company in subjects:
            zones = partner._collection_timezones(company)
            history = {"contacts": contacts.get(case.id, ()), "last_reply": case.last_reply_date or None}
            moment = first_moment(rules[company], now, zones, **({} if kind in EXPECTED else history))
            # with the budget of a year used up there is no moment at all; look again then
            moment = moment or fields.Datetime.add(now, years=1)
            moments.append(moment.replace(tzinfo=None))
        return moments

    def write(self, vals):
        if not self.env.su and (frozen := set(vals) - {"tracking_ref", "delivered_on"}):
            raise UserError(
                self.env._(
                    "%(letter)s is a record of what was sent: %(fields)s cannot be changed.",
                    letter=self[:1].display_name,
                    fields=", ".join(self._fields[name]._description_string(self.env) for name in sorted(frozen)),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        for letter in self.filtered(lambda letter: letter.state in ("sent", "failed")):
            raise UserError(
                self.env._(
                    "%s was sent or attempted and must be kept on record. Queued letters can be cancelled.",
                    letter.display_name,
                )
            )

    # -- Buttons -------------------------------------------------------------------------------------------------

    def action_cancel(self):
        """Take queued or failed letters back before they leave. The step they belong to was then never taken."""
        self.check_access("write")
        for letter in self.filtered(lambda letter: letter._is_leaving()):
            raise UserError(
                self.env._(
                    "%s is being handed to the mail server right now. Check again in 15 minutes.",
                    letter.display_name,
                )
            )
        waiting = self.filtered(lambda letter: letter.state in ("queued", "failed"))
        reason = self.env._("Cancelled by %s.", self.env.user.name)
        cases = waiting.case_id.sudo()  # the fields of a step are written by the rules; access was checked
        with_step = waiting.filtered(lambda letter: letter == letter.case_id.pending_letter_id)
        with_step.case_id.sudo()._abandon_step(reason)
        waiting.filtered(lambda letter: letter.state != "cancelled")._cancel(reason)
        for company, released in cases.grouped("company_id").items():
            released.write({"released_on": company._collection_review_day()})
        cases._decide_later()
        return True

    def action_retry(self):
        """Send failed letters again, to the address that is on file now."""
        self.check_access("write")
        failed = self.filtered(lambda letter: letter.state == "failed").sudo()  # written by the rules only
        failed._check_nothing_else_waits()
        for letter in failed:
            letter.write(
                {
                    "state": "queued",
                    "failure_reason": False,
                    "attempts": 0,
                    "handover_at": False,
                    "sent_at": False,  # it says what is so on the day on which it leaves
                    "arrival_unknown": False,
                    "addresses_returned": False,
                    **letter._of_delivery(letter.partner_id._collection_delivery()[letter.partner_id.id]),
                }
            )
            letter._set_send_after()
            letter.case_id._take_up_step(letter)
        self.case_id.sudo()._decide_later()
        return True

    def _check_nothing_else_waits(self):
        """One letter of the ladder at a time waits to be sent to a customer.

        :raises UserError: with the way out
        """
        of_ladder = self.filtered("step_id")
        waiting = self.search(
            [("case_id", "in", of_ladder.case_id.ids), ("step_id", "!=", False), ("state", "=", "queued")]
        )
        for case, letters in of_ladder.grouped("case_id").items():
            others = waiting.filtered(lambda one, case=case: one.case_id == case) | letters[1:]
            if others:
                raise UserError(
                    self.env._(
                        "%(letter)s cannot be sent again: %(other)s is queued for the same customer. Let it go out, or cancel "
                        "it first.",
                        letter=letters[:1].display_name,
                        other=others[:1].display_name,
                    )
                )

    def action_mark_sent(self):
        """Say that a letter on paper was mailed, or that an e-mail did arrive whose sending was cut short."""
        self.check_access("write")
        for letter in self:
            if letter.state in ("queued", "failed") and letter.channel == "email" and not letter._may_have_arrived():
                raise UserError(letter._not_sent())
            if letter.channel == "post" and not letter.attachment_id:
                raise UserError(self.env._("%s is not printed yet. Print it first.", letter.display_name))
        letters = self.filtered(lambda letter: letter.state in ("queued", "failed"))
        letters = letters.sudo()  # written by the rules only
        letters.write(
            {
                "state": "sent",
                "sent_at": fields.Datetime.now(),
                "failure_reason": False,
                "arrival_unknown": False,
            }
        )
        letters._complete_step()
        return True

    def action_print(self):
        """Open the PDF; it is made now when the daily sending has not made it yet."""
        self.ensure_one()
        self.check_access("read")
        letter = self.sudo()  # the PDF belongs to the letter, which may be read
        obstacle = letter.state == "queued" and letter._look_again()
        if obstacle:
            raise UserError(
                self.env._(
                    "%(letter)s must not be sent: %(reason)s The next sending run will cancel it.",
                    letter=letter.name,
                    reason=obstacle,
                )
            )
        if not letter.attachment_id or letter._asks_otherwise():
            letter.amount = letter._amount_asked()
            letter._store_pdf()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{letter.attachment_id.id}?download=true",
            "target": "new",
        }

    # -- States --------------------------------------------------------------------------------------------------

    def _may_have_arrived(self):
        """Whether this e-mail may be with the customer although nobody has said so: its hand-over was cut short."""
        self.ensure_one()
        return self.state == "failed" and self.arrival_unknown

    def _not_sent(self):
        """Why this e-mail cannot be marked as sent, and what can be done with it."""
        if self.state == "queued":
            return self.env._(
                "%s has not been sent: it is queued for e-mail. It counts as sent once it goes out; cancel it if it must not go "
                "out.",
                self.display_name,
            )
        return self.env._(
            "%s did not reach the customer by e-mail. Check the address and send it again, or cancel it.",
            self.display_name,
        )

    def _is_leaving(self):
        """Whether this letter is with the mail server at this moment, or was when the work was cut short."""
        self.ensure_one()
        return self.state == "queued" and bool(self.handover_at)

    def _cancel(self, reason):
        self.sudo().write({"state": "cancelled", "cancel_reason": reason})  # written by the rules only
        self.flush_recordset(["state"])  # makes room for a new letter of the same step

    def _day_sent(self):
        """The day on which this letter left, None before, and for paper that is made anew (:meth:`_anew`). Printed later, its
        items are those of that day as far as they are still open.
        """
        self.ensure_one()
        return self.company_id._collection_date(self.sent_at) if self._speaks_of_its_day() else None

    def _anew(self, piece=None):
        """These letters, as they are written today, whether or not they have left before.

        :param piece: whose paper is made
        """
        return self.with_context(collection_anew=piece.id if piece else True)

    def _speaks_of_its_day(self):
        """Whether this letter says what was so on the day on which it left, rather than what is so today."""
        return bool(self.sent_at) and not self.env.context.get("collection_anew")

    def _asked(self, item):
        """What this letter asks for of an open item, in company currency; once sent, also what was promised since."""
        if self.kind == "courtesy":
            return item.residual - self._waiting(item)
        return item.chased + item.promised if self._speaks_of_its_day() and item.days_overdue else item.chased

    def _waiting(self, item):
        """What of an open item this letter does not ask for: it is under way, promised or disputed (see :meth:`_asked`)."""
        return item.under_way + item.disputed + (0 if self._speaks_of_its_day() else item.promised)

    def _open_items(self):
        """What this letter asks for, oldest first: of the open items that are chased today those that it names, where it is of
        a step; see :meth:`_named`.

        :rtype: list[OpenItem]
        """
        self.ensure_one()
        return self._items_asked()[self.id]

    def _items_asked(self):
        """What each of these letters asks for, by its id: see :meth:`_open_items`. Read at once for all of one day."""
        items = self._items_chased()
        named = self._named(items)
        return {letter.id: [item for item in items[letter.id] if item.id in named[letter.id]] for letter in self}

    def _items_chased(self):
        """What each of these letters asks for or lists as also open, by its id. Read at once for all of one day."""
        asked = {}
        for day, letters in self.grouped(lambda letter: letter._day_sent()).items():
            items_of = self.env["collection.ledger"]._open_items_by_account(letters.partner_id, letters.company_id, day)
            for letter in letters:
                account = owner_key(letter)
                asked[letter.id] = [item for item in items_of.get(account, ()) if letter._asks(item)]
        return asked

    def _asks(self, item):
        """Whether this letter asks for an open item of its customer, or lists it as also open."""
        if self.kind == "courtesy":
            return item.due == self.reference_date and item.residual > 0 and not item.excluded
        return bool(self._asked(item))
