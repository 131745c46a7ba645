import hashlib
import logging
from functools import partial

from markupsafe import Markup, escape
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import retrying
from odoo.tools.misc import format_date

from ..base.activity_types import ADDRESS_XMLID, LETTER_XMLID
from ..base.error_summary import error_summary
from ..base.outgoing import NOT_FOR_THE_QUEUE
from ..base.printed import NAME, printed
from ..base.smtp_answer import SmtpAnswer, understand
from ..ledger.account_key import owner_key
from .letter import PAPERLESS

_logger = logging.getLogger(__name__)


class CollectionLetter(models.Model):
    """Sending: look at the ledger once more, make the PDF, hand it over once.

    A letter goes to the mail server at most once for its step, whatever crashes. The order is: lock, check, write the
    mail, note the hand-over, commit; only then speak to the mail server, and commit its answer. Found after a crash, a
    hand-over without an answer is not repeated: a person is asked to find out whether it arrived.
    """

    _inherit = "collection.letter"
    _not_before = "send_after"
    _retry_minutes = (5, 15, 60, 240)

    @api.model
    def _cron_send_queued(self):
        """Scheduled action: send the letters whose moment has come, one by one."""
        self._do_part(self._report_interrupted)
        self._do_part(self._complete_interrupted_steps)
        due = self.search(self._domain_due(), order="send_after, id")
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        due._send_in_turn()

    def _send_in_turn(self):
        """Send these letters one after the other; an add-on may share them out. What this turn of the scheduled action does not
        reach waits for the next; one letter is sent in any case, however long the work before it took.
        """
        for letter_id in self.ids:
            self.browse(letter_id)._send_alone()
            left = self.env["ir.cron"]._commit_progress(1)
            if not left:
                return

    @api.model
    def _domain_due(self):
        return Domain(
            [
                ("state", "=", "queued"),
                ("send_after", "<=", fields.Datetime.now()),
                ("handover_at", "=", False),
                "|",
                ("channel", "=", "email"),
                ("attachment_id", "=", False),
            ]
        )

    @api.model
    def _report_interrupted(self):
        """Letters whose hand-over was cut short are not sent again by themselves."""
        told = self.env._(
            "Sending was interrupted; the e-mail may or may not have reached the customer. Find out, then mark the "
            "letter as sent or send it again."
        )
        self._interrupted()._work_on_each(lambda some: some._fail(told, arrival_unknown=True))

    @api.model
    def _complete_interrupted_steps(self):
        """Letters that have left the house while their steps were not taken yet: the work was cut short in between."""
        sent = self.search(
            [
                ("state", "=", "sent"),
                ("sent_at", ">=", fields.Datetime.subtract(fields.Datetime.now(), days=1)),
                ("step_id", "!=", False),
                ("case_id.pending_letter_id", "!=", False),
            ]
        ).filtered(lambda letter: letter == letter.case_id.pending_letter_id)
        sent.case_id.try_lock_for_update()._work_on_each(lambda cases: cases._complete_interrupted_steps())

    # -- Preparing -----------------------------------------------------------------------------------------------

    def _note_unprepared(self, reason):
        """The letter could not be made, whatever its address: say so on it and to the collector."""
        self.write({"state": "failed", "failure_reason": reason})
        told = self.env._("%(letter)s could not be created: %(reason)s", letter=self.name, reason=reason)
        if self.case_id:
            self.case_id._ask_to_see_to_letter(told)
        else:
            self._tell_undelivered(told)
        self.case_id._decide_later()

    def _note_later(self, reason):
        """Try again after a while; after the last attempt a person is asked."""
        if not self._put_off(reason):
            self._note_unprepared(reason)

    def _prepare(self):
        case = self.case_id
        if case and not case.try_lock_for_update():
            return False  # somebody is at work on this case; the next turn looks again
        self.env["collection.case"]._refresh(self.company_id, self.partner_id)
        if self.state != "queued":
            return False  # the refresh settled the case and cancelled this letter
        obstacle = self._obstacle()
        if obstacle:
            self._withdraw(obstacle)
            return False
        self._set_send_after()
        if self.send_after > fields.Datetime.now() or self._is_for_tomorrow():
            return False  # it is no time to write to people
        delivery = self.partner_id._collection_delivery()[self.partner_id.id]
        if not delivery["address"]:
            self._no_address(delivery)
            return False
        if self._comes_back(delivery):
            return False  # it says more than somebody has approved
        self.write(
            {
                **self._of_delivery(delivery),
                "amount": self._amount_asked(),
                "failure_reason": False,
                "addresses_returned": False,
            }
        )
        if self.kind not in PAPERLESS:
            self._store_pdf()
        if self.channel == "post":
            return False  # a person prints and posts it
        self.mail_mail_id = self._create_mail()
        self.handover_at = fields.Datetime.now()
        return True

    def _no_address(self, delivery):
        """Nothing can be delivered any more: somebody calls instead where the customer wants no e-mails, else looks for an
        address.
        """
        case = self.case_id
        self.write(self._of_delivery(delivery))
        if delivery["delivery_note"] == "call" and self == case.pending_letter_id:
            self._cancel(
                self.env._(
                    "The customer opted out of e-mails, and no postal address is on file: a call takes its place."
                )
            )
            case._ask_to_call_instead()
            case._decide_later()
        else:
            self._fail(self.env._("There is neither an e-mail address nor a postal address on file that may be used."))

    def _amount_asked(self):
        """What this letter asks for, in company currency."""
        if self.kind == "courtesy" or self._names_items():
            return self.currency_id.round(sum(self._asked(item) for item in self._open_items()))
        if self.plan_id or self.promise_id or self.dispute_id or self.kind == "settled":
            return self.amount
        return self.case_id.amount_chased

    def _is_for_tomorrow(self):
        """Whether this letter was written before a pause whose end leaves today for a look: it asks for more now."""
        released_on = self.case_id.released_on
        if not self.step_id or not released_on:
            return False
        company = self.company_id
        return company._collection_date(self.create_date) < released_on and company._collection_today() <= released_on

    def _obstacle(self):
        """Why this letter must not leave after all; None when it may."""
        return self._obstacles()[self.id]

    def _obstacles(self):
        """Why these letters must not leave after all, by id; None where one may. What is open, and what is wrong on our side,
        is read for all of them at once.
        """
        asking = self.filtered(lambda letter: letter._asks_for_items())
        chased = asking._items_chased()
        named = asking._named(chased)
        own = {letter.id: letter._named_for_its_step(chased[letter.id], named[letter.id]) for letter in asking}
        unwilling = self.partner_id._collection_unwilling()
        found = {letter.id: letter._own_obstacle(own.get(letter.id, ()), unwilling) for letter in self}
        asking = asking.filtered(lambda letter: not found[letter.id])
        items = {letter.id: [item for item in chased[letter.id] if item.id in named[letter.id]] for letter in asking}
        return found | asking._our_side_obstacles(items)

    def _asks_for_items(self):
        """Whether this letter asks for open items, rather than telling about an agreement or an answer."""
        return not (self.dispute_id or self.promise_id or self.plan_id or self.kind == "settled")

    def _own_obstacle(self, items, unwilling):
        """Why this letter must not leave, our own mistakes apart.

        :param items: what it was written for; with nothing left of that, what rides along waits for another letter
        :param unwilling: customers who asked us not to make contact
        """
        case = self.case_id
        if self.partner_id in unwilling:
            return self.env._("The customer asked us not to make contact.")
        if self.dispute_id:
            return None if self.dispute_id.letter_id == self else self.env._("Our answer has changed.")
        if held_by := case and case._held_by():
            return held_by
        if case.reason_id.stops_contact:
            return self.env._("%s: nothing is sent automatically any longer.", case.reason_id.name)
        if self.kind == "settled":
            return self._thanks_obstacle()
        if self.promise_id or self.plan_id:
            return self._agreement_obstacle()
        if case and case.state != "open":
            return self._not_open()
        by_item = self.kind == "courtesy" or self._names_items()
        amount = sum(self._asked(item) for item in items) if by_item else case.amount_chased
        return self._nothing_asked() if amount <= 0 else self._too_late()

    def _too_late(self):
        """Why a letter that was to say something before a day comes too late; None where it does not."""
        days = {"courtesy": self.reference_date, "instalment": self.promise_id.date_promised}
        day = days.get(self.kind)
        if not day or day >= self.company_id._collection_today():
            return None
        return self.env._("It was to say this before the due date, which is past.")

    def _not_open(self):
        """Why the case lets nothing out, in a sentence."""
        if self.case_id.state == "hold":
            return self.env._("The case is on hold until %s.", format_date(self.env, self.case_id.hold_until))
        return self.env._("The case is not open any more.")

    def _nothing_asked(self):
        """Why there is nothing to ask for, in a sentence."""
        case = self.case_id
        if case.amount_disputed and not (case.amount_promised or case.amount_under_way):
            return self.env._("What is open is disputed.")
        if case.amount_promised and not (case.amount_disputed or case.amount_under_way):
            return self.env._("What is open is promised.")
        if case.amount_disputed or case.amount_promised or case.amount_under_way:
            return self.env._("What is open is disputed, promised or being paid.")
        return self.env._("There was nothing left to chase.")

    def _our_side_obstacles(self, items):
        """What may be wrong on our side, and stops these letters, by id; None where nothing does."""
        keys = {letter.id: owner_key(letter) for letter in self}
        asked = {item.id for letter in self for item in items[letter.id]}
        gate = self.env["collection.gate"]
        stops = gate._stops(list(dict.fromkeys(keys.values())), lambda item: item.id in asked) if self else {}
        found = {letter_id: next(iter(stops.get(key, ())), None) for letter_id, key in keys.items()}
        return {
            letter_id: one and gate._sentence(one.check, one.subject, one.count) for letter_id, one in found.items()
        }

    def _agreement_obstacle(self):
        """Why there is nothing to write about a promise or a plan any more; None when there is."""
        wanted = {"thanks": "kept", "plan": "active"}.get(self.kind, "open")
        if (self.plan_id or self.promise_id).state != wanted:
            return self.env._("What was agreed has changed.")
        if self.kind == "instalment" and not self.promise_id.share_ids:
            return self.env._("The amount to be paid is disputed or under way.")
        return self._too_late() or (self._paperless_obstacle() if self.kind in PAPERLESS else None)

    def _thanks_obstacle(self):
        """Why there is nothing to say thank you for any more; None when there is."""
        if self.case_id._open_cases_of(self.partner_id, self.company_id):
            return self.env._("Something is overdue again.")
        if self.case_id.was_referred:
            return self.env._("The account was with an agency.")
        return self._paperless_obstacle()

    def _paperless_obstacle(self):
        delivery = self.partner_id._collection_delivery()[self.partner_id.id]
        return None if delivery["channel"] == "email" else self.env._("The customer opted out of e-mails.")

    def _withdraw(self, reason):
        """Cancel this letter; the step it belongs to was never taken."""
        if self and self == self.case_id.pending_letter_id:
            self.case_id._abandon_step(reason)
        if self.state != "cancelled":
            self._cancel(reason)
        self.case_id._decide()
        self.case_id._ask_our_side()

    def _store_pdf(self):
        """Render the letter once; what is kept is byte for byte what is sent, and what is mailed."""
        self.ensure_one()
        self._prepare_mail_piece()  # its reference is printed on the letter
        former = self.attachment_id
        self.attachment_id, self.sha256 = self._make_pdf(self, self.name)
        former.unlink()

    def _make_pdf(self, keeper, name):
        """Render the letter.

        :param keeper: the record that keeps the file: this letter, or its mail piece
        :param name: of the file, without its ending
        :return: the file, and its SHA-256
        """
        report = self.env.ref("grey_hat_collections.action_report_letter")
        content, _format = self.env["ir.actions.report"]._render_qweb_pdf(report, self.ids)
        file = self.env["ir.attachment"].create(
            {
                "name": f"{name.replace('/', '-')}.pdf",
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": keeper._name,
                "res_id": keeper.id,
            }
        )
        return file, hashlib.sha256(content).hexdigest()

    def _chosen_mail_template(self):
        """The e-mail that belongs to this letter; None where there is none."""
        return self.step_id.mail_template_id or self.env.ref(
            f"grey_hat_collections.mail_template_{self.kind}", raise_if_not_found=False
        )

    def _mail_template(self):
        template = self._chosen_mail_template()
        if not template:
            raise UserError(
                self.env._("%s has no e-mail template. Choose one on its step, or cancel the letter.", self.name)
            )
        return template

    def _create_mail(self):
        """The e-mail, not yet due for Odoo's own queue: only :meth:`_hand_over` sends it.

        It is written on the case, so that an answer comes back to the case.
        """
        thread = self.case_id or self.partner_id
        mails = self._mail_template().send_mail_batch(
            self.ids,
            email_values={
                "model": thread._name,
                "res_id": thread.id,
                **NOT_FOR_THE_QUEUE,
                "recipient_ids": [],
                "email_to": self.address_used,
                "attachment_ids": [(4, attachment.id) for attachment in self.attachment_id],
            },
            email_layout_xmlid="grey_hat_collections.mail_frame",
        )
        for letter, mail in zip(self, mails, strict=True):
            letter._shorten(mail)
        return mails

    def _shorten(self, mail):
        """Nobody reads a subject or a name without an end, whichever template it comes from."""
        self.ensure_one()
        if len(mail.subject or "") > NAME:
            mail.subject = printed(mail.subject)
        if len(name := self.contact_id.name or "") > NAME:
            whole, shown = str(escape(name)), str(escape(printed(name)))
            for part in ("body", "body_html"):  # names are escaped in them, and so is what takes their place
                mail[part] = Markup(str(mail[part] or "").replace(whole, shown))  # noqa: S704 - see above

    # -- Handing over --------------------------------------------------------------------------------------------

    def _hand_over(self):
        """Speak to the mail server, and note its answer: whoever writes to this letter meanwhile, it is not lost."""
        self.ensure_one()
        state, error = self._speak_to_mail_server()
        said = {name: self.mail_mail_id[name] for name in ("message_id", "failure_reason")}
        retrying(partial(self._note_answer, state, error, said), self.env)

    def _after_hand_over(self):
        """The step is taken; a later turn does what is cut short here (:meth:`_complete_interrupted_steps`)."""
        result = super()._after_hand_over()
        if self.state == "sent":
            retrying(self._complete_step, self.env)
        return result

    def _note_answer(self, state, error, said):
        """Note what the mail server has answered.

        :param state: of the e-mail by now
        :param error: with which it was refused, if it was
        :param said: what the mail server has said, as fields of the e-mail
        """
        if error:
            self._note_refusal(error)
        elif state == "sent":
            self.write(
                {
                    "state": "sent",
                    "sent_at": fields.Datetime.now(),
                    "failure_reason": False,
                    "tracking_ref": said["message_id"],
                }
            )
            if self.mail_mail_id.state != "sent":  # what was noted about it was undone
                self.mail_mail_id.write({**said, "state": "sent", "failure_reason": False})
        elif state == "exception":
            reason = said["failure_reason"] and error_summary(said["failure_reason"])
            self._fail(reason or self.env._("The mail server did not accept it."))

    def _note_refusal(self, error):
        """Try again later what may pass, give up what will not, and ask a person where nobody knows."""
        answer, cause = understand(error)
        if answer is SmtpAnswer.LATER and self._put_off(error_summary(cause)):
            self.mail_mail_id.unlink()
            return
        if answer is SmtpAnswer.UNKNOWN:
            self._fail(
                self.env._(
                    "The connection broke while sending; the e-mail may or may not have reached the customer. Find out, "
                    "then mark the letter as sent or send it again."
                ),
                arrival_unknown=True,
            )
            return
        self._fail(error_summary(cause))

    def _complete_step(self):
        """The letters have left the house: their steps are taken, and addresses need no checking any more."""
        cases = self.case_id.filtered("pending_step_id")
        cases._complete_sent_steps()
        self.case_id._withdraw_asked_by(ADDRESS_XMLID, LETTER_XMLID)
        self.case_id._decide()  # what is written later than the step would wait for whoever holds the customer

    def _fail(self, reason, *, arrival_unknown=False):
        """The letter could not be delivered: say so on it and to the collector. The step was not taken.

        :param arrival_unknown: it may have been delivered all the same; nobody knows
        """
        for letter in self:
            letter.write({"state": "failed", "failure_reason": reason, "arrival_unknown": arrival_unknown})
            letter.case_id._take_back_marks(letter)
            letter._tell_undelivered(
                self.env._("%(letter)s was not delivered: %(reason)s", letter=letter.name, reason=reason)
            )
        self.case_id._decide_later()

    def _tell_undelivered(self, told):
        """Ask the collector to look after the address."""
        for letter in self:
            if letter.case_id:
                letter.case_id._ask_to_check_address(told)
            elif letter.user_id:  # a courtesy reminder belongs to no case
                # no e-mail about it: the mail server has just failed, and would be waited for once more
                letter.partner_id.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_todo", summary=told, user_id=letter.user_id.id
                )
