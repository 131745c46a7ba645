from odoo import api, fields, models

from .dispute_states import OPEN


class CollectionCase(models.Model):
    """What the customer says is wrong, and what the case makes of it."""

    _inherit = "collection.case"

    dispute_ids = fields.One2many("collection.dispute", "case_id", string="Disputes")
    dispute_count = fields.Integer(
        compute="_compute_dispute_count", string="Open Disputes", help="Disputes that we have not answered yet."
    )

    @api.depends("dispute_ids.state")
    def _compute_dispute_count(self):
        groups = self.env["collection.dispute"]._read_group(
            [("case_id", "in", self.ids), ("state", "in", OPEN)], ["case_id"], ["__count"]
        )
        counts = {case.id: count for case, count in groups}
        for case in self:
            case.dispute_count = counts.get(case.id, 0)

    def _dispute_facts(self):
        """The next answer that we owe, and the last day that an answer gave, of each case by its id: the facts
        ``answer_due`` and ``new_due_date``.
        """
        facts = {case.id: {"answer_due": None, "new_due_date": None} for case in self}
        disputes = self.env["collection.dispute"]
        owed = disputes._read_group(
            [("case_id", "in", self.ids), ("state", "in", OPEN)], ["case_id"], ["date_answer_due:min"]
        )
        for case, day in owed:
            facts[case.id]["answer_due"] = day
        answered = disputes._read_group(
            [("case_id", "in", self.ids), ("date_due_new", "!=", False)], ["case_id"], ["date_due_new:max"]
        )
        for case, day in answered:
            facts[case.id]["new_due_date"] = day
        return facts

    def _take_up_disputes(self, partners, companies):
        """Disputes that were raised before anything was overdue belong to the case that opens now.

        :param partners: the customers of these cases; ``companies`` likewise
        """
        waiting = self.env["collection.dispute"].search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "in", companies.ids),
                ("state", "in", OPEN),
                "|",
                ("case_id", "=", False),
                ("case_id.state", "=", "closed"),
            ]
        )
        case_of = {(case.partner_id, case.company_id): case for case in self if waiting}
        for account, disputes in waiting.grouped(lambda dispute: (dispute.partner_id, dispute.company_id)).items():
            if account in case_of:
                disputes.case_id = case_of[account]

    def action_raise_dispute(self):
        """Open the dialog that writes down what the customer says is wrong."""
        self.ensure_one()
        overdue = self._overdue_items()
        return self.env["collection.dispute"]._action_raise(
            {"default_case_id": self.id}, overdue if len(overdue) == 1 else overdue.browse()
        )

    def action_open_disputes(self):
        """Show the disputes of this case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("grey_hat_collections.collection_dispute_action")
        action |= {"domain": [("case_id", "=", self.id)], "context": {"default_case_id": self.id}}
        if len(self.dispute_ids) == 1:
            action |= {"views": [(False, "form")], "view_mode": "form", "res_id": self.dispute_ids.id}
        return action

    @api.model
    def _achieved_today(self):
        done = super()._achieved_today()
        count = self.env["collection.dispute"].search_count(
            [("note_id.user_id", "=", self.env.uid), ("note_id.date", ">=", self.env.company._collection_day_began())]
        )
        if count:
            done.append(self.env._("1 dispute recorded") if count == 1 else self.env._("%s disputes recorded", count))
        return done
