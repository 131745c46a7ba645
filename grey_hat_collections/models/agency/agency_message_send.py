import base64
import hashlib
import json
import logging
from functools import partial

from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import retrying

from ...transport import https, sealed
from ..base.error_summary import error_summary
from ..base.odd_json import as_dict
from ..base.outgoing import NOT_FOR_THE_QUEUE
from ..base.printed import printed
from ..base.smtp_answer import SmtpAnswer, understand
from .agency_message import FAILED_XMLID

_logger = logging.getLogger(__name__)

#: The version of what is said by HTTPS and inside a sealed archive.
VERSION = 1


class CollectionAgencyMessage(models.Model):
    """Sending: what is told reaches the agency once, in the order in which it happened, whatever crashes.

    The order is: lock, look for obstacles, note the hand-over, commit; only then speak to the agency or the mail server,
    and commit the answer; only then let the referral know. By HTTPS a message is repeated until an answer is seen, since the
    agency knows its key. An e-mail whose hand-over was cut short is not repeated: a person asks whether it arrived.
    """

    _inherit = "collection.agency.message"
    _not_before = "next_attempt_at"
    _retry_minutes = (5, 15, 60, 240, 720, 1440)

    @api.model
    def _cron_send_agency_messages(self):
        """Scheduled action: send what waits, one by one."""
        commit = self.env["ir.cron"]._commit_progress
        self._do_part(self._release_interrupted)
        commit()
        self._follow_up_each(self.search([("state", "in", ("sent", "failed")), ("is_followed_up", "=", False)]))
        due = self.search(self._domain_due(), order="id").ids
        left = commit(remaining=len(due))
        for message_id in due:
            if not left:
                return
            message = self.browse(message_id)
            message._send_alone()
            self._follow_up_each(message)
            left = commit(1)

    def _after_hand_over(self):
        result = super()._after_hand_over()
        self.env["ir.cron"]._commit_progress()
        return result

    def _note_broken(self, error):
        """Nobody knows whether the agency has got it."""
        result = super()._note_broken(error)
        reason = error_summary(error)

        def note():
            self.is_uncertain = True
            self._note_failed(reason)

        retrying(note, self.env)
        return result

    @api.model
    def _domain_due(self):
        now = fields.Datetime.now()
        return Domain([("state", "=", "queued"), ("next_attempt_at", "<=", now), ("handover_at", "=", False)])

    @api.model
    def _release_interrupted(self):
        """Hand-overs that were cut short: by HTTPS they are repeated, of an e-mail nobody knows."""
        self._interrupted()._work_on_each(lambda some: some._release())

    def _release(self):
        """What became of these hand-overs is uncertain."""
        for message in self:
            message.is_uncertain = True
            if message.transport == "https":
                message.handover_at = False
            else:
                message._note_failed(message._in_words_of_manager()._sentence_of_doubt())

    def _tell_of_failure(self, error):
        self.referral_id.case_id._ask_to_look_into(self.display_name, error)

    # -- Preparing -----------------------------------------------------------------------------------------------

    def _note_unprepared(self, reason):
        self._note_failed(reason)

    def _prepare(self):
        if not self.referral_id.try_lock_for_update() or not self._is_its_turn():
            return False
        if self.kind == "packet" and not self._packet_may_leave():
            return False
        obstacle = self._in_words_of_manager()._transport_obstacle()
        if obstacle:
            self._note_failed(obstacle)
            return False
        now = fields.Datetime.now()
        transport = self.agency_id.transport
        self.write({"transport": transport, "handover_at": now, "first_attempt_at": self.first_attempt_at or now})
        if transport == "email":
            self.mail_mail_id = self._create_mail()
        return True

    def _is_its_turn(self):
        """Whether the agency has heard what comes before: nothing overtakes its packet, or what happened earlier."""
        before = self.search(
            [("referral_id", "=", self.referral_id.id), ("id", "<", self.id), ("state", "!=", "cancelled")]
        )
        if "queued" in before.mapped("state"):
            return False
        if self.kind == "packet":
            return True
        packet = before.filtered(lambda message: message.kind == "packet")[:1]
        if not packet:
            self._withdraw(self._in_words_of_manager().env._("The agency never got the packet."))
        return packet.state == "sent"

    def _packet_may_leave(self):
        """Look at the referral once more. What may have arrived already is not taken back silently."""
        agency, told = self.agency_id, self._in_words_of_manager()
        accredited = agency._is_accredited(self.company_id)
        expired = told.env._(
            "%s is not accredited any more. Choose another agency, or enter the new date.", agency.name
        )
        if self.is_uncertain:
            if not accredited:
                self._note_failed(expired)
            return accredited
        if not self.referral_id.case_id.try_lock_for_update():
            return False  # somebody is at work on the case; the next turn looks again
        obstacle = (not accredited and expired) or self.referral_id._packet_obstacle()
        if obstacle:
            self._withdraw(obstacle)
        return not obstacle

    def _transport_obstacle(self):
        """What is missing on the agency to reach it; None when nothing is."""
        agency = self.agency_id
        if agency.transport == "email" and not agency._address_for_packets():
            return self.env._(
                "%s has no e-mail address for handovers. Enter it on the agency, then send again.", agency.name
            )
        if agency.transport == "https" and not (agency.url and agency.has_secret):
            return self.env._(
                "%s has no address or no secret for HTTPS. Enter it on the agency, then send again.", agency.name
            )
        return None

    def _in_words_of_manager(self):
        """This message in the language of who decided on the referral and is asked when something is in the way."""
        return self.with_context(lang=self.referral_id._decider().lang or self.env.lang)

    # -- What is said --------------------------------------------------------------------------------------------

    def _envelope(self):
        """What the agency gets to read, the same at each attempt."""
        return {
            "version": VERSION,
            "kind": self.kind,
            "key": self.key,
            "referral": self.referral_id.name,
            "sent": self.first_attempt_at.isoformat() + "Z",
            "payload": as_dict(self.payload),
        }

    def _body(self):
        """What is said by HTTPS: the envelope, with the packet where there is one."""
        envelope = self._envelope()
        packet = self.attachment_id.raw
        if packet:
            envelope["packet"] = {
                "name": f"{self._safe_name()}.zip",
                "sha256": hashlib.sha256(packet).hexdigest(),
                "content": base64.b64encode(packet).decode(),
            }
        return json.dumps(envelope, sort_keys=True).encode()

    def _safe_name(self):
        """Our reference as the name of a file: it tells nothing about the customer."""
        return self.referral_id.name.replace("/", "-")

    def _sealed(self):
        """What goes by e-mail: readable with the password that the agency was told another way."""
        told = self._in_words_of_agency()
        text = f"{told.display_name}\n\n{told.content or ''}\n"
        files = {"message.txt": text.encode(), "message.json": json.dumps(self._envelope(), indent=2).encode()}
        if self.attachment_id:
            files[f"{self._safe_name()}.zip"] = self.attachment_id.raw
        return sealed.seal(files, self.referral_id._zip_password())

    def _in_words_of_agency(self):
        return self.with_context(lang=self.agency_id.partner_id.lang or self.env.lang)

    def _create_mail(self):
        """The e-mail with the sealed archive, not yet due for Odoo's own queue: only :meth:`_hand_over` sends it."""
        _ = self._in_words_of_agency().env._
        reference, sender = self.referral_id.name, self.company_id.email_formatted
        author = self.referral_id.user_id
        lines = [
            _("Our reference: %s", reference),
            _("What we have to tell you is in the attached archive, which is encrypted."),
            _("The password is sent to you separately. Please call us if you do not have it."),
            _("Please quote our reference when you reply."),
        ]
        signature = f"{printed(author.name)}, {printed(self.company_id.name)}"
        body = Markup("").join(Markup("<p>%s</p>") % line for line in [*lines, signature])
        archive = self.env["ir.attachment"].create(
            {
                "name": f"{self._safe_name()}-{self.kind}.zip",
                "raw": self._sealed(),
                "mimetype": "application/zip",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return self.env["mail.mail"].create(
            {
                "subject": _("Referral %s", reference),
                "body_html": body,
                "body": body,
                "email_from": author.email_formatted or sender,
                "reply_to": author.email_formatted or sender,
                "email_to": self.agency_id._address_for_packets(),
                "model": "collection.referral",
                "res_id": self.referral_id.id,
                "attachment_ids": [(4, archive.id)],
                **NOT_FOR_THE_QUEUE,
            }
        )

    # -- Handing over --------------------------------------------------------------------------------------------

    def _hand_over(self):
        """Speak to the agency or the mail server and note the answer."""
        self.ensure_one()
        if self.transport == "https":
            self._hand_over_by_https()
        else:
            self._hand_over_by_email()

    def _hand_over_by_https(self):
        agency = self._in_words_of_manager().agency_id
        try:
            answer = agency._post(self._body(), self.key)
        except https.Refused as failure:
            self.response_code = failure.status or 0
            self._note_failed(agency._why_not_reached(failure))
        except https.Unreachable as failure:
            self.write({"response_code": failure.status or 0, "is_uncertain": self.is_uncertain or failure.maybe})
            self._note_later(agency._why_not_reached(failure), failure.wait)
        else:
            self.response_code = answer.status
            self.agency_reference = answer.reference or self.agency_reference
            self._note_sent()

    def _hand_over_by_email(self):
        state = self._hand_to_mail_server()
        if state == "sent":
            self._note_sent()
        elif state:
            reason = self.mail_mail_id.failure_reason and error_summary(self.mail_mail_id.failure_reason)
            self._note_failed(reason or self.env._("The mail server did not accept it."))

    def _note_refusal(self, error):
        """Try again later what may pass, give up what will not, and ask a person where nobody knows."""
        answer, cause = understand(error)
        self.response_code = getattr(cause, "smtp_code", 0)
        if answer is SmtpAnswer.LATER:
            self._note_later(error_summary(cause))
        elif answer is SmtpAnswer.UNKNOWN:
            self.is_uncertain = True
            self._note_failed(self._in_words_of_manager()._sentence_of_doubt())
        else:
            self._note_failed(error_summary(cause))

    def _sentence_of_doubt(self):
        return self.env._(
            "Sending was cut short; the e-mail may or may not have reached %s. Ask there, then mark the message as sent or send "
            "it again.",
            self.agency_id.name,
        )

    # -- What became of it ---------------------------------------------------------------------------------------

    def _note_sent(self):
        now = fields.Datetime.now()
        self.write({"state": "sent", "sent_at": now, "failure_reason": False, "is_followed_up": False})

    def _note_later(self, reason, wait=None):
        """Try again after a while, at least ``wait`` seconds; a person is asked after the last attempt."""
        later = self._put_off(reason, wait)
        if not later:
            self._note_failed(reason)
            return
        self._discard_mail()
        self._call_sender(later)

    def _note_failed(self, reason):
        self.write({"state": "failed", "failure_reason": reason, "is_followed_up": False})

    def _discard_mail(self):
        """An e-mail that has not left, with its archive: the next attempt makes another."""
        mail = self.mail_mail_id
        archives = mail.attachment_ids
        mail.unlink()
        archives.exists().unlink()

    def _withdraw(self, reason):
        """Cancel a message that the agency has not got."""
        self.write({"state": "cancelled", "cancel_reason": reason, "is_followed_up": True})
        self._withdraw_question()
        if self.kind == "packet":
            self.referral_id._packet_withdrawn(reason)

    # -- Who is told ---------------------------------------------------------------------------------------------

    @api.model
    def _follow_up_each(self, messages):
        """Let the referrals know, each in a transaction of its own; what breaks is looked at again the next time."""
        for message in messages.filtered(lambda one: one.state in ("sent", "failed") and not one.is_followed_up):
            try:
                retrying(partial(self.browse(message.id)._follow_up), self.env)
            except Exception:
                _logger.exception("Nobody could be told of message %s to an agency", message.id)
                self.env.cr.rollback()

    def _follow_up(self):
        """The agency has the message, or it was tried in vain: tell the referral and who decided on it. Once."""
        self.ensure_one()
        message = self.try_lock_for_update()
        if not message or self.is_followed_up:
            return
        self.is_followed_up = True
        self._withdraw_question()
        if self.state == "failed":
            self._ask_manager()
        if self.kind == "packet" and self.state == "sent":
            self.referral_id._packet_sent(self)
        elif self.kind == "packet":
            self.referral_id._packet_failed(self)

    def _ask_manager(self):
        user = self.referral_id._decider()
        told = self._in_words_of_manager()
        summary = told.env._(
            "%(message)s did not reach %(agency)s: %(reason)s",
            message=told.display_name,
            agency=self.agency_id.name,
            reason=self.failure_reason,
        )
        activity = {
            "activity_type_id": self.env.ref(FAILED_XMLID).id,
            "summary": summary,
            "user_id": user.id,
        }
        self.referral_id._ask(lambda _referral: activity)

    def _withdraw_question(self):
        """Nobody needs to look after messages that are on their way, arrived or taken back, unless others have failed too."""
        for message in self:
            others = message.referral_id.message_to_agency_ids - message
            if "failed" not in others.mapped("state"):
                message.referral_id._withdraw_asked_by(FAILED_XMLID)
