from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_amount

from ..base.activity_types import REMNANT_XMLID
from ..base.to_decimal import to_decimal


class CollectionCase(models.Model):
    """The end of an episode: nothing is overdue any more, or too little to ask for."""

    _inherit = "collection.case"

    @api.model
    def _domain_over(self, company):
        """The cases of a company whose episode is over; see :meth:`_is_over`."""
        over = Domain("amount_net_overdue", "<=", 0)
        in_nobody_s_hands = (
            Domain("state", "=", "open") & Domain("amount_promised", "=", 0) & Domain("amount_disputed", "=", 0)
        )
        over |= in_nobody_s_hands & Domain("amount_net_overdue", "<=", company.collection_min_amount)
        return Domain("company_id", "=", company.id) & Domain("state", "!=", "closed") & over

    def _is_over(self):
        """Whether the episode is over: nothing is overdue any more, or no more than a case opens for. The latter only where
        nobody has anything in hand: a hold, a promise, a dispute, an agency.
        """
        self.ensure_one()
        left = self.amount_net_overdue
        if self.state == "closed" or left <= 0:
            return self.state != "closed"
        in_hand = self.state != "open" or self.amount_promised or self.amount_disputed
        return not in_hand and to_decimal(left) <= self.company_id._collection_house().min_amount

    def _close(self):
        """The ledger says that nothing is overdue any more, too little to ask for, or nothing of this customer: the episode ends,
        its history stays.
        """
        if not self:
            return
        remnants = self.filtered(lambda case: case.amount_net_overdue > 0)
        for reason, cases in self.grouped(lambda case: case._closing_reason()).items():
            cases._abandon_step(reason)
        self._withdraw_asked()
        settled = self._stage_of_kind("settled")
        for company, cases in self.grouped("company_id").items():
            cases.write(
                {
                    "state": "closed",
                    "stage_id": settled.id,
                    "date_last_stage_update": fields.Datetime.now(),
                    "date_closed": company._collection_today(),
                    "next_action_date": False,
                    "next_step_id": False,
                    "hold_until": False,
                    "hold_reason": False,
                    "last_error": False,
                    "decision_code": "settled",
                    "decision_details": {},
                    "priority_score": 0,
                    **self._values_of_closed(),
                }
            )
        remnants.decision_details = {"remnant": True}
        remnants._tell_of_remnants()
        self._strays()._hand_on()

    def _tell_of_remnants(self):
        """Ask whoever keeps the books, once for a case, to see to the little that is left of these."""
        told = (
            self.env["mail.activity"].sudo().with_context(active_test=False)
        )  # what the rules have asked, done or not
        known = told.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", self._activity_type(REMNANT_XMLID).id),
            ]
        )
        asking = self - self.browse(known.mapped("res_id"))
        accounting = {
            company: company._collection_accountant() | company._collection_reviewer() for company in asking.company_id
        }
        asking._ask(lambda case: case._remnant_activity(accounting[case.company_id]))

    def _remnant_activity(self, accounting):
        """What is asked about the little that is left, and of whom: the first who may read the case, else its collector."""
        user = next((user for user in accounting if self._may_be_read_by(user)), self.user_id)
        reader = self._in_language_of(user).env
        return {
            "activity_type_id": self._activity_type(REMNANT_XMLID).id,
            "user_id": user.id,
            "summary": reader._(
                "%(customer)s still has %(amount)s open: write it off, or match it",
                amount=format_amount(reader, self.amount_net_overdue, self.currency_id),
                customer=self.partner_id.name or "",
            ),
        }

    def _withdraw_asked(self):
        """Withdraw what the rules have asked people to do about these cases."""
        asked = self._asked().filtered(lambda activity: activity.activity_type_id.res_model == self._name)
        asked.unlink()
