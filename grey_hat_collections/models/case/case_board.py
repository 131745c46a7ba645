from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..base.actions import open_dialog


class CollectionCase(models.Model):
    """What people do with cards: move them, put them on hold, take them off."""

    _inherit = "collection.case"

    # -- Moving a card -------------------------------------------------------------------------------------------

    def _move_to_stage(self, stage):
        """Move cards by hand: back to a milder stage, or forward by one step of the ladder.

        :raises UserError: with the reason and the way out, when a card may not be moved there
        """
        for case in self.filtered(lambda case: case.stage_id != stage):
            case._check_stage_move(stage)
            if stage.sequence < case.stage_id.sequence:
                case._move_back(stage)
            else:
                case._move_forward()

    def _check_stage_move(self, stage):
        self.ensure_one()
        names = {"case": self.display_name, "stage": stage.name}
        if self.state == "closed":
            raise UserError(
                self.env._(
                    "%(case)s is settled and cannot be moved. A new overdue item opens a new case automatically.",
                    **names,
                )
            )
        if self.state == "referred":
            raise UserError(
                self.env._(
                    "%(case)s is with an agency. Ask a collections manager to recall the referral before moving the card.",
                    **names,
                )
            )
        if stage.kind == "settled":
            raise UserError(
                self.env._(
                    "%(case)s still owes %(amount)s. It moves to “%(stage)s” automatically once nothing is overdue in the "
                    "ledger.",
                    amount=self.currency_id.format(self.amount_net_overdue),
                    **names,
                )
            )
        if stage.sequence > self.stage_id.sequence:
            self._check_forward_move(stage)

    def _check_forward_move(self, stage):
        if self.state == "hold":
            raise UserError(
                self.env._(
                    "%(case)s is on hold until %(until)s. Release the hold before taking the next step.",
                    case=self.display_name,
                    until=fields.Date.to_string(self.hold_until),
                )
            )
        if self.pending_step_id:
            raise UserError(
                self.env._(
                    "%(case)s: step “%(step)s” is still in progress. Finish it before taking the next one.",
                    case=self.display_name,
                    step=self.pending_step_id.name,
                )
            )
        following = self._following_step()
        if following.stage_id != stage:
            raise UserError(
                self.env._(
                    "%(case)s cannot move to “%(stage)s” yet: step “%(step)s” (%(step_stage)s) comes first, so that the "
                    "customer is warned fairly.",
                    case=self.display_name,
                    stage=stage.name,
                    step=following.name,
                    step_stage=following.stage_id.name,
                )
                if following
                else self.env._(
                    "%(case)s has no further step that leads to “%(stage)s”.",
                    case=self.display_name,
                    stage=stage.name,
                )
            )
        if following in self.policy_id._steps_after_notice() and not self._is_noticed():
            raise UserError(
                self.env._(
                    "%(case)s cannot move to “%(stage)s”: no final notice has gone out before step “%(step)s”. Move the card "
                    "back to a milder stage so that the notice comes first.",
                    case=self.display_name,
                    stage=stage.name,
                    step=following.name,
                )
            )
        if self.amount_chased <= 0:
            raise UserError(
                self.env._(
                    "There is nothing to do on %(case)s today. %(reason)s",
                    case=self.display_name,
                    reason=self.decision,
                )
            )

    def _following_step(self):
        """The step of the ladder after the last one taken."""
        self.ensure_one()
        return self.policy_id._step_after(self.step_id)

    def _move_forward(self):
        """Take the next step now, whatever its date says."""
        case = self.sudo()  # the fields of a step are written by the rules; the move itself was checked
        case.next_step_id = case._following_step()
        case._begin_steps()
        case._decide_later()

    def _move_back(self, stage):
        """Begin a new round from a milder stage: its last step counts as taken, the ones after it come again. So does the
        final notice: in a new round nobody has been warned yet.
        """
        case = self.sudo()  # see _move_forward
        case._abandon_step(self.env._("The case was moved back to “%s”.", stage.name))
        milder = case.policy_id.step_ids.filtered(lambda step: step.stage_id.sequence <= stage.sequence)
        case.write(
            {
                "stage_id": stage.id,
                "date_last_stage_update": fields.Datetime.now(),
                "step_id": case.policy_id._before_notice(milder[-1:]).id,
                "step_date": case.company_id._collection_today(),
                "reward_from": fields.Datetime.now(),
                "round": case.round + 1,
            }
        )
        case._decide_later()

    def _change_ladder(self):
        """Another policy was chosen: stand at the present stage of its ladder."""
        for case in self.sudo():  # see _move_forward
            if case.state == "closed" or case.step_id in case.policy_id.step_ids:
                continue
            reached = case.policy_id._place_of(case.step_id)
            case._abandon_step(self.env._("The case follows the policy “%s” now.", case.policy_id.name))
            values = {"step_id": reached.id, "round": case.round + 1}
            stage = reached.stage_id or case._stage_of_kind("normal")
            if stage.sequence < case.stage_id.sequence:
                values |= {"stage_id": stage.id, "date_last_stage_update": fields.Datetime.now()}
            case.write(values)
        self.sudo()._decide_later()

    # -- Hold ----------------------------------------------------------------------------------------------------

    def action_hold(self):
        """Open the dialog that puts these cases on hold."""
        return open_dialog(self.env._("Put on Hold"), "collection.hold", {"default_case_ids": self.ids})

    def action_release(self):
        """Take the cases off hold. Nothing is sent at once: a day is left for a look, on top of *My Day*."""
        self.check_access("write")
        if self and not self.filtered(lambda case: case.state == "hold"):
            raise UserError(
                self.env._("%s is not on hold, so there is nothing to release.", self[:1].display_name)
                if len(self) == 1
                else self.env._("None of these %s cases is on hold, so there is nothing to release.", len(self))
            )
        self._release()
        return True

    def _hold(self, until, reason):
        """Pause chasing until ``until`` (inclusive), for a reason that everybody can read.

        :raises UserError: with the way out, when it would be longer than the company allows without a manager
        """
        longest = {company: company._collection_longest_hold() for company in self.company_id}
        for case in self:
            if until <= case.company_id._collection_today():
                raise UserError(self.env._("%s: a hold must end in the future. Choose a later day.", case.display_name))
            if case.state not in ("open", "hold"):
                raise UserError(self.env._("%s is not open, so there is nothing to put on hold.", case.display_name))
            latest = longest[case.company_id]
            if latest and until > latest:
                raise UserError(
                    self.env._(
                        "%(case)s: without a collections manager a hold lasts %(days)s days at the most. Choose "
                        "%(latest)s or an earlier day, or ask a manager to put the case on hold.",
                        case=case.display_name,
                        days=case.company_id.collection_hold_longest_days,
                        latest=format_date(self.env, latest, date_format="long"),
                    )
                )
        cases = self.sudo()  # the fields of a hold are written by the rules; access was checked by the caller
        cases._abandon_step(self.env._("On hold: %s", reason))
        cases.write({"state": "hold", "hold_until": until, "hold_reason": reason})
        cases._decide_later()

    def _release(self):
        """End the hold. The case comes back for a look; the ladder goes on when a working day is over."""
        for company, cases in self.filtered(lambda case: case.state == "hold").sudo().grouped("company_id").items():
            cases.write(
                {
                    "state": "open",
                    "hold_until": False,
                    "hold_reason": False,
                    "released_on": company._collection_review_day(),
                }
            )
            cases._decide_later()

    def _release_elapsed(self):
        """End the holds whose last day is over; a working day is left for a look."""
        for company, cases in self.grouped("company_id").items():
            today = company._collection_today()
            cases.filtered(lambda case, day=today: case.state == "hold" and case.hold_until < day)._release()
