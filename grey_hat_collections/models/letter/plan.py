from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.days import later


class CollectionPlan(models.Model):
    """What is written to customers about their plans: the agreement, and a reminder before each instalment."""

    _inherit = "collection.plan"

    letter_id = fields.Many2one(
        "collection.letter", string="Agreement", readonly=True, help="The letter that was sent."
    )

    def _activate(self):
        """The customer gets the agreement."""
        result = super()._activate()
        self.sudo()._queue_agreement()  # letters are written by the rules; access to the plans was checked
        return result

    def _queue_agreement(self):
        """Queue the letter that says what was agreed, unless the customer wants to hear nothing."""
        unwilling = self.partner_id._collection_unwilling()
        for plan in self.filtered(lambda plan: plan.partner_id not in unwilling):
            plan.letter_id = self.env["collection.letter"].create(
                {
                    "case_id": plan.case_id.id,
                    "partner_id": plan.partner_id.id,
                    "company_id": plan.company_id.id,
                    "user_id": plan.user_id.id or plan.case_id.user_id.id,
                    "plan_id": plan.id,
                    "kind": "plan",
                    "amount": sum(plan.promise_ids.mapped("amount_expected")),
                    **self.env["collection.letter"]._by_hand(),  # who agrees on it says so to the customer
                }
            )

    def _end(self, state, reason):
        result = super()._end(state, reason)
        letters = self.env["collection.letter"].search(
            [
                ("state", "=", "queued"),
                "|",
                ("plan_id", "in", self.ids),
                ("promise_id.plan_id", "in", self.ids),
            ]
        )
        letters._cancel(reason)
        return result

    def action_print(self):
        """Open the agreement that the customer gets."""
        self.ensure_one()
        if not self.letter_id:
            raise UserError(self.env._("%s has no letter: the customer is not written to.", self.display_name))
        return self.letter_id.action_print()

    @api.model
    def _remind_of_instalments(self, companies):
        """Scheduled: an e-mail before each instalment of an active plan, once for each.

        An instalment so close to the agreement that its letter says enough is not reminded of, nor one of which all is
        disputed or under way.
        """
        for company in companies.filtered("collection_instalment_reminder_days"):
            today = company._collection_today()
            ahead = company.collection_instalment_reminder_days
            promises = self.env["collection.promise"].search(
                [
                    ("company_id", "=", company.id),
                    ("plan_id.state", "=", "active"),
                    ("state", "=", "open"),
                    ("pauses", "=", True),
                    ("share_ids", "!=", False),
                    ("date_promised", ">=", today),
                    ("date_promised", "<=", later(today, ahead)),
                ]
            )
            reminded = self.env["collection.letter"].search(
                [("promise_id", "in", promises.ids), ("kind", "=", "instalment")]
            )
            promises = promises.filtered(
                lambda promise, ahead=ahead: promise.date_made < later(promise.date_promised, -ahead)
            )
            left = (promises - reminded.promise_id)._work_on_each(lambda some: some._queue_letter("instalment"))
            self.env["collection.case"]._retry_daily_run(len(left))
