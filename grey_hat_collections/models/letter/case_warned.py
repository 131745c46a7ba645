from odoo import models

from ...engine import ladder, referral
from ..base.to_decimal import to_decimal
from .case_notice import first_after


class CollectionCase(models.Model):
    """Which final notice has named each item that is asked for, and what proves it."""

    _inherit = "collection.case"

    def _asked_by_notice(self, asked=None):
        """What is asked for of these cases, item by item, with the final notice that has named it. The number of queries does not
        depend on how many cases there are; as long as no final notice has left at all, nothing is read.

        :param asked: the open items to look at, by case id; by default all that is asked for
        :return: by case id None where nothing is known of items, else :class:`engine.referral.Item` by item id
        """
        found = dict.fromkeys(self.ids)
        cases = self.filtered("notice_round")
        if not cases:
            return found
        asked = cases._asked_items() if asked is None else asked
        marks = self.env["collection.mark"]._first_notices([item.id for case in cases for item in asked[case.id]])
        named = {item_id: letter_id for item_id, (is_named, letter_id) in marks.items() if is_named}
        unmarked = cases.filtered(lambda case: not any(item.id in marks for item in asked[case.id]))
        cases -= unmarked - unmarked._marked()
        notices = cases._notices_of(
            {case.id: {named[item.id] for item in asked[case.id] if item.id in named} for case in cases}
        )
        for case in cases:
            found[case.id] = {
                item.id: referral.Item(
                    item.due,
                    to_decimal(item.chased),
                    notices[case.id, named[item.id]] if item.id in named else None,
                )
                for item in asked[case.id]
            }
        return found

    def _notices_of(self, letter_ids):
        """Final notices and what proves them.

        :param letter_ids: of each case, by its id; None among them stands for a call in place of a letter
        :return: :class:`engine.referral.Notice` by case id and letter id
        """
        letters = self.env["collection.letter"].browse({one for ids in letter_ids.values() for one in ids if one})
        sent_at = {letter.id: letter.sent_at for letter in letters}
        posted = self._post_facts(letters.ids)
        since = {
            (case.id, letter_id): sent_at[letter_id] if letter_id else case.noticed_at
            for case in self
            for letter_id in letter_ids[case.id]
        }
        first = {}
        for (case_id, _letter_id), moment in since.items():
            if moment:
                first[case_id] = min(moment, first.get(case_id, moment))
        calls = self._calls_since(first)
        notices = {}
        for case in self:
            for letter_id in letter_ids[case.id]:
                sent = sent_at.get(letter_id)
                posted_on, returned_on = posted.get(letter_id, (None, None))
                notices[case.id, letter_id] = referral.Notice(
                    letter_id,
                    sent_on=case.company_id._collection_date(sent) if sent else None,
                    posted_on=posted_on,
                    returned_on=returned_on,
                    called_on=first_after(since[case.id, letter_id], calls.get(case.id)),
                )
        return notices

    def _waiting_for(self, step_of):
        """What is asked for of these cases and waits for a step, by case id.

        :param step_of: the id of that step, a function of a case
        """
        if not self:
            return {}
        asked = self._asked_items()
        marks = self.env["collection.mark"]._latest([item.id for items in asked.values() for item in items])
        waiting = {}
        for case in self:
            policy, step_id = case.policy_id._to_engine(), step_of(case)
            standings = case._standing_at(asked[case.id], marks)
            ids = {one.item for one in ladder.waiting_for(standings, policy, step_id)}
            waiting[case.id] = [item for item in asked[case.id] if item.id in ids]
        return waiting
