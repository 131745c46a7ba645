from datetime import datetime, time

import pytz
from odoo import fields, models
from odoo.fields import Command

from ..base.activity_types import CALLBACK_XMLID
from ..dispute.dispute_states import ANSWERED, OPEN
from .said import Refused

#: Items of one dispute; whoever has more of them writes in words what is wrong.
MOST_ITEMS = 50
#: So often is an item disputed without a person looking first.
MOST_TIMES = 2
#: So often within days is a call agreed on that everything rests for.
MOST_CALLS = 3
#: Invoices that are copied at once.
MOST_COPIES = 10


class CollectionPageAnswer(models.Model):
    """What customers tell and ask: something is wrong, a question, a call, copies."""

    _inherit = "collection.page.answer"

    # -- Something is wrong --------------------------------------------------------------------------------------

    def _do_dispute(self, said, files):
        disputed = self._read_disputed(said)
        kind = said.choice("problem", self.env._("What is wrong"), set(self.env["collection.page"]._problems()))
        description = said.words("words", self.env._("What happened"), needed=True)
        lines = self.env["account.move.line"].union(*disputed)
        again = self._is_disputed_again(lines)
        invoices = lines.move_id.filtered(lambda move: move.is_sale_document(include_receipts=True))
        self._write_note("disputes", words=description, is_aside=again, invoices=invoices)
        if again:
            self._leave_dispute_to_person(lines, kind, description, files)
            return
        level = self.env["collection.service.level"]._levels_of(self.company_id)[kind, self.company_id]
        self.dispute_id = dispute = self.env["collection.dispute"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "case_id": self._open_case().id,
                "kind": kind,
                "description": description,
                "note_id": self.note_id.id,
                "user_id": (level.user_id.filtered("active") or self._speaker()).id,
                "line_ids": [
                    Command.create({"item_id": line.id, "amount": amount}) for line, amount in disputed.items()
                ],
            }
        )
        dispute.attachment_ids = self._keep_files(dispute, files)
        self.told = self.env._(
            "Thank you for telling us. We look into it and answer by %s. Until then we do not ask for what you have questioned.",
            self._phrases().date(dispute.date_answer_due),
        )

    def _read_disputed(self, said):
        """What is in question of which item, in its currency.

        :rtype: dict[account.move.line, float]
        """
        offered = {line.id: (line, left) for line, left in self.env["collection.page"]._disputable(*self._account())}
        chosen = [item_id for item_id in offered if said.has(f"item_{item_id}")]
        named = [name for name in said.posted if name.startswith("item_")]
        if len(named) > len(chosen):
            raise Refused(self.env._("One of these items is settled or in question already. Please choose again."))
        if not chosen:
            raise Refused(self.env._("Please choose at least one item."))
        if len(chosen) > MOST_ITEMS:
            raise Refused(self.env._("Please choose no more than %s items, and name the others in words.", MOST_ITEMS))
        disputed = {}
        for item_id in chosen:
            line, left = offered[item_id]
            number = line._collection_number()
            part = left
            if said.has(f"part_{item_id}"):
                part = said.amount(f"part_{item_id}", number, line.currency_id)
            if line.currency_id.compare_amounts(part, left) > 0:
                raise Refused(
                    self.env._(
                        "%(number)s: no more than %(left)s can be in question.",
                        number=number,
                        left=self._phrases().money(left, line.currency_id),
                    )
                )
            disputed[line] = part
        return disputed

    def _is_disputed_again(self, lines):
        """Whether a person decides first: one of these items was answered before, or has been in question often enough."""
        earlier = self.env["collection.dispute.line"].search([("item_id", "in", lines.ids)])
        if any(line.dispute_id.state in ANSWERED for line in earlier):
            return True
        return any(len(of_item) >= MOST_TIMES for of_item in earlier.grouped("item_id").values())

    def _leave_dispute_to_person(self, lines, kind, description, files):
        self._show_files(files)
        self.state = "waits"
        numbers = ", ".join(line._collection_number() for line in lines)
        self._ask_person(
            lambda env: env._("Questions again what we answered: %s. Decide whether to raise a dispute", numbers),
            note=description,
        )
        self.told = self.env._(
            "Thank you for telling us. We have looked into this before, so one of us decides what to do and answers you. Our "
            "reminders go on meanwhile."
        )

    # -- More about it, or it is settled -------------------------------------------------------------------------

    def _dispute_of_account(self, said):
        """The dispute that is meant, while it waits for our answer."""
        number = said.line("dispute", self.env._("Number"))
        dispute = self.env["collection.dispute"].search(
            [
                ("id", "=", int(number) if number.isdecimal() and len(number) < 10 else 0),
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", OPEN),
            ]
        )
        if not dispute:
            raise Refused(
                self.env._("We have answered this already. If something is still wrong, please tell us anew.")
            )
        return dispute

    def _do_addition(self, said, files):
        self.dispute_id = dispute = self._dispute_of_account(said)
        text = said.words("words", self.env._("What you want to add"), needed=not files)
        self._write_note("disputes", words=text, is_aside=True)
        kept = self._keep_files(dispute, files)
        dispute.attachment_ids |= kept
        dispute.message_post(
            body=text or self.env._("Sent on the customer's page"),
            attachment_ids=kept.ids,
            author_id=self.partner_id.id,
            partner_ids=dispute.user_id.partner_id.ids,
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )
        self.told = self.env._(
            "Thank you. We have added it, and answer by %s.", self._phrases().date(dispute.date_answer_due)
        )

    def _do_withdrawal(self, said, files):
        self.dispute_id = dispute = self._dispute_of_account(said)
        self._write_note("reached", words=dispute.name, is_aside=True)
        dispute.action_withdraw()
        self.told = self.env._("Thank you. You have taken it back: the amount is open again.")

    # -- A question ----------------------------------------------------------------------------------------------

    def _do_ask(self, said, files):
        text = said.words("words", self.env._("Your question"), needed=True)
        self._write_note("reached", words=text)
        self._show_files(files)
        case = self._open_case()
        self.state = "waits"
        if case and self.company_id.collection_reply_stops:
            case._note_reply(unread=True)
        else:
            self._ask_person(lambda env: env._("Answer the customer's question"), note=text)
        self.told = self.env._("Thank you. We read your message and answer you.")

    # -- Call me back --------------------------------------------------------------------------------------------

    def _do_callback(self, said, files):
        page, company, words = self.env["collection.page"], self.company_id, self._phrases()
        first, last = page._callback_days(company)
        day = said.day("day", self.env._("Day"), first, last, words)
        if not company._collection_contact_rules().is_open(day):
            raise Refused(self.env._("We do not work on %s. Please choose another day.", words.date(day)))
        clock = said.choice("hour", self.env._("Hour"), set(page._callback_hours(company)))
        zone = self.partner_id._collection_timezone(company)
        hour, minute = map(int, clock.split(":"))
        moment = zone.localize(datetime.combine(day, time(hour, minute))).astimezone(pytz.utc).replace(tzinfo=None)
        if moment <= fields.Datetime.now():
            raise Refused(self.env._("That hour is over. Please choose a later one."))
        phone = said.line("phone", self.env._("Phone number"), most=40)
        text = said.words("words", self.env._("What it is about"))
        self.call_at = moment
        self._write_note("callback", words="\n".join(filter(None, (phone, text))), is_aside=self._is_again())
        kind, user, case = self.env.ref(CALLBACK_XMLID), self._speaker(), self._open_case()
        agreed = bool(case) and not self._is_again(MOST_CALLS)  # put off again and again, it would never be made
        if agreed:
            case._withdraw_asked_by(CALLBACK_XMLID)  # the later agreement takes the place of the earlier
            self.env.ref("grey_hat_collections.ir_cron_remind_of_calls")._trigger(moment)
        self._ask_person(
            lambda env: ", ".join(filter(None, (kind.with_env(env).summary, self.person, clock, phone))),
            note=text,
            user=user,
            date_deadline=company._collection_date(moment),
            **({"activity_type_id": kind.id, "collection_call_at": moment} if agreed else {}),
        )
        when = {"day": words.date(day), "hour": clock}
        if agreed:
            self.told = self.env._("Thank you. We call you on %(day)s at %(hour)s. Nothing is sent until then.", **when)
        else:
            self.told = self.env._("Thank you. We call you on %(day)s at %(hour)s.", **when)

    # -- Copies --------------------------------------------------------------------------------------------------

    def _do_copies(self, said, files):
        offered = self.env["collection.page"]._invoices(*self._account())
        chosen = offered.filtered(lambda move: said.has(f"invoice_{move.id}"))
        if not chosen or len([name for name in said.posted if name.startswith("invoice_")]) > len(chosen):
            raise Refused(self.env._("Please choose at least one of your invoices."))
        if len(chosen) > MOST_COPIES:
            raise Refused(self.env._("Please choose no more than %s invoices at once.", MOST_COPIES))
        numbers = ", ".join(chosen.mapped("name"))
        self._write_note("asks_copies", words=numbers, is_aside=self._is_again(), invoices=chosen)
        if address := self._known_address():
            self.told = self.env._(
                "Thank you. Copies of %(numbers)s are on their way to %(address)s.",
                numbers=numbers,
                address=self._veiled(address),
            )
            return
        self.state = "waits"
        self._ask_person(lambda env: env._("Send copies of %s", numbers))
        self.told = self.env._("Thank you. We send you copies of %s.", numbers)

    def _copies(self):
        """Name and content of what goes along with the confirmation."""
        if self.kind != "copies" or self.state != "done":
            return []
        offered = self.env["collection.page"]._invoices(*self._account())
        chosen = offered.filtered(lambda move: move in self.note_id.invoice_ids) if self.note_id else offered.browse()
        return [move._collection_copy() for move in chosen]

    def _account(self):
        return self.partner_id, self.company_id
