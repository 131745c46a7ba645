from odoo import fields, models

REVIEW_XMLID = "grey_hat_collections.mail_activity_type_review"
ADDRESS_XMLID = "grey_hat_collections.mail_activity_type_address"
LETTER_XMLID = "grey_hat_collections.mail_activity_type_letter"
CALL_INSTEAD_XMLID = "grey_hat_collections.mail_activity_type_call_instead"


class CollectionCase(models.Model):
    """The life of a step: under way, taken, or given up.

    A step is *under way* from the moment its letter is queued or its activity is asked for. It is *taken* when the
    letter has left the house and the activity is done; only then does the case stand on it. Given up, it was never a
    warning, and the same step comes again.
    """

    _inherit = "collection.case"

    reward_from = fields.Datetime(
        readonly=True, help="Money that was booked after this moment has not earned the customer a step back yet."
    )

    def _begin_steps(self, amounts=None):
        """Begin the next step of each case: queue its letter, ask for its activity, move the card.

        :param amounts: what the steps ask for, by case id, in company currency, where somebody has decided on them just now
        Needs superuser mode. The cases may follow different policies; the number of queries does not depend on how
        many they are.
        """
        self = self._fairly_warned()
        self._store(
            ("pending_step_id", "look_date"),
            {case.id: (case.next_step_id.id, False) for case in self if case.pending_step_id != case.next_step_id},
        )
        for step, cases in self.grouped("next_step_id").items():
            # the card shows the highest step; one that younger items take does not move it down
            moved = cases.filtered(lambda case, step=step: case.stage_id != step.stage_id and case._is_above(step))
            moved.write({"stage_id": step.stage_id.id, "date_last_stage_update": fields.Datetime.now()})
        with_letter = self.filtered(lambda case: case.pending_step_id.letter_kind)
        delivery = with_letter.partner_id._collection_delivery()
        to_call = with_letter.filtered(lambda case: delivery[case.partner_id.id]["delivery_note"] == "call")
        (with_letter - to_call)._queue_step_letters(delivery, amounts or {})
        self._ask_for_steps()
        if to_call:
            to_call._ask_to_call_instead()
            to_call._decide()  # says at once why it is a call

    def _queue_step_letters(self, delivery, amounts):
        """Queue the letters of the steps under way.

        :param delivery: how a letter reaches each customer; see ``res.partner._collection_delivery``
        :param amounts: see :meth:`_begin_steps`
        """
        for company, cases in self.grouped("company_id").items():
            vals_list = [
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": company.id,
                    "kind": case.pending_step_id.letter_kind,
                    "step_id": case.pending_step_id.id,
                    "round": case.round,
                    "amount": case.amount_chased,
                }
                for case in cases
            ]
            letters = self.env["collection.letter"]
            letters._ask_for_what_they_name(vals_list, company.currency_id, amounts)
            letters = letters._queue(vals_list, delivery, company.currency_id)
            self._store(
                ("pending_letter_id",), {case.id: (letter.id,) for case, letter in zip(cases, letters, strict=True)}
            )

    def _is_above(self, step):
        """Whether ``step`` is higher on the ladder than the last step of this case."""
        self.ensure_one()
        ladder = self.policy_id.step_ids
        return self.step_id not in ladder or ladder.ids.index(step.id) > ladder.ids.index(self.step_id.id)

    def _ask_to_call_instead(self):
        """Ask for a call in place of a letter that the customer would not get; done, it counts as the step. A step that
        asks for a call anyway needs no second one.
        """
        call = self.env.ref(CALL_INSTEAD_XMLID)
        silent = self.filtered(lambda case: case.pending_step_id.activity_type_id.category != "phonecall")
        silent._ask(
            lambda case: {
                "activity_type_id": call.id,
                "summary": case._in_language_of(case.user_id).env._(
                    "Call instead of “%s”: no e-mails, please, and no postal address is on file",
                    case._in_language_of(case.user_id).pending_step_id.name,
                ),
                "user_id": case.user_id.id,
            }
        )

    def _step_activity_types(self):
        """The types of activities that the step under way may wait for, by case id; none where no step is."""
        instead = self._activity_type(CALL_INSTEAD_XMLID)
        types = dict.fromkeys(self.ids, instead.browse())
        under_way = self.filtered("pending_step_id")
        under_way.pending_step_id.fetch(["activity_type_id", "letter_kind"])
        for case in under_way:
            step = case.pending_step_id
            types[case.id] = step.activity_type_id | (instead if step.letter_kind else instead.browse())
        return types

    def _ask_for_review(self):
        """Ask the collector to look: the rules do not know how to go on."""
        review = self.env.ref(REVIEW_XMLID)
        self._ask(
            lambda case: {
                "activity_type_id": review.id,
                "summary": case._in_language_of(case.user_id).decision,
                "user_id": case.user_id.id,
            }
        )

    def _ask_to_check_address(self, reason):
        """Tell the collector that nothing can be delivered to this customer."""
        self._ask_anew(ADDRESS_XMLID, reason)

    def _ask_to_see_to_letter(self, reason):
        """Tell the collector that a letter could not be made."""
        self._ask_anew(LETTER_XMLID, reason)

    def _ask_anew(self, xmlid, reason):
        """Ask the collector for an activity of this type, for the latest reason only."""
        kind = self.env.ref(xmlid)
        self._withdraw_asked_by(xmlid)
        self._ask(
            lambda case: {
                "activity_type_id": kind.id,
                "summary": reason,
                "user_id": case.user_id.id,
            }
        )

    def _complete_sent_steps(self):
        """Complete the steps whose letter has left the house, should the work have been cut short in between."""
        self.pending_letter_id.fetch(["state"])
        self.filtered(lambda case: case.pending_letter_id.state == "sent")._complete_steps()._note_attempt()

    def _complete_interrupted_steps(self):
        """Complete the steps whose letter left the house when the work was cut short, and see what comes next."""
        self._complete_sent_steps()
        taken = self.filtered(lambda case: not case.pending_step_id)
        taken._withdraw_asked_by(ADDRESS_XMLID, LETTER_XMLID)
        taken._decide()

    def _complete_steps(self):
        """The step under way is taken where neither its letter nor its activity is left to be done.

        :return: the cases that took their step
        """
        under_way = self.filtered("pending_step_id")
        if not under_way:
            return under_way
        waiting = {letter.case_id.id for letter in under_way._pending_letters()}
        waiting |= {activity.res_id for activity in under_way._pending_activities()}
        waiting |= under_way._without_last_call()
        today = {company: company._collection_today() for company in under_way.company_id}
        taken = under_way.filtered(lambda case: case.id not in waiting)
        taken._mark_taken()
        for case in taken:
            case._note_notice()
            values = {"pending_step_id": False, "pending_letter_id": False}
            # else younger items have taken it, and the oldest ones stand higher
            if case._is_above(case.pending_step_id):
                values |= {
                    "step_id": case.pending_step_id.id,
                    "step_date": today[case.company_id],
                    "reward_from": fields.Datetime.now(),
                }
            case.write(values)
        return taken

    def _take_back_step(self, letter):
        """``letter`` did not reach the customer after all: its step is under way again, unless another one is already."""
        self.ensure_one()
        ladder = self.policy_id.step_ids
        if self.pending_step_id or letter.step_id not in ladder or not self._is_last_word(letter):
            return
        values = {
            "pending_step_id": letter.step_id.id,
            "pending_letter_id": letter.id,
            "unanswered_count": max(0, self.unanswered_count - 1),
        }
        self._take_back_marks(letter)
        if letter.step_id == self.step_id and not self._has_item_at(letter.step_id):
            values["step_id"] = ladder[: ladder.ids.index(letter.step_id.id)][-1:].id
        self.write(values)

    def _take_up_step(self, letter):
        """``letter`` waits to be sent again: so is its step under way, unless another one is."""
        cases = self.filtered(lambda case: case.state == "open" and not case.pending_step_id)
        cases.filtered(lambda case: letter.step_id in case.policy_id.step_ids).write(
            {"pending_step_id": letter.step_id.id, "pending_letter_id": letter.id}
        )

    def _is_last_word(self, letter):
        """Whether no later step has named what ``letter`` has."""
        self.ensure_one()
        named = self.env["collection.mark"].sudo().search([("letter_id", "=", letter.id)])  # read by the rules
        latest = named._latest(named.mapped("item_id"))
        if not named:
            return letter.step_id == self.step_id
        return any(latest[one.item_id][0] == one.step_id.id for one in named)

    def _abandon_step(self, reason):
        """Give up the step under way: cancel its letter, withdraw its activity, move the card back. A letter that is with the
        mail server at this moment cannot be had back: its step is taken when the mail server has answered.

        :param str reason: why, for the letter's record
        """
        letters = self.filtered("pending_step_id")._pending_letters()
        leaving = letters.filtered(lambda letter: letter._is_leaving())
        under_way = self.filtered("pending_step_id") - leaving.case_id
        if not under_way:
            return
        (letters - leaving)._cancel(reason)
        under_way._pending_activities().unlink()
        first_stage = self._stage_of_kind("normal")
        for case in under_way:
            stage = case.step_id.stage_id or first_stage
            values = {"pending_step_id": False, "pending_letter_id": False}
            if case.stage_id != stage:
                values |= {"stage_id": stage.id, "date_last_stage_update": fields.Datetime.now()}
            case.write(values)

    def _pending_letters(self):
        """Letters of the steps under way that have not gone out, whether they wait or failed."""
        if not self:
            return self.env["collection.letter"]
        letters = self.filtered("pending_step_id").pending_letter_id
        letters.fetch(["case_id", "handover_at", "send_after", "state", "step_id", "write_date"])
        return letters.filtered(lambda letter: letter.state in ("queued", "failed"))

    def _pending_activities(self):
        """Activities that the steps under way asked for and that are not done, in superuser mode."""
        types = self._step_activity_types()
        return self._asked().filtered(lambda activity: activity.activity_type_id in types[activity.res_id])

    def _take_steps_back(self, count, reason=None):
        """Go ``count`` steps back on the ladder, but not behind its first: the customer has earned it.

        A new round begins, so that a step may be taken again should it come to that; the final notice comes again as well.

        :param str reason: why, for the record of a letter that was waiting
        """
        self.ensure_one()
        ladder = self.policy_id.step_ids
        if self.state != "open" or self.step_id not in ladder:
            return
        self._abandon_step(reason or self.env._("The case takes a step back."))
        self.reward_from = fields.Datetime.now()
        step = ladder[max(0, ladder.ids.index(self.step_id.id) - count)]
        if step != self.step_id:
            step = self.policy_id._before_notice(step)
        if step == self.step_id or not step:
            return
        self.write(
            {
                "step_id": step.id,
                "step_date": self.company_id._collection_today(),
                "stage_id": step.stage_id.id,
                "date_last_stage_update": fields.Datetime.now(),
                "round": self.round + 1,
            }
        )
        if self.run_date == self.company_id._collection_today():
            self._decide()  # somebody was in the way until the run had decided on it
