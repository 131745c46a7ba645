from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...engine.ladder import WAIT_DAYS
from ..base.internal import INTERNAL


class ResCompany(models.Model):
    """How a company collects. Guests of the portal may read their company: what is here is for its people only."""

    _inherit = "res.company"

    # Which cases
    collection_min_amount = fields.Monetary(
        string="Minimum Overdue for a Case",
        **INTERNAL,
        help="A case opens when a customer's net overdue amount is more than this, and closes when it no longer is.",
    )
    collection_policy_id = fields.Many2one(
        "collection.policy",
        default=lambda self: self._collection_shipped_policy("policy_standard"),
        **INTERNAL,
        help="The policy of cases whose customer has no policy of its own.",
    )
    collection_first_policy_id = fields.Many2one(
        "collection.policy",
        string="Policy for First Cases",
        default=lambda self: self._collection_shipped_policy("policy_gentle"),
        **INTERNAL,
        help="The policy for customers who have never been overdue before. Leave empty to treat them like all others.",
    )
    collection_courtesy_days = fields.Integer(
        string="Courtesy Reminder",
        **INTERNAL,
        help="Remind customers this many days before an item falls due. 0 sends no courtesy reminders.",
    )

    collection_discount_days = fields.Integer(
        string="Late Discount",
        default=3,  # money that left on the last day is here after a weekend
        **INTERNAL,
        help="An early payment discount taken up to this many days late is shown, but not chased.",
    )

    collection_wait_days = fields.Integer(
        string="Wait for Another Letter",
        default=WAIT_DAYS,
        **INTERNAL,
        help="A newly due item waits up to this many days to be included in a letter about other items. 0: it gets its own "
        "letter at once.",
    )

    # Who
    collection_user_id = fields.Many2one(
        "res.users",
        string="Default Collector",
        **INTERNAL,
        help="Gets the cases of customers without a salesperson. Left empty, collectors take turns.",
    )
    collection_manager_id = fields.Many2one(
        "res.users",
        string="Reviewing Manager",
        **INTERNAL,
        help="Is asked to review cases at the end of their policy. If empty, the collector is asked.",
    )
    collection_accountant_id = fields.Many2one(
        "res.users",
        string="Accounting Contact",
        **INTERNAL,
        help="Gets the tasks that only accounting can do, such as a credit note. If empty, an accountant of the company.",
    )

    # Letters
    collection_letters_wait = fields.Boolean(
        string="Letters Wait for Approval",
        default=True,
        **INTERNAL,
        help="Nothing leaves before somebody has looked at it and approved it. What a person sends by hand is approved by that.",
    )

    # Letters in the post
    collection_post_final_notice = fields.Boolean(
        string="Also Mail Final Notices",
        default=True,
        **INTERNAL,
        help="A final notice sent by e-mail is mailed on paper as well, so that it can be proven, with the mailing date.",
    )
    collection_envelope = fields.Selection(
        [("window", "Window: the address on the letter shows"), ("page", "A page with the address before each letter")],
        string="Envelopes",
        default="window",
        required=True,
        **INTERNAL,
        help="What is printed for the envelope together with the letters.",
    )

    # Manners
    collection_hour_from = fields.Float(string="Contact From", default=8.0, help="In the customer's time.", **INTERNAL)
    collection_hour_to = fields.Float(string="Contact Until", default=21.0, help="In the customer's time.", **INTERNAL)
    collection_max_contacts = fields.Integer(
        string="Max. Contacts",
        default=7,
        help="Letters and calls together; 0 sets no limit.",
        **INTERNAL,
    )
    collection_contact_days = fields.Integer(string="Within Days", default=7, **INTERNAL)
    collection_rest_days = fields.Integer(
        string="Pause After Reply",
        default=7,
        **INTERNAL,
        help="Days without automatic steps after the customer has replied to us.",
    )

    collection_hold_longest_days = fields.Integer(
        string="Longest Hold",
        default=30,
        help="Days; a longer hold needs a collections manager. 0 sets no limit.",
        **INTERNAL,
    )

    # Conversation
    collection_reply_stops = fields.Boolean(
        string="Hold Letters Until Reply Is Read",
        default=True,
        **INTERNAL,
        help="After an e-mail from the customer, nothing is sent automatically until the collector has read it.",
    )
    collection_retry_days = fields.Integer(
        string="Try Again After",
        default=2,
        help="Working days until the next attempt when nobody answered.",
        **INTERNAL,
    )
    collection_silent_attempts = fields.Integer(
        string="Silent After Contacts",
        default=4,
        **INTERNAL,
        help="Unanswered contacts after which a customer counts as silent. 0 means never.",
    )
    collection_silent_days = fields.Integer(
        string="And After Days",
        default=14,
        help="Days since the first unanswered contact.",
        **INTERNAL,
    )

    # Milder again, and thanks
    collection_step_back_share = fields.Integer(
        string="Large Payment",
        default=50,
        **INTERNAL,
        help="Percentage of the amount overdue at the last step: a customer who has paid this much since then moves one step "
        "back, once. 0 means never.",
    )
    collection_thank_settled = fields.Boolean(
        string="Thank When All Is Settled",
        default=True,
        **INTERNAL,
        help="A short thank-you by e-mail, the morning after the last overdue item was paid. Never to accounts that were "
        "with an agency.",
    )

    # Agencies
    collection_new_items = fields.Selection(
        [("ask", "Ask the manager"), ("wait", "Let them wait")],
        string="New Items of Referred Customers",
        default="ask",
        required=True,
        **INTERNAL,
        help="Items that fall due while the account is with an agency are never chased automatically. A manager may be asked "
        "whether to refer them as well.",
    )

    # Promises
    collection_promise_tolerance_days = fields.Integer(
        string="Tolerance Days",
        help="Days after the date of a promise during which a payment still counts as on time.",
        **INTERNAL,
    )
    collection_promise_tolerance_amount = fields.Monetary(
        string="Tolerance Amount",
        help="The amount by which a payment may fall short of a promise, for example bank charges.",
        **INTERNAL,
    )
    collection_broken_limit = fields.Integer(
        string="Max. Broken Promises",
        default=3,
        **INTERNAL,
        help="After this many broken promises in one case, a new one pauses it only with a manager's approval. 0 sets no limit.",
    )
    collection_confirm_promises = fields.Boolean(
        string="Confirm Promises",
        default=True,
        help="Confirm each promise to the customer by e-mail.",
        **INTERNAL,
    )
    collection_thank_kept = fields.Boolean(
        string="Thank for Kept Promises",
        default=True,
        help="Thank the customer by e-mail when a promise was kept.",
        **INTERNAL,
    )

    # Plans
    collection_plan_minimum = fields.Monetary(
        string="Smallest Instalment",
        help="Smaller instalments need a manager's approval. 0 sets no limit.",
        **INTERNAL,
    )
    collection_plan_longest_days = fields.Integer(
        string="Longest Plan",
        default=180,
        help="Days; longer plans need a manager's approval. 0 sets no limit.",
        **INTERNAL,
    )
    collection_plan_grace_days = fields.Integer(
        string="Grace Period (Days)",
        default=5,
        **INTERNAL,
        help="Days after a missed instalment during which the collector talks to the customer before the plan is breached.",
    )
    collection_instalment_reminder_days = fields.Integer(
        string="Instalment Reminder",
        default=3,
        **INTERNAL,
        help="Remind customers by e-mail this many days before an instalment. 0 sends no reminder.",
    )

    _check_collection_promises = models.Constraint(
        "CHECK(collection_promise_tolerance_days >= 0 AND collection_promise_tolerance_amount >= 0"
        " AND collection_broken_limit >= 0 AND collection_plan_minimum >= 0 AND collection_plan_longest_days >= 0"
        " AND collection_plan_grace_days >= 0 AND collection_instalment_reminder_days >= 0"
        " AND collection_retry_days >= 0 AND collection_silent_attempts >= 0 AND collection_silent_days >= 0)",
        "Days, amounts and numbers of the rules for conversations, promises and plans cannot be negative.",
    )
    _check_collection_share = models.Constraint(
        "CHECK(collection_step_back_share BETWEEN 0 AND 100)",
        "The share of a large payment must be between 0 and 100 percent.",
    )
    _check_collection_hours = models.Constraint(
        "CHECK(collection_hour_from >= 0 AND collection_hour_to <= 24 AND collection_hour_from < collection_hour_to)",
        "The contact hours must begin and end within one day, and end after they begin.",
    )
    _check_collection_budget = models.Constraint(
        "CHECK(collection_max_contacts >= 0 AND collection_contact_days > 0"
        " AND collection_rest_days >= 0 AND collection_courtesy_days >= 0 AND collection_min_amount >= 0"
        " AND collection_discount_days >= 0 AND collection_wait_days BETWEEN 0 AND 31"
        " AND collection_hold_longest_days >= 0)",
        "Amounts, days and numbers of contacts cannot be negative, the period for counting contacts must be at least one day, "
        "and the wait for another letter cannot exceed 31 days.",
    )

    @api.private
    def init(self):
        """A company that is made before this add-on is loaded (by the tests or the demonstration data of a module below it) has
        our settings as well: what needs no record of ours, the database fills in.
        """
        result = super().init()
        for field in self._fields.values():
            if field.name.startswith("collection_") and field.store and field.default and not field.relational:
                self.env.cr.execute(
                    SQL(
                        "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s",
                        SQL.identifier(self._table),
                        SQL.identifier(field.name),
                        self._collection_database_default(field),
                    )
                )
        return result

    def _collection_database_default(self, field):
        """What a new company has in a setting of ours, as SQL. A day is the one on which the company is made."""
        if field.type == "date":
            return SQL("CURRENT_DATE")
        value = field.convert_to_write(field.default(self), self)
        return SQL("%s", field.convert_to_column_insert(value, self))

    @api.model
    def _collection_shipped_policy(self, name):
        """A policy that we ship, for a new company; none where it was archived or given to another company."""
        policy = self.env.ref(f"grey_hat_collections.{name}", raise_if_not_found=False)
        return policy.filtered(lambda one: one.active and not one.company_id) if policy else False

    @api.constrains("collection_policy_id", "collection_first_policy_id")
    def _check_collection_policy(self):
        for company in self:
            policies = company.collection_policy_id | company.collection_first_policy_id
            foreign = policies.filtered("company_id") - policies.filtered_domain([("company_id", "=", company.id)])
            if foreign:
                raise ValidationError(
                    self.env._(
                        "Policy “%(policy)s” belongs to %(owner)s. Choose one of %(company)s, or one that all share.",
                        policy=foreign[0].name,
                        owner=foreign[0].company_id.name,
                        company=company.name,
                    )
                )
