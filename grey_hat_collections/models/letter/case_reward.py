from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.to_decimal import to_decimal
from ..ledger.account_key import account_key


class CollectionCase(models.Model):
    """What customers have paid is noticed: a large payment makes the case milder, and at the end we say thank you."""

    _inherit = "collection.case"

    thanks_due = fields.Boolean(
        readonly=True, help="Settled; the next daily run checks whether to send a thank-you.", for_rules=True
    )
    was_referred = fields.Boolean(
        string="Was With an Agency", readonly=True, help="The account was handed to an agency at some time."
    )

    # -- A step back ---------------------------------------------------------------------------------------------

    @api.model
    def _reward_large_payments(self, companies):
        """Who has paid a large share of what was overdue since the last step is taken one step back, once.

        The same money does not count twice: what came before the last step, taken or given back, is not looked at.
        """
        cases = self._credited_since_reward(companies.filtered("collection_step_back_share"))
        self._retry_daily_run(len(cases._work_on_each(lambda some: some._reward_large_payment())))

    def _reward_large_payment(self):
        """Take these cases a step back where what came since is a large share."""
        received = self._money_received({case: case.reward_from for case in self})
        for case in self:
            money, share = received[case], case.company_id.collection_step_back_share
            if money and money * 100 >= share * (to_decimal(case.amount_net_overdue) + money):
                case._take_steps_back(1, self.env._("A large payment has come."))

    @api.model
    def _credited_since_reward(self, companies):
        """The open cases of ``companies`` that have taken a step, and for which anything at all was booked since."""
        rewarding = Domain("company_id", "in", companies.ids) & Domain("state", "=", "open")
        rewarding &= Domain("step_id", "!=", False) & Domain("reward_from", "!=", False)
        ((since,),) = self._read_group(rewarding, [], ["reward_from:min"])
        if not since:
            return self.browse()
        ledger = self.env["collection.ledger"]
        ledger._flush_settlement_sources()
        booked = SQL(
            """(SELECT kase.id
                  FROM collection_case kase
                  JOIN (%s) credit USING (partner_id, company_id)
                 WHERE credit.booked > kase.reward_from)""",
            ledger._query_credits(companies, since),
        )
        return self.search(rewarding & Domain("id", "in", booked))

    # -- Thanks --------------------------------------------------------------------------------------------------

    def _close(self):
        """What money has settled is worth a look the next day; a remnant, or what another customer owes now, is not."""
        result = super()._close()
        self.thanks_due = True
        self.filtered(lambda case: case.amount_net_overdue > 0 or case._has_moved()).thanks_due = False
        return result

    def _come_back(self):
        self.thanks_due = False
        return super()._come_back()

    @api.model
    def _thank_settled(self, companies):
        """Thank the customers who have settled all since yesterday, once for each case.

        Only where money did it, after we had been in touch; never where an agency had been, and not on top of another
        thank-you for the same money.
        """
        settled = self.search(
            [("company_id", "in", companies.ids), ("state", "=", "closed"), ("thanks_due", "=", True)]
        )
        today = {company: company._collection_today() for company in companies}
        settled = settled.filtered(lambda case: case.date_closed < today[case.company_id])
        self._retry_daily_run(len(settled._work_on_each(lambda some: some._thank())))

    def _thank(self):
        """Thank for these settled cases what is worth thanks; none of them is looked at again."""
        self.thanks_due = False
        worthy = self.filtered(
            lambda case: (
                case.company_id.collection_thank_settled
                and not case.was_referred
                and not case.reason_id.stops_contact
                and (case.step_id or case.note_ids or "sent" in case.letter_ids.mapped("state"))
                and not case._thanked()
            )
        )
        received = worthy._money_received({case: case.create_date for case in worthy})
        still_owing = self._open_cases_of(worthy.partner_id, worthy.company_id)
        delivery = worthy.partner_id._collection_delivery()
        unwilling = worthy.partner_id._collection_unwilling()
        self.env["collection.letter"].create(
            [
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": case.company_id.id,
                    "kind": "settled",
                }
                for case in worthy
                if received[case]
                and account_key(case) not in still_owing
                and case.partner_id not in unwilling
                and delivery[case.partner_id.id]["channel"] == "email"
                and delivery[case.partner_id.id]["address"]
            ]
        )

    def _thanked(self):
        """Whether this customer was thanked already: for all of it, or this very morning for a promise that was kept."""
        self.ensure_one()
        return self.letter_ids.filtered(
            lambda letter: (
                letter.state != "cancelled"
                and (
                    letter.kind == "settled"
                    or (
                        letter.kind == "thanks"
                        and self.company_id._collection_date(letter.create_date) >= self.date_closed
                    )
                )
            )
        )
