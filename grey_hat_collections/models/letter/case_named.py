from odoo import api, models
from odoo.tools import SQL

from ...engine import ladder


class CollectionCase(models.Model):
    """Which items the letters of steps name, and for which step."""

    _inherit = "collection.case"

    @api.model
    def _named_by_letters(self, letters):
        """What the letters of steps name today, and for which step: what waits for the step of the letter and is due (all that
        waits, where nothing is: the card was moved forward by hand), and what rides along for its own step. What else is asked
        for they only list. The marks are read at once for all.

        :param letters: for each its case, the step that it is written for, and the open items that are asked for
        :return: for each, in this order, the id of a step by id of the item
        :rtype: list[dict[int, int]]
        """
        marks = self.union(*(case for case, _step, _items in letters))._marks_of(
            {case.id: items for case, _step, items in letters}
        )
        named = [case._named_by_letter(step, case._standing_at(items, marks)) for case, step, items in letters]
        along = [
            {item_id for item_id, step_id in of_letter.items() if step_id != step.id}
            for (_case, step, _items), of_letter in zip(letters, named, strict=True)
        ]
        # what we have to put right first goes along in no letter, and keeps none back
        cases = self.union(*(case for (case, _step, _items), ids in zip(letters, along, strict=True) if ids))
        wrong = cases._wrong_among(set().union(*along))
        return [
            {item_id: step_id for item_id, step_id in of_letter.items() if item_id not in ids & wrong}
            for of_letter, ids in zip(named, along, strict=True)
        ]

    def _named_by_letter(self, step, standings):
        self.ensure_one()
        policy, today = self.policy_id._to_engine(), self.company_id._collection_today()
        letter = next((one for one in policy.steps if one.key == step.id), None)
        if letter is None:
            return {}  # the case has another ladder by now
        waiting = [
            one for one in ladder.waiting_for(standings, policy, step.id) if one.noticed or not letter.after_notice
        ]
        due = [one for one in waiting if ladder.due_on(one, policy, silent=self.is_silent, today=today) <= today]
        named = {one.item: step.id for one in due or waiting}
        if not named or step.letter_kind == "statement":
            return named  # a statement shows the whole account, and has no words for single items
        for group in ladder.riding(standings, policy, today, letter, silent=self.is_silent):
            named |= {one.item: group.step.key for one in group.items}
        return named

    @api.model
    def _told_together(self):
        """Two letters of one day tell two things."""
        return SQL("%s AND mark.letter_id IS NOT DISTINCT FROM told.letter_id", super()._told_together())
