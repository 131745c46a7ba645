import logging
from textwrap import shorten

import psycopg2
from odoo import models

_logger = logging.getLogger(__name__)

#: Minutes after which a hand-over that never came to an end counts as interrupted.
INTERRUPTED_MINUTES = 15
#: Characters that are told of a failure; it stands on an activity and in a list.
LONGEST_REASON = 400


class CollectionOutgoing(models.AbstractModel):
    """Something that leaves the house once: it is claimed and prepared in one transaction, handed over in the next.

    Models say what is due (``_domain_due``), prepare it (``_prepare``), and note why it could not be (``_note_unprepared``) or
    what the mail server has said against it (``_note_refusal``).
    """

    _name = "collection.outgoing"
    _description = "Leaves the House Once"

    def _claim(self):
        """Lock this record and prepare it, unless somebody else is at it or it is not due any more.

        :return: whether it is to be handed over now
        """
        record = self.try_lock_for_update().filtered_domain(self._domain_due())
        return bool(record) and record._try_prepare()

    def _try_prepare(self):
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                return self._prepare()
        except psycopg2.OperationalError:
            raise  # the transaction as a whole has to be tried again
        except Exception as error:
            _logger.exception("%s could not be prepared", self)
            self.env.invalidate_all()
            self._note_unprepared(_in_short(error))
            return False

    def _hand_to_mail_server(self):
        """Speak to the mail server about the e-mail of this record (``mail_mail_id``).

        :return: the state of the e-mail afterwards; None where it was refused, which is noted (``_note_refusal``)
        """
        mail = self.mail_mail_id
        mail.write({"state": "outgoing", "failure_reason": False})
        try:
            mail.send(raise_exception=True)
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            _logger.info("The mail server did not take %s", self, exc_info=True)
            self._note_refusal(error)
            return None
        return mail.state


def _in_short(error):
    """What went wrong, in words for people; what Odoo adds for programmers is in the log."""
    told, _rest, _trace = str(error).partition("Traceback (most recent call last)")
    return shorten(told, LONGEST_REASON, placeholder=" …") or type(error).__name__
