from dataclasses import replace

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...engine import escalation
from ..base.actions import open_dialog
from ..case.case_step import REVIEW_XMLID


class CollectionCase(models.Model):
    """Why the customer has not paid, and what follows from it."""

    _inherit = "collection.case"

    reason_id = fields.Many2one(
        "collection.reason",
        string="Customer's Reason",
        check_company=True,
        readonly=True,
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Why the customer has not paid. It changes how we proceed: the policy, the call guide, whether a plan is offered "
        "first.",
    )
    reason_since = fields.Date(readonly=True, help="The day on which we learned of the reason.")
    plan_first = fields.Boolean(related="reason_id.plan_first")

    def action_set_reason(self):
        """Open the dialog that asks why the customer has not paid."""
        self.ensure_one()
        self.check_access("write")
        return open_dialog(
            self.env._("Why Has %s Not Paid?", self.partner_id.display_name),
            "collection.set.reason",
            {"default_case_id": self.id},
        )

    def _check_reason_known(self, known):
        """Nobody overwrites what a colleague has noted since ``known`` was on the screen.

        :raises UserError: with what is noted now
        """
        self.ensure_one()
        if self.reason_id != known:
            raise UserError(
                self.env._(
                    "%(case)s: someone has set “%(reason)s” in the meantime. Reopen the dialog and decide again.",
                    case=self.display_name,
                    reason=self.reason_id.name or self.env._("no reason"),
                )
            )

    def _set_reason(self, reason, policy=None):
        """The customer has said why nothing was paid; an empty ``reason`` takes back what was noted.

        One that leaves the case to people gives up the step under way and asks a manager, once. Taking such a reason back
        is like the end of a hold: a working day is left for a look.

        :param policy: the ladder to follow from now on; None keeps the present one
        """
        for case in self:
            if case.state == "closed":
                raise UserError(
                    self.env._(
                        "%s is settled, so there is nothing to explain any more. Write a note instead.",
                        case.display_name,
                    )
                )
        cases = self.sudo()  # the reason is written by the rules; access was checked by the caller
        for case in cases.filtered(lambda case: case.reason_id != reason):
            today = case.company_id._collection_today()
            values = {"reason_id": reason.id, "reason_since": reason and today}
            if case.reason_id.stops_contact and not reason.stops_contact:
                values["released_on"] = case.company_id._collection_review_day()
            case.write(values)
            if reason.stops_contact:
                case._abandon_step(self.env._("%s: nothing is sent automatically any longer.", reason.name))
        if policy:
            changed = cases.filtered(lambda case: case.policy_id != policy)
            changed.policy_id = policy
            changed._change_ladder()
        cases._ask_about_reason()
        cases._decide_later()

    def _ask_about_reason(self):
        """Ask the managers how to go on where a reason leaves it to people, once; withdraw what was asked about another."""
        review = self.env.ref(REVIEW_XMLID)
        asked = self.activity_ids.filtered("collection_reason_id")
        known = {activity.res_id for activity in asked}
        to_ask = self.filtered(lambda case: case.reason_id.stops_contact and case.id not in known)
        asked.filtered(
            lambda one: one.collection_reason_id != self.browse(one.res_id).reason_id
        ).unlink()  # asked for by the rules, withdrawn by the rules
        reviewers = {company: company._collection_reviewer() for company in to_ask.company_id}

        def asking(case):
            reviewer = reviewers[case.company_id] or case.user_id
            words = case._in_language_of(reviewer)
            return {
                "activity_type_id": review.id,
                "summary": words.env._(
                    "%s: nothing is sent automatically any longer. Decide how to proceed", words.reason_id.name
                ),
                "user_id": reviewer.id,
                "collection_reason_id": case.reason_id.id,
            }

        to_ask._ask(asking)

    # -- What would change ---------------------------------------------------------------------------------------

    def _reason_effects(self, reason, policy):
        """What would change if the customer's reason were ``reason`` and the case followed ``policy``, in sentences.

        :rtype: list[str]
        """
        self.ensure_one()
        case = self.sudo()  # what was decided may hang on a colleague's activity; the case itself may be read
        _, told = self.env._, []
        if policy != case.policy_id:
            told.append(
                _(
                    "The case follows “%(new)s” instead of “%(old)s”.",
                    new=policy.name,
                    old=case.policy_id.name or _("no policy"),
                )
            )
        if reason.stops_contact:
            told.append(_("Letters and calls no longer go out automatically."))
            reviewer = case.company_id._collection_reviewer() or case.user_id
            told.append(_("%s is asked to decide how to proceed.", reviewer.name or _("A colleague")))
            return told
        if case.reason_id.stops_contact:
            told.append(
                _("The case returns to automatic steps: one day is left for review, then the policy continues.")
            )
        if policy != case.policy_id:
            told.append(case._next_step_sentence(policy))
        if reason.plan_first:
            told.append(_("A payment plan is offered first."))
        return told

    def _next_step_sentence(self, policy):
        """The next step of this case and its day if it followed ``policy`` from now on."""
        now = self._facts()[self]
        facts = replace(
            now,
            items=self._mapped(now.items, policy),
            letter_queued_for=None,
            letter_to_approve=None,
            letter_failed_on=None,
            activity_date=None,
            stopped_since=None,
        )
        rules = self.company_id._collection_contact_rules()
        decision = escalation.decide(facts, policy._to_engine(), rules)
        day = format_date(self.env, decision.next_date or facts.today, date_format="long")
        step = self.env["collection.policy.step"].browse(decision.step)
        if step and decision.action is escalation.Action.STEP:
            return self.env._("The next step is “%(step)s”, in the next daily run.", step=step.name)
        if step:
            return self.env._("The next step is “%(step)s”, on %(day)s at the earliest.", step=step.name, day=day)
        return self.env._("The next review of the case is on %(day)s.", day=day)
