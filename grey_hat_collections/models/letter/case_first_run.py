from collections import Counter

from odoo import api, models

from ...engine.decision import Reason
from ..base.activity_types import CALL_INSTEAD_XMLID
from ..base.odd_json import as_dict


class CollectionCase(models.Model):
    """What is read off a case in a rehearsal."""

    _inherit = "collection.case"

    def _what_would_happen(self):
        """The values of the line about this case, as the run has left it. Needs superuser mode."""
        self.ensure_one()
        letter, step = self.pending_letter_id, self.pending_step_id
        outcome, channel, reason = "wait", False, self.decision
        if self.last_error:
            reason = self.last_error
        elif letter and letter.delivery_note == "nowhere":
            outcome, reason = "held", self._no_way_to_reach()
        elif letter:
            outcome, channel = "letter", letter.channel
            notes = dict(letter._fields["delivery_note"]._description_selection(self.env))
            reason = notes.get(letter.delivery_note, False)
        elif step.letter_kind or step.activity_type_id.category == "phonecall":
            instead = self._activity_type(CALL_INSTEAD_XMLID).name if step.letter_kind else False
            outcome, channel, reason = "call", "phone", instead
        elif step:
            outcome, reason = "task", False
        elif self.decision_code == Reason.OUR_SIDE.value:
            outcome = "held"
        return {
            "partner_id": self.partner_id.id,
            "amount": self.amount_chased,
            "days_overdue": self.days_overdue,
            "outcome": outcome,
            "step_id": (step or self.next_step_id).id,
            "channel": channel,
            "user_id": self.user_id.id,
            "reason": reason,
        }

    @api.model
    def _no_way_to_reach(self):
        notes = dict(self.env["collection.letter"]._fields["delivery_note"]._description_selection(self.env))
        return notes["nowhere"]

    def _checks_found(self):
        """By what these cases are held, and how many of them: the checks of our side by their names, and no address."""
        checks = self.env["collection.gate"]._checks()
        found = Counter()
        for case in self:
            if case.pending_letter_id.delivery_note == "nowhere":
                found[self._no_way_to_reach()] += 1
            elif case.decision_code == Reason.OUR_SIDE.value and not case.pending_step_id:
                code = as_dict(case.decision_details).get("check")
                check = checks.get(code)
                if not check:
                    continue
                found[case._finding_sentence() if check.of_house else check.label] += 1
        return found
