from odoo import api, fields, models
from odoo.exceptions import UserError

from .mail_piece import IN_POST

#: Ways of contact that count as a call or message.
SPOKEN = ("call", "text", "visit", "email")


class CollectionCase(models.Model):
    """What proves that a customer was warned: the final notices that have named what is asked for, their mailing, and the last
    call after them. Of a case of which no item has a mark nothing is known: there the notice of its round counts for all.
    """

    _inherit = "collection.case"

    notice_round = fields.Integer(
        string="Notice Cycle",
        readonly=True,
        copy=False,
        help="The cycle in which the final notice was sent; in another cycle the customer has not been warned yet.",
        for_rules=True,
    )
    noticed_at = fields.Datetime(
        string="Final Notice", readonly=True, copy=False, help="When the final notice of that cycle was sent."
    )

    # -- Was the customer warned? --------------------------------------------------------------------------------

    def _is_noticed(self):
        """Whether the final notice of this round has left, or a call took its place where nothing could be written."""
        self.ensure_one()
        return self.notice_round == self.round

    def _values_of_new_round(self):
        return super()._values_of_new_round() | {"notice_round": 0, "noticed_at": False}

    def _steps_taken(self):
        """Remember which of them is the final notice."""
        result = super()._steps_taken()
        for case in self.filtered(lambda case: case.pending_step_id.letter_kind == "final_notice"):
            case.write({"notice_round": case.round, "noticed_at": fields.Datetime.now()})
        return result

    def _take_back_notice(self, letter):
        """``letter`` did not arrive: if it was a final notice of this round, whoever it named was not warned, and what has begun
        after it is given up. Another one of this round goes on counting for what that has named.
        """
        self.ensure_one()
        if letter.kind != "final_notice" or not self._is_noticed():
            return
        self._abandon_step(self.env._("The final notice did not arrive."))
        others = self._notices_left() - letter
        self.write({"notice_round": self.round if others else 0, "noticed_at": others[-1:].sent_at})

    def _fairly_warned(self, step_of=None):
        """The cases among these whose next step may begin: none of the last call before the final notice, whichever way it
        comes. What was promised when a round began keeps its notice: once it is back, its last call may be made.
        """
        step_of = step_of or (lambda case: case.next_step_id.id)
        following = super()._fairly_warned(step_of)
        late = {step_id for policy in self.policy_id for step_id in policy._steps_after_notice().ids}
        warned = following.filtered(lambda case: step_of(case) not in late or case._is_noticed())
        returned = (following - warned).filtered("notice_round")
        waiting = returned._asked_by_notice(returned._waiting_for(step_of))
        ids = {case_id for case_id, items in waiting.items() if items and all(item.notice for item in items.values())}
        return following.filtered(lambda case: case in warned or case.id in ids) if ids else warned

    def _close(self):
        """What was settled needs no paper any more, though its e-mail has left."""
        if self:
            waiting = self.env["collection.mail.piece"].search(
                [("case_id", "in", self.ids), ("state", "=", "to_mail"), ("letter_id.state", "=", "sent")]
            )
            for reason, pieces in waiting.grouped(lambda piece: piece.case_id._closing_reason()).items():
                pieces._cancel(reason)
        return super()._close()

    # -- Facts ---------------------------------------------------------------------------------------------------

    def _final_notice(self):
        """The letter of this round's final notice, if it has left."""
        self.ensure_one()
        return self._final_notices().get(self.id, self.env["collection.letter"])

    def _final_notices(self):
        """The final notice of this round that has left, the latest of several, by case id."""
        return {letter.case_id.id: letter for letter in self._notices_left()}

    def _notices_left(self):
        """The final notices of the present rounds that have left, the oldest first."""
        letters = self.env["collection.letter"].search(
            [("case_id", "in", self.ids), ("kind", "=", "final_notice"), ("state", "=", "sent")], order="sent_at, id"
        )
        return letters.filtered(lambda letter: letter.round == letter.case_id.round)

    def _notice_facts(self):
        """What proves the warning of each case in its present round; the number of queries does not depend on how many
        cases there are.

        :return: by case id a dict: ``notice_letter_id`` (id of the final notice that has left, else None),
            ``notice_sent_on``, ``notice_posted_on`` (the day of a mail piece of it that has not come back, else None),
            ``notice_returned_on`` (the day on which the last mail piece came back, where none is in the post), ``last_call_on``
            (the first call or message after it, by us or by the customer, that did not go to a wrong number)
        """
        notices = self._final_notices()
        posted = self._post_facts([letter.id for letter in notices.values()])
        since = {
            case.id: notices[case.id].sent_at if case.id in notices else case.noticed_at
            for case in self
            if case.id in notices or (case._is_noticed() and case.noticed_at)
        }
        calls = self._calls_since(since)
        facts = {}
        for case in self:
            letter = notices.get(case.id)
            posted_on, returned_on = posted[letter.id] if letter else (None, None)
            facts[case.id] = {
                "notice_letter_id": letter.id if letter else None,
                "notice_sent_on": case.company_id._collection_date(letter.sent_at) if letter else None,
                "notice_posted_on": posted_on,
                "notice_returned_on": returned_on,
                "last_call_on": first_after(since.get(case.id), calls.get(case.id)),
            }
        return facts

    @api.model
    def _post_facts(self, letter_ids):
        """Of each of these letters the day of a mail piece that has not come back, and the day on which the last one came back
        where none is in the post; by id of the letter.
        """
        pieces = self.env["collection.mail.piece"].search([("letter_id", "in", letter_ids)], order="date_mailed, id")
        pieces_of = pieces.grouped("letter_id")
        facts = {}
        for letter in self.env["collection.letter"].browse(letter_ids):
            mine = pieces_of.get(letter, pieces.browse())
            posted = mine.filtered(lambda piece: piece.state in IN_POST)
            returned = mine.filtered(lambda piece: piece.state == "returned") if not posted else mine.browse()
            facts[letter.id] = (
                posted[:1].date_mailed or None,
                max(returned.mapped("date_returned"), default=None),
            )
        return facts

    def _calls_since(self, since):
        """The calls and messages of each case after a moment, the first one first: moment and day, by case id.

        :param since: the moment by case id
        """
        if not since:
            return {}
        notes = self.env["collection.note"].search(
            [
                ("case_id", "in", list(since)),
                ("channel", "in", SPOKEN),
                ("outcome", "!=", "wrong_number"),
                ("date", ">", min(since.values())),
            ],
            order="date, id",
        )
        calls = {}
        for note in notes:
            calls.setdefault(note.case_id.id, []).append((note.date, note.company_id._collection_date(note.date)))
        return calls

    # -- The last call -------------------------------------------------------------------------------------------

    def _without_last_call(self):
        """The ids of the cases whose step under way is the last call, and that nobody has called since the final notice that has
        named what the call is about.
        """
        last_calls = self.pending_step_id.filtered(lambda step: step._is_last_call())
        waiting = self.filtered(lambda case: case.pending_step_id in last_calls)
        if not waiting:
            return set()
        by_item = waiting._asked_by_notice(waiting._waiting_for(lambda case: case.pending_step_id.id))
        called = {
            case_id: all(item.notice.called_on for item in items.values() if item.notice)
            for case_id, items in by_item.items()
            if items and any(item.notice for item in items.values())
        }
        others = waiting.filtered(lambda case: case.id not in called)
        facts = others._notice_facts() if others else {}
        called |= {case_id: bool(fact["last_call_on"]) for case_id, fact in facts.items()}
        return {case_id for case_id, is_called in called.items() if not is_called}

    def _check_work_done(self, activities):
        """The last call is not marked as done without a word about it."""
        result = super()._check_work_done(activities)
        types = self._step_activity_types()
        asked = {
            activity.res_id for activity in activities if activity.activity_type_id in types.get(activity.res_id, ())
        }
        missing = self._without_last_call() & asked
        if missing:
            raise UserError(
                self.env._(
                    "%s: the last call counts once it is logged after the final notice. Log the call first: choose Log Contact "
                    "on the case.",
                    self.browse(min(missing)).display_name,
                )
            )
        return result


def first_after(moment, calls):
    """The day of the first of these calls after ``moment``; None where there is none."""
    return next((day for when, day in calls or () if moment and when > moment), None)
