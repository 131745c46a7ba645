from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_amount

from ..base.actions import open_dialog
from ..base.batch import take_turn
from ..base.to_decimal import to_decimal
from .referral_states import WITH_AGENCY


class CollectionReferral(models.Model):
    """The life of a referral: approved, handed over, recalled or returned.

    Between the approval and the moment at which the packet leaves, the books may change; then nothing is sent, and the
    manager decides again on what is true now.
    """

    _inherit = "collection.referral"

    # -- Approving -----------------------------------------------------------------------------------------------

    def _check_manager(self):
        """Only managers refer, override and recall."""
        if not self.env.su and not self.env.user.has_group("grey_hat_collections.group_manager"):
            raise AccessError(
                self.env._("Only a collections manager can decide on referrals. Ask yours to check *Referral Review*.")
            )

    def _decider(self):
        """Who is asked about this referral: who decided on it, else whoever decides about such accounts now."""
        self.ensure_one()
        return self.user_id.filtered("active") or self.case_id._agency_reviewers()[self.case_id] or self.user_id

    def _set_items(self, items):
        """Take up ``items`` (:class:`OpenItem`), each with what is asked for of it today, and the commission agreed for its
        age. Needs superuser mode.
        """
        self.ensure_one()
        ledger_lines = self.env["account.move.line"].browse([item.id for item in items])
        ledger_lines.fetch(["currency_id", "amount_currency"])
        self.line_ids.unlink()
        values = []
        for item, line in zip(items, ledger_lines, strict=True):
            referred = _referred(item, line.currency_id)
            values.append(
                {
                    "referral_id": self.id,
                    "item_id": item.id,
                    "date_due": item.due,
                    "settled_before": line.matched_credit_ids.ids,
                    "days_overdue": item.days_overdue,
                    "commission_percent": float(self.agency_id._commission_percent(item.days_overdue)),
                    "amount_open": referred["amount_referred"],
                    **referred,
                }
            )
        lines = self.env["collection.referral.line"].create(values)
        self.invalidate_recordset(["line_ids"])
        total = sum(lines.mapped("company_referred"))
        self.write({"amount_referred": total, "amount_open": total})

    def _approve(self):
        """Store the packet and put it into the outbox. Needs superuser mode; the manager's decision was checked."""
        self.ensure_one()
        self.state = "approved"
        self._store_packet()
        self.env["collection.agency.message"]._queue(self, "packet", self._packet_facts(), self.packet_id)

    def action_back_to_draft(self):
        """Take an approved referral back before it leaves the house."""
        self.ensure_one()
        self._check_manager()
        if self.state != "approved":
            raise UserError(
                self.env._(
                    "%s has already been sent. Recall it instead; the agency will be informed.", self.display_name
                )
            )
        referral = self.sudo()  # written by the rules; managers may
        packets = referral.message_to_agency_ids.filtered(
            lambda message: message.kind == "packet" and message.state in ("queued", "failed")
        )
        if packets.filtered("is_uncertain"):
            raise UserError(
                self.env._(
                    "%(referral)s may be with %(agency)s already. Ask there; if they have it, mark the message as sent and "
                    "recall the account.",
                    referral=self.display_name,
                    agency=self.agency_id.name,
                )
            )
        if packets.filtered("handover_at") and packets.filtered(lambda message: message.state == "queued"):
            raise UserError(
                self.env._("%s is being handed over at this moment. Try again in a minute.", self.display_name)
            )
        packets.write({"state": "cancelled", "cancel_reason": self.env._("Cancelled by %s.", self.env.user.name)})
        packets._withdraw_question()
        referral.state = "draft"
        return True

    # -- Handing over: asked and told by the outbox --------------------------------------------------------------

    def _packet_obstacle(self):
        """Why the packet must not leave after all; False when it may. The case was locked, and is refreshed for it."""
        self.ensure_one()
        case = self.case_id
        case._refresh(self.company_id, self.partner_id)
        if self.state != "approved":
            return self.env._("%s is not approved any more.", self.name)
        if case.state == "closed":
            return self.env._("The account was settled.")
        today = {item.id: item for item in self._referable_items(case)}
        for line in self.line_ids:
            item = today.get(line.item_id.id)
            now = _referred(item, line.currency_id)["amount_referred"] if item else 0
            if line.currency_id.compare_amounts(now, line.amount_referred):
                return self.env._(
                    "%(item)s was approved with %(then)s, and today %(now)s can be referred.",
                    item=line.number,
                    then=format_amount(self.env, line.amount_referred, line.currency_id),
                    now=format_amount(self.env, now, line.currency_id),
                )
        return self._new_objection()

    def _new_objection(self):
        """The first point of the checklist that is not met today and that no manager has overridden, as a sentence."""
        overridden = set(self.override_ids.mapped("point"))
        case, ids = self.case_id, set(self.line_ids.item_id.ids)
        items = [item for item in self._referable_items(case) if item.id in ids]
        points = case._referral_checklist(self.agency_id, {case.id: items})[case.id]
        point = next((point for point in points if not point.met and point.code not in overridden), None)
        return point and self.case_id._point_sentence(point)

    def _packet_withdrawn(self, sentence):
        """The packet did not leave: the manager decides again."""
        self.state = "draft"
        manager = self._decider()
        self._ask(
            lambda referral: {
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "summary": self._in_language_of(manager).env._("Not handed over: %s", sentence),
                "user_id": manager.id,
            }
        )
        self.message_post(body=self.env._("Not handed over: %s", sentence))

    def _packet_failed(self, message):
        """The packet could not be delivered; the referral stays approved until somebody has seen to it."""
        self.message_post(body=self.env._("The packet could not be handed over: %s", message.failure_reason or ""))

    def _packet_sent(self, message):
        """The agency has the packet: from now on it speaks for us."""
        self.ensure_one()
        if self.state != "approved":
            return
        today = self.company_id._collection_today()
        self.write(
            {
                "state": "acknowledged" if message.agency_reference else "sent",
                "date_sent": today,
                "sent_at": fields.Datetime.now(),
            }
        )
        if self.case_id.state != "closed":
            self.case_id._go_to_agency(self)
        else:  # settled before it was known that the packet had arrived; something else may be overdue since
            self.case_id._follow_referrals(self.company_id, self.partner_id)

    def action_acknowledge(self):
        """Note that the agency has confirmed the hand-over."""
        return self._advance(("sent",), "acknowledged")

    def action_collecting(self):
        """Note that the agency has taken up the work."""
        return self._advance(("sent", "acknowledged"), "collecting")

    def _advance(self, before, after):
        self._check_manager()
        self.filtered(lambda referral: referral.state in before).sudo().state = after  # written by the rules
        return True

    # -- The way back --------------------------------------------------------------------------------------------

    def action_recall(self):
        """Ask why, then take the account back."""
        return self._action_give_back("recalled", self.env._("Recall"))

    def action_return(self):
        """Ask why the agency gave it back."""
        return self._action_give_back("returned", self.env._("Returned by the Agency"))

    def _action_give_back(self, state, title):
        self.ensure_one()
        self._check_manager()
        return open_dialog(title, "collection.give.back", {"default_referral_id": self.id, "default_state": state})

    def _give_back(self, state, reason, *, propose_write_off=False):
        """End the referral: *recalled* by us, at a milder stage, or *returned* by the agency, for a decision.

        :raises UserError: when the agency does not have it any more
        """
        self.ensure_one()
        self._check_manager()
        self.check_access("read")
        referral = self.sudo()  # written by the rules; managers may, and this one may see it
        take_turn(referral)
        if referral.state not in WITH_AGENCY:
            raise UserError(
                self.env._(
                    "%(referral)s is not with an agency any more: %(state)s.",
                    referral=self.display_name,
                    state=dict(self._fields["state"]._description_selection(self.env))[referral.state],
                )
            )
        referral._refresh_money()
        if referral.state not in WITH_AGENCY:  # the books have ended it meanwhile
            return
        back, totals = referral.amount_open, referral._totals_open()
        referral.write(
            {
                "state": state,
                "given_back_at": fields.Datetime.now(),
                "date_ended": self.company_id._collection_today(),
                "end_reason": reason,
            }
        )
        referral._refresh_money()
        referral.message_post(body=reason)
        if state == "recalled":
            self.env["collection.agency.message"].sudo()._queue(  # the outbox is the rules'
                referral, "recall", {"referral": self.name, "totals_open": totals}
            )
        referral.case_id._come_back_from_agency(referral, back)
        if propose_write_off:
            referral._propose_write_off(back)

    def _totals_open(self):
        """What the agency still collects, as text by the code of its currency."""
        return {
            currency.name: f"{sum(lines.mapped('amount_open')):.{currency.decimal_places}f}"
            for currency, lines in self.line_ids.grouped("currency_id").items()
        }

    def _propose_write_off(self, amount):
        """Ask accounting whether to write off ``amount``, which came back. We post nothing ourselves."""
        self.ensure_one()
        user = self.company_id._collection_accountant() or self._decider()
        told = self._in_language_of(user)
        self._ask(
            lambda referral: {
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "summary": told.env._(
                    "Write off %(amount)s of %(customer)s? %(agency)s has returned it",
                    amount=format_amount(told.env, amount, self.currency_id),
                    customer=self.partner_id.display_name,
                    agency=self.agency_id.name,
                ),
                "user_id": user.id,
            }
        )

    # -- What may be referred ------------------------------------------------------------------------------------

    @api.model
    def _referable_items(self, case):
        """The open items of ``case`` that are asked for, undisputed and with no agency: what a referral may take.

        :rtype: list[OpenItem]
        """
        with_agency = set(case._items_held().ids)
        items = self.env["collection.ledger"]._open_items(case.partner_id, case.company_id)
        return [
            item
            for item in items
            if item.chased > 0 and not item.disputed and item.days_overdue and item.id not in with_agency
        ]


def _referred(item, currency):
    """What of an open item is referred: what is asked for today, in its own currency and in the company's."""
    share = item.chased / item.residual
    own = currency.round(item.residual_currency * share)
    return {
        "amount_referred": own,
        "amount_aside": float(to_decimal(item.residual_currency) - to_decimal(own)),
        "company_referred": item.chased,
    }
