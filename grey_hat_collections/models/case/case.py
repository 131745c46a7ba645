from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.models import MAGIC_COLUMNS
from odoo.tools import email_normalize, ormcache

from ...engine.aging import days_past_due
from ...engine.decision import Reason

#: What a reason is called whose name says it only to those who know the code.
REASON_LABELS = {
    Reason.CONTACT_BUDGET: "Contact limit",
    Reason.LADDER_DONE: "All steps taken",
    Reason.STOPPED: "Automatic contact stopped",
}


class CollectionCase(models.Model):
    """One customer's overdue episode in one company.

    The money on it is a cache of the ledger (``case/case_ledger.py``). Once a day a decision is taken
    (``case/case_run.py``), steps are taken, completed or given up (``case/case_step.py``), people move cards
    and put cases on hold (``case/case_board.py``).
    """

    _name = "collection.case"
    _description = "Collection Case"
    _inherit = [
        "collection.door",
        "mail.tracking.duration.mixin",
        "mail.activity.mixin",
        "collection.activity.mixin",
        "collection.batch",
        "collection.bulk",
        "collection.workable",
    ]
    _order = "priority_score desc, oldest_due_date, id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id"]
    _check_company_auto = True
    _mail_post_access = "read"
    _track_duration_field = "stage_id"

    # Who
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="restrict", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Collector",
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who talks to this customer.",
    )

    # Where it stands
    state = fields.Selection(
        [("open", "Open"), ("hold", "On Hold"), ("referred", "With Agency"), ("closed", "Closed")],
        required=True,
        default="open",
        index=True,
        readonly=True,
        tracking=True,
    )
    stage_id = fields.Many2one(
        "collection.stage",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
        group_expand="_read_group_stage_ids",
        default=lambda self: self.env["collection.stage"].search([], limit=1),
        help="The column of the board. A card may be moved back to a milder stage, or forward by one step.",
    )
    stage_kind = fields.Selection(related="stage_id.kind", string="Kind of Stage")
    guide = fields.Html(related="stage_id.guide")
    date_last_stage_update = fields.Datetime(readonly=True, default=fields.Datetime.now, for_rules=True)
    policy_id = fields.Many2one(
        "collection.policy",
        check_company=True,
        tracking=True,
        help="The policy this case follows.",
    )
    step_id = fields.Many2one(
        "collection.policy.step",
        string="Last Step",
        readonly=True,
        ondelete="restrict",
        help="The last step taken: its letter was sent, its call was made.",
    )
    step_date = fields.Date(string="Last Step On", readonly=True)
    pending_step_id = fields.Many2one(
        "collection.policy.step",
        string="Step in Progress",
        readonly=True,
        ondelete="restrict",
        help="The step whose letter is queued or whose activity is still to be done.",
        for_rules=True,
    )
    round = fields.Integer(
        string="Cycle",
        default=1,
        readonly=True,
        help="Restarts when the case is moved back to a milder stage, so that its steps can be taken again.",
    )
    date_opened = fields.Date(readonly=True, required=True, default=fields.Date.context_today)
    date_closed = fields.Date(readonly=True)
    is_first_case = fields.Boolean(
        string="First Time", readonly=True, help="This customer has never been overdue before."
    )
    hold_until = fields.Date(string="On Hold Until", readonly=True, help="Inclusive.")
    hold_reason = fields.Char(readonly=True)
    released_on = fields.Date(
        readonly=True,
        help="The working day left for review when a pause ends; nothing is done before the day after.",
        for_rules=True,
    )

    # Money, a cache of the ledger in company currency
    balance = fields.Monetary(readonly=True, help="All open items less all credits, as the ledger says.")
    amount_open = fields.Monetary(readonly=True, string="Open", help="What the customer owes before credits.")
    amount_overdue = fields.Monetary(readonly=True, string="Overdue", help="Open items due before today.")
    amount_credit = fields.Monetary(readonly=True, string="Credits", help="Unmatched payments and credit notes.")
    amount_under_way = fields.Monetary(
        readonly=True, string="Under Way", help="Payments registered but not booked yet."
    )
    amount_excluded = fields.Monetary(
        readonly=True, string="No Follow-up", help="Items excluded from follow-up, such as opening balances."
    )
    amount_disputed = fields.Monetary(
        readonly=True, string="Disputed", help="Disputed, or answered and not due yet: not chased until then."
    )
    amount_promised = fields.Monetary(readonly=True, string="Promised")
    amount_chased = fields.Monetary(
        readonly=True,
        string="To Chase",
        help="What is chased today: overdue, less what is under way, promised, disputed, excluded from follow-up or covered by "
        "credits.",
    )
    amount_net_overdue = fields.Monetary(
        readonly=True,
        string="Net Overdue",
        help="Overdue items in follow-up, less credits. At zero the case closes.",
    )
    bucket_0 = fields.Monetary(readonly=True, string="Not Due")
    bucket_1 = fields.Monetary(readonly=True, string="1-30 Days")
    bucket_2 = fields.Monetary(readonly=True, string="31-60 Days")
    bucket_3 = fields.Monetary(readonly=True, string="61-90 Days")
    bucket_4 = fields.Monetary(readonly=True, string="Over 90 Days")
    oldest_due_date = fields.Date(readonly=True, index=True, help="Due date of the oldest chased item.")
    days_overdue = fields.Integer(
        compute="_compute_days_overdue",
        search="_search_days_overdue",
        help="Days since the oldest chased item fell due.",
    )

    # Contact
    last_contact_date = fields.Date(string="Last Contact", readonly=True)
    last_reply_date = fields.Date(string="Last Reply", readonly=True)
    unanswered_count = fields.Integer(
        string="Unanswered", readonly=True, help="Contacts since the customer last replied."
    )
    # The daily decision
    priority_score = fields.Integer(
        string="Priority",
        readonly=True,
        index=True,
        help="0 to 100, based on amount, age and lack of response; plus 100 on the day a pause ends. Call the highest first.",
    )
    decision_code = fields.Selection(
        [(reason.value, REASON_LABELS.get(reason, reason.name.replace("_", " ").capitalize())) for reason in Reason],
        string="Decision Type",
        readonly=True,
        help="Why the case is in its current state.",
    )
    decision_details = fields.Json(readonly=True, help="The amounts and dates of the reason.")
    decision = fields.Char(
        compute="_compute_decision", help="Why the case is in its current state, in a sentence in your language."
    )
    next_step_id = fields.Many2one("collection.policy.step", readonly=True, ondelete="set null", for_rules=True)
    next_action = fields.Char(compute="_compute_next_action", help="What happens next.")
    next_action_date = fields.Date(readonly=True, index=True, help="When it happens.")
    run_date = fields.Date(
        readonly=True, help="The day of the last daily run that decided on this case.", for_rules=True
    )
    last_error = fields.Text(readonly=True, help="Why the last daily run could not process this case.", for_rules=True)

    _unique_open_case = models.UniqueIndex(
        "(partner_id, company_id) WHERE state != 'closed'", "This customer already has an open case in this company."
    )
    _open_has_next_action = models.Constraint(
        "CHECK(state = 'closed' OR next_action_date IS NOT NULL)", "An open case always has a next action with a date."
    )

    # -- Computes ------------------------------------------------------------------------------------------------

    @api.depends("oldest_due_date", "company_id")
    def _compute_days_overdue(self):
        today = {company: company._collection_today() for company in self.company_id}
        for case in self:
            case.days_overdue = (
                days_past_due(case.oldest_due_date, today[case.company_id]) if case.oldest_due_date else 0
            )

    @api.model
    def _search_days_overdue(self, operator, value):
        """``days_overdue > 30`` means due before the day 30 days ago, company by company (their days differ)."""
        mirrored = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
        if operator not in mirrored or not isinstance(value, int):
            return NotImplemented
        domains = []
        for company in self.env.companies:
            day = fields.Date.subtract(company._collection_today(), days=value)
            domains.append([("company_id", "=", company.id), ("oldest_due_date", mirrored[operator], day)])
        return Domain.OR(domains)

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Show every column of the board, empty ones too."""
        return stages.search(["|", ("company_id", "=", False), ("company_id", "in", self.env.companies.ids)])

    # -- Create, write -------------------------------------------------------------------------------------------

    @api.model
    @ormcache()
    def _rule_fields(self):
        """What only the rules write: nobody types it, and a remote call cannot either. All that is stored and readonly.

        :rtype: frozenset[str]
        """
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.store
            and field.readonly
            and not (field.compute or field.related or field.inherited)
            and name not in MAGIC_COLUMNS
        )

    def write(self, vals):
        if self.env.su:
            quiet = self.with_context(mail_notrack=True) if self._track_get_fields().isdisjoint(vals) else self
            return super(CollectionCase, quiet).write(vals)
        forbidden = self._rule_fields().intersection(vals)
        if forbidden:
            raise AccessError(
                self.env._(
                    "“%(field)s” of a case comes from the ledger and the rules and cannot be edited.",
                    field=self._fields[min(forbidden)]._description_string(self.env),
                )
            )
        self._check_incoming([vals])  # the stage does not come by the door
        vals = dict(vals)
        stage = self.env["collection.stage"].browse(vals.pop("stage_id", None))
        if stage:
            self._move_to_stage(stage)
        policy_changes = "policy_id" in vals
        result = super().write(vals) if vals else True
        if policy_changes:
            self._change_ladder()
        self.sudo()._undecided()._decide()  # what a form saves it shows at once; answers are written by the rules
        return result

    # -- Mail ----------------------------------------------------------------------------------------------------

    def _track_subtype(self, init_values):
        self.ensure_one()
        if "stage_id" in init_values:
            return self.env.ref("grey_hat_collections.mt_case_stage")
        return super()._track_subtype(init_values)

    def message_update(self, msg_dict, update_vals=None):
        """An e-mail of the customer on the case is an answer: it ends the count of unanswered contacts.

        Odoo's mail gateway calls this in superuser mode. Anybody else could, from outside, and has to have a say on the case.
        """
        self.check_access("write")
        result = super().message_update(msg_dict, update_vals=update_vals)
        by_machine = self.env.context.get("collection_auto_reply")  # told by who reads the mail
        if not by_machine and not self._is_colleague(msg_dict.get("email_from")):
            self._note_reply(unread=True)
            self.sudo()._decide_later()  # an incoming message may be handled with the rights of a guest
        return result

    @api.model
    def _is_colleague(self, address):
        """Whether somebody of the house writes from this address."""
        email = email_normalize(address)
        users = self.env["res.users"].sudo()  # an incoming message may be handled with the rights of a guest
        domain = [("partner_id.email_normalized", "=", email), ("share", "=", False)]
        return bool(email and users.search_count(domain, limit=1))
