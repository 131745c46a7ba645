from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ...engine import escalation, referral
from ..base.to_decimal import to_decimal

LAST_CALL_XMLID = "grey_hat_collections.mail_activity_type_last_call"

STEP_LETTER_KINDS = [
    ("reminder", "Reminder"),
    ("statement", "Statement"),
    ("final_notice", "Final notice"),
]


class CollectionPolicy(models.Model):
    """A ladder of steps that a case climbs one at a time."""

    _name = "collection.policy"
    _inherit = ["collection.case.fact"]
    _facts_of_case = frozenset(
        {
            "referral_cure_days",
            "referral_days_from",
            "referral_days_to",
            "referral_last_call",
            "referral_min_amount",
            "review_days",
            "step_ids",
        }
    )
    _moves_window = True
    _description = "Collection Policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True, help="For whom this policy is meant.")
    company_id = fields.Many2one("res.company", help="Leave empty to share the policy among all companies.")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    review_days = fields.Integer(
        string="Days Between Reviews",
        default=14,
        required=True,
        help="When a case is waiting for something external, a person reviews it again after this many days.",
    )
    step_ids = fields.One2many("collection.policy.step", "policy_id", string="Steps", copy=True)

    # When to refer
    referral_days_from = fields.Integer(
        string="Refer From",
        default=30,
        required=True,
        help="Days past due from which an account may go to an agency, counted from the oldest item included in a final notice.",
    )
    referral_days_to = fields.Integer(
        string="Refer Until",
        default=60,
        required=True,
        help="Days past due until which an agency still recovers most. After that, the window is missed.",
    )
    referral_min_amount = fields.Monetary(
        string="Refer Above",
        help="Smaller amounts are not worth a referral. What counts is what a final notice includes and is still chased.",
    )
    referral_cure_days = fields.Integer(
        string="Cure Period",
        default=14,
        required=True,
        help="Days the customer has after the final notice was mailed.",
    )
    referral_last_call = fields.Boolean(
        string="Last Call Needed",
        default=True,
        help="No account is referred before the customer has been called once more.",
    )

    _check_review_days = models.Constraint("CHECK(review_days > 0)", "Days between reviews must be at least one.")
    _check_referral_window = models.Constraint(
        "CHECK(referral_days_from BETWEEN 0 AND referral_days_to)",
        "The referral window must begin at day 0 or later and cannot end before it begins.",
    )
    _check_referral_terms = models.Constraint(
        "CHECK(referral_min_amount >= 0 AND referral_cure_days >= 0)",
        "Neither the minimum amount of a referral nor its cure period can be negative.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for policy in self:
            policy.currency_id = (policy.company_id or self.env.company).currency_id

    @api.constrains("step_ids")
    def _check_ladder(self):
        """A ladder leads upwards: later steps are neither due earlier nor in a milder stage."""
        for policy in self:
            for before, after in zip(policy.step_ids, policy.step_ids[1:], strict=False):
                if after.days_overdue < before.days_overdue:
                    raise ValidationError(
                        self.env._(
                            "%(policy)s: step “%(after)s” is due after %(after_days)s days, but “%(before)s” (%(before_days)s "
                            "days) comes before it. Change the order or the days.",
                            policy=policy.name,
                            after=after.name,
                            after_days=after.days_overdue,
                            before=before.name,
                            before_days=before.days_overdue,
                        )
                    )
                if after.stage_id.sequence < before.stage_id.sequence:
                    raise ValidationError(
                        self.env._(
                            "%(policy)s: step “%(after)s” would move a case back from stage “%(before_stage)s” to "
                            "“%(after_stage)s”. Choose a stage that is not milder than the one before.",
                            policy=policy.name,
                            after=after.name,
                            before_stage=before.stage_id.name,
                            after_stage=after.stage_id.name,
                        )
                    )
            policy._check_notice_first()

    def _check_notice_first(self):
        """Nobody is called for the last time, or handed to an agency, before a final notice."""
        for step in self.step_ids:
            if step.letter_kind == "final_notice":
                return
            if step.stage_id.kind == "last_call":
                raise ValidationError(
                    self.env._(
                        "%(policy)s: step “%(step)s” leads to “%(stage)s”, but no step before it sends a final notice. Add one "
                        "before it, or choose a milder stage.",
                        policy=self.name,
                        step=step.name,
                        stage=step.stage_id.name,
                    )
                )

    def _place(self, step):
        """How high ``step`` is on this ladder, from 0; -1 for none, which is its foot, and for a step of another ladder."""
        ids = self.step_ids.ids
        return ids.index(step.id) if step.id in ids else -1

    def _step_after(self, step):
        """The step after ``step``: the first after none; none after the last, and after one of another ladder."""
        return self.step_ids[self._place(step) + 1 :][:1] if not step or step in self.step_ids else step.browse()

    def _step_before(self, step):
        """The step before ``step``; none before the first."""
        return self.step_ids[: max(0, self._place(step))][-1:]

    def _place_of(self, step):
        """Where on this ladder somebody stands who has taken ``step`` of any: at its stage, so many steps into it as were taken
        there. Steps of milder stages are behind them; what is left of the stage is not skipped. Another ladder is a new round, so
        the final notice comes again.
        """
        if step in self.step_ids or not step:
            return step
        stage = step.stage_id
        other = step.policy_id
        taken = other.step_ids[: other._place(step) + 1].filtered(lambda one: one.stage_id == stage)
        milder = self.step_ids.filtered(lambda one: one.stage_id.sequence < stage.sequence)
        same = self.step_ids.filtered(lambda one: one.stage_id == stage)
        return self._before_notice((milder | same[: len(taken)])[-1:])

    def _before_notice(self, step):
        """``step``, or the last one before the final notice of this ladder: where a case stands in a new round, in which no
        notice has left yet.
        """
        notice = self._notice_step()
        if not notice or self._place(step) < self._place(notice):
            return step
        return self._step_before(notice)

    def _steps_after_notice(self):
        """The steps on which nobody stands before a final notice has left: those that follow one, and the last call."""
        ladder = self.step_ids
        notice = self._notice_step()
        following = ladder[self._place(notice) + 1 :] if notice else ladder.browse()
        return following | ladder.filtered(lambda step: step.stage_id.kind == "last_call")

    def _notice_step(self):
        """The first step of this ladder that sends a final notice; none where there is none."""
        return self.step_ids.filtered(lambda step: step.letter_kind == "final_notice")[:1]

    def action_open_cases(self):
        """Show the open cases that follow this policy."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_case_action")
        action["domain"] = [("policy_id", "=", self.id), ("state", "!=", "closed")]
        return action

    @ormcache("self.id")
    def _to_engine(self):
        """This policy as the engine knows it; the keys of its steps are record ids. Remembered until the ladder is changed.

        :rtype: ~odoo.addons.grey_hat_collections.engine.escalation.Policy
        """
        self.ensure_one()
        late = self._steps_after_notice()
        return escalation.Policy(
            steps=tuple(
                escalation.Step(
                    key=step.id,
                    days_overdue=step.days_overdue,
                    days_since_previous=step.days_since_previous,
                    min_amount=to_decimal(step.min_amount),
                    final_notice=step.letter_kind == "final_notice",
                    letter=bool(step.letter_kind),
                    after_notice=step in late,
                    inside=step._is_inside(),
                )
                for step in self.step_ids
            ),
            review_days=self.review_days,
        )

    def _to_referral_terms(self):
        """When this policy lets an account go to an agency.

        :rtype: ~odoo.addons.grey_hat_collections.engine.referral.Terms
        """
        self.ensure_one()
        return referral.Terms(
            days_from=self.referral_days_from,
            days_to=self.referral_days_to,
            min_amount=to_decimal(self.referral_min_amount),
            cure_days=self.referral_cure_days,
            needs_last_call=self.referral_last_call,
        )

    def _facts_changed(self, cases):
        self.env.registry.clear_cache()  # see _to_engine
        return super()._facts_changed(cases)


class CollectionPolicyStep(models.Model):
    """One rung of a ladder: when it is due, and what is done."""

    _name = "collection.policy.step"
    _inherit = ["collection.case.fact"]
    _facts_of_case = frozenset(
        {
            "activity_type_id",
            "days_overdue",
            "days_since_previous",
            "letter_kind",
            "min_amount",
            "policy_id",
            "sequence",
            "stage_id",
        }
    )
    _description = "Collection Policy Step"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one("collection.policy", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    currency_id = fields.Many2one(related="policy_id.currency_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)

    # When
    days_overdue = fields.Integer(
        required=True, help="How many days past due the oldest followed-up item must be before this step is due."
    )
    days_since_previous = fields.Integer(
        default=7, help="Minimum days after the previous step, so that the customer can respond to each warning."
    )
    min_amount = fields.Monetary(
        string="Minimum Amount", help="While less than this is chased, the case waits at this step."
    )

    # What
    stage_id = fields.Many2one(
        "collection.stage",
        required=True,
        ondelete="restrict",
        domain=[("kind", "not in", ("referred", "settled"))],
        help="The column of the board to which the case moves with this step.",
    )
    letter_kind = fields.Selection(STEP_LETTER_KINDS, string="Letter", help="The letter that goes out with this step.")
    with_statement = fields.Boolean(help="Add a statement of the whole account to the letter.")
    activity_summary = fields.Char(translate=True)
    responsible = fields.Selection(
        [("collector", "Collector"), ("manager", "Collections manager")],
        default="collector",
        required=True,
        help="Who is asked to do the activity.",
    )

    _check_days = models.Constraint(
        "CHECK(days_since_previous >= 0)", "Days since the previous step cannot be negative."
    )
    _check_min_amount = models.Constraint("CHECK(min_amount >= 0)", "The minimum amount of a step cannot be negative.")

    @api.constrains("letter_kind", "activity_type_id")
    def _check_effect(self):
        for step in self:
            if not step.letter_kind and not step.activity_type_id:
                raise ValidationError(
                    self.env._("Step “%s” does nothing yet: choose a letter, an activity or both.", step.name)
                )

    @api.constrains("sequence", "days_overdue", "stage_id", "letter_kind")
    def _check_ladder(self):
        self.policy_id._check_ladder()

    def unlink(self):
        """What is left of a ladder is still one."""
        policies = self.policy_id
        result = super().unlink()
        policies.exists()._check_ladder()
        return result

    def _facts_changed(self, cases):
        self.env.registry.clear_cache()  # see CollectionPolicy._to_engine
        return super()._facts_changed(cases)

    def _cases_to_look_at(self):
        return self.policy_id._cases_to_look_at()

    def _is_inside(self):
        """Whether this step is done in the house, such as a manager's review: it keeps no other item from going its way."""
        return bool(self) and not self.letter_kind and self.activity_type_id.category != "phonecall"

    def _is_outside(self):
        """Whether this is a step that the customer hears of: a letter or a call."""
        return bool(self) and not self._is_inside()

    def _is_last_call(self):
        """Whether this step asks for the last call before somebody decides."""
        self.ensure_one()
        kind = self.activity_type_id
        return kind == self.env.ref(LAST_CALL_XMLID) or (
            self.stage_id.kind == "last_call" and kind.category == "phonecall"
        )

    def _activity_values(self, case):
        """What this step asks a person to do about ``case``."""
        self.ensure_one()
        company = case.company_id
        user = case.user_id
        if self.responsible == "manager":
            user = company._collection_reviewer() or user
        return {
            "activity_type_id": self.activity_type_id.id,
            "summary": self.with_context(lang=user.lang or self.env.lang).activity_summary or self.name,
            "user_id": user.id,
        }
