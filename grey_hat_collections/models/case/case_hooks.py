from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

#: What a case holds of the facts that a decision depends on, beside the figures of the ledger.
CASE_FACTS = frozenset(
    {
        "hold_until",
        "last_reply_date",
        "pending_step_id",
        "policy_id",
        "released_on",
        "round",
        "state",
        "step_date",
        "step_id",
        "unanswered_count",
        "unanswered_since",
    }
)
#: What of it also says how well the customer has been warned (``window``), as long as no final notice has left.
WINDOW_FACTS = frozenset({"policy_id", "round", "state"})


class CollectionCase(models.Model):
    """What the rooms above the case add to it; the case itself names none of them.

    Each method here answers for the case alone. A room adds its part by ``super()`` in its own ``case_hooks.py``.
    """

    _inherit = "collection.case"

    # -- Before the figures --------------------------------------------------------------------------------------

    @api.model
    def _has_promised(self, companies):
        """SQL of whether the contact ``contact`` has promised these companies something that may have to be judged.

        :rtype: SQL
        """
        return SQL("FALSE")

    @api.model
    def _before_figures(self, companies, partners):
        """The ledger is about to be read: what is written about the items in between is brought up to date.

        :param partners: those of whom :meth:`_has_promised` holds (None: it may be anybody)
        """

    @api.model
    def _also_concerned(self, companies, partners):
        """The open cases of these customers about which there may be something to decide, whatever their figures say.

        :rtype: collection.case
        """
        return self.browse()

    # -- The daily run and its decision --------------------------------------------------------------------------

    @api.model
    def _parts_of_daily_run(self):
        """What the daily run does before it decides, by name, in this order; each part is given the companies.

        :rtype: dict[str, Callable[[res.company], None]]
        """
        return {"leave_no_case_behind": self._leave_no_case_behind}

    @api.model
    def _domain_unsaid(self):
        """The cases to be decided on today although their last answer holds: something is to be said about them.

        :rtype: Domain
        """
        return Domain.FALSE

    def _not_to_decide_yet(self):
        """Those of these cases of which somebody holds what a decision depends on; the others are made ready for one.

        :rtype: collection.case
        """
        return self.browse()

    def _before_decisions(self):
        """The daily run is about to decide on these cases."""

    def _after_decisions(self, before=None):
        """These cases have been decided on.

        :param before: the last reason of each by its id, where somebody has looked; None in the daily run
        """

    @api.model
    def _case_facts(self, *, window=False):
        """The fields of a case that a decision depends on, beside the figures of the ledger: whoever writes them forgets the day
        until which the last answer holds.

        :param window: only those that also say how well the customer has been warned
        :rtype: frozenset[str]
        """
        return WINDOW_FACTS if window else CASE_FACTS

    def _left_to_people_since(self):
        """Since when this case is left to people; None where it is not.

        :rtype: date | None
        """
        self.ensure_one()

    @api.model
    def _written_about(self, activities):
        """The ids of the cases about whose done ``activities`` somebody has written down what came of them.

        :rtype: set[int]
        """
        return set()

    @api.model
    def _read_to_decide(self):
        """The fields that :meth:`_more_facts` reads, to be fetched with all others in one query.

        :rtype: tuple[str]
        """
        return ()

    def _more_facts(self, standings, read):
        """What the engine has to know about each case beyond what the case and its ledger say.

        :param standings: where what is asked for stands, by case id, not read before somebody looks
        :param read: the open items by account, likewise
        :return: names and values of :class:`engine.decision.Facts` by case id
        :rtype: dict[int, dict]
        """
        return {case.id: {} for case in self}

    # -- The life of a step ---------------------------------------------------------------------------------------

    def _fairly_warned(self, step_of=None):
        """The cases among these whose next step may begin: those that follow a ladder.

        :param step_of: the id of that step, a function of a case; by default the one that was decided on
        """
        return self.filtered("policy_id")

    def _is_noticed(self):
        """Whether the final notice of this round has left.

        :rtype: bool
        """
        self.ensure_one()
        return False

    def _values_of_new_round(self):
        """What this case holds when it begins a round in which nobody has been warned yet.

        :rtype: dict
        """
        self.ensure_one()
        return {"round": self.round + 1}

    def _ask_for_steps(self, amounts):
        """The steps under way of these cases have begun: ask for what belongs to them.

        :param amounts: what the steps ask for, by case id, in company currency, where somebody has decided on them just now
        """
        self._ask_for_activities()

    def _ask_for_activities(self):
        """Ask people for what the steps under way of these cases need of them."""
        stepping = self.filtered(lambda case: case.pending_step_id.activity_type_id)
        stepping._ask(lambda case: case.pending_step_id._activity_values(case))

    def _named_in_writing(self):
        """What was written for the steps under way has named these items; whatever else was done names what waits for it.

        :return: by case id what else a mark says of it, and pairs of the ids of an item and its step
        :rtype: dict[int, tuple[dict, list[tuple[int, int]]]]
        """
        return {}

    @api.model
    def _told_together(self):
        """SQL of whether ``mark`` was made on the same occasion as ``told``.

        :rtype: SQL
        """
        return SQL("mark.date = told.date")

    def _with_work_left(self):
        """The ids of the cases whose step under way is not taken yet: something of it is left to be done.

        :rtype: set[int]
        """
        return {activity.res_id for activity in self._pending_activities()}

    def _check_work_done(self, activities):
        """These activities, which the rules have asked for, are about to be marked as done.

        :raises UserError: with the way out
        """

    def _steps_taken(self):
        """The steps under way of these cases are being taken."""

    def _out_of_hand(self):
        """Those of these cases whose step under way cannot be given up at this moment.

        :rtype: collection.case
        """
        return self.browse()

    def _give_up_work(self, reason):
        """The steps under way of these cases are given up: so is what waits to be done for them.

        :param str reason: why, for the record
        """
        self._pending_activities().unlink()

    # -- What becomes of it --------------------------------------------------------------------------------------

    @api.model
    def _values_of_closed(self):
        """What is cleared when an episode ends.

        :rtype: dict
        """
        return {}

    def _begun(self):
        """These cases have just been opened."""

    def _take_over(self, others):
        """Take over what is still open of ``others``, closed cases whose items are asked for by this one now. An item keeps its
        place on the ladder, whoever owes it; a day is left for a look, for more is owed than before.
        """
        self.ensure_one()
        marks = self.env["collection.mark"].sudo()  # written by the rules only
        marks.search([("case_id", "in", others.ids)]).write({"case_id": self.id})
        for other in others:
            other._message_log(body=self.env._("The open items continue in the case of %s.", self.display_name))
            self._message_log(body=self.env._("Took over what was open in the case of %s.", other.display_name))
        self._hold_until_reviewed()

    @api.model
    def _accounts_opened(self, companies, partners):
        """These customers have a case again, or items that were another's.

        :param partners: their commercial partners
        """

    @api.model
    def _make_room_for_merge(self, partners, target):
        """These customers are about to be one, ``target``: of what there can be one only, one stays. Needs superuser mode."""

    # -- Others who ask ------------------------------------------------------------------------------------------

    def _items_held(self):
        """The open items of these cases for which somebody else asks.

        :rtype: account.move.line
        """
        return self.env["account.move.line"]

    def _held_by(self):
        """Who else asks for what this case is about, as the reason why we do not write; None where nobody does.

        :rtype: str | None
        """
        self.ensure_one()
