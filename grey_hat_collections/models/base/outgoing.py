import logging
import time

import psycopg2
from odoo import fields, models

from .batch import LOST
from .in_short import in_short
from .passing import is_passing
from .smtp_answer import is_unreachable

_logger = logging.getLogger(__name__)

#: Minutes after which a hand-over that never came to an end counts as interrupted.
INTERRUPTED_MINUTES = 15
#: A mail server that lets us wait longer than so many seconds for nothing is not asked again for so many minutes: each letter
#: would wait as long, and everything else that is scheduled behind them.
SLOW_SECONDS, SILENT_MINUTES = 5, 10

#: What mail servers that were not to be reached have said, and until when they are left alone, by database and sender.
_silent = {}


class CollectionOutgoing(models.AbstractModel):
    """Something that leaves the house once: it is claimed and prepared in one transaction, handed over in the next.

    Models say what is due (``_domain_due``), prepare it (``_prepare``), and note why it could not be (``_note_unprepared``), that
    it is to be tried again (``_note_later``), or what the mail server has said against it (``_note_refusal``).
    """

    _name = "collection.outgoing"
    _description = "Leaves the House Once"
    _inherit = ["collection.batch"]

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
        except LOST:
            raise  # the transaction as a whole has to be tried again
        except Exception as error:
            _logger.exception("%s could not be prepared", self)
            self.env.invalidate_all()
            if is_passing(error):
                self._note_later(in_short(error))
            else:
                self._note_unprepared(in_short(error))
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
        except LOST:
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
