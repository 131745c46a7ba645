from odoo import api, models


class CollectionCase(models.Model):
    """What the rooms above the case add to it; the case itself names none of them.

    Each method here answers for the case alone. A room adds its part by ``super()`` in its own ``case_hooks.py``.
    """

    _inherit = "collection.case"

    # -- The daily run and its decision --------------------------------------------------------------------------

    @api.model
    def _parts_of_daily_run(self):
        """What the daily run does before it decides, by name, in this order; each part is given the companies.

        :rtype: dict[str, Callable[[res.company], None]]
        """
        return {"leave_no_case_behind": self._leave_no_case_behind}

    @api.model
    def _read_to_decide(self):
        """The fields that :meth:`_more_facts` reads, to be fetched with all others in one query.

        :rtype: tuple[str]
        """
        return ()

    def _more_facts(self):
        """What the engine has to know about each case beyond what the case and its ledger say.

        :return: names and values of :class:`engine.escalation.Facts` by case id
        :rtype: dict[int, dict]
        """
        return {case.id: {} for case in self}

    # -- What becomes of it --------------------------------------------------------------------------------------

    def _ask_for_steps(self):
        """The steps under way of these cases have begun: ask for the activities that belong to them."""
        stepping = self.filtered(lambda case: case.pending_step_id.activity_type_id)
        stepping._ask(lambda case: case.pending_step_id._activity_values(case))

    @api.model
    def _values_of_closed(self):
        """What is cleared when an episode ends.

        :rtype: dict
        """
        return {}

    @api.model
    def _accounts_opened(self, companies, partners):
        """These customers have a case again, or items that were another's.

        :param partners: their commercial partners
        """

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
