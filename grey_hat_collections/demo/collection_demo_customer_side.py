from datetime import timedelta

from odoo import Command, models

from . import events
from .collection_demo_story import noon


class CollectionDemo(models.AbstractModel):
    """The customer's side: what they said was wrong, why they did not pay, and what we made of it."""

    _inherit = "collection.demo"

    def _handlers_of_customer_side(self):
        return {
            events.Answer: self._answer_dispute,
            events.DeliveryConfirmed: self._confirm_delivery,
            events.Dispute: self._raise_dispute,
            events.Hold: self._put_on_hold,
            events.Reason: self._learn_reason,
        }

    def _agree_on_service_levels(self, user):
        """What was damaged or did not arrive is answered by the warehouse."""
        levels = self.env["collection.service.level"]
        levels.search([("kind", "in", ("damaged", "not_received"))]).user_id = user

    def _raise_dispute(self, event, _story, customer):
        case = self._open_case(customer)
        day, told_before = self._day(event.raised), case.message_ids
        item = case.open_item_ids.filtered(lambda line: line.amount_residual > 0).sorted("date_maturity")[:1]
        note = self._note(case, day, "disputes", event.said, mood=event.mood, invoice_ids=item.move_id.ids)
        collector = case.user_id or self.env.user
        dispute = self.env["collection.dispute"].with_user(collector).sudo()  # written for a day in the past
        dispute = dispute.create(
            {
                "case_id": case.id,
                "note_id": note.id,
                "contact_id": note.contact_id.id,
                "kind": event.kind,
                "description": event.said,
                "date_raised": day,
                "date_answer_due": self._day(event.answer_due),
                "commitment": event.commitment,
                "commitment_date": event.commitment and self._day(event.commitment_due),
                "line_ids": [Command.create({"item_id": item.id, "amount": event.amount or item.amount_residual})],
            }
        )
        dispute._tell_of_late_answers(self.env.company)
        (dispute.message_ids | (case.message_ids - told_before)).date = noon(day)

    def _answer_dispute(self, event, _story, customer):
        """Our answer, the credit note that follows from it, and the letter about it; then the ladder went on."""
        case, day = self._open_case(customer), self._day(event.day)
        told_before = case.message_ids
        dispute = case.dispute_ids[:1]
        dispute.with_user(dispute.user_id).sudo()._answer(
            {dispute.line_ids: event.upheld}, event.finding, self._day(event.due)
        )
        dispute.date_decided = day
        notes = dispute.credit_note_ids
        notes.invoice_date = day
        notes.action_post()
        notes.is_move_sent = True
        self._send_letter(dispute.letter_id, day)
        case.write({"step_date": day, "released_on": day, "date_last_stage_update": noon(day)})
        (dispute.message_ids | (case.message_ids - told_before)).date = noon(day)

    def _learn_reason(self, event, _story, customer):
        case, day = self._open_case(customer), self._day(event.day)
        self._note(case, day, "reached", event.said, mood=event.mood)
        reason = self.env.ref(f"grey_hat_collections.{event.reason}")
        case._set_reason(reason, reason.policy_id)
        case.reason_since = day

    def _confirm_delivery(self, event, _story, customer):
        case, day = self._open_case(customer), self._day(event.day)
        told_before = customer.message_ids
        asking = customer.with_user(case.user_id).sudo()
        asking._collection_confirm_delivery(case.invoice_address, case.contact_id)
        customer.collection_delivery_confirmed_on = day
        (customer.message_ids - told_before).date = noon(day)

    def _put_on_hold(self, event, _story, customer):
        """On hold; one that has ended came back this morning."""
        case, until = self._open_case(customer), self._day(event.days)
        case._hold(max(until, self._day(1)), event.reason)
        case.hold_until = until
        case._release_elapsed()

    def _thank_for_the_latest_only(self, companies):
        """Who settled all yesterday is thanked by the next daily run, as if the case were as old as it says; the thanks for
        the others went out long ago.
        """
        for company in companies.values():
            told = self.with_company(company)
            settled = told.env["collection.case"].search([("company_id", "=", company.id), ("state", "=", "closed")])
            latest = settled.filtered_domain([("date_closed", ">=", told._day(-1))])
            (settled - latest).thanks_due = False
            latest.flush_recordset()
            for case in latest:
                opened = noon(case.date_opened - timedelta(days=1))
                self.env.cr.execute("UPDATE collection_case SET create_date = %s WHERE id = %s", (opened, case.id))
            latest.invalidate_recordset(["create_date"])
