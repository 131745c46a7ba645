from datetime import datetime, time, timedelta

from odoo import Command, models

from . import events


class CollectionDemo(models.AbstractModel):
    """What happened, and what we did about it.

    The steps of the past are taken by the methods that take them every day, and then moved to the day on which the
    rules would have taken them.
    """

    _inherit = "collection.demo"

    # -- What happened -------------------------------------------------------------------------------------------

    def _tell(self, story, customer, company):
        """Make the events of a story happen, one after the other."""
        told = self.with_company(company)
        handlers = {
            events.Invoice: told._bill,
            events.Instalments: told._bill_in_instalments,
            events.CreditNote: told._credit,
            events.Payment: told._pay,
            events.OpeningBalance: told._carry_over,
            events.Steps: told._take_steps,
            events.Note: told._write_down,
            events.Promise: told._take_promise,
            events.Plan: told._agree_on_plan,
            **told._handlers_of_customer_side(),
            **told._handlers_of_road(),
        }
        for event in story.events:
            handlers[type(event)](event, story, customer)
            told._refresh_case(customer)

    def _day(self, days):
        return self.env.company._collection_today() + timedelta(days=days)

    def _journal(self, company, kind):
        return self.env["account.journal"].search([("company_id", "=", company.id), ("type", "=", kind)], limit=1)

    def _currency(self, story):
        return self.env.ref(f"base.{story.currency}")

    def _bill(self, event, story, customer):
        contact = customer.child_ids.filtered(lambda child: child.name == event.contact) or customer
        dues = [event.due - 7 * copy for copy in reversed(range(event.copies))]
        moves = self.env["account.move"].create(
            [
                self._document(story, contact, "out_invoice", event.amount, due - event.terms)
                | {"invoice_date_due": self._day(due), "invoice_payment_term_id": False}
                for due in dues
            ]
        )
        moves.action_post()
        moves.is_move_sent = event.sent

    def _bill_in_instalments(self, event, story, customer):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Three monthly instalments",
                "company_id": self.env.company.id,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": percent, "nb_days": days})
                    for percent, days in ((30, 30), (30, 60), (40, 90))
                ],
            }
        )
        document = self._document(story, customer, "out_invoice", event.amount, event.due - 30)
        move = self.env["account.move"].create({**document, "invoice_payment_term_id": terms.id})
        move.action_post()
        move.is_move_sent = True

    def _credit(self, event, story, customer):
        document = self._document(story, customer, "out_refund", event.amount, event.day)
        self.env["account.move"].create(document).action_post()

    def _document(self, story, partner, kind, amount, day):
        return {
            "move_type": kind,
            "partner_id": partner.id,
            "invoice_date": self._day(day),
            "currency_id": self._currency(story).id,
            "invoice_line_ids": [Command.create({"name": "Goods and services", "price_unit": amount, "tax_ids": []})],
        }

    def _pay(self, event, story, customer):
        journal = self._journal(self.env.company, "bank")
        values = {"amount": event.amount, "currency_id": self._currency(story).id, "journal_id": journal.id}
        if event.applied:
            open_invoices = self._open_invoices(customer)
            wizard = self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=open_invoices.ids
            )
            wizard.create({**values, "payment_date": self._day(event.day), "group_payment": True})._create_payments()
        else:
            values |= {"payment_type": "inbound", "partner_type": "customer", "partner_id": customer.id}
            self.env["account.payment"].create({**values, "date": self._day(event.day)}).action_post()

    def _open_invoices(self, customer):
        """The invoices that a payment is for: all that fell due with the oldest, or that are alike."""
        invoices = self.env["account.move"].search(
            [
                ("commercial_partner_id", "=", customer.id),
                ("company_id", "=", self.env.company.id),
                ("move_type", "=", "out_invoice"),
                ("payment_state", "in", ("not_paid", "partial")),
            ],
            order="invoice_date_due",
        )
        return invoices.filtered(lambda move: move.amount_total == invoices[0].amount_total)

    def _carry_over(self, event, _story, customer):
        company = self.env.company
        receivable = customer.with_company(company).property_account_receivable_id
        equity = self.env["account.account"].search(
            [("company_ids", "in", company.id), ("account_type", "=", "equity_unaffected")], limit=1
        )
        day = self._day(event.day)
        lines = [
            {"account_id": receivable.id, "partner_id": customer.id, "balance": event.amount, "date_maturity": day},
            {"account_id": equity.id, "balance": -event.amount},
        ]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "journal_id": self._journal(company, "general").id,
                "line_ids": [Command.create({"name": "Opening balance", **line}) for line in lines],
            }
        )
        entry.action_post()

    # -- What we did about it ------------------------------------------------------------------------------------

    def _refresh_case(self, customer):
        """Let the case follow the ledger, on the day that it would have."""
        cases = self.env["collection.case"]
        cases._refresh(self.env.company, customer)
        case = cases.search(
            [("partner_id", "=", customer.id), ("company_id", "=", self.env.company.id)], order="id desc", limit=1
        )
        if case.state == "closed" and case.date_closed == self._day(0):
            case.date_closed = self._last_payment_date(customer)
        elif case.state != "closed" and not case.step_id and case.oldest_due_date:
            case.date_opened = case.oldest_due_date + timedelta(days=1)
        if case:
            case.date_last_stage_update = noon(case.date_closed or case.step_date or case.date_opened)

    def _last_payment_date(self, customer):
        payments = self.env["account.payment"].search(
            [("partner_id", "=", customer.id), ("company_id", "=", self.env.company.id)], order="date desc", limit=1
        )
        return payments.date or self._day(0)

    def _take_steps(self, event, _story, customer):
        case = self._open_case(customer)
        said = iter(event.said)
        for left in reversed(range(event.count)):
            step = case._following_step()
            day = self._day_of_step(case, step)
            case.next_step_id = step
            case._begin_steps()
            answer = next(said, "") if step.activity_type_id else ""
            attempts, since = case.unanswered_count, case.unanswered_since
            letters = case._pending_letters()
            self._put_into_post(letters, day, mailed=event.mailed or left)
            self._send_letter(letters, day)
            self._make_call(case._pending_activities(), day, answer)
            case._complete_steps()
            case.write({"step_date": day, "last_contact_date": day, "date_last_stage_update": noon(day)})
            if step.letter_kind == "final_notice":
                case.noticed_at = noon(day)
            if not answer:
                case.write({"unanswered_count": attempts + 1, "unanswered_since": since or day})

    def _day_of_step(self, case, step):
        """The first working day on which the rules would have taken ``step``."""
        day = case.oldest_due_date + timedelta(days=step.days_overdue)
        if case.step_date:
            day = max(day, case.step_date + timedelta(days=step.days_since_previous))
        rules = case.company_id._collection_contact_rules()
        while not rules.is_open(day):
            day += timedelta(days=1)
        return day

    def _send_letter(self, letters, day):
        """The letter went out on that day; the mail server is not asked to send it again."""
        for letter in letters:
            letter.write({"state": "sent", "send_after": noon(day), "sent_at": noon(day)})

    def _make_call(self, activities, day, said):
        for activity in activities:
            if said:
                case = self.env["collection.case"].browse(activity.res_id)
                activity.collection_note_id = self._note(case, day, "reached", said, user_id=activity.user_id.id)
            elif activity.activity_type_id == self.env.ref("grey_hat_collections.mail_activity_type_last_call"):
                case = self.env["collection.case"].browse(activity.res_id)
                activity.collection_note_id = self._note(case, day, "left_message", "", user_id=activity.user_id.id)
            messages, _next = activity.with_user(activity.user_id)._action_done()
            activity.write({"date_deadline": day, "date_done": day})
            messages.sudo().write({"date": noon(day)})  # the chatter of the past

    def _write_down(self, event, _story, customer):
        values = {"channel": event.channel, "mood": event.mood or False, "duration": event.minutes}
        self._note(self._open_case(customer), self._day(event.day), event.outcome, event.said, **values)

    def _take_promise(self, event, _story, customer):
        case = self._open_case(customer)
        made = self._day(event.made)
        note = self._note(case, made, "promised", event.said, mood=event.mood)
        self.env["collection.promise"].create(
            {
                "case_id": case.id,
                "note_id": note.id,
                "contact_id": note.contact_id.id,
                "user_id": note.user_id.id,
                "amount": event.amount,
                "date_made": made,
                "date_promised": self._day(event.due),
            }
        )

    def _agree_on_plan(self, event, _story, customer):
        case = self._open_case(customer)
        agreed = self._day(event.agreed)
        note = self._note(case, agreed, "asks_time", event.said, mood="worried", duration=14)
        self.env["collection.plan"].create(
            {
                "case_id": case.id,
                "note_id": note.id,
                "contact_id": note.contact_id.id,
                "user_id": note.user_id.id,
                "amount": event.amount,
                "date_agreed": agreed,
                "date_first": self._day(event.first),
                "count": event.count,
            }
        ).action_start()

    def _note(self, case, day, outcome, said, **values):
        return self.env["collection.note"].create(
            {
                "case_id": case.id,
                "user_id": case.user_id.id,
                "contact_id": case.contact_id.id,
                "date": noon(day),
                "outcome": outcome,
                "note": said,
                "duration": 5,
                **values,
            }
        )

    def _open_case(self, customer):
        company = self.env.company
        return self.env["collection.case"]._open_cases_of(customer, company)[customer.id, company.id]


def noon(day):
    return datetime.combine(day, time(12))
