import logging

import psycopg2
from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, retrying
from odoo.tools import SQL, split_every

_logger = logging.getLogger(__name__)

#: Records that are worked on together, and committed.
BATCH = 500
#: Seconds for which what somebody else has locked is waited for; where it is one record among many, a fraction of that.
LOCK_SECONDS, LOCK_SECONDS_EACH = 1, 0.2
#: The transaction, or the connection to the database, is lost: nothing can be done about it here.
CONNECTION_ERRORS = (psycopg2.OperationalError, psycopg2.InterfaceError)
#: Somebody else holds a record, or has changed it since this transaction began.
SOMEBODY_ELSE = (psycopg2.errors.LockNotAvailable, psycopg2.errors.SerializationFailure)


def take_turn(records):
    """Let whoever agrees on something about these records do so one after the other. Waits until nobody else changes them;
    where somebody has, the database says so, and Odoo begins the request anew, with what the other has agreed on.

    :param records: of one model; whether they may be changed is for the caller to know
    """
    if not records.ids:
        return
    # nothing of them changes, but whoever comes second would not notice a lock that is gone again
    records.env.cr.execute(
        SQL(
            """WITH turn AS (SELECT id FROM %(table)s WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE)
               UPDATE %(table)s SET write_date = %(table)s.write_date FROM turn WHERE turn.id = %(table)s.id""",
            table=SQL.identifier(records._table),
            ids=records.ids,
        )
    )


class CollectionBatch(models.AbstractModel):
    """Records that a scheduled action works on together: one that fails harms no other."""

    _name = "collection.batch"
    _description = "Batch Mixin"

    def _wait_briefly(self, seconds=LOCK_SECONDS):
        """Wait no longer than some seconds for a record that somebody else has locked, until this transaction ends."""
        self.env.cr.execute(SQL("SELECT set_config('lock_timeout', %s, TRUE)", f"{int(seconds * 1000)}ms"))

    def _do_part(self, work):
        """Do a part of a scheduled action in a transaction of its own. Where it cannot be done, because somebody holds a lock
        for long or for any other reason, the other parts go on.

        :param work: function without arguments
        :return: whether it was done
        """
        try:
            return retrying(lambda: self._try_part(work), self.env)
        except Exception:
            if self.env.cr.closed:
                raise
            _logger.exception("A part of a scheduled action of %s was left out", self._name)
            return False

    def _try_part(self, work):
        self._wait_briefly()
        try:
            with self.env.cr.savepoint():
                work()
        except psycopg2.errors.LockNotAvailable:
            _logger.warning("A part of a scheduled action of %s waits for somebody else", self._name, exc_info=True)
            return False
        return True

    def _not_held(self, candidates):
        """Those of ``candidates`` whose customer is not locked by somebody: of another no record could be created now.

        :param candidates: tuples that begin with a partner id
        """
        partner_ids = [partner_id for partner_id, *_rest in candidates]
        if not partner_ids:
            return []
        rows = self.env.execute_query(
            SQL("SELECT id FROM res_partner WHERE id = ANY(%s) FOR KEY SHARE SKIP LOCKED", partner_ids)
        )
        free = {partner_id for (partner_id,) in rows}
        return [candidate for candidate in candidates if candidate[0] in free]

    def _work_on_each(self, work, report=None, by=None):
        """Do ``work`` for these records at once; where that fails, for each alone, so that one bad record harms no other.

        What somebody else has locked is left as it is, where the transaction waits briefly (:meth:`_wait_briefly`).

        :param work: function of records
        :param report: function of the record that failed, and the error; by default a person is asked to look at its case
            (:meth:`_tell_of_failure`). It is logged in any case
        :param by: function of a record; those of one value are only worked on together
        :return: the records that were left because somebody else works on them
        """
        left = self.browse()
        if not self:
            return left
        try:
            self._or_nothing(work)
            return left
        except psycopg2.errors.LockNotAvailable:
            _logger.info("Somebody works on one of %s %s; trying them one by one", len(self), self._name)
            self.env.invalidate_all()
        except CONNECTION_ERRORS:
            raise  # the transaction as a whole has to be tried again
        except Exception:
            _logger.warning("A batch of %s %s failed; trying them one by one", len(self), self._name, exc_info=True)
        self._wait_briefly(LOCK_SECONDS_EACH)
        for record in self.grouped(by).values() if by else self:
            try:
                record._or_nothing(work)
            except psycopg2.errors.LockNotAvailable:
                self.env.invalidate_all()
                left |= record
            except psycopg2.errors.UniqueViolation:
                _logger.warning("Somebody else has just done what was to be done for %s", record, exc_info=True)
                self.env.invalidate_all()
                left |= record
            except CONNECTION_ERRORS:
                raise
            except Exception as error:
                record._report_unworked(error, report)
        self._wait_briefly()
        return left

    def _in_batches(self, work):
        """Work on these records batch by batch, each committed by itself; what this turn of a scheduled action does not reach
        waits for the next. One batch is worked on in any case, however long the work before it took.

        :param work: function of records, saying how many were left
        :return: how many were left
        """
        left = 0
        for ids in split_every(BATCH, self.ids):
            left += work(self.browse(ids))
            time_left = self.env["ir.cron"]._commit_progress(len(ids))
            self.env.invalidate_all()  # the cache of one batch is of no use to the next
            if not time_left:
                break
        return left

    def _work_through(self, work, report=None):
        """Do ``work``, which reads these records together before it works on each, in a transaction that may be tried again.
        Where it fails, it is done for each alone; where others are in the way again and again, all are left.

        :param work: function of records, saying how many were left
        :param report: see :meth:`_work_on_each`
        :return: how many were left
        """
        try:
            return retrying(lambda: self._or_nothing(work), self.env)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            _logger.warning("%s %s were in use again and again", len(self), self._name)
            return len(self)
        except CONNECTION_ERRORS:
            raise  # nothing can be done without the database
        except Exception as error:
            if len(self) > 1:
                _logger.warning("A batch of %s %s failed; trying them one by one", len(self), self._name, exc_info=True)
                return sum(record._work_through(work, report) for record in self)
            self._report_unworked(error, report)
            return 0

    def _or_nothing(self, work):
        """Do ``work`` for these records, with all that is to be said of it, or nothing at all."""
        with self.env.cr.savepoint():
            result = work(self)
            self._end_piece()
            return result

    @api.model
    def _end_piece(self):
        """A piece of work is done, and nothing of it is written to the database yet: the last to be said goes with it, for a row
        that is written twice in a transaction has its references looked up, and waits for whoever holds one.
        """

    def _report_unworked(self, error, report=None):
        """Log that this record could not be worked on, and tell a person; that this fails, too, harms no other record."""
        _logger.error("%s could not be worked on", self, exc_info=error)
        try:
            with self.env.cr.savepoint():
                self.env.invalidate_all()
                (report or type(self)._tell_of_failure)(self, error)
        except CONNECTION_ERRORS:
            raise
        except Exception:
            _logger.exception("Nobody could be told of %s", self)

    def _tell_of_failure(self, error):
        """Ask somebody, once, to look at this record, which could not be worked on. Needs superuser mode."""
        raise NotImplementedError
