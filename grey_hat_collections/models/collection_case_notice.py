from odoo import models


class CollectionCase(models.Model):
    """What proves that a case was warned."""

    _inherit = "collection.case"

    def _notice_facts(self):
        """The final notice of the present round and the contacts after it, by case id."""
        names = ("notice_letter_id", "notice_sent_on", "notice_posted_on", "notice_returned_on", "last_call_on")
        facts = {case.id: dict.fromkeys(names) for case in self}
        letters = self.env["collection.letter"].search(
            [("case_id", "in", self.ids), ("kind", "=", "final_notice"), ("state", "=", "sent")], order="id"
        )
        for letter in letters.filtered(lambda letter: letter.round == letter.case_id.round):
            day = letter.company_id._collection_date(letter.sent_at)
            facts[letter.case_id.id] |= {
                "notice_letter_id": letter.id,
                "notice_sent_on": day,
                "notice_posted_on": day,
            }
        notes = self.env["collection.note"].search(
            [("case_id", "in", self.ids), ("outcome", "!=", "wrong_number")], order="date, id"
        )
        for note in notes:
            fact, day = facts[note.case_id.id], note.company_id._collection_date(note.date)
            if fact["notice_sent_on"] and day >= fact["notice_sent_on"] and not fact["last_call_on"]:
                fact["last_call_on"] = day
        return facts
