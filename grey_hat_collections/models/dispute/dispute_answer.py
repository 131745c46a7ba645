from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_amount

from ...engine import disputes as engine
from ..base.actions import open_dialog
from ..base.to_decimal import to_decimal
from .dispute_clock import ANSWER_XMLID, COMMITMENT_XMLID, LATE_XMLID
from .dispute_credit import CREDIT_XMLID
from .dispute_states import OPEN

#: Working days that a customer has to pay what was not upheld, as proposed.
NEW_DUE_DAYS = 10


class CollectionDispute(models.Model):
    """Our answer, and what follows from it for the customer."""

    _inherit = "collection.dispute"

    # -- The answer ----------------------------------------------------------------------------------------------

    def _answer(self, upheld, finding, date_due_new=None, write_letter=True):
        """Give our answer: the case comes back for a look, what we uphold is credited, the rest is due anew.

        :param dict upheld: what we uphold of each line, in the line's currency; what is not named is rejected
        :param str finding: what we found, in words that the customer reads
        :param datetime.date date_due_new: by then the rest is to be paid; needed unless all is upheld
        :param bool write_letter: send the customer our answer
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in OPEN:
            raise UserError(
                self.env._("%s has already been answered. Reopen it to change the answer.", self.display_name)
            )
        amounts = {line: upheld.get(line, 0) for line in self.line_ids}
        for line, amount in amounts.items():
            if not amount >= 0 or line.currency_id.compare_amounts(amount, line.amount) > 0:
                raise UserError(
                    self.env._(
                        "%(item)s: the upheld amount must be between zero and the disputed %(disputed)s.",
                        item=line.number,
                        disputed=format_amount(self.env, line.amount, line.currency_id),
                    )
                )
        disputed = sum(to_decimal(line.amount) for line in amounts)
        resolution = engine.resolution(disputed, sum(to_decimal(amount) for amount in amounts.values()))
        today = self.company_id._collection_today()
        if resolution is engine.Resolution.UPHELD:
            date_due_new = None
        elif not date_due_new or date_due_new < today:
            raise UserError(
                self.env._(
                    "%s: enter a new due date from today on, so that the customer has time to pay the rest.",
                    self.display_name,
                )
            )
        dispute = self.sudo()  # the answer is written by the rules; access was checked
        for line, amount in amounts.items():
            line.sudo().amount_upheld = amount
        dispute.write(
            {
                "state": resolution.value,
                "finding": finding,
                "date_due_new": date_due_new,
                "date_decided": today,
                "decided_by_id": self.env.uid,
            }
        )
        dispute._withdraw_asked_by(ANSWER_XMLID, LATE_XMLID)
        self._see_to_credit()
        dispute._case_comes_back()
        if dispute.case_id and resolution is not engine.Resolution.REJECTED:
            dispute.case_id._take_steps_back(1, self.env._("A dispute was answered in the customer's favour."))
        if write_letter:
            dispute._tell_answer()
        dispute._account_changed()

    def _case_comes_back(self):
        """The pause is over: a day for a look before any step. Needs superuser mode."""
        self.case_id._abandon_step(self.env._("The dispute was answered."))
        self.case_id._hold_until_reviewed()

    def _tell_answer(self):
        """The customer is to read our answer. Needs superuser mode."""

    def _take_answer_back(self):
        """Our answer does not hold any more. Needs superuser mode."""

    def action_answer(self):
        """Open the dialog in which we decide and answer."""
        self.ensure_one()
        self.check_access("write")
        return open_dialog(
            self.env._("Answer %s", self.name), "collection.dispute.resolution", {"default_dispute_id": self.id}
        )

    def action_withdraw(self):
        """The customer takes it back: nothing was wrong. A day is left for a look before anything is asked for."""
        self.check_access("write")
        for dispute in self:
            if dispute.state not in OPEN:
                raise UserError(
                    self.env._("%s has already been answered. There is nothing to withdraw.", dispute.display_name)
                )
        disputes = self.sudo()  # states are written by the rules; access was checked
        for company, of_company in disputes.grouped("company_id").items():
            of_company.write(
                {
                    "state": "withdrawn",
                    "date_decided": company._collection_today(),
                    "decided_by_id": self.env.uid,
                }
            )
        disputes._withdraw_asked_by(ANSWER_XMLID, COMMITMENT_XMLID, LATE_XMLID)
        disputes._case_comes_back()
        disputes._account_changed()
        return True

    def action_reopen(self):
        """The answer was wrong, or the customer insists: the clock is on us again. A credit note that was prepared stays, and
        what was credited is disputed no more.
        """
        self.check_access("write")
        closed = self.filtered(lambda dispute: dispute.state not in OPEN)
        closed._check_room()
        disputes = closed.sudo()  # states are written by the rules; access was checked
        disputes._take_answer_back()
        for line in disputes.filtered("is_credited").line_ids:
            line.amount_settled += line._not_in_notes()
        disputes.line_ids.amount_upheld = 0
        for company, of_company in disputes.grouped("company_id").items():
            of_company.write(
                {
                    "state": "in_progress",
                    "date_decided": False,
                    "decided_by_id": False,
                    "date_due_new": False,
                    "is_credited": False,
                    "reopened_at": fields.Datetime.now(),
                    "date_answer_due": company._collection_working_day(1),
                }
            )
        disputes._withdraw_asked_by(CREDIT_XMLID)
        disputes._ask_owner()
        cases = disputes.env["collection.case"]  # one that has followed a settled one takes the dispute up
        cases = cases.union(*cases._open_cases_of(disputes.partner_id, disputes.company_id).values())
        cases._take_up_disputes(disputes.partner_id, disputes.company_id)
        disputes._account_changed()
        return True

    def _check_room(self):
        """Another dispute may have taken the place of one that was answered: nothing is disputed, and credited, twice.

        :raises UserError: naming the item and the other dispute
        """
        for line in self.sudo().line_ids:  # disputes of others count as well; only their number is named
            others = line.item_id.collection_dispute_line_ids.filtered(
                lambda other, own=line: other.dispute_id != own.dispute_id and other.amount_waiting
            )
            left = line.item_id._collection_disputable()
            if others and line.currency_id.compare_amounts(line._still_disputed(), left) > 0:
                raise UserError(
                    self.env._(
                        "%(item)s is now in dispute %(other)s, which leaves nothing for %(dispute)s. Continue there.",
                        item=line.number,
                        other=others[0].dispute_id.name,
                        dispute=line.dispute_id.name,
                    )
                )

    def action_commitment_done(self):
        """We did what we promised the customer."""
        self.check_access("write")
        for company, disputes in self.sudo().grouped("company_id").items():  # written by the rules; access was checked
            waiting = disputes.filtered(lambda dispute: dispute.commitment_state == "open")
            waiting.commitment_done_on = company._collection_today()
            waiting._withdraw_asked_by(COMMITMENT_XMLID)
        self.sudo().case_id._decide_later()
        return True
