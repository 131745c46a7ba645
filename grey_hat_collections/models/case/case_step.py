from odoo import fields, models

REVIEW_XMLID = "grey_hat_collections.mail_activity_type_review"


class CollectionCase(models.Model):
    """The life of a step: under way, taken, or given up.

    A step is *under way* from the moment its letter is queued or its activity is asked for. It is *taken* when the
    letter has left the house and the activity is done; only then does the case stand on it. Given up, it was never a
    warning, and the same step comes again. What letters have to do with it is in ``letter/case_letters.py``.
    """

    _inherit = "collection.case"

    reward_from = fields.Datetime(
        readonly=True,
        help="Payments booked after this moment have not yet earned the customer a step back.",
        for_rules=True,
    )

    def _begin_steps(self, amounts=None):
        """Begin the next step of each case: ask for what belongs to it, move the card. Needs superuser mode. The cases may follow
        different policies; the number of queries does not depend on how many they are.

        :param amounts: what the steps ask for, by case id, in company currency, where somebody has decided on them just now
        """
        self = self._fairly_warned()
        self._bulk_write(
            ("pending_step_id", "next_decision_date"),
            {case.id: (case.next_step_id.id, False) for case in self if case.pending_step_id != case.next_step_id},
        )
        for step, cases in self.grouped("next_step_id").items():
            # the card shows the highest step; one that younger items take does not move it down
            moved = cases.filtered(lambda case, step=step: case.stage_id != step.stage_id and case._is_above(step))
            moved.write({"stage_id": step.stage_id.id, "date_last_stage_update": fields.Datetime.now()})
        self._ask_for_steps(amounts or {})

    def _is_above(self, step):
        """Whether ``step`` is higher on the ladder than the last step of this case."""
        self.ensure_one()
        return self.policy_id._place(step) > self.policy_id._place(self.step_id)

    def _step_activity_types(self):
        """The types of activities that the step under way may wait for, by case id; none where no step is."""
        self.pending_step_id.fetch(["activity_type_id", "letter_kind"])
        return {case.id: case.pending_step_id.activity_type_id for case in self}

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

    def _complete_steps(self):
        """The step under way is taken where nothing of it is left to be done.

        :return: the cases that took their step
        """
        under_way = self.filtered("pending_step_id")
        if not under_way:
            return under_way
        waiting = under_way._with_work_left()
        today = {company: company._collection_today() for company in under_way.company_id}
        taken = under_way.filtered(lambda case: case.id not in waiting)
        taken._mark_taken()
        taken._steps_taken()
        for case in taken:
            values = {"pending_step_id": False}
            # else younger items have taken it, and the oldest ones stand higher
            if case._is_above(case.pending_step_id):
                values |= {
                    "step_id": case.pending_step_id.id,
                    "step_date": today[case.company_id],
                    "reward_from": fields.Datetime.now(),
                }
            case.write(values)
        return taken

    def _abandon_step(self, reason):
        """Give up the step under way with what waits to be done for it, and move the card back.

        :param str reason: why, for the record of a letter
        """
        under_way = self.filtered("pending_step_id")
        under_way -= under_way._out_of_hand()
        if not under_way:
            return
        under_way._give_up_work(reason)
        first_stage = self._stage_of_kind("normal")
        for case in under_way:
            stage = case.step_id.stage_id or first_stage
            values = {"pending_step_id": False}
            if case.stage_id != stage:
                values |= {"stage_id": stage.id, "date_last_stage_update": fields.Datetime.now()}
            case.write(values)

    def _activities_done(self, activities):
        """Somebody marked ``activities`` of these cases as done: complete the steps they were asked for and see what
        comes next.
        """
        done = {(activity.res_id, activity.activity_type_id) for activity in activities if activity.collection_asked}
        types = self._step_activity_types()
        under_way = self.filtered(lambda case: any((case.id, kind) in done for kind in types[case.id]))
        taken = under_way._complete_steps()
        (self - under_way)._mark_done_inside(done)
        # where there is a note, it says whether anybody answered; a review inside the house is no contact
        logged = self._written_about(activities)
        called = set(activities.filtered(lambda one: one.activity_category == "phonecall").mapped("res_id"))
        taken.filtered(lambda case: case.id in called - logged)._note_attempt()
        self._decide_later()

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
        step = ladder[max(0, self.policy_id._place(self.step_id) - count)]
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
            self._decide_later()  # somebody was in the way until the run had decided on it
