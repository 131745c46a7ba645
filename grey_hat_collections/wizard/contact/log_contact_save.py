from datetime import datetime, time

import pytz
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html
from odoo.tools.misc import format_time

from ...models.base.activity_types import CALL_AGAIN_XMLID, CALLBACK_XMLID, NUMBER_XMLID
from ...models.case.case_step import REVIEW_XMLID
from ..base.once import once
from .log_contact import TRIED_AGAIN

#: Outcomes after which the customer is called on a day that was agreed; no letter gets in between.
CALLED_BACK = ("asks_copies", "asks_time", "callback", "reached", "upset")
#: Outcomes that leave nothing open without a day.
NEEDS_NEXT_DATE = ("asks_time", "callback", "left_message", "no_answer", "upset")


class CollectionLogContact(models.TransientModel):
    """Record a contact and all that follows from it, all or nothing: the activity that is done, the note, and by its outcome
    a promise, a dispute, a callback, invoice copies, another attempt or a question to the manager.
    """

    _inherit = "collection.log.contact"

    # -- Saving --------------------------------------------------------------------------------------------------

    @once
    def action_log(self):
        """Record the contact and what follows from it, all or nothing."""
        self._log()
        return {"type": "ir.actions.act_window_close"}

    def _log(self):
        case = self.case_id
        case.check_access("write")
        self._check()
        self._measure()
        self._keep_contact()
        self.note_id = self.env["collection.note"].create(self._note_values())
        self._finish_activities()
        if self.case_state != "closed" and self.reason_id != self.known_reason_id:
            case._check_reason_known(self.known_reason_id)
            case._set_reason(self.reason_id, self.reason_id._proposed_policy() or None)
        self._follow_up()
        case.sudo()._decide_later()  # the next date may depend on what was finished

    @once
    def action_log_and_plan(self):
        """Record that the customer asks for time, and go on to a payment plan instead of a day for the next call."""
        self.next_date = False
        self.with_context(collection_plan_follows=True)._log()
        action = self.case_id.action_propose_plan()
        return action | {"context": action["context"] | {"default_note_id": self.note_id.id}}

    @once
    def action_log_and_next(self):
        """Record the contact; the screen goes on to the next customer."""
        self._log()
        return {"type": "ir.actions.act_window_close"}

    def _check(self):
        """Say what is missing before anything is recorded."""
        today = self.company_id._collection_today()
        if self.adds_person and not (self.new_person or "").strip():
            raise UserError(self.env._("Enter the name of the new person, or clear “Someone New”."))
        if self.has_copies and not self.copy_ids:
            raise UserError(self.env._("Choose the invoices of which the customer wants copies."))
        if self.case_state == "closed":
            if self.has_promise:
                raise UserError(
                    self.env._(
                        "%s: the case is settled, so there is nothing to promise.", self.customer_id.display_name
                    )
                )
            return
        if self.has_promise and not (self.amount and self.date_promised):
            raise UserError(self.env._("Enter how much was promised, and for which day."))
        if self.has_promise and self.date_promised < today:
            raise UserError(
                self.env._("A promise must be for today or later. Choose the date on which the payment will arrive.")
            )
        plan_follows = self.env.context.get("collection_plan_follows")
        if not 0 <= self.next_time < 24:
            raise UserError(self.env._("The hour of the next call must be between 00:00 and 23:59."))
        if self.outcome in NEEDS_NEXT_DATE and not self.next_date and not plan_follows:
            raise UserError(self.env._("Enter the day of the next call, so that nobody is forgotten."))
        if self.outcome in (*TRIED_AGAIN, *CALLED_BACK) and self.next_date and self.next_date < today:
            raise UserError(self.env._("The next call cannot be in the past. Choose today or a later day."))

    def _keep_contact(self):
        """Write down what was learned about the person: the number, and whether they look after paying."""
        if self.adds_person:
            self._add_person()
        contact = self.contact_id
        if not contact:
            return
        if contact.commercial_partner_id != self.customer_id:
            raise UserError(
                self.env._(
                    "%(contact)s does not belong to %(customer)s. Choose one of its contacts, or add a new one.",
                    contact=contact.display_name,
                    customer=self.customer_id.display_name,
                )
            )
        values = {}
        if self.contact_phone != contact.phone:
            values["phone"] = self.contact_phone
        if contact.parent_id and self.contact_payable != (contact.type == "accounts_payable"):
            values["type"] = "accounts_payable" if self.contact_payable else "contact"
        if values:
            contact.write(values)

    def _add_person(self):
        """The person becomes a contact of the customer, with the rights of whoever logs the contact."""
        chosen = self.copies_to_id
        person = self.env["res.partner"].create(
            {
                "name": self.new_person.strip(),
                "parent_id": self.customer_id.id,
                "phone": self.contact_phone,
                "type": "accounts_payable" if self.contact_payable else "contact",
            }
        )
        self.write({"adds_person": False, "contact_id": person.id})
        self.copies_to_id = chosen  # another contact proposes another recipient

    def _note_values(self):
        return {
            "case_id": self.case_id.id,
            "contact_id": self.contact_id.id,
            "duration": self.duration,
            "channel": self.channel,
            "direction": self.direction,
            "outcome": self.outcome,
            "mood": self.mood or ("angry" if self.outcome == "upset" else False),
            "note": self.note,
            "invoice_ids": (self.invoice_ids | self.copy_ids | self.about_ids.move_id | self.item_ids.move_id).ids,
        }

    def _finish_activities(self):
        """The call was made: complete what asked for it. With a wrong number it was not, and remains to be made."""
        own = self.activity_ids.filtered(
            lambda activity: activity.res_model == "collection.case" and activity.res_id == self.case_id.id
        )
        if self.outcome == "wrong_number":
            own = own.filtered(lambda activity: activity.activity_category != "phonecall")
        if own:
            own.sudo().collection_note_id = self.note_id  # what the rules note about activities is theirs
            own = own.with_context(collection_about=tuple(self.invoice_ids.ids))  # see collection.case._named_by_work
            own._action_done(feedback=self._feedback())

    def _feedback(self):
        """What the chatter of the case says about the contact."""
        outcome = dict(self._fields["outcome"]._description_selection(self.env))[self.outcome]
        head = " · ".join(filter(None, (outcome, self.contact_id.name)))
        return "\n".join(filter(None, (head, self.note_id.note)))

    def _follow_up(self):
        """Do what the outcome asks for. A settled case needs nothing more than copies."""
        if self.has_copies:
            self._send_copies()
        if self.case_state == "closed":
            return
        if self.has_promise:
            self._promise()
        if self.outcome == "refuses":
            self._ask_manager()
        elif self.outcome == "wrong_number":
            self._ask_for_number()
        elif self.next_date and self.outcome in (*TRIED_AGAIN, *CALLED_BACK):
            self._plan_call(CALL_AGAIN_XMLID if self.outcome in TRIED_AGAIN else CALLBACK_XMLID)

    def _promise(self):
        # an instalment stays: its plan is another agreement
        replaced = self.replaced_ids & self.case_id.promise_ids.filtered(lambda promise: not promise.plan_id)
        if replaced:
            replaced._withdraw(self.env._("Replaced by a promise of %s.", fields.Date.to_string(self.date_promised)))
        self.env["collection.promise"].create(
            {
                "case_id": self.case_id.id,
                "contact_id": self.contact_id.id,
                "note_id": self.note_id.id,
                "amount": self.amount,
                "currency_id": self.currency_id.id,
                "date_promised": self.date_promised,
                "item_ids": self.item_ids.ids,
            }
        )

    def _send_copies(self):
        copies = self.env["collection.invoice.copies"].create(
            {"case_id": self.case_id.id, "contact_id": self.copies_to_id.id, "move_ids": self.copy_ids.ids}
        )
        copies.action_send()

    def _ask_manager(self):
        """A refusal is decided on by a person; asked once until that person has decided."""
        company = self.company_id
        manager = company._collection_reviewer() or self._caller()
        case = self.case_id.sudo()  # activities of the rules are asked for by the rules
        review = self.env.ref(REVIEW_XMLID)
        if manager in case._asked(REVIEW_XMLID).user_id:
            return
        summary = case._in_language_of(manager).env._("The customer refuses to pay. Decide how to proceed")
        case._ask(
            lambda case: {
                "activity_type_id": review.id,
                "summary": summary,
                "note": plaintext2html(self._feedback()),
                "user_id": manager.id,
                "collection_planned_by_id": self.note_id.id,
            }
        )

    def _ask_for_number(self):
        """Find out the right number; the call remains to be made."""
        case = self.case_id.sudo()  # activities of the rules are asked for by the rules
        caller = self._caller()
        number = self.contact_phone or self.case_id.contact_phone or ""
        summary = case._in_language_of(caller).env._("Wrong number: %s. Find the right one", number)
        search = self.env.ref(NUMBER_XMLID)
        case._withdraw_asked_by(NUMBER_XMLID)  # asked once
        case._ask(
            lambda case: {
                "activity_type_id": search.id,
                "summary": summary,
                "user_id": caller.id,
                "collection_planned_by_id": self.note_id.id,
            }
        )
        if not case._activities_of_contact() and self.next_date:
            self._plan_call(CALL_AGAIN_XMLID)

    def _plan_call(self, xmlid):
        """One call on the day of the dialog takes the place of earlier ones of its kind."""
        case = self.case_id.sudo()  # activities of the rules are asked for by the rules
        kind = self.env.ref(xmlid)
        case._withdraw_asked_by(xmlid)
        caller = self._caller()
        day = self.next_date
        contact = self.contact_id if self.contact_id != self.customer_id else self.contact_id.browse()
        call_at = self._call_at()
        hour = call_at and format_time(self.env, self._hour(), time_format="short", lang_code=caller.lang)
        summary = ": ".join(filter(None, (kind.with_context(lang=caller.lang).summary, contact.name)))
        summary = ", ".join(filter(None, (summary, hour)))
        if call_at:
            self.env.ref("grey_hat_collections.ir_cron_remind_of_calls").sudo()._trigger(
                call_at
            )  # the schedule is the rules'
        case._ask(
            lambda case: {
                "activity_type_id": kind.id,
                "summary": summary,
                "date_deadline": day,
                "collection_call_at": call_at,
                "user_id": caller.id,
                "collection_planned_by_id": self.note_id.id,
            }
        )

    def _hour(self):
        """The hour that was agreed on."""
        minutes = round(self.next_time * 60)
        return time(minutes // 60 % 24, minutes % 60)

    def _call_at(self):
        """The moment that was agreed on, in UTC; False without an hour. The hour is meant where whoever types it is."""
        if not self.next_time:
            return False
        zone = pytz.timezone(self.env.user.tz or "UTC")
        moment = zone.localize(datetime.combine(self.next_date, self._hour()))
        return moment.astimezone(pytz.utc).replace(tzinfo=None)

    def _caller(self):
        """Who talks to the customer next."""
        return self.case_id.user_id or self.env.user
