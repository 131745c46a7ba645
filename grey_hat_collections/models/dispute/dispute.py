from odoo import api, fields, models
from odoo.fields import Domain

from ..ledger.account_key import owner_key
from .dispute_states import ANSWERED, OPEN, STATES

KINDS = [
    ("price", "Price"),
    ("tax", "Tax"),
    ("quantity", "Quantity"),
    ("not_received", "Not received"),
    ("damaged", "Damaged"),
    ("quality", "Quality"),
    ("service", "Service"),
    ("order_number", "Missing order number"),
    ("duplicate", "Duplicate"),
    ("already_paid", "Already paid"),
    ("copy_needed", "Copy needed"),
    ("other", "Other"),
]
#: Working days for an answer to a kind of dispute for which nobody has written down a service level.
ANSWER_DAYS = 5

#: What people write down; everything else follows from the buttons.
SAID = frozenset(
    {
        "attachment_ids",
        "case_id",
        "commitment",
        "commitment_date",
        "company_id",
        "contact_id",
        "date_answer_due",
        "description",
        "kind",
        "line_ids",
        "note_id",
        "partner_id",
        "user_id",
    }
)


class CollectionDispute(models.Model):
    """Something the customer says is wrong, billing or service, with a clock on us.

    While it is open, what is disputed is not asked for, whoever wrote it down; the rest of the account is. How it is raised,
    who is asked, our answer and the credit note are in ``dispute/dispute_raise.py``, ``_clock.py``, ``_answer.py`` and
    ``_credit.py``.
    """

    _name = "collection.dispute"
    _description = "Dispute"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "collection.activity.mixin",
        "collection.batch",
        "collection.case.fact",
        "collection.numbered",
        "collection.workable",
    ]
    _facts_of_case = frozenset({"case_id", "date_answer_due", "date_due_new", "state"})
    _order = "date_raised desc, id desc"
    _rec_names_search = ["name", "partner_id", "description"]
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Reference", required=True, readonly=True, default="/", copy=False)
    case_id = fields.Many2one(
        "collection.case",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="The case of the customer; none where nothing was overdue yet.",
    )
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    contact_id = fields.Many2one(
        "res.partner",
        string="Raised By",
        domain="[('id', 'child_of', partner_id)]",
        help="The person at the customer who told us.",
    )
    note_id = fields.Many2one(
        "collection.note", string="Conversation", ondelete="set null", index="btree_not_null", readonly=True
    )

    # What the customer says
    kind = fields.Selection(KINDS, required=True, tracking=True, help="What the customer says is wrong.")
    description = fields.Text(
        string="What the Customer Says",
        required=True,
        tracking=True,
        help="In the customer's words, as far as possible.",
    )
    line_ids = fields.One2many("collection.dispute.line", "dispute_id", string="Items")
    amount = fields.Monetary(
        compute="_compute_amounts", store=True, string="Disputed", help="In company currency, as it was raised."
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Evidence",
        help="Photos, delivery notes, orders, e-mails: anything that helps to investigate.",
    )
    date_raised = fields.Date(readonly=True, required=True, index=True)

    # The clock on us
    user_id = fields.Many2one(
        "res.users",
        string="Answered By",
        compute="_compute_user_id",
        store=True,
        precompute=True,
        readonly=False,
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who investigates and answers; need not be a collector.",
    )
    date_answer_due = fields.Date(
        string="Answer Due",
        compute="_compute_date_answer_due",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        tracking=True,
        help="The date by which the customer should have our answer; proposed from the service level of this kind.",
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late", help="Our answer is overdue.")
    late_told_for = fields.Date(
        string="Late Notice Sent For",
        readonly=True,
        help="The due date for which the manager was notified that our answer is late.",
        for_rules=True,
    )

    # Our commitment
    commitment = fields.Char(
        tracking=True, string="What We Promised", help="What we committed to do for the customer, in one line."
    )
    commitment_date = fields.Date(tracking=True, string="Promised For", help="The day for which we promised it.")
    commitment_done_on = fields.Date(readonly=True, tracking=True, string="Done On")
    commitment_state = fields.Selection(
        [("none", "None"), ("open", "Open"), ("kept", "Kept"), ("late", "Late")],
        compute="_compute_commitment_state",
        store=True,
        help="Whether we kept our commitment: late means done after the date.",
    )

    # Our answer
    state = fields.Selection(STATES, required=True, default="new", index=True, readonly=True, tracking=True, copy=False)
    finding = fields.Text(string="What We Found", readonly=True, tracking=True, help="The customer reads it.")
    amount_upheld = fields.Monetary(
        compute="_compute_amounts", store=True, string="Upheld", help="What we credit, in company currency."
    )
    date_due_new = fields.Date(
        readonly=True,
        tracking=True,
        string="New Due Date",
        help="The date by which the customer must pay what was not upheld.",
    )
    date_decided = fields.Date(readonly=True, string="Answered On", index=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    days_to_answer = fields.Integer(
        compute="_compute_days_to_answer", store=True, aggregator="avg", help="Days from the dispute to our answer."
    )
    credit_note_ids = fields.One2many("account.move", "collection_dispute_id", string="Credit Notes", readonly=True)
    reopened_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When our answer was withdrawn; what was credited before then stays credited.",
        for_rules=True,
    )
    is_credited = fields.Boolean(
        readonly=True,
        tracking=True,
        string="Credited",
        help="Accounting has confirmed that the upheld amount is booked.",
    )
    amount_to_credit = fields.Monetary(
        compute="_compute_amount_to_credit", help="What we upheld and nobody has credited yet, in company currency."
    )
    open_item_ids = fields.Many2many(
        "account.move.line", compute="_compute_open_item_ids", help="What may be disputed: open items of the customer."
    )

    _late_index = models.Index("(date_answer_due) WHERE state IN ('new', 'in_progress')")

    # -- Computes ------------------------------------------------------------------------------------------------

    @api.depends("line_ids.amount_company", "line_ids.amount_upheld_company")
    def _compute_amounts(self):
        for dispute in self:
            dispute.amount = sum(dispute.line_ids.mapped("amount_company"))
            dispute.amount_upheld = sum(dispute.line_ids.mapped("amount_upheld_company"))

    @api.depends("state", "line_ids.amount_waiting")
    def _compute_amount_to_credit(self):
        for dispute in self:
            waiting = sum(line._in_company_currency(line.amount_waiting) for line in dispute.line_ids)
            dispute.amount_to_credit = waiting if dispute.state in ANSWERED else 0

    @api.depends("kind", "company_id")  # not the case: whoever was asked answers, also when another case opens
    def _compute_user_id(self):
        levels = self._service_levels()
        for dispute in self:
            known = levels[dispute].user_id | dispute.user_id | dispute.case_id.user_id
            dispute.user_id = known.filtered("active")[:1] or self.env.user

    @api.depends("kind", "company_id")
    def _compute_date_answer_due(self):
        levels = self._service_levels()
        for dispute in self:
            if dispute.kind and dispute.company_id:
                days = levels[dispute].answer_days if levels[dispute] else ANSWER_DAYS
                dispute.date_answer_due = dispute.company_id._collection_working_day(days)

    def _service_levels(self):
        """The service level of each of these disputes; empty where there is none."""
        levels = self.env["collection.service.level"].sudo()  # who answers is a rule, not the secret of managers
        by_kind = levels._levels_of(self.company_id._origin)
        return {dispute: by_kind.get((dispute.kind, dispute.company_id._origin), levels) for dispute in self}

    @api.depends("date_answer_due", "state")
    def _compute_is_late(self):
        for dispute in self:
            due = dispute.date_answer_due
            dispute.is_late = dispute.state in OPEN and due and due < dispute.company_id._collection_today()

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._domain_late(self.env.companies)

    @api.model
    def _domain_late(self, companies):
        """Disputes of these companies to which our answer is late by their own calendar."""
        domains = [
            Domain([("company_id", "=", company.id), ("date_answer_due", "<", company._collection_today())])
            for company in companies
        ]
        return Domain("state", "in", OPEN) & Domain.OR(domains)

    @api.depends("commitment_date", "commitment_done_on")
    def _compute_commitment_state(self):
        for dispute in self:
            date, done = dispute.commitment_date, dispute.commitment_done_on
            if not date:
                dispute.commitment_state = "none"
            elif not done:
                dispute.commitment_state = "open"
            else:
                dispute.commitment_state = "kept" if done <= date else "late"

    @api.depends("date_raised", "date_decided")
    def _compute_days_to_answer(self):
        for dispute in self:
            days = dispute.date_decided and (dispute.date_decided - dispute.date_raised).days
            dispute.days_to_answer = days or 0

    @api.depends("partner_id", "company_id")
    def _compute_open_item_ids(self):
        items = self.env["collection.ledger"]._open_items_by_account(self.partner_id, self.company_id)
        for dispute in self:
            owed = items.get(owner_key(dispute), ())
            dispute.open_item_ids = [item.id for item in owed if item.residual > 0]
