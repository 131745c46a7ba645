import secrets

from odoo import fields, models
from odoo.tools import email_normalize_all

from .calendar_file import calendar_file
from .link import PATH, TOKEN_BYTES

FRAME = "grey_hat_collections.mail_frame"


def queue_mail(thread, sender, values):
    """Queue an e-mail whose replies come to ``thread``. What is in it is for its reader alone, since it holds a link: the
    record shows nothing of it, and nothing is kept once it has left.
    """
    message = thread.env["mail.message"].create(
        {
            "message_type": "user_notification",
            "model": thread._name,
            "res_id": thread.id,
            "subject": values["subject"],
            "author_id": sender.partner_id.id,
            "email_from": sender.email_formatted,
        }
    )
    thread.env["mail.mail"].create({**values, "mail_message_id": message.id, "auto_delete": True})
    thread.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()


class CollectionPageAnswer(models.Model):
    """What was done is confirmed by e-mail, to the address that was known before, with a way to undo it. It answers an act of
    the customer: no approval, no rest and no budget of contacts delays it.
    """

    _inherit = "collection.page.answer"

    def _known_address(self):
        """Where this customer is written to by e-mail; an empty string where there is no such way."""
        partner = self.partner_id
        if partner._collection_unwilling():
            return ""
        delivery = partner._collection_delivery()[partner.id]
        return delivery["address"] if delivery["channel"] == "email" and delivery["address"] else ""

    def _veiled(self, address):
        """An address as somebody recognises it who knows it: whoever only has a link does not learn it."""
        return ", ".join(
            f"{one[0]}…@{one.partition('@')[2]}" for one in email_normalize_all(address) if one.partition("@")[0]
        )

    def _confirm(self, address):
        """Queue the confirmation for ``address``, if there is one."""
        if not address:
            return
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.undo_hash = self.env["collection.page.link"]._fingerprint(token)
        speaker, company = self._speaker(), self.company_id
        sender = speaker if speaker.id != self.env.uid and speaker.email else company
        values = {
            "answer": self,
            "sentence": self.env._("%s did this on the page of your account:", self.person)
            if self.person
            else self.env._("This was done on the page of your account:"),
            "reader": self.env["collection.statement"]._greeted(
                self.partner_id._collection_contacts()[self.partner_id]
            ),
            "undo": f"{self.get_base_url()}{PATH}/undo/{token}" if self._can_undo() else "",
            "name": speaker.name if sender == speaker else company.name,
        }
        body = self.env["ir.qweb"]._render("grey_hat_collections.page_confirmation", values)
        thread = self.case_id or self.partner_id
        html = self.env["mail.render.mixin"]._render_encapsulate(
            FRAME, body, add_context={"company": company, "lang": self.env.lang}, context_record=thread
        )
        files = self._copies()
        if events := self._calendar_events():
            files.append((f"{self.kind}.ics", calendar_file(events, fields.Datetime.now())))
        queue_mail(
            thread,
            sender,
            {
                "subject": self.env._("%(company)s: what you told us", company=company.name),
                "body_html": html,
                "email_to": address,
                "attachment_ids": [fields.Command.create({"name": name, "raw": content}) for name, content in files],
            },
        )

    # -- Calendar ------------------------------------------------------------------------------------------------

    def _calendar_events(self):
        """What belongs into the customer's calendar; see :func:`.calendar_file.calendar_file`."""
        _, words, company = self.env._, self._phrases(), self.company_id.name
        where = f"{self.env['collection.page.link'].get_base_url()}{PATH}"
        host = where.partition("//")[2].partition("/")[0].partition(":")[0]
        if self.kind == "promise" and self.promise_id:
            paid = [(self.promise_id.date_promised, self.promise_id.amount, self.promise_id.currency_id)]
        elif self.kind == "plan" and self.plan_id:
            paid = [(day, amount, self.plan_id.currency_id) for day, amount in self.plan_id._agreed_schedule()]
        elif self.kind == "callback" and self.call_at:
            return [(f"collections-{self.id}@{host}", self.call_at, _("Call from %s", company), where)]
        else:
            return []
        return [
            (
                f"collections-{self.id}-{number}@{host}",
                day,
                _("Pay %(amount)s to %(company)s", amount=words.money(amount, currency), company=company),
                where,
            )
            for number, (day, amount, currency) in enumerate(paid, 1)
        ]

    def _calendar(self):
        """The calendar file of this answer; None where there is nothing to enter."""
        events = self._calendar_events()
        return calendar_file(events, fields.Datetime.now()) if events else None
