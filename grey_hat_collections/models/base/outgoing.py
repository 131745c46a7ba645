import logging
import time

import psycopg2
from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, retrying

from .batch import CONNECTION_ERRORS
from .error_summary import error_summary
from .passing import is_passing
from .smtp_answer import is_unreachable

_logger = logging.getLogger(__name__)

#: Minutes after which a hand-over that never came to an end counts as interrupted.
INTERRUPTED_MINUTES = 15
#: A mail server that lets us wait longer than so many seconds for nothing is not asked again for so many minutes: each letter
#: would wait as long, and everything else that is scheduled behind them.
SLOW_SECONDS, SILENT_MINUTES = 5, 10

#: What Odoo's own queue of e-mails leaves alone: only we hand it over.
NOT_FOR_THE_QUEUE = {"state": "exception", "failure_reason": "Waiting to be handed over", "auto_delete": False}
STATES = [("queued", "Queued"), ("sent", "Sent"), ("failed", "Failed"), ("cancelled", "Cancelled")]

#: What mail servers that were not to be reached have said, and until when they are left alone, by database and sender.
_silent = {}


class CollectionOutgoing(models.AbstractModel):
    """Something that leaves the house once: it is claimed and prepared in one transaction, handed over in the next.

    Models say what is due (``_domain_due``), prepare it (``_prepare``), hand it over (``_hand_over``), and note why it could not
    be prepared (``_note_unprepared``), that it is to be tried again (``_note_later``), what the mail server has said against it
    (``_note_refusal``), and what follows once it has left (``_after_hand_over``).
    """

    _name = "collection.outgoing"
    _description = "Send-Once Mixin"
    _inherit = ["collection.batch"]

    #: The field with the moment before which it does not leave, and the minutes to wait before each new attempt.
    _not_before = None
    _retry_minutes = ()

    state = fields.Selection(STATES, required=True, default="queued", index=True, readonly=True)
    attempts = fields.Integer(readonly=True, help="Number of failed attempts.")
    handover_at = fields.Datetime(readonly=True, help="When it was handed over; the answer may still be awaited.")
    sent_at = fields.Datetime(readonly=True)
    failure_reason = fields.Text(readonly=True)
    cancel_reason = fields.Char(readonly=True)
    mail_mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null", groups="base.group_system")

    # -- One by one ----------------------------------------------------------------------------------------------

    def _send_alone(self):
        """Send this record if it is still due and nobody else is at it. Every step on the way is committed. Where others are in
        the way again and again, the next turn goes on. What breaks harms no other record (:meth:`_note_broken`).
        """
        try:
            if retrying(self._claim, self.env):
                self._hand_over()
                self._after_hand_over()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            _logger.warning("%s was in use again and again", self)
        except CONNECTION_ERRORS:
            raise  # nothing can be done without the database
        except Exception as error:
            _logger.exception("%s could not be sent to the end", self)
            self.env.cr.rollback()
            self._note_broken(error)

    def _after_hand_over(self):
        """It was handed over and the answer is noted."""

    def _note_broken(self, error):
        """It broke on the way; what was committed until then stands."""

    @api.model
    def _interrupted(self):
        """What was being handed over when the work was cut short, locked: nobody knows whether it has arrived."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=INTERRUPTED_MINUTES)
        return self.search([("state", "=", "queued"), ("handover_at", "<", limit)]).try_lock_for_update()

    def _put_off(self, reason, wait=0):
        """Wait for the next attempt, at least ``wait`` seconds.

        :return: when that is; None where none is left
        """
        if self.attempts >= len(self._retry_minutes):
            return None
        seconds = max(self._retry_minutes[self.attempts] * 60, wait or 0)
        later = fields.Datetime.add(fields.Datetime.now(), seconds=seconds)
        self.write(
            {"attempts": self.attempts + 1, self._not_before: later, "handover_at": False, "failure_reason": reason}
        )
        return later

    def _claim(self):
        """Lock this record and prepare it, unless somebody else is at it or it is not due any more.

        :return: whether it is to be handed over now
        """
        self._wait_briefly()
        record = self.try_lock_for_update().filtered_domain(self._domain_due())
        return bool(record) and record._try_prepare()

    def _try_prepare(self):
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                return self._prepare()
        except psycopg2.errors.LockNotAvailable:
            _logger.info("Somebody works on what %s needs; the next turn looks again", self)
            self.env.invalidate_all()
            return False
        except CONNECTION_ERRORS:
            raise  # the transaction as a whole has to be tried again
        except Exception as error:
            _logger.exception("%s could not be prepared", self)
            self.env.invalidate_all()
            if is_passing(error):
                self._note_later(error_summary(error))
            else:
                self._note_unprepared(error_summary(error))
            return False

    def _hand_to_mail_server(self):
        """Speak to the mail server about the e-mail of this record (``mail_mail_id``).

        :return: the state of the e-mail afterwards; None where it was refused, which is noted (``_note_refusal``)
        """
        state, error = self._speak_to_mail_server()
        if error:
            self._note_refusal(error)
        return state

    def _speak_to_mail_server(self):
        """Offer the e-mail of this record (``mail_mail_id``) to the mail server.

        :return: the state of the e-mail afterwards, and None; or None, and the error with which it was refused
        """
        mail = self.mail_mail_id
        mail.write({"state": "outgoing", "failure_reason": False})
        server = (self.env.cr.dbname, *(key[:3] for key in mail._split_by_mail_configuration()))
        until, error = _silent.get(server, (None, None))
        if until and fields.Datetime.now() < until:
            return None, error
        started = time.monotonic()
        try:
            mail.send(raise_exception=True)
        except CONNECTION_ERRORS:
            raise
        except Exception as error:
            if mail.state == "sent":
                _logger.info("The mail server took %s, and then did not say goodbye", self, exc_info=True)
                return mail.state, None
            _logger.info("The mail server did not take %s", self, exc_info=True)
            if is_unreachable(error) and time.monotonic() > started + SLOW_SECONDS:
                _silent[server] = fields.Datetime.add(fields.Datetime.now(), minutes=SILENT_MINUTES), error
            return None, error
        return mail.state, None
